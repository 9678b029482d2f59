"""A database on which the day of `life` is lived, command after command, on a clock of its own."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import scene
from picture import Picture, picture
from step import Step
from wire import Wire

from clearway.now import HandClock
from clearway.service.house import House
from clearway.service.verify import verify

Told = dict[str, Any]


class Day:
    """One life on a database of its own, up to the step that is next."""

    def __init__(
        self,
        house: House,
        clock: HandClock,
        eye: psycopg.Connection[tuple[Any, ...]],
        struck: House | None = None,
    ) -> None:
        self.house, self.clock, self._eye = house, clock, eye
        self.struck = struck or house

    def find(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database."""
        return self._eye.execute(statement, values).fetchall()

    def begin(self, step: Step) -> Sequence[object]:
        """Let time go by, and look up what the command is given."""
        self.clock.move_to(self.clock() + step.passes)
        return list(step.given(self.find))

    def do(self, step: Step, given: Sequence[object], *, struck: bool = False) -> Told:
        """The command, in this process."""
        house = self.struck if struck else self.house
        return scene.told(step.run(house, step.name, *given))

    def picture(self) -> Picture:
        """What is there now."""
        return picture(self._eye)

    def broken(self) -> list[str]:
        """What `clearway verify` says."""
        return verify(self.house)


@contextmanager
def day(url: str, wire: Wire | None = None) -> Iterator[Day]:
    """A day that begins; with a line, its struck commands go over it."""
    clock = HandClock(scene.MORNING)
    with ExitStack() as stack:
        house = stack.enter_context(scene.opened(url, clock, connections=2))
        eye = stack.enter_context(psycopg.connect(url, autocommit=True))
        struck = None
        if wire is not None:
            struck = stack.enter_context(scene.opened(wire.url, clock, connections=2))
        yield Day(house, clock, eye, struck)
