"""Texts after changes in the browser: what was changed is as wanted, and all else stays."""

import json
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from processes.hours import WEEKDAYS, read_hours

ROOT = Path(__file__).resolve().parents[2]
CALENDARS, MESSAGES = "calendar_edits.mjs", "message_edits.mjs"
HOUSE = [path.read_text() for path in sorted(ROOT.glob("bpmn/shared/calendars/*.yaml"))]
FLOW = (
    "tz: UTC\nweek: {mon-wed: [[540,1020]], thu: '9:00-10:00'} # why\n"
    "holidays: [2026-01-01, 2026-01-02] # two\n"
)
BLOCK = (
    "# above\ntz: UTC\r\nweek:\r\n  monday-friday:\r\n    - '09:00-10:00'\r\n    - 11:00-12:00\r\n"
    "# between\r\nextra:\r\n  # a fair\r\n  - date: 2026-05-01\r\n    hours: '9:00-10:00'\r\n"
)


def changed(cases: Sequence[Any], by: str = CALENDARS) -> Any:
    """What the editor makes of each text by these edits, or the error it tells."""
    command = ["node", str(ROOT / "tests" / "shared" / by)]
    text = json.dumps(cases)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def differing(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    old, new = before.split("\n"), after.split("\n")
    return [it for it in old if it not in new], [it for it in new if it not in old]


def test_only_the_lines_of_what_was_changed_are_other_lines():
    office = next(it for it in HOUSE if "name: office" in it)
    edits = [
        ["withField", "description", "Mon: to Fri"],
        ["withDay", 4, ["09:00-12:00", "13:00-15:00"]],
        ["withItem", "holidays", {"date": "2026-12-24", "name": 'The "long" # day'}],
        ["withItem", "extra", {"date": "2027-01-02", "hours": ["10:00-12:00"], "name": ""}],
        ["withoutItem", "holidays", 0],
        ["withItemChanged", "holidays", 0, "name", "Karfreitag"],
    ]

    (found,) = changed([(office, edits)])
    gone, come = differing(office, found["text"])
    assert gone == [
        "description: Monday to Friday, 9 to 17 o'clock in Berlin",
        '  mon-fri: "09:00-17:00"',
        '  - {date: 2026-01-01, name: "New Year\'s Day"}',
        '  - {date: 2026-04-03, name: "Good Friday"}',
    ]
    assert come == [
        'description: "Mon: to Fri"',
        '  mon-thu: "09:00-17:00"',
        '  fri: ["09:00-12:00", "13:00-15:00"]',
        '  - {date: 2026-04-03, name: "Karfreitag"}',
        '  - {date: 2026-12-24, name: "The \\"long\\" # day"}',
        "extra:",
        '  - {date: 2027-01-02, hours: "10:00-12:00"}',
    ]


def test_other_ways_to_write_a_calendar_are_kept():
    flow, block = changed(
        [
            (FLOW, [["withDay", 1, ["10:00-11:00"]], ["withoutItem", "holidays", 1]]),
            (BLOCK, [["withDay", 0, []], ["withItemChanged", "extra", 0, "name", "Fair"]]),
        ]
    )

    assert flow["text"] == (
        'tz: UTC\nweek: {mon: [[540,1020]], tue: "10:00-11:00", wed: [[540,1020]], '
        "thu: '9:00-10:00'} # why\nholidays: [2026-01-01] # two\n"
    )
    assert block["text"] == BLOCK.replace(
        "  monday-friday:", "  monday: []\r\n  tuesday-friday:"
    ).replace("    hours: '9:00-10:00'", "    hours: '9:00-10:00'\r\n    name: \"Fair\"")


def test_what_cannot_be_shown_or_changed_with_certainty_is_refused_with_a_sentence():
    texts = [
        ("a: &x 1\ntz: *x\n", [], "anchors"),
        ("tz: UTC\ntz: CET\n", [], "Line 2: this is no YAML: Map keys must be unique."),
        ("", [], "This is no calendar"),
        (
            "week:\n  mon:\n    - '9:00-10:00' # early\n    - '11:00-12:00'\n",
            [["withDay", 0, ["8:00-9:00"]]],
            "change it in Source",
        ),
    ]

    for (_, _, told), found in zip(texts, changed([it[:2] for it in texts]), strict=True):
        assert told in found["error"]


def test_the_time_of_a_spreadsheet_is_no_name_of_a_holiday():
    lines = ["2027-12-24 00:00:00\tHeiligabend", "24.12.2027 0:00", "2027-12-24T10:00:00 Party"]
    eve = {"date": "2027-12-24", "name": "Heiligabend"}

    midnight, nameless, party = changed(lines, "calendar_lines.mjs")

    assert midnight == {"items": [eve], "problem": ""}
    assert nameless["items"] == [{**eve, "name": ""}]
    assert party["items"] == []
    assert "has the time 10:00:00, and a holiday is a whole day." in party["problem"]


def test_a_message_keeps_its_line_ends_and_marks_where_nobody_typed():
    dos = "\ufeffSubject\r\none\r\n\r\ntwo\n"
    cases = [
        (dos, ["withSubject", "Other"]),
        (dos, ["withBody", "one\n\nand\ntwo\n"]),
        (dos, ["withBody", "one\n\ntwo\n"]),
        ("Subject", ["withBody", "text"]),
        ("Subject", ["withBody", ""]),
        ("Subject\r\n", ["withBody", "aa"]),
        ("S\naa", ["withBody", "aaa"]),
    ]

    assert changed(cases, MESSAGES) == [
        "\ufeffOther\r\none\r\n\r\ntwo\n",
        "\ufeffSubject\r\none\r\n\r\nand\r\ntwo\n",
        dos,
        "Subject\ntext",
        "Subject",
        "Subject\r\naa",
        "S\naaa",
    ]


def test_names_are_offered_inside_of_tags_only():
    cases = [
        ("Dear {{ ", "value"),
        ("{{ key | up", "filter"),
        ("{% if a", "value"),
        ("{{ key }} and", ""),
        ("plain", ""),
    ]

    found = changed([(text, ["placeIn"]) for text, _ in cases], MESSAGES)
    assert found == [place for _, place in cases]


def test_the_server_reads_what_the_page_shows_after_any_changes():
    draw = random.Random(1)
    begins = ["\n".join(text.split("\n")[:18]) for text in HOUSE]
    cases = [(text, _edits(draw)) for text in (*begins, FLOW, BLOCK) for _ in range(20)]

    for (text, edits), found in zip(cases, changed(cases), strict=True):
        if "error" in found:
            assert found["error"].endswith("change it in Source."), edits
            continue
        hours = read_hours(yaml.safe_load(found["text"]), "drawn")
        shown = found["said"]
        week = {day: shown["week"][at] for at, day in enumerate(WEEKDAYS)}
        assert hours.week == read_hours({"tz": "UTC", "week": week}, "shown").week, edits
        assert {str(it) for it in hours.holidays} == {it["date"] for it in shown["holidays"]}
        assert {str(it) for it in hours.extra} == {it["date"] for it in shown["extra"]}
        assert str(hours.until or "") == shown["until"]
        assert [it for it in _remarks(text) if it not in found["text"]] == [], edits


def _remarks(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("#")]


def _edits(draw: random.Random) -> list[list[Any]]:
    return [draw.choice(_KINDS)(draw) for _ in range(draw.randint(1, 4))]


def _day(draw: random.Random) -> str:
    return f"20{draw.randint(26, 40)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"


def _windows(draw: random.Random) -> list[str]:
    choices = ["09:00-12:00", "13:00-17:00", "22:00-06:00"]
    return sorted(draw.sample(choices, draw.randint(0, 3)))


_KINDS = (
    lambda draw: ["withDay", draw.randint(0, 6), _windows(draw)],
    lambda draw: ["withField", "until", draw.choice(["", _day(draw)])],
    lambda draw: ["withField", "name", draw.choice(["a: b", "no", "#x", "office", "é 'q'"])],
    lambda draw: ["withItem", "holidays", {"date": _day(draw), "name": draw.choice(["", "x, }"])}],
    lambda draw: ["withItem", "extra", {"date": _day(draw), "hours": ["09:00-10:00"], "name": ""}],
    lambda draw: ["withItemChanged", "holidays", 0, "name", draw.choice(["y: 'z'", ""])],
    lambda draw: ["withoutItem", "holidays", 0],
    lambda draw: ["sorted", "holidays"],
)
