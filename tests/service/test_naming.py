"""What a form names must be in the registry."""

import json
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.deploy import deploy
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.start import start
from clearway.service.values import Done, Refusal
from clearway.service.verify import verify


def _text(table):
    return {"type": "string", "title": table, "x-suggest": table, "x-only": True}


FIELDS = {
    "asked": {"caller": _text("people")},
    "sort": {
        "team": _text("groups"),
        "who": {"type": "string", "title": "Who", "x-suggest": "people"},
        "things": {
            "type": "array",
            "title": "Things",
            "items": {"type": "string", "x-suggest": "assets"},
            "x-only": True,
        },
    },
    "hold": {"about": _text("services")},
}


@pytest.fixture
def house(empty_house, people, errand, database_url):
    """A house whose errands name people, groups, services and assets."""
    files = dict(errand.files)
    for form, fields in FIELDS.items():
        path = f"errand/forms/{form}.json"
        schema = json.loads(files[path])
        schema["properties"] |= fields
        files[path] = json.dumps(schema).encode()
    bundle = replace(errand, files=files)
    done = deploy(empty_house, people["grace"], bundle, parent=None, reason="first", once="deploy")
    assert isinstance(done, Done), done
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO person VALUES ('heidi', 'Heidi', NULL, NULL, 'UTC')")
        connection.execute("UPDATE person SET active = false WHERE name = 'heidi'")
        connection.execute("INSERT INTO service VALUES ('mail', 'Mail', 1)")
        connection.execute("INSERT INTO asset VALUES ('srv1', 'server', 'Server 1', 1)")
    return empty_house


@pytest.mark.parametrize("caller", ["nobody_x", "heidi"])
def test_nobody_unknown_or_inactive_is_named_at_the_start(house, people, rows, caller):
    values = {"what": "a pen", "caller": caller}

    refusal = start(house, people["alice"], "errand", values, once="1")

    assert refusal.code == "invalid"
    assert refusal.fields == {"caller": f"There is no person {caller}."}
    assert rows("SELECT count(*) FROM instance") == [(0,)]
    first = start(house, people["alice"], "errand", {"what": "a pen", "caller": "bob"}, once="2")
    assert first.key == "ERR-1001"


def test_a_task_s_form_names_only_what_there_is(house, people, desk, rows):
    desk.ask()
    item = desk.open_item("sort")
    values = {"weight": 1, "team": "no_such_group", "things": ["srv1", "srv2"]}

    refusal = complete(house, people["bob"], item, values, once="1")

    assert refusal.fields == {
        "team": "There is no group no_such_group.",
        "things": "There is no device or system srv2.",
    }
    values = {"weight": 1, "team": "desk", "things": ["srv1"]}
    assert isinstance(complete(house, people["bob"], item, values, once="2"), Done)
    assert verify(house) == []


def test_what_stands_there_already_may_be_unknown(house, people, desk, rows, database_url):
    desk.ask()
    with psycopg.connect(database_url) as connection:
        connection.execute("""UPDATE instance SET record = record || '{"who": "10.0.0.7:9100"}'""")
    item, bob = desk.open_item("sort"), people["bob"]

    changed = complete(house, bob, item, {"weight": 1, "who": "10.0.0.8:9100"}, once="1")
    kept = complete(house, bob, item, {"weight": 1, "who": "10.0.0.7:9100"}, once="2")

    assert changed.fields == {"who": "There is no person 10.0.0.8:9100."}
    assert isinstance(kept, Done), kept


def test_who_may_not_do_a_task_is_told_that_first(house, people, desk):
    desk.ask()
    values = {"weight": 1, "team": "no_such_group"}

    refusal = complete(house, people["alice"], desk.open_item("sort"), values, once="1")

    assert refusal.code == "not_allowed"


def test_a_button_s_form_names_only_what_there_is(house, people, desk):
    key = desk.ask()
    desk.sort()
    desk.fetch()
    values = {"question": "Which?", "about": "male"}

    refusal = send(house, people["bob"], key, "hold", values, once="1")

    assert refusal.fields == {"about": "There is no service male."}
    values = {"question": "Which?", "about": "mail"}
    assert isinstance(send(house, people["bob"], key, "hold", values, once="2"), Done)


def test_an_empty_name_names_nothing(house, people):
    refusal = start(house, people["alice"], "errand", {"what": "a pen", "caller": " "}, once="1")

    assert refusal.fields == {"caller": "Name a person, or leave it out."}
    cleared = start(house, people["alice"], "errand", {"what": "a pen", "caller": None}, once="2")
    assert isinstance(cleared, Done)


def test_a_repeated_start_is_answered_though_the_name_is_gone(house, people, database_url):
    values = {"what": "a pen", "caller": "bob"}
    first = start(house, people["alice"], "errand", values, once="same")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE person SET active = false WHERE name = 'bob'")

    again = start(house, people["alice"], "errand", values, once="same")

    assert (again.key, again.repeated) == (first.key, True)


