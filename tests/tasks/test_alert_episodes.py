"""Episodes of an alert: what begins one and what ends it, whatever the clocks and the order say."""

import itertools
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from handy import drain

from clearway.now import HandClock
from clearway.service.alerts import known_alert
from clearway.service.claim import claim
from clearway.service.history import history
from clearway.service.house import House
from clearway.service.record import record
from clearway.service.search import search
from clearway.service.values import Actor, Done, RecordRow
from clearway.service.verify import verify
from tasks.dispatcher import Dispatcher
from tasks.inbound.alertmanager import AlertsNotTaken, AlertsReceived, receive_alerts

pytestmark = pytest.mark.database

MONITORING = Actor("alertmanager", roles=frozenset({"alerts"}), is_person=False)
FINGERPRINT = "bfe524a6f7f2da52"
NEVER = "9999-12-31T23:59:59Z"
Rows = Callable[..., list[tuple[object, ...]]]


def fired(began: str, **changes: object) -> dict[str, object]:
    """An alert that fires since a time of the clock's day, or since an instant."""
    return {
        "status": "firing",
        "labels": {"alertname": "DiskFull", "instance": "db01:9100"},
        "annotations": {"summary": "disk 98%"},
        "startsAt": _instant(began),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": FINGERPRINT,
        **changes,
    }


def resolved(began: str, ended: str, **changes: object) -> dict[str, object]:
    """The same alert, over."""
    return fired(began, **{"status": "resolved", "endsAt": _instant(ended), **changes})


def receive(house: House, *alerts: Mapping[str, object]) -> list[str]:
    body = json.dumps({"version": "4", "alerts": alerts}).encode()
    received = receive_alerts(house, MONITORING, body)
    assert isinstance(received, AlertsReceived), received
    return [result.outcome for result in received.results]


def incidents(house: House, bob: Actor) -> list[RecordRow]:
    """The oldest first."""
    return list(reversed(search(house, bob, "", process="incident").rows))


def take(house: House, bob: Actor, key: str) -> None:
    """bob claims the open task of an incident."""
    [task] = record(house, bob, key).tasks
    assert isinstance(claim(house, bob, task.id, once=f"claim {task.id}"), Done)


def _instant(said: str) -> str:
    return f"2026-03-02T{said}Z" if len(said) == len("08:00:00") else said


# --- beginnings that move ----------------------------------------------------------------------


def test_an_alert_whose_beginning_moves_back_is_resolved_by_its_end(
    house: House, worker: Dispatcher, bob: Actor
):
    outcomes = receive(house, fired("08:00:05"))
    drain(worker)

    outcomes += receive(house, fired("08:00:00"))
    outcomes += receive(house, resolved("08:00:00", "08:05:00"))
    outcomes += receive(house, fired("08:04:00"))
    drain(worker)

    assert outcomes == ["opened", "repeated", "recovered", "late"]
    assert known_alert(house, "alertmanager", FINGERPRINT).status == "resolved"
    assert [row.state for row in incidents(house, bob)] == ["resolved"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_any_order_an_alert_that_moved_back_leaves_no_incident_open(
    house: House, worker: Dispatcher, bob: Actor, order: tuple[int, ...]
):
    sent = [fired("08:00:05"), fired("08:00:00"), resolved("08:00:00", "08:05:00")]

    for at in order:
        receive(house, sent[at])
        drain(worker)

    assert {row.state for row in incidents(house, bob)} <= {"resolved"}
    assert verify(house) == []


def test_beginnings_that_differ_open_one_incident_when_they_are_delivered_at_once(
    house: House, bob: Actor
):
    sent = [fired(f"08:00:0{number}") for number in range(6)]

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda each: receive(house, each)[0], sent))

    assert sorted(outcomes) == ["opened"] + ["repeated"] * 5
    assert len(incidents(house, bob)) == 1


def test_the_end_of_an_earlier_episode_does_not_end_the_present_one(
    house: House, worker: Dispatcher, bob: Actor
):
    for each in [fired("08:00:00"), resolved("08:00:00", "08:05:00"), fired("08:10:00")]:
        receive(house, each)
        drain(worker)

    late = receive(house, resolved("08:00:00", "08:05:00"))
    drain(worker)

    assert late == ["late"]
    assert [row.state for row in incidents(house, bob)] == ["resolved", "new"]
    assert receive(house, resolved("08:10:00", "08:15:00")) == ["recovered"]


def test_an_old_firing_after_its_end_is_late(house: House, worker: Dispatcher, bob: Actor):
    receive(house, fired("08:00:00"))
    drain(worker)
    receive(house, resolved("08:00:00", "08:05:00"))

    late = receive(house, fired("08:00:00"), fired("08:04:00"))

    assert late == ["late", "late"]
    assert len(incidents(house, bob)) == 1


