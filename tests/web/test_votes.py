"""Voting: the change on one screen, the seats, and the reasons."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clearway.service.claim import claim
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done

Enter = Callable[[str], Any]


@pytest.fixture
def approval(house: House, people: dict[str, Actor], rows: Callable[..., Any]) -> int:
    """The task of a round: a large errand that the board decides."""
    started = start(house, people["alice"], "errand", {"what": "a piano"}, once="start")
    assert isinstance(started, Done), started
    ((sort,),) = rows("SELECT id FROM work_item")
    assert isinstance(claim(house, people["bob"], sort, once="claim"), Done)
    assert isinstance(complete(house, people["bob"], sort, {"weight": 300}, once="done"), Done)
    ((approve,),) = rows("SELECT id FROM work_item WHERE element = 'approve'")
    return approve


def test_a_voter_sees_the_change_and_votes_for_a_seat(visitor: Enter, approval: int):
    dave = visitor("dave")

    inbox = dave.get("/inbox")
    page = dave.get(f"/tasks/{approval}")
    voted = dave.submit(
        page,
        f"/tasks/{approval}/vote",
        button=("choice", "approve"),
        independent="yes",
        reason="We need one",
    )

    assert "Vote" in inbox.text
    assert "a piano" in page.text
    assert "300" in page.text
    assert "Your vote is recorded." in voted.text
    assert "We need one" in voted.text
    assert "1 of 3 has voted" in voted.text


def test_a_rejection_needs_a_reason_and_keeps_what_was_typed(visitor: Enter, approval: int):
    dave = visitor("dave")
    page = dave.get(f"/tasks/{approval}")

    refused = dave.submit(
        page,
        f"/tasks/{approval}/vote",
        button=("choice", "reject"),
        independent="yes",
        conditions="if it is light",
    )

    assert refused.status == 422
    assert "if it is light" in refused.text
    assert refused.has_form(f"/tasks/{approval}/vote")


def _marked(page: Any, name: str) -> str:
    """The error that stands at a field, as a screen reader finds it; the field has the focus."""
    (field,) = page.html.xpath(f"//*[@name='{name}' and @aria-invalid='true' and @autofocus]")
    (error,) = page.html.xpath("//*[@class='field-error']")
    assert error.get("id") in field.get("aria-describedby").split()
    assert error.xpath("*[local-name() = 'svg']/*[contains(@href, '#x-circle')]")
    assert page.html.xpath("count(//*[@autofocus])") == 1
    return error.text_content()


def test_a_missing_reason_is_told_at_its_field(visitor: Enter, approval: int):
    dave, path = visitor("dave"), f"/tasks/{approval}"

    refused = dave.submit(
        dave.get(path), f"{path}/vote", button=("choice", "reject"), independent="yes"
    )

    assert _marked(refused, "reason") == "This is needed."
    assert not refused.html.xpath("//details[@open]//textarea[@name='conditions']")


def test_missing_conditions_are_told_at_their_open_field(visitor: Enter, approval: int):
    dave, path = visitor("dave"), f"/tasks/{approval}"
    button = ("choice", "approve_with_conditions")

    refused = dave.submit(
        dave.get(path), f"{path}/vote", button=button, independent="yes", reason="We need one"
    )

    assert refused.status == 422
    assert _marked(refused, "conditions").startswith("Name the conditions, one on each line")
    assert refused.html.xpath("//details[@open]//textarea[@name='conditions']")
    assert refused.form(f"{path}/vote").fields["reason"] == "We need one"


def test_a_choice_that_is_none_is_told_at_the_buttons(visitor: Enter, approval: int):
    dave, path = visitor("dave"), f"/tasks/{approval}"

    refused = dave.submit(
        dave.get(path), f"{path}/vote", button=("choice", "perhaps"), independent="yes"
    )

    (buttons,) = refused.html.xpath("//*[@class='vote-buttons']")
    (error,) = refused.html.xpath("//*[@class='field-error']")
    assert error.text_content().startswith("This must be one of")
    assert buttons.get("aria-describedby") == error.get("id")
    assert buttons.xpath("count(button[@autofocus])") == 1


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    ("press", "name", "told"),
    [
        ("Reject", "reason", "This is needed."),
        ("Approve with these conditions", "conditions", "Name the conditions"),
    ],
)
def test_what_is_missing_is_in_sight(
    browser_of: Callable[..., Page], approval: int, width: int, press: str, name: str, told: str
):
    page = browser_of("dave", {"width": width, "height": 844})
    page.goto(page.url.partition("/inbox")[0] + f"/tasks/{approval}")
    page.get_by_label("I am independent").check()
    page.get_by_text("Approve with conditions", exact=True).click()

    page.get_by_role("button", name=press, exact=True).click()

    expect(page.get_by_text(told)).to_be_in_viewport(ratio=1)
    expect(page.locator(f"#{name}")).to_be_focused()
    expect(page.locator(f"#{name}")).to_be_in_viewport(ratio=1)


def test_who_has_no_seat_reads_why(visitor: Enter, approval: int):
    page = visitor("bob").get(f"/tasks/{approval}")

    assert page.status == 200
    assert not page.has_form(f"/tasks/{approval}/vote")
    assert page.html.xpath("//*[contains(@class, 'tone-warn')]")


def test_a_get_never_votes(visitor: Enter, approval: int, rows: Callable[..., Any]):
    dave = visitor("dave")

    for _ in range(3):
        answer = dave.client.get(f"/tasks/{approval}/vote?seat=chair&choice=approve")
        assert answer.status_code == 405
        dave.client.head(f"/tasks/{approval}")

    assert rows("SELECT count(*) FROM ballot") == [(0,)]


def test_an_approval_with_conditions_names_them(visitor: Enter, approval: int):
    dave = visitor("dave")
    page = dave.get(f"/tasks/{approval}")

    voted = dave.submit(
        page,
        f"/tasks/{approval}/vote",
        button=("choice", "approve_with_conditions"),
        independent="yes",
        conditions="With four people\nNot on the stairs",
    )

    assert "Approve with conditions" in voted.text
    assert "Not on the stairs" in voted.text


def test_a_vote_for_another_seat_moves_there(
    visitor: Enter, approval: int, rows: Callable[..., Any]
):
    dave = visitor("dave")
    dave.submit(
        dave.get(f"/tasks/{approval}"),
        f"/tasks/{approval}/vote",
        button=("choice", "approve"),
        independent="yes",
        seat="one",
    )

    page = dave.get(f"/tasks/{approval}")
    moved = dave.submit(
        page,
        f"/tasks/{approval}/vote",
        button=("choice", "approve"),
        independent="yes",
        seat="chair",
    )

    assert "a vote for another seat moves it there" in page.text
    assert "Nothing is decided before the seat chair has voted." in page.text
    assert "Nothing is decided before" not in moved.text
    assert "1 of 3 has voted" in moved.text
    assert rows("SELECT s.name FROM ballot b JOIN seat s ON s.id = seat_id WHERE NOT replaced") == [
        ("chair",)
    ]


def test_changing_or_moving_a_vote_begins_with_what_was_said(
    visitor: Enter, approval: int, rows: Callable[..., Any]
):
    dave, path = visitor("dave"), f"/tasks/{approval}"
    conditions = "With four people\nNot on the stairs"
    dave.submit(
        dave.get(path),
        f"{path}/vote",
        button=("choice", "approve_with_conditions"),
        independent="yes",
        seat="one",
        reason="We need one",
        conditions=conditions,
    )

    page = dave.get(path)
    dave.submit(
        page,
        f"{path}/vote",
        button=("choice", "approve_with_conditions"),
        independent="yes",
        seat="chair",
    )

    assert "We need one" in page.html.xpath("string(//textarea[@name='reason'])")
    assert conditions in page.html.xpath("string(//textarea[@name='conditions'])")
    assert page.html.xpath("//details[@open]//textarea[@name='conditions']")
    assert "We need one" not in visitor("erin").get(path).html.xpath("string(//textarea)")
    assert rows("SELECT reason, conditions FROM ballot WHERE NOT replaced") == [
        ("We need one", conditions)
    ]


def test_the_seat_that_must_vote_is_offered_first(visitor: Enter, approval: int):
    page = visitor("dave").get(f"/tasks/{approval}")

    assert page.html.xpath("//select[@name='seat']/option[@selected]/@value") == ["chair"]


def test_the_page_and_the_api_say_when_nobody_can_take_a_seat(
    visitor: Enter, api: Enter, approval: int, rows: Callable[..., Any]
):
    rows("UPDATE round SET excluded = '{dave}' RETURNING 1")
    told = (
        "Nobody can take the seat chair: dave, who has the role chair, has an interest. "
        "Give somebody else the role, or cancel."
    )

    page = visitor("erin").get(f"/tasks/{approval}")
    answer = api("erin").get(f"/api/v1/tasks/{approval}")

    assert told in page.text
    assert told in answer.json()["round"]["standing"]


def test_a_page_that_shows_what_was_before_does_not_vote_on_what_is_now(
    visitor: Enter, approval: int, house: House, people: dict[str, Actor]
):
    dave, path = visitor("dave"), f"/tasks/{approval}"
    old = dave.get(path)
    told = send(house, people["bob"], "ERR-1001", "news", {"what": "two pianos"}, once="news")
    assert isinstance(told, Done), told

    refused = dave.submit(
        old, f"{path}/vote", button=("choice", "approve"), independent="yes", reason="We need it"
    )

    assert refused.status == 409
    assert "what is voted on has changed since you read it" in refused.text
    assert "two pianos" in refused.text
    assert refused.form(f"{path}/vote").fields["reason"] == "We need it"
    voted = dave.submit(refused, f"{path}/vote", button=("choice", "approve"), independent="yes")
    assert "Your vote is recorded." in voted.text


def test_a_vote_by_the_api_names_the_round_that_was_read(api: Callable[[str], Any], approval: int):
    dave = api("dave")
    path = f"/api/v1/tasks/{approval}"
    seen = dave.get(path).json()["round"]["revision"]
    ballot = {"seat": "chair", "choice": "approve", "independent": True}

    without = dave.post(f"{path}/vote", json=ballot)
    late = dave.post(f"{path}/vote", json={**ballot, "round": seen + 1})
    voted = dave.post(f"{path}/vote", json={**ballot, "round": seen})

    assert [it["field"] for it in without.json()["errors"]] == ["body.round"]
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    assert voted.status_code == 200, voted.text


def test_seats_are_said_in_words(visitor: Enter, approval: int, rows: Callable[..., Any]):
    rows("UPDATE seat SET name = 'first_member' WHERE name = 'one' RETURNING 1")
    rows("UPDATE seat SET name = 'the_chair' WHERE name = 'chair' RETURNING 1")
    path = f"/tasks/{approval}"

    bob, erin, dave = visitor("bob"), visitor("erin"), visitor("dave")
    dave.submit(
        dave.get(path),
        f"{path}/vote",
        button=("choice", "approve"),
        independent="yes",
        seat="first_member",
    )
    shown = [bob.get(path), erin.get(path), dave.get(path), erin.get("/inbox")]
    key = bob.get(path).html.xpath("string(//a[@class='key'])")
    shown.append(erin.get(f"/records/{key}"))

    assert not [page.text for page in shown if "first_member" in page.text]
    assert not [page.text for page in shown if "the_chair" in page.text]
    assert "Seat the chair is held by the role chair." in shown[0].text
    assert "for seat first member" in shown[4].text


def test_a_vote_that_is_late_says_so_and_goes_on(
    visitor: Enter, approval: int, change: Callable[[str], None]
):
    dave = visitor("dave")
    early = dave.get(f"/tasks/{approval}")
    change("UPDATE round SET deadline = '2026-03-02T08:59:00Z'")

    late = dave.get(f"/tasks/{approval}")

    assert "This vote is late" not in early.text
    assert "This vote is late. It goes on until it is decided" in late.text
    assert late.has_form(f"/tasks/{approval}/vote")


def test_who_stands_in_reads_for_whom_the_vote_is(
    visitor: Enter, approval: int, change: Callable[[str], None]
):
    change(
        "INSERT INTO absence (person, delegate, from_at, until_at)"
        " VALUES ('dave', 'carol', '2026-03-01T00:00:00Z', '2026-03-09T00:00:00Z')"
    )

    page = visitor("carol").get(f"/tasks/{approval}")

    assert "You stand in for dave" in page.text
    assert "what you say there is the vote of dave" in page.text


def test_a_vote_returns_to_the_page_of_ours_that_had_it(visitor: Enter, approval: int):
    dave, path = visitor("dave"), f"/tasks/{approval}"

    refused = dave.submit(
        dave.get(path), f"{path}/vote", button=("choice", "reject"), independent="yes", back="/me"
    )
    voted = dave.submit(refused, f"{path}/vote", button=("choice", "approve"), independent="yes")
    again = dave.submit(
        dave.get(path),
        f"{path}/vote",
        button=("choice", "approve"),
        independent="yes",
        back="//evil.example/",
    )

    assert voted.answer.url.path == "/me"
    assert again.answer.url.path == path
