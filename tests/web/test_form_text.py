"""What the form editor does to a form's text: only what was changed, and nothing is lost."""

import copy
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
FORMS = sorted(ROOT.glob("bpmn/*/forms/*.json"))
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def script() -> Iterator[Callable[..., dict[str, Any]]]:
    """The editor's scripts, without a browser."""
    if not (ROOT / "node_modules/jsonc-parser").exists():
        pytest.skip("jsonc-parser is not installed: run make.")
    command = ["node", str(Path(__file__).with_name("form_text.mjs")), str(ROOT)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes, encoding="utf-8") as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def ask(what: str, text: str, **more: Any) -> dict[str, Any]:
            stdin.write(json.dumps({"what": what, "text": text, **more}) + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

        yield ask
        stdin.close()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def made(script: Callable[..., dict[str, Any]]) -> Ask:
    """What they make of a text; a text that they cannot read fails the test."""

    def ask(what: str, text: str, **more: Any) -> Any:
        answer = script(what, text, **more)
        assert "error" not in answer, answer
        return answer["made"]

    return ask


PLAIN = st.one_of(st.text(max_size=4), st.integers(-9, 9), st.booleans(), st.none())
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=4), VALUES, min_size=1, max_size=4)


@settings(max_examples=25, deadline=None)
@given(held=OBJECTS, value=VALUES, draw=st.data(), indent=st.sampled_from([2, 4, "\t"]))
def test_a_change_is_what_it_would_be_had_it_always_been_so(
    made: Ask, held: dict[str, Any], value: Any, draw: st.DataObject, indent: Any
):
    name = draw.draw(st.sampled_from([*held, "another"]))

    text = written({**held, "last": {"x": 1}}, indent)
    assert made("edit", text, edits=[["set", [name], value]]) == written(
        put({**held, "last": {"x": 1}}, name, value), indent
    )
    inner = made("edit", text, edits=[["set", ["last", "y"], value], ["remove", ["last", "x"]]])
    assert inner == written({**held, "last": {"y": value}}, indent)
    left = {key: one for key, one in held.items() if key != name}
    assert made("edit", text, edits=[["remove", [name]]]) == written(
        {**left, "last": {"x": 1}}, indent
    )
    turned = dict(reversed(held.items()))
    order = list(reversed(range(len(held))))
    assert made("edit", written(held, indent), edits=[["reorder", [], order]]) == written(
        turned, indent
    )


def put(held: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(held)
    changed[name] = value
    return changed


def written(value: Any, indent: Any) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False) + "\n"


def test_what_is_written_otherwise_stays_as_it_is(made: Ask):
    text = '{"b": [1.0, 2e3],\r\n\r\n      "a":{"10":"x","2":"y"}  ,\r\n "c":  "ä\\u00e4"}'

    changed = made("edit", text, edits=[["set", ["b", 2], 3], ["set", ["a", "2"], "z"]])

    assert changed == text.replace("2e3]", "2e3, 3]").replace('"y"', '"z"')
    assert made("edit", text, edits=[["reorder", ["a"], [1, 0]]]) == text.replace(
        '{"10":"x","2":"y"}', '{"2":"y","10":"x"}'
    )


def test_all_that_our_own_forms_say_is_shown(made: Ask):
    hidden = {
        (path.stem, field["name"]): field["more"]
        for path in FORMS
        for field in made("fields", path.read_text(encoding="utf-8"))
        if field["more"] or field["kind"] == "other"
    }

    assert hidden == {}


def test_a_keyword_that_no_control_shows_is_named(made: Ask):
    fields = {
        "a": {"type": "string", "contentEncoding": "base64"},
        "b": {"oneOf": [{"const": 1, "title": "One"}]},
        "c": {"type": ["string", "null"]},
        "d": {"type": "array", "items": {"type": "string", "format": "email"}},
        "e": {"type": "integer", "maxLength": 3},
        "f": True,
        "g": {"type": "object"},
        "h": {"enum": ["x"], "x-titles": "X"},
    }

    found = {it["name"]: it["more"] for it in made("fields", json.dumps({"properties": fields}))}
    assert found == {
        "a": ["contentEncoding"],
        "b": ["oneOf"],
        "c": ["type"],
        "d": ["items: format"],
        "e": ["maxLength"],
        "f": ["it is no object"],
        "g": ["type"],
        "h": ["x-titles"],
    }


def test_each_condition_of_our_own_forms_is_changed_and_changed_back(made: Ask):
    said, unsaid = 0, 0
    for path in FORMS:
        text = path.read_text(encoding="utf-8")
        names = list(json.loads(text)["properties"])
        for at, one in enumerate(made("conditions", text)):
            if one["kind"] == "more":
                unsaid += 1
                continue
            said += 1
            other = next(it for it in names if it not in one["required"])
            more = made("need", text, at=at, name=other, **{"is": True})
            assert other in made("conditions", more)[at]["required"]
            assert made("need", more, at=at, name=other, **{"is": False}) == text
            if one["kind"] == "rule":
                asked = made("ask", text, at=at, field=one["field"], test=one["test"])
                assert json.loads(asked) == json.loads(text)
            assert (
                len(made("conditions", made("drop", text, at=at)))
                == len(made("conditions", text)) - 1
            )
    assert said > 10 * unsaid


def test_conditions_are_sentences(made: Ask):
    form = {
        "properties": {
            "why": {"type": "string", "title": "Why", "enum": ["a", "b"], "x-titles": {"a": "Ill"}},
            "note": {"type": "string", "title": "Note"},
        }
    }

    text = made("add", json.dumps(form), field="why", test={"how": "is", "values": ["a"]})
    text = made("need", text, at=0, name="note", **{"is": True})
    assert [it["words"] for it in made("conditions", text)] == [
        "When Why is Ill, then Note must be filled in."
    ]
    text = made("ask", text, at=0, field="why", test={"how": "not", "values": ["a", "b"]})
    assert made("conditions", text)[0]["words"] == (
        "When Why is anything but Ill or B, then Note must be filled in."
    )
    assert made("namers", text, name="note") == ["a condition"]
    assert "allOf" not in json.loads(made("drop", text, at=0))


def test_a_condition_of_another_shape_is_named_and_left_alone(made: Ask):
    strange: list[dict[str, Any]] = [
        {"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}},
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
        {"if": {"required": ["a", "c"]}, "then": {"required": ["b"]}},
        {"not": {"required": ["a"]}},
    ]
    fields: dict[str, Any] = {"a": {}, "b": {}, "c": {}}
    form: dict[str, Any] = {"properties": fields, "allOf": strange, "oneOf": [{}]}

    found = made("conditions", json.dumps(form))
    assert [it["kind"] for it in found] == ["more"] * 5
    assert "see Source" in found[0]["words"]
    assert made("namers", json.dumps(form), name="c") == ["2 conditions"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"a": 1,\n}', "Line 3:"),
        ('{"a": 1, "b": {"c": 1,\n"c": 2}}', "Line 2: “c” stands there twice"),
        ("// a form\n{}", "no comments"),
        ("", "nothing in it"),
        ('{"a": "x\ty"}', "line break or a tab"),
    ],
)
def test_what_is_no_json_is_said_with_its_line(
    script: Callable[..., dict[str, Any]], text: str, said: str
):
    assert said in script("fields", text)["error"]
