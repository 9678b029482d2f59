"""Alerts without a name, beside one that nobody understands, and of incidents that wait."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from deliveries import LATER, MONITORING, alert, body, incidents, receive
from handy import drain, seen

from clearway.now import HandClock
from clearway.service.claim import claim
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.history import history
from clearway.service.house import House
from clearway.service.values import SYSTEM, Actor, Done, Refusal
from integrations.silent import Silent
from tasks.dispatcher import Dispatcher
from tasks.inbound.alertmanager import receive_alerts

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def the_day_of_the_recording(hand_clock: HandClock) -> None:
    """What was recorded lies in the past."""
    hand_clock.move_to(datetime(2026, 11, 25, tzinfo=UTC))


def test_an_alert_that_cannot_be_understood_takes_no_other_with_it(
    house: House, bob: Actor, caplog: pytest.LogCaptureFixture
):
    odd = alert(fingerprint=None, startsAt="yesterday")
    unnamed = alert(fingerprint="b", labels={"service": "webshop", "foo": "bar"}, annotations={})

    received = receive_alerts(house, MONITORING, body(alert(), odd, unnamed))

    assert [one.outcome for one in received.results] == ["opened", "refused", "opened"]
    assert received.counts == {"opened": 2, "refused": 1}
    refused = received.results[1]
    assert (refused.fingerprint, refused.key) == (None, None)
    places = ["alerts[1].fingerprint", "alerts[1].startsAt"]
    assert [error.field for error in refused.errors] == places
    assert all(error.message for error in refused.errors)
    assert received.results[0].errors == ()
    assert [row.title for row in incidents(house, bob)] == ["disk 98%", "service=webshop, foo=bar"]
    [line] = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert all(place in line for place in places)


def test_the_end_of_an_alert_arrives_beside_one_that_cannot_be_understood(
    house: House, worker: Dispatcher, bob: Actor
):
    receive(house, alert())
    drain(worker)

    outcomes = receive(house, alert(status="odd"), alert("resolved", endsAt=LATER))

    assert outcomes == ["refused", "recovered"]
    assert [row.state for row in incidents(house, bob)] == ["resolved"]


def test_a_refused_alert_keeps_its_fingerprint_and_changes_nothing(
    house: House, rows: Callable[..., list[tuple[object, ...]]]
):
    received = receive_alerts(
        house, MONITORING, body(alert(annotations={"summary": 7}), alert(fingerprint="b"))
    )

    assert [one.fingerprint for one in received.results] == ["bfe524a6f7f2da52", "b"]
    assert [one.outcome for one in received.results] == ["refused", "opened"]
    assert rows("SELECT fingerprint FROM alert") == [("b",)]


def test_a_delivery_of_nothing_but_wrong_alerts_is_refused_with_every_place(house: House):
    refusal = receive_alerts(house, MONITORING, body(alert(status="odd"), alert(labels=None)))

    assert isinstance(refusal, Refusal)
    assert list(refusal.fields) == ["alerts[0].status", "alerts[1].labels"]


@pytest.mark.parametrize(
    ("labels", "notes", "title"),
    [
        ({"service": "webshop", "foo": "bar"}, {}, "service=webshop, foo=bar"),
        ({"service": "webshop", "foo": "bar"}, {"summary": "Shop is slow"}, "Shop is slow"),
        ({"alertname": " ", "foo": "bar", "empty": ""}, {"summary": " "}, "foo=bar"),
        ({"alertname": "\u200b"}, {}, "An alert without a name (bfe524a6f7f2da52)"),
        ({"a\u0000b": "c"}, {}, "ab=c"),
    ],
)
def test_an_alert_without_a_name_lives_its_whole_life(
    house: House,
    worker: Dispatcher,
    bob: Actor,
    labels: dict[str, str],
    notes: dict[str, str],
    title: str,
):
    mine = {"labels": labels, "annotations": notes}
    outcomes = receive(house, alert(**mine))
    drain(worker)
    [row] = incidents(house, bob)
    [task] = seen(house, bob, row.key).tasks
    claim(house, bob, task.id, once="claim")

    outcomes += receive(house, alert("resolved", **mine))
    outcomes += receive(house, alert(began=LATER, **mine))
    outcomes += receive(house, alert("resolved", LATER, **mine))

    assert outcomes == ["opened", "cleared", "repeated", "cleared"]
    assert row.title == title
    named = title if not notes.get("summary", "").strip() else "service=webshop, foo=bar"
    entries = history(house, bob, row.key).rows
    told = [str(entry.details["text"]) for entry in entries if entry.kind == "comment"]
    assert len(told) == 3
    assert all(named in text for text in told)


def test_many_labels_in_place_of_a_name_are_cut(house: House, bob: Actor):
    receive(house, alert(labels={f"label{n}": "x" * 50 for n in range(100)}, annotations={}))

    [row] = incidents(house, bob)
    assert row.title.startswith("label0=xxx")
    assert len(row.title) == 160


# --- on hold with the larger incident ----------------------------------------------------------


def check(house: House, worker: Dispatcher, bob: Actor, key: str) -> None:
    """bob checks an incident at the desk, and its group has it."""
    [triage] = seen(house, bob, key).tasks
    checked = {"impact": 2, "urgency": 2, "assignment_group": "applications", "note": "Seen"}
    assert isinstance(complete(house, bob, triage.id, checked, once="check"), Done)
    drain(worker)


def on_hold_with_its_parent(
    house: House, worker: Dispatcher, bob: Actor, *, claimed_by: Actor | None = None
) -> str:
    """The key of an incident that the desk has checked, and that waits because its parent does."""
    receive(house, alert())
    drain(worker)
    [row] = incidents(house, bob)
    check(house, worker, bob, row.key)
    if claimed_by is not None:
        [task] = seen(house, bob, row.key).tasks
        assert isinstance(claim(house, claimed_by, task.id, once="claim"), Done)
    held = {
        "parent": "INC-9",
        "reason": "awaiting_change",
        "resume_by": "2026-12-01T09:00:00Z",
        "waiting_for": "CHG-4",
    }
    assert isinstance(send(house, SYSTEM, row.key, "parent.on_hold", held, once="hold"), Done)
    drain(worker)
    assert seen(house, bob, row.key).state == "on_hold"
    return row.key


def test_what_nobody_had_claimed_recovers_while_it_waits_with_its_parent(
    house: House, worker: Dispatcher, silent: Silent, bob: Actor
):
    key = on_hold_with_its_parent(house, worker, bob)

    [outcome] = receive(house, alert("resolved", endsAt=LATER))
    drain(worker)

    assert outcome == "recovered"
    view = seen(house, bob, key)
    assert (view.state, view.values["resolution_code"]) == ("resolved", "recovered")
    assert not any("the alert is over" in mail.subject for mail in silent.mailer.mails)


def test_what_somebody_had_claimed_stays_theirs_while_it_waits_with_its_parent(
    house: House, worker: Dispatcher, bob: Actor, dave: Actor
):
    key = on_hold_with_its_parent(house, worker, bob, claimed_by=dave)

    [outcome] = receive(house, alert("resolved", endsAt=LATER))
    drain(worker)

    assert outcome == "cleared"
    assert seen(house, bob, key).state == "on_hold"


def test_what_is_reopened_and_put_on_hold_by_its_owner_stays_theirs(
    house: House, worker: Dispatcher, bob: Actor, dave: Actor
):
    receive(house, alert())
    drain(worker)
    [row] = incidents(house, bob)
    check(house, worker, bob, row.key)
    solution = {
        "resolution_code": "fixed",
        "resolution_notes": "Old logs were deleted.",
        "caused_by_change": "no",
    }
    [task] = seen(house, bob, row.key).tasks
    claim(house, dave, task.id, once="claim")
    assert isinstance(complete(house, dave, task.id, solution, once="resolve"), Done)
    drain(worker)
    again = send(house, bob, row.key, "desk_reopens", {"reopen_reason": "Still full"}, once="again")
    assert isinstance(again, Done), again
    drain(worker)
    later = {"hold_reason": "scheduled", "resume_by": "2026-12-01T09:00:00Z"}
    held = send(house, dave, row.key, "hold", later, once="hold")
    assert isinstance(held, Done), held
    drain(worker)

    [outcome] = receive(house, alert("resolved", endsAt=LATER))

    assert outcome == "cleared"
    assert seen(house, bob, row.key).state == "on_hold"
