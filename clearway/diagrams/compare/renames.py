"""Which elements have another id but are certainly the same: by kind, place, name and flows."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from clearway.diagrams.compare.drawing import FLOWS, ROOT, Drawing, Drawn
from clearway.engine.markup import BPMN

_ENDS = ("sourceRef", "targetRef")
_Mark = tuple[object, ...]


def renames(
    before: Drawing, after: Drawing, named: tuple[AbstractSet[str], AbstractSet[str]]
) -> dict[str, str]:
    """The older id -> the newer one; only where no other element could be meant on either side.

    `named`: the ids that something in each version refers to. An id that the other version still
    refers to is not certain: what refers to it would be told as nothing.
    """
    gone = [
        it
        for name, it in before.elements.items()
        if name not in after.elements and name not in named[1]
    ]
    new = [
        it
        for name, it in after.elements.items()
        if name not in before.elements and name not in named[0]
    ]
    found: dict[str, str] = {}
    while more := _once(before, after, gone, new, found):
        found |= more
    return found


def _once(
    before: Drawing,
    after: Drawing,
    all_gone: Sequence[Drawn],
    all_new: Sequence[Drawn],
    known: Mapping[str, str],
) -> dict[str, str]:
    new_ones = set(known.values())
    gone = [it for it in all_gone if it.id not in known]
    new = [it for it in all_new if it.id not in new_ones]
    if not gone or not new:
        return {}
    back = {now: was for was, now in known.items()}
    both = (before.elements.keys() & after.elements.keys()) | known.keys() | back.keys()
    places = _Places(before, known, both), _Places(after, {}, both)
    for mark in (_by_neighbours, _by_ends, _by_name, _by_content):
        pairs = _certain(gone, new, _marking(mark, places[0]), _marking(mark, places[1]))
        if pairs:
            return pairs
    return {}


class _Places:
    """The ids of one version as the newer one has them, and what each is joined with.

    It is joined by a flow that both versions have, or else with what is at the flow's other end.
    """

    def __init__(self, drawing: Drawing, known: Mapping[str, str], both: AbstractSet[str]) -> None:
        self.known = known
        self.neighbours: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for each in drawing.elements.values():
            if each.kind in FLOWS:
                source, target = (each.part.get(end) or "" for end in _ENDS)
                flow = each.id if each.id in both else ""
                self.neighbours[source].append(("to", flow or target))
                self.neighbours[target].append(("from", flow or source))

    def same(self, name: str) -> str:
        """An id as the newer version has it."""
        return self.known.get(name, name)


def _marking(
    mark: Callable[[Drawn, _Places], _Mark | None], places: _Places
) -> Callable[[Drawn], _Mark | None]:
    return lambda it: mark(it, places)


def _by_neighbours(drawn: Drawn, places: _Places) -> _Mark | None:
    """A node: the same kind, place and name between the same neighbours."""
    around = places.neighbours.get(drawn.id)
    if not around or drawn.kind in FLOWS:
        return None
    flows = sorted((way, places.same(other)) for way, other in around)
    return (*_place(drawn, places), drawn.name, _host(drawn, places), *flows)


def _by_ends(drawn: Drawn, places: _Places) -> _Mark | None:
    """A flow: from the same to the same, with the same condition."""
    if drawn.kind not in FLOWS:
        return None
    ends = (places.same(drawn.part.get(end) or "") for end in _ENDS)
    inner = tuple(it for it in drawn.part.children if it.name == f"{BPMN}conditionExpression")
    return (drawn.kind, places.same(drawn.parent), drawn.name, *ends, *inner)


def _by_name(drawn: Drawn, places: _Places) -> _Mark | None:
    """What stands for itself: a message, a signal, a lane, a data object."""
    if not drawn.name or drawn.kind in FLOWS or places.neighbours.get(drawn.id):
        return None
    return (*_place(drawn, places), drawn.name, _host(drawn, places))


def _by_content(drawn: Drawn, places: _Places) -> _Mark | None:
    """What has no name: all that it says."""
    if drawn.name or drawn.kind in FLOWS or places.neighbours.get(drawn.id):
        return None
    return (*_place(drawn, places), drawn.part) if drawn.part.children else None


def _host(drawn: Drawn, places: _Places) -> str:
    return places.same(drawn.part.get("attachedToRef") or "")


def _place(drawn: Drawn, places: _Places) -> _Mark:
    parent = places.same(drawn.parent) if drawn.parent != ROOT else ROOT
    return (drawn.part.name, parent, *map(places.same, drawn.lanes))


def _certain(
    gone: Iterable[Drawn],
    new: Iterable[Drawn],
    old_mark: Callable[[Drawn], _Mark | None],
    new_mark: Callable[[Drawn], _Mark | None],
) -> dict[str, str]:
    one, other = _marks(gone, old_mark), _marks(new, new_mark)
    counts = Counter(one.values()), Counter(other.values())
    where = {mark: name for name, mark in other.items()}
    return {
        name: where[mark] for name, mark in one.items() if counts[0][mark] == counts[1][mark] == 1
    }


def _marks(elements: Iterable[Drawn], mark: Callable[[Drawn], _Mark | None]) -> dict[str, _Mark]:
    made = ((it.id, mark(it)) for it in elements)
    return {name: it for name, it in made if it is not None}
