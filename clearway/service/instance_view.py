"""The living diagram: where a record's tokens are, and what was passed."""

from collections import Counter
from collections.abc import Iterable, Mapping

from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.reading import readable
from clearway.service.values import Actor, InstanceView, Refusal
from clearway.store import histories, waits

_EVENTS_WITH_TOKENS = frozenset({"intermediateCatchEvent", "receiveTask"})


def instance_view(house: House, actor: Actor, key: str) -> InstanceView | Refusal:
    """The diagram of the record's version with its tokens, and an outline for who cannot see it."""
    snapshot = readable(house, actor, key)
    if isinstance(snapshot, Refusal):
        return snapshot
    deployed = house.version(snapshot.version_id)
    waiting, passed = house.store.ask(
        lambda it: (
            waits.waiting_elements(it, snapshot.instance_id),
            histories.passed_elements(it, snapshot.instance_id),
        )
    )
    tokens = tokens_of(deployed, waiting)
    return InstanceView(
        key=snapshot.key,
        process=snapshot.process,
        version=deployed.number,
        xml=deployed.xml,
        tokens=tokens,
        completed=passed,
        outline=outline_of(deployed, tokens, passed),
    )


def outline_of(
    deployed: Deployed, tokens: Mapping[str, int], passed: Mapping[str, int]
) -> list[Mapping[str, object]]:
    """The nodes of a diagram as a list that says the same as the picture."""
    return [
        {
            "id": it.id,
            "kind": it.kind,
            "name": it.name or it.id,
            "documentation": it.documentation,
            "role": it.role,
            "state": it.state,
            "tokens": tokens.get(it.id, 0),
            "completed": passed.get(it.id, 0),
        }
        for it in deployed.elements.values()
        if it.kind != "sequenceFlow"
    ]


def tokens_of(deployed: Deployed, waiting: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """A boundary event waits on its host's token; only the others have one of their own.

    `waiting` has the element, what waits there (work_item, job, timer ...), and how often.
    """
    tokens: Counter[str] = Counter()
    for element, what, count in waiting:
        info = deployed.elements.get(element)
        is_own = what in ("work_item", "job") or (
            info is not None and info.kind in _EVENTS_WITH_TOKENS
        )
        if is_own:
            tokens[element] += count
    return dict(tokens)
