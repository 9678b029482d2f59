"""A program that carries out one command in a process of its own, which may be killed at any time.

Each line on standard input is JSON: the database's `url`, the instant `now`, the `step`, its
idempotency key `once`, what it is `given`, and the `variant` of the product it runs with. A
process is forked off that has everything loaded already; it says `ready PID`, waits for a line,
and says `told JSON`. At its end, `gone SIGNAL` is said.
"""

import json
import os
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parent))

import life
import scene
import variants
from parcel import parcel
from program import forked

from clearway import engine
from clearway.now import HandClock


def live(order: dict[str, Any], said: BinaryIO) -> None:
    """Get ready, wait for the word, do it, tell."""
    variants.apply(order["variant"])
    clock = HandClock(datetime.fromisoformat(order["now"]))
    with scene.opened(order["url"], clock, connections=2) as house:
        scene.warm(house)
        say(f"ready {os.getpid()}")
        said.readline()
        step = life.STEPS[order["step"]]
        result = step.run(house, order["once"], *order["given"])
        say(f"told {json.dumps(scene.told(result))}")


def say(line: str) -> None:
    """In one piece."""
    os.write(1, f"{line}\n".encode())


def main() -> None:
    """Fork off one life after the other."""
    for process in ("errand", "beacon", "chatter"):
        engine.build(scene.bundle(process))
    engine.build(parcel())
    engine.build(scene.errand_2())
    engine.build(scene.errand_3())
    # Unbuffered: what is meant for the child must not be read by its parent.
    with open(0, "rb", buffering=0) as said:
        serve(said)


def serve(said: BinaryIO) -> None:
    """One life for each line."""
    is_warm = False
    while line := said.readline():
        order = json.loads(line)
        if not is_warm:
            # What is imported and built at first use is then there in every child.
            with scene.opened(order["url"], connections=1) as house:
                scene.warm(house)
            is_warm = True
        child = forked(partial(live, order, said))
        _, status = os.waitpid(child, 0)
        say(f"gone {os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)}")


if __name__ == "__main__":
    main()
