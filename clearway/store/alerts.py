"""Which record an outside alert belongs to: one row for each source and fingerprint."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Update, and_, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from clearway.store import schema
from clearway.store.database import Transaction

OPENING, FIRING, RESOLVED = "opening", "firing", "resolved"
"""The states of an alert. Opening: it fires, and whether it has a record yet is not written."""


@dataclass(frozen=True)
class AlertRow:
    """An alert as it was last heard of; `key` is empty when no record was opened for it.

    `first_seen_at` is when its present episode began, by the clock of its source, and once that
    is over, when it ended: what began no later is no news. While a record is being opened, `key`
    is still that of the episode before.
    """

    key: str
    first_seen_at: datetime
    last_seen_at: datetime
    times: int
    status: str


def one_alert(connection: Connection, source: str, fingerprint: str) -> AlertRow | None:
    """What is known of this alert."""
    row = connection.execute(
        select(*_COLUMNS).where(_T.source == source, _T.fingerprint == fingerprint)
    ).first()
    return AlertRow(*row) if row else None


def counted(connection: Connection, source: str, fingerprint: str, *, now: datetime) -> None:
    """Count a delivery that changes nothing."""
    connection.execute(_one(source, fingerprint).values(times=_T.times + 1, last_seen_at=now))


def opening(
    connection: Connection, source: str, fingerprint: str, *, began: datetime, now: datetime
) -> AlertRow:
    """Write down that a record is going to be opened for a new episode; count the delivery.

    Answers what is known now: who comes second finds the episode of who came first.
    """
    statement = insert(schema.alert).values(
        source=source,
        fingerprint=fingerprint,
        key="",
        first_seen_at=began,
        last_seen_at=now,
        times=1,
        status=OPENING,
    )
    is_news = and_(_T.first_seen_at < began, _T.status != OPENING)
    changes = {
        "times": _T.times + 1,
        "last_seen_at": now,
        "first_seen_at": case((is_news, began), else_=_T.first_seen_at),
        "status": case((is_news, OPENING), else_=_T.status),
    }
    row = connection.execute(
        statement.on_conflict_do_update(index_elements=_KEY, set_=changes).returning(*_COLUMNS)
    ).one()
    return AlertRow(*row)


def opened(
    connection: Connection,
    source: str,
    fingerprint: str,
    *,
    began: datetime,
    before: str,
    key: str,
) -> AlertRow:
    """Write the record of the episode that began then, unless a later one is known already.

    `before` is the key of the episode before. An end that was heard meanwhile stays.
    """
    is_this = or_(_T.status == RESOLVED, and_(_T.status == OPENING, _T.first_seen_at == began))
    status = case((_T.status == OPENING, FIRING), else_=_T.status)
    row = connection.execute(
        _one(source, fingerprint)
        .where(_T.key == before, is_this)
        .values(key=key, status=status)
        .returning(*_COLUMNS)
    ).first()
    found = AlertRow(*row) if row else one_alert(connection, source, fingerprint)
    if found is None:
        raise AssertionError("nobody deletes an alert while its record is opened")
    return found


def opened_as(connection: Connection, once: str) -> str | None:
    """The key of the record that was opened under this idempotency key."""
    table = schema.answer
    return connection.execute(
        select(table.c.answer["key"].astext).where(table.c.key == once, table.c.command == "start")
    ).scalar()


def fires_again(
    connection: Connection, source: str, fingerprint: str, *, began: datetime, now: datetime
) -> None:
    """Count a new episode that belongs to the record of the one before."""
    is_news = _T.first_seen_at < began
    connection.execute(
        _one(source, fingerprint).values(
            times=_T.times + 1,
            last_seen_at=now,
            first_seen_at=func.greatest(_T.first_seen_at, began),
            status=case((is_news, FIRING), else_=_T.status),
        )
    )


def over(
    connection: Connection,
    source: str,
    fingerprint: str,
    *,
    began: datetime,
    ended: datetime,
    now: datetime,
) -> AlertRow:
    """Count an end; it ends the known episode when that did not begin later.

    The source may have moved the beginning back meanwhile: the end decides as well. It counts as
    no later than `now`, so that nothing that really begins afterwards is taken for old.
    """
    until = max(began, min(ended, now))
    statement = insert(schema.alert).values(
        source=source,
        fingerprint=fingerprint,
        key="",
        first_seen_at=until,
        last_seen_at=now,
        times=1,
        status=RESOLVED,
    )
    ends_it = or_(_T.first_seen_at <= began, _T.first_seen_at < ended)
    changes = {
        "times": _T.times + 1,
        "last_seen_at": now,
        "first_seen_at": case(
            (ends_it, func.greatest(_T.first_seen_at, until)), else_=_T.first_seen_at
        ),
        "status": case((ends_it, RESOLVED), else_=_T.status),
    }
    row = connection.execute(
        statement.on_conflict_do_update(index_elements=_KEY, set_=changes).returning(*_COLUMNS)
    ).one()
    return AlertRow(*row)


def withdraw(transaction: Transaction, key: str, name: str, now: datetime) -> None:
    """What still waits for a record to be told under this name is never told."""
    transaction.run(_WITHDRAW, {"key": key, "name": name, "now": now})


def finished_tasks(transaction: Transaction, instance_id: int) -> frozenset[str]:
    """The elements of an instance whose last work item was completed, not taken away."""
    return frozenset(row[0] for row in transaction.all(_FINISHED, {"instance": instance_id}))


_FINISHED = """SELECT element FROM (
    SELECT DISTINCT ON (element) element, outcome FROM work_item
    WHERE instance_id = %(instance)s ORDER BY element, id DESC) last
WHERE outcome = 'completed'"""
_WITHDRAW = """UPDATE message SET status = 'dead', settled_at = %(now)s
WHERE to_key = %(key)s AND name = %(name)s AND status = 'waiting'"""


def _one(source: str, fingerprint: str) -> Update:
    return update(schema.alert).where(_T.source == source, _T.fingerprint == fingerprint)


_T = schema.alert.c
_KEY = ["source", "fingerprint"]
_COLUMNS = (_T.key, _T.first_seen_at, _T.last_seen_at, _T.times, _T.status)
