"""Names of fields: what expressions and forms can use as it is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from clearway.engine import check

Drawing = Callable[..., Any]
BODY = "<startEvent id='s'/><userTask id='u' name='x'/>{s>u}"


def refused(drawn: Drawing, record: Any, form: Any) -> list[tuple[str, str | None, str, str]]:
    bundle = drawn(BODY, record=record, **{"p/forms/u.json": form})
    found = check(bundle, trusted=True)
    return [(it.file, it.element, it.message, it.remedy) for it in found if it.rule == "field-name"]


def schema(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "x-key-prefix": "P", "properties": fields}


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("two words", "two_words"),
        ("a.b", "a_b"),
        ("it's", "it_s"),
        ('say "no"', "say_no"),
        ("", None),
        ("__proto__", "proto"),
        ("x" * 64, None),
        ("costCenter", "cost_center"),
        ("straße", "stra_e"),
        ("1st", None),
        ("in", None),
    ],
)
def test_a_field_that_expressions_cannot_name_is_refused(
    drawn: Drawing, name: str, instead: str | None
):
    named = schema(**{name: {"type": "string"}})

    found = refused(drawn, named, named)

    assert [(file, element) for file, element, _, _ in found] == [
        ("p/forms/u.json", "u"),
        ("p/record.json", None),
    ]
    for _, _, message, remedy in found:
        assert name[:40] in message
        assert len(message) < 200
        assert (f"Call it `{instead}`" if instead else "Give it another name") in remedy


def test_a_field_inside_of_a_field_is_looked_at_as_well(drawn: Drawing):
    lines = {"type": "array", "items": {"type": "object", "properties": {"a/b": {}}}}

    found = refused(drawn, schema(lines=lines), schema())

    assert [file for file, *_ in found] == ["p/record.json"]
    assert json.dumps("a/b").strip('"') in found[0][2]


def test_a_plain_name_is_taken(drawn: Drawing):
    assert refused(drawn, schema(why_1={}, a={}, x9_={}), schema(why_1={})) == []
