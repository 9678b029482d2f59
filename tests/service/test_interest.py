"""Who has an interest never votes: not by handing it on, nor when it only comes to be theirs."""

import json
import random
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from clearway.engine.values import Bundle
from clearway.service.assign import assign
from clearway.service.claim import claim
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.deploy import deploy
from clearway.service.inbox import inbox
from clearway.service.link import link
from clearway.service.migrate import migrate
from clearway.service.start import start
from clearway.service.task import task
from clearway.service.values import Actor, Done
from clearway.service.verify import verify
from clearway.service.vote import vote
from clearway.store.absences import everybody_behind, people_behind
from processes.casting import without_vote


def test_an_interest_is_not_lost_by_handing_it_on_twice(house, people, item, absent):
    absent("alice", "dave")
    absent("dave", "carol")

    direct = vote(house, people["dave"], item, "chair", "approve", once="1")
    indirect = vote(house, people["carol"], item, "chair", "approve", once="2")

    assert "interest" in direct.text
    assert "interest" in indirect.text
    assert inbox(house, people["carol"], view="mine").rows == []
    assert "Nobody can take the seat chair" in task(house, people["erin"], item).round.standing


@pytest.fixture
def bring(desk):
    """The task of an errand that must not be done by bob, who sorted it."""
    desk.ask("a pen")
    desk.sort()
    desk.fetch()
    return desk.open_item("bring")


def test_nor_may_they_do_what_somebody_else_must_do(house, people, bring, absent):
    absent("bob", "alice")
    absent("alice", "carol")

    done = complete(house, people["carol"], bring, {}, once="1")

    assert done.text == "You stand in for bob, who did Sort: somebody else must do this."


def test_nor_may_whom_the_process_keeps_out(house, people, desk, rows, errand):
    path, drawn = "errand/errand.bpmn", errand.files["errand/errand.bpmn"].decode()
    kept_out = drawn.replace(
        'clearway:not-same-person-as="sort"><', 'clearway:excluded="[&quot;bob&quot;]"><'
    )
    bundle = Bundle("errand", {**errand.files, path: kept_out.encode()})
    deployed = deploy(house, people["grace"], bundle, parent=1, reason="apart", once="apart")
    assert isinstance(deployed, Done), deployed
    desk.ask("a pen")
    desk.sort()
    desk.fetch()
    bring = desk.open_item("bring")

    claimed = claim(house, people["bob"], bring, once="1")
    given = assign(house, people["grace"], bring, "bob", once="2")

    assert claimed.text == "You are kept out of this by the process: somebody else must do it."
    assert given.text == "bob is kept out of this by the process."
    assert isinstance(claim(house, people["carol"], bring, once="3"), Done)
    assert verify(house) == []
    rows("UPDATE work_item SET excluded = '{}' WHERE element = 'bring' RETURNING 1")
    assert any("may be done by bob by its row" in it for it in verify(house))
    rows("UPDATE work_item SET excluded = '{bob,carol}' WHERE element = 'bring' RETURNING 1")
    assert any("may not be done by carol by its row" in it for it in verify(house))


def test_who_did_another_part_may_not_vote_nor_do_what_they_voted_on(
    house, people, desk, rows, errand
):
    """Neither way, whatever role they have; an approval is a part like others."""
    path, drawn = "errand/errand.bpmn", errand.files["errand/errand.bpmn"].decode()
    apart = drawn.replace(
        'clearway:result="decision"',
        'clearway:result="decision" clearway:not-same-person-as="sort"',
    ).replace(
        'clearway:not-same-person-as="sort"><', 'clearway:not-same-person-as="sort approve"><'
    )
    bundle = Bundle("errand", {**errand.files, path: apart.encode()})
    deployed = deploy(house, people["grace"], bundle, parent=1, reason="apart", once="apart")
    assert isinstance(deployed, Done), deployed
    rows(
        "INSERT INTO membership (person, group_name) VALUES ('bob', 'board'), ('dave', 'desk')"
        " RETURNING 1"
    )
    bob, dave = (
        Actor(
            name, roles=people[name].roles | {"board", "desk"}, groups=frozenset({"board", "desk"})
        )
        for name in ("bob", "dave")
    )
    desk.ask("a piano")
    desk.sort(weight=200)
    item = desk.open_item("approve")

    refused = vote(house, bob, item, "one", "approve", once="1")
    vote(house, people["erin"], item, "one", "approve", once="2")
    decided = vote(house, people["dave"], item, "chair", "approve", once="3")
    desk.fetch()
    bring = desk.open_item("bring")

    assert (refused.code, "interest" in refused.text) == ("not_allowed", True)
    assert decided.details["outcome"] == "approved"
    assert claim(house, dave, bring, once="4").text == (
        "You did Approve, so somebody else must do this."
    )
    assert isinstance(claim(house, people["carol"], bring, once="5"), Done)
    assert verify(house) == []


