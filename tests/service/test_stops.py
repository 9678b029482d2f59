"""What stops for a technical reason: a state that cannot be read, a process that cannot go on."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

import clearway.engine.soundness.search as search
from clearway.engine.values import Bundle
from clearway.service.cancel import cancel
from clearway.service.claim import claim
from clearway.service.complete import complete
from clearway.service.deploy import deploy
from clearway.service.faults import open_faults, retry
from clearway.service.history import history
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, fail_job, finish_job
from clearway.service.start import start
from clearway.service.values import Done
from clearway.service.verify import verify


def redrawn(bundle: Bundle, pattern: str, new: str) -> Bundle:
    """The bundle with another diagram."""
    path = f"{bundle.process}/{bundle.process}.bpmn"
    text, count = re.subn(pattern, new, bundle.files[path].decode())
    assert count
    return replace(bundle, files={**bundle.files, path: text.encode()})


@pytest.fixture
def keep_state(database_url: str) -> Callable[..., bytes]:
    """Puts other bytes in the place of a record's saved state; answers those that were there."""

    def put(key: str, state: bytes) -> bytes:
        with psycopg.connect(database_url) as connection:
            ask = "SELECT engine_state FROM instance WHERE key = %s"
            [(before,)] = connection.execute(ask, [key]).fetchall()
            change = "UPDATE instance SET engine_state = %s WHERE key = %s"
            connection.execute(change, [state, key])
        return before

    return put


def test_a_damaged_state_is_a_fault_for_an_administrator(house, desk, people, keep_state):
    key = desk.ask()
    item = desk.open_item("sort")
    whole = keep_state(key, b"CW\x01 damaged")

    refusal = complete(house, people["bob"], item, {"weight": 1}, once="1")

    assert refusal.code == "faulted"
    assert "an administrator" in refusal.remedy
    [fault] = open_faults(house, people["grace"]).rows
    assert (fault.key, fault.element, fault.who_can_fix) == (key, None, "admin")
    assert "cannot be read" in fault.cause
    assert fault.remedy

    keep_state(key, whole)
    assert isinstance(retry(house, people["grace"], fault.id, once="2"), Done)
    assert open_faults(house, people["grace"]).rows == []
    assert verify(house) == []


def test_a_state_of_another_version_is_a_fault_for_an_administrator(
    house, desk, people, errand, keep_state
):
    old = desk.ask("old")
    later = redrawn(errand, 'name="Sort"', 'name="Look at it"')
    deploy(house, people["grace"], later, parent=1, reason="clearer", once="later")
    new = start(house, people["alice"], "errand", {"what": "new"}, once="new").key
    [(item,)] = desk.rows("SELECT id FROM work_item WHERE name = 'Sort'")
    keep_state(old, keep_state(new, b""))

    refusal = complete(house, people["bob"], item, {"weight": 1}, once="1")

    assert refusal.code == "faulted"
    [fault] = open_faults(house, people["grace"]).rows
    assert (fault.key, fault.element, fault.who_can_fix) == (old, None, "admin")
    assert "version" in fault.cause


def test_a_damaged_state_stops_nothing_but_its_own_record(house, desk, people, keep_state):
    key = desk.ask()
    desk.sort()
    keep_state(key, b"")
    [job] = claim_jobs(house, "w", 1, timedelta(minutes=1))

    assert finish_job(house, job.id, job.fence, {"place": "x"}).code == "faulted"
    assert fail_job(house, job.id, job.fence, "?", code="not_found").code == "stale"
    desk.ask("another pen")
    assert isinstance(claim(house, people["bob"], desk.open_item("sort"), once="1"), Done)
    assert [it.key for it in open_faults(house, people["grace"]).rows] == [key]


@pytest.fixture
def knotted(house, people, errand, monkeypatch) -> House:
    """A house whose errands wait, after they are sorted, for a second token that never comes.

    The gate finds such a knot; here it gives up before, as it does on what is too wide.
    """
    monkeypatch.setattr(search, "MOST_MARKINGS", 1)
    knot = redrawn(
        errand,
        r'(<bpmn:)exclusiveGateway( id="fetch_now">.*?</bpmn:)exclusive',
        r"\1parallelGateway\2parallel",
    )
    reason = "despite scenarios: to be looked at"
    result = deploy(house, people["grace"], knot, parent=1, reason=reason, once="knot")
    assert isinstance(result, Done), result
    return house


def test_what_could_never_go_on_stays_where_it_can(knotted, desk, people, rows):
    key = desk.ask()
    item = desk.open_item("sort")

    refusal = complete(knotted, people["bob"], item, {"weight": 1}, once="1")

    assert refusal.code == "faulted"
    [fault] = open_faults(knotted, people["grace"]).rows
    assert (fault.key, fault.element, fault.who_can_fix) == (key, "fetch_now", "process_owner")
    assert "fetch_now" in fault.cause
    assert rows("SELECT trigger->'request'->'values' FROM fault") == [({"weight": 1},)]
    assert rows("SELECT closed_at FROM work_item") == [(None,)]
    assert verify(knotted) == []


