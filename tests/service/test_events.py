"""Timers, messages, comments and cancelling."""

from datetime import timedelta

import psycopg
import pytest

from clearway.service.cancel import cancel
from clearway.service.comment import comment
from clearway.service.deliver import deliver_waiting, send
from clearway.service.faults import open_faults, retry
from clearway.service.history import history
from clearway.service.inbox import inbox, inbox_counts
from clearway.service.instance_view import instance_view
from clearway.service.record import record
from clearway.service.search import search
from clearway.service.start import start
from clearway.service.task import task
from clearway.service.timers import fire_due
from clearway.service.values import Actor, Done
from clearway.service.verify import verify

ALERTS = Actor("alerts", roles=frozenset({"alerts"}), is_person=False)


def test_a_timer_fires_once_when_it_is_due(house, desk, hand_clock, rows):
    desk.ask()
    desk.sort()
    desk.fetch()
    assert fire_due(house, 10) == 0
    hand_clock.move_to(hand_clock() + timedelta(days=30))

    assert fire_due(house, 10) == 1
    assert fire_due(house, 10) == 0
    assert rows("SELECT step FROM job WHERE status = 'ready'") == [("notice",)]
    assert verify(house) == []


def test_a_reply_of_the_requester_ends_the_hold(house, desk, people, rows):
    key = desk.ask()
    desk.sort()
    desk.fetch()
    held = send(house, people["bob"], key, "hold", {"question": "Which pen?"}, once="1")
    assert held.state == "on_hold"

    comment(house, people["carol"], key, "I do not know.", public=True, once="2")
    assert rows("SELECT state FROM instance") == [("on_hold",)]
    comment(house, people["alice"], key, "The blue one.", public=True, once="3")

    assert rows("SELECT state FROM instance") == [("bringing",)]
    assert verify(house) == []


def test_who_stands_in_for_the_requester_replies_for_them(house, desk, people, absent, rows):
    key, erin = _held(house, desk, people), Actor("erin", roles=frozenset({"requester"}))
    refused = comment(house, erin, key, "The blue one.", public=True, once="2")
    absent("alice", "erin")

    said = comment(house, erin, key, "The blue one.", public=True, once="3")

    assert refused.code == "not_found"
    assert isinstance(said, Done), said
    assert rows("SELECT state FROM instance") == [("bringing",)]
    assert "erin commented for alice: The blue one." in [
        line.sentence for line in history(house, people["bob"], key).rows
    ]
    assert verify(house) == []


def test_who_stands_in_for_the_requester_notes_nothing_internally(house, desk, people, absent):
    key, erin = _held(house, desk, people), Actor("erin", roles=frozenset({"requester"}))
    absent("alice", "erin")

    refused = comment(house, erin, key, "The blue one.", public=False, once="2")

    assert refused.code == "not_allowed"
    assert record(house, people["bob"], key).state == "on_hold"


def test_whoever_had_a_part_in_it_may_still_say_something(house, desk, people):
    key = desk.ask()
    comment(house, people["carol"], key, "I have one.", public=True, once="1")
    carol = Actor("carol", roles=frozenset({"requester"}))

    said = comment(house, carol, key, "It is on my desk.", public=True, once="2")

    assert isinstance(said, Done), said
    assert record(house, carol, key).may_comment


def _held(house, desk, people):
    """An errand that waits for the answer of alice."""
    key = desk.ask()
    desk.sort()
    desk.fetch()
    held = send(house, people["bob"], key, "hold", {"question": "Which pen?"}, once="1")
    assert held.state == "on_hold"
    return key


def test_a_button_is_for_the_lane_s_role_and_while_it_is_waited_for(house, desk, people):
    key = desk.ask()

    early = send(house, people["bob"], key, "hold", {"question": "?"}, once="1")
    desk.sort()
    desk.fetch()

    assert early.code == "not_waiting"
    assert send(house, people["alice"], key, "hold", {"question": "?"}, once="2").code == (
        "not_allowed"
    )
    assert send(house, people["bob"], key, "hold", {}, once="3").fields == {
        "question": "This is needed."
    }
    assert [it.label for it in record(house, people["bob"], key).actions] == ["Put on hold"]
    assert record(house, people["alice"], key).actions == []


