"""What a replay has done so far: one line for each row, so that a killed run can go on."""

import contextlib
import fcntl
import os
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from clearway.errors import ClearwayError

_PATIENCE = 15.0  # seconds; what a killed run left behind is gone by then


class JournalInUse(ClearwayError):
    """Another replay writes this journal: wait for it to end."""


class JournalDamaged(ClearwayError):
    """A line of this journal is none that a replay has written."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as replayed.

    `reason` None: applied. `agrees`: whether the record has the row's priority; None when there is
    no record.
    """

    number: str
    position: int
    key: str
    state: str
    reason: str | None
    agrees: bool | None


class Journal:
    """The lines of one worker, written by it alone; each is in the file before the next row."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, line: Line) -> None:
        """Add a line; it survives this process, not a power cut."""
        agrees = {True: "1", False: "0", None: ""}[line.agrees]
        cells = (line.number, str(line.position), line.key, line.state, line.reason or "", agrees)
        self._file.write("\t".join(cells) + "\n")
        self._file.flush()


@contextlib.contextmanager
def opened(path: Path) -> Generator[Journal]:
    """The journal to be continued, for this process alone; raises JournalInUse."""
    with path.open("a+", encoding="utf-8") as file:
        _lock(file, path)
        _cut_torn_line(file)
        yield Journal(file)


def lines(path: Path) -> Iterator[Line]:
    """Every whole line of a journal; none when there is none yet. Raises JournalDamaged."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, text in enumerate(file, 1):
            if not text.endswith("\n"):
                continue
            try:
                yield _line(text.rstrip("\n").split("\t"))
            except (ValueError, KeyError) as error:
                raise JournalDamaged(
                    f"{path}, line {number}, is damaged: begin the replay anew on an empty "
                    "database, or with --fresh."
                ) from error


def _line(cells: list[str]) -> Line:
    number, position, key, state, reason, agrees = cells
    told = {"1": True, "0": False, "": None}[agrees]
    return Line(number, int(position), key, state, reason or None, told)


def _lock(file: IO[str], path: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise JournalInUse(f"Another replay writes {path}: wait for it to end.") from error
        time.sleep(0.1)


def _cut_torn_line(file: IO[str]) -> None:
    file.seek(0)
    text = file.read()
    whole = text.rfind("\n") + 1
    if whole != len(text):
        file.truncate(len(text[:whole].encode()))
    file.seek(0, os.SEEK_END)
