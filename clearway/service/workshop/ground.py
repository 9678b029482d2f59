"""The files that are tried: those of a version or of a draft, built where the gate lets them be."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearway import engine
from clearway.engine import BlueprintError
from clearway.engine.values import Bundle, Finding, Severity, Surroundings
from clearway.service.deployed import Deployed
from clearway.service.gate import examine
from clearway.service.house import House, Step
from clearway.service.permissions import refuse_unless
from clearway.service.processes import version_of
from clearway.service.scenarios import run_scenarios
from clearway.service.values import Actor, Refusal
from clearway.service.workshop.coverage import Coverage, coverage_of
from clearway.service.workshop.drafts import held
from clearway.service.workshop.trying import Sandbox
from processes.catalogue import Rule

_KEPT = 32


@dataclass(frozen=True)
class Ground:
    """What is tried, and where it comes from: `version` or `draft` is its number.

    `sandbox` None: it cannot be built, and `findings` say why.
    """

    process: str
    title: str
    bundle: Bundle
    sandbox: Sandbox | None
    findings: Sequence[Finding] = ()
    version: int | None = None
    draft: int | None = None
    may_keep: bool = False
    """Whether a scenario can be put among the files now."""

    @property
    def drawing(self) -> str:
        """The path of the diagram that runs."""
        drawn = self.sandbox.deployed.blueprint.xml if self.sandbox else b""
        return next(path for path, content in self.bundle.files.items() if content == drawn)


def ground_of_version(
    house: House, actor: Actor, process: str, number: int, question: str = "try"
) -> Ground | Refusal:
    """The files of a deployed version, to be tried or to be looked at for what scenarios pass."""
    if (refusal := refuse_unless(actor, question)) is not None:
        return refusal
    try:
        deployed = version_of(house, process, number)
    except BlueprintError as error:
        empty = Bundle(process, {})
        return Ground(process, process, empty, None, error.findings, version=number)
    if isinstance(deployed, Refusal):
        return deployed
    sandbox = Sandbox(deployed, house.steps, house.rules)
    return Ground(process, deployed.title, deployed.bundle, sandbox, version=number)


def ground_of_draft(
    house: House, actor: Actor, process: str, number: int, question: str = "try"
) -> Ground | Refusal:
    """The files of a draft as they are saved now."""
    if (refusal := refuse_unless(actor, question)) is not None:
        return refusal
    found = held(house, actor, process, number)
    if isinstance(found, Refusal):
        return found
    errors = _errors(found.bundle, house.surroundings())
    if errors:
        return Ground(process, process, found.bundle, None, errors, draft=number)
    deployed = Deployed(found.bundle, hash=found.draft.hash)
    return Ground(
        process,
        deployed.title,
        found.bundle,
        Sandbox(deployed, house.steps, house.rules),
        draft=number,
        may_keep=found.draft.may_be_saved and refuse_unless(actor, "edit_draft") is None,
    )


def coverage_of_ground(
    ground: Ground, steps: Mapping[str, Step], rules: Mapping[str, Rule]
) -> Coverage | None:
    """What the scenarios among the files pass; None when nothing can be built of them."""
    if ground.sandbox is None:
        return None
    results = run_scenarios(ground.bundle, Surroundings(), steps, rules)
    return coverage_of(ground.sandbox.deployed, results)


_SEEN: OrderedDict[tuple[str, Surroundings], list[Finding]] = OrderedDict()
_LOCK = threading.Lock()


def _errors(bundle: Bundle, surroundings: Surroundings) -> list[Finding]:
    """What the gate refuses, from a cache by content: each doing in a run asks again."""
    key = (engine.bundle_hash(bundle), surroundings)
    with _LOCK:
        if key in _SEEN:
            _SEEN.move_to_end(key)
            return _SEEN[key]
    found = [it for it in examine(bundle, surroundings) if it.severity is Severity.ERROR]
    with _LOCK:
        _SEEN[key] = found
        while len(_SEEN) > _KEPT:
            _SEEN.popitem(last=False)
    return found
