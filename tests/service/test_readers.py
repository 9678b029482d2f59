"""Who may read the records of a process without working in it, by what its diagram says."""

from collections.abc import Mapping
from dataclasses import replace

import psycopg
import pytest

from clearway.engine.values import Bundle, Severity
from clearway.service.comment import comment
from clearway.service.deploy import deploy
from clearway.service.gate import examine
from clearway.service.history import history
from clearway.service.house import House
from clearway.service.inbox import inbox
from clearway.service.link import link
from clearway.service.search import search
from clearway.service.start import start
from clearway.service.values import Actor, Done, Page, Refusal

CLERK = Actor("clara", roles=frozenset({"clerk"}), groups=frozenset({"clerks"}))
PAGE = "<bpmn:process id="


@pytest.fixture
def key(empty_house: House, people: Mapping[str, Actor], errand: Bundle, database_url: str) -> str:
    """An errand of a process that lets clerks read, with an internal comment."""
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO \"group\" (name, title) VALUES ('clerks', 'Clerks')")
        connection.execute("INSERT INTO group_role VALUES ('clerks', 'clerk')")
    done = deploy(
        empty_house, people["grace"], _for(errand, "clerk"), parent=None, reason="x", once="deploy"
    )
    assert isinstance(done, Done), done
    opened = start(empty_house, people["alice"], "errand", {"what": "a pen"}, once="ask")
    assert isinstance(opened, Done), opened
    comment(empty_house, people["bob"], opened.key, "Odd.", public=False, once="odd")
    return opened.key


def _for(bundle: Bundle, readers: str) -> Bundle:
    path = "errand/errand.bpmn"
    drawn = bundle.files[path].decode()
    assert drawn.count(PAGE) == 1
    drawn = drawn.replace(PAGE, f'<bpmn:process clearway:readers="{readers}" id=')
    return replace(bundle, files={**bundle.files, path: drawn.encode()})


def test_who_may_read_finds_the_record_and_its_history_without_what_is_internal(
    empty_house: House, key: str
):
    found = search(empty_house, CLERK, "pen")
    lines = history(empty_house, CLERK, key)

    assert isinstance(found, Page)
    assert [it.key for it in found.rows] == [key]
    assert isinstance(lines, Page)
    assert "comment" not in [it.kind for it in lines.rows]


def test_who_may_read_has_no_part_in_the_work(empty_house: House, key: str):
    waiting = inbox(empty_house, CLERK)
    linked = link(empty_house, CLERK, key, "relates_to", key.replace("1", "2"), once="link")
    noted = comment(empty_house, CLERK, key, "Hm.", public=False, once="note")
    said = comment(empty_house, CLERK, key, "Hm.", public=True, once="word")

    assert isinstance(waiting, Page)
    assert not waiting.rows
    assert isinstance(linked, Refusal)
    assert isinstance(noted, Refusal)
    assert isinstance(said, Done)


def test_others_still_read_nothing(empty_house: House, key: str):
    other = Actor("otto", roles=frozenset({"scribe"}))

    told = history(empty_house, other, key)

    assert isinstance(told, Refusal)
    assert told.code == "not_found"


@pytest.mark.parametrize(
    ("readers", "severity"),
    [("clerc", Severity.WARNING), ("requester", Severity.ERROR), ("desk", None)],
)
def test_who_may_read_is_somebody_and_not_everybody(
    empty_house: House, errand: Bundle, readers: str, severity: Severity | None
):
    found = examine(_for(errand, readers), empty_house.surroundings())

    told = [it for it in found if it.rule == "readers"]
    assert [it.severity for it in told] == ([severity] if severity else [])
    assert all(readers in it.message + it.remedy for it in told)
