"""How the set-up talks: what it does in a line each, what it cannot do in one sentence."""

# Old releases of Python must get as far as the sentence that asks for a newer one.
from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

FULL = "the disk is full: make room, then run the same command again."


def stop(sentence: str) -> NoReturn:
    """End with one sentence that says what to do."""
    sys.exit(f"clearway: {sentence}")


def run(doing: str, command: Sequence[str], *, otherwise: str) -> None:
    """Run a command, showing its output only when it fails; `otherwise` says what to do then."""
    print(f"clearway: {doing} ...", flush=True)
    try:
        done = subprocess.run(  # noqa: S603 - all commands are ours
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    except FileNotFoundError:
        stop(f"the program `{command[0]}` is missing; {otherwise}")
    if done.returncode == 0:
        return
    sys.stderr.write(done.stdout[-6000:])
    if is_of_full_disk(done.stdout):
        stop(FULL)
    stop(f"{doing} failed (see above); {otherwise}")


def is_of_full_disk(output: str) -> bool:
    """Whether a program said that it found no room."""
    return "No space left on device" in output or "ENOSPC" in output
