"""Tells listening pages which records changed, after the commit and many at once."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import psycopg
from psycopg import sql

from clearway.store.errors import Unavailable

CHANNEL = "clearway_changed"
_PAUSE = 0.05
_LONGEST = 7000  # bytes; PostgreSQL takes less than 8000
_log = logging.getLogger(__name__)


class Notifier:
    """Gathers keys and sends them over one connection of its own.

    Sending inside a command's transaction would make all commits wait for each other: PostgreSQL
    takes one lock for the whole server at the commit of a NOTIFY. What is lost here is only
    a page that refreshes later; nothing is found through notifications alone.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, None] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def tell(self, keys: Sequence[str]) -> None:
        """Queue the keys of records that changed; returns at once."""
        if not keys:
            return
        with self._wake:
            self._keys.update(dict.fromkeys(keys))
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._send, name="notifier", daemon=True)
                self._thread.start()
            self._wake.notify()

    def close(self) -> None:
        """Send what is left and stop."""
        with self._wake:
            self._closed = True
            self._wake.notify()
            thread = self._thread
        if thread is not None:
            thread.join(timeout=5)

    def _send(self) -> None:
        connection: psycopg.Connection | None = None
        while (keys := self._gathered()) is not None:
            try:
                if connection is None or connection.closed:
                    connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
                for text in _packed(keys):
                    connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, text))
            except psycopg.Error as error:
                _log.warning("Pages are not told of changes at the moment: %s", error)
            time.sleep(_PAUSE)
        if connection is not None:
            connection.close()

    def _gathered(self) -> list[str] | None:
        with self._wake:
            while not self._keys:
                if self._closed:
                    return None
                self._wake.wait()
            keys = list(self._keys)
            self._keys.clear()
            return keys


def listen(url: str, until: Callable[[], bool], *, poll: float = 1.0) -> Iterator[list[str]]:
    """The keys of changed records as they come, until `until` says stop; an empty list
    as soon as it listens, and in between.

    Raises Unavailable when the connection is lost; the caller listens anew.
    """
    try:
        yield from _listen(url, until, poll)
    except psycopg.Error as error:
        raise Unavailable("The database no longer tells of changes: listen again.") from error


def _listen(url: str, until: Callable[[], bool], poll: float) -> Iterator[list[str]]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        yield []
        while not until():
            arrived = list(connection.notifies(timeout=poll, stop_after=1))
            yield [key for note in arrived for key in cast(list[str], json.loads(note.payload))]


def _packed(keys: Sequence[str]) -> Iterator[str]:
    batch: list[str] = []
    for key in keys:
        batch.append(key)
        if len(json.dumps(batch)) > _LONGEST:
            yield json.dumps(batch[:-1])
            batch = [key]
    if batch:
        yield json.dumps(batch)
