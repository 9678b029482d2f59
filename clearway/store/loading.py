"""Locks one instance and loads all that a command may look at, in one statement."""
# ruff: noqa: S608 - the statements are put together from our own texts only

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from clearway.store.absences import BEHIND
from clearway.store.database import Row, Transaction
from clearway.store.registry import LONGEST_LOGIN
from clearway.store.rows import (
    Ballot,
    FirstAnswer,
    Job,
    Message,
    OpenFault,
    Round,
    Seat,
    Snapshot,
    StandIn,
    Subscription,
    Timer,
    WorkItem,
)

_JOB = """jsonb_build_array('job', j.id, j.token, j.element, j.step, j.inputs,
    j.template_hash, j.attempts, j.retries, j.fence, j.status, j.run_at,
    j.lease_until, j.last_error)"""
_TIMER = """jsonb_build_array('timer', t.id, t.token, t.element, t.due_at, t.repeats_left,
    t.missed, t.parked)"""
_MESSAGE = """jsonb_build_array('message', m.id, m.kind, m.name, m.to_key, m.to_process, m.payload,
    m.expires_at, m.status)"""
# Only for approvals, and only then: a larger statement would cost every command.
_ROUNDS = """SELECT r.work_item_id, jsonb_build_array(r.id, r.revision, r.rule, r.excluded,
        r.result_field, r.opened_at, r.deadline,
        (SELECT jsonb_agg(jsonb_build_array(s.id, s.name, s.role, s.person, s.mandatory, s.veto,
                s.chair) ORDER BY s.id)
            FROM seat s WHERE s.round_id = r.id),
        (SELECT jsonb_agg(jsonb_build_array(b.id, b.seat_id, b.person, b.choice, b.reason,
                b.conditions, b.cast_at, b.instead_of, b.independent) ORDER BY b.id)
            FROM ballot b JOIN seat s ON s.id = b.seat_id
            WHERE s.round_id = r.id AND NOT b.replaced))
    FROM round r JOIN work_item w ON w.id = r.work_item_id
    WHERE w.instance_id = %(instance_id)s AND w.closed_at IS NULL AND r.closed_at IS NULL"""

# The lock may have waited for another command. Then the row is the new one, but the subqueries
# still saw the old time; `seen` tells, and the statement is run again under the lock.
_SELECT = f"""SELECT i.id, i.key, i.process, i.version_id, i.revision, i.engine_state, i.record,
    i.state, i.title, i.requester, i.done_by, i.started_at, i.ended_at,
    (SELECT s.revision FROM instance s WHERE s.id = i.id) AS seen,
    (SELECT jsonb_build_array(a.command, a.request_hash, a.answer)
        FROM answer a WHERE a.key = %(once)s) AS answered,
    (SELECT jsonb_agg(jsonb_build_array(w.id, w.token, w.element, w.name, w.role, w.group_name,
            w.assignee, w.form, w.rule, w.item, w.apart_from, w.excluded, w.opened_at, w.due_at,
            w.closed_at, w.closed_by, w.outcome) ORDER BY w.id)
        FROM (SELECT * FROM work_item WHERE instance_id = i.id AND closed_at IS NULL
              UNION ALL
              SELECT * FROM work_item WHERE id = %(work_item_id)s AND closed_at IS NOT NULL) w),
    (SELECT jsonb_agg(jsonb_build_array(s.token, s.element, s.kind, s.name, s.action, s.role,
            s.form) ORDER BY s.id)
        FROM subscription s WHERE s.instance_id = i.id),
    (SELECT jsonb_agg(jsonb_build_array(f.id, f.element, f.cause, f.remedy, f.who_can_fix,
            f.trigger) ORDER BY f.id)
        FROM fault f WHERE f.instance_id = i.id AND f.settled_at IS NULL),
    (SELECT jsonb_agg(jsonb_build_array(b.person, b.until_at,
            (SELECT jsonb_agg(DISTINCT g.role) FROM membership m JOIN group_role g
                ON g.group_name = m.group_name WHERE m.person = b.person)))
        FROM absence b
        WHERE b.delegate = %(actor)s AND b.from_at <= %(now)s AND b.until_at > %(now)s),
    ({BEHIND} SELECT jsonb_agg(person) FROM behind),
    (SELECT jsonb_agg(p.name) FROM person p WHERE NOT p.active AND p.name = ANY(ARRAY(
            SELECT assignee FROM work_item WHERE instance_id = i.id AND closed_at IS NULL
            UNION ALL
            SELECT value FROM jsonb_each_text(i.record)
            WHERE length(value) <= {LONGEST_LOGIN}))),"""

