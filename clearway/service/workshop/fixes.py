"""Which findings can be mended with certainty, and by which change of the drawing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from clearway.engine.event_reader import plain
from clearway.engine.examine import Examined
from clearway.engine.markup import BPMN
from clearway.engine.model import Node, Scope
from clearway.engine.values import Finding, Surroundings

_MEANT = re.compile(r"^(?:Did you mean|Write) `([^`]+)`")
_USES = re.compile(r"uses `([^`]+)`")
_OWN = re.compile(r"clearway:([\w-]+)")
_MADE_UP = re.compile(r"^[A-Z]\w*_[0-9a-z]{7}$")
"""An id that an editor made up: no name can be told from it."""


@dataclass(frozen=True)
class Fix:
    """One change of the drawing.

    `kind` set: the attributes `set` of `element` get these values, null removes one; word: in the
    expressions of `element` the name `from_` becomes `to`; default: `flow` becomes the default
    flow of `element`; remove-condition: the flow `element` loses its condition.
    """

    kind: str
    label: str
    element: str
    set: Mapping[str, str | bool | None] = field(default_factory=dict[str, "str | bool | None"])
    from_: str = ""
    to: str = ""
    flow: str = ""


@dataclass(frozen=True)
class _Look:
    """What a fix is worked out from."""

    finding: Finding
    node: Node | None
    root: Any
    surroundings: Surroundings
    examined: Examined

    @property
    def element(self) -> str:
        return self.finding.element or ""


def fix_of(finding: Finding, examined: Examined, surroundings: Surroundings) -> Fix | None:
    """The change that mends it, or None when only a person can know."""
    make = _FIXES.get(finding.rule)
    root = examined.roots.get(finding.file)
    if make is None or root is None or finding.element is None:
        return None
    return make(_Look(finding, _node(examined, finding), root, surroundings, examined))


def _node(examined: Examined, finding: Finding) -> Node | None:
    diagram = examined.diagrams.get(finding.file)
    scopes = diagram.processes.values() if diagram is not None else ()
    found = (it for scope in scopes for it in scope.all_nodes() if it.id == finding.element)
    return next(found, None)


def _word(look: _Look) -> Fix | None:
    meant, used = _MEANT.match(look.finding.remedy), _USES.search(look.finding.message)
    if meant is None or used is None:
        return None
    label = f"Write {meant[1]}"
    return Fix("word", label, look.element, from_=used[1], to=meant[1])


def _unknown_attribute(look: _Look) -> Fix | None:
    named = _OWN.search(look.finding.message)
    if named is None or look.node is None:
        return None
    old = f"clearway:{named[1]}"
    meant = _OWN.search(look.finding.remedy) if look.finding.remedy.startswith("Write") else None
    if meant is None:
        return Fix("set", f"Remove {named[1]}", look.element, {old: None})
    value = look.node.own.get(named[1])
    return Fix("set", f"Write {meant[1]}", look.element, {old: None, f"clearway:{meant[1]}": value})


def _empty_attribute(look: _Look) -> Fix | None:
    named = _OWN.search(look.finding.message)
    if named is None:
        return None
    return Fix("set", f"Remove {named[1]}", look.element, {f"clearway:{named[1]}": None})


def _named(attribute: str, known: Callable[[_Look], Any]) -> Callable[[_Look], Fix | None]:
    """A name that is not there, where one that is there looks like it."""

    def make(look: _Look) -> Fix | None:
        if look.node is None:
            return None
        written = look.node.own.get(attribute, "")
        close = get_close_matches(written, sorted(known(look) or ()), 1)
        if not close:
            return None
        label = f"Did you mean {close[0]}?"
        return Fix("set", label, look.element, {f"clearway:{attribute}": close[0]})

    return make


def _role(look: _Look) -> Fix | None:
    known = sorted(look.surroundings.roles or ())
    named = re.search(r"`([^`]+)`", look.finding.message)
    close = get_close_matches(named[1], known, 1) if named else []
    if not named or not close or look.node is None:
        return None
    own = look.node.own.get("role", "").split()
    label = f"Did you mean {close[0]}?"
    if named[1] in own:
        words = " ".join(close[0] if it == named[1] else it for it in own)
        return Fix("set", label, look.element, {"clearway:role": words})
    lane = _lane(look, named[1])
    return Fix("set", label, lane, {"clearway:role": close[0]}) if lane else None


def _lane(look: _Look, role: str) -> str | None:
    """The lane whose role is named wrongly, if it is one that holds this element."""
    place = look.node
    while place is not None and place.scope.owner is not None:
        place = place.scope.owner
    for lane in look.root.iter(f"{BPMN}lane"):
        held = [plain((it.text or "").strip()) for it in lane.findall(f"{BPMN}flowNodeRef")]
        if lane.get("{urn:clearway:bpmn:1}role") == role and place is not None and place.id in held:
            return str(lane.get("id"))
    return None


def _make_default(look: _Look) -> Fix | None:
    for scope in _scopes(look):
        flow = next((it for it in scope.flows if it.id == look.element), None)
        source = scope.nodes.get(flow.source) if flow is not None else None
        if source is not None and source.default is None:
            label = "Make it the default flow"
            return Fix("default", label, source.id, flow=look.element)
    return None


def _scopes(look: _Look) -> list[Scope]:
    diagram = look.examined.diagrams.get(look.finding.file)
    processes = diagram.processes.values() if diagram is not None else ()
    return [scope for process in processes for scope in process.walk()]


def _name(look: _Look) -> Fix | None:
    if _MADE_UP.match(look.element):
        return None
    words = look.element.replace("_", " ").strip()
    name = words[:1].upper() + words[1:]
    return Fix("set", f"Call it “{name}”", look.element, {"name": name})


def _executable(look: _Look) -> Fix | None:
    pools = look.root.iter(f"{BPMN}participant")
    pool = next((it for it in pools if plain(it.get("processRef")) == look.element), None)
    element = look.element if pool is None else str(pool.get("id"))
    return Fix("set", "Let it run", element, {"isExecutable": True})


def _interrupting(look: _Look) -> Fix | None:
    if look.node is None:
        return None
    word = "cancelActivity" if look.node.kind == "boundaryEvent" else "isInterrupting"
    return Fix("set", "Let it interrupt", look.element, {word: True})


def _sets(label: str, **values: str | bool | None) -> Callable[[_Look], Fix | None]:
    named = {name.replace("clearway_", "clearway:"): value for name, value in values.items()}
    return lambda look: Fix("set", label, look.element, named)


_FIXES: Mapping[str, Callable[[_Look], Fix | None]] = {
    "name-unknown": _word,
    "field-unknown": _word,
    "attribute-unknown": _unknown_attribute,
    "attribute-empty": _empty_attribute,
    "role-missing": _role,
    "step-missing": _named("step", lambda look: look.surroundings.steps),
    "rule-missing": _named("rule", lambda look: look.surroundings.rules),
    "notice-missing": _named("notice", lambda look: look.examined.templates),
    "decision-missing": _named("decision", lambda look: look.examined.decisions),
    "calendar-missing": _named("calendar", lambda look: look.examined.calendars),
    "condition-missing": _make_default,
    "condition-unused": lambda look: Fix("remove-condition", "Remove the condition", look.element),
    "default": _sets("Remove the default flow", default=None),
    "name-missing": _name,
    "not-executable": _executable,
    "error-interrupts": _interrupting,
    "script-language": _sets("Set the format to feel", scriptFormat="feel"),
    "missed": _sets("Once, as usual", clearway_missed=None),
    "retries": _sets("3 times, as usual", clearway_retries=None),
}
