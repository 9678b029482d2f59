"""A form that gives a name: nobody and nothing in the registry may have it already."""

import json
from dataclasses import replace

import psycopg
import pytest

from clearway.service.complete import complete
from clearway.service.deploy import deploy
from clearway.service.start import start
from clearway.service.values import Done


@pytest.fixture
def house(empty_house, people, errand, database_url):
    """A house whose errands give names to people, groups and devices."""
    files = dict(errand.files)
    record = json.loads(files["errand/record.json"])
    record["properties"]["user_name"] = {"type": "string", "title": "User name"}
    files["errand/record.json"] = json.dumps(record).encode()
    for form, more in {
        "asked": {"user_name": {"type": "string", "title": "User name", "x-new": "people"}},
        "sort": {
            "user_name": {"type": "string", "title": "User name", "x-new": "people"},
            "team": {"type": "string", "title": "Team", "x-new": "groups", "x-only": True},
            "things": {
                "type": "array",
                "title": "Things",
                "items": {"type": "string"},
                "x-new": "assets",
                "x-only": True,
            },
        },
    }.items():
        schema = json.loads(files[f"errand/forms/{form}.json"])
        schema["properties"] |= more
        files[f"errand/forms/{form}.json"] = json.dumps(schema).encode()
    bundle = replace(errand, files=files)
    done = deploy(empty_house, people["grace"], bundle, parent=None, reason="first", once="deploy")
    assert isinstance(done, Done), done
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO person VALUES ('heidi', 'Heidi', NULL, NULL, 'UTC')")
        connection.execute("UPDATE person SET active = false WHERE name = 'heidi'")
        connection.execute("INSERT INTO asset VALUES ('srv1', 'server', 'Server 1', 1)")
    return empty_house


@pytest.mark.parametrize("name", ["bob", " Bob ", "heidi"])
def test_a_sign_in_name_that_somebody_has_or_had_is_refused(house, people, rows, name):
    refusal = start(
        house, people["alice"], "errand", {"what": "tea", "user_name": name}, once="ask"
    )

    told = f"Somebody in the registry has the sign-in name {name.strip().lower()} already"
    assert refusal.code == "invalid"
    assert refusal.fields == {"user_name": f"{told}: choose another."}
    assert rows("SELECT count(*) FROM instance") == [(0,)]


def test_a_new_name_is_taken(house, people):
    done = start(house, people["alice"], "errand", {"what": "tea", "user_name": "nina"}, once="1")

    assert isinstance(done, Done)


def test_all_that_is_in_use_is_told_at_once_and_the_record_s_own_name_stays(
    house, people, desk, database_url, rows
):
    start(house, people["alice"], "errand", {"what": "tea", "user_name": "nina"}, once="1")
    item = desk.open_item("sort")
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO person VALUES ('nina', 'Nina', NULL, NULL, 'UTC')")
    values = {"weight": 1, "team": "desk", "things": ["srv9", "srv1"], "user_name": "nina"}

    refusal = complete(house, people["bob"], item, values, once="2")
    done = complete(house, people["bob"], item, {"weight": 1, "user_name": "nina"}, once="3")

    assert refusal.fields == {
        "team": "There is a group desk already: choose another name.",
        "things": "There is a device or system srv1 already: choose another name.",
    }
    assert isinstance(done, Done)
