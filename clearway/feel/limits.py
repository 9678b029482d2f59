"""How much work one evaluation may do."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from clearway.feel.errors import FeelLimitError, FeelMissingValueError

MAX_SOURCE = 65_536
MAX_NESTING = 64
TEXT_PER_STEP = 32
CALL = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one evaluation.

    `steps` counts about a microsecond each: loop turns and calls by the size of their bodies, list
    items touched, text by 32 characters, what costs more by what it costs. A million of them take
    a second or two and at most some 150 MB. `depth` nested calls, `size` the items of one list or
    the characters of one string.
    """

    steps: int = 1_000_000
    depth: int = 64
    size: int = 1_000_000


DEFAULT_LIMITS = Limits()


class Run:
    """The purse of one evaluation: what is left to spend, and the instant it calls now.

    `uncalled`: whether what is no function was called, which gave null; `missing`: the first value
    that was missing where it was put into another, see `missing.py`; `seen` is what was looked
    through for what is to blame, see `blame.py`.
    """

    __slots__ = ("depth", "limits", "missing", "now", "seen", "steps", "uncalled")

    def __init__(self, limits: Limits, now: datetime | None) -> None:
        self.limits = limits
        self.now = now
        self.uncalled = False
        self.missing: FeelMissingValueError | None = None
        self.seen: dict[tuple[object, int], object] = {}
        self.steps = limits.steps
        self.depth = limits.depth

    def spend(self, steps: int) -> None:
        """Pay for `steps`; raises FeelLimitError when the purse is empty."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelLimitError(
                f"the evaluation takes more than {self.limits.steps} steps; make it simpler"
            )

    def room(self, size: int) -> None:
        """Pay for a list of `size` items before it is built."""
        if size > self.limits.size:
            raise FeelLimitError(f"a list of {size} items is larger than {self.limits.size}")
        self.spend(size)

    def text_room(self, size: int) -> None:
        """Pay for a string of `size` characters before it is built."""
        if size > self.limits.size:
            raise FeelLimitError(f"a text of {size} characters is longer than {self.limits.size}")
        self.spend(size // TEXT_PER_STEP + 1)

    def pays_for_short(self, size: int) -> bool:
        """Whether a string of `size` characters costs a step, there is room, and it is paid for."""
        if size >= TEXT_PER_STEP or size > self.limits.size or self.steps < 1:
            return False
        self.steps -= 1
        return True

    def enter(self, weight: int = 1) -> None:
        """One call deeper, into a body of `weight` nodes; `leave` undoes it."""
        self.depth -= 1
        self.spend(CALL + weight)
        if self.depth < 0:
            raise FeelLimitError(
                f"calls nest deeper than {self.limits.depth}; let the recursion end sooner"
            )

    def leave(self) -> None:
        """One call back up."""
        self.depth += 1


_AT_HAND: ContextVar[Run | None] = ContextVar("purse", default=None)


@contextmanager
def paying(run: Run) -> Generator[None]:
    """What is asked meanwhile by a type, which knows no purse, is paid from this one."""
    token = _AT_HAND.set(run)
    try:
        yield
    finally:
        _AT_HAND.reset(token)


def purse_at_hand() -> Run:
    """The purse that pays now, or a fresh one."""
    return _AT_HAND.get() or Run(DEFAULT_LIMITS, None)
