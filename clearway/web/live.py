"""Tells listening pages which records changed: one connection to the database, many readers."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator

from clearway.store.errors import Unavailable
from clearway.web.portal import Listener

_LOG = logging.getLogger(__name__)
_PAUSE = 5.0
_MOST_KEYS = 200


class Live:
    """Hands the keys that the listener yields to every open page, gathered for a moment.

    Only a convenience: pages also look by themselves every half minute, so nothing depends on
    this process having heard of a change.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._readers: dict[asyncio.Queue[list[str]], asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    async def changes(self, *, gather: float = 0.25) -> AsyncIterator[list[str]]:
        """The keys that changed, some together; an empty list now and then as a sign of life."""
        queue: asyncio.Queue[list[str]] = asyncio.Queue(_MOST_KEYS)
        with self._lock:
            self._readers[queue] = asyncio.get_running_loop()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
        try:
            while not self._ended.is_set():
                yield await _gathered(queue, gather)
        finally:
            with self._lock:
                self._readers.pop(queue, None)

    def end(self) -> None:
        """Stop listening; open pages are told nothing more."""
        self._ended.set()
        self._tell([])

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                for keys in self._listener(self._ended.is_set):
                    if keys:
                        self._tell(keys)
            except Unavailable as error:
                _LOG.warning("Pages refresh only by themselves for now: %s", error)
                self._ended.wait(_PAUSE)

    def _tell(self, keys: list[str]) -> None:
        with self._lock:
            readers = list(self._readers.items())
        for queue, loop in readers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_offer, queue, keys)


def _offer(queue: "asyncio.Queue[list[str]]", keys: list[str]) -> None:
    """A page that does not keep up misses keys, not more: it looks by itself soon."""
    if not queue.full():
        queue.put_nowait(keys)


async def _gathered(queue: "asyncio.Queue[list[str]]", gather: float) -> list[str]:
    try:
        keys = await asyncio.wait_for(queue.get(), timeout=15)
    except TimeoutError:
        return []
    ends = time.monotonic() + gather
    while (left := ends - time.monotonic()) > 0:
        try:
            keys = keys + await asyncio.wait_for(queue.get(), timeout=left)
        except TimeoutError:
            break
    return list(dict.fromkeys(keys))[:_MOST_KEYS]