def test_it_is_given_to_nobody_who_stands_in_for_who_did_the_other_part(
    house, people, bring, absent
):
    absent("bob", "alice")
    absent("alice", "carol")

    refused = assign(house, people["grace"], bring, "carol", once="1")

    assert refused.text == "carol stands in for bob, who did another part of this."
    offered = task(house, people["grace"], bring, names_people=True)
    assert offered.may_assign
    assert "carol" not in offered.assignable


def test_who_has_it_and_may_not_do_it_any_more_keeps_nobody_from_it(
    house, people, bring, rows, absent
):
    rows("INSERT INTO membership (person, group_name) VALUES ('dave', 'desk') RETURNING 1")
    dave = Actor("dave", roles=frozenset({"desk"}), groups=frozenset({"desk"}))
    claim(house, people["carol"], bring, once="1")
    absent("bob", "carol")

    assert isinstance(claim(house, dave, bring, once="2"), Done)


@pytest.mark.parametrize("seed", range(8))
def test_who_is_behind_somebody_is_whoever_bars_them(
    empty_house, people, database_url, hand_clock, seed
):
    dice, now, names = random.Random(seed), hand_clock(), sorted(people)
    pairs = [tuple(dice.sample(names, 2)) for _ in range(dice.randint(0, 7))]
    with psycopg.connect(database_url) as connection:
        for person, delegate in dict.fromkeys(pairs):
            connection.execute(
                "INSERT INTO absence (person, delegate, from_at, until_at) VALUES (%s, %s, %s, %s)",
                (person, delegate, now - timedelta(hours=1), now + timedelta(hours=1)),
            )
    lent = {name: [to for person, to in pairs if person == name] for name in names}

    for name in names:
        found = empty_house.store.look(lambda it, name=name: people_behind(it, name, now))
        barring = {other for other in names if name in without_vote([other], lent)}
        assert {it.name for it in found} | {name} == barring
        assert {it.name for it in found if it.is_direct} == {p for p, to in pairs if to == name}
        everybody = empty_house.store.look(lambda it: everybody_behind(it, now))
        assert everybody.get(name, frozenset()) == {it.name for it in found}


@pytest.fixture(params=[True, False], ids=["material", "not material"])
def changing(request, empty_house, people, errand, rows):
    """An approval in whose course may change who asked, and who sits on the last seat."""
    files = dict(errand.files)
    record = json.loads(files["errand/record.json"])
    record["properties"]["who"] |= {"x-material": request.param, "type": ["string", "null"]}
    files["errand/record.json"] = json.dumps(record).encode()
    news = json.loads(files["errand/forms/news.json"])
    news["properties"]["who"] = {"type": ["string", "null"], "title": "Who asked"}
    news["properties"]["place"] = {"type": "string", "title": "Where"}
    files["errand/forms/news.json"] = json.dumps(news).encode()
    drawn = files["errand/errand.bpmn"].decode()
    drawn = drawn.replace(
        'id="two" role="board"', 'id="two" person="record.who" mandatory="true"'
    ).replace(
        'clearway:excluded="[record.who]"',
        'clearway:excluded="[record.who]" clearway:deadline="duration(&quot;PT2H&quot;)"',
    )
    files["errand/errand.bpmn"] = drawn.encode()
    bundle = replace(errand, files=files)
    reason = "despite scenarios: only a test"
    done = deploy(empty_house, people["grace"], bundle, parent=None, reason=reason, once="deploy")
    assert isinstance(done, Done), done
    return empty_house


@pytest.fixture
def asked(changing, people, rows):
    """Its open approval of a piano."""
    start(changing, people["alice"], "errand", {"what": "a piano"}, once="0")
    [(sort,)] = rows("SELECT id FROM work_item WHERE element = 'sort'")
    complete(changing, people["bob"], sort, {"weight": 200}, once="1")
    [(item,)] = rows("SELECT id FROM work_item WHERE element = 'approve'")
    return item


