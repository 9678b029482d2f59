"""Which processes of an embedded PostgreSQL still run, and how an orphaned one is ended."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from clearway.store.postgres_binaries import PostgresError


def end_orphans(cluster: str, folder: Path) -> None:
    """End what an earlier run left behind on this data folder, politely first.

    To be called only by the holder of the folder's lock. `cluster` is the server's cluster name,
    which PostgreSQL shows in the title of each of its processes. Raises PostgresError when
    something does not end.
    """
    postmaster = _postmaster(folder)
    if postmaster in running(cluster):
        _send(postmaster, signal.SIGINT)
        _wait_for_end(cluster, seconds=20)
    for number, seconds in ((signal.SIGQUIT, 5), (signal.SIGKILL, 10)):
        for pid in running(cluster):
            _send(pid, number)
        if _wait_for_end(cluster, seconds=seconds):
            return
    raise PostgresError(
        f"PostgreSQL processes of an earlier run do not end: {running(cluster)}; "
        "end them by hand, then start again."
    )


def running(cluster: str) -> list[int]:
    """Process ids of the server with this cluster name, from /proc."""
    return sorted(pid for pid, words in _command_lines() if _is_of(cluster, words))


def _is_of(cluster: str, words: bytes) -> bool:
    program = words.split(b"\0", 1)[0]
    is_postgres = program.startswith(b"postgres: ") or program.endswith(b"/postgres")
    return is_postgres and cluster.encode() in words


def _command_lines() -> Iterator[tuple[int, bytes]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            # A process may end between the listing and the look.
            with contextlib.suppress(OSError):
                yield int(name), Path("/proc", name, "cmdline").read_bytes()


def _postmaster(folder: Path) -> int:
    try:
        return int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return 0


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_for_end(cluster: str, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while running(cluster):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
