"""Signs of life: workers and Prefect leave them, the doctor reads them."""

from collections.abc import Mapping
from datetime import timedelta

from clearway.service.house import House
from clearway.store import heartbeats as rows
from clearway.store.database import Connection
from clearway.store.heartbeats import Heartbeat

STALE = timedelta(seconds=60)
"""Who has been silent for longer is not alive, or cannot reach the database."""
PREFECT = "prefect"
WORKER = "worker "
"""The names of workers begin so."""

_FORGOTTEN = timedelta(days=1)


def beat(house: House, name: str, details: Mapping[str, object] | None = None) -> None:
    """Leave a sign of life; workers that died without a word are forgotten after a day."""
    now = house.now()

    def write(connection: Connection) -> None:
        rows.beat(connection, name, now, details or {})
        rows.forget_heartbeats(connection, WORKER, now - _FORGOTTEN)

    house.store.change(write)


def say_goodbye(house: House, name: str) -> None:
    """End in order: the doctor does not look for it any more."""
    house.store.change(lambda it: rows.forget_heartbeat(it, name))


def heartbeats(house: House) -> list[Heartbeat]:
    """Everybody's last sign of life."""
    return house.store.ask(rows.all_heartbeats)


def is_stale(house: House, heartbeat: Heartbeat) -> bool:
    """Whether it has been silent for too long."""
    return house.now() - heartbeat.at > STALE
