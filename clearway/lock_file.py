"""A file that says which process has something, and lets go of it when that process ends."""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import IO


def take(file: Path) -> IO[str] | None:
    """Have it until the answer is closed or this process ends; None when another one has it."""
    # Not truncated on opening: the text names the present holder until we are it.
    lock = open(file, "a+", encoding="utf-8")  # noqa: SIM115 - whoever takes it closes it
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    lock.truncate(0)
    # On a full disk there is no room for the number; the lock holds without it.
    with contextlib.suppress(OSError):
        os.write(lock.fileno(), str(os.getpid()).encode())
    return lock


def holder(file: Path) -> str | None:
    """The number of the process that has it, as far as it could say; None when nobody has it."""
    try:
        lock = open(file, encoding="utf-8")  # noqa: SIM115 - closed just below
    except OSError:
        return None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return lock.read().strip() or "unknown"
    return None