def test_what_is_not_looked_at_and_bears_on_nobody_leaves_the_round(changing, people, rows, asked):
    vote(changing, people["erin"], asked, "one", "approve", once="2")

    done = send(changing, people["bob"], "ERR-1001", "news", {"place": "attic"}, once="3")

    assert isinstance(done, Done), done
    assert rows("SELECT outcome FROM round") == [(None,)]
    assert rows("SELECT person FROM ballot WHERE NOT replaced") == [("erin",)]


@pytest.mark.parametrize("nobody", [None, "", "  "])
def test_what_would_leave_a_seat_empty_that_must_vote_is_refused(
    changing, people, rows, asked, nobody
):
    refused = send(changing, people["bob"], "ERR-1001", "news", {"who": nobody}, once="3")

    assert refused.code == "invalid"
    assert refused.text == "Nobody sits on the mandatory seat `two`: `record.who` is empty."
    assert rows("SELECT * FROM fault") == []
    assert rows("SELECT outcome FROM round") == [(None,)]


def test_a_voided_round_asks_anew_who_has_an_interest_and_who_sits_where(
    changing, people, rows, hand_clock, asked
):
    item = asked
    vote(changing, people["erin"], item, "one", "approve", once="2")
    hand_clock.move_to(hand_clock() + timedelta(hours=1))

    done = send(changing, people["bob"], "ERR-1001", "news", {"who": "dave"}, once="3")
    chair = vote(changing, people["dave"], item, "chair", "approve", once="4")
    seat = vote(changing, people["erin"], item, "one", "approve", once="5")

    assert isinstance(done, Done), done
    assert "interest" in chair.text
    assert isinstance(seat, Done), seat
    assert rows("SELECT excluded, outcome FROM round ORDER BY id") == [
        (["alice"], "voided"),
        (["dave"], None),
    ]
    assert rows(
        "SELECT r.revision, s.person FROM seat s JOIN round r ON r.id = s.round_id"
        " WHERE s.name = 'two' ORDER BY 1"
    ) == [(1, "alice"), (2, "dave")]
    [(first,), (second,)] = rows("SELECT deadline FROM round ORDER BY id")
    assert second - first == timedelta(hours=1)
    assert rows("SELECT due_at FROM work_item WHERE id = %s", item) == [(second,)]
    assert verify(changing) == []


FORKED = """<definitions id="d" targetNamespace="urn:test"
    xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:clearway="urn:clearway:bpmn:1">
  <process id="forked" name="Forked" isExecutable="true">
    <laneSet id="lanes">
      <lane id="all" name="All" clearway:role="requester">
        <flowNodeRef>asked</flowNodeRef><flowNodeRef>fork</flowNodeRef>
        <flowNodeRef>settle</flowNodeRef><flowNodeRef>settled</flowNodeRef>
        <flowNodeRef>approve</flowNodeRef><flowNodeRef>over</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="asked" name="Asked"/>
    <parallelGateway id="fork"/>
    <userTask id="approve" name="Approve" clearway:state="approval"
        clearway:rule="line_manager_approves" clearway:result="decision"
        clearway:excluded="[record.doer]"
        clearway:deadline='if record.doer = "dave" then duration("PT1H") else null'>
      <extensionElements>
        <clearway:seat id="one" role="board" mandatory="true"/>
      </extensionElements>
    </userTask>
    <scriptTask id="settle" name="Settle" scriptFormat="text/feel" clearway:result="record.doer">
      <script>"dave"</script>
    </scriptTask>
    <endEvent id="settled" name="Settled"/>
    <endEvent id="over" name="Over" clearway:state="over"/>
    <sequenceFlow id="to_fork" sourceRef="asked" targetRef="fork"/>
    <sequenceFlow id="to_approve" sourceRef="fork" targetRef="approve"/>
    <sequenceFlow id="to_settle" sourceRef="fork" targetRef="settle"/>
    <sequenceFlow id="to_settled" sourceRef="settle" targetRef="settled"/>
    <sequenceFlow id="to_over" sourceRef="approve" targetRef="over"/>
  </process>
</definitions>"""
FIELDS = """{"x-key-prefix": "FOR", "type": "object", "properties": {
    "doer": {"type": "string"},
    "decision": {"type": "string", "enum": ["approved", "rejected"]}}}"""
DOER = """{"type": "object", "properties": {"doer": {"type": "string"}}}"""


