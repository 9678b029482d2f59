"""Every door counts a text that nobody can see as empty, and keeps nothing of it."""

from datetime import UTC, datetime

import pytest

from clearway.service.cancel import cancel
from clearway.service.comment import comment
from clearway.service.deploy import deploy
from clearway.service.deployed import Deployed
from clearway.service.forms import Filled, Form
from clearway.service.media import safe_name
from clearway.service.registry_sheet import read_sheet
from clearway.service.sign_in import issue_token
from clearway.service.start import start
from clearway.service.values import Refusal
from clearway.service.vote import vote

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

BLANKS = ["\u00a0", "\u200b\u200d", "\ufeff", "\u00ad \u3000", "\u3164", "\u2800\u115f"]


@pytest.fixture(params=BLANKS, ids=ascii)
def blank(request) -> str:
    """A text that nobody can see."""
    return request.param


def test_a_needed_field_is_missed(house, people, blank):
    refusal = start(house, people["alice"], "errand", {"what": blank}, once="1")

    assert isinstance(refusal, Refusal)
    assert "what" in refusal.fields


def test_a_reason_for_a_change_is_asked_for(blank):
    properties = {"impact": {"type": "integer", "x-why": "note"}, "note": {"type": "string"}}
    form = Form("change.json", {"type": "object", "properties": properties})

    refusal = form.read({"impact": 1, "note": blank}, {"impact": 2}, NOW)

    assert refusal.fields == {"note": "Say why you change impact."}


def test_a_form_s_comment_is_none(blank):
    properties = {"word": {"type": "string", "x-comment": "public"}}
    form = Form("word.json", {"type": "object", "properties": properties})

    filled = form.read({"word": blank}, {}, NOW)

    assert isinstance(filled, Filled)
    assert filled.comments == ()


def test_a_comment_is_none(house, desk, people, rows, blank):
    key = desk.ask()

    refusal = comment(house, people["bob"], key, blank, public=True, once="1")

    assert refusal.fields == {"text": "This must not be empty."}
    assert rows("SELECT count(*) FROM entry WHERE kind = 'comment'") == [(0,)]


def test_a_command_that_needs_a_reason_has_none(house, errand, desk, people, blank):
    key = desk.ask()

    assert "reason" in cancel(house, people["grace"], key, blank, once="1").fields
    refusal = deploy(house, people["grace"], errand, parent=1, reason=blank, once="2")
    assert "reason" in refusal.fields


def test_a_vote_needs_its_reason_and_its_conditions(house, desk, people, rows, blank):
    desk.ask("a piano")
    desk.sort(weight=200)
    item, dave = desk.open_item("approve"), people["dave"]

    rejected = vote(house, dave, item, "chair", "reject", reason=blank, once="1")
    granted = vote(
        house, dave, item, "chair", "approve_with_conditions", conditions=f"{blank}\n", once="2"
    )

    assert "reason" in rejected.fields
    assert "conditions" in granted.fields
    vote(house, dave, item, "chair", "approve", reason=blank, conditions=blank, once="3")
    assert rows("SELECT reason, conditions FROM ballot") == [(None, None)]


def test_a_title_is_the_key(errand, blank):
    assert Deployed(errand).title_of({"what": blank}, "ERR-1") == "ERR-1"


def test_a_token_has_no_name(house, people, blank):
    assert isinstance(issue_token(house, people["alice"], blank, person="alice"), Refusal)


def test_a_needed_cell_is_empty(blank):
    sheet = read_sheet("groups", f"name,title\nnight,{blank}\n", ("name",))

    assert [problem.line for problem in sheet.problems] == [2]


def test_a_file_is_called_file(blank):
    assert safe_name(blank) == "file"
