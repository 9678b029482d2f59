"""The question of a review: what is open, what is late, what has been waiting for longest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.service.house import House
from clearway.store import open_work as rows
from clearway.store.database import Connection
from clearway.store.open_work import OpenRecord


@dataclass(frozen=True)
class OpenWork:
    """All open work at one instant (UTC)."""

    at: datetime
    by_process: Mapping[str, int]
    tasks: int
    overdue: int
    unclaimed: int
    faults: int
    oldest: Sequence[OpenRecord]


def open_work(house: House, *, oldest: int = 10) -> OpenWork:
    """Look at all open work in one snapshot of the database."""
    now = house.now()

    def look(connection: Connection) -> OpenWork:
        tasks, overdue, unclaimed = rows.open_work_items(connection, now)
        return OpenWork(
            now,
            rows.open_records_by_process(connection),
            tasks,
            overdue,
            unclaimed,
            rows.open_faults(connection),
            rows.oldest_open_records(connection, oldest),
        )

    return house.store.ask(look)