def test_who_can_do_otherwise_needs_no_other_diagram(knotted, desk, people, rows):
    key = desk.ask()
    item = desk.open_item("sort")
    complete(knotted, people["bob"], item, {"weight": 1}, once="1")
    [fault] = open_faults(knotted, people["grace"]).rows

    again = retry(knotted, people["grace"], fault.id, once="2")
    assert again.code == "faulted"
    assert again.text.startswith("It failed again. The process could not go on at fetch_now:")
    lines = [it.sentence for it in history(knotted, people["grace"], key).rows]
    assert [it for it in lines if it.startswith("It failed again at fetch_now: ")]
    assert len(open_faults(knotted, people["grace"]).rows) == 1
    heavy = complete(knotted, people["bob"], item, {"weight": 99}, once="3")

    assert isinstance(heavy, Done), heavy
    assert open_faults(knotted, people["grace"]).rows == []
    assert cancel(knotted, people["grace"], key, "no way on", once="4").ended
    assert verify(knotted) == []


# The gate lets the wait pass, for the other branch may end everything; here it does not.
ALONE = """<definitions id="d" targetNamespace="urn:test"
    xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:clearway="urn:clearway:bpmn:1">
  <process id="watch" name="Watch" isExecutable="true">
    <laneSet id="lanes"><lane id="all" name="Desk" clearway:role="desk">
      <flowNodeRef>look</flowNodeRef><flowNodeRef>seven</flowNodeRef>
    </lane></laneSet>
    <startEvent id="begun" name="Begun"/>
    <parallelGateway id="part"/>
    <userTask id="look" name="Look"/>
    <intermediateCatchEvent id="seven" name="Seven"><conditionalEventDefinition id="is_seven">
      <condition xsi:type="tFormalExpression">record.weight = 7</condition>
    </conditionalEventDefinition></intermediateCatchEvent>
    <endEvent id="seen" name="Seen"/>
    <exclusiveGateway id="heavy" name="Heavy?" default="not_heavy"/>
    <endEvent id="over" name="Over"><terminateEventDefinition id="all_over"/></endEvent>
    <endEvent id="light" name="Light"/>
    <sequenceFlow id="to_part" sourceRef="begun" targetRef="part"/>
    <sequenceFlow id="to_look" sourceRef="part" targetRef="look"/>
    <sequenceFlow id="to_heavy" sourceRef="part" targetRef="heavy"/>
    <sequenceFlow id="to_seven" sourceRef="look" targetRef="seven"/>
    <sequenceFlow id="to_seen" sourceRef="seven" targetRef="seen"/>
    <sequenceFlow id="is_heavy" sourceRef="heavy" targetRef="over">
      <conditionExpression xsi:type="tFormalExpression">record.weight = 9</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="not_heavy" sourceRef="heavy" targetRef="light"/>
  </process>
</definitions>"""
WATCH = '{"x-key-prefix": "WAT", "type": "object", "properties": {"weight": {"type": "integer"}}}'


def test_what_would_wait_for_a_condition_alone_stays_where_it_can(deploy_drawn, people, rows):
    house = deploy_drawn("watch", {"watch.bpmn": ALONE, "record.json": WATCH})
    start(house, people["bob"], "watch", {}, once="1")
    [(item,)] = rows("SELECT id FROM work_item WHERE closed_at IS NULL")

    refusal = complete(house, people["bob"], item, {}, once="2")

    assert refusal.code == "faulted"
    assert "condition" in refusal.text
    assert verify(house) == []


def _due(errand, text):
    """The errand with a due time of its first task that this expression gives."""
    files = dict(errand.files)
    drawn = files["errand/errand.bpmn"].decode()
    before = 'clearway:due="duration(&quot;PT4H&quot;)"'
    assert before in drawn
    files["errand/errand.bpmn"] = drawn.replace(before, f'clearway:due="{text}"').encode()
    return replace(errand, files=files)


def test_what_cannot_be_opened_waits_behind_a_fault(empty_house, people, errand, rows):
    house, grace = empty_house, people["grace"]
    wrong = _due(errand, "record.what")
    deploy(house, grace, wrong, parent=None, reason="first", once="deploy")

    refusals = [
        start(house, people["alice"], "errand", {"what": "a pen"}, once="sent") for _ in range(2)
    ]

    assert {it.code for it in refusals} == {"faulted"}
    assert "What was sent is kept: the process owner sees it" in refusals[0].remedy
    assert rows("SELECT count(*) FROM instance") == [(0,)]
    [fault] = open_faults(house, grace).rows
    assert (fault.key, fault.process, fault.element) == (None, "errand", "sort")
    assert fault.sender == "alice"
    still = retry(house, grace, fault.id, once="too early")
    assert still.code == "faulted"
    mended = deploy(house, grace, errand, parent=1, reason="mended", once="mended")
    assert isinstance(mended, Done), mended

    done = retry(house, grace, fault.id, once="again")

    assert isinstance(done, Done), done
    assert open_faults(house, grace).rows == []
    assert rows("SELECT key, requester FROM instance") == [(done.key, "alice")]
    sent_again = start(house, people["alice"], "errand", {"what": "a pen"}, once="sent")
    assert (sent_again.key, sent_again.repeated) == (done.key, True)
    assert verify(house) == []
