"""One expression while it is typed: what is wrong with it at its place, and where."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from clearway.engine.durations import DurationError
from clearway.engine.expressions import BUILT_IN_NAMES, hint_for
from clearway.engine.timers import TimerError, check_literal, is_literal
from clearway.engine.wanted import (
    Wanted,
    a_count,
    a_due_time,
    a_list,
    a_name,
    a_timing,
    a_truth,
    names,
)
from clearway.feel import (
    Expression,
    FeelError,
    FeelLimitError,
    Limits,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from processes.calendar import CalendarError
from processes.links import NAMES as LINKS

TIMERS = ("timeDate", "timeDuration", "timeCycle")
WANTED: Mapping[str, Wanted | None] = {
    "group": a_name,
    "assignee": a_name,
    "person": a_name,
    "due": a_due_time,
    "deadline": a_due_time,
    "excluded": names,
    "to": names,
    "condition": a_truth,
    "completion": a_truth,
    "loop": a_truth,
    "enough": a_truth,
    "cardinality": a_count,
    "collection": a_list,
    "expires": a_timing("timeDuration", None),
    **{kind: a_timing(kind, None) for kind in TIMERS},
    "script": None,
    "input": None,
    "output": None,
    "answer": None,
    "formula": None,
}
"""What an expression is for -> what it is to give; None: anything."""

TEST = "test"
"""A cell of a table's input: tests of its value."""

_LITTLE = Limits(steps=20_000)
_TESTS = 'Write tests such as `5`, `> 5`, `[1..5]`, `"a", "b"`, or `-` for any value.'
_CELLS = frozenset(("answer", "formula"))
"""Expressions of a table, whose names may have spaces."""
_SET = {False: "Set it in a script task first.", True: "Give it as input data, or correct it."}
_ONLY_IN_OUTPUTS = frozenset(("result", "message", "error"))


@dataclass(frozen=True)
class Problem:
    """What is wrong: a sentence, what to do, and the place (counted from 1), where there is one."""

    problem: str
    hint: str = ""
    line: int | None = None
    column: int | None = None


def problem_of(
    text: str, place: str, known: Collection[str], record: Mapping[str, Any]
) -> Problem | None:
    """The first problem of an expression, or None.

    `known` are the names that exist at this place besides the built-in ones; `record` is the
    schema of the record.
    """
    plain = text.strip()
    if not plain:
        return None
    if place in (*TIMERS, "expires") and is_literal(plain):
        return _of_literal(plain, "timeDuration" if place == "expires" else place)
    offset = text.index(plain) + (1 if plain.startswith("=") else 0)
    formula = plain[1:].strip() if plain.startswith("=") else plain
    here = BUILT_IN_NAMES | frozenset(known)
    try:
        if place == TEST:
            return _of_names(compile_unary_tests(plain, here), text, place, known, record)
        expression = compile_expression(formula, here if place in _CELLS else BUILT_IN_NAMES)
    except FeelError as error:
        line, column = error.position or (None, None)
        if column is not None and line == 1:
            column += offset
        hint = _TESTS if place == TEST else hint_for(formula)
        return Problem(f"{error.cause}.", hint, line, column)
    return _of_names(expression, text, place, known, record) or _of_value(expression, place)


def _of_literal(text: str, kind: str) -> Problem | None:
    try:
        check_literal(kind, text, None)
    except (TimerError, DurationError, CalendarError, OverflowError) as error:
        return Problem(str(error))
    return None


def _of_names(
    expression: Expression | UnaryTests,
    text: str,
    place: str,
    known: Collection[str],
    record: Mapping[str, Any],
) -> Problem | None:
    here = BUILT_IN_NAMES | frozenset(known)
    if place == "output":
        here |= _ONLY_IN_OUTPUTS
    fields: Mapping[str, Any] = record.get("properties") or {}
    for name in sorted(expression.free_names - here):
        close = get_close_matches(name, here, 1)
        hint = f"Did you mean `{close[0]}`?" if close else _SET[place in (TEST, *_CELLS)]
        if name in fields:
            hint = f"Write `record.{name}`."
        return _at(text, name, f"`{name}` means nothing here.", hint)
    for path in sorted(expression.paths):
        if len(path) < 2:
            continue
        whole = f"{path[0]}.{path[1]}"
        if path[0] == "linked" and path[1] not in LINKS:
            return _at(text, whole, f"`{whole}` is no kind of link.", f"Known: {', '.join(LINKS)}.")
        if path[0] == "record" and fields and path[1] not in fields:
            close = get_close_matches(path[1], fields, 1)
            hint = f"Did you mean `record.{close[0]}`?" if close else "Declare it in record.json."
            return _at(text, whole, f"The record has no field `{path[1]}`.", hint)
    return None


def _at(text: str, name: str, problem: str, hint: str) -> Problem:
    at = text.find(name)
    if at < 0:
        return Problem(problem, hint)
    return Problem(problem, hint, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _of_value(expression: Expression, place: str) -> Problem | None:
    """A constant must fit where it stands."""
    wanted = WANTED.get(place)
    if wanted is None or expression.free_names or expression.filter_names:
        return None
    if any(word in expression.text for word in ("now", "today")):
        return None
    try:
        value = expression.evaluate({}, limits=_LITTLE)
    except FeelLimitError:
        return None
    except FeelError as error:
        return Problem(f"It can never be used: {error.cause}.")
    if wanted is a_truth and value is None:
        return Problem("It is always null, so it never holds.", "Write a comparison.")
    told = wanted(value)
    return None if told is None else Problem(told)
