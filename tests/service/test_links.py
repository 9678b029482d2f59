"""Links between records: made once, told once, made by forms, and asked for by diagrams."""

import json
import threading
from dataclasses import replace

import psycopg
import pytest

from clearway.engine.values import Bundle
from clearway.service.cancel import cancel
from clearway.service.complete import complete
from clearway.service.deliver import deliver_waiting, send
from clearway.service.deploy import deploy
from clearway.service.history import history
from clearway.service.link import link
from clearway.service.migrate import migrate, rehearse
from clearway.service.start import start
from clearway.service.values import Actor, Done
from clearway.service.verify import verify
from clearway.store.links import leading_to

_KEY = {"type": "string", "title": "Key", "maxLength": 40}


@pytest.fixture
def keys(house, people) -> list[str]:
    """Two errands."""
    return [
        start(house, people["alice"], "errand", {"what": what}, once=what).key
        for what in ("a pen", "a book")
    ]


def test_a_link_that_is_there_already_changes_nothing(house, people, keys):
    first = link(house, people["bob"], keys[0], "relates_to", keys[1], once="first")
    second = link(house, people["bob"], keys[0], "relates_to", keys[1], once="second")

    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert (first.details["added"], second.details["added"]) == (True, False)
    assert second.revision == first.revision
    assert verify(house) == []


def test_no_record_is_made_a_part_of_its_own_part_by_hand(house, people, keys, rows):
    larger, smaller = keys
    link(house, people["bob"], larger, "parent_of", smaller, once="first")

    circle = link(house, people["bob"], smaller, "parent_of", larger, once="second")
    unseen = link(house, Actor("zoe"), smaller, "parent_of", larger, once="third")

    assert (circle.code, circle.text) == ("invalid", f"{smaller} is itself a part of {larger}.")
    assert unseen.code == "not_found"
    assert rows("SELECT from_key, to_key FROM link") == [(larger, smaller)]


def test_what_says_itself_that_it_is_a_part_is_made_none_by_hand(
    linking, house, people, keys, rows
):
    larger, smaller = keys

    refusal = link(house, people["bob"], larger, "parent_of", smaller, once="by hand")

    assert refusal.code == "invalid"
    assert refusal.remedy == f"Open {smaller} and name {larger} in its form there."
    assert rows("SELECT * FROM link") == []


@pytest.fixture
def linking(errand):
    """An errand whose forms name other errands, and which tells at its end what waits for it."""
    files = dict(errand.files)
    record = json.loads(files["errand/record.json"])
    record["properties"] |= {"after": _KEY, "part_of": _KEY}
    record["properties"]["asked_by"] = {**_KEY, "x-link": "relates_to"}
    record["properties"]["like"] = {"type": "array", "title": "Like", "items": _KEY}
    files["errand/record.json"] = json.dumps(record).encode()
    fields = {
        "asked": {"like": {**record["properties"]["like"], "x-link": "relates_to"}},
        "sort": {"part_of": {**_KEY, "x-link": "part_of", "x-of": ["errand"]}},
        "hold": {
            "after": {**_KEY, "x-link": "waits_for", "x-open": True},
            "part_of": {**_KEY, "x-link": "part_of", "x-in": ["new", "fetching"]},
        },
    }
    for form, more in fields.items():
        path = f"errand/forms/{form}.json"
        schema = json.loads(files[path])
        schema["properties"] |= more
        files[path] = json.dumps(schema).encode()
    drawn = files["errand/errand.bpmn"].decode()
    before = '<bpmn:endEvent id="closed" name="Closed" clearway:state="closed">'
    assert before in drawn
    event = '<bpmn:messageEventDefinition id="closed_told" messageRef="reply_message"/>'
    drawn = drawn.replace(
        f"{before}<bpmn:incoming>f12</bpmn:incoming>",
        f'{before[:-1]} clearway:to="linked.waits_for"><bpmn:incoming>f12</bpmn:incoming>{event}',
    )
    what = '<clearway:output field="what" value="message.what"/>'
    assert what in drawn
    asked_by = '<clearway:output field="asked_by" value="message.asked_by"/>'
    files["errand/errand.bpmn"] = drawn.replace(what, what + asked_by).encode()
    return replace(errand, files=files)


@pytest.fixture
def hearing(linking):
    """Where an errand on hold hears what becomes of the other one."""
    files = dict(linking.files)
    drawn = files["errand/errand.bpmn"]
    assert drawn.count(b'name="comment.requester"') == 1
    files["errand/errand.bpmn"] = drawn.replace(b"comment.requester", b"linked.done")
    return replace(linking, files=files)


