"""Forms: what may come in, and what a person is told about the rest."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from clearway.service.forms import Filled, Form, RecordSchema
from clearway.service.values import Refusal

SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 5},
        "age": {"type": "integer", "minimum": 0},
        "height": {"type": "number", "multipleOf": Decimal("0.01")},
        "born": {"type": "string", "format": "date"},
        "seen": {"type": "string", "format": "date-time"},
        "mail": {"type": "string", "format": "email"},
        "kind": {"enum": ["cat", "dog"]},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "key": {"type": "string", "readOnly": True},
    },
}
FORM = Form("pet.json", SCHEMA)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({}, "name", "This is needed."),
        ({"name": ""}, "name", "This must not be empty."),
        ({"name": "abcdef"}, "name", "This takes at most 5 characters."),
        ({"name": None}, "name", "This must be a text."),
        ({"name": "a", "age": -1}, "age", "This must be at least 0."),
        ({"name": "a", "age": 1.5}, "age", "This must be a whole number."),
        ({"name": "a", "age": True}, "age", "This must be a whole number."),
        ({"name": "a", "born": "31.3.2026"}, "born", "This must be a date such as 2026-03-31."),
        ({"name": "a", "born": "2026-02-30"}, "born", "This must be a date such as 2026-03-31."),
        ({"name": "a", "mail": "nobody"}, "mail", "This must be a mail address."),
        ({"name": "a", "kind": "cow"}, "kind", "This must be one of cat, dog."),
        ({"name": "a", "tags": ["x", "x"]}, "tags", "Each entry may be there only once."),
        ({"name": "a", "tags": ["x", 1]}, "tags/1", "This must be a text."),
        ({"name": "a", "more": 1}, "more", "This form has no such field."),
        ({"name": "a", "key": "K-2"}, "key", "This field can be read here, but not changed."),
    ],
)
def test_each_problem_is_told_at_its_field(values, field, told):
    refusal = FORM.read(values, {"key": "K-1"}, NOW)

    assert refusal.fields == {field: told}


def test_an_instant_needs_a_zone():
    assert "seen" in FORM.read({"name": "a", "seen": "2026-03-31T14:30:00"}, {}, NOW).fields
    assert isinstance(FORM.read({"name": "a", "seen": "2026-03-31T14:30:00Z"}, {}, NOW), Filled)


def test_numbers_stay_exact():
    filled = FORM.read({"name": "a", "height": 0.07}, {}, NOW)

    assert filled.record["height"] == Decimal("0.07")


def test_what_is_shown_is_not_written_and_null_clears():
    filled = FORM.read({"name": "a", "key": "K-1", "age": None}, {"key": "K-1"}, NOW)

    assert filled.record == {"name": "a", "age": None}


def test_a_record_holds_what_its_schema_says():
    record = RecordSchema(SCHEMA)

    assert record.problem("age", 3) is None
    assert record.problem("age", None) is None
    assert record.problem("age", "old") == "This must be a whole number."
    assert record.problem("colour", 1) == "The record has no such field."


def test_what_must_be_ahead_is_refused_when_it_is_past():
    until = {"type": "string", "format": "date-time", "x-ahead": True}
    form = Form("hold.json", {"type": "object", "properties": {"until": until}})

    refusal = form.read({"until": "2026-03-02T10:00:00+01:00"}, {}, NOW)

    assert refusal.fields == {"until": "This must be ahead; it is 2026-03-02 09:00 UTC now."}
    assert isinstance(form.read({"until": "2026-03-02T10:00:01+01:00"}, {}, NOW), Filled)
    assert isinstance(form.read({"until": None}, {}, NOW), Filled)


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [("2026-03-02T10:05:00+01:00", True), ("2026-03-02T09:05:01Z", False), (None, True)],
)
def test_what_must_be_past_is_not_ahead_of_a_clock_that_may_be_slow(given, is_taken):
    since = {"type": "string", "format": "date-time", "x-past": True}
    form = Form("report.json", {"type": "object", "properties": {"since": since}})

    answer = form.read({"since": given}, {}, NOW)

    assert isinstance(answer, Filled) == is_taken, answer
    if not is_taken:
        assert answer.fields == {"since": "This is still ahead; it is 2026-03-02 09:00 UTC now."}


def test_what_is_a_hundred_years_ahead_is_a_typing_error():
    until = {"type": "string", "format": "date-time", "x-ahead": True}
    form = Form("hold.json", {"type": "object", "properties": {"until": until}})

    refusal = form.read({"until": "9999-12-31T00:00:00Z"}, {}, NOW)

    assert refusal.fields == {"until": "This is more than a hundred years ahead: correct the year."}


@pytest.mark.parametrize(
    ("given", "record", "problem"),
    [
        ({"ended": "2026-03-02T09:00:00Z"}, {}, None),
        ({"began": "2026-03-02T09:00:00Z", "ended": "2026-03-02T10:00:01+01:00"}, {}, None),
        ({"began": "2026-03-02T09:00:00Z", "ended": "2026-03-02T10:00:00+01:00"}, {}, "Began"),
        ({"ended": "2026-03-02T08:00:00Z"}, {"began": "2026-03-02T09:00:00Z"}, "Began"),
        ({"began": None, "ended": "2026-03-02T08:00Z"}, {"began": "2026-03-02T09:00:00Z"}, None),
        ({"ended": None}, {"began": "2026-03-02T09:00:00Z"}, None),
    ],
)
def test_what_ends_ends_after_it_began(given, record, problem):
    moment = {"type": "string", "format": "date-time"}
    began, ended = {**moment, "title": "Began"}, {**moment, "x-after": "began"}
    form = Form("done.json", {"type": "object", "properties": {"began": began, "ended": ended}})

    answer = form.read(given, record, NOW)

    assert isinstance(answer, Refusal) == (problem is not None), answer
    if problem is not None:
        assert answer.fields == {"ended": f"This must be later than {problem}."}


def test_a_pattern_that_never_ends_elsewhere_refuses_in_time():
    form = Form("report.json", {"properties": {"title": {"type": "string", "pattern": "^(a+)+$"}}})

    endless = form.read({"title": "a" * 40 + "1"}, {}, NOW)

    assert isinstance(form.read({"title": "aaa"}, {}, NOW), Filled)
    assert "form that is asked for" in endless.fields["title"]


@pytest.mark.parametrize("wanted", [{"pattern": "^(a|aa)+$"}, {"not": {"pattern": "^(a|aa)+$"}}])
def test_what_cannot_be_said_in_time_is_never_taken(wanted):
    form = Form("report.json", {"properties": {"title": {"type": "string", **wanted}}})

    endless = form.read({"title": "a" * 60 + "1"}, {}, NOW)

    assert isinstance(endless, Refusal), endless
    assert "takes too long on this text" in endless.fields[""]


@pytest.mark.parametrize(
    ("shape", "is_taken"),
    [
        ({"maxLength": 160}, False),
        ({"maxLength": 160, "x-multiline": True}, True),
        ({"maxLength": 160, "x-comment": "public"}, True),
        ({"maxLength": 4000}, True),
        ({}, True),
    ],
)
def test_what_is_one_line_has_no_line_breaks(shape, is_taken):
    form = Form("report.json", {"properties": {"title": {"type": "string", **shape}}})

    answer = form.read({"title": "Mail\nis slow"}, {}, NOW)

    assert isinstance(answer, Filled) == is_taken, answer
    if not is_taken:
        assert answer.fields == {"title": "This is one line: take out the line break."}


@pytest.mark.parametrize(
    ("given", "record", "is_taken"),
    [
        ({"maker": "carol", "checker": "dave"}, {}, True),
        ({"maker": "carol", "checker": "carol"}, {}, False),
        ({"checker": "carol"}, {"maker": "carol"}, False),
        ({"maker": "dave", "checker": "carol"}, {"maker": "carol"}, True),
        ({"maker": None, "checker": None}, {}, True),
        ({"maker": "carol"}, {"checker": "carol"}, True),
    ],
)
def test_a_field_may_have_to_differ_from_another(given, record, is_taken):
    maker = {"type": "string", "title": "Who makes it"}
    checker = {"type": "string", "x-other-than": "maker"}
    form = Form("plan.json", {"properties": {"maker": maker, "checker": checker}})

    answer = form.read(given, record, NOW)

    assert isinstance(answer, Filled) == is_taken, answer
    if not is_taken:
        assert answer.fields == {"checker": "This must be another than Who makes it."}


def test_a_box_that_nobody_ticked_yet_is_not_changed_by_leaving_it():
    danger = {"type": "boolean", "title": "Danger", "x-why": "note"}
    note = {"type": "string", "x-comment": "internal"}
    properties = {"danger": danger, "note": note}
    form = Form("triage.json", {"type": "object", "properties": properties})

    assert isinstance(form.read({"danger": False}, {}, NOW), Filled)
    assert isinstance(form.read({"danger": True}, {}, NOW), Refusal)
    assert isinstance(form.read({"danger": False}, {"danger": True}, NOW), Refusal)


def test_blanks_are_no_answer_to_what_a_condition_asks_for():
    form = Form(
        "hold.json",
        {
            "type": "object",
            "properties": {"reason": {"enum": ["caller", "date"]}, "question": {"type": "string"}},
            "if": {"properties": {"reason": {"const": "caller"}}, "required": ["reason"]},
            "then": {"required": ["question"]},
        },
    )

    refusal = form.read({"reason": "caller", "question": "  "}, {}, NOW)

    assert refusal.fields == {"question": "This is needed."}


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date-time", "x-ahead": True},
        {"enum": ["cat", "dog"]},
        {"type": "string", "pattern": "^[A-Z]+$"},
        {"type": "integer"},
    ],
)
def test_blanks_are_held_against_what_the_field_may_hold(shape):
    form = Form("hold.json", {"type": "object", "properties": {"until": shape}})

    refusal = form.read({"until": "  "}, {}, NOW)

    assert isinstance(refusal, Refusal), refusal
    assert list(refusal.fields) == ["until"]


@pytest.mark.parametrize("value", [5, ["2026-03-03T00:00:00Z"]])
def test_what_must_be_ahead_is_a_moment(value):
    form = Form("hold.json", {"type": "object", "properties": {"until": {"x-ahead": True}}})

    refusal = form.read({"until": value}, {}, NOW)

    assert refusal.fields == {"until": "This must be a moment."}


def test_a_change_needs_its_reason_and_no_change_needs_none():
    form = Form(
        "triage.json",
        {
            "type": "object",
            "properties": {
                "impact": {"type": "integer", "title": "Impact", "x-why": "note"},
                "note": {"type": "string", "x-comment": "internal"},
            },
        },
    )

    for blank in ({}, {"note": ""}, {"note": "  "}, {"note": None}):
        refusal = form.read({"impact": 1, **blank}, {"impact": 2}, NOW)
        assert refusal.fields == {"note": "Say why you change Impact."}
    assert isinstance(form.read({"impact": 1, "note": "Payday"}, {"impact": 2}, NOW), Filled)
    assert isinstance(form.read({"impact": 2}, {"impact": 2}, NOW), Filled)
    assert isinstance(form.read({}, {"impact": 2}, NOW), Filled)


def test_what_is_needed_with_another_field_is_told_where_it_is_missing():
    names = {"why": "Why", "what": "What shows it", "who": "Who"}
    form = Form(
        "whys.json",
        {
            "type": "object",
            "properties": {
                **{name: {"type": "string", "title": title} for name, title in names.items()},
                "bare": {"type": "string"},
            },
            "dependentRequired": {"why": ["what", "who"], "bare": ["who"]},
        },
    )

    assert form.read({"why": "It was full"}, {}, NOW).fields == {
        "what": "This is needed with Why.",
        "who": "This is needed with Why.",
    }
    assert form.read({"bare": "x"}, {}, NOW).fields == {"who": "This is needed with bare."}
    assert isinstance(form.read({"why": "It was full", "what": "a", "who": "b"}, {}, NOW), Filled)


def test_what_is_needed_in_one_of_several_fields_is_told_at_the_first():
    form = Form(
        "parcel.json",
        {
            "type": "object",
            "properties": {
                "street": {"type": "string", "title": "Street"},
                "box": {"type": "string", "title": "Box"},
                "counter": {"type": "string"},
            },
            "anyOf": [{"required": [name]} for name in ("street", "box", "counter")],
        },
    )

    for values in ({}, {"street": None}, {"street": " "}):
        refusal = form.read(values, {}, NOW)
        assert refusal.fields == {"street": "This is needed, or Box, or counter."}
    assert isinstance(form.read({"counter": "7"}, {}, NOW), Filled)


def test_other_choices_between_shapes_are_told_as_before():
    form = Form(
        "parcel.json",
        {
            "type": "object",
            "properties": {"street": {"type": "string"}, "box": {"type": "string"}},
            "anyOf": [{"required": ["street"]}, {"required": ["box"], "maxProperties": 1}],
        },
    )

    assert list(form.read({}, {}, NOW).fields) == [""]


def of_process(process: str, name: str) -> Form:
    """A form as it is drawn."""
    path = Path(__file__).resolve().parents[2] / "bpmn" / process / "forms" / name
    return Form(name, json.loads(path.read_text()))


REPORT = {
    "short_description": "Mail is slow",
    "description": "Nothing happens",
    "since_when": "2026-03-01T08:00:00Z",
    "how_many": "only_me",
    "can_work": "fully",
    "channel": "phone",
}


@pytest.mark.parametrize("named", [{"service": "mail"}, {"affected_asset": "mx01"}])
def test_an_incident_names_a_service_or_a_device(named):
    form = of_process("incident", "reported.json")

    refusal = form.read(REPORT, {}, NOW)

    assert refusal.fields == {"service": "This is needed, or Device or system."}
    assert isinstance(form.read({**REPORT, **named}, {}, NOW), Filled)


@pytest.mark.parametrize("channel", ["portal", "phone", "mail", "chat", "api"])
def test_an_incident_says_how_it_came(channel):
    form = of_process("incident", "reported.json")
    values = {**REPORT, "service": "mail", "channel": channel}

    assert isinstance(form.read(values, {}, NOW), Filled)
    del values["channel"]
    assert form.read(values, {}, NOW).fields == {"channel": "This is needed."}


def test_five_whys_need_what_shows_them():
    form = of_process("problem", "investigate.json")
    values = {"why_1": "The disk was full", "evidence_1": "df says so"}
    values |= {"why_2": "Logs grew", "root_cause": "No rotation", "confidence": "proven"}

    refusal = form.read(values, {}, NOW)

    assert refusal.fields == {"evidence_2": "This is needed with Why 2."}
    assert refusal.text == "evidence_2: This is needed with Why 2."
