"""A program that forks off a process for each line that it is told: both ends of that line."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from living import Living

HERE = Path(__file__).resolve().parent
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG

Order = Mapping[str, Any]
Hire = Callable[[Order], Living]
"""Has one more process forked off that does what the order says."""


@contextmanager
def running(name: str) -> Iterator[Hire]:
    """The program of this name in this folder, until the end; its processes end with it."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, str(HERE / f"{name}.py")], stdin=pipe, stdout=pipe, text=True,
        cwd=HERE.parent.parent, start_new_session=True,
    ) as program:  # fmt: skip

        def hire(order: Order) -> Living:
            assert program.stdin and program.stdout
            program.stdin.write(f"{json.dumps(order)}\n")
            program.stdin.flush()
            return Living(int(program.stdout.readline().split()[1]))

        try:
            yield hire
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)


@contextmanager
def hired(hire: Hire) -> Iterator[Hire]:
    """The same program for a while: whoever is hired meanwhile is killed at the end."""
    found: list[Living] = []

    def note(order: Order) -> Living:
        found.append(hire(order))
        return found[-1]

    try:
        yield note
    finally:
        for one in found:
            one.kill()


def serve(work: Callable[[dict[str, Any]], None]) -> None:
    """What such a program does: fork off a process for each line, and say `pid N`."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Unbuffered: what is meant for the program must not be read by its child.
    with open(0, "rb", buffering=0) as said:
        while line := said.readline():
            pid = forked(partial(work, json.loads(line)))
            os.write(1, f"pid {pid}\n".encode())


def forked(work: Callable[[], None]) -> int:
    """Do this in a process of its own that has everything loaded; answers which."""
    pid = os.fork()
    if pid == 0:
        status = 1
        # Nobody of a run that was ended itself goes on hammering.
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        try:
            work()
            status = 0
        except Exception:  # noqa: BLE001 - told, because nobody else would
            traceback.print_exc()
        finally:
            os._exit(status)
    return pid
