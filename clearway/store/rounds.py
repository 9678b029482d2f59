"""Approval rounds across records: which wait, and how the last one of a record ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from clearway.store.database import Transaction
from clearway.store.rows import Ballot, Json, Seat

_WAITING = """SELECT i.key, i.title, i.process, i.record, r.rule, r.opened_at
FROM round r JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
WHERE r.closed_at IS NULL AND w.closed_at IS NULL AND i.ended_at IS NULL
    AND r.rule = ANY(%(rules)s::text[])
ORDER BY r.opened_at, i.key"""
_LAST = """SELECT DISTINCT ON (i.key) i.key, i.title, i.process, i.version_id, i.record, i.ended_at,
    w.id, w.name, w.closed_at, r.id, r.revision, r.rule, r.excluded, r.opened_at, r.closed_at,
    r.outcome, r.reason
FROM instance i JOIN work_item w ON w.instance_id = i.id JOIN round r ON r.work_item_id = w.id
WHERE i.key = ANY(%(keys)s::text[]) AND r.rule = ANY(%(rules)s::text[])
ORDER BY i.key, r.id DESC"""
_SEATS = """SELECT round_id, id, name, role, person, mandatory, veto, chair FROM seat
WHERE round_id = ANY(%(rounds)s::bigint[]) ORDER BY id"""
_BALLOTS = """SELECT s.round_id, b.id, b.seat_id, b.person, b.choice, b.reason, b.conditions,
    b.cast_at, b.instead_of
FROM ballot b JOIN seat s ON s.id = b.seat_id
WHERE s.round_id = ANY(%(rounds)s::bigint[]) AND NOT b.replaced ORDER BY b.cast_at, b.id"""
# Fields are values here: a record has them under names that only its diagram knows.
_OUTCOMES = """SELECT record ->> %(outcome)s, count(*) FROM instance
WHERE process = %(process)s AND record ->> %(field)s = %(value)s AND ended_at IS NOT NULL
    AND ended_at > %(since)s AND record ->> %(outcome)s IS NOT NULL GROUP BY 1 ORDER BY 1"""


@dataclass(frozen=True)
class WaitingRound:
    """A record with an open round, and what the record holds."""

    key: str
    title: str
    process: str
    record: Json
    rule: str
    opened_at: datetime


@dataclass(frozen=True)
class LastRound:
    """The newest round by some rules, open or closed: its seats and the ballots that count."""

    key: str
    title: str
    process: str
    version_id: int
    record: Json
    ended_at: datetime | None
    work_item_id: int
    name: str
    work_item_closed_at: datetime | None
    id: int
    revision: int
    rule: str
    excluded: tuple[str, ...]
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    reason: str | None
    seats: tuple[Seat, ...] = ()
    ballots: tuple[Ballot, ...] = ()


def waiting_rounds(transaction: Transaction, rules: Sequence[str]) -> list[WaitingRound]:
    """The open rounds by these rules, the oldest first."""
    return [WaitingRound(*row) for row in transaction.all(_WAITING, {"rules": list(rules)})]


def last_rounds(
    transaction: Transaction, keys: Sequence[str], rules: Sequence[str]
) -> Mapping[str, LastRound]:
    """The newest round by one of these rules of each of these records that has any."""
    rows = transaction.all(_LAST, {"keys": list(keys), "rules": list(rules)})
    rounds = {"rounds": [row[9] for row in rows]}
    seats: dict[int, list[Seat]] = {}
    for round_id, *seat in transaction.all(_SEATS, rounds):
        seats.setdefault(round_id, []).append(Seat(*seat))
    ballots: dict[int, list[Ballot]] = {}
    for round_id, *ballot in transaction.all(_BALLOTS, rounds):
        ballots.setdefault(round_id, []).append(Ballot(*ballot))
    return {row[0]: _last(row, seats, ballots) for row in rows}


def outcomes(
    transaction: Transaction, process: str, field: str, value: str, outcome: str, since: datetime
) -> Mapping[str, int]:
    """How often each outcome came of the records of a process that have `value` in `field`."""
    asked = {"process": process, "field": field, "value": value, "outcome": outcome}
    return {row[0]: row[1] for row in transaction.all(_OUTCOMES, {**asked, "since": since})}


def _last(
    row: Sequence[Any], seats: Mapping[int, list[Seat]], ballots: Mapping[int, list[Ballot]]
) -> LastRound:
    last = LastRound(*row)
    return replace(
        last,
        excluded=tuple(last.excluded),
        seats=tuple(seats.get(last.id, ())),
        ballots=tuple(ballots.get(last.id, ())),
    )
