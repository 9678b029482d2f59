"""The living diagram: where a record's tokens are, what was passed, what it waits for and why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from clearway.service.deployed import Deployed
from clearway.service.heat_ways import flow_counts
from clearway.service.house import House
from clearway.service.outlined import outlined
from clearway.service.reading import readable
from clearway.service.values import Actor, InstanceView, PathStep, Refusal
from clearway.service.wording import in_words
from clearway.store import histories, waits
from clearway.store.histories import Way
from clearway.store.rows import OpenFault
from clearway.store.waits import Wait

LONGEST_PATH = 300
"""Commands whose ways are told in order; the counts are of all."""
_EVENTS_WITH_TOKENS = frozenset({"intermediateCatchEvent", "receiveTask"})


def instance_view(house: House, actor: Actor, key: str) -> InstanceView | Refusal:
    """The diagram of the record's version with its tokens, and an outline for who cannot see it."""
    snapshot = readable(house, actor, key)
    if isinstance(snapshot, Refusal):
        return snapshot
    deployed = house.version(snapshot.version_id)
    waiting, (passed, chosen), ways = house.store.ask(
        lambda it: (
            waits.waits_of(it, snapshot.instance_id),
            histories.passed_elements(it, snapshot.instance_id),
            histories.last_ways(it, snapshot.instance_id, LONGEST_PATH),
        )
    )
    tokens = tokens_of(deployed, ((it.what, it.element) for it in waiting))
    taken = flow_counts(deployed.elements, passed, chosen)
    flows = {flow: count for flow, count in taken.items() if count}
    held, faults = _held(waiting), _faults(snapshot.faults)
    steps = sum(passed.values())
    return InstanceView(
        key=snapshot.key,
        process=snapshot.process,
        version=deployed.number,
        xml=deployed.xml,
        tokens=tokens,
        completed=passed,
        outline=outlined(
            deployed, tokens=tokens, completed=passed, flows=flows, waiting=held, faults=faults
        ),
        flows=flows,
        path=_path(deployed, ways, steps),
        steps=steps,
        waiting=held,
        faults=faults,
    )


def tokens_of(deployed: Deployed, waiting: Iterable[tuple[str, str]]) -> dict[str, int]:
    """A boundary event waits on its host's token; only the others have one of their own.

    `waiting` has what waits (work_item, job, timer ...), and the element, for each that does.
    """
    tokens: Counter[str] = Counter()
    for what, element in waiting:
        info = deployed.elements.get(element)
        is_own = what in ("work_item", "job") or (
            info is not None and info.kind in _EVENTS_WITH_TOKENS
        )
        if is_own:
            tokens[element] += 1
    return dict(tokens)


def _held(waiting: Sequence[Wait]) -> dict[str, list[str]]:
    """What waits at each element and for whom, in words; instants in UTC."""
    found: dict[str, list[str]] = {}
    for it in waiting:
        found.setdefault(it.element, []).append(_in_words(it))
    return found


def _in_words(it: Wait) -> str:
    due = f"{it.due:%Y-%m-%d %H:%M} UTC" if it.due else ""
    since = f", since {it.since:%Y-%m-%d %H:%M} UTC" if it.since else ""
    if it.what == "work_item":
        by = f", due {due}" if due else ""
        if it.says:
            return f"Waits for the votes of its seats{since}{by}"
        whom = it.who or " in ".join(filter(None, (_role(it), it.group and in_words(it.group))))
        return f"Waits for {whom or 'anybody'}{since}{by}"
    if it.what == "job":
        if it.says == "faulted":
            return f"The step failed and waits for somebody to try it again{since}"
        return f"The step {'is being carried out' if it.who else 'waits for a worker'}{since}"
    if it.what == "timer":
        return f"Stopped behind a fault; was due {due}" if it.says == "true" else f"Due {due}"
    role = _role(it)
    return f"Waits for {it.says}{f' from {role}' if role else ''}"


def _role(it: Wait) -> str:
    return " or ".join(in_words(role) for role in (it.role or "").split())


def _faults(faults: Sequence[OpenFault]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for it in faults:
        found.setdefault(it.element or "", []).append(f"{it.cause} {it.remedy}")
    return found


def _path(deployed: Deployed, ways: Sequence[Way], steps: int) -> list[PathStep]:
    """What the last commands passed, numbered so that the last one has the number of all."""
    told = [(way, element) for way in ways for element in way.passed]
    first = steps - len(told) + 1
    return [
        PathStep(
            number, element, deployed.name_of(element) or element, way.at, way.revision, way.actor
        )
        for number, (way, element) in enumerate(told, first)
    ]


def order_of(path: Sequence[PathStep]) -> Mapping[str, list[int]]:
    """Element -> the numbers of its steps on the path."""
    found: dict[str, list[int]] = {}
    for it in path:
        found.setdefault(it.element, []).append(it.number)
    return found
