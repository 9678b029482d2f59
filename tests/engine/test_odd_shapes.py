"""Whatever JSON stands in a record or a form, the gate answers with findings and never raises."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clearway import engine
from clearway.engine.gate import record
from clearway.engine.values import Bundle
from clearway.service.gate import examine
from clearway.wiring import surroundings

pytestmark = pytest.mark.hypothesis
BUNDLE = engine.read_bundle(Path(__file__).resolve().parents[2] / "bpmn", "cab_meeting")
FILES = sorted(it for it in BUNDLE.files if it.endswith("record.json") or "/forms/" in it)
OF_A_FIELD = [
    "type",
    "format",
    "pattern",
    "enum",
    "default",
    "title",
    "examples",
    "items",
    "readOnly",
    "minLength",
    "x-link",
    "x-of",
    "x-in",
    "x-open",
    "x-new",
    "x-suggest",
    "x-why",
    "x-other-than",
    "x-after",
    "x-ahead",
    "x-past",
    "x-only",
    "x-comment",
    "x-titles",
    "x-material",
    "x-merge",
    "x-decider",
    "x-does",
    "x-among",
    "x-voice",
]
OF_A_RECORD = sorted(record.KNOWN)
ODD = st.recursive(
    st.sampled_from([True, False, None, 1, "s", "agenda"]),
    lambda one: (
        st.lists(one, max_size=2)
        | st.dictionaries(st.sampled_from(["type", "items", "properties", "a"]), one, max_size=2)
    ),
    max_leaves=3,
)
RECORD = "cab_meeting/record.json"
DISCUSS = "cab_meeting/forms/discuss.json"
ITEM = ("properties", "current_item")


@st.composite
def places(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """A file, and the way to what stands there or could."""
    file = draw(st.sampled_from(FILES))
    document = json.loads(BUNDLE.files[file])
    field = ("properties", draw(st.sampled_from(sorted(document["properties"]))))
    ways = [
        field,
        (*field, draw(st.sampled_from(OF_A_FIELD))),
        (draw(st.sampled_from(OF_A_RECORD)),),
    ]
    return file, draw(st.sampled_from([*ways, (draw(st.sampled_from(sorted(document))),)]))


@settings(max_examples=60, deadline=None)
@given(place=places(), odd=ODD)
@example(place=(RECORD, ("properties", "agenda")), odd=True)
@example(place=(RECORD, ("x-title",)), odd={"properties": {}})
@example(place=(DISCUSS, (*ITEM, "x-why")), odd=[])
@example(place=(DISCUSS, (*ITEM, "x-other-than")), odd={"a": 1})
@example(place=(DISCUSS, (*ITEM, "x-after")), odd={"type": "s"})
@example(place=(DISCUSS, ITEM), odd=True)
def test_the_gate_answers_whatever_stands_there(place: tuple[str, tuple[str, ...]], odd: Any):
    file, way = place

    found = examine(with_it(file, way, odd), surroundings())

    assert all(it.message and it.remedy for it in found)


def with_it(file: str, way: tuple[str, ...], value: Any) -> Bundle:
    document = json.loads(BUNDLE.files[file])
    at = document
    for key in way[:-1]:
        at = at[key]
    at[way[-1]] = value
    return Bundle(BUNDLE.process, {**BUNDLE.files, file: json.dumps(document).encode()})
