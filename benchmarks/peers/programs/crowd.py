"""A share of a crowd: some threads that complete work items, or write the same rows by hand."""

import pickle
import sys
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from benchmarks.peers.programs.answering import Pipe
from clearway.now import system_time
from clearway.service.complete import complete
from clearway.service.house import House
from clearway.service.registry import actor_of
from clearway.service.values import Refusal
from clearway.store.database import Store

Piece = Sequence[int]
"""The instance and its work item."""


def main(url: str, threads: int, told: str) -> None:
    """Prepare as many connections as threads, on either side, then wait for orders."""
    pipe = Pipe()
    statement, floor_values, form = pickle.loads(Path(told).read_bytes())
    house = House(Store(url, connections=threads), system_time)
    actor = actor_of(house, "bob")
    if actor is None or house.current("incident") is None:
        raise RuntimeError("the stage is not furnished")
    mine = threading.local()

    def ours(piece: Piece) -> None:
        answer = complete(house, actor, piece[1], form, once=uuid.uuid4().hex)
        if isinstance(answer, Refusal):
            raise RuntimeError(answer.text)

    def floor(piece: Piece) -> None:
        cursor = getattr(mine, "cursor", None)
        if cursor is None:
            connection = psycopg.connect(url, application_name="floor", autocommit=True)
            cursor = mine.cursor = connection.cursor(binary=True)
        values = {**floor_values, "instance_id": piece[0], "once": uuid.uuid4().hex}
        cursor.execute(statement, values, prepare=True)

    with ThreadPoolExecutor(threads) as pool:

        def together(work: Callable[[Piece], None]) -> Callable[[int, Sequence[Piece]], None]:
            def do(_count: int, pieces: Sequence[Piece]) -> None:
                for _ in pool.map(work, pieces):
                    pass

            return do

        pipe.answer({}, {"ours": together(ours), "floor": together(floor)})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
