"""Keeps what heat maps count up with history: the worker each minute, a map when it is made."""

from clearway.errors import ClearwayError
from clearway.service.heat_ways import beginnings
from clearway.service.house import House
from clearway.store import heat_keeping as rows
from clearway.store.database import Connection
from clearway.store.heat_keeping import Beginning, Stale

BATCH = 2000
"""Records that are written down in one transaction: a second's work."""


def keep_up(
    house: House, process: str | None = None, *, most: int | None = None, batch: int = BATCH
) -> int:
    """Write down the records that changed, of one process or of all (None); answers how many.

    `most`: not many more than so many, whoever waits for it. Safe to run at any time, by several
    at once, and again after being killed.
    """
    count = 0
    while most is None or count < most:
        found = house.store.ask(lambda it: rows.stale_records(it, process, batch))
        if not found.instances:
            return count
        waits = _beginnings(house, found)

        def write(
            connection: Connection, stale: Stale = found, waits: list[Beginning] = waits
        ) -> None:
            rows.wait_for_turn(connection)
            rows.write_down(connection, rows.not_yet_written(connection, stale), waits)

        house.store.change(write)
        count += len(found.instances)
        if len(found.instances) < batch:
            return count
    return count


def _beginnings(house: House, stale: Stale) -> list[Beginning]:
    """How waits begin in each version; of one that cannot be read any more, nothing is known."""
    found: list[Beginning] = []
    for version_id in sorted({it for versions in stale.versions for it in versions}):
        try:
            found += beginnings(version_id, house.version(version_id).elements)
        except ClearwayError:
            continue
    return found
