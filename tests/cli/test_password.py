"""`clearway password`: whoever has the machine lets a person in again."""

import json
from typing import Any

import pytest

from clearway.service.house import House
from clearway.service.registry import import_csv
from clearway.service.sign_in import SignedIn, set_password, sign_in, who_is
from clearway.service.values import SYSTEM
from clearway.store.registry_log import entries_of_registry

pytestmark = pytest.mark.database

OLD = "correct horse battery"
PEOPLE = """\
name,full_name,active
alice,Alice Example,true
bob,Bob Example,true
zoe,Zoe Left,false
"""


def test_a_new_password_lets_a_person_in_and_ends_the_old_sessions(house: House, run_in_house: Any):
    _people(house)
    set_password(house, SYSTEM, "alice", OLD)
    before = sign_in(house, "alice", OLD)
    assert isinstance(before, SignedIn)

    done = run_in_house("password", "Alice")

    assert done.exit_code == 0, done.output
    [password] = done.stdout.splitlines()
    assert who_is(house, before.token) is None
    assert not isinstance(sign_in(house, "alice", OLD), SignedIn)
    assert isinstance(sign_in(house, "alice", password), SignedIn)


def test_it_is_in_the_registrys_history_without_the_password(house: House, run_in_house: Any):
    _people(house)

    password = run_in_house("password", "bob").stdout.strip()

    entry = house.store.ask(lambda it: entries_of_registry(it, 1))[0]
    assert entry.actor.startswith("cli:")
    assert (entry.command, dict(entry.details)) == ("set_password", {"person": "bob"})
    assert password not in str(entry)


def test_programs_get_one_document(house: House, run_in_house: Any):
    _people(house)

    told = json.loads(run_in_house("password", "bob", "-o", "json").stdout)

    assert set(told) == {"person", "password"}
    assert isinstance(sign_in(house, "bob", told["password"]), SignedIn)


@pytest.mark.parametrize("name", ["nobody", "zoe", "no\udcffbody", ""])
def test_somebody_unknown_or_inactive_gets_none(house: House, run_in_house: Any, name: str):
    _people(house)

    refused = run_in_house("password", name)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "There is no active person" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def _people(house: House) -> None:
    import_csv(house, SYSTEM, "people", PEOPLE, once="people")
