"""What bpmnlint's recommended rules say of a drawing, as far as they fit what runs here."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from bpmn_io import create_moddle
from bpmn_io.lint import Linter
from bpmn_io.lint.resolver import StaticResolver
from bpmn_io.lint.rules import RULES
from bpmn_io.moddle_xml.read import ParseError

from clearway.engine import xml_worker
from clearway.engine.reader import local
from clearway.engine.values import Finding, Severity

LONGEST = 600_000
"""A file with more bytes is not asked about its style: reading it would take seconds."""
PREFIX = "bpmnlint/"

REMEDIES: Mapping[str, str] = {
    "end-event-required": "Draw an end event.",
    "global": "Use it somewhere, or remove it.",
    "label-required": "Give it a name.",
    "no-bpmndi": "Let the editor lay the drawing out, or use `clearway fmt --layout`.",
    "no-duplicate-sequence-flows": "Remove one of the two flows.",
    "no-gateway-join-fork": "Draw two gateways: one that joins, and one after it that parts.",
    "no-implicit-end": "Draw an end event after it.",
    "no-implicit-split": "Draw a gateway where the ways part.",
    "no-implicit-start": "Draw a start event before it.",
    "no-overlapping-elements": "Move them apart.",
    "superfluous-gateway": "Remove the gateway, and connect what is before it with what is after.",
    "superfluous-label": "Remove the name.",
    "superfluous-termination": "Draw a plain end event.",
}
"""The rules that are asked, each with what to do.

Left out is what our own gate says already, and what runs rightly here: inclusive and complex
gateways, several flows into one activity, several triggers on one event.
"""
_OF_NAMES = {
    "Element name is not unique": "Give one of the two another name.",
    "Element is missing name": "Give it a name.",
}
"""Of one rule, what it says of names."""
_CONFIG = {"rules": dict.fromkeys(REMEDIES, "warn")}
# From a table and not by name: the package would look for rules in every folder it knows.
_RESOLVER: Any = StaticResolver({f"rule:bpmnlint/{name}": RULES[name] for name in REMEDIES})
_UNSEEN = frozenset(("waypoint", "BPMNLabel", "extensionElements", "documentation", "script"))
_EVENTS = ("bpmn:StartEvent", "bpmn:EndEvent")


def check_style(file: str, data: bytes) -> Iterator[Finding]:
    """Warnings about one diagram; none about a file that cannot be read, which others say."""
    if len(data) > LONGEST:
        text = f"The file has {len(data) // 1000} kB: nobody asked how it is drawn."
        yield Finding(
            file, None, f"{PREFIX}size", Severity.WARNING, text, "Split it into called processes."
        )
        return
    for element, rule, message in _reports(data):
        remedy = _OF_NAMES.get(message, REMEDIES[rule])
        yield Finding(file, element, PREFIX + rule, Severity.WARNING, f"{message}.", remedy)


@lru_cache(maxsize=128)
def _reports(data: bytes) -> tuple[tuple[str | None, str, str], ...]:
    """(element, rule, message) of each finding; most files are asked about more than once."""
    try:
        read = create_moddle().from_xml(_bare(data), "bpmn:Definitions")
    except (ParseError, xml_worker.etree.XMLSyntaxError, ValueError):
        return ()
    if not cast(Any, read.root_element).get("rootElements"):
        return ()
    # The rules remember what they saw: each file needs rules of its own.
    linter = Linter(config=_CONFIG, resolver=_RESOLVER)
    reports = linter.lint(cast(Any, read.root_element))
    elements = cast(Mapping[str, Any], read.elements_by_id)
    return tuple(
        (report.get("id"), rule, str(report["message"]))
        for rule, found in reports.items()
        for report in found
        if not _is_plain_border(rule, elements.get(str(report.get("id"))))
    )


def _bare(data: bytes) -> str:
    """The file without what no rule looks at: to read that takes a third of the time."""
    root = xml_worker.etree.fromstring(data, xml_worker.hardened_parser())
    for element in [it for it in root.iter("{*}*") if local(it) in _UNSEEN]:
        around = element.getparent()
        if around is not None:
            around.remove(element)
    return xml_worker.etree.tostring(root).decode()


def _is_plain_border(rule: str, element: Any) -> bool:
    """Where a subprocess begins or ends plainly there is nothing to say in a name.

    A user task without one is told of by our own rule.
    """
    if rule != "label-required" or element is None:
        return False
    if getattr(element, "type_", "") == "bpmn:UserTask":
        return True
    around = getattr(element, "parent_", None)
    is_inside = around is not None and getattr(around, "type_", "") == "bpmn:SubProcess"
    return is_inside and getattr(element, "type_", "") in _EVENTS
