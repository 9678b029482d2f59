"""The work of people who have left never falls between chairs."""

import psycopg
import pytest

from clearway.service.assign import assign
from clearway.service.claim import claim, unclaim
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.doctor import examine
from clearway.service.history import history
from clearway.service.inbox import inbox, inbox_counts
from clearway.service.open_work import open_work
from clearway.service.record import record
from clearway.service.registry import import_csv
from clearway.service.start import start
from clearway.service.task import task
from clearway.service.values import Actor, Done
from clearway.service.verify import verify

DRAWING = """<definitions id="d" targetNamespace="urn:test"
    xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:clearway="urn:clearway:bpmn:1">
  <message id="hold_message" name="parcel.hold"/>
  <message id="resume_message" name="parcel.resume"/>
  <message id="reply_message" name="comment.requester"/>
  <process id="parcel" name="Parcel" isExecutable="true">
    <laneSet id="lanes">
      <lane id="asks" name="Asks" clearway:role="requester"><flowNodeRef>asked</flowNodeRef></lane>
      <lane id="desk" name="Desk" clearway:role="desk">
        <flowNodeRef>again</flowNodeRef><flowNodeRef>look</flowNodeRef>
        <flowNodeRef>hold</flowNodeRef><flowNodeRef>held</flowNodeRef>
        <flowNodeRef>reply</flowNodeRef><flowNodeRef>resume</flowNodeRef>
        <flowNodeRef>tell_reply</flowNodeRef><flowNodeRef>tell_resumed</flowNodeRef>
        <flowNodeRef>pack</flowNodeRef><flowNodeRef>over</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="asked" name="Asked"/>
    <exclusiveGateway id="again"/>
    <userTask id="look" name="Look at it" clearway:group="record.team"
        clearway:assignee="record.owner" clearway:holder="record.owner" clearway:state="open"/>
    <boundaryEvent id="hold" name="Hold" attachedToRef="look" clearway:action="Put on hold"
        clearway:role="desk" clearway:only="record.owner">
      <messageEventDefinition id="hold_caught" messageRef="hold_message"/>
    </boundaryEvent>
    <eventBasedGateway id="held"/>
    <intermediateCatchEvent id="reply" name="Reply" clearway:state="on_hold">
      <messageEventDefinition id="reply_caught" messageRef="reply_message"/>
    </intermediateCatchEvent>
    <intermediateCatchEvent id="resume" name="Resume" clearway:action="Resume work"
        clearway:role="desk" clearway:only="record.owner" clearway:state="on_hold">
      <messageEventDefinition id="resume_caught" messageRef="resume_message"/>
    </intermediateCatchEvent>
    <sendTask id="tell_reply" name="Tell the owner of the reply" clearway:notice="news"
        clearway:to="if record.owner = null then record.team else record.owner"/>
    <sendTask id="tell_resumed" name="Tell the owner" clearway:notice="news"
        clearway:to="if record.owner = null then record.team else record.owner"/>
    <userTask id="pack" name="Pack it" clearway:group="record.team"
        clearway:assignee="record.packer" clearway:state="packing"/>
    <endEvent id="over" name="Over"/>
    <sequenceFlow id="f1" sourceRef="asked" targetRef="again"/>
    <sequenceFlow id="f2" sourceRef="again" targetRef="look"/>
    <sequenceFlow id="f3" sourceRef="hold" targetRef="held"/>
    <sequenceFlow id="f4" sourceRef="held" targetRef="reply"/>
    <sequenceFlow id="f5" sourceRef="held" targetRef="resume"/>
    <sequenceFlow id="f6" sourceRef="reply" targetRef="tell_reply"/>
    <sequenceFlow id="f7" sourceRef="tell_reply" targetRef="held"/>
    <sequenceFlow id="f8" sourceRef="resume" targetRef="tell_resumed"/>
    <sequenceFlow id="f9" sourceRef="tell_resumed" targetRef="again"/>
    <sequenceFlow id="f10" sourceRef="look" targetRef="pack"/>
    <sequenceFlow id="f11" sourceRef="pack" targetRef="over"/>
  </process>
</definitions>"""
RECORD = """{"x-key-prefix": "PAR", "x-requester": "who", "type": "object", "properties": {
    "who": {"type": "string", "title": "Who asks"},
    "owner": {"type": "string", "title": "Owner"},
    "packer": {"type": "string", "title": "Packer"},
    "team": {"type": "string", "title": "Team"}}}"""
