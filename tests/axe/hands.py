"""A program whose processes hammer the same records with commands, and write down what they hear.

An order has the database's `url`, the `log` of this hand, and its `seed`. Before a command is
sent, its words are in the log; afterwards its answer: so it is known what is in doubt when a hand
is killed.
"""

import contextlib
import json
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import psycopg
import scene
from program import serve

from clearway import engine
from clearway.now import system_time
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.migrate import migrate, undo_migration
from clearway.service.timers import fire_due
from clearway.service.values import Done, Refusal
from clearway.store.errors import StoreError

BOB, GRACE = scene.actor("bob"), scene.actor("grace")
MAPPINGS = {1: {"crush": "grind"}, 2: {"grind": "crush"}}

Words = dict[str, Any]
"""A command as it is sent: `name`, `once`, and what it is about."""

_TIMERS_AT_ONCE = 20


def carry_out(house: House, words: Words) -> Done | Refusal:
    """Send a command, for the first time or again."""
    name, once, text = words["name"], words["once"], words["once"]
    if name == "complete":
        return complete(house, BOB, words["item"], {"note": text}, once=once)
    if name == "send":
        return send(house, BOB, words["key"], "grain", {"note": text}, once=once)
    if name == "comment":
        return comment(house, BOB, words["key"], text, public=False, once=once)
    if name == "migrate":
        to = words["to"]
        return migrate(house, GRACE, words["key"], to, MAPPINGS[to], text, once=once)
    return undo_migration(house, GRACE, words["key"], once=once)


class Hand:
    """One process that hammers."""

    def __init__(self, house: House, url: str, log: int, seed: int, echo: socket.socket) -> None:
        self._house, self._log, self._echo = house, log, echo
        self._chance, self._seed, self._count = random.Random(seed), seed, 0
        self._is_over = False
        self._look = psycopg.connect(url, autocommit=True)
        self._keys = [key for (key,) in self._look.execute("SELECT key FROM instance")]

    def hammer(self) -> None:
        """Command after command, until somebody says stop."""
        kinds: list[Callable[[], None]] = [self._new, self._repeat, self._fire]
        while not self._is_over:
            self._chance.choices(kinds, [10, 2, 1])[0]()

    def stop(self) -> None:
        """The command that is being sent is the last one."""
        self._is_over = True

    def _new(self) -> None:
        self._count += 1
        names = ["complete", "send", "comment", "migrate", "undo_migration"]
        name = self._chance.choices(names, [8, 5, 3, 3, 1])[0]
        words: Words = {"name": name, "once": f"{name} {self._seed} {self._count}"}
        words["key"] = self._chance.choice(self._keys)
        if name == "complete":
            words["item"] = self._item(words["key"])
        if name == "migrate":
            words["to"] = self._chance.choice([1, 2])
        if self._chance.random() < 0.3:
            # Somebody else has the same words, and sends them now or a little later.
            with contextlib.suppress(BlockingIOError):
                self._echo.send(json.dumps(words).encode(), socket.MSG_DONTWAIT)
        self._send(words)

    def _item(self, key: str) -> int:
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                found = self._look.execute(
                    "SELECT w.id FROM work_item w JOIN instance i ON i.id = w.instance_id"
                    " WHERE i.key = %s AND w.element <> 'guard' AND w.closed_at IS NULL",
                    (key,),
                ).fetchall()
                return found[0][0]
            self._look = self._connected()

    def _connected(self) -> psycopg.Connection:
        while True:
            try:
                return psycopg.connect(self._look.info.dsn, autocommit=True)
            except psycopg.OperationalError:
                time.sleep(0.1)

    def _repeat(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._send(json.loads(self._echo.recv(4096, socket.MSG_DONTWAIT)))

    def _send(self, words: Words) -> None:
        self._write({"try": words})
        while True:
            try:
                told = carry_out(self._house, words)
            except StoreError as error:
                # Like every client: the same again, under the same key, until there is an answer.
                self._write({"again": words["once"], "because": type(error).__name__})
                continue
            break
        self._write({"once": words["once"], "told": scene.told(told)})

    def _fire(self) -> None:
        try:
            fired = fire_due(self._house, _TIMERS_AT_ONCE)
        except StoreError as error:
            self._write({"again": "timers", "because": type(error).__name__})
        else:
            self._write({"fired": fired})

    def _write(self, line: Words) -> None:
        os.write(self._log, f"{json.dumps(line)}\n".encode())


def live(order: Words, echo: socket.socket) -> None:
    """One hand."""
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with scene.opened(order["url"], system_time, connections=1) as house:
        scene.warm(house)
        hand = Hand(house, order["url"], log, order["seed"], echo)
        signal.signal(signal.SIGTERM, lambda *_: hand.stop())
        hand.hammer()


def main() -> None:
    """Fork off one hand for each line."""
    for bundle in (scene.bundle("mill"), scene.mill_2()):
        engine.build(bundle)
    # What a hand at one end says, those at the other end hear.
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    serve(lambda order: live(order, ends[order["seed"] % 2]))


if __name__ == "__main__":
    main()