@pytest.fixture
def house(request, empty_house, people, errand):
    """A house with the errands that link, where a test asks for them."""
    bundle = errand
    for drawn in ("linking", "hearing"):
        if drawn in request.fixturenames:
            bundle = request.getfixturevalue(drawn)
    done = deploy(empty_house, people["grace"], bundle, parent=None, reason="first", once="deploy")
    assert isinstance(done, Done), done
    return empty_house


def _held(house, people, desk, after, question="?"):
    """An errand on hold that waits for another one."""
    key = desk.ask("a book")
    desk.sort()
    desk.fetch()
    values = {"question": question, "after": after}
    done = send(house, people["bob"], key, "hold", values, once="hold")
    assert isinstance(done, Done), done
    return key


def test_a_form_links_what_it_names(linking, house, people, rows):
    first = start(house, people["alice"], "errand", {"what": "a pen"}, once="1").key

    done = start(house, people["alice"], "errand", {"what": "ink", "like": [first]}, once="2")

    assert rows("SELECT from_key, kind, to_key, made_by FROM link") == [
        (done.key, "relates_to", first, "alice")
    ]
    lines = history(house, people["alice"], done.key).rows
    assert f"alice linked it: relates to {first}." in [it.sentence for it in lines]
    assert verify(house) == []


def test_what_a_form_names_backwards_begins_at_the_other_record(linking, house, people, desk, rows):
    larger = start(house, people["alice"], "errand", {"what": "a pen"}, once="1").key
    [(item,)] = rows("SELECT id FROM work_item WHERE closed_at IS NULL")
    smaller = start(house, people["alice"], "errand", {"what": "ink"}, once="2").key
    [(other,)] = rows("SELECT max(id) FROM work_item")

    done = complete(house, people["bob"], other, {"weight": 1, "part_of": larger}, once="3")

    assert isinstance(done, Done), done
    assert rows("SELECT from_key, kind, to_key FROM link") == [(larger, "parent_of", smaller)]
    circle = complete(house, people["bob"], item, {"weight": 1, "part_of": smaller}, once="4")
    assert circle.fields == {"part_of": f"{smaller} is itself a part of {larger}."}


def test_a_record_is_part_of_one_other(linking, house, people, desk, keys, rows):
    key = desk.ask("ink")
    [(item,)] = rows("SELECT max(id) FROM work_item")
    values = {"weight": 1, "part_of": keys[0]}
    assert isinstance(complete(house, people["bob"], item, values, once="1"), Done)
    desk.fetch()

    values = {"question": "?", "part_of": keys[1]}
    second = send(house, people["bob"], key, "hold", values, once="2")

    assert second.fields == {"part_of": f"{key} is part of {keys[0]} already."}


def test_a_record_is_named_only_in_a_state_that_is_meant(linking, house, people, desk):
    larger = desk.ask("a pen")
    desk.sort()
    desk.fetch()
    smaller = start(house, people["alice"], "errand", {"what": "ink"}, once="1").key
    complete(house, people["bob"], desk.open_item("sort"), {"weight": 1}, once="2")
    desk.fetch()

    values = {"question": "?", "part_of": larger}
    refusal = send(house, people["bob"], smaller, "hold", values, once="3")

    assert refusal.fields == {"part_of": f"{larger} is bringing: name one that is new or fetching."}


def test_a_record_that_is_not_there_or_not_seen_is_not_named(linking, house, people):
    first = start(house, people["alice"], "errand", {"what": "a pen"}, once="1").key
    heidi = Actor("heidi", roles=frozenset({"requester"}))

    unseen = start(house, heidi, "errand", {"what": "ink", "like": [first]}, once="2")
    unknown = start(house, people["alice"], "errand", {"what": "i", "like": ["ERR-7"]}, once="3")

    assert unseen.fields == {"like": f"There is no record {first} that you may see."}
    assert unknown.fields == {"like": "There is no record ERR-7 that you may see."}


def test_a_record_is_not_linked_with_itself(linking, house, people, desk):
    key = desk.ask()
    values = {"weight": 1, "part_of": key}

    refusal = complete(house, people["bob"], desk.open_item("sort"), values, once="1")

    assert refusal.fields == {"part_of": f"{key} is this record itself: name another one."}


def test_a_condition_of_the_form_says_of_which_process_it_must_be(linking, house, people, desk):
    path = "errand/forms/hold.json"
    form = json.loads(linking.files[path])
    form["allOf"] = [
        {
            "if": {"properties": {"question": {"const": "queue?"}}, "required": ["question"]},
            "then": {"properties": {"after": {"x-of": ["queue"]}}},
        }
    ]
    files = {**linking.files, path: json.dumps(form).encode()}
    deploy(
        house, people["grace"], replace(linking, files=files), parent=1, reason="x", once="narrow"
    )
    first = desk.ask()
    desk.sort()
    desk.fetch()

    with pytest.raises(AssertionError, match="what fits here is queue"):
        _held(house, people, desk, first, question="queue?")

    key = desk.rows("SELECT max(key) FROM instance")[0][0]
    values = {"question": "?", "after": first}
    assert isinstance(send(house, people["bob"], key, "hold", values, once="held"), Done)


