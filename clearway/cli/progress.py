"""A bar that shows how far a long command is."""

import contextlib
from collections.abc import Generator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Bar:
    """How much is done, of how much."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def show(self, done: int, total: int) -> None:
        """So much is done."""
        self._progress.update(self._task, total=total, completed=done)

    def advance(self, count: int) -> None:
        """So much more is done."""
        self._progress.advance(self._task, count)


@contextlib.contextmanager
def bar(what: str) -> Generator[Bar]:
    """On standard error, so that the answer stays alone on standard output."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Bar(progress)
