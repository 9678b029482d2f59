"""Signs of life: workers and Prefect leave them, the doctor reads them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

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


def miss(house: House, name: str, details: Mapping[str, object]) -> None:
    """It did not answer, for the first time or still; its next sign of life takes that back.

    Only of whoever left its last sign with the same `details`: who looks elsewhere, or nowhere,
    does not know whether it answers there.
    """
    now = house.now()
    house.store.change(lambda it: rows.note_silence(it, name, now, details))


def silent_since(heartbeat: Heartbeat) -> datetime | None:
    """Since when it is known not to answer; None when it answered last."""
    since = heartbeat.details.get(rows.SILENT_SINCE)
    return None if since is None else datetime.fromisoformat(str(since))


def say_goodbye(house: House, name: str) -> None:
    """End in order: the doctor does not look for it any more."""
    house.store.change(lambda it: rows.forget_heartbeat(it, name))


def heartbeats(house: House) -> list[Heartbeat]:
    """Everybody's last sign of life."""
    return house.store.ask(rows.all_heartbeats)


def is_stale(house: House, heartbeat: Heartbeat) -> bool:
    """Whether it has been silent for too long, or is known not to answer."""
    return house.now() - heartbeat.at > STALE or silent_since(heartbeat) is not None
