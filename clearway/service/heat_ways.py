"""What the drawing adds to a count: where an element's stays are found, and which flows follow."""

from collections.abc import Iterator, Mapping, Sequence

from clearway.engine import ElementInfo
from clearway.store.heat_keeping import Beginning, Source

Elements = Mapping[str, ElementInfo]

_CHOOSING = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})
_AWAITED = frozenset({"message", "timer", "signal", "conditional"})
_UNSURE = frozenset({"error", "escalation", "cancel", "compensate", "terminate", "link"})
"""What an event may throw so that its token does not simply go on at its own flow."""


def source_of(info: ElementInfo) -> Source:
    """Where the stays of records at this element are found."""
    if info.kind == "userTask":
        return "items"
    if info.kind == "serviceTask":
        return "jobs"
    is_awaited = info.kind in ("intermediateCatchEvent", "boundaryEvent")
    if info.kind == "receiveTask" or (is_awaited and info.event in _AWAITED):
        return "events"
    return "passes"


def beginnings(version_id: int, elements: Elements) -> list[Beginning]:
    """What in history shows that a record began to wait, for each element that waits for an event.

    A catching event waits from when the element before it was passed, or the gateway before it
    chose the way to it; a boundary event from when its host began; a receiving task from its start.
    """
    found: list[Beginning] = []
    for info in elements.values():
        if info.kind == "sequenceFlow" or source_of(info) != "events":
            continue
        if info.kind == "receiveTask":
            found.append(Beginning(version_id, info.id, "started", info.id, info.id))
        elif info.attached_to is not None:
            found.append(
                Beginning(version_id, info.id, "started", info.attached_to, info.attached_to)
            )
        else:
            found += _before(version_id, elements, info, info.id)
    return found


def _before(
    version_id: int, elements: Elements, info: ElementInfo, waiting: str
) -> Iterator[Beginning]:
    for flow in info.incoming:
        [source] = elements[flow].incoming
        it = elements[source]
        if it.kind == "eventBasedGateway":
            yield from _before(version_id, elements, it, waiting)
        elif it.kind in _CHOOSING:
            yield Beginning(version_id, waiting, "flow", source, flow)
        else:
            yield Beginning(version_id, waiting, "passed", source, source)


def flow_counts(
    elements: Elements, passed: Mapping[str, int], chosen: Mapping[str, int]
) -> dict[str, int | None]:
    """How often each flow was taken; None where history does not know.

    Gateways say which flows they chose. The only flow out of anything else was taken as often as
    that was completed; not so behind what repeats, nor where more than one flow goes out.
    """
    return {
        flow.id: _taken(elements, flow, passed, chosen)
        for flow in elements.values()
        if flow.kind == "sequenceFlow"
    }


def _taken(
    elements: Elements, flow: ElementInfo, passed: Mapping[str, int], chosen: Mapping[str, int]
) -> int | None:
    source, target = (elements[it] for it in (flow.incoming[0], flow.outgoing[0]))
    if source.kind in _CHOOSING:
        return chosen.get(flow.id, 0)
    if source.kind == "eventBasedGateway":
        return passed.get(target.id, 0) if len(target.incoming) == 1 else None
    if len(source.outgoing) != 1 or source.repeats or _may_stop(source):
        return None
    return passed.get(source.id, 0)


def _may_stop(info: ElementInfo) -> bool:
    """Whether its token may not go on though it was completed."""
    return info.kind == "intermediateThrowEvent" and info.event in _UNSURE


def entered(info: ElementInfo, flows: Mapping[str, int | None], done: int) -> int | None:
    """How often tokens arrived at an element that keeps no rows of its own."""
    if not info.incoming:
        return done if info.kind in ("startEvent", "boundaryEvent") else None
    counts = [flows.get(flow) for flow in info.incoming]
    return None if None in counts else sum(it for it in counts if it is not None)


def left_out(
    elements: Elements, passed: Mapping[str, int], waiting: Mapping[str, int]
) -> Sequence[tuple[str, int, int]]:
    """Elements that are not drawn here, those of other versions: how often each was completed, and
    at how many something is open. Most often first."""
    names = {*passed, *(name for name, count in waiting.items() if count)} - elements.keys()
    found = [(name, passed.get(name, 0), waiting.get(name, 0)) for name in names]
    return sorted(found, key=lambda it: (-it[1], -it[2], it[0]))
