"""People who do anything at all with one change, allowed or not, drawn from a seed."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import psycopg
from handy import person

from clearway.now import HandClock
from clearway.service.cancel import cancel
from clearway.service.complete import complete
from clearway.service.deliver import deliver_waiting, send
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.migrate import migrate
from clearway.service.registry import set_absence
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import Actor, Done, Refusal
from clearway.service.vote import vote
from tasks.catalogue import Call

PEOPLE = (
    *("alice", "bob", "carol", "dave", "erin", "frank", "grace"),
    *("heidi", "ivan", "judy", "mallory", "oscar", "peggy", "trent"),
)
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "users_affected": ("nobody", "a_team", "a_site", "everyone"),
    "services_affected": ("none", "one", "a_few", "many"),
    "outage": ("not_at_all", "minutes", "an_hour", "longer"),
    "experience": ("often", "a_few_times", "once", "never"),
    "tested": ("in_a_copy", "in_parts", "on_paper", "not_at_all"),
    "reversible": ("at_once", "in_its_window", "with_effort", "hardly"),
    "sensitive": ("no", "at_the_edge", "yes", "at_the_heart"),
}
SERVICES = {"mail": "mx01", "payroll": "db01", "network": "core-switch", "intranet": "app01"}
CHOICES = (*("approve",) * 8, "approve_with_conditions", "reject", "abstain", "defer")
LEASE = timedelta(minutes=5)


class Wanderer:
    """One change, and whoever comes by; `told` counts what was done and what was refused."""

    def __init__(
        self, house: House, clock: HandClock, calls: Mapping[str, Call], seed: int, url: str
    ) -> None:
        self.house, self.clock, self.calls, self.seed = house, clock, calls, seed
        self.choose = random.Random(seed)
        self.rows = psycopg.connect(url, autocommit=True)
        self.told: Counter[str] = Counter()
        self.number = 0
        self.actors = {name: person(house, name) for name in PEOPLE}
        self.key = self._begin()

    def close(self) -> None:
        """Let go of the database."""
        self.rows.close()

    def step(self) -> str:
        """Do one thing; answers which."""
        moves: tuple[tuple[Callable[[], Done | Refusal | None], int], ...] = (
            (self._vote, 14),
            (self._do_task, 10),
            (self._press, 1),
            (self._wait, 3),
            (self._go_away, 1),
            (self._move, 1),
            (self._say, 1),
            (self._cancel, 1 if self.choose.random() < 0.03 else 0),
        )
        move = self.choose.choices([it for it, _ in moves], [many for _, many in moves])[0]
        answer = move()
        if self.choose.random() < 0.8:
            self._work()
        name = move.__name__.strip("_")
        self.told[f"{name} {'refused' if isinstance(answer, Refusal) else 'done'}"] += 1
        return name

    def state(self) -> str | None:
        """The state of the change."""
        return self.ask("SELECT state FROM instance WHERE key = %s", self.key)[0][0]

    def end(self) -> None:
        """Take away what is left, so that nobody else meets it."""
        cancel(self.house, self.actors["grace"], self.key, "R", once=self._once())

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says."""
        return self.rows.execute(statement.encode(), values).fetchall()

    def _begin(self) -> str:
        service = self.choose.choice(list(SERVICES))
        asked = {"title": "T", "description": "D", "justification": "J", "service": service}
        if self.choose.random() < 0.15:
            asked |= {"vendor_run": True, "supplier": "A supplier"}
        author = self.actors[self.choose.choice(PEOPLE)]
        done = start(self.house, author, "change", asked, once=self._once())
        assert isinstance(done, Done), done
        return done.key

    def _once(self) -> str:
        self.number += 1
        return f"{self.seed} {self.number}"

    def _anybody(self, *likely: str | None) -> Actor:
        known = [it for it in likely if it in self.actors]
        name = self.choose.choice(known) if known and self.choose.random() < 0.8 else None
        return self.actors[name or self.choose.choice(PEOPLE)]

    def _holders(self, role: str | None) -> list[str]:
        return [name for name, it in self.actors.items() if role in it.roles]

    def _work(self) -> None:
        """What the worker does, until nothing is due."""
        for _ in range(40):
            found = fire_due(self.house, 1) + deliver_waiting(self.house, 10)
            for job in claim_jobs(self.house, "w", 10, LEASE):
                inputs = dict(job.inputs)
                if job.template_hash is not None:
                    inputs["template_hash"] = job.template_hash
                finish_job(self.house, job.id, job.fence, self.calls[job.step](inputs, str(job.id)))
                found += 1
            if not found:
                return

    def _vote(self) -> Done | Refusal | None:
        found = self.ask(
            "SELECT w.id, s.name, s.role, s.person, r.revision FROM work_item w"
            " JOIN instance i ON i.id = w.instance_id JOIN round r ON r.work_item_id = w.id"
            " JOIN seat s ON s.round_id = r.id WHERE i.key = %s"
            " AND r.closed_at IS NULL = %s ORDER BY EXISTS (SELECT FROM ballot b"
            " WHERE b.seat_id = s.id AND NOT b.replaced), w.id DESC, s.id LIMIT 4",
            self.key,
            self.choose.random() < 0.9,
        )
        if not found:
            return self._do_task()
        item, seat, role, whose, revision = self.choose.choice(found)
        choice = self.choose.choice(CHOICES)
        return vote(
            self.house,
            self._anybody(whose, *self._holders(role)),
            item,
            seat,
            choice,
            reason="R" if choice in {"reject", "defer"} or self.choose.random() < 0.1 else "",
            conditions="C1\nC2" if choice == "approve_with_conditions" else "",
            independent=True,
            read=revision if self.choose.random() < 0.5 else None,
            once=self._once(),
        )

    def _do_task(self) -> Done | Refusal | None:
        found = self.ask(
            "SELECT w.id, w.element, w.assignee, w.role FROM work_item w"
            " JOIN instance i ON i.id = w.instance_id"
            " WHERE i.key = %s AND w.closed_at IS NULL ORDER BY w.id",
            self.key,
        )
        if not found:
            return None
        item, element, assignee, role = self.choose.choice(found)
        whom = [assignee] if assignee else self._holders(role)
        return complete(
            self.house, self._anybody(*whom), item, self._filled(element), once=self._once()
        )

    def _press(self) -> Done | Refusal | None:
        found = self.ask(
            "SELECT DISTINCT s.element FROM subscription s JOIN instance i ON i.id = s.instance_id"
            " WHERE i.key = %s AND s.element IS NOT NULL ORDER BY 1",
            self.key,
        )
        if not found:
            return None
        [event] = self.choose.choice(found)
        author = self.ask("SELECT record->>'author' FROM instance WHERE key = %s", self.key)[0][0]
        by = self._anybody(author, *self._holders("change_manager"))
        return send(self.house, by, self.key, event, self._filled(event), once=self._once())

    def _say(self) -> Done | Refusal | None:
        """A message that somebody made up."""
        values = {"outcome": "granted", "key": "FRZ-1", "reasons": None, "approval": "approved"}
        name = self.choose.choice(("freeze.exception_decided", "planned.look_again", "approve"))
        sent = {} if name == "planned.look_again" else values
        return send(self.house, self._anybody(), self.key, name, sent, once=self._once())

    def _wait(self) -> None:
        due = self.ask("SELECT min(due_at) FROM timer")[0][0]
        soon = self.clock() + timedelta(minutes=self.choose.randint(1, 600))
        if due is not None and self.choose.random() < 0.5:
            soon = max(soon, due) if due < self.clock() + timedelta(days=40) else soon
        self.clock.move_to(soon)

    def _go_away(self) -> Done | Refusal:
        who, stand_in = (self.choose.choice(PEOPLE) for _ in range(2))
        # Each begins at an instant of its own: what was before is not written anew.
        now = self.clock() + timedelta(minutes=1)
        self.clock.move_to(now)
        until = now + timedelta(hours=self.choose.randint(1, 200))
        return set_absence(
            self.house,
            self._anybody(who),
            who,
            now,
            until,
            delegate=stand_in if self.choose.random() < 0.8 else None,
            once=self._once(),
        )

    def _move(self) -> Done | Refusal:
        number = self.choose.choice((1, 2))
        by = self._anybody(*self._holders("process_owner"))
        return migrate(self.house, by, self.key, number, reason="R", once=self._once())

    def _cancel(self) -> Done | Refusal:
        return cancel(self.house, self._anybody(), self.key, "R", once=self._once())

    def _filled(self, element: str) -> dict[str, object]:
        """What is filled in at this element; a form takes of it what it has."""
        known = FORMS.get(element, {})
        values = {name: self._value(name, choice) for name, choice in known.items()}
        if self.choose.random() < 0.05:
            values |= {"approval": "approved", "rounds": []}
        return values

    def _value(self, name: str, choice: Any) -> object:
        if name == "planned_start":
            self.starts = self.clock() + timedelta(hours=self.choose.randint(2, 24 * 20))
            return self.starts.isoformat()
        if name in {"planned_end", "point_of_no_return", "backout_deadline"}:
            return (self.starts + timedelta(hours=2)).isoformat()
        if name in {"actual_start", "actual_end", "spoken_at"}:
            return self.clock().isoformat()
        return self.choose.choice(choice) if isinstance(choice, tuple) else choice

    starts: datetime


