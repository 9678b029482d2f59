"""Expressions that know nothing but the time of day: what they give must fit where they stand."""

import re
from datetime import UTC, datetime

from clearway.engine.examine import Examined
from clearway.engine.expressions import BUILT_IN_NAMES, Formula
from clearway.engine.gate.known_names import local_names, nodes_of
from clearway.engine.gate.say import Say
from clearway.engine.timers import due_time
from clearway.engine.values import Value
from clearway.engine.wanted import Wanted, a_due_time, a_truth
from clearway.feel import FeelError, FeelLimitError, Limits

_LITTLE = Limits(steps=20_000)
"""A constant that takes more is left to the run: the gate is no place to compute."""
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORD = re.compile(r"\w+")
_OF_THE_DAY = frozenset(("now", "today"))
_DAYS = (
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 7, 15, 12, 30, tzinfo=UTC),
    datetime(2027, 3, 20, 18, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
)
"""What reads the clock is told when it gives nothing that fits on any of these."""
_CHOICE = "if"
"""What the clock chooses between is not known before its time."""
_REMEDIES = {
    "timer": "Write a duration such as PT4H, an instant with its zone, or a cycle such as R3/PT1H.",
    "due time": 'Write FEEL that gives a duration, for example duration("P2D"), or an instant.',
    "deadline": 'Write FEEL that gives a duration, for example duration("P2D"), or an instant.',
}


def check(examined: Examined) -> None:
    """Refuse a constant expression whose value would be a fault as soon as it is used."""
    if examined.context is None or examined.compiled is None or examined.reading is None:
        return
    nodes = nodes_of(examined.reading)
    names = (BUILT_IN_NAMES - _OF_THE_DAY) | examined.compiled.variables
    for file, formula, wanted in examined.context.formulas_found:
        say = Say(file, examined.findings)
        known = names | local_names(nodes.get(formula.element), formula)
        words = _words(formula)
        reads_clock = not _OF_THE_DAY.isdisjoint(words)
        if not _is_constant(formula, known, words) or (reads_clock and _CHOICE in words):
            _check_calls(formula, known, say)
            continue
        problem = _problem(formula, wanted, reads_clock=reads_clock)
        if problem is not None:
            say.error(
                formula.element,
                "timer" if formula.role == "timer" else "constant",
                f"The {formula.role} `{formula.text}` can never be used: {problem}",
                _REMEDIES.get(formula.role) or _remedy(wanted),
            )


def _check_calls(formula: Formula, known: frozenset[str], say: Say) -> None:
    """A call that gives null whatever the record says is a slip in its text."""
    for call in formula.expression.null_calls():
        if call.partition("(")[0] not in known:
            say.error(
                formula.element,
                "constant",
                f"The {formula.role} `{formula.text}` contains `{call}`, which is always null.",
                "Correct what stands in the brackets, or write null.",
            )


def _words(formula: Formula) -> frozenset[str]:
    return frozenset(_WORD.findall(_TEXT.sub("", formula.text)))


def _is_constant(formula: Formula, known: frozenset[str], words: frozenset[str]) -> bool:
    """Whether nothing in it comes from outside but the time of day."""
    expression = formula.expression
    if expression.free_names - _OF_THE_DAY or expression.filter_names:
        return False
    # A variable may be called like a built-in function, and then stands before it.
    return known.isdisjoint(words)


def _problem(formula: Formula, wanted: Wanted | None, *, reads_clock: bool) -> str | None:
    days = _DAYS if reads_clock else _DAYS[:1]
    problems = [_problem_at(day, formula, wanted, reads_clock=reads_clock) for day in days]
    return problems[0] if all(problems) else None


def _problem_at(
    day: datetime, formula: Formula, wanted: Wanted | None, *, reads_clock: bool
) -> str | None:
    try:
        value = formula.expression.evaluate({"now": day}, now=day, limits=_LITTLE)
    except FeelLimitError:
        return None
    except FeelError as error:
        return f"{error}."
    if wanted is a_truth and value is None:
        return "it is always null, so it never holds."
    if wanted is a_due_time and value is None:
        return "it is always null, so its time never comes."
    problem = None if wanted is None else wanted(value)
    if problem is None and wanted is a_due_time and _is_over(value, day, reads_clock=reads_clock):
        return "it is over as soon as it begins."
    return problem


def _is_over(value: Value, day: datetime, *, reads_clock: bool) -> bool:
    """An instant that was written down is over some day, and that may be meant."""
    due = due_time(value, day)
    return due is not None and due <= day and (reads_clock or not isinstance(value, datetime))


def _remedy(wanted: Wanted | None) -> str:
    if wanted is a_truth:
        return "Write a comparison, for example `record.impact = 1`."
    return "Correct the expression, or name a field of the record that holds it."
