"""Twenty-five thousand incidents with their whole history: some worked on, and copies of these."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import LiteralString

import psycopg

from benchmarks.stage import CONTEXT, REPORT, Stage, done
from clearway.now import HandClock
from clearway.replay.people import acting
from clearway.service.assign import assign
from clearway.service.claim import claim, unclaim
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import Actor

WORKED = 50
COPIES = 499
_BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)
_DESK: Sequence[Actor] = [acting(name, None) for name in ("bob", "peggy")]
_GROUP: Sequence[Actor] = [acting(name, "applications") for name in ("dave", "heidi")]
_RESOLVED: Mapping[str, object] = {
    "resolution_code": "fixed",
    "resolution_notes": "It runs again.",
    "caused_by_change": "unknown",
}


def settle(stage: Stage, copies: int = COPIES) -> HandClock:
    """Fill the database of the stage; answers the clock, which stands behind all that happened."""
    clock = HandClock(_BEGAN)
    house = House(stage.house.store, clock)
    random = Random(5)
    for number in range(WORKED):
        _Worked(stage, house, clock, random, f"worked {number}").from_beginning_to_end()
    values = {"copies": copies, "from": _BEGAN, "span": timedelta(days=300)}
    with psycopg.connect(stage.url) as connection:
        for statement in _COPY:
            connection.execute(statement, values)
    stage.tidy()
    clock.move_to(clock() + timedelta(days=2000))
    return clock


class _Worked:
    """One incident, led through its process by commands, some time after each other."""

    def __init__(
        self, stage: Stage, house: House, clock: HandClock, random: Random, name: str
    ) -> None:
        self._stage, self._house, self._clock, self._random = stage, house, clock, random
        self._once = (f"{name} {number}" for number in itertools.count())
        self._key = ""

    def from_beginning_to_end(self) -> None:
        """Reported, checked, worked on in some turns, resolved, and mostly closed."""
        alice = self._stage.actors["alice"]
        house, once = self._house, self._once
        self._key = done(start(house, alice, "incident", REPORT, once=next(once))).key
        self._answer_steps()
        self._finish("triage", _DESK, self._checked())
        for _ in range(self._random.randint(2, 6)):
            self._one_turn()
        self._finish("resolve", _GROUP, _RESOLVED)
        if self._random.random() < 0.2:
            self._send("desk_reopens", _DESK[0], {"reopen_reason": "It stopped again."})
            self._finish("resolve", _GROUP, _RESOLVED)
        if self._random.random() < 0.4:
            self._pass(timedelta(days=9))
            fire_due(house, 10)
        elif self._random.random() < 0.9:
            self._send("accepted_for", _DESK[1], {"comment": "It works again."})
        self._answer_steps()

    def _one_turn(self) -> None:
        item, person = self._item("resolve", _GROUP)
        turn = self._random.randrange(4)
        if turn == 0:
            self._send("reassign", person, {"assignment_group": "applications", "note": "Yours."})
        elif turn == 1:
            values = {
                "hold_reason": "scheduled",
                "resume_by": (self._clock() + timedelta(days=30)).isoformat(),
            }
            self._send("hold", person, values)
            self._pass()
            self._send("resume", person, {})
        elif turn == 2:
            done(assign(self._house, person, item, person.name, once=next(self._once)))
            self._pass()
            done(unclaim(self._house, person, item, once=next(self._once)))
        else:
            self._pass()
            text = "Still looking."
            done(comment(self._house, person, self._key, text, public=False, once=next(self._once)))
        self._answer_steps()

    def _finish(self, element: str, group: Sequence[Actor], values: Mapping[str, object]) -> None:
        self._pass()
        item, person = self._item(element, group)
        if self._random.random() < 0.8:
            done(claim(self._house, person, item, once=next(self._once)))
            self._pass()
        done(complete(self._house, person, item, values, once=next(self._once)))
        self._answer_steps()

    def _checked(self) -> Mapping[str, object]:
        return {"impact": 3, "urgency": 3, "assignment_group": "applications"}

    def _send(self, element: str, person: Actor, values: Mapping[str, object]) -> None:
        self._pass()
        done(send(self._house, person, self._key, element, values, once=next(self._once)))

    def _answer_steps(self) -> None:
        self._pass(timedelta(seconds=self._random.randint(1, 90)))
        while leased := claim_jobs(self._house, "benchmark", 50, timedelta(hours=1)):
            self._pass(timedelta(seconds=self._random.randint(1, 20)))
            for job in leased:
                result: Mapping[str, object] = CONTEXT if job.step == "find_context" else {}
                done(finish_job(self._house, job.id, job.fence, result))

    def _item(self, element: str, group: Sequence[Actor]) -> tuple[int, Actor]:
        """The open task of this element, and who has it, or somebody who might take it."""
        [(item, assignee)] = self._stage.rows(
            "SELECT w.id, w.assignee FROM work_item w JOIN instance i ON i.id = w.instance_id"
            " WHERE i.key = %s AND w.element = %s AND w.closed_at IS NULL",
            self._key,
            element,
        )
        holder = next((it for it in group if it.name == assignee), None)
        return int(str(item)), holder or self._random.choice(group)

    def _pass(self, time: timedelta | None = None) -> None:
        some = timedelta(minutes=round(self._random.lognormvariate(4, 1.4)) + 1)
        self._clock.move_to(self._clock() + (time or some))


# Each copy lasts a little longer or shorter than its original and began another day.
_WHEN: LiteralString = """CROSS JOIN LATERAL (SELECT %(from)s::timestamptz
    + (o.id * 131 + k * 977) %% 1000 / 1000.0 * %(span)s::interval AS base,
    0.2 + (o.id * 37 + k * 613) %% 1000 / 400.0 AS stretch) t"""


def _at(column: LiteralString) -> LiteralString:
    return "(t.base + (" + column + " - o.started_at) * t.stretch)"


_COPY: Sequence[LiteralString] = (
    "CREATE TEMP TABLE original AS SELECT * FROM instance WHERE process = 'incident'",
    """INSERT INTO instance (id, key, process, version_id, revision, engine_state, record, state,
        title, requester, done_by, started_at, changed_at, ended_at)
    SELECT 1000000 * k + o.id, o.key || '-' || k, o.process, o.version_id, o.revision,
        o.engine_state, o.record, o.state, o.title, o.requester, o.done_by, """
    + _at("o.started_at")
    + ", "
    + _at("o.changed_at")
    + ", "
    + _at("o.ended_at")
    + " FROM original o CROSS JOIN generate_series(1, %(copies)s) k "
    + _WHEN
    + " ORDER BY t.base",
    """INSERT INTO work_item (id, instance_id, token, element, name, role, group_name, assignee,
        form, opened_at, due_at, closed_at, closed_by, outcome)
    SELECT 1000000 * k + w.id, 1000000 * k + o.id, w.token, w.element, w.name, w.role,
        w.group_name, w.assignee, w.form, """
    + _at("w.opened_at")
    + " AS opened, "
    + _at("w.opened_at")
    + " + (w.due_at - w.opened_at), "
    + _at("w.closed_at")
    + ", w.closed_by, w.outcome FROM original o JOIN work_item w ON w.instance_id = o.id"
    + " CROSS JOIN generate_series(1, %(copies)s) k "
    + _WHEN
    + " ORDER BY opened",
    """INSERT INTO job (instance_id, token, element, step, inputs, created_at, run_at, attempts,
        status, result, began_at, finished_at)
    SELECT 1000000 * k + o.id, j.token, j.element, j.step, j.inputs, """
    + _at("j.created_at")
    + " AS created, "
    + _at("j.run_at")
    + ", j.attempts, j.status, j.result, "
    + _at("j.began_at")
    + ", "
    + _at("j.finished_at")
    + " FROM original o JOIN job j ON j.instance_id = o.id"
    + " CROSS JOIN generate_series(1, %(copies)s) k "
    + _WHEN
    + " ORDER BY created",
    """INSERT INTO entry (instance_id, revision, at, actor, command, kind, element, state_before,
        state_after, details, leaf)
    SELECT 1000000 * k + o.id, e.revision, """
    + _at("e.at")
    + """ AS at, e.actor, e.command, e.kind, e.element, e.state_before, e.state_after,
        CASE WHEN e.kind = 'given' THEN jsonb_set(e.details, '{work_item}',
            to_jsonb(1000000 * k + (e.details ->> 'work_item')::bigint)) ELSE e.details END,
        e.leaf
    FROM original o JOIN entry e ON e.instance_id = o.id
        CROSS JOIN generate_series(1, %(copies)s) k """
    + _WHEN
    + " ORDER BY at, e.id",
)
