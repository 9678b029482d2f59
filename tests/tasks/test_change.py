"""A change as the worker carries it: its steps, what is found without approval, and the report."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from handy import drain, person, seen

from clearway.now import HandClock
from clearway.service import ledger
from clearway.service.complete import complete
from clearway.service.controls import Examined
from clearway.service.history import history
from clearway.service.house import House
from clearway.service.inbox import inbox
from clearway.service.other_records import OtherRecord
from clearway.service.start import start
from clearway.service.values import Actor, Done, Refusal
from tasks.catalogue import Call
from tasks.change import change_history, check_grounds, look_at_outcome
from tasks.change_report import report_of
from tasks.dispatcher import Dispatcher
from tasks.doors import LeadingTo
from tasks.inbound.detected import open_once_a_day
from tasks.incident import find_ended_causes
from tasks.runs import perform
from tasks.schedules import WEEKLY_CHANGE_REPORT

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WATCH = Actor("watch", roles=frozenset({"discovery"}), is_person=False)
INCIDENTS = {
    "INC-1": OtherRecord("INC-1", "incident", "No mail", "new", AT, None, {"priority": 1}),
    "INC-2": OtherRecord("INC-2", "incident", "No mail", "resolved", AT, None, {"priority": 1}),
    "INC-3": OtherRecord("INC-3", "incident", "No sound", "closed", AT, AT, {"priority": 3}),
}


def caused(**of: str) -> LeadingTo:
    """What links say: the key of a change, without its hyphen -> the incident that it caused."""

    def leading_to(kind: str, keys: Collection[str]) -> Mapping[str, list[OtherRecord]]:
        assert kind == "caused_by"
        return {key: [INCIDENTS[of[it]]] for key in keys if (it := key.replace("-", "")) in of}

    return leading_to


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


def test_an_incident_that_is_resolved_is_no_ground_for_an_emergency():
    found = grounds("frank", "INC-2", ["grace"])

    assert (found["incident_open"], found["incident_priority"]) == (False, 1)


def test_the_line_director_is_the_superior_of_the_authors_superior():
    assert grounds("alice", None, ["mallory", "grace", "heidi", "ivan"])["line_director"] == "grace"
    assert grounds("alice", None, ["mallory"])["line_director"] == "mallory"
    assert grounds("alice", None, [])["line_director"] is None


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
        leading_to=caused(),
        now=lambda: AT,
    )

    assert found == {
        "points": 18,
        "reason": "1 of 1 changes of network in twelve months did not succeed",
    }


def test_a_change_that_caused_a_grave_incident_failed_whatever_is_said_of_it():
    changes = [ended("CHG-1", service="mail", outcome="successful", risk_band="low")]

    weighed = change_history(
        key="CHG-9",
        service="mail",
        ended_changes=lambda _: changes,
        leading_to=caused(CHG1="INC-1"),
        now=lambda: AT,
    )
    report = report_of(changes, AT, {"CHG-1"})

    assert str(weighed["reason"]).startswith("1 of 1 changes of mail")
    assert report.evidence["caused_major"] == ["CHG-1"]
    assert "'band': 'low', 'changes': 1, 'not_successful': 1" in str(report.evidence["bands"])


def test_what_a_change_caused_is_read_from_the_links_whatever_the_form_says():
    unsaid = look_at_outcome(key="CHG-1", percent=100, leading_to=caused(CHG1="INC-1"))
    said = look_at_outcome(
        key="CHG-1", incidents=["INC-3"], percent=0, leading_to=caused(CHG1="INC-3")
    )

    assert unsaid == {"caused_major": True, "incidents_unnamed": ["INC-1"], "sampled": True}
    assert said == {"caused_major": False, "incidents_unnamed": [], "sampled": False}


def closed(key: str, **record: object) -> OtherRecord:
    held = {"outcome": "successful", "caused_major": False, "author": "alice", **record}
    return OtherRecord(key, "change", "Renew it", "closed", AT, AT, held)


def test_a_grave_incident_finds_the_changes_that_were_over_before_it_was_known():
    records = {
        "CHG-1": closed("CHG-1", template="STD-1"),
        "CHG-2": closed("CHG-2", caused_major=True),
        "CHG-3": OtherRecord("CHG-3", "change", "Now", "review", AT, None, {}),
        "PRB-1": OtherRecord("PRB-1", "problem", "Why", "closed", AT, AT, {"outcome": "x"}),
    }

    found = find_ended_causes(key="INC-1", priority=2, causes=[*records], one_record=records.get)
    again = find_ended_causes(
        key="INC-1", priority=2, causes=["CHG-1"], told=["CHG-1"], one_record=records.get
    )
    lesser = find_ended_causes(key="INC-1", priority=3, causes=["CHG-1"], one_record=records.get)

    [cause] = cast(list[dict[str, object]], found["ended_causes"])
    assert (cause["change"], cause["template"]) == ("CHG-1", ["STD-1"])
    assert cause["people"] == ["alice", "change_managers"]
    assert found["causes_told"] == again["causes_told"] == ["CHG-1"]
    assert again["ended_causes"] == lesser["ended_causes"] == []


def test_the_report_counts_the_late_ones_of_each_group():
    changes = [
        ended("CHG-1", risk_band="low", outcome="backed_out", support_group="net", expedited=True),
        ended("CHG-2", risk_band="high", outcome="successful", change_type="emergency"),
    ]

    report = report_of(changes, AT, set())

    assert not report.holds
    assert report.evidence["groups"] == [
        {"group": "net", "changes": 1, "expedited": 1, "emergencies": 0},
        {"group": "without a group", "changes": 1, "expedited": 0, "emergencies": 1},
    ]


@pytest.mark.database
def test_what_was_found_opens_one_change_a_day(
    house: House, worker: Dispatcher, hand_clock: HandClock
):
    when = (hand_clock() - timedelta(minutes=5)).isoformat()
    sight = {"asset": "mx01", "what": "The relays moved", "detected_at": when, "source": "watch"}

    first = tell(house, WATCH, sight, "1")
    again = tell(house, WATCH, {**sight, "what": "Once more"}, "2")
    tell(house, WATCH, {**sight, "what": "Once more"}, "3")

    assert isinstance(first, Done), first
    assert isinstance(again, Done), again
    assert (again.key, again.repeated) == (first.key, True)
    drain(worker)
    view = seen(house, person(house, "frank"), first.key)
    assert (view.state, view.values["service_owner"]) == ("assess", "erin")
    said = [it.sentence for it in history(house, person(house, "frank"), first.key).rows]
    assert sum("Once more" in it for it in said) == 1
    assert isinstance(tell(house, person(house, "alice"), sight, "4"), Refusal)


@pytest.mark.database
def test_what_a_channel_tells_wrongly_is_refused_by_its_field(house: House, hand_clock: HandClock):
    when = (hand_clock() - timedelta(minutes=5)).isoformat()
    sight = {"asset": "mx01", "what": "The relays moved", "detected_at": when, "source": "watch"}
    wrong: dict[str, Sequence[object]] = {
        "asset": (" ", None),
        "detected_at": ("today", None, "2999-01-01T00:00:00Z"),
        "what": (7,),
        "source": ("",),
    }

    for field, values in wrong.items():
        for value in values:
            done = tell(house, WATCH, {**sight, field: value}, f"{field} {value}")

            assert isinstance(done, Refusal), (field, value)
            assert (done.code, list(done.fields)) == ("invalid", [field])


def tell(house: House, actor: Actor, sight: dict[str, object], once: str) -> Done | Refusal:
    return open_once_a_day(house, actor, "change", sight, once=once, event="change.detected")


@pytest.mark.database
def test_the_steps_ask_the_house(house: House, calls: dict[str, Call]):
    by = calls["check_grounds"](
        {"author": "alice", "incident": None, "registrars": [], "callers": []}, "1"
    )
    days = calls["count_business_days"](
        {"until": (house.now() + timedelta(days=7)).isoformat(), "calendar_name": "office"}, "2"
    )

    assert by["line_director"] == "grace"
    assert days["days"] in (3, 4, 5)


@pytest.mark.database
def test_the_report_is_kept_as_proof(house: House, hand_clock: HandClock):
    done = perform(house, WEEKLY_CHANGE_REPORT, hand_clock(), "test")

    [run] = ledger.runs(house, WEEKLY_CHANGE_REPORT.name)
    assert done == [run.due_at]
    assert (run.outcome, run.population) == ("passed", 0)
    assert run.evidence_hash


@pytest.mark.database
def test_a_change_is_weighed_by_the_real_steps(house: House, worker: Dispatcher):
    asked = {"title": "T", "description": "D", "justification": "J", "service": "mail"}

    done = start(house, person(house, "alice"), "change", asked, once="one")

    assert isinstance(done, Done), done
    drain(worker)
    view = seen(house, person(house, "alice"), done.key)
    assert (view.state, view.values["criticality"]) == ("draft", 2)
    alice = person(house, "alice")
    [task] = inbox(house, alice, q=done.key).rows
    begins = house.now() + timedelta(days=40)
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
    assert isinstance(complete(house, alice, task.id, plan, once="two"), Done)
    drain(worker)
    view = seen(house, alice, done.key)
    scores = ("questionnaire_score", "derived_score", "floor_score", "risk_score", "risk_band")
    assert [view.values[name] for name in scores] == [16, 8, 0, 16, "low"]
    assert (view.state, view.values["expedited"]) == ("assess", False)
    assert "0 of 0 changes of" in view.values["risk_reasons"][1]
