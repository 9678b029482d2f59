"""Who is told to work out collisions anew, when what planned work is held against has changed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from clearway.service.concerns import LOOK_AGAIN
from clearway.service.house import House
from clearway.service.planned import network, planned_records
from clearway.service.recurring import occurrences
from clearway.store.database import Connection
from clearway.store.planned import tell_who_waits
from clearway.store.windows import Window
from processes.collisions import reach_of
from processes.impact import Network
from processes.planned import FREEZE, Away, Planned, overlap

_IsTouched = Callable[[Planned, frozenset[str]], bool]
"""Whether a work is touched, which has to do with these names."""


def look_again_for_windows(
    house: House, connection: Connection, windows: Sequence[Window]
) -> Sequence[str]:
    """Windows were saved or taken back, these as they were or are; answers who was told.

    A freeze touches what it overlaps; a time for maintenance also what lies outside of it.
    """
    return _tell(
        house,
        connection,
        lambda work, concerned: any(_touches(it, work, concerned) for it in windows),
    )


def look_again_for_things(
    house: House, connection: Connection, names: Collection[str]
) -> Sequence[str]:
    """Services, assets or what they stand on changed, by these names; answers who was told."""
    touched = frozenset(names)
    return _tell(house, connection, lambda _work, concerned: not touched.isdisjoint(concerned))


def look_again_for_absences(
    house: House, connection: Connection, absences: Collection[Away]
) -> Sequence[str]:
    """People are away, or not any more, then; answers who was told."""
    return _tell(
        house,
        connection,
        lambda work, _concerned: any(
            it.person in work.people and overlap(it.starts, it.ends, work.starts, work.ends)
            for it in absences
        ),
    )


def look_again_for_rows(
    house: House, connection: Connection, table: str, rows: Iterable[Mapping[str, object]]
) -> None:
    """Rows of a table of the registry came, changed or went; each with its values then."""
    found = list(rows)
    if not found:
        return
    if table in ("services", "assets"):
        look_again_for_things(house, connection, {str(it["name"]) for it in found})
    elif table == "relations":
        ends = {str(it[name]) for it in found for name in ("from_name", "to_name")}
        look_again_for_things(house, connection, ends)
    elif table == "absences":
        away = [
            Away(str(it["person"]), starts, ends)
            for it in found
            if isinstance(starts := it.get("from_at"), datetime)
            and isinstance(ends := it.get("until_at"), datetime)
        ]
        look_again_for_absences(house, connection, away)


def _tell(house: House, connection: Connection, is_touched: _IsTouched) -> Sequence[str]:
    works = [it.work for it in planned_records(house, connection) if it.work.ends > house.now()]
    if not works:
        return []
    reach = _Concerned(network(connection))
    keys = [it.key for it in works if is_touched(it, reach.of(it))]
    return tell_who_waits(connection, LOOK_AGAIN, keys, house.now())


class _Concerned:
    """All names that have anything to do with some things; many works are on the same ones."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._known: dict[tuple[str, ...], frozenset[str]] = {}

    def of(self, work: Planned) -> frozenset[str]:
        if work.things not in self._known:
            self._known[work.things] = reach_of(work.things, self._network).concerned
        return self._known[work.things]


def _touches(window: Window, work: Planned, concerned: frozenset[str]) -> bool:
    if window.things and concerned.isdisjoint(window.things):
        return False
    if window.kind != FREEZE:
        return True
    return bool(occurrences(window, work.starts, work.ends))
