"""Previews of messages and calendars while they are written: nothing is sent, nothing is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done
from clearway.service.workshop.drafts import make_draft

NAG = "errand/messages/nag.md.j2"
OFFICE = "shared/calendars/office.yaml"
WEEK = "tz: Europe/Berlin\nweek:\n  mon-fri: '09:00-17:00'\n"
Enter = Callable[[str], Any]


@dataclass
class Desk:
    """A view of a file in somebody's browser."""

    client: Any
    base: str

    def ask(self, what: str, body: Any) -> httpx.Response:
        """Ask about what is on the screen."""
        token = self.client.get(f"{self.base}/files").headers["X-CSRF-Token"]
        return self.client.post(f"{self.base}/{what}", json=body, headers={"X-CSRF-Token": token})

    def message(self, text: str, **more: Any) -> Any:
        """What this text would be as the message `nag`."""
        answer = self.ask("message", {"path": NAG, "text": text, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def calendar(self, text: str, **more: Any) -> Any:
        """What this text would be as a calendar."""
        body = {"path": OFFICE, "text": text, "year": 2026, "month": 3, **more}
        answer = self.ask("calendar", body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def desk(visitor: Enter, house: House, people: dict[str, Actor]) -> Desk:
    """Grace has a draft open."""
    done = make_draft(house, people["grace"], "errand", once="draft")
    assert isinstance(done, Done)
    return Desk(visitor("grace").client, f"/processes/errand/drafts/{done.details['draft']}")


def test_a_message_is_shown_as_the_mail_that_it_makes(desk: Desk):
    found = desk.message("Bring {{ what }}\nPlease bring **{{ what }}** soon.\n")

    assert found["mail"]["subject"] == "Bring (example of What)"
    assert found["mail"]["text"] == "Please bring (example of What) soon.\n"
    assert "<strong>(example of What)</strong>" in found["mail"]["html"]
    assert [(it["element"], it["name"]) for it in found["senders"]] == [("nag", "Nag")]
    assert found["used"] == ["what"]


def test_what_a_message_may_say_is_offered_with_the_title_of_the_field(desk: Desk):
    found = desk.message("Bring {{ what }}\n")

    offered = {it["name"]: it["about"] for it in found["names"]}
    assert offered["what"] == "What"
    assert {"key", "title", "process", "base_url"} <= set(offered)
    left = [it["name"] for it in found["fields"]]
    assert "weight" in left
    assert "what" not in left
    assert "upper" in found["filters"]


def test_each_value_of_a_preview_can_be_typed_over(desk: Desk):
    found = desk.message(
        "Bring {{ what }}\nNo <b>HTML</b>: {{ what }}", values={"what": "<i>a</i>"}
    )

    assert found["mail"]["subject"] == "Bring <i>a</i>"
    assert "<i>" not in found["mail"]["html"]


UNREADABLE = (
    ("", 1, "The message has no subject"),
    ("Bring {{ what\nIt", 1, "cannot be read at line 1"),
    ("Bring\none\n{% if what %}\n", 3, "cannot be read at line 3"),
    ("Bring\n\n{{ what | shout }}", 3, "there is no filter shout"),
)


def test_a_message_that_cannot_be_read_says_in_which_line(desk: Desk):
    for text, line, told in UNREADABLE:
        found = desk.message(text)

        assert found["mail"] is None
        assert told in found["wrong"]["text"]
        assert found["wrong"]["line"] == line


def test_a_value_that_no_element_gives_is_named(desk: Desk):
    found = desk.message("Bring {{ whatever }}\n")

    assert found["wrong"] is None
    assert "whatever" in found["stopped"]


def test_a_message_can_be_shown_with_a_real_record(
    desk: Desk, house: House, people: dict[str, Actor]
):
    done = start(house, people["alice"], "errand", {"what": "the red folder"}, once="a")
    assert isinstance(done, Done), done

    listed = desk.ask("message/records", {"words": "folder"}).json()["records"]
    assert listed == [{"key": done.key, "title": "the red folder"}]
    found = desk.message("{{ key }}: bring {{ what }}\n", record=done.key)
    assert found["mail"]["subject"] == f"{done.key}: bring the red folder"
    missing = desk.ask("message", {"path": NAG, "text": "Bring", "record": "ERR-999"})
    assert missing.status_code == 404


def test_a_calendar_is_shown_month_by_month(desk: Desk):
    found = desk.calendar(f"{WEEK}holidays:\n  - {{date: 2026-03-02, name: Carnival}}\n")

    (month,) = found["months"]
    days = {it["date"]: it for it in month["days"]}
    assert (month["first"], len(days)) == (6, 31)
    assert (days["2026-03-03"]["hours"], days["2026-03-03"]["open"]) == (["09:00-17:00"], "8 h")
    assert (days["2026-03-02"]["hours"], days["2026-03-02"]["holiday"]) == ([], "Carnival")
    assert days["2026-03-29"]["clocks"] == "Clocks go from 02:00 to 03:00"
    assert [it["clocks"] for it in month["days"] if it["clocks"]] == [days["2026-03-29"]["clocks"]]
    assert len(desk.calendar(WEEK, month=None)["months"]) == 12


def test_a_night_on_which_clocks_change_is_as_long_as_it_is(desk: Desk):
    found = desk.calendar("tz: Europe/Berlin\nweek:\n  sat: '22:00-06:00'\nuntil: 2026-03-28\n")

    days = {it["date"]: it for it in found["months"][0]["days"]}
    assert days["2026-03-21"]["open"] == "8 h"
    assert days["2026-03-28"]["open"] == "7 h"
    unknown = [it["date"] for it in days.values() if not it["is_known"]]
    assert unknown == ["2026-03-29", "2026-03-30", "2026-03-31"]


def test_an_amount_of_business_time_ends_as_the_unsaved_calendar_says(desk: Desk):
    asked = {"amount": "PT10H", "begin": "2026-03-06T16:00"}
    found = desk.calendar(WEEK, **asked)
    assert found["reckoned"]["ends"] == "Tuesday, 10 March 2026, 10:00 CET"

    closed = f"{WEEK}holidays: [2026-03-09]\n"
    assert "11 March" in desk.calendar(closed, **asked)["reckoned"]["ends"]
    late = desk.calendar(f"{WEEK}until: 2026-03-06\n", **asked)["reckoned"]
    assert "has its holidays only until 2026-03-06" in late["wrong"]
    gap = desk.calendar(WEEK, amount="PT1H", begin="2026-03-29T02:30")["reckoned"]
    assert "does not exist in Europe/Berlin" in gap["wrong"]


TWICE = "extra:\n" + "  - {date: 2026-03-01, hours: '9:00-12:00'}\n" * 2
TWO = "['9:00-12:00', '11:00-13:00']"
WRONG = (
    (f"tz: UTC\nweek: {{thu: 9:00-12:00, fri: {TWO}}}", "week", "friday", "join"),
    ("tz: UTC\nweek: {thu: '9:00-12:00', wed: '22:00-10:00'}", "week", "wednesday", "join"),
    ("tz: Europe/Berlin\nweek: {mon: ['9:00-12:00', '11:00-13:00']}", "week", "monday", "join"),
    ("tz: Mars/Base\nweek: {mon: '9:00-12:00'}", "tz", "", "there is no time zone"),
    ("tz: UTC\nweek: {mon: '9:00'}", "week", "mon", "is no opening"),
    ("tz: UTC\nweek: {}\n", "week", "", "never opens"),
    ("week: {mon: '9:00-12:00'}", "tz", "", "is missing"),
    (f"{WEEK}{TWICE}", "extra", "", "twice"),
    (f"{WEEK}day: long", "day", "", "is no length of a day"),
    (f"{WEEK}until: 2026-01-01\nholidays: [2026-02-01]", "holidays", "", "comes after"),
    (f"{WEEK}holidays: [2026-02-31]", "", "", "day is out of range"),
    ("tz: [", "", "", "is no YAML"),
)


def test_what_is_wrong_with_a_calendar_is_said_with_its_place_in_the_words_of_the_gate(desk: Desk):
    for text, field, part, told in WRONG:
        problem = desk.calendar(text)["wrong"]

        assert told in problem["reason"], text
        assert (problem["field"], problem["part"]) == (field, part)
        found = desk.ask("lint", {"files": {OFFICE: text}}).json()["findings"]
        assert [it["message"] for it in found if it["rule"] == "calendar"] == [problem["text"]]


def test_what_is_allowed_and_seldom_meant_is_said(desk: Desk):
    twice = "holidays: [2026-01-01, 2026-01-01]\n"
    notes = desk.calendar(f"{WEEK}{twice}until: 2026-01-31\n")["notes"]

    assert [(it["field"], it["part"]) for it in notes] == [
        ("until", ""),
        ("holidays", "2026-01-01"),
    ]
    assert "is in the past" in notes[0]["text"]
    assert desk.calendar(f"{WEEK}until: 2036-01-31\n")["notes"] == []


def test_the_zones_that_a_calendar_may_have_are_listed(desk: Desk):
    found = desk.ask("calendar/zones", {}).json()["zones"]

    assert {"Europe/Berlin", "UTC"} <= set(found)
    assert not {"localtime", "Factory", "posixrules"} & set(found)


def test_previews_are_for_who_may_see_drafts(desk: Desk, visitor: Enter):
    alice = Desk(visitor("alice").client, desk.base)
    token = alice.client.get("/processes").text.split('name="csrf" value="')[1].split('"')[0]

    for what in ("message", "message/records", "calendar", "calendar/zones"):
        body = {"path": NAG if "message" in what else OFFICE, "text": "A", "year": 2026}
        headers = {"X-CSRF-Token": token}
        answer = alice.client.post(f"{desk.base}/{what}", json=body, headers=headers)
        assert answer.status_code == 403, what
        assert answer.json()["detail"].startswith("Seeing the drafts"), what


def test_what_is_no_question_is_refused(desk: Desk):
    for what, body in (
        ("message", {}),
        ("message", {"path": "errand/errand.bpmn", "text": "A"}),
        ("message", {"path": NAG, "text": "A", "values": []}),
        ("calendar", {"path": OFFICE, "text": WEEK}),
        ("calendar", {"path": OFFICE, "text": WEEK, "year": 2026, "month": 13}),
        ("calendar", {"path": OFFICE, "text": WEEK, "year": 1}),
    ):
        assert desk.ask(what, body).status_code == 422, (what, body)