_BY_WORK_ITEM = f"""{_SELECT} NULL::jsonb FROM instance i
    WHERE i.id = (SELECT instance_id FROM work_item WHERE id = %(work_item_id)s) FOR UPDATE"""
_BY_KEY = f"{_SELECT} NULL::jsonb FROM instance i WHERE i.key = %(key)s FOR UPDATE"
_BY_JOB = f"""{_SELECT} (SELECT {_JOB} FROM job j WHERE j.id = %(id)s) FROM instance i
    WHERE i.id = (SELECT instance_id FROM job WHERE id = %(id)s) FOR UPDATE"""
_BY_TIMER = f"""{_SELECT} {_TIMER} FROM instance i JOIN timer t ON t.instance_id = i.id
    WHERE t.id = %(id)s AND t.due_at <= %(now)s AND NOT t.parked
    FOR UPDATE OF i, t SKIP LOCKED"""
_BY_MESSAGE = f"""{_SELECT} {_MESSAGE} FROM instance i JOIN message m ON m.to_key = i.key
    WHERE m.id = %(id)s AND m.status = 'waiting' FOR UPDATE OF i, m SKIP LOCKED"""
_BY_FAULT = f"""{_SELECT} NULL::jsonb FROM instance i
    WHERE i.id = (SELECT instance_id FROM fault WHERE id = %(id)s) FOR UPDATE"""


@dataclass(frozen=True)
class Loaded:
    """The instance under its lock, and what a command with the same key answered before."""

    snapshot: Snapshot
    answered: FirstAnswer | None


@dataclass(frozen=True)
class Asking:
    """Who asks, under which idempotency key (empty: none), and when."""

    actor: str
    now: datetime
    once: str = ""


def by_work_item(transaction: Transaction, asking: Asking, work_item_id: int) -> Loaded | None:
    """The instance of this work item; the item is loaded even when it is closed."""
    return _load(transaction, _BY_WORK_ITEM, asking, work_item_id=work_item_id)


def by_key(transaction: Transaction, asking: Asking, key: str) -> Loaded | None:
    """The instance of the record with this key."""
    return _load(transaction, _BY_KEY, asking, key=key)


def by_job(transaction: Transaction, asking: Asking, job_id: int) -> Loaded | None:
    """The instance of this job, with the job."""
    return _load(transaction, _BY_JOB, asking, id=job_id)


def by_timer(transaction: Transaction, asking: Asking, timer_id: int) -> Loaded | None:
    """The instance of this timer if it is still due; None also while another works on it."""
    return _load(transaction, _BY_TIMER, asking, id=timer_id)


def by_message(transaction: Transaction, asking: Asking, message_id: int) -> Loaded | None:
    """The receiver of this waiting message; None also while another works on it."""
    return _load(transaction, _BY_MESSAGE, asking, id=message_id)


def by_fault(transaction: Transaction, asking: Asking, fault_id: int) -> Loaded | None:
    """The instance of this fault; an open fault is among its faults."""
    return _load(transaction, _BY_FAULT, asking, id=fault_id)


def look_by_work_item(
    transaction: Transaction, asking: Asking, work_item_id: int
) -> Snapshot | None:
    """The same for a question: nothing is locked."""
    loaded = _load(transaction, _unlocked(_BY_WORK_ITEM), asking, work_item_id=work_item_id)
    return loaded and loaded.snapshot


