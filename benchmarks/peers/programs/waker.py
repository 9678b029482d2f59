"""A worker that fires what is due, batch after batch, until nothing is left or it has enough."""

import math
import sys
from datetime import datetime, timedelta

from benchmarks.peers.programs.answering import Pipe
from clearway.now import system_time
from clearway.service.house import House
from clearway.service.timers import fire_due
from clearway.store.database import Store


def main(url: str, process: str, later: float) -> None:
    """Be ready with the version in memory; its clock is so many days ahead."""
    pipe = Pipe()
    store = Store(url)

    def now() -> datetime:
        return system_time() + timedelta(days=later)

    house = House(store, now)
    if house.current(process) is None:
        raise RuntimeError("the stage is not furnished")

    def fire(batch: int, most: float = math.inf) -> int:
        fired = 0
        while fired < most and (found := fire_due(house, batch)):
            fired += found
        return fired

    pipe.answer({}, {"fire": fire})
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