def test_nothing_waits_for_what_is_over(linking, house, people, desk):
    over = start(house, people["alice"], "errand", {"what": "a pen"}, once="1").key
    assert isinstance(cancel(house, people["grace"], over, "no need", once="2"), Done)
    key = desk.ask("a book")
    desk.sort()
    desk.fetch()

    values = {"question": "?", "after": over}
    refusal = send(house, people["bob"], key, "hold", values, once="3")

    assert refusal.fields == {"after": f"{over} is over (cancelled): name one that is still open."}


def test_a_name_of_another_process_is_refused(linking, house, people, desk, rows, database_url):
    other = start(house, people["alice"], "errand", {"what": "a pen"}, once="1").key
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE instance SET process = 'other' WHERE key = %s", (other,))
    desk.ask("a book")
    [(item,)] = rows("SELECT max(id) FROM work_item")

    refusal = complete(house, people["bob"], item, {"weight": 1, "part_of": other}, once="2")

    assert refusal.fields == {"part_of": f"{other} is of another kind: what fits here is errand."}


def test_what_a_field_names_already_is_not_looked_at_again(
    linking, house, people, desk, database_url
):
    larger = desk.ask("a pen")
    desk.sort()
    desk.fetch()
    key = start(house, people["alice"], "errand", {"what": "b"}, once="1").key
    values = {"weight": 1, "part_of": larger}
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE instance SET record = record || jsonb_build_object('part_of', 'ERR-77') "
            "WHERE key = %s",
            (key,),
        )

    done = complete(
        house, people["bob"], desk.open_item("sort"), {**values, "part_of": "ERR-77"}, once="2"
    )

    assert isinstance(done, Done), done


def test_what_waits_for_a_record_is_told_by_its_end(linking, house, people, desk, rows):
    first = desk.ask()
    desk.sort()
    desk.fetch()
    waiting = _held(house, people, desk, first)
    [(item,)] = rows(
        "SELECT w.id FROM work_item w JOIN instance i ON i.id = w.instance_id "
        "WHERE i.key = %s AND w.closed_at IS NULL",
        first,
    )

    complete(house, people["carol"], item, {}, once="done")

    assert rows("SELECT to_key, name FROM message") == [(waiting, "comment.requester")]
    assert deliver_waiting(house, 10) == 1
    assert rows("SELECT state FROM instance WHERE key = %s", waiting) == [("bringing",)]
    assert verify(house) == []


def test_what_waits_for_a_record_that_is_cancelled_hears_of_it(hearing, house, people, desk, rows):
    first = desk.ask()
    desk.sort()
    desk.fetch()
    waiting = _held(house, people, desk, first)

    done = cancel(house, people["grace"], first, "asked for twice", once="cancel")

    assert isinstance(done, Done), done
    assert rows("SELECT to_key, name, payload FROM message") == [
        (waiting, "linked.done", {"key": first, "outcome": "cancelled"})
    ]
    assert deliver_waiting(house, 10) == 1
    assert rows("SELECT state FROM instance WHERE key = %s", waiting) == [("bringing",)]
    told = [it.sentence for it in history(house, people["grace"], first).rows if it.kind == "sent"]
    assert told == [f"grace told {waiting}: linked.done."]
    assert verify(house) == []


def test_who_does_not_listen_misses_that_a_record_was_cancelled(linking, house, people, desk, rows):
    first = desk.ask()
    desk.sort()
    desk.fetch()
    _held(house, people, desk, first)

    cancel(house, people["grace"], first, "asked for twice", once="cancel")

    assert deliver_waiting(house, 10) == 0
    assert rows("SELECT status FROM message") == [("expired",)]
    assert verify(house) == []


def test_what_the_diagram_writes_into_a_field_that_links_is_linked(
    linking, house, people, keys, rows
):
    caller = Actor("alerts", roles=frozenset({"alerts"}), is_person=False)
    called = {"what": "a bag", "asked_by": keys[0]}

    own = start(house, caller, "errand", called, once="a bag", event="call").key

    assert rows("SELECT from_key, kind, to_key FROM link") == [(own, "relates_to", keys[0])]
    told = [it.sentence for it in history(house, people["bob"], own).rows if it.kind == "linked"]
    assert told == [f"alerts linked it: relates to {keys[0]}."]


