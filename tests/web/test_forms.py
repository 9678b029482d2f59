"""Forms out of JSON Schema: which control, what is read from it, what is wrong."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clearway.web.forms import form_of
from clearway.web.typed import read_typed

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "maxLength": 8000}, "multiline"),
        ({"type": "string", "x-comment": "public"}, "multiline"),
        ({"type": ["string", "null"], "format": "date"}, "date"),
        ({"type": "string", "format": "date-time"}, "instant"),
        ({"type": "string", "enum": ["a", "b"]}, "choice"),
        ({"oneOf": [{"const": 1, "title": "One"}]}, "choice"),
        ({"type": "integer"}, "integer"),
        ({"type": "number"}, "number"),
        ({"type": "boolean"}, "tick"),
        ({"type": "array", "items": {"type": "string"}}, "lines"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "checks"),
        ({"type": "array", "items": {"type": "object"}}, "json"),
    ],
)
def test_each_type_has_its_control(declared: dict[str, object], kind: str):
    form = form_of({"properties": {"it": declared}}, {}, BERLIN)

    assert form.fields[0].kind == kind


@pytest.mark.parametrize(
    ("declared", "typed", "value"),
    [
        ({"type": "string"}, ["  kept as typed "], "  kept as typed "),
        ({"type": "string"}, ["one\r\ntwo"], "one\ntwo"),
        ({"type": "integer"}, ["3"], 3),
        ({"type": "integer"}, ["3.0"], 3),
        ({"type": "number"}, ["0.1"], Decimal("0.1")),
        ({"type": "boolean"}, ["true"], True),
        ({"type": "boolean"}, [], False),
        ({"type": "string", "format": "date"}, ["2026-03-02"], "2026-03-02"),
        ({"type": "string", "format": "date-time"}, ["2026-07-01T10:00"], "2026-07-01T08:00:00Z"),
        ({"type": "string", "format": "date-time"}, ["2026-01-01T10:00"], "2026-01-01T09:00:00Z"),
        ({"enum": [1, 2]}, ["2"], 2),
        ({"enum": [True, "true"]}, ["true"], True),
        ({"type": "array", "items": {"type": "string"}}, ["a\n\n b \n"], ["a", "b"]),
        ({"type": "array", "items": {"type": "integer"}}, ["1\n2"], [1, 2]),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, ["a", "b"], ["a", "b"]),
        ({"type": "object"}, ['{"a": 1}'], {"a": 1}),
    ],
)
def test_what_is_typed_becomes_a_value(
    declared: dict[str, object], typed: list[str], value: object
):
    read = read_typed({"properties": {"it": declared}}, [("f.it", text) for text in typed], BERLIN)

    assert read.errors == {}
    assert read.values == {"it": value}
    assert type(read.values["it"]) is type(value)


@pytest.mark.parametrize(
    ("declared", "text", "told"),
    [
        ({"type": "integer"}, "2.5", "whole number"),
        ({"type": "number"}, "1,5", "number"),
        ({"type": "number"}, "Infinity", "too large"),
        ({"type": "boolean"}, "maybe", "yes or no"),
        ({"type": "string", "format": "date"}, "2026-02-30", "date"),
        ({"type": "string", "format": "date-time"}, "tomorrow", "date and a time"),
        ({"type": "string", "format": "date-time"}, "2026-03-29T02:30", "does not exist"),
        ({"enum": ["a"]}, "b", "one of the list"),
        ({"type": "object"}, "{", "not JSON"),
    ],
)
def test_what_cannot_be_read_is_told_and_kept(declared: dict[str, object], text: str, told: str):
    schema = {"properties": {"it": declared}}

    read = read_typed(schema, [("f.it", text)], BERLIN)
    form = form_of(schema, {}, BERLIN, typed=read.texts, errors=read.errors)

    assert told in read.errors["it"]
    assert "it" not in read.values
    assert form.fields[0].texts == [text]
    assert form.first_wrong == "it"


def test_an_emptied_field_clears_what_the_record_holds_and_nothing_else():
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {}}}

    read = read_typed(schema, [("f.a", ""), ("f.b", "")], BERLIN, {"a": "old", "c": "kept"})

    assert read.values == {"a": None}


def test_fields_that_are_only_shown_are_not_sent_on():
    schema = {"properties": {"it": {"type": "string", "readOnly": True}}}

    read = read_typed(schema, [("f.it", "forged")], BERLIN, {"it": "true"})
    form = form_of(schema, {"it": "true"}, BERLIN, typed=read.texts)

    assert read.values == {}
    assert form.fields[0].text == "true"


def test_fields_of_the_page_and_of_the_process_are_never_confused():
    schema = {"properties": {"csrf": {"type": "string"}}}

    read = read_typed(schema, [("csrf", "of the page"), ("f.csrf", "of the process")], BERLIN)

    assert read.values == {"csrf": "of the process"}


def test_errors_inside_a_field_stand_at_the_field_and_others_at_the_top():
    schema = {"properties": {"whys": {"type": "array", "title": "Five whys"}}}
    errors = {"whys/2": "Too short.", "": "Nothing fits.", "other": "Unknown."}

    form = form_of(schema, {}, BERLIN, errors=errors)

    assert form.fields[0].error == "Too short."
    assert form.general == ["Nothing fits.", "Other: Unknown."]


def test_a_required_question_has_two_buttons_and_no_silent_no():
    schema = {"required": ["it"], "properties": {"it": {"type": "boolean"}}}

    read = read_typed(schema, [], BERLIN)

    assert form_of(schema, {}, BERLIN).fields[0].kind == "yes_no"
    assert read.values == {}


@pytest.mark.parametrize(
    ("about", "hinted"),
    [
        ("", True),
        ("Which groups.", True),
        ("One on each line.", False),
        ("Which, one on each line.", False),
    ],
)
def test_that_a_list_has_lines_is_said_once(about: str, hinted: bool):
    declared = {"type": "array", "items": {"type": "string"}, "description": about}

    form = form_of({"properties": {"it": declared}}, {}, BERLIN)

    assert form.fields[0].needs_lines_hint is hinted


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("day1_ready", "Day 1 ready"),
        ("awaiting_caller", "Awaiting caller"),
        ("userTask", "User task"),
        ("sha256", "Sha256"),
        ("p1", "P1"),
        ("Two words1", "Two words1"),
    ],
)
def test_a_name_without_a_title_is_made_readable(name: str, said: str):
    form = form_of({"properties": {name: {"type": "string"}}}, {}, BERLIN)

    assert form.fields[0].label == said


def test_a_field_offers_names_of_the_registry_when_it_asks_for_them():
    schema = {"properties": {"it": {"type": "string", "x-suggest": "groups"}}}

    assert form_of(schema, {}, BERLIN).fields[0].suggest == "groups"
