"""Reads what an event catches or throws."""

from clearway.engine.findings import Findings
from clearway.engine.markup import BPMN, Element, is_true, own_text
from clearway.engine.model import Diagram, EventDefinition, EventKind, TimerKind

TIMER_KINDS: tuple[TimerKind, ...] = ("timeDate", "timeDuration", "timeCycle")


def read_events(
    element: Element, diagram: Diagram, findings: Findings
) -> tuple[EventDefinition, ...]:
    """The event definitions of an event, in the order of the file."""
    found: list[EventDefinition] = []
    for child in element:
        tag = str(child.tag)
        if tag == BPMN + "eventDefinitionRef":
            findings.error(
                diagram.file,
                element.get("id"),
                "event-ref",
                "An event definition by reference.",
                "Put the event definition into the event itself.",
            )
        if not tag.startswith(BPMN) or not tag.endswith("EventDefinition"):
            continue
        kind: EventKind = tag[len(BPMN) : -len("EventDefinition")]  # pyright: ignore[reportAssignmentType] the schema names no other
        found.append(_definition(kind, child, diagram))
    return tuple(found)


def plain(reference: str | None) -> str | None:
    """The id in a reference: some tools put the prefix of a namespace before it."""
    return None if reference is None else reference.rpartition(":")[2]


def _definition(kind: EventKind, element: Element, diagram: Diagram) -> EventDefinition:
    if kind == "timer":
        return _timer(element)
    if kind == "conditional":
        condition = element.find(BPMN + "condition")
        text = "" if condition is None else own_text(condition)
        return EventDefinition(kind, text=text)
    if kind == "compensate":
        waits = is_true(element, "waitForCompletion", otherwise=True)
        return EventDefinition(kind, activity=plain(element.get("activityRef")), waits=waits)
    if kind == "link":
        return EventDefinition(kind, name=element.get("name"))
    tables: dict[str, tuple[str, dict[str, str | None]]] = {
        "message": ("messageRef", dict(diagram.messages)),
        "signal": ("signalRef", dict(diagram.signals)),
        "error": ("errorRef", diagram.errors),
        "escalation": ("escalationRef", diagram.escalations),
    }
    if kind not in tables:
        return EventDefinition(kind)
    attribute, table = tables[kind]
    ref = plain(element.get(attribute))
    return EventDefinition(kind, name=table.get(ref or ""), ref=ref)


def _timer(element: Element) -> EventDefinition:
    for kind in TIMER_KINDS:
        child = element.find(BPMN + kind)
        if child is not None:
            text = own_text(child)
            return EventDefinition("timer", timer_kind=kind, text=text)
    return EventDefinition("timer")
