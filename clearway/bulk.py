"""Moves many records in several processes, each with a house and connections of its own.

Python runs one thread of a process at a time: a second process uses the second processor.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from clearway.errors import ClearwayError
from clearway.service.house import House
from clearway.service.migrate import Move, Verdict, by_threads, in_shares
from clearway.wiring import open_house

_SHARE = 64
"""Records that are handed out together."""


class MovingEnded(ClearwayError):
    """Not every record was looked at; those that were moved stay moved."""


@dataclass(frozen=True)
class Processes:
    """Carries moves out in so many processes, on the database with this address."""

    url: str
    count: int = 2

    def __call__(self, move: Move, keys: Sequence[str]) -> Iterator[Verdict]:
        """A verdict for each record, in the order of the keys; raises StoreError or MovingEnded."""
        pool = ProcessPoolExecutor(
            self.count,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_enter,
            initargs=(self.url, os.getpid()),
        )
        try:
            for verdicts in pool.map(partial(_moved, move), in_shares(keys, _SHARE)):
                yield from verdicts
        except BrokenProcessPool as error:
            raise MovingEnded(
                "A process that moved records was ended from outside: give the same line again; "
                "what was moved is there already."
            ) from error
        finally:
            # What was begun is ended: each record is moved or it is not.
            pool.shutdown(cancel_futures=True)


_held = ExitStack()
_houses: list[House] = []


def _enter(url: str, parent: int) -> None:
    # Ctrl-C is for the parent, which lets us end what we are at.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), name="leash", daemon=True).start()
    _houses.append(_held.enter_context(open_house(url)))


def _moved(move: Move, keys: Sequence[str]) -> list[Verdict]:
    return list(by_threads(_houses[0])(move, keys))


def _end_with(parent: int) -> None:
    """A parent that was killed cannot tell us: nobody waits for what we would do."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
