"""Which messages come from outside: those that the diagram gives to a channel, and no others."""

import pytest

from clearway.service.deliver import deliver_waiting, send
from clearway.service.permissions import SYSTEM_ROLE
from clearway.service.record import record
from clearway.service.search import search
from clearway.service.sign_in import issue_token
from clearway.service.start import start
from clearway.service.values import SYSTEM, Actor, Done, Refusal

DRAWING = """<definitions id="d" targetNamespace="urn:test"
    xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:clearway="urn:clearway:bpmn:1">
  <message id="message_wanted" name="permit.wanted"/>
  <message id="message_granted" name="permit.granted"/>
  <message id="message_left" name="crate.left"/>
  <message id="message_weighed" name="crate.weighed"/>
  <process id="crate" name="Crate" isExecutable="true">
    <laneSet id="lanes">
      <lane id="asks" name="Asks" clearway:role="requester"><flowNodeRef>asked</flowNodeRef></lane>
      <lane id="desk" name="Desk" clearway:role="desk">
        <flowNodeRef>wanted</flowNodeRef><flowNodeRef>opened</flowNodeRef>
        <flowNodeRef>waits</flowNodeRef><flowNodeRef>granted</flowNodeRef>
        <flowNodeRef>weighed</flowNodeRef><flowNodeRef>may_go</flowNodeRef>
        <flowNodeRef>is_heavy</flowNodeRef><flowNodeRef>leave_it</flowNodeRef>
        <flowNodeRef>left</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="asked" name="Asked"/>
    <startEvent id="wanted" name="Wanted">
      <messageEventDefinition id="wanted_message" messageRef="message_wanted"/>
    </startEvent>
    <exclusiveGateway id="opened"/>
    <eventBasedGateway id="waits"/>
    <intermediateCatchEvent id="granted" name="Granted" clearway:state="waiting">
      <messageEventDefinition id="granted_message" messageRef="message_granted"/>
    </intermediateCatchEvent>
    <intermediateCatchEvent id="weighed" name="Weighed" clearway:state="waiting" CHANNEL>
      <messageEventDefinition id="weighed_message" messageRef="message_weighed"/>
    </intermediateCatchEvent>
    <intermediateCatchEvent id="leave_it" name="Leave it" clearway:action="Leave it"
        clearway:state="waiting">
      <messageEventDefinition id="left_message" messageRef="message_left"/>
    </intermediateCatchEvent>
    <endEvent id="left" name="Left" clearway:state="left"/>
    <endEvent id="may_go" name="It may go" clearway:state="free"/>
    <endEvent id="is_heavy" name="It is heavy" clearway:state="heavy"/>
    <sequenceFlow id="to_opened" sourceRef="asked" targetRef="opened"/>
    <sequenceFlow id="to_opened_too" sourceRef="wanted" targetRef="opened"/>
    <sequenceFlow id="to_waits" sourceRef="opened" targetRef="waits"/>
    <sequenceFlow id="to_granted" sourceRef="waits" targetRef="granted"/>
    <sequenceFlow id="to_weighed" sourceRef="waits" targetRef="weighed"/>
    <sequenceFlow id="to_leave_it" sourceRef="waits" targetRef="leave_it"/>
    <sequenceFlow id="to_left" sourceRef="leave_it" targetRef="left"/>
    <sequenceFlow id="to_may_go" sourceRef="granted" targetRef="may_go"/>
    <sequenceFlow id="to_is_heavy" sourceRef="weighed" targetRef="is_heavy"/>
  </process>
</definitions>""".replace("CHANNEL", 'clearway:channel="scales cranes"')
RECORD = """{"x-key-prefix": "CRA", "x-requester": "caller", "type": "object", "properties": {
    "caller": {"type": "string"}}}"""
FORM = """{"type": "object", "properties": {"caller": {"type": "string"}}}"""
MONITOR = Actor("monitor", roles=frozenset({"alerts"}), is_person=False)
SCALE = Actor("scale", roles=frozenset({"scales"}), is_person=False)
OF_THE_LANE = Actor("robot", roles=frozenset({"desk", "admin"}), is_person=False)


@pytest.fixture
def house(deploy_drawn):
    """A house with the process `crate`."""
    files = {"crate.bpmn": DRAWING, "record.json": RECORD, "forms/asked.json": FORM}
    return deploy_drawn("crate", files)


@pytest.fixture
def key(house, people):
    """A crate that waits."""
    done = start(house, people["alice"], "crate", {}, once="ask")
    assert isinstance(done, Done), done
    return done.key


@pytest.mark.parametrize("channel", [MONITOR, SCALE, OF_THE_LANE], ids=lambda it: it.name)
@pytest.mark.parametrize("wanted", ["permit.granted", "granted"])
def test_what_records_tell_each_other_comes_from_no_channel(house, people, key, channel, wanted):
    refusal = send(house, channel, key, wanted, {"by": "nobody"}, once="1")

    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.text) == (
        "not_allowed",
        "permit.granted does not come from outside: only another record tells it.",
    )
    assert record(house, people["bob"], key).state == "waiting"


def test_no_channel_opens_what_another_record_opens(house, people):
    for number, channel in enumerate((MONITOR, SCALE, OF_THE_LANE)):
        refusal = start(house, channel, "crate", {}, once=str(number), event="permit.wanted")

        assert (refusal.code, refusal.text) == (
            "not_allowed",
            "Wanted does not come from outside: only another record tells it.",
        )
    assert list(search(house, people["bob"], "").rows) == []


def test_a_channel_sends_what_the_diagram_gives_to_its_role(house, key):
    assert send(house, SCALE, key, "crate.weighed", {}, once="1").state == "heavy"


def test_a_channel_of_another_kind_does_not(house, key):
    refusal = send(house, MONITOR, key, "crate.weighed", {}, once="1")

    assert (refusal.code, refusal.text) == (
        "not_allowed",
        "crate.weighed comes from a channel with the role cranes or scales.",
    )


def test_nor_does_a_person_whose_role_has_the_name_of_a_channel(house, key):
    person = Actor("bob", roles=frozenset({"desk", "scales"}))

    assert send(house, person, key, "crate.weighed", {}, once="1").code == "not_allowed"


def test_the_house_itself_delivers(house, key):
    assert send(house, SYSTEM, key, "permit.granted", {}, once="1").state == "free"
    assert deliver_waiting(house, 10) == 0


def test_no_token_has_the_role_of_the_house_itself(house):
    refusal = issue_token(house, SYSTEM, "robot", roles=["alerts", SYSTEM_ROLE])

    assert isinstance(refusal, Refusal)
    assert refusal.code == "invalid"
