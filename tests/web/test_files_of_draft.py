"""The files of a draft on its page, new ones, and the page of each kind's editor."""

from collections.abc import Callable
from typing import Any

import pytest
from draft_bench import Bench, enter_owners

from clearway.service.house import House

Enter = Callable[[str], Any]


@pytest.fixture
def bench(house: House, database_url: str) -> Bench:
    """A draft of `errand`."""
    return Bench(house, enter_owners(database_url))


@pytest.fixture
def address(bench: Bench) -> str:
    """The page of that draft."""
    return f"/processes/errand/drafts/{bench.draft}"


def test_each_file_leads_to_its_editor(address: str, visitor: Enter):
    grace = visitor("grace")

    page = grace.get(address)
    for title in ("Diagrams", "Forms", "Messages", "Other files"):
        assert f"<summary>{title} " in page.answer.text
    record = grace.get(f"{address}/edit?file=errand/record.json")
    assert 'data-kind="text"' in record.answer.text
    drawing = grace.get(f"{address}/edit?file=errand/errand.bpmn")
    assert 'id="editor-canvas"' in drawing.answer.text
    missing = grace.get(f"{address}/edit?file=errand/forms/nothing.json")
    assert missing.status == 404
    assert "has no file errand/forms/nothing.json" in missing.text


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("form", "errand/forms/ask_again.json"),
        ("message", "errand/messages/ask_again.md.j2"),
        ("calendar", "shared/calendars/ask_again.yaml"),
        ("table", "errand/ask_again.dmn"),
    ],
)
def test_a_file_is_begun_and_opened(kind: str, path: str, address: str, visitor: Enter):
    grace = visitor("grace")

    begun = grace.submit(grace.get(address), f"{address}/new-file", kind=kind, name="ask_again")
    assert f'data-path="{path}"' in begun.answer.text


def test_a_file_that_is_there_is_never_begun_anew(address: str, visitor: Enter):
    grace = visitor("grace")

    told = grace.submit(grace.get(address), f"{address}/new-file", kind="form", name="sort")

    assert "errand/forms/sort.json is there already." in told.text
    assert 'value="sort"' in told.answer.text


def test_a_begun_form_message_and_calendar_pass_the_gate(address: str, visitor: Enter):
    grace = visitor("grace")
    for kind in ("form", "message", "calendar"):
        grace.submit(grace.get(address), f"{address}/new-file", kind=kind, name="bring")

    found = grace.get(f"{address}/check")

    assert "no errors" in found.text.lower()


def test_a_name_that_no_file_may_have_is_refused_with_what_to_do(address: str, visitor: Enter):
    grace = visitor("grace")

    told = grace.submit(grace.get(address), f"{address}/new-file", kind="form", name="../out")

    assert told.status == 422
    assert "cannot be the name of a file" in told.text
    assert "small letters, digits and _" in told.text


def test_an_auditor_reads_the_list_and_begins_nothing(
    address: str, visitor: Enter, change: Callable[..., None]
):
    change("INSERT INTO \"group\" (name, title) VALUES ('audit', 'audit')")
    change("INSERT INTO group_role VALUES ('audit', 'auditor')")
    change("INSERT INTO membership (person, group_name) VALUES ('bob', 'audit')")

    page = visitor("bob").get(address)

    assert "errand/record.json" in page.text
    assert "/edit?file=" not in page.answer.text
    assert "new-file" not in page.answer.text
