"""A larger incident and its parts: what the parent tells reaches only those who wait for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from reports import a_report

from clearway import engine
from clearway.service.cancel import cancel
from clearway.service.complete import complete
from clearway.service.deliver import deliver_waiting, send
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.start import start
from clearway.service.values import SYSTEM, Actor, Done, Refusal
from clearway.service.verify import verify

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
ALICE = Actor("alice", roles=frozenset({"requester"}))
GRACE = Actor("grace", roles=frozenset({"process_owner"}))
BOB = Actor(
    "bob",
    roles=frozenset({"service_desk", "resolver"}),
    groups=frozenset({"service_desk", "network"}),
)
CONTEXT = {"support_group": "network", "criticality": 2, "service_owner": None, "known": True}
SOLUTION = {
    "resolution_code": "fixed",
    "resolution_notes": "The certificate was renewed.",
    "caused_by_change": "no",
}


class Incidents:
    """Moves incidents on, so that a test can begin where it has to look."""

    def __init__(self, house: House, rows: Callable[..., list]) -> None:
        self.house, self.rows, self.commands = house, rows, 0

    def once(self) -> str:
        self.commands += 1
        return str(self.commands)

    def open(self, words: str, **triage: object) -> str:
        """alice reports it, bob sorts it; it is in progress then."""
        values = a_report(words)
        done = start(self.house, ALICE, "incident", values, once=self.once())
        assert isinstance(done, Done), done
        self.find_context()
        triaged = {"impact": 3, "urgency": 3, "assignment_group": "network", **triage}
        self.complete(done.key, "triage", triaged)
        return done.key

    def find_context(self) -> None:
        for job in claim_jobs(self.house, "worker", 10, timedelta(minutes=1)):
            if job.step == "find_context":
                done = finish_job(self.house, job.id, job.fence, CONTEXT)
                assert isinstance(done, Done), done

    def complete(self, key: str, element: str, values: Mapping[str, object]) -> None:
        [(item,)] = self.rows(
            "SELECT w.id FROM work_item w JOIN instance i ON i.id = w.instance_id"
            " WHERE i.key = %s AND w.element = %s AND w.closed_at IS NULL",
            key,
            element,
        )
        done = complete(self.house, BOB, item, values, once=self.once())
        assert isinstance(done, Done), done

    def resolve(self, key: str) -> None:
        self.complete(key, "resolve", SOLUTION)

    def reopen(self, key: str) -> None:
        done = self.send(ALICE, key, "caller_reopens", {"reopen_reason": "It still fails."})
        assert isinstance(done, Done), done

    def send(
        self, actor: Actor, key: str, element: str, values: Mapping[str, object]
    ) -> Done | Refusal:
        return send(self.house, actor, key, element, values, once=self.once())

    def deliver(self) -> int:
        return deliver_waiting(self.house, 10)

    def state(self, key: str) -> object:
        return self.rows("SELECT state FROM instance WHERE key = %s", key)[0][0]

    def messages(self, name: str) -> list[object]:
        found = self.rows("SELECT status FROM message WHERE name = %s ORDER BY id", name)
        return [status for (status,) in found]


_ROLES = {
    "service_desk": "service_desk",
    "leads": "service_desk_lead",
    "network": "resolver",
}


@pytest.fixture
def incidents(empty_house: House, database_url: str, rows: Callable[..., list]) -> Incidents:
    with psycopg.connect(database_url) as connection:
        for group, role in _ROLES.items():
            connection.execute('INSERT INTO "group" (name, title) VALUES (%s, %s)', (group, group))
            connection.execute("INSERT INTO group_role VALUES (%s, %s)", (group, role))
        connection.execute("INSERT INTO membership VALUES ('network', 'bob')")
        service = "INSERT INTO service (name, title, criticality) VALUES ('mail', 'Mail', 2)"
        connection.execute(service)
    steps = {"find_context": lambda _: CONTEXT, "find_ended_causes": lambda _: {}}
    house = replace(empty_house, steps=steps)
    bundle = engine.read_bundle(BPMN, "incident")
    reason = "despite scenarios: only a test"
    done = deploy(house, SYSTEM, bundle, parent=None, reason=reason, once="deploy")
    assert isinstance(done, Done), done
    return Incidents(house, rows)


@pytest.fixture
def family(incidents: Incidents) -> tuple[str, str]:
    """A parent that knows its child, both in progress."""
    parent = incidents.open("No mail at all")
    child = incidents.open("My mail is away", parent=parent)
    assert incidents.deliver() == 1
    return parent, child


def test_a_child_that_waits_is_resolved_with_its_parent(
    incidents: Incidents, family: tuple[str, str]
):
    parent, child = family

    incidents.resolve(parent)
    delivered = incidents.deliver()

    assert delivered == 1
    assert (incidents.state(parent), incidents.state(child)) == ("resolved", "resolved")
    assert incidents.messages("parent.resolved") == ["caught"]
    assert verify(incidents.house) == []


@pytest.mark.parametrize("delivered_first", [True, False])
def test_a_parent_s_old_news_does_not_undo_a_caller_s_reopening(
    incidents: Incidents, family: tuple[str, str], delivered_first: bool
):
    parent, child = family
    incidents.resolve(child)
    incidents.resolve(parent)
    if delivered_first:
        assert incidents.deliver() == 0

    incidents.reopen(child)
    late = incidents.deliver()

    assert late == 0
    assert incidents.state(child) == "in_progress"
    assert incidents.messages("parent.resolved") == ["expired"]
    assert verify(incidents.house) == []


def test_a_child_that_stops_waiting_before_the_news_arrives_does_not_get_it(
    incidents: Incidents, family: tuple[str, str]
):
    parent, child = family
    incidents.resolve(parent)
    incidents.resolve(child)

    assert incidents.deliver() == 0
    incidents.reopen(child)

    assert incidents.deliver() == 0
    assert incidents.state(child) == "in_progress"
    assert incidents.messages("parent.resolved") == ["expired"]
    assert verify(incidents.house) == []


def test_a_reopened_parent_still_hears_of_the_child_that_joined_meanwhile(incidents: Incidents):
    parent = incidents.open("No mail at all")
    incidents.open("My mail is away", parent=parent)
    incidents.resolve(parent)
    assert incidents.deliver() == 0
    assert incidents.messages("child.linked") == ["waiting"]

    incidents.reopen(parent)

    assert incidents.deliver() == 1
    assert incidents.messages("child.linked") == ["caught"]


def test_nothing_joins_what_is_resolved(incidents: Incidents):
    parent, late = incidents.open("No mail at all"), incidents.open("My mail is away")
    incidents.resolve(parent)

    refusal = incidents.send(BOB, late, "join_larger", {"parent": parent})

    assert isinstance(refusal, Refusal), refusal
    assert refusal.fields == {
        "parent": f"{parent} is resolved: name one that is new or in progress or on hold."
    }


def test_what_we_reopen_is_reopened_with_its_children(
    incidents: Incidents, family: tuple[str, str]
):
    parent, child = family
    incidents.resolve(parent)
    incidents.deliver()

    done = incidents.send(BOB, parent, "desk_reopens", {"reopen_reason": "Down again."})
    delivered = incidents.deliver()

    assert isinstance(done, Done), done
    assert delivered == 1
    assert (incidents.state(parent), incidents.state(child)) == ("in_progress", "in_progress")
    assert verify(incidents.house) == []


def test_a_caller_who_reopens_the_parent_leaves_its_children_alone(
    incidents: Incidents, family: tuple[str, str]
):
    parent, child = family
    incidents.resolve(parent)
    incidents.deliver()

    incidents.reopen(parent)

    assert incidents.deliver() == 0
    assert (incidents.state(parent), incidents.state(child)) == ("in_progress", "resolved")


def test_a_child_on_hold_with_its_parent_goes_on_when_that_is_cancelled_by_hand(
    incidents: Incidents, family: tuple[str, str]
):
    parent, child = family
    held = {
        "hold_reason": "awaiting_supplier",
        "resume_by": "2099-01-01T09:00:00Z",
        "supplier_order": "4711",
    }
    assert isinstance(incidents.send(BOB, parent, "hold", held), Done)
    assert incidents.deliver() == 1
    assert incidents.state(child) == "on_hold"

    done = cancel(incidents.house, GRACE, parent, "Entered twice.", once="cancel")
    delivered = incidents.deliver()

    assert isinstance(done, Done), done
    assert delivered == 1
    assert (incidents.state(parent), incidents.state(child)) == ("cancelled", "in_progress")
    assert verify(incidents.house) == []


def test_the_owner_of_a_child_hears_that_its_parent_was_cancelled_by_hand(
    incidents: Incidents, family: tuple[str, str]
):
    parent, child = family

    cancel(incidents.house, GRACE, parent, "Entered twice.", once="cancel")

    assert incidents.deliver() == 1
    assert incidents.state(child) == "in_progress"
    told = "SELECT inputs->>'template' FROM job JOIN instance i ON i.id = instance_id"
    assert ("news",) in incidents.rows(f"{told} WHERE i.key = %s", child)
