"""Who may send what a record waits for: one of several roles, and a person in a field of it."""

from typing import Any

import pytest

from clearway.service.comment import comment
from clearway.service.deliver import send
from clearway.service.record import record
from clearway.service.search import search
from clearway.service.start import start
from clearway.service.values import Actor, Done, Refusal
from clearway.service.verify import verify

DRAWING = """<definitions id="d" targetNamespace="urn:test"
    xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:clearway="urn:clearway:bpmn:1">
  <message id="message_posted" name="parcel.posted"/>
  <message id="message_again" name="parcel.again"/>
  <process id="parcel" name="Parcel" isExecutable="true">
    <laneSet id="lanes">
      <lane id="asks" name="Asks" clearway:role="requester"><flowNodeRef>asked</flowNodeRef></lane>
      <lane id="post" name="Chair" clearway:role="chair">
        <flowNodeRef>posted</flowNodeRef><flowNodeRef>opened</flowNodeRef>
        <flowNodeRef>again</flowNodeRef><flowNodeRef>over</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="asked" name="Asked" clearway:holder="record.opened_by"/>
    <startEvent id="posted" name="Posted" clearway:holder="record.opened_by"
        clearway:channel="scales">
      <messageEventDefinition id="posted_message" messageRef="message_posted"/>
    </startEvent>
    <exclusiveGateway id="opened"/>
    <intermediateCatchEvent id="again" name="Again" clearway:action="Send it again"
        clearway:role="desk board" clearway:also="record.opened_by" clearway:state="lost">
      <messageEventDefinition id="again_message" messageRef="message_again"/>
    </intermediateCatchEvent>
    <endEvent id="over" name="Over" clearway:state="sent"/>
    <sequenceFlow id="to_opened" sourceRef="asked" targetRef="opened"/>
    <sequenceFlow id="to_opened_too" sourceRef="posted" targetRef="opened"/>
    <sequenceFlow id="to_again" sourceRef="opened" targetRef="again"/>
    <sequenceFlow id="to_over" sourceRef="again" targetRef="over"/>
  </process>
</definitions>"""
RECORD = """{"x-key-prefix": "PAR", "x-requester": "caller", "type": "object", "properties": {
    "caller": {"type": "string"}, "team": {"type": "string"},
    "opened_by": {"type": "string", "readOnly": true}}}"""
FORM = """{"type": "object", "properties": {
    "caller": {"type": "string"}, "team": {"type": "string"}}}"""
ZOE = Actor("zoe", roles=frozenset({"requester"}))


@pytest.fixture
def house(deploy_drawn):
    """A house with the process `parcel`."""
    files = {"parcel.bpmn": DRAWING, "record.json": RECORD, "forms/asked.json": FORM}
    return deploy_drawn("parcel", files)


@pytest.fixture
def ask(house, people):
    """Let somebody open a parcel for zoe."""

    def opened(name: str) -> str:
        done = start(house, people[name], "parcel", {"caller": "zoe"}, once="ask")
        assert isinstance(done, Done), done
        return done.key

    return opened


def buttons(house: Any, actor: Actor, key: str) -> list[str]:
    """The buttons on the record's page."""
    seen = record(house, actor, key)
    assert not isinstance(seen, Refusal), seen
    return [action.label for action in seen.actions]


@pytest.mark.parametrize("name", ["bob", "erin"])
def test_whoever_has_one_of_the_roles_reads_the_record_and_sends(house, people, ask, name: str):
    key = ask("alice")

    assert buttons(house, people[name], key) == ["Send it again"]
    assert send(house, people[name], key, "again", {}, once="1").state == "sent"
    assert verify(house) == []


def test_who_has_none_of_the_roles_is_told_all_of_them(house, ask):
    key = ask("alice")

    refusal = send(house, ZOE, key, "again", {}, once="1")

    assert (refusal.code, refusal.text) == ("not_allowed", "This is for the role desk or board.")
    assert buttons(house, ZOE, key) == []


def test_who_opened_it_stands_in_the_field_and_may_send_as_well(house, people, ask):
    key = ask("alice")

    assert record(house, people["alice"], key).values == {"caller": "zoe", "opened_by": "alice"}
    assert buttons(house, people["alice"], key) == ["Send it again"]
    assert send(house, people["alice"], key, "again", {}, once="1").state == "sent"
    assert verify(house) == []


def test_who_stands_in_for_them_may_too(house, people, ask, absent):
    key = ask("bob")
    assert record(house, people["alice"], key).code == "not_found"

    absent("bob", "alice")

    assert buttons(house, people["alice"], key) == ["Send it again"]
    assert send(house, people["alice"], key, "again", {}, once="1").state == "sent"


def test_who_opened_it_may_say_something_about_it(house, people, ask):
    key = ask("alice")

    said = comment(house, people["alice"], key, "It was blue", public=True, once="1")

    assert isinstance(said, Done), said


def test_what_a_channel_opens_was_opened_by_nobody(house, people):
    monitor = Actor("monitor", roles=frozenset({"scales"}), is_person=False)

    key = start(house, monitor, "parcel", {}, once="1", event="parcel.posted").key

    assert "opened_by" not in record(house, people["bob"], key).values
    assert send(house, people["erin"], key, "again", {}, once="2").state == "sent"


def test_who_opened_it_for_somebody_finds_it(house, people, ask):
    key = ask("alice")

    found, by_another = (search(house, people[name], "zoe") for name in ("alice", "bob"))
    other = search(house, Actor("xavier", roles=frozenset({"requester"})), "zoe")

    assert [it.key for it in found.rows] == [key]
    assert [it.key for it in by_another.rows] == [key]
    assert list(other.rows) == []


def test_a_button_is_for_the_group_in_a_field(deploy_drawn, people):
    drawn = DRAWING.replace('clearway:also="record.opened_by"', 'clearway:group="record.team"')
    files = {"parcel.bpmn": drawn, "record.json": RECORD, "forms/asked.json": FORM}
    house = deploy_drawn("parcel", files)
    free, meant = (
        start(house, people["alice"], "parcel", {"team": team}, once=str(team)).key
        for team in (None, "network")
    )
    insider = Actor("bob", roles=frozenset({"desk"}), groups=frozenset({"network"}))
    outsider = Actor("dave", roles=frozenset({"desk"}), groups=frozenset({"applications"}))

    refusal = send(house, outsider, meant, "again", {}, once="1")

    assert (refusal.code, refusal.text) == ("not_allowed", "This is for the group network.")
    assert buttons(house, outsider, meant) == []
    assert send(house, insider, meant, "again", {}, once="2").state == "sent"
    assert send(house, outsider, free, "again", {}, once="3").state == "sent"
