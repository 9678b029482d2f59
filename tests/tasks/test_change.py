"""A change as the worker carries it: its steps, what is found without approval, and the report."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from handy import drain, person, seen

from clearway import engine
from clearway.now import HandClock
from clearway.service import ledger
from clearway.service.complete import complete
from clearway.service.controls import Examined
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.inbox import inbox
from clearway.service.other_records import OtherRecord
from clearway.service.start import start
from clearway.service.values import SYSTEM, Actor, Done, Refusal
from tasks.catalogue import Call
from tasks.change import change_history, check_grounds, look_at_outcome
from tasks.change_report import report_of
from tasks.dispatcher import Dispatcher
from tasks.inbound.detected import ROLE, receive_detected
from tasks.runs import perform
from tasks.schedules import WEEKLY_CHANGE_REPORT

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DISCOVERY = Actor("discovery", roles=frozenset({ROLE}), is_person=False)
INCIDENTS = {
    "INC-1": OtherRecord("INC-1", "incident", "No mail", "new", AT, None, {"priority": 1}),
    "INC-3": OtherRecord("INC-3", "incident", "No sound", "closed", AT, AT, {"priority": 3}),
}


def ended(key: str, **record: object) -> Examined:
    return Examined(key, AT - timedelta(days=1), record)


def grounds(author: str | None, incident: str | None, line: list[str]) -> dict[str, object]:
    return dict(
        check_grounds(
            author=author,
            incident=incident,
            registrars=["change_registrar"],
            callers=["change_manager"],
            has_role=lambda person, role: (person, role) == ("frank", "change_manager"),
            line_of=lambda _: line,
            one_record=INCIDENTS.get,
        )
    )


def test_an_emergency_has_an_open_incident_and_somebody_who_may_call_it():
    assert grounds("frank", "INC-1", ["grace"]) == {
        "may_register": False,
        "may_call_emergency": True,
        "line_director": "grace",
        "incident_open": True,
        "incident_priority": 1,
    }
    closed = grounds("alice", "INC-3", ["mallory", "grace", "heidi"])
    assert (closed["may_call_emergency"], closed["incident_open"]) == (False, False)
    assert closed["line_director"] == "grace"
    assert grounds(None, "INC-404", [])["incident_open"] is False


def test_the_worst_history_of_service_group_and_template_counts():
    changes = [ended(f"CHG-{n}", service="mail", outcome="successful") for n in range(3)]
    changes += [ended("CHG-8", support_group="network", outcome="backed_out")]
    changes += [ended("CHG-9", service="mail", outcome="unsuccessful")]

    found = change_history(
        key="CHG-9",
        service="mail",
        group="network",
        criticality=1,
        ended_changes=lambda _: changes,
        now=lambda: AT,
    )

    assert found == {
        "points": 18,
        "reason": "1 of 1 changes of network in twelve months did not succeed",
    }


def test_what_a_change_caused_is_looked_up():
    found = look_at_outcome(
        key="CHG-1", incidents=["INC-1", "INC-404"], percent=100, one_record=INCIDENTS.get
    )

    assert found == {"caused_major": True, "sampled": True}


def test_the_report_counts_the_late_ones_of_each_group():
    changes = [
        ended("CHG-1", risk_band="low", outcome="backed_out", support_group="net", expedited=True),
        ended("CHG-2", risk_band="high", outcome="successful", change_type="emergency"),
    ]

    report = report_of(changes, AT)

    assert not report.holds
    assert report.evidence["groups"] == [
        {"group": "net", "changes": 1, "expedited": 1, "emergencies": 0},
        {"group": "without a group", "changes": 1, "expedited": 0, "emergencies": 1},
    ]


@pytest.fixture
def changes(house: House) -> House:
    """The house in which changes are made."""
    bundle = engine.read_bundle(BPMN, "change")
    reason = "despite scenarios: only a test"
    done = deploy(house, SYSTEM, bundle, parent=None, reason=reason, once="deploy change")
    assert isinstance(done, Done), done
    return house


@pytest.mark.database
def test_what_was_found_opens_one_change_a_day(
    changes: House, worker: Dispatcher, hand_clock: HandClock
):
    when = (hand_clock() - timedelta(minutes=5)).isoformat()
    sight = {"asset": "mx01", "what": "The relays were changed", "when": when, "source": "watch"}

    first = receive_detected(changes, DISCOVERY, sight)
    again = receive_detected(changes, DISCOVERY, {**sight, "what": "Once more"})

    assert isinstance(first, Done), first
    assert isinstance(again, Done), again
    assert (again.key, again.repeated) == (first.key, True)
    drain(worker)
    view = seen(changes, person(changes, "frank"), first.key)
    assert (view.state, view.values["service_owner"]) == ("assess", "erin")
    for wrong in ({**sight, "asset": " "}, {**sight, "when": "today"}, {**sight, "what": 7}):
        assert isinstance(receive_detected(changes, DISCOVERY, wrong), Refusal)
    assert isinstance(receive_detected(changes, person(changes, "alice"), sight), Refusal)


@pytest.mark.database
def test_the_steps_ask_the_house(changes: House, calls: dict[str, Call]):
    by = calls["check_grounds"](
        {"author": "alice", "incident": None, "registrars": [], "callers": []}, "1"
    )
    days = calls["count_business_days"](
        {"until": (changes.now() + timedelta(days=7)).isoformat(), "calendar_name": "office"}, "2"
    )

    assert by["line_director"] == "grace"
    assert days["days"] in (3, 4, 5)


@pytest.mark.database
def test_the_report_is_kept_as_proof(changes: House, hand_clock: HandClock):
    done = perform(changes, WEEKLY_CHANGE_REPORT, hand_clock(), "test")

    [run] = ledger.runs(changes, WEEKLY_CHANGE_REPORT.name)
    assert done == [run.due_at]
    assert (run.outcome, run.population) == ("passed", 0)
    assert run.evidence_hash


@pytest.mark.database
def test_a_change_is_weighed_by_the_real_steps(changes: House, worker: Dispatcher):
    asked = {"title": "T", "description": "D", "justification": "J", "service": "mail"}

    done = start(changes, person(changes, "alice"), "change", asked, once="one")

    assert isinstance(done, Done), done
    drain(worker)
    view = seen(changes, person(changes, "alice"), done.key)
    assert (view.state, view.values["criticality"]) == ("draft", 2)
    alice = person(changes, "alice")
    [task] = inbox(changes, alice, q=done.key).rows
    begins = changes.now() + timedelta(days=40)
    ends = (begins + timedelta(hours=2)).isoformat()
    answers = dict.fromkeys(("security_flag", "privacy_flag", "payment_flag"), False)
    plan = {
        "title": "T", "description": "D", "next_step": "assess", "affected_assets": ["mx01"],
        "impact": "small", "plan": "P", "backout_plan": "B", "backout_minutes": 30,
        "point_of_no_return": ends, "backout_tested": True, "test_plan": "T",
        "test_evidence": "E", "comms_plan": "C", "outage_expected": False,
        "planned_start": begins.isoformat(), "planned_end": ends, "implementer": "carol",
        "verifier": "dave", "users_affected": "a_team", "services_affected": "one",
        "outage": "minutes", "experience": "a_few_times", "tested": "in_a_copy",
        "reversible": "at_once", "sensitive": "no", **answers,
    }  # fmt: skip
    assert isinstance(complete(changes, alice, task.id, plan, once="two"), Done)
    drain(worker)
    view = seen(changes, alice, done.key)
    scores = ("questionnaire_score", "derived_score", "floor_score", "risk_score", "risk_band")
    assert [view.values[name] for name in scores] == [16, 8, 0, 16, "low"]
    assert (view.state, view.values["expedited"]) == ("assess", False)
    assert "0 of 0 changes of" in view.values["risk_reasons"][1]
