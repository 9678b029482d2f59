"""Lives the day with commands struck at a statement, and says what is wrong after each blow."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import life
import scene
from day import Day, Told, day
from picture import differences
from step import WORDS, Step
from undisturbed import Undisturbed
from wire import Wire


@dataclass(frozen=True)
class Blow:
    """Where a command is struck: before its `at`-th statement, or after that was answered."""

    at: int
    after: bool

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} statement {self.at}"


Strike = Callable[["Day", Wire, Step, Sequence[object], Blow], Told | None]
"""Carries out a step over a line that is cut there; None: its process was killed."""
Point = Callable[[Step, int], Blow | None]
"""Where to strike a step with so many statements; None: not at all."""


def lived(
    url: str, known: Undisturbed, strike: Strike, point: Point, until: str
) -> tuple[int, list[str]]:
    """Live the day; how many commands were struck, and what is wrong.

    The day ends where it cannot go on as it should, or after `until`.
    """
    struck, wrong = 0, list[str]()
    with Wire(url) as wire, day(url, wire) as here:
        for step in life.up_to(until):
            given, statements = here.begin(step), len(known.statements[step.name])
            blow = point(step, statements) if step.struck else None
            if blow is None:
                here.do(step, given)
                continue
            before = wire.blows
            found = _struck(here, wire, known, step, given, blow, strike)
            struck += wire.blows - before
            if wire.blows == before:
                found.append("the axe did not fall")
            where = f"{step.name}, {blow} of {statements}"
            wrong += [f"{where}: {it[:600]}" for it in found]
            if found and differences(known.after[step.name], here.picture()):
                break
        wrong += here.broken()
    return struck, wrong


def _struck(
    here: Day,
    wire: Wire,
    known: Undisturbed,
    step: Step,
    given: Sequence[object],
    blow: Blow,
    strike: Strike,
) -> list[str]:
    scene.warm(here.struck)
    try:
        answer = strike(here, wire, step, given, blow)
    except Exception as error:  # noqa: BLE001 - whatever a command raises is told
        return [f"it raises {type(error).__name__}: {error}"]
    wrong = here.broken()
    if answer is not None and not _may_answer(step, known.answers[step.name], answer):
        wrong.append(f"it answers {answer}, and undisturbed {known.answers[step.name]}")
    now = here.picture()
    is_done = not differences(known.after[step.name], now)
    if not is_done and not step.parts:
        wrong += differences(known.before[step.name], now)
    if step.again == "anew":
        if not is_done:
            here.do(step, given)
    else:
        wrong += _asked_again(here, known, step, given, answer, is_done=is_done)
    return wrong + differences(known.after[step.name], here.picture())


def _may_answer(step: Step, expected: Told, answer: Told) -> bool:
    """As when nothing happens, or as one who asks again: the first may have come through."""
    is_alike = answer["kind"] == expected["kind"] and step.again != "ours"
    return is_alike or WORDS[step.again](answer)


def _asked_again(
    here: Day,
    known: Undisturbed,
    step: Step,
    given: Sequence[object],
    answer: Told | None,
    *,
    is_done: bool,
) -> list[str]:
    wrong: list[str] = []
    first, second = here.do(step, given), here.do(step, given)
    if is_done and not WORDS[step.again](first):
        wrong.append(f"its effect is there, and asked again it says {first}")
    if not WORDS[step.again](second):
        wrong.append(f"asked twice more it says {second}")
    if step.again == "repeated":
        wrong += _other_answers(known.answers[step.name], answer, first, second)
    return wrong


def _other_answers(expected: Told, *told: Told | None) -> list[str]:
    """Under one key there is one answer."""
    names = ("kind", "state", "ended", "revision")
    found = [answer for answer in told if answer is not None]
    said = {json.dumps({**answer, "repeated": None}, sort_keys=True) for answer in found}
    wrong = [f"one key has several answers: {said}"] if len(said) > 1 else []
    wrong += [
        f"it answers {answer}, and undisturbed {expected}"
        for answer in found
        if any(answer[name] != expected[name] for name in names)
    ]
    return wrong
