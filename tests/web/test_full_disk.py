"""What the portal and the API say when the database's disk is full."""

from collections.abc import Callable
from typing import Any, LiteralString

import pytest
from starlette.testclient import TestClient

_SENTENCE = "The database's disk is full: make room, then try again; nothing of this was carried"
# What PostgreSQL says when it cannot make a file longer.
_FILL: LiteralString = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device'
        USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON instance EXECUTE FUNCTION full_disk()"""
_MAKE_ROOM: LiteralString = "DROP TRIGGER full_disk ON instance"


@pytest.fixture
def full_disk(house: Any, change: Callable[[LiteralString], None]) -> Callable[[], None]:
    """A database that keeps no new record; call it to make room."""
    change(_FILL)
    return lambda: change(_MAKE_ROOM)


def test_a_program_is_told_of_the_full_disk_and_goes_on_when_there_is_room(
    api: Callable[[str], TestClient], full_disk: Callable[[], None]
):
    alice = api("alice")
    wanted = {"process": "errand", "values": {"what": "tea"}}
    headers = {"Idempotency-Key": "one and the same"}

    refused = alice.post("/api/v1/records", json=wanted, headers=headers)
    full_disk()
    taken = alice.post("/api/v1/records", json=wanted, headers=headers)

    assert refused.status_code == 503
    assert refused.json()["code"] == "disk_full"
    assert refused.json()["title"] == "The disk is full"
    assert refused.json()["detail"].startswith(_SENTENCE)
    assert "retry-after" not in refused.headers, "waiting makes no room"
    assert taken.status_code == 201


def test_a_person_is_told_of_the_full_disk(
    visitor: Callable[[str], Any], full_disk: Callable[[], None]
):
    alice = visitor("alice")
    form = alice.get("/new/errand")

    refused = alice.submit(form, "/new/errand", f_what="a book")
    full_disk()
    taken = alice.submit(form, "/new/errand", f_what="a book")

    assert refused.status == 503
    assert "The disk is full" in refused.text
    assert _SENTENCE in refused.text
    assert "busy" not in refused.text
    assert "retry-after" not in refused.answer.headers
    assert taken.status == 200
