"""What is told of the files beside a diagram: forms, tables, messages, values, scenarios."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from clearway.diagrams.compare import Change, Kind, NotComparable, compare
from clearway.diagrams.compare.schemas import changed_schema
from clearway.engine import read_bundle
from clearway.engine.values import Bundle

ROOT = Path(__file__).resolve().parents[2]
INCIDENT = read_bundle(ROOT / "bpmn", "incident")
FORM = "incident/forms/hold.json"
TABLE = "incident/priority.dmn"


def changed(path: str, content: bytes | None, *, beside: dict[str, bytes] | None = None) -> Any:
    files = {**INCIDENT.files, **(beside or {})}
    if content is None:
        files.pop(path)
    else:
        files[path] = content
    return compare(INCIDENT, Bundle("incident", files))


def changes_of(stars: Any, edit: Any) -> list[Change]:
    """What is told of a form with this one field after an edit."""
    form = {"properties": {"stars": stars}}
    before = json.dumps(form).encode()
    edit(form)
    return list(changed_schema(before, json.dumps(form).encode(), "f.json", "form"))


def form(edit: Any, path: str = FORM) -> list[Change]:
    schema = json.loads(INCIDENT.files[path])
    edit(schema)
    there = changed(path, json.dumps(schema, indent=1).encode())
    back = compare(
        Bundle("incident", {path: json.dumps(schema).encode()}),
        Bundle("incident", {path: INCIDENT.files[path]}),
    )
    assert len(there.changes) == len(back.changes)
    return list(there.changes)


def test_a_bundle_differs_in_nothing_from_itself():
    found = compare(INCIDENT, Bundle("incident", dict(INCIDENT.files)))

    assert found.is_empty
    assert found.layout_sentence == ""
    assert found.text_sentence == ""


def test_a_field_that_is_asked_now_is_told_with_its_title():
    (change,) = form(lambda it: it["properties"].update(floor={"type": "string", "title": "Floor"}))

    assert change.kind is Kind.ADDED
    assert change.sentence == "In the form *Put an incident on hold*, the field *Floor* is new."


def test_a_field_that_is_required_now():
    (change,) = form(lambda it: it["required"].append("comment"))

    assert (change.before, change.after) == ("optional", "required")


def test_choices_are_told_with_their_words():
    def edit(schema: Any) -> None:
        schema["properties"]["hold_reason"]["enum"].append("lunch")
        schema["properties"]["hold_reason"]["x-titles"]["lunch"] = "Lunch"

    (change,) = form(edit)

    assert change.what == "hold_reason: choices"
    assert change.after == f"{change.before}, lunch (Lunch)"


def test_choices_of_another_type_or_run_together_are_told_as_json_has_them():
    def as_texts(schema: Any) -> None:
        schema["properties"]["stars"]["enum"] = ["1", "2"]

    def run_together(schema: Any) -> None:
        schema["properties"]["stars"]["enum"] = ["1, 2"]

    for edit, told in ((as_texts, '"1", "2"'), (run_together, '"1, 2"')):
        assert [it.after for it in changes_of({"enum": [1, 2]}, edit)] == [told]


def test_fields_in_another_order():
    def edit(schema: Any) -> None:
        schema["properties"] = dict(reversed(schema["properties"].items()))

    (change,) = form(edit)

    assert change.what == "order"


def test_a_condition_of_a_form_is_told_once():
    def edit(schema: Any) -> None:
        schema["allOf"][0]["if"]["properties"]["hold_reason"]["const"] = "scheduled"

    (change,) = form(edit)

    assert change.what == "condition"
    assert "awaiting_caller" in str(change.before)
    assert "scheduled" in str(change.after)


def test_any_other_setting_is_told_too():
    (change,) = form(lambda it: it["properties"]["resume_by"].update({"x-unheard-of": True}))

    assert change.what == "resume_by: x-unheard-of"
    assert change.after == "true"


def test_true_is_not_one_and_one_is_not_the_text_one():
    def schema(value: object) -> Bundle:
        made = {"properties": {"a": {"default": value}}}
        return Bundle("incident", {FORM: json.dumps(made).encode()})

    for one, other in ((True, 1), (1, "1"), (False, 0), (None, "null")):
        assert len(compare(schema(one), schema(other)).changes) == 1


def test_a_lane_that_names_nothing_holds_nothing():
    path = "incident/incident.bpmn"
    there = INCIDENT.files[path]
    place = there.index(b"<bpmn:flowNodeRef>")
    after = there[:place] + b"<bpmn:flowNodeRef />" + there[place:]

    (change,) = changed(path, after).changes

    assert "The diagram's file is in" not in change.sentence
    assert "flowNodeRef" in change.sentence


def test_choices_that_look_alike_are_not_the_same():
    def schema(*values: object) -> Bundle:
        made = {"properties": {"a": {"enum": values}}}
        return Bundle("incident", {FORM: json.dumps(made).encode()})

    (typed,) = compare(schema(1, 2), schema("1", "2")).changes
    (joined,) = compare(schema("people", "outside"), schema("people, outside")).changes

    assert (typed.before, typed.after) == ("1, 2", '"1", "2"')
    assert (joined.before, joined.after) == ('"people", "outside"', '"people, outside"')


def test_a_form_written_otherwise_is_only_text():
    schema = json.loads(INCIDENT.files[FORM])
    turned = json.dumps(dict(reversed(schema.items()))).encode()

    found = changed(FORM, turned)

    assert found.is_empty
    assert found.text_only == (FORM,)


def test_a_form_that_is_no_json_is_compared_line_by_line():
    found = changed(FORM, INCIDENT.files[FORM].replace(b'"type": "object",', b'"type": ', 1))

    assert [it.what for it in found.changes] == ["lines"]


def test_a_cell_of_a_table_is_told_with_its_rule():
    found = changed(TABLE, INCIDENT.files[TABLE].replace(b"<text>4</text>", b"<text>3</text>", 1))

    (change,) = found.changes
    assert change.element == "priority"
    assert (change.before, change.after) == ("4", "3")
    assert "rule" in change.sentence


def test_a_line_of_a_message():
    path = "incident/messages/closed.md.j2"
    found = changed(path, INCIDENT.files[path] + b"\nThank you.\n")

    assert found.changes[-1].after is not None
    assert "Thank you." in found.changes[-1].after


def test_a_calendar_is_told_by_its_values():
    path = "shared/calendars/office.yaml"
    text = INCIDENT.files[path].replace(b'mon-fri: "09:00-17:00"', b'mon-fri: "09:00-18:00"')

    (change,) = changed(path, b"# for the summer\n" + text).changes

    assert change.sentence == (
        "In the calendar *office*, `week.mon-fri` is `09:00-18:00`, it was `09:00-17:00`."
    )


def test_a_comment_in_a_calendar_is_only_text():
    path = "shared/calendars/office.yaml"

    found = changed(path, b"# for the summer\n" + INCIDENT.files[path])

    assert found.is_empty
    assert found.text_only == (path,)


def test_yaml_that_grows_without_end_is_compared_line_by_line():
    path = "shared/calendars/office.yaml"
    bomb = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

    assert {it.what for it in changed(path, bomb).changes} == {"lines"}


def test_a_line_of_a_scenario_is_told_by_the_scenario_s_title():
    path = "incident/scenarios/caller_accepts.yaml"
    text = INCIDENT.files[path].replace(b"how_many: my_team", b"how_many: everybody")

    (change,) = changed(path, text).changes

    assert "the scenario *The caller confirms that it works*" in change.sentence
    assert "my_team" in str(change.before)


def test_a_file_that_came_one_that_went_and_one_with_another_name():
    plan = "incident/forms/hold_plan.json"
    moved = "incident/messages/said.md.j2"
    files = {**INCIDENT.files, plan: b'{"title": "Plan", "properties": {"a": {"title": "A"}}}'}
    files[moved] = files.pop("incident/messages/news.md.j2")
    del files["incident/messages/closed.md.j2"]

    found = compare(INCIDENT, Bundle("incident", files)).changes

    assert [it.sentence for it in found] == [
        "The file `incident/messages/said.md.j2` was called `incident/messages/news.md.j2`.",
        "The form *Plan* (`hold_plan.json`) is new, with the fields *A*.",
        "The message *closed* is gone.",
    ]


def test_two_names_of_one_process_are_compared_file_by_file():
    copied = {path.replace("incident/", "outage/", 1): it for path, it in INCIDENT.files.items()}
    copied["outage/outage.bpmn"] = copied.pop("outage/incident.bpmn")

    assert compare(INCIDENT, Bundle("outage", copied)).is_empty


@pytest.mark.parametrize(
    "content",
    [b"no xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a>" * 200 + b"</a>" * 200, b""],
)
def test_what_cannot_be_read_is_said_and_never_taken_for_equal(content: bytes):
    with pytest.raises(NotComparable):
        changed("incident/incident.bpmn", content)


def test_the_drawing_alone_changes_nothing_and_is_noted():
    path = "incident/incident.bpmn"
    moved = INCIDENT.files[path].replace(b'<dc:Bounds x="', b'<dc:Bounds x="1', 3)

    found = changed(path, moved)

    assert found.is_empty
    assert len(found.layout) == 3
    assert found.layout_sentence == (
        "3 elements are drawn elsewhere or otherwise, which changes nothing of the process."
    )


def test_the_order_in_which_a_gateway_asks_is_told():
    path = "incident/incident.bpmn"
    root = etree.fromstring(INCIDENT.files[path])
    bpmn = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
    gateways = {it.get("id") for it in root.iter(f"{bpmn}exclusiveGateway")}
    flows = [it for it in root.iter(f"{bpmn}sequenceFlow") if it.get("sourceRef") in gateways]
    first = flows[0]
    second = next(it for it in flows[1:] if it.get("sourceRef") == first.get("sourceRef"))
    second.addnext(first)

    (change,) = changed(path, etree.tostring(root)).changes

    assert (change.element, change.what) == (first.get("sourceRef"), "order")


def test_two_thousand_elements_are_compared_quickly(benchmark_seconds: float = 5.0):
    import time

    tasks = "".join(f'<userTask id="t{at}" name="Do {at}"/>' for at in range(2_000))
    flows = "".join(
        f'<sequenceFlow id="f{at}" sourceRef="t{at}" targetRef="t{at + 1}"/>' for at in range(1_999)
    )
    text = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="a">'
        f'<process id="p">{tasks}{flows}</process></definitions>'
    )
    other = text.replace('"Do 7"', '"Make 7"').replace('"t9"', '"nine"')
    began = time.perf_counter()

    found = compare(
        Bundle("p", {"p/p.bpmn": text.encode()}), Bundle("p", {"p/p.bpmn": other.encode()})
    )

    assert [(it.kind, it.element) for it in found.changes] == [
        (Kind.CHANGED, "t7"),
        (Kind.RENAMED, "nine"),
    ]
    assert time.perf_counter() - began < benchmark_seconds


TABLES = sorted((ROOT / "bpmn").rglob("*.dmn"))


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.sampled_from(TABLES), st.data())
def test_no_attribute_and_no_text_of_a_table_differs_unseen(table: Path, data: st.DataObject):
    root = etree.fromstring(table.read_bytes())
    elements = [it for it in root.iter("*") if "DMNDI" not in it.tag and "/DC/" not in it.tag]
    element = data.draw(st.sampled_from(elements))
    names = [*element.attrib, "{urn:somebody:else}mark"]
    if element.text and element.text.strip():
        names.append("")
    name = data.draw(st.sampled_from(names))
    if name:
        element.set(name, element.get(name, "") + "x")
    else:
        element.text = f"{element.text.strip()} x"
    path = f"a/{table.name}"

    there = compare(
        Bundle("a", {path: table.read_bytes()}), Bundle("a", {path: etree.tostring(root)})
    )

    assert there.changes


def test_a_new_element_is_told_with_what_it_says_of_itself():
    path = "incident/incident.bpmn"
    new = (
        b'<bpmn:userTask id="look" name="Look" clearway:role="resolver" clearway:state="new"/>'
        b'<bpmn:sequenceFlow id="back" sourceRef="look" targetRef="triage">'
        b"<bpmn:conditionExpression>record.priority = 1</bpmn:conditionExpression>"
        b"</bpmn:sequenceFlow></bpmn:process>"
    )
    found = changed(path, INCIDENT.files[path].replace(b"</bpmn:process>", new))

    task, flow = (it.sentence for it in found.changes if it.kind is Kind.ADDED and it.is_whole)
    assert task == "The user task *Look* is new. It has the role `resolver`, the state `new`."
    assert flow.endswith(" is new. It has the condition `record.priority = 1`.")


@pytest.mark.parametrize(("before", "after"), [("false", "true"), ("true", "false")])
def test_whether_an_event_interrupts_is_told_as_it_is(before: str, after: str):
    path = "incident/incident.bpmn"
    events = re.findall(rb"<bpmn:boundaryEvent [^>]*>", INCIDENT.files[path])
    event = next(it for it in events if b"cancelActivity" not in it)
    marked = event.replace(b">", b' cancelActivity="false">')
    texts = {"true": INCIDENT.files[path], "false": INCIDENT.files[path].replace(event, marked)}
    old, new = (Bundle("incident", {**INCIDENT.files, path: texts[it]}) for it in (before, after))

    (change,) = compare(old, new).changes

    assert change.sentence.endswith(f" is `{after}`, it was `{before}`.")