def look_by_key(transaction: Transaction, asking: Asking, key: str) -> Snapshot | None:
    """The same for a question: nothing is locked."""
    loaded = _load(transaction, _unlocked(_BY_KEY), asking, key=key)
    return loaded and loaded.snapshot


def _unlocked(statement: str) -> str:
    return statement.removesuffix(" FOR UPDATE")


def _load(
    transaction: Transaction, statement: str, asking: Asking, **which: object
) -> Loaded | None:
    values = {
        "once": asking.once,
        "actor": asking.actor,
        "now": asking.now,
        "work_item_id": None,
        **which,
    }
    while (row := transaction.one(statement, values)) is not None:
        if row[4] == row[13]:
            return _loaded(row, _rounds(transaction, row))
    return None


def _rounds(transaction: Transaction, row: Row) -> Mapping[int, Round]:
    """The open rounds by work item; nothing is asked when there is no approval."""
    if not any(item[8] is not None and item[14] is None for item in row[15] or ()):
        return {}
    found = transaction.all(_ROUNDS, {"instance_id": row[0]})
    return {work_item_id: _round(round_) for work_item_id, round_ in found}


def _loaded(row: Row, rounds: Mapping[int, Round]) -> Loaded:
    extra = cast("list[Any] | None", row[21])
    snapshot = Snapshot(
        instance_id=row[0],
        key=row[1],
        process=row[2],
        version_id=row[3],
        revision=row[4],
        engine_state=bytes(row[5]),
        record=row[6],
        state=row[7],
        title=row[8],
        requester=row[9],
        done_by={element: tuple(people) for element, people in row[10].items()},
        started_at=row[11],
        ended_at=row[12],
        work_items=tuple(_work_item(item, rounds) for item in row[15] or ()),
        subscriptions=tuple(Subscription(*item) for item in row[16] or ()),
        faults=tuple(OpenFault(*item) for item in row[17] or ()),
        stands_in_for=tuple(_stand_in(item) for item in row[18] or ()),
        behind=frozenset(row[19] or ()),
        left=frozenset(row[20] or ()),
        **_extra(extra),
    )
    return Loaded(snapshot, first_answer(row[14]))


def first_answer(row: Sequence[Any] | None) -> FirstAnswer | None:
    """The kept answer from its JSON array, if there is one."""
    return FirstAnswer(*row) if row else None


def _extra(tagged: list[Any] | None) -> Mapping[str, Any]:
    """The job, timer or message that the statement was asked for."""
    if tagged is None:
        return {}
    kind, *row = tagged
    if kind == "job":
        return {"job": Job(*_with_instants(row, 10, 11))}
    if kind == "timer":
        return {"timer": Timer(*_with_instants(row, 3))}
    return {"message": Message(*_with_instants(row, 6))}


def _work_item(row: Sequence[Any], rounds: Mapping[int, Round]) -> WorkItem:
    return WorkItem(
        *row[:10],
        apart_from=tuple(row[10]),
        excluded=tuple(row[11]),
        opened_at=_instant(row[12]),
        due_at=_maybe(row[13]),
        closed_at=_maybe(row[14]),
        closed_by=row[15],
        outcome=row[16],
        round=rounds.get(row[0]),
    )


def _round(row: Sequence[Any]) -> Round:
    return Round(
        *row[:3],
        excluded=tuple(row[3]),
        result_field=row[4],
        opened_at=_instant(row[5]),
        deadline=_maybe(row[6]),
        seats=tuple(Seat(*seat) for seat in row[7] or ()),
        ballots=tuple(Ballot(*_with_instants(ballot, 6)) for ballot in row[8] or ()),
    )


def _stand_in(row: Sequence[Any]) -> StandIn:
    return StandIn(row[0], _instant(row[1]), frozenset(row[2] or ()))


def _with_instants(row: Sequence[Any], *places: int) -> list[Any]:
    """JSON has no instants: turn the texts at these places back."""
    return [_maybe(item) if place in places else item for place, item in enumerate(row)]


def _maybe(text: str | None) -> datetime | None:
    return _instant(text) if text else None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