ASKED = """{"type": "object", "properties": {
    "owner": {"type": "string"}, "packer": {"type": "string"}, "team": {"type": "string"}}}"""
CONFIRM = '{"type": "object", "properties": {}}'
NEWS = "Subject: News\n\nThere is news.\n"


@pytest.fixture
def leaves(database_url):
    """Somebody is not active any more."""

    def left(person):
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE person SET active = false WHERE name = %s", [person])

    return left


@pytest.fixture
def item(house, people, desk):
    """The task `sort` of an errand, which carol has."""
    desk.ask()
    number = desk.open_item("sort")
    claim(house, people["carol"], number, once="carol claims")
    return number


@pytest.fixture
def parcel(deploy_drawn, empty_house, people, rows):
    """Opens a parcel and answers its key; its task `look` is given to carol."""
    forms = {f"forms/{name}.json": CONFIRM for name in ("look", "pack", "hold", "resume")}
    files = {"parcel.bpmn": DRAWING, "record.json": RECORD, "messages/news.md.j2": NEWS}
    deploy_drawn("parcel", {**files, "forms/asked.json": ASKED, **forms})
    values = {"owner": "carol", "packer": "carol", "team": "desk"}
    done = start(empty_house, people["alice"], "parcel", values, once="ask")
    assert isinstance(done, Done), done
    return done.key


def told(house, actor, key):
    """The sentences of history, the newest first."""
    return [it.sentence for it in history(house, actor, key).rows][::-1]


def notices(rows):
    """To whom each notice goes, in their order."""
    return [to for (to,) in rows("SELECT inputs->'to' FROM job WHERE token IS NULL ORDER BY id")]


def open_item(rows):
    """Id, element and assignee of the open task."""
    [found] = rows("SELECT id, element, assignee FROM work_item WHERE closed_at IS NULL")
    return found


def test_what_a_leaver_had_is_unclaimed_for_those_who_may_take_it(house, people, item, leaves):
    bob, erin = people["bob"], people["erin"]
    assert inbox(house, bob, view="unclaimed").rows == []
    assert not record(house, bob, "ERR-1001").tasks[0].may_claim

    leaves("carol")

    [row] = inbox(house, bob, view="unclaimed").rows
    [shown] = record(house, bob, "ERR-1001").tasks
    page = task(house, bob, item)
    assert (row.id, row.may_claim, row.assignee, row.has_left) == (item, True, "carol", True)
    assert (shown.may_claim, shown.has_left) == (True, True)
    assert (page.may_claim, page.item.may_claim, page.may_complete) == (True, True, True)
    assert inbox_counts(house, bob) == {"mine": 0, "unclaimed": 1, "all": 1}
    assert inbox(house, erin, view="unclaimed").rows == []
    assert open_work(house).unclaimed == 1


def test_history_says_from_which_leaver_it_was_taken_over(house, people, item, leaves):
    leaves("carol")

    assert claim(house, people["erin"], item, once="1").code == "not_allowed"
    assert isinstance(claim(house, people["bob"], item, once="2"), Done)

    assert (
        told(house, people["bob"], "ERR-1001")[0] == "bob took Sort over from carol, who has left."
    )
    assert [it.id for it in inbox(house, people["bob"]).rows] == [item]
    assert inbox(house, people["bob"], view="unclaimed").rows == []


def test_a_leaver_s_task_is_given_back_by_a_colleague(house, people, item, leaves):
    leaves("carol")
    bob = people["bob"]

    assert isinstance(unclaim(house, bob, item, once="1"), Done)
    assert told(house, bob, "ERR-1001")[0] == "bob gave Sort back; carol, who has left, had it."


def test_a_leaver_s_task_is_given_to_a_colleague(house, people, item, leaves):
    leaves("carol")

    assert isinstance(assign(house, people["grace"], item, "bob", once="1"), Done)

    told_last = told(house, people["bob"], "ERR-1001")[0]
    assert told_last == "grace gave Sort to bob; carol, who has left, had it."


def test_a_leaver_s_task_is_done_by_a_colleague(house, people, item, leaves):
    leaves("carol")

    assert complete(house, people["erin"], item, {"weight": 1}, once="1").code == "not_allowed"
    assert isinstance(complete(house, people["bob"], item, {"weight": 1}, once="2"), Done)

    sentences = told(house, people["bob"], "ERR-1001")
    assert any(it.startswith("bob completed Sort, which carol left") for it in sentences)