def test_an_end_that_is_repeated_has_no_further_effect(
    house: House, worker: Dispatcher, bob: Actor
):
    receive(house, fired("08:00:00"))
    drain(worker)

    outcomes = [receive(house, resolved("08:00:00", "08:05:00"))[0] for _ in range(3)]

    assert outcomes == ["recovered", "repeated", "repeated"]


def test_what_fires_again_before_its_context_was_found_stays_open(
    house: House, worker: Dispatcher, bob: Actor
):
    receive(house, fired("08:00:00"), resolved("08:00:00", "08:05:00"))

    again = receive(house, fired("08:10:00"))
    drain(worker)

    assert again == ["repeated"]
    assert [row.state for row in incidents(house, bob)] == ["new"]
    assert verify(house) == []
    assert receive(house, resolved("08:10:00", "08:15:00")) == ["recovered"]


# --- instants that nobody can believe ----------------------------------------------------------


@pytest.mark.parametrize("ahead", [NEVER, "2026-03-02T09:30:00Z"])
def test_a_beginning_in_the_future_counts_as_now(
    house: House, worker: Dispatcher, bob: Actor, hand_clock: HandClock, ahead: str
):
    outcomes = receive(house, fired(ahead))
    drain(worker)
    hand_clock.move_to(hand_clock() + timedelta(minutes=10))
    outcomes += receive(house, fired(ahead))
    outcomes += receive(house, resolved(ahead, ahead))
    drain(worker)
    hand_clock.move_to(hand_clock() + timedelta(minutes=10))

    outcomes += receive(house, fired("09:15:00"))

    assert outcomes == ["opened", "repeated", "recovered", "opened"]
    assert [row.state for row in incidents(house, bob)] == ["resolved", "new"]


def test_a_clock_that_is_a_little_ahead_is_believed(house: House, worker: Dispatcher, bob: Actor):
    receive(house, fired("09:04:00"))
    drain(worker)

    outcomes = receive(house, fired("09:04:00"), resolved("09:04:00", "09:04:30"))

    assert outcomes == ["repeated", "recovered"]


@pytest.mark.parametrize("ahead", [NEVER, "2026-03-02T09:04:00Z"])
def test_an_end_in_the_future_does_not_swallow_the_next_alert(
    house: House, worker: Dispatcher, bob: Actor, hand_clock: HandClock, ahead: str
):
    receive(house, fired("08:00:00"))
    drain(worker)
    ended = receive(house, resolved("08:00:00", ahead))
    hand_clock.move_to(hand_clock() + timedelta(minutes=10))

    again = receive(house, fired("09:02:00"))

    assert (ended, again) == (["recovered"], ["opened"])


# --- what is written ---------------------------------------------------------------------------


def test_an_alert_that_ends_before_its_context_was_found_leaves_whole_books(
    house: House, worker: Dispatcher, bob: Actor
):
    receive(house, fired("08:00:00"))

    ended = receive(house, resolved("08:00:00", "08:05:00"))

    assert ended == ["recovered"]
    assert verify(house) == []
    drain(worker)
    [row] = incidents(house, bob)
    assert row.state == "resolved"
    assert verify(house) == []
    told = [entry.sentence for entry in history(house, bob, row.key).rows]
    assert "alertmanager sent alert.recovered." in told
    assert "The message alert.recovered arrived." in told


@pytest.mark.parametrize("blank", ["", "   ", "\t\n", "\u00a0"])
def test_a_blank_summary_is_no_title(house: House, bob: Actor, blank: str):
    notes = {"summary": blank, "description": blank, "message": blank}

    receive(house, fired("08:00:00", annotations=notes))

    [row] = incidents(house, bob)
    assert row.title == "DiskFull on db01:9100"
    description = record(house, bob, row.key).values["description"]
    assert description.startswith("DiskFull on db01:9100")


def test_blank_labels_name_nothing(house: House, bob: Actor):
    labels = dict.fromkeys(("instance", "service", "asset", "severity"), " ")

    receive(house, fired("08:00:00", labels={"alertname": "DiskFull", **labels}, annotations={}))

    [row] = incidents(house, bob)
    assert row.title == "DiskFull"
    values = record(house, bob, row.key).values
    assert values.get("service") is values.get("affected_asset") is None


