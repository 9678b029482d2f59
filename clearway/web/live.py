"""Tells listening pages which records changed: one connection to the database, many readers."""

import asyncio
import itertools
import logging
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NamedTuple

from clearway.store.errors import Unavailable

_LOG = logging.getLogger(__name__)
_PAUSE = 5.0
_SIGN_OF_LIFE = 15.0
_MOST_KEPT = 500
_MOST_KEYS = 200

Listener = Callable[[Callable[[], bool]], Iterator[list[str]]]
"""Yields the keys of records that changed until the given function says stop; an empty list as
soon as it hears, and in between. See clearway.store.notifier.listen."""


class News(NamedTuple):
    """Which records changed; no keys when something may have changed and nobody knows what."""

    position: str
    keys: list[str]


class Live:
    """Hands the keys that the listener yields to every open page, gathered for a moment.

    A page says up to where its reading has heard, so nothing falls between reading and listening.
    It is only a convenience: pages also look by themselves every half minute.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._life = secrets.token_hex(4)
        self._count = itertools.count(1)
        self._position = ""
        # Each with the position from which it has to be heard.
        self._told: deque[News] = deque(maxlen=_MOST_KEPT)
        self._readers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def position(self) -> str:
        """Up to where has been heard; to be taken before a page reads what it shows.

        Empty while nothing can be heard: such a page is told as soon as something can.
        """
        with self._lock:
            return self._position

    async def changes(self, after: str, *, gather: float = 0.25) -> AsyncIterator[News | None]:
        """What changed after a position, some together, each with the position it leads to.

        None now and then as a sign of life.
        """
        bell = asyncio.Event()
        self._begin(bell)
        try:
            while not self._ended.is_set():
                bell.clear()
                if (news := self._since(after)) is not None:
                    after = news.position
                    yield news
                    continue
                try:
                    await asyncio.wait_for(bell.wait(), _SIGN_OF_LIFE)
                    await asyncio.sleep(gather)
                except TimeoutError:
                    yield None
        finally:
            with self._lock:
                self._readers.pop(bell, None)

    def end(self) -> None:
        """Stop listening; open pages are told nothing more."""
        self._ended.set()
        self._ring()

    def _begin(self, bell: asyncio.Event) -> None:
        with self._lock:
            self._readers[bell] = asyncio.get_running_loop()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                for keys in self._listener(self._ended.is_set):
                    if keys or not self._position:
                        self._tell(keys)
            except Unavailable as error:
                _LOG.warning("Pages refresh only by themselves for now: %s", error)
                with self._lock:
                    self._position = ""
                self._ended.wait(_PAUSE)

    def _tell(self, keys: list[str]) -> None:
        """No keys: what happened while nobody listened is unknown."""
        with self._lock:
            self._told.append(News(self._position, keys))
            self._position = f"{self._life}-{next(self._count)}"
        self._ring()

    def _ring(self) -> None:
        with self._lock:
            readers = list(self._readers.items())
        for bell, loop in readers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(bell.set)

    def _since(self, after: str) -> News | None:
        with self._lock:
            here = self._position
            if not here or after == here:
                return None
            told = list(itertools.dropwhile(lambda it: it.position != after, self._told))
        keys = list(dict.fromkeys(key for news in told for key in news.keys))
        is_known = bool(told) and all(news.keys for news in told) and len(keys) <= _MOST_KEYS
        return News(here, keys if is_known else [])
