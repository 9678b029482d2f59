"""A program that completes tasks until SIGKILL ends it, at an instant that it is told beforehand.

Each line on standard input is JSON: the database's `url`, the work `items`, and `seconds` to live.
For each, a process is forked off that has everything loaded already; it says `done ID` for what
was acknowledged. At its end, `gone SIGNAL` is said.
"""

import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from clearway import engine
from clearway.now import HandClock
from clearway.service.complete import complete
from clearway.service.house import House
from clearway.service.values import Actor, Done
from clearway.store.database import Store

PROCESSES = Path(__file__).resolve().parent.parent / "data" / "processes"
BOB = Actor("bob", roles=frozenset({"desk"}), groups=frozenset({"desk"}))


def live(url: str, items: list[int], seconds: float) -> None:
    """Complete one task after the other, and wait for the end when none is left."""
    house = House(Store(url), HandClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)))
    house.current("errand")
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
    for item in items:
        result = complete(house, BOB, item, {"weight": 1}, once=f"sort {item}")
        if not isinstance(result, Done):
            raise AssertionError(result)
        say(f"done {item}")
    signal.pause()


def say(line: str) -> None:
    """In one piece, though two processes write."""
    os.write(1, f"{line}\n".encode())


def main() -> None:
    """Fork off one life after the other."""
    engine.build(engine.read_bundle(PROCESSES, "errand"))
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            live(order["url"], order["items"], order["seconds"])
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say(f"gone {os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}")


if __name__ == "__main__":
    main()