def test_only_forms_that_name_something_ask_the_registry(house, people):
    seen: list[str] = []
    with house.store.watched_by(seen.append):
        start(house, people["alice"], "errand", {"what": "a pen"}, once="1")

    assert not any("UNION ALL SELECT 'groups'" in statement for statement in seen)


@pytest.mark.parametrize("blank", ["   ", "\n\t", "\u00a0"])
def test_a_needed_text_that_is_blank_says_nothing(house, people, blank):
    refusal = start(house, people["alice"], "errand", {"what": blank}, once="1")

    assert isinstance(refusal, Refusal)
    assert refusal.fields == {"what": "Say something."}


@pytest.fixture
def giving(empty_house, people, errand):
    """A house whose errands are brought by the person, or for the group, that the desk names."""
    files = dict(errand.files)
    for path in ("record", "forms/sort"):
        schema = json.loads(files[f"errand/{path}.json"])
        for name, table in (("carrier", "people"), ("crew", "groups")):
            schema["properties"][name] = {"type": "string", "title": name, "x-suggest": table}
            if path == "record":
                del schema["properties"][name]["x-suggest"]
        files[f"errand/{path}.json"] = json.dumps(schema).encode()
    drawn = files["errand/errand.bpmn"].decode()
    given = '<bpmn:userTask id="bring" name="Bring it"'
    assert given in drawn
    files["errand/errand.bpmn"] = drawn.replace(
        given, f'{given} clearway:assignee="record.carrier" clearway:group="record.crew"'
    ).encode()
    bundle = replace(errand, files=files)
    done = deploy(empty_house, people["grace"], bundle, parent=None, reason="first", once="deploy")
    assert isinstance(done, Done), done
    return empty_house


def test_a_task_goes_only_to_who_has_its_role(giving, people, rows):
    start(giving, people["alice"], "errand", {"what": "a pen"}, once="0")
    [(item,)] = rows("SELECT id FROM work_item")
    values = {"weight": 1, "carrier": "dave", "crew": "board"}

    refusal = complete(giving, people["bob"], item, values, once="1")

    assert refusal.fields == {
        "carrier": "dave does not have the role desk: choose somebody who has it.",
        "crew": "Nobody in the group board has the role desk: choose another group.",
    }
    values = {"weight": 1, "carrier": "carol", "crew": "desk"}
    assert isinstance(complete(giving, people["bob"], item, values, once="2"), Done)


def test_a_group_of_none_but_inactive_people_gets_nothing(giving, people, rows, database_url):
    start(giving, people["alice"], "errand", {"what": "a pen"}, once="0")
    [(item,)] = rows("SELECT id FROM work_item")
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO \"group\" (name, title) VALUES ('night', 'Night')")
        connection.execute("INSERT INTO group_role VALUES ('night', 'desk')")
        connection.execute("INSERT INTO person VALUES ('peggy', 'Peggy', NULL, NULL, 'UTC')")
        connection.execute("UPDATE person SET active = false WHERE name = 'peggy'")
        connection.execute("INSERT INTO membership (person, group_name) VALUES ('peggy', 'night')")

    refusal = complete(giving, people["bob"], item, {"weight": 1, "crew": "night"}, once="1")

    assert refusal.fields == {
        "crew": "Nobody in the group night has the role desk: choose another group."
    }


def _night(database_url):
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO \"group\" (name, title) VALUES ('night', 'Night')")
        connection.execute("INSERT INTO membership (person, group_name) VALUES ('bob', 'night')")


def test_a_person_outside_the_group_that_the_form_names_gets_nothing(
    giving, people, rows, database_url
):
    _night(database_url)
    start(giving, people["alice"], "errand", {"what": "a pen"}, once="0")
    [(item,)] = rows("SELECT id FROM work_item")
    values = {"weight": 1, "crew": "night", "carrier": "carol"}

    refusal = complete(giving, people["bob"], item, values, once="1")

    assert refusal.fields == {
        "carrier": "carol is not in the group night: choose somebody who is, or another group."
    }


def test_a_button_on_a_task_is_for_the_group_of_the_task(giving, people, rows, database_url):
    _night(database_url)
    key = start(giving, people["alice"], "errand", {"what": "a pen"}, once="0").key
    [(item,)] = rows("SELECT id FROM work_item")
    complete(giving, people["carol"], item, {"weight": 1, "crew": "night"}, once="1")
    [job] = claim_jobs(giving, "tests", 1, timedelta(minutes=5))
    finish_job(giving, job.id, job.fence, {"place": "a shelf"})
    bob = replace(people["bob"], groups=people["bob"].groups | {"night"})

    refusal = send(giving, people["carol"], key, "hold", {"question": "?"}, once="2")

    assert (refusal.code, refusal.text) == ("not_allowed", "This task is for the group night.")
    assert isinstance(send(giving, bob, key, "hold", {"question": "?"}, once="3"), Done)