BOTH = (True, False)
RARELY = (True, *(False,) * 6)
TECHNICIANS = ("carol", "dave", "trent", "erin", "heidi")
GO_ON = {"go_on": ("go_on", "take_back"), "go_on_reason": "R", "backout_deadline": None}
FORMS: Mapping[str, Mapping[str, object]] = {
    "plan": {
        "title": "T", "description": ("D1", "D2"),
        "next_step": (*("assess",) * 12, "withdraw"),
        "affected_assets": (["mx01"], ["db01"], ["core-switch", "firewall"], ["nothing-here"]),
        "impact": ("small", "large"), "plan": ("P1", "P2"), "backout_plan": "B",
        "backout_minutes": 30, "backout_tested": (True, True, False),
        "test_plan": "T", "test_evidence": "E", "comms_plan": "C", "outage_expected": False,
        "security_flag": RARELY, "privacy_flag": RARELY, "payment_flag": RARELY,
        "planned_start": None, "planned_end": None, "point_of_no_return": None,
        "implementer": TECHNICIANS, "verifier": TECHNICIANS, "restores_service": RARELY,
        "exploit": "It is used now", **ANSWERS,
    },
    "assess": {
        "assessment": ("ready", "ready", "ready", "incomplete"), "assessment_note": "N",
        "service_owner": ("judy", "judy", "mallory", "grace"),
        "other_deciders": (None, None, ["ivan"]),
    },
    "mend": {
        "description": ("D1", "D2", "D3"), "plan": ("P1", "P2", "P3"),
        "implementer": TECHNICIANS, "verifier": TECHNICIANS, "comment": "C",
    },
    "take_back_draft": {"comment": "C"}, "replan": {"comment": "C"}, "hold": {"comment": "C"},
    "defer": {"comment": "C"}, "resume": {"comment": "C"}, "called_off": {"comment": "C"},
    "spoken": {
        "spoken_first": ("frank", "grace", "judy"), "spoken_second": ("bob", "frank", "grace"),
        "spoken_at": None, "spoken_words": "W",
    },
    "start_early": {"note": "N"}, "choose_other_times": {"comment": "C"},
    "fulfil_condition": {"fulfilled": True},
    "go_no_go": {
        "go": ("go", "go", "go", "no_go"), "no_go_reason": "R", "people_present": True,
        "monitoring_up": True, "backup_verified": True, "freeze_looked_at": True,
        "comms_sent": True, "collisions_known": True,
    },
    "implement": {
        "actual_start": None, "actual_end": None, "implementation_notes": "N",
        "implementation_result": ("done", "done", "failed"),
    },
    "verify": {"verified": BOTH, "verification_notes": "N"},
    "ask_go_on": GO_ON,
    "decide_go_on": GO_ON,
    "back_out": {"backout_notes": "N"},
    "verify_backout": {"backout_verified": True, "backout_verification_notes": "N"},
    "review": {"outcome": ("successful", "unsuccessful", "backed_out"), "lessons": "L"},
}  # fmt: skip
