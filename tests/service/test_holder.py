"""The field of a record in which whoever has its task stands."""

import pytest

from clearway.service.claim import claim, unclaim
from clearway.service.complete import complete
from clearway.service.history import history
from clearway.service.record import record
from clearway.service.start import start
from clearway.service.verify import verify

DRAWING = """<definitions id="d" targetNamespace="urn:test"
    xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:clearway="urn:clearway:bpmn:1">
  <process id="parcel" name="Parcel" isExecutable="true">
    <laneSet id="lanes">
      <lane id="asks" name="Asks" clearway:role="requester"><flowNodeRef>asked</flowNodeRef></lane>
      <lane id="desk" name="Desk" clearway:role="desk">
        <flowNodeRef>look</flowNodeRef><flowNodeRef>taken</flowNodeRef>
        <flowNodeRef>greet</flowNodeRef><flowNodeRef>over</flowNodeRef>
        <flowNodeRef>greeted</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="asked" name="Asked"/>
    <userTask id="look" name="Look at it" clearway:holder="record.owner"/>
    <boundaryEvent id="taken" name="Somebody has it" attachedToRef="look" cancelActivity="false">
      <conditionalEventDefinition id="taken_condition">
        <condition xsi:type="tFormalExpression">record.owner != null</condition>
      </conditionalEventDefinition>
    </boundaryEvent>
    <userTask id="greet" name="Greet"/>
    <endEvent id="over" name="Over"/>
    <endEvent id="greeted" name="Greeted"/>
    <sequenceFlow id="to_look" sourceRef="asked" targetRef="look"/>
    <sequenceFlow id="to_over" sourceRef="look" targetRef="over"/>
    <sequenceFlow id="to_greet" sourceRef="taken" targetRef="greet"/>
    <sequenceFlow id="to_greeted" sourceRef="greet" targetRef="greeted"/>
  </process>
</definitions>"""
RECORD = """{"x-key-prefix": "PAR", "type": "object",
    "properties": {"owner": {"type": "string", "title": "Owner"}}}"""
CONFIRM = '{"type": "object", "properties": {}}'


@pytest.fixture
def parcel(deploy_drawn, empty_house, people, rows):
    """The key of a parcel that somebody has to look at, and the work item."""
    forms = {f"forms/{name}.json": CONFIRM for name in ("look", "greet")}
    deploy_drawn("parcel", {"parcel.bpmn": DRAWING, "record.json": RECORD, **forms})
    key = start(empty_house, people["alice"], "parcel", {}, once="ask").key
    [(item,)] = rows("SELECT id FROM work_item")
    return key, item


def test_the_field_follows_who_takes_it_and_gives_it_back(empty_house, people, parcel):
    key, item = parcel

    claim(empty_house, people["bob"], item, once="1")
    taken = record(empty_house, people["bob"], key).values
    unclaim(empty_house, people["bob"], item, once="2")

    assert taken["owner"] == "bob"
    assert "owner" not in record(empty_house, people["bob"], key).values
    assert verify(empty_house) == []


def test_who_only_has_it_is_told_apart_from_who_did_it(empty_house, people, parcel):
    key, item = parcel

    before = record(empty_house, people["bob"], key).held
    claim(empty_house, people["bob"], item, once="1")
    taken = record(empty_house, people["bob"], key).held
    complete(empty_house, people["bob"], item, {}, once="2")
    done = record(empty_house, people["bob"], key)

    assert (before, taken) == ({}, {"owner": "Look at it"})
    assert (done.values["owner"], done.held) == ("bob", {})


def test_who_does_it_unclaimed_stands_there_too(empty_house, people, parcel):
    key, item = parcel

    complete(empty_house, people["bob"], item, {}, once="1")

    assert record(empty_house, people["bob"], key).values["owner"] == "bob"


def test_a_condition_about_the_field_is_looked_at_when_the_task_is_taken(
    empty_house, people, parcel
):
    key, item = parcel

    claim(empty_house, people["bob"], item, once="1")

    tasks = record(empty_house, people["bob"], key).tasks
    assert sorted(task.element for task in tasks) == ["greet", "look"]
    assert verify(empty_house) == []


def test_history_says_who_took_it_and_not_that_it_is_done(empty_house, people, parcel):
    key, item = parcel

    claim(empty_house, people["bob"], item, once="1")
    unclaim(empty_house, people["bob"], item, once="2")
    told = [it.sentence for it in history(empty_house, people["bob"], key).rows]

    assert told[2] == "bob took Look at it."
    assert told[-1] == "bob gave Look at it back; bob had it."
    assert not [it for it in told if "done" in it or "owner" in it.lower()]
