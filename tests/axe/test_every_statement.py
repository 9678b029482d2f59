"""Each command, stopped at each of its statements: all of it is there or nothing, and once."""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import life
import pytest
from day import Day, Told
from step import Step
from struck import Blow, Point, Strike, lived
from undisturbed import Undisturbed, undisturbed
from victims import Victim
from wire import Axe, Wire

Copies = Callable[[], AbstractContextManager[str]]
pytestmark = pytest.mark.database

SEED = int(os.environ.get("AXE_SEED", "20260302"))
EVERY = os.environ.get("AXE") == "long"


def kill(victim: Victim) -> Strike:
    """SIGKILL for the process whose command it is."""

    def strike(
        here: Day, wire: Wire, step: Step, given: Sequence[object], blow: Blow
    ) -> Told | None:
        return victim.killed_at(wire, here, step, given, blow)

    return strike


def cut(here: Day, wire: Wire, step: Step, given: Sequence[object], blow: Blow) -> Told:
    """The line is cut under a process that lives on."""
    wire.lift(Axe(blow.at, blow.after))
    return here.do(step, given, struck=True)


def points(known: Undisturbed, when: str) -> Iterator[tuple[Point, str]]:
    """Where to strike, life for life, and the last command of it that is struck.

    Each command once somewhere; in the long form before, or after, each of its statements.
    """
    if when == "somewhere":
        yield partial(_somewhere, random.Random(SEED)), [*known.statements][-1]
        return
    for at in range(1, known.most() + 1):
        until = [name for name, it in known.statements.items() if len(it) >= at][-1]
        yield partial(_there, Blow(at, when == "after")), until


def _somewhere(chance: random.Random, _: Step, statements: int) -> Blow:
    # The commit is the last one, and the one that matters most.
    at = chance.choice([statements, chance.randint(1, statements)])
    return Blow(at, chance.random() < 0.5)


def _there(blow: Blow, _: Step, statements: int) -> Blow | None:
    return blow if blow.at <= statements else None


@pytest.mark.parametrize("when", ["before", "after"] if EVERY else ["somewhere"])
@pytest.mark.parametrize("how", ["killed", "cut off"] if EVERY else ["killed or cut off"])
def test_each_command_struck_at_a_statement_is_there_once_or_not_at_all(
    copies, known, victim, how, when
):
    chance, struck, wrong = random.Random(SEED), 0, list[str]()
    strikes = [strike for strike, it in ((kill(victim), "killed"), (cut, "cut off")) if it in how]

    def strike(*given: Any) -> Told | None:
        return chance.choice(strikes)(*given)

    for point, until in points(known, when):
        with copies() as url:
            found, told = lived(url, known, strike, point, until)
        struck, wrong = struck + found, wrong + told

    print(f"{struck} commands were {how} {when}")
    assert not wrong, "\n".join(wrong)
    statements = [len(it) for name, it in known.statements.items() if life.STEPS[name].struck]
    assert struck == (sum(statements) if EVERY else len(statements))


@pytest.mark.parametrize(
    ("variant", "command", "seen"),
    [
        ("history afterwards", "claim", "but its history has"),
        ("job first", "finish_job", "by its state, but for"),
        ("without key", "complete", "asked twice more it says"),
    ],
)
def test_what_is_broken_on_purpose_is_seen(copies, victim, variant, command, seen):
    """Half of it in a second transaction, or no answer kept: at some statement it shows."""
    wrong: list[str] = []
    with copies() as url:
        known = undisturbed(url, until=command)
    for at in range(len(known.statements[command]) + 4, 0, -1):
        with copies() as url:
            point = partial(_only, command, Blow(at, after=False))
            _, found = lived(url, known, kill(victim.broken(variant)), point, until=command)
        wrong += found
        if seen in " ".join(wrong):
            break

    assert seen in " ".join(wrong)


def _only(command: str, blow: Blow, step: Step, _: int) -> Blow | None:
    return blow if step.name == command else None
