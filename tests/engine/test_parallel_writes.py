"""Two branches that run side by side do not write one field, unless the record says how."""

from collections.abc import Callable
from typing import Any

import pytest

from clearway.engine import check

Drawing = Callable[..., Any]

LANE = "<laneSet id='ls'><lane id='l' clearway:role='service_desk'/></laneSet>"
FORM = {"type": "object", "properties": {"n": {"type": "integer"}}}
PART = "<startEvent id='s'/><parallelGateway id='p1'/><parallelGateway id='j'/><endEvent id='e'/>"
TWO = "{s>p1 p1>a p1>b a>j b>j j>c c>e}"


def _writes(name: str, field: str = "n") -> str:
    return (
        f"<scriptTask id='{name}' name='{name}' scriptFormat='feel' "
        f"clearway:result='record.{field}'><script>1</script></scriptTask>"
    )


def _refused(drawn: Drawing, body: str, merge: str | None = None, **files: Any) -> list[str | None]:
    shape: dict[str, Any] = {"type": "integer"}
    if merge is not None:
        shape["x-merge"] = merge
    record = {
        "type": "object",
        "x-key-prefix": "P",
        "properties": {"n": shape, "m": {"type": "integer"}},
    }
    found = check(drawn(LANE + body, record=record, **files), trusted=True)
    return [it.element for it in found if it.rule == "written-twice"]


@pytest.mark.parametrize(
    "body",
    [
        PART + _writes("a") + _writes("b") + "<task id='c'/>" + TWO,
        PART + _writes("a") + "<task id='b'/>" + _writes("d") + "<task id='c'/>"
        "{s>p1 p1>a p1>b b>d a>j d>j j>c c>e}",
        # Beyond an inner gateway that joins, and in a round.
        "<startEvent id='s'/><exclusiveGateway id='again'/><parallelGateway id='p1'/>"
        "<parallelGateway id='p2'/><task id='x'/><task id='y'/><parallelGateway id='j2'/>"
        + _writes("a")
        + _writes("b")
        + "<parallelGateway id='j'/><exclusiveGateway id='more' default='more_again'/>"
        "<endEvent id='e'/>{s>again again>p1 p1>p2 p2>x p2>y x>j2 y>j2 j2>a a>j p1>b b>j j>more"
        " more>again more>e[record.n > 3]}",
        # No gateway: a task with two ways out.
        "<startEvent id='s'/><task id='p1'/>"
        + _writes("a")
        + _writes("b")
        + "<endEvent id='e'/>{s>p1 p1>a p1>b a>e b>e}",
        # An inclusive one, whose branches may both be taken.
        "<startEvent id='s'/><inclusiveGateway id='p1'/>"
        + _writes("a")
        + _writes("b")
        + "<inclusiveGateway id='j'/><endEvent id='e'/>"
        "{s>p1 p1>a[record.m > 1] p1>b[true] a>j b>j j>e}",
        # What lies in a subprocess of the branch.
        PART + "<subProcess id='q'><startEvent id='s2'/>" + _writes("a") + "<endEvent id='e2'/>"
        "{s2>a a>e2}</subProcess>" + _writes("b") + "<task id='c'/>"
        "{s>p1 p1>q p1>b q>j b>j j>c c>e}",
    ],
)
def test_a_second_branch_that_writes_one_field_is_refused(drawn: Drawing, body: str):
    assert _refused(drawn, body) == ["a"]
    assert _refused(drawn, body, merge="last") == []


@pytest.mark.parametrize(
    "body",
    [
        PART + _writes("a") + _writes("b", "m") + "<task id='c'/>" + TWO,
        PART + "<task id='a'/>" + _writes("b") + _writes("c") + TWO,
        "<startEvent id='s'/><exclusiveGateway id='p1' default='p1_b'/>"
        + _writes("a")
        + _writes("b")
        + "<endEvent id='e'/>{s>p1 p1>a[record.m > 1] p1>b a>e b>e}",
        # One after the other, behind an event that interrupts a branch, in a round.
        PART + "<userTask id='a' name='A'/><boundaryEvent id='x' attachedToRef='a'>"
        "<messageEventDefinition messageRef='m1'/></boundaryEvent><task id='b'/>"
        + _writes("c")
        + _writes("d")
        + "<endEvent id='off'/>{s>p1 p1>a p1>b a>j b>j x>off j>c c>d d>e}",
    ],
)
def test_what_is_written_by_one_branch_alone_is_fine(drawn: Drawing, body: str):
    assert _refused(drawn, body) == []


def test_two_forms_that_write_one_field_are_refused(drawn: Drawing):
    body = PART + "<userTask id='a'/><userTask id='b'/><task id='c'/>" + TWO
    shown = {"type": "object", "properties": {"n": {"type": "integer", "readOnly": True}}}

    both = _refused(drawn, body, **{"p/forms/a.json": FORM, "p/forms/b.json": FORM})
    one = _refused(drawn, body, **{"p/forms/a.json": FORM, "p/forms/b.json": shown})

    assert (both, one) == (["a"], [])


def test_what_is_repeated_side_by_side_does_not_write_over_itself(drawn: Drawing):
    body = (
        "<startEvent id='s'/><scriptTask id='a' scriptFormat='feel' clearway:result='record.n'>"
        "<multiInstanceLoopCharacteristics{}><loopCardinality>3</loopCardinality>"
        "</multiInstanceLoopCharacteristics><script>1</script></scriptTask><endEvent id='e'/>"
        "{{s>a a>e}}"
    )

    assert _refused(drawn, body.format("")) == ["a"]
    assert _refused(drawn, body.format(" isSequential='true'")) == []


def test_the_refusal_names_both_and_the_place_where_they_part(drawn: Drawing):
    body = LANE + PART + _writes("a") + _writes("b") + "<task id='c'/>" + TWO

    (found,) = (it for it in check(drawn(body), trusted=True) if it.rule == "written-twice")

    assert found.message == (
        "`a` and `b` may both write `n`, side by side after `p1`: which one counts would be chance."
    )
    assert '"x-merge": "last"' in found.remedy


def test_there_is_one_way_to_merge(drawn: Drawing):
    body = LANE + "<startEvent id='s'/><endEvent id='e'/>{s>e}"
    record = {"type": "object", "x-key-prefix": "P", "properties": {"n": {"x-merge": "sum"}}}

    found = check(drawn(body, record=record), trusted=True)

    assert "record-merge" in {it.rule for it in found}
