"""What one decision may spend, and whether it refuses what the standard makes null of."""

from datetime import datetime

from clearway.feel import Limits
from clearway.feel.limits import Run


class Purse(Run):
    """The purse of a decision; unless it is `strict`, what Clearway refuses is null."""

    __slots__ = ("strict",)

    def __init__(self, limits: Limits, now: datetime | None, strict: bool = True) -> None:
        super().__init__(limits, now)
        self.strict = strict


def is_strict(run: Run) -> bool:
    """Whether a run refuses; only that of a conformance test does not."""
    return run.strict if isinstance(run, Purse) else True