def test_a_channel_opens_a_record_by_message(house, rows):
    done = start(house, ALERTS, "errand", {"what": "a ladder"}, once="1", event="call")

    assert isinstance(done, Done), done
    assert rows("SELECT title, requester FROM instance") == [("a ladder", None)]
    assert verify(house) == []


def test_a_message_waits_until_somebody_waits_for_it(house, desk, database_url, hand_clock, rows):
    key = desk.ask()
    _post(database_url, hand_clock, name="hold", to_key=key)
    assert deliver_waiting(house, 10) == 0
    assert rows("SELECT status FROM message") == [("waiting",)]

    desk.sort()
    desk.fetch()
    assert deliver_waiting(house, 10) == 1

    assert rows("SELECT status FROM message") == [("caught",)]
    assert rows("SELECT state FROM instance") == [("on_hold",)]
    assert deliver_waiting(house, 10) == 0
    assert verify(house) == []


def test_a_message_expires_and_one_to_nobody_is_dead(house, desk, database_url, hand_clock, rows):
    key = desk.ask()
    _post(database_url, hand_clock, name="hold", to_key=key, expires=timedelta(hours=1))
    _post(database_url, hand_clock, name="hold", to_key="ERR-1")
    hand_clock.move_to(hand_clock() + timedelta(hours=2))

    assert deliver_waiting(house, 10) == 0
    assert rows("SELECT status FROM message ORDER BY id") == [("expired",), ("dead",)]


def test_a_message_opens_a_record_once(house, database_url, hand_clock, rows):
    _post(database_url, hand_clock, name="call", to_process="errand", payload='{"what": "rope"}')

    assert deliver_waiting(house, 10) == 1
    assert deliver_waiting(house, 10) == 0
    assert rows("SELECT title FROM instance") == [("rope",)]
    assert rows("SELECT status FROM message") == [("caught",)]


def test_a_message_that_cannot_open_a_record_is_a_fault(
    house, database_url, hand_clock, rows, people
):
    _post(database_url, hand_clock, name="call", to_process="errand", payload='{"what": 7}')

    assert deliver_waiting(house, 10) == 1
    assert deliver_waiting(house, 10) == 0
    [fault] = open_faults(house, people["grace"]).rows
    assert (fault.key, fault.process, fault.sender) == (None, "errand", None)
    assert rows("SELECT status FROM message") == [("faulted",)]
    assert isinstance(retry(house, people["grace"], fault.id, once="1"), Done)
    assert rows("SELECT status FROM message") == [("waiting",)]


def test_cancelling_ends_everything(house, desk, people, rows):
    key = desk.ask()
    desk.sort()
    desk.fetch()

    assert cancel(house, people["grace"], key, " ", once="1").code == "invalid"
    done = cancel(house, people["grace"], key, "no need", once="2")
    assert (done.state, done.ended) == ("cancelled", True)
    assert rows("SELECT state FROM instance") == [("cancelled",)]
    assert rows(
        "SELECT state_before, state_after FROM entry WHERE kind = 'state' ORDER BY id DESC LIMIT 1"
    ) == [("bringing", "cancelled")]
    [found] = search(house, people["bob"], "").rows
    assert (found.state, record(house, people["bob"], key).state) == ("cancelled", "cancelled")
    assert [line.sentence for line in history(house, people["bob"], key).rows][-4:] == [
        "grace cancelled it: no need",
        "Bring it is not needed any more.",
        "It ended.",
        "The state changed from bringing to cancelled.",
    ]

    assert (done.ended, done.state) == (True, "cancelled")
    assert rows("SELECT outcome FROM work_item ORDER BY id") == [("completed",), ("cancelled",)]
    assert cancel(house, people["grace"], key, "again", once="3").code == "already_done"
    assert verify(house) == []


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_only_who_owns_processes_or_the_house_may_cancel(house, desk, people, name):
    key = desk.ask()

    refusal = cancel(house, people[name], key, "no need", once="1")

    assert (refusal.code, refusal.text) == (
        "not_allowed",
        "Cancelling a record needs the role admin or process_owner.",
    )
    assert not record(house, people[name], key).may_cancel
    assert record(house, people["bob"], key).state == "new"