def test_a_round_knows_what_changed_in_the_very_command_that_opened_it(deploy_drawn, people, rows):
    files = {"forked.bpmn": FORKED, "record.json": FIELDS, "forms/asked.json": DOER}
    house = deploy_drawn("forked", files)
    start(house, people["alice"], "forked", {"doer": "erin"}, once="1")
    [(item, due, opened)] = rows("SELECT id, due_at, opened_at FROM work_item")

    assert rows("SELECT excluded FROM round") == [(["dave"],)]
    assert due - opened == timedelta(hours=1)
    assert "interest" in vote(house, people["dave"], item, "one", "approve", once="2").text
    assert isinstance(vote(house, people["erin"], item, "one", "approve", once="3"), Done)
    assert verify(house) == []


def test_what_changes_while_a_record_is_moved_voids_its_round(deploy_drawn, people, rows):
    asks = """<userTask id="ask" name="Ask"/>
    <boundaryEvent id="known" name="Known" attachedToRef="ask">
      <conditionalEventDefinition id="known_condition">
        <condition>record.doer = "frank"</condition>
      </conditionalEventDefinition>
    </boundaryEvent>
    <endEvent id="answered" name="Answered"/>
    <sequenceFlow id="to_ask" sourceRef="fork" targetRef="ask"/>
    <sequenceFlow id="to_answered" sourceRef="ask" targetRef="answered"/>
    <sequenceFlow id="to_settle" sourceRef="known" targetRef="settle"/>"""
    first = (
        FORKED.replace('<sequenceFlow id="to_settle" sourceRef="fork" targetRef="settle"/>', asks)
        .replace(
            "</lane>",
            "<flowNodeRef>ask</flowNodeRef><flowNodeRef>known</flowNodeRef>"
            "<flowNodeRef>answered</flowNodeRef></lane>",
        )
        .replace(' clearway:state="approval"', "")
        .replace(' clearway:state="over"', "")
    )
    files = {
        "forked.bpmn": first,
        "record.json": FIELDS.replace('"doer": {', '"doer": {"x-material": true, '),
        "forms/asked.json": DOER,
        "forms/ask.json": """{"type": "object", "properties": {}}""",
    }
    house = deploy_drawn("forked", files)
    start(house, people["alice"], "forked", {"doer": "erin"}, once="1")
    changed = {f"forked/{path}": text.encode() for path, text in files.items()}
    changed["forked/forked.bpmn"] = (
        first.replace('"frank"', '"erin"').replace('name="Approve"', 'name="Approve it"').encode()
    )
    bundle = Bundle("forked", changed)
    deployed = deploy(house, people["grace"], bundle, parent=1, reason="more", once="2")
    assert isinstance(deployed, Done), deployed

    moved = migrate(house, people["grace"], "FOR-1001", 2, {}, "it goes on", once="3")

    assert isinstance(moved, Done), moved
    assert rows("SELECT excluded, outcome FROM round ORDER BY id") == [
        (["erin"], "voided"),
        (["dave"], None),
    ]
    [(name, due, opened)] = rows(
        "SELECT name, due_at, opened_at FROM work_item WHERE element = 'approve'"
    )
    assert (name, due - opened) == ("Approve it", timedelta(hours=1))
    assert verify(house) == []


@pytest.mark.parametrize(
    "excluded",
    [
        "if now &gt; @&quot;2026-03-02T10:00:00Z&quot; then [&quot;bob&quot;] else []",
        "if count(linked.waits_for) &gt; 0 then [&quot;bob&quot;] else []",
    ],
)
def test_a_round_that_looks_at_more_than_its_record_is_as_it_was_asked_for(
    house, people, desk, errand, hand_clock, excluded
):
    path, drawn = "errand/errand.bpmn", errand.files["errand/errand.bpmn"].decode()
    looking = drawn.replace("[record.who]", excluded)
    bundle = Bundle("errand", {**errand.files, path: looking.encode()})
    assert isinstance(
        deploy(house, people["grace"], bundle, parent=1, reason="looks", once="looks"), Done
    )
    key = desk.ask("a piano")
    desk.sort(100)
    other = desk.ask("a book")

    hand_clock.move_to(hand_clock() + timedelta(days=2))
    assert isinstance(link(house, people["grace"], other, "waits_for", key, once="link"), Done)

    assert verify(house) == []


def test_a_version_that_is_back_is_the_one_that_its_records_are_of(house, people, desk, errand):
    path, drawn = "errand/errand.bpmn", errand.files["errand/errand.bpmn"]
    between = Bundle("errand", {**errand.files, path: drawn + b"\n"})
    for number, bundle in ((1, between), (2, errand)):
        reason = f"after {number}"
        done = deploy(house, people["grace"], bundle, parent=number, reason=reason, once=reason)
        assert isinstance(done, Done), done

    desk.ask("a pen")

    assert verify(house) == []
