"""What a change of services and assets reaches, along the relations of the registry."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

RELATIONS: Mapping[str, str] = {
    "runs_on": "runs on",
    "depends_on": "depends on",
    "part_of": "has the part",
    "backs_up": "is backed up by",
}
"""Each kind of relation, as it reads from what stands on the other to what it stands on."""

PART_OF, BACKS_UP = "part_of", "backs_up"


@dataclass(frozen=True, slots=True)
class Relation:
    """`begins` stands in this relation to `ends`: payroll runs_on db01."""

    begins: str
    kind: str
    ends: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way: `name` stands on what the step before names, or is what changes."""

    name: str
    kind: str = ""
    backups: tuple[str, ...] = ()
    """What can take its place, and is itself not changed."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A service or an asset that a change reaches, and the way from what changes to it.

    A way on which nothing can take the place of anything comes before any other, then the shortest
    one. `is_covered`: something on each way can be replaced meanwhile. `loses_backup`: it goes on,
    and what would take its place is what changes.
    """

    way: tuple[Step, ...]
    is_covered: bool
    loses_backup: bool = False

    @property
    def name(self) -> str:
        """What is reached."""
        return self.way[-1].name

    def sentence(self) -> str:
        """The way from its end, for people: payroll runs on db01, which depends on switch."""
        told = self.name
        for nearer, further in zip(self.way[::-1], self.way[-2::-1], strict=False):
            comma = "" if told == self.name else ", which"
            told += f"{comma} {RELATIONS[nearer.kind]} {further.name}"
        covers = [f"{it.name} by {' or '.join(it.backups)}" for it in self.way[:-1] if it.backups]
        return f"{told}; covered: {', '.join(covers)}" if covers else told


def impact(changed: Collection[str], relations: Iterable[Relation]) -> list[Reached]:
    """Everything that a change of all of `changed` at once reaches, the nearest first.

    What runs on or depends on something is reached with it, and the whole with its part. What is
    backed up by something that changes loses its backup, and goes no further: it still works.
    """
    return Network(relations).impact(changed)


class Network:
    """What stands on what: read once, asked often."""

    def __init__(self, relations: Iterable[Relation]) -> None:
        self.standing: dict[str, list[tuple[str, str]]] = {}
        """What stands on each, with the kind of relation."""
        self.resting: dict[str, list[tuple[str, str]]] = {}
        """What each stands on."""
        self.backups: dict[str, list[str]] = {}
        self.backed_up: dict[str, list[str]] = {}
        for each in sorted(set(relations), key=lambda it: (it.begins, it.kind, it.ends)):
            if each.kind == BACKS_UP:
                self.backed_up.setdefault(each.begins, []).append(each.ends)
                self.backups.setdefault(each.ends, []).append(each.begins)
                continue
            below, above = each.ends, each.begins
            if each.kind == PART_OF:
                below, above = above, below
            self.standing.setdefault(below, []).append((each.kind, above))
            self.resting.setdefault(above, []).append((each.kind, below))

    def impact(self, changed: Collection[str]) -> list[Reached]:
        """Everything that a change of all of `changed` at once reaches, the nearest first."""
        search = _Search(self, changed)
        found = search.ways(covered=False)
        found |= {name: it for name, it in search.ways(covered=True).items() if name not in found}
        found |= {name: it for name, it in search.without_backup().items() if name not in found}
        return sorted(
            found.values(),
            key=lambda it: (it.loses_backup, it.is_covered, len(it.way), it.name),
        )

    def reaching(self, names: Collection[str]) -> dict[str, Reached]:
        """Everything whose change reaches one of `names`: its name -> a shortest way from it."""
        own = frozenset(names)
        waiting: deque[tuple[str, ...]] = deque((name,) for name in sorted(own))
        kinds: dict[tuple[str, str], str] = {}
        ways: dict[str, tuple[str, ...]] = {}
        while waiting:
            way = waiting.popleft()
            for kind, below in self.resting.get(way[0], ()):
                if below in own or below in ways:
                    continue
                kinds[below, way[0]] = kind
                ways[below] = (below, *way)
                waiting.append(ways[below])
        found = {name: self._upwards(way, kinds) for name, way in ways.items()}
        for name in sorted(own):
            for backup in self.backups.get(name, ()):
                if backup not in own:
                    way = (Step(backup), Step(name, BACKS_UP))
                    found.setdefault(backup, Reached(way, is_covered=True, loses_backup=True))
        return found

    def _upwards(self, way: Sequence[str], kinds: Mapping[tuple[str, str], str]) -> Reached:
        def covers(name: str) -> tuple[str, ...]:
            return tuple(it for it in self.backups.get(name, ()) if it != way[0])

        steps = [Step(way[0], "", covers(way[0]))]
        steps += [Step(above, kinds[below, above], covers(above)) for below, above in pairwise(way)]
        return Reached(tuple(steps), is_covered=any(it.backups for it in steps[:-1]))


class _Search:
    """What a change of some things at once reaches, seen from below."""

    def __init__(self, network: Network, changed: Collection[str]) -> None:
        self.network = network
        self.changed = sorted(set(changed))

    def ways(self, *, covered: bool) -> dict[str, Reached]:
        """The shortest ways: those without any cover, or all."""
        begins = [name for name in self.changed if covered or not self.covers(name)]
        waiting: deque[tuple[Step, ...]] = deque((self._step(name),) for name in begins)
        found: dict[str, Reached] = {}
        while waiting:
            way = waiting.popleft()
            for kind, above in self.network.standing.get(way[-1].name, ()):
                if above in found or above in self.changed:
                    continue
                longer = (*way, self._step(above, kind))
                found[above] = Reached(longer, covered)
                if covered or not self.covers(above):
                    waiting.append(longer)
        return found

    def without_backup(self) -> dict[str, Reached]:
        """What loses that which would take its place."""
        return {
            above: Reached((Step(name), Step(above, BACKS_UP)), is_covered=True, loses_backup=True)
            for name in self.changed
            for above in self.network.backed_up.get(name, ())
            if above not in self.changed
        }

    def covers(self, name: str) -> tuple[str, ...]:
        """What can take the place of it, and is itself not changed."""
        return tuple(it for it in self.network.backups.get(name, ()) if it not in self.changed)

    def _step(self, name: str, kind: str = "") -> Step:
        return Step(name, kind, self.covers(name))