def test_one_alert_that_cannot_be_taken_does_not_keep_back_the_others(
    house: House, worker: Dispatcher, bob: Actor, rows: Rows
):
    receive(house, fired("08:00:00"), fired("08:00:00", fingerprint="b"))
    drain(worker)
    first, second = incidents(house, bob)
    # What stands in the books as the answer to the first alert's end is not what is asked now.
    rows(
        "INSERT INTO answer (key, command, request_hash, answer, at) VALUES"
        f" ('alertmanager {FINGERPRINT} 2026-03-02T08:00:00+00:00 ended', 'send', 'x', '{{}}',"
        " now())"
    )

    ends = [resolved("08:00:00", "08:05:00"), resolved("08:00:00", "08:05:00", fingerprint="b")]
    with pytest.raises(AlertsNotTaken):
        receive(house, *ends)

    states = {row.key: row.state for row in incidents(house, bob)}
    assert states == {first.key: "new", second.key: "resolved"}


def test_the_message_to_the_owner_says_who_has_the_task(
    stopped_at: Callable[..., bool], house: House, bob: Actor, worker: Dispatcher, rows: Rows
):
    receive(house, fired("08:00:00"))
    drain(worker)
    [row] = incidents(house, bob)
    take(house, bob, row.key)
    # Nothing catches it, so that it can be read.
    rows("DELETE FROM subscription WHERE name = 'alert.cleared'")

    ended = receive(house, resolved("08:00:00", "08:05:00"))

    assert ended == ["cleared"]
    assert rows("SELECT name, payload->>'owner' FROM message") == [("alert.cleared", "bob")]


# --- ended in between --------------------------------------------------------------------------


@pytest.fixture
def stopped_at(house: House, ends_before: Callable[..., object]) -> Callable[..., bool]:
    """Whether the delivery of an alert was ended before its k-th statement."""
    return lambda k, alert: ends_before(house.store, k, lambda: receive(house, alert)) is None


def test_a_delivery_that_dies_anywhere_opens_one_incident_when_it_is_repeated(
    stopped_at: Callable[..., bool], house: House, worker: Dispatcher, bob: Actor
):
    k = 0
    while True:
        k += 1
        alert = fired("08:00:05", fingerprint=f"stopped{k}")
        was_stopped = stopped_at(k, alert)

        # In the meantime the words and the beginning have changed.
        changed = {"annotations": {"summary": "disk 99%"}, "startsAt": "2026-03-02T08:00:00Z"}
        outcomes = receive(house, {**alert, **changed})
        drain(worker)
        outcomes += receive(
            house, resolved("08:00:00", "08:05:00", fingerprint=alert["fingerprint"])
        )

        assert outcomes[0] in ("opened", "repeated")
        assert outcomes[1] == "recovered"
        assert len(incidents(house, bob)) == k
        assert verify(house) == []
        if not was_stopped:
            break
    assert k > 8


def test_a_delivery_that_dies_anywhere_leaves_no_incident_open_when_the_alert_ends(
    stopped_at: Callable[..., bool], house: House, worker: Dispatcher, bob: Actor
):
    k = 0
    while True:
        k += 1
        alert = fired("08:00:05", fingerprint=f"stopped{k}")
        was_stopped = stopped_at(k, alert)
        drain(worker)

        ended = receive(house, resolved("08:00:00", "08:05:00", fingerprint=alert["fingerprint"]))
        drain(worker)

        assert ended[0] in ("recorded", "recovered")
        assert {row.state for row in incidents(house, bob)} <= {"resolved"}
        assert verify(house) == []
        if not was_stopped:
            break
    assert k > 8
    assert incidents(house, bob)


def test_a_new_episode_that_dies_anywhere_is_linked_to_the_earlier_incident(
    stopped_at: Callable[..., bool], house: House, worker: Dispatcher, bob: Actor
):
    k = 0
    while True:
        k += 1
        mine = {"fingerprint": f"stopped{k}"}
        receive(house, fired("08:00:00", **mine))
        drain(worker)
        receive(house, resolved("08:00:00", "08:05:00", **mine))
        again = fired("08:10:00", **mine)
        was_stopped = stopped_at(k, again)

        receive(house, again)

        old, new = incidents(house, bob)[-2:]
        assert (old.state, new.state) == ("resolved", "new")
        assert record(house, bob, new.key).links == [(new.key, "relates_to", old.key)]
        known = known_alert(house, "alertmanager", mine["fingerprint"])
        assert (known.key, known.status) == (new.key, "firing")
        if not was_stopped:
            break
    assert k > 8


def test_an_end_that_came_while_the_opening_died_is_told_when_it_fires_again(
    house: House, worker: Dispatcher, bob: Actor, rows: Rows
):
    receive(house, fired("08:00:00"))
    drain(worker)
    # The incident is there, but who opened it died, and the end had come before that.
    rows("UPDATE alert SET key = '', status = 'resolved', first_seen_at = '2026-03-02 08:05Z'")

    outcome = receive(house, fired("08:00:00"))

    assert outcome == ["recovered"]
    assert [row.state for row in incidents(house, bob)] == ["resolved"]
