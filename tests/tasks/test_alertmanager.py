"""Alerts: each opens one incident, however often and in whatever order it is delivered."""

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from deliveries import LATER, MONITORING, alert, body, incidents, receive
from handy import drain, seen

from clearway.now import HandClock
from clearway.service.alerts import known_alert
from clearway.service.claim import claim
from clearway.service.deliver import send
from clearway.service.history import history
from clearway.service.house import House
from clearway.service.sign_in import token_actor
from clearway.service.values import Actor, Done, Refusal
from integrations.silent import Silent
from tasks.dispatcher import Dispatcher
from tasks.inbound.alertmanager import (
    AlertsNotTaken,
    admit_alertmanager,
    receive_alerts,
)

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def the_day_of_the_recording(hand_clock: HandClock) -> None:
    """What was recorded lies in the past."""
    hand_clock.move_to(datetime(2026, 11, 25, tzinfo=UTC))


def test_what_a_real_alertmanager_sent_opens_incidents_and_resolves_one(
    house: House, worker: Dispatcher, test_data: Path, bob: Actor
):
    sent = test_data / "webhooks" / "alertmanager-0.25-webhook.jsonl"
    first, second = (json.loads(line)["body"] for line in sent.read_text().splitlines())

    opened = receive_alerts(house, MONITORING, first.encode())
    drain(worker)
    ended = receive_alerts(house, MONITORING, second.encode())

    assert [result.outcome for result in opened.results] == ["opened", "opened"]
    assert [result.outcome for result in ended.results] == ["recovered", "repeated"]
    db01, db02 = (seen(house, bob, result.key) for result in opened.results)
    assert (db01.state, db02.state) == ("resolved", "new")
    assert db01.values["resolution_code"] == "recovered"
    assert db01.values["affected_asset"] == "db01"
    assert db01.values["service"] == "payroll"
    assert db01.title == "disk 98%"
    assert (db02.values["support_group"], db02.values["criticality"]) == ("applications", 1)


def test_a_prometheus_alert_fires_and_ends(
    house: House, worker: Dispatcher, test_data: Path, bob: Actor
):
    sent = test_data / "webhooks" / "prometheus-2.42-alertmanager-0.25-webhook.jsonl"
    bodies = [json.loads(line)["body"].encode() for line in sent.read_text().splitlines()]

    outcomes = []
    for each in bodies:
        outcomes += [result.outcome for result in receive_alerts(house, MONITORING, each).results]
        drain(worker)

    assert outcomes == ["opened", "recovered"]
    [only] = incidents(house, bob)
    assert only.state == "resolved"


def test_the_same_alert_delivered_three_times_opens_one_incident(house: House, bob: Actor):
    outcomes = [receive(house, alert()) for _ in range(3)]

    assert outcomes == [["opened"], ["repeated"], ["repeated"]]
    assert len(incidents(house, bob)) == 1
    known = known_alert(house, "alertmanager", "bfe524a6f7f2da52")
    assert (known.times, known.status) == (3, "firing")


def test_however_a_delivery_is_shuffled_the_end_is_the_same(
    house: House, worker: Dispatcher, bob: Actor
):
    events = [alert(), alert("resolved"), alert(), alert("resolved")]

    for number, order in enumerate(itertools.permutations(events)):
        fingerprint = f"shuffled{number}"
        receive(house, *({**each, "fingerprint": fingerprint} for each in order))
    drain(worker)

    found = incidents(house, bob)
    assert len(found) == 24
    assert {row.state for row in found} == {"resolved"}


def test_deliveries_at_once_open_one_incident(house: House, bob: Actor):
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda _: receive(house, alert())[0], range(6)))

    assert sorted(outcomes) == ["opened"] + ["repeated"] * 5
    assert len(incidents(house, bob)) == 1


def test_an_end_that_comes_before_its_beginning_opens_nothing(house: House, bob: Actor):
    assert receive(house, alert("resolved")) == ["recorded"]
    assert receive(house, alert()) == ["late"]
    assert incidents(house, bob) == []


def test_when_somebody_works_on_it_the_owner_is_told_and_it_stays_open(
    house: House, worker: Dispatcher, silent: Silent, bob: Actor
):
    receive(house, alert())
    drain(worker)
    [row] = incidents(house, bob)
    [task] = seen(house, bob, row.key).tasks
    assert isinstance(claim(house, bob, task.id, once="claim"), Done)

    outcomes = [receive(house, alert("resolved")) for _ in range(3)]
    drain(worker)

    assert outcomes == [["cleared"], ["repeated"], ["repeated"]]
    assert seen(house, bob, row.key).state == "new"
    entries = history(house, bob, row.key).rows
    comments = [entry for entry in entries if entry.kind == "comment"]
    assert [entry.details["text"] for entry in comments] == [
        "The alert DiskFull is over: monitoring no longer sees it."
    ]
    assert any("the alert is over" in mail.subject for mail in silent.mailer.mails)


