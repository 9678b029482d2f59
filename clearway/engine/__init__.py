"""The engine room: the only one that knows SpiffWorkflow."""

from clearway.engine.blueprint import (
    Blueprint,
    BlueprintError,
    ElementInfo,
    StartEventInfo,
    build,
)
from clearway.engine.bundle import BundleError, bundle_hash, manifest, read_bundle
from clearway.engine.conformance import Outcome, Report, conformance
from clearway.engine.gate.check import check
from clearway.engine.state import StateError
from clearway.engine.turn import approvals, turn, waits

__all__ = [
    "Blueprint",
    "BlueprintError",
    "BundleError",
    "ElementInfo",
    "Outcome",
    "Report",
    "StartEventInfo",
    "StateError",
    "approvals",
    "build",
    "bundle_hash",
    "check",
    "conformance",
    "manifest",
    "read_bundle",
    "turn",
    "waits",
]