def test_what_goes_back_to_a_leaver_goes_to_the_group(parcel, empty_house, people, rows, leaves):
    send(empty_house, people["carol"], parcel, "hold", {}, once="hold")
    leaves("carol")

    done = send(empty_house, people["bob"], parcel, "resume", {}, once="resume")

    assert isinstance(done, Done), done
    number, element, assignee = open_item(rows)
    assert (element, assignee) == ("look", None)
    page = record(empty_house, people["bob"], parcel)
    assert "owner" not in page.values
    assert notices(rows) == [["desk"]]
    assert [it.id for it in inbox(empty_house, people["bob"], view="unclaimed").rows] == [number]
    sentences = told(empty_house, people["bob"], parcel)
    assert any(it.startswith("Look at it did not go to carol, who has left") for it in sentences)
    assert verify(empty_house) == []


def test_only_the_group_ends_the_hold_of_a_leaver(
    parcel, empty_house, people, leaves, rows, database_url
):
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO group_role VALUES ('board', 'desk')")
    send(empty_house, people["carol"], parcel, "hold", {}, once="hold")
    before = send(empty_house, people["bob"], parcel, "resume", {}, once="early")
    outsider = Actor("erin", roles=frozenset({"board", "desk"}), groups=frozenset({"board"}))

    leaves("carol")

    assert before.text == "carol has it."
    refused = send(empty_house, outsider, parcel, "resume", {}, once="1")
    assert refused.text == "This is for the group desk."
    assert [it.element for it in record(empty_house, people["bob"], parcel).actions] == ["resume"]
    assert record(empty_house, outsider, parcel).actions == []
    assert isinstance(send(empty_house, people["bob"], parcel, "resume", {}, once="2"), Done)


def test_the_button_on_the_task_of_a_leaver_is_for_its_group(parcel, empty_house, people, leaves):
    leaves("carol")

    assert isinstance(send(empty_house, people["bob"], parcel, "hold", {}, once="1"), Done)


def test_news_for_a_leaver_goes_to_the_group(parcel, empty_house, people, rows, leaves):
    send(empty_house, people["carol"], parcel, "hold", {}, once="hold")
    leaves("carol")

    done = comment(empty_house, people["alice"], parcel, "Well?", public=True, once="1")

    assert isinstance(done, Done), done
    assert notices(rows) == [["desk"]]
    # Nobody has been given anything: who had it last still stands there.
    assert record(empty_house, people["bob"], parcel).values["owner"] == "carol"


def test_whom_a_field_names_gets_no_task_after_leaving(parcel, empty_house, people, rows, leaves):
    [(number,)] = rows("SELECT id FROM work_item")
    claim(empty_house, people["carol"], number, once="claim")
    leaves("carol")

    complete(empty_house, people["bob"], number, {}, once="1")

    assert open_item(rows)[1:] == ("pack", None)
    values = record(empty_house, people["bob"], parcel).values
    assert (values["owner"], values["packer"]) == ("bob", "carol")


def test_the_doctor_names_the_work_of_leavers(parcel, empty_house, people, leaves, rows):
    def sign():
        [found] = [it for it in examine(empty_house) if it.subject == "leavers"]
        return found

    assert sign().well
    leaves("carol")
    has_task = sign()
    send(empty_house, people["bob"], parcel, "hold", {}, once="hold")
    on_hold = sign()

    assert not has_task.well
    assert has_task.text == (
        "1 open task hangs on somebody who has left: PAR-1001 Look at it (carol)."
    )
    assert "Unclaimed" in has_task.remedy
    assert not on_hold.well
    assert on_hold.text == (
        "1 hold or the like is for somebody who has left: PAR-1001 Resume work (carol)."
    )
    send(empty_house, people["bob"], parcel, "resume", {}, once="resume")
    assert sign().well


def test_the_import_says_what_a_leaver_leaves_behind(house, people, item):
    admin = Actor("trent", roles=frozenset({"admin"}))
    left = "name,full_name,active\ncarol,Carol,no\nerin,Erin,no\n"

    tried = import_csv(house, admin, "people", left, once="1", dry_run=True)
    done = import_csv(house, admin, "people", left, once="2")

    assert done.details["left_behind"] == tried.details["left_behind"]
    assert done.details["left_behind"] == [
        "carol leaves 1 open task behind, which those may claim now who may do it: ERR-1001."
    ]
