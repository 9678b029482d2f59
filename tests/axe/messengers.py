"""A program that forks off processes which deliver messages until they are killed.

An order has the database's `url`.
"""

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scene
from program import serve

from clearway import engine
from clearway.now import system_time
from clearway.service.deliver import deliver_waiting

_AT_ONCE = 20


def deliver(order: dict[str, Any]) -> None:
    """For ever."""
    with scene.opened(order["url"], system_time, connections=1) as house:
        while True:
            if not deliver_waiting(house, _AT_ONCE):
                time.sleep(0.02)


def main() -> None:
    """Fork off one for each line."""
    engine.build(scene.bundle("chatter"))
    serve(deliver)


if __name__ == "__main__":
    main()
