"""What is missing inside of the value that a cell tests, or that is compared, is a fault."""

from collections.abc import Callable, Mapping

import pytest

from clearway.decisions import Decisions, MissingInput, evaluate

Read = Callable[[str], Decisions]
Table = Callable[..., Decisions]


def missing(found: Decisions, context: Mapping[str, object]) -> str:
    with pytest.raises(MissingInput) as error:
        evaluate(found, "d", context)
    return error.value.name


def literal(read: Read, text: str) -> Decisions:
    inside = f"<literalExpression><text>{text}</text></literalExpression>"
    return read(f'<decision id="d" name="d">{inside}</decision>')


@pytest.mark.parametrize(
    ("cell", "value", "name"),
    [
        ("count(?[p > 3]) > 0", [{"p": 1}, {"p": None}], "r.v, item 2, p"),
        ("some i in ? satisfies i.p > 3", [{"p": None}], "r.v, item 1, p"),
        ("every i in ? satisfies i > 3", [5, None], "r.v, item 2"),
        ("sum(?) > 3", [1, None], "r.v, item 2"),
        ("?[1].p > 3", [{"p": None}], "r.v, item 1, p"),
        ("? [item > 3] = []", [1, None], "r.v, item 2"),
        ("?.a > 3", {"a": None}, "r.v.a"),
        ("?.a > 3", {}, "r.v.a"),
    ],
)
@pytest.mark.parametrize("policy", ["COLLECT", "FIRST"])
def test_a_cell_tells_what_is_missing_inside_of_what_it_tests(
    table: Table, cell: str, value: object, name: str, policy: str
):
    rules = [([cell], ["1"]), (["-"], ["2"])]
    found = table(["r.v"], ["o"], rules, policy)

    assert missing(found, {"r": {"v": value}}) == name


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("some i in ? satisfies i.p > 3", [{"p": None}, {"p": 5}]),
        ("?.a = null", {"a": None}),
        ("count(?[p = null]) > 0", [{"p": None}]),
        ("?.a > 3 or ?.b > 3", {"a": None, "b": 5}),
        ("count(?) > 0", [None]),
    ],
)
def test_null_inside_of_a_value_is_no_fault_where_it_does_not_matter(
    table: Table, cell: str, value: object
):
    found = table(["v"], ["o"], [([cell], ["1"])])

    assert evaluate(found, "d", {"v": value}).value == 1


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ("[y] = [x]", "y"),
        ("{a: y} = {a: x}", "y"),
        ("its.p = [1, x]", "its, item 2, p"),
        ("its.p != [1, x]", "its, item 2, p"),
        ("its[p = 1].q[1] > 3", "its.q, item 1 of those that fit"),
        ("its[q = 9].p[1] > 3", "its.p, item 1 of those that fit"),
        ("count(its[{m: p, r: m > 3}.r]) > 0", "its, item 2, p"),
    ],
)
def test_null_is_not_compared_in_silence_with_what_is_computed(
    read: Read, condition: str, name: str
):
    found = literal(read, f"if {condition.replace('>', '&gt;')} then 1 else 2")

    context = {"x": 5, "y": None, "its": [{"p": 1, "q": None}, {"p": None, "q": 1}]}
    assert missing(found, context) == name


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("[y] = [null]", 1),
        ("[y] = [3]", 2),
        ("[y] = []", 2),
        ("[y, 1] = [x, 2]", 2),
        ("l = [1, null]", 1),
        ("l = [x, null]", 2),
    ],
)
def test_null_is_a_value_where_it_is_compared_with_what_is_known(
    read: Read, condition: str, answer: int
):
    found = literal(read, f"if {condition} then 1 else 2")

    assert evaluate(found, "d", {"x": 5, "y": None, "l": [1, None]}).value == answer