@pytest.mark.parametrize("role", ["process_owner", "admin"])
def test_who_may_cancel_is_shown_that_they_may(house, desk, role):
    key, owner = desk.ask(), Actor("olivia", roles=frozenset({role}))

    assert record(house, owner, key).may_cancel
    assert cancel(house, owner, key, "no need", once="1").ended
    assert not record(house, owner, key).may_cancel


def test_the_inbox_shows_who_may_do_what(house, desk, people):
    key = desk.ask()

    assert [it.key for it in inbox(house, people["bob"], view="unclaimed").rows] == [key]
    assert inbox(house, people["alice"], view="unclaimed").rows == []
    assert inbox_counts(house, people["bob"]) == {"mine": 0, "unclaimed": 1, "all": 1}
    desk.sort()
    desk.fetch()
    assert inbox(house, people["bob"], view="unclaimed").rows == []
    [line] = inbox(house, people["carol"], view="unclaimed", q="PEN").rows
    assert (line.name, line.state, line.process_title) == ("Bring it", "bringing", "Errand")
    assert inbox(house, people["carol"], view="unclaimed", q="cup").rows == []


def test_the_inbox_has_pages(house, desk, people):
    keys = [desk.ask(f"thing {number}") for number in range(5)]

    first = inbox(house, people["bob"], view="unclaimed", limit=3)
    second = inbox(house, people["bob"], view="unclaimed", limit=3, after=first.after)

    assert [it.key for it in (*first.rows, *second.rows)] == keys
    assert second.after is None


def test_a_task_page_shows_the_form_with_what_the_record_says(house, desk, people):
    desk.ask()
    item = desk.open_item("sort")

    view = task(house, people["bob"], item)

    assert (view.may_claim, view.may_complete, view.why_not) == (True, True, None)
    assert view.values == {"what": "a pen"}
    assert set(view.schema["properties"]) == {"what", "weight", "remark", "minutes"}
    assert task(house, Actor("zoe", roles=frozenset({"requester"})), item).code == "not_found"
    asked = task(house, people["alice"], item)
    assert (asked.may_complete, asked.why_not) == (False, "This task is for the role desk.")
    desk.sort()
    assert task(house, people["bob"], item).closed_by == "bob"


def test_a_record_is_seen_by_who_has_to_do_with_it(house, desk, people):
    key = desk.ask()

    seen = record(house, people["alice"], key)

    assert (seen.title, seen.state, seen.requester) == ("a pen", "new", "alice")
    assert (seen.may_comment, seen.may_cancel) == (True, False)
    assert record(house, people["grace"], key).key == key
    assert record(house, Actor("zoe", roles=frozenset({"requester"})), key).code == "not_found"
    assert record(house, people["bob"], "ERR-9").code == "not_found"


def test_history_says_what_happened_in_sentences(house, desk, people):
    key = desk.ask()
    desk.sort()
    comment(house, people["bob"], key, "odd", public=False, once="1")

    told = [it.sentence for it in history(house, people["bob"], key).rows]
    seen = [it.sentence for it in history(house, people["alice"], key).rows]

    assert told == [
        'alice opened it, on version 1 of the process: who asked alice, what "a pen".',
        "Sort began.",
        "The state is new.",
        "bob completed Sort: weight in kg 1.",
        "Fetch began.",
        "The state changed from new to fetching.",
        "bob noted internally: odd",
    ]
    assert seen == told[:-1]
    first = history(house, people["bob"], key, limit=3)
    rest = history(house, people["bob"], key, after=first.after)
    assert [it.sentence for it in (*first.rows, *rest.rows)] == told


