"""Classes, ways and lengths of time: the arithmetic of a heat map, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.engine import ElementInfo
from clearway.service.heat_classes import class_bounds, class_of, classes
from clearway.service.heat_ways import entered, flow_counts, left_out, source_of
from clearway.service.spans import span


def _info(name: str, kind: str, into=(), out=(), **more) -> ElementInfo:
    return ElementInfo(name, kind, name, "", None, None, tuple(into), tuple(out), "p", **more)


def _flow(name: str, source: str, target: str) -> ElementInfo:
    return _info(name, "sequenceFlow", (source,), (target,))


@given(st.lists(st.floats(min_value=0.001, max_value=1e9), min_size=1, max_size=60))
def test_larger_figures_are_never_in_a_lower_class(figures):
    bounds = class_bounds(figures)
    numbers = [class_of(it, bounds) for it in sorted(figures)]

    assert numbers == sorted(numbers)
    assert set(numbers) <= {1, 2, 3, 4, 5}
    assert numbers[-1] == 5
    assert sum(it.members for it in classes(figures)) == len(figures)


def test_nothing_is_in_no_class():
    assert class_of(0, [1.0]) == class_of(None, [1.0]) == class_of(5, []) == 0
    assert classes([]) == []


def test_one_very_large_figure_does_not_make_the_others_alike():
    bounds = class_bounds([1, 2, 3, 4, 1_000_000])

    assert [class_of(it, bounds) for it in (1, 2, 3, 4, 1_000_000)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0, "0 s"),
        (0.42, "0.4 s"),
        (9, "9 s"),
        (59.7, "1 min"),
        (3_600, "1 h"),
        (12_034, "3 h 21 min"),
        (86_399, "1 d"),
        (187_200, "2 d 4 h"),
        (100_000_000, "1,157 d 10 h"),
    ],
)
def test_a_length_of_time_is_said_in_two_units_at_most(seconds, said):
    assert span(seconds) == said


def test_a_flow_is_counted_where_it_was_chosen_or_is_the_only_one():
    elements = {
        it.id: it
        for it in (
            _info("task", "userTask", ["in"], ["a"]),
            _info("which", "exclusiveGateway", ["a"], ["b", "c"]),
            _info("twice", "userTask", ["b"], ["d"], repeats=True),
            _info("free", "task", ["c"], ["e", "f"]),
            _info("first", "eventBasedGateway", ["e"], ["g"]),
            _info("call", "intermediateCatchEvent", ["g"], ["h"], event="message"),
            _info("end", "endEvent", ["d", "f", "h"]),
            _info("start", "startEvent", (), ["in"]),
            _flow("in", "start", "task"),
            _flow("a", "task", "which"),
            _flow("b", "which", "twice"),
            _flow("c", "which", "free"),
            _flow("d", "twice", "end"),
            _flow("e", "free", "first"),
            _flow("f", "free", "end"),
            _flow("g", "first", "call"),
            _flow("h", "call", "end"),
        )
    }

    passed = {"start": 5, "task": 4, "which": 4, "twice": 9, "free": 1, "call": 1, "end": 2}
    counted = flow_counts(elements, passed, {"b": 3, "c": 1})

    assert counted == {
        "in": 5,
        "a": 4,
        "b": 3,
        "c": 1,
        "g": 1,
        "h": 1,
        "d": None,
        "e": None,
        "f": None,
    }
    assert entered(elements["task"], counted, 4) == 5
    assert entered(elements["end"], counted, 2) is None
    assert source_of(elements["call"]) == "events"


def test_what_only_waits_at_an_element_of_another_version_is_named_as_well():
    drawn = {"a": _info("a", "userTask")}

    found = left_out(drawn, {"a": 4, "b": 2}, {"a": 1, "b": 1, "c": 3, "d": 0})

    assert found == [("b", 2, 1), ("c", 0, 3)]