def test_an_alert_that_fires_anew_counts_on_its_open_incident(
    house: House, worker: Dispatcher, bob: Actor
):
    receive(house, alert())
    drain(worker)
    [row] = incidents(house, bob)
    [task] = seen(house, bob, row.key).tasks
    claim(house, bob, task.id, once="claim")
    receive(house, alert("resolved"))

    again = receive(house, alert(began=LATER))

    assert again == ["repeated"]
    assert len(incidents(house, bob)) == 1


def test_an_alert_that_fires_anew_after_its_incident_was_resolved_opens_a_linked_one(
    house: House, worker: Dispatcher, bob: Actor
):
    receive(house, alert())
    drain(worker)
    receive(house, alert("resolved"))

    again = receive(house, alert(began=LATER))
    late = receive(house, alert("resolved"))

    assert (again, late) == (["opened"], ["late"])
    old, new = incidents(house, bob)
    assert (old.state, new.state) == ("resolved", "new")
    assert seen(house, bob, new.key).links == [(new.key, "relates_to", old.key)]


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        (b"{", "$"),
        (b"[]", "$"),
        (b"{}", "alerts"),
        (b'{"alerts": {}}', "alerts"),
        (b'{"alerts": [7]}', "alerts[0]"),
        (body(alert(fingerprint=None)), "alerts[0].fingerprint"),
        (body(alert(fingerprint="x" * 200)), "alerts[0].fingerprint"),
        (body(alert(status="odd")), "alerts[0].status"),
        (body(alert(startsAt="yesterday")), "alerts[0].startsAt"),
        (body(alert(startsAt=7)), "alerts[0].startsAt"),
        (body(alert("resolved", endsAt="soon")), "alerts[0].endsAt"),
        (body(alert(labels=None)), "alerts[0].labels"),
        (body(alert(labels={})), "alerts[0].labels"),
        (body(alert(labels={"alertname": "x", "n": 7})), "alerts[0].labels.n"),
        (body(alert(annotations=[])), "alerts[0].annotations"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_with_the_place(
    house: House, bob: Actor, broken: bytes, path: str
):
    refusal = receive_alerts(house, MONITORING, broken)

    assert isinstance(refusal, Refusal)
    assert list(refusal.fields) == [path]
    assert incidents(house, bob) == []


def test_long_and_hostile_texts_are_kept_as_they_are_but_cut(house: House, bob: Actor):
    summary = "{{ 7 * 7 }} <script>alert(1)</script> \u0000" + "x" * 5000

    receive(house, alert(annotations={"summary": summary, "description": "y" * 50_000}))

    [row] = incidents(house, bob)
    assert row.title.startswith("{{ 7 * 7 }} <script>alert(1)</script>")
    assert len(row.title) == 160


def test_people_cannot_deliver_alerts(house: House, bob: Actor):
    refusal = receive_alerts(house, bob, body(alert()))

    assert refusal.code == "not_allowed"


def test_the_operators_token_is_the_channels(house: House):
    admit_alertmanager(house, "a-token-of-the-operator")

    assert token_actor(house, "a-token-of-the-operator") == MONITORING


def test_what_cannot_be_opened_is_to_be_sent_again(
    house: House, bob: Actor, rows: Callable[..., list[tuple[object, ...]]]
):
    rows("UPDATE version SET process = 'elsewhere' WHERE process = 'incident'")

    with pytest.raises(AlertsNotTaken):
        receive_alerts(House(house.store, house.now), MONITORING, body(alert()))

    assert rows("SELECT key, status FROM alert") == [("", "opening")]
    rows("UPDATE version SET process = 'incident' WHERE process = 'elsewhere'")
    assert receive(house, alert()) == ["opened"]
    assert len(incidents(house, bob)) == 1


def test_what_somebody_put_on_hold_is_not_resolved_behind_their_back(
    house: House, worker: Dispatcher, bob: Actor
):
    receive(house, alert())
    drain(worker)
    [row] = incidents(house, bob)
    later = {"hold_reason": "scheduled", "resume_by": "2026-12-01T09:00:00Z"}
    assert isinstance(send(house, bob, row.key, "hold_early", later, once="hold"), Done)

    [outcome] = receive(house, alert("resolved", endsAt=LATER))
    drain(worker)

    assert outcome == "cleared"
    assert seen(house, bob, row.key).state == "on_hold"