def test_the_diagram_shows_where_the_tokens_are(house, desk, people):
    key = desk.ask()
    desk.sort()
    desk.fetch()

    view = instance_view(house, people["bob"], key)

    assert view.tokens == {"bring": 1}
    assert (view.completed["sort"], view.completed["fetch"]) == (1, 1)
    assert "<bpmn:process" in view.xml


def _post(
    url, clock, *, name, to_key=None, to_process=None, payload='{"question": "?"}', expires=None
):
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO message (name, to_key, to_process, payload, sent_at, expires_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (name, to_key, to_process, payload, clock(), expires and clock() + expires),
        )


def test_a_message_that_opens_a_record_does_not_come_from_people(house, people, rows):
    refusal = start(house, people["bob"], "errand", {"what": "a pen"}, event="called", once="1")

    assert refusal.code == "not_allowed"
    assert refusal.remedy == "Use a form or a button that the process has for people."
    assert rows("SELECT count(*) FROM instance") == [(0,)]


DROPPABLE = """<definitions id="d" targetNamespace="urn:test"
    xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:clearway="urn:clearway:bpmn:1">
  <message id="drop_message" name="drop"/>
  <process id="droppable" name="Droppable" isExecutable="true">
    <laneSet id="lanes">
      <lane id="all" name="All" clearway:role="desk">
        <flowNodeRef>asked</flowNodeRef><flowNodeRef>look</flowNodeRef>
        <flowNodeRef>over</flowNodeRef><flowNodeRef>dropping</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="asked" name="Asked"/>
    <userTask id="look" name="Look" clearway:state="looking"/>
    <endEvent id="over" name="Over" clearway:state="over"><terminateEventDefinition/></endEvent>
    <sequenceFlow id="to_look" sourceRef="asked" targetRef="look"/>
    <sequenceFlow id="to_over" sourceRef="look" targetRef="over"/>
    <subProcess id="dropping" name="Dropping" triggeredByEvent="true">
      <startEvent id="drop" name="Drop" isInterrupting="INTERRUPTING" clearway:action="Drop it"
          clearway:role="desk">
        <messageEventDefinition id="drop_caught" messageRef="drop_message"/>
      </startEvent>
      <userTask id="why" name="Say why" clearway:role="desk" clearway:state="looking"/>
      <endEvent id="dropped" name="Dropped"/>
      <sequenceFlow id="to_why" sourceRef="drop" targetRef="why"/>
      <sequenceFlow id="to_dropped" sourceRef="why" targetRef="dropped"/>
    </subProcess>
  </process>
</definitions>"""
NO_FIELD = """{"type": "object", "properties": {}}"""


@pytest.mark.parametrize(("interrupting", "then"), [("true", ["why"]), ("false", ["look", "why"])])
def test_an_event_subprocess_of_the_process_waits_from_its_first_command_on(
    deploy_drawn, people, rows, interrupting, then
):
    files = {
        "droppable.bpmn": DROPPABLE.replace("INTERRUPTING", interrupting),
        "record.json": """{"x-key-prefix": "DRO", "type": "object", "properties": {}}""",
        **{f"forms/{it}.json": NO_FIELD for it in ("asked", "look", "drop", "why")},
    }
    house = deploy_drawn("droppable", files)

    start(house, people["bob"], "droppable", {}, once="1")

    assert rows("SELECT element, kind, name FROM subscription") == [("drop", "message", "drop")]
    assert verify(house) == []
    sent = send(house, people["bob"], "DRO-1001", "drop", {}, once="2")
    assert isinstance(sent, Done), sent
    assert rows("SELECT element FROM work_item WHERE closed_at IS NULL ORDER BY 1") == [
        (it,) for it in then
    ]
    assert verify(house) == []
