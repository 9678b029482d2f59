"""Lines in a file that never grows for ever: too large or of an earlier start, it moves aside."""

import contextlib
from pathlib import Path

from clearway.now import system_time

_LIMIT = 10 * 1024 * 1024


class LineLog:
    """Writes lines with their time and who said them; the file before is kept as `FILE.1`.

    `limit` is in bytes. What cannot be written, as on a full disk, is lost without a word: nobody
    shall end because of a log.
    """

    def __init__(self, file: Path, *, limit: int = _LIMIT) -> None:
        self.file = file
        self._limit = limit
        self._set_aside()

    def write(self, name: str, line: str) -> None:
        """One line that `name` said."""
        with contextlib.suppress(OSError):
            with self.file.open("a", encoding="utf-8") as log:
                log.write(f"{system_time():%Y-%m-%d %H:%M:%S}Z {name} | {line}\n")
                size = log.tell()
            if size > self._limit:
                self._set_aside()

    def _set_aside(self) -> None:
        with contextlib.suppress(OSError):
            self.file.replace(self.file.with_name(f"{self.file.name}.1"))
