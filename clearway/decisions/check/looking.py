"""How much a check may look at and compute, so that it ends whatever the file says."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from time import thread_time

from clearway.decisions.findings import Finding
from clearway.decisions.purse import Purse
from clearway.feel import DEFAULT_LIMITS, FeelError, Limits, UnaryTests
from clearway.feel.limits import paying

LOOKS = 300_000
STEPS = 10_000_000
"""What the check of one file may compute; it takes two to five seconds."""
SECONDS = 5.0
"""For whatever else takes time: so much of a processor, and only a file made to take long does."""
SELDOM = 256
MUCH = 5_000
"""After an evaluation of so many steps the clock is looked at."""


class OutOfLooks(Exception):
    """The bound was reached before it was known."""


class Budget:
    """What is left to the check of one file."""

    def __init__(
        self, steps: int = STEPS, seconds: float = SECONDS, clock: Callable[[], float] = thread_time
    ) -> None:
        self._steps = steps
        self._clock = clock
        self._until = clock() + seconds
        self._asked = 0

    @property
    def is_spent(self) -> bool:
        """Whether nothing more can be found out."""
        return self._steps <= 0 or self._clock() > self._until

    @contextmanager
    def purse(self) -> Generator[Purse]:
        """What one evaluation may spend, taken from what is left."""
        purse = self._purse()
        try:
            with paying(purse):
                yield purse
        finally:
            self._pay(purse)

    def passes(self, tests: UnaryTests, value: object) -> bool | None:
        """Whether a value passes the tests; None when that is more than can be found out."""
        self._asked += 1
        if self._steps <= 0 or (self._asked % SELDOM == 0 and self.is_spent):
            self._steps = 0
            return None
        purse = self._purse()
        try:
            with paying(purse):
                return tests.matches_settled(value, purse) is True
        except FeelError:
            return None
        finally:
            self._pay(purse)

    def until_spent(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """What is found until then."""
        for each in found:
            yield each
            if self.is_spent:
                return

    def _purse(self) -> Purse:
        return Purse(Limits(steps=max(0, min(self._steps, DEFAULT_LIMITS.steps))), None)

    def _pay(self, purse: Purse) -> None:
        used = purse.limits.steps - purse.steps
        self._steps -= used
        if used > MUCH and self._clock() > self._until:
            self._steps = 0


class Looking:
    """What is left to one check of one table; a look takes some microseconds."""

    def __init__(self, budget: Budget, left: int = LOOKS) -> None:
        self._budget = budget
        self._left = left
        self._turns = 0

    def spend(self, looks: int = 1) -> None:
        """So many looks; raises OutOfLooks."""
        self._left -= looks
        self._turns += 1
        if self._left < 0 or (self._turns % SELDOM == 0 and self._budget.is_spent):
            raise OutOfLooks