def test_who_begins_to_wait_while_it_ends_is_told_as_well(
    linking, house, people, desk, rows, eventually
):
    first = desk.ask()
    desk.sort()
    desk.fetch()
    [(item,)] = rows("SELECT id FROM work_item WHERE closed_at IS NULL")
    waiting = desk.ask("a book")
    desk.sort()
    desk.fetch()
    ending = threading.Thread(
        target=complete, args=(house, people["carol"], item, {}), kwargs={"once": "done"}
    )

    def end_meanwhile(statement: str) -> None:
        """Another thread ends the first one after it was looked at, before the link is there."""
        if "entry" in statement and ending.ident is None:
            ending.start()
            waits = "SELECT 1 FROM pg_locks WHERE NOT granted"
            eventually(lambda: rows(waits), "the end does not wait")

    with house.store.watched_by(end_meanwhile):
        values = {"question": "?", "after": first}
        done = send(house, people["bob"], waiting, "hold", values, once="hold")
    ending.join()

    assert isinstance(done, Done), done
    assert rows("SELECT to_key FROM message") == [(waiting,)]


def test_only_diagrams_that_ask_for_links_read_them(keys, house, people, desk, rows):
    seen: list[str] = []
    [(item,)] = rows("SELECT min(id) FROM work_item")

    with house.store.watched_by(seen.append):
        complete(house, people["bob"], item, {"weight": 1}, once="1")

    assert not any("FROM link" in statement for statement in seen)


QUEUE = '{"x-key-prefix": "QUE", "type": "object", "properties": {"name": {"type": "string"}}}'
HEARS = """<definitions id="d" targetNamespace="urn:test"
    xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:clearway="urn:clearway:bpmn:1">
  <process id="queue" name="Queue" isExecutable="true">
    <laneSet id="lanes">
      <lane id="all" name="Desk" clearway:role="desk">
        <flowNodeRef>begun</flowNodeRef><flowNodeRef>look</flowNodeRef>
        <flowNodeRef>seen</flowNodeRef>%s
      </lane>
    </laneSet>
    <startEvent id="begun" name="Begun"/>
    <userTask id="look" name="Look"/>
    <endEvent id="seen" name="Seen"/>%s
    <sequenceFlow id="to_look" sourceRef="begun" targetRef="look"/>
    <sequenceFlow id="to_seen" sourceRef="look" targetRef="seen"/>
  </process>
</definitions>"""
LANE = "<flowNodeRef>waited</flowNodeRef><flowNodeRef>over</flowNodeRef>"
WAITED_FOR = """
    <boundaryEvent id="waited" name="Somebody waits" attachedToRef="look">
      <conditionalEventDefinition id="waits">
        <condition xsi:type="tFormalExpression">count(linked.waits_for) > 0</condition>
      </conditionalEventDefinition>
    </boundaryEvent>
    <endEvent id="over" name="Over"/>
    <sequenceFlow id="to_over" sourceRef="waited" targetRef="over"/>"""


def test_a_record_that_moves_to_a_version_which_asks_for_links_sees_them(
    deploy_drawn, empty_house, people, rows
):
    house, files = empty_house, {"record.json": QUEUE}
    files["forms/look.json"] = '{"type": "object", "properties": {}}'
    deploy_drawn("queue", {**files, "queue.bpmn": HEARS % ("", "")})
    first, second = (
        start(house, people["bob"], "queue", {}, once=once).key for once in ("one", "two")
    )
    link(house, people["bob"], second, "waits_for", first, once="link")
    drawn = {**files, "queue.bpmn": HEARS % (LANE, WAITED_FOR)}
    contents = {f"queue/{path}": text.encode() for path, text in drawn.items()}
    newer = deploy(
        house, people["grace"], Bundle("queue", contents), parent=1, reason="hears", once="newer"
    )
    assert isinstance(newer, Done), newer

    [verdict] = rehearse(house, people["grace"], "queue", 2, keys=[first])
    moved = migrate(house, people["grace"], first, 2, reason="to hear", once="move")

    assert verdict.says in ("ready", "notes")
    assert isinstance(moved, Done), moved
    assert rows("SELECT key FROM instance WHERE ended_at IS NOT NULL") == [(first,)]


def test_an_expression_sees_a_link_from_both_of_its_ends(house, people, desk):
    first, second, third = desk.ask("a book"), desk.ask("a pen"), desk.ask("a chair")
    for number, (kind, there) in enumerate(
        [("resolved_by", third), ("resolved_by", second), ("caused_by", second)]
    ):
        done = link(house, people["bob"], first, kind, there, once=f"{number}")
        assert isinstance(done, Done), done

    seen = {
        key: house.store.look(lambda it, key=key: leading_to(it, key)) for key in (first, second)
    }

    assert {name: keys for name, keys in seen[first].items() if keys} == {
        "resolves": [third, second],
        "causes": [second],
    }
    assert {name: keys for name, keys in seen[second].items() if keys} == {
        "resolved_by": [first],
        "caused_by": [first],
    }
