"""Whatever a SIGKILL interrupts: what was acknowledged is there once, and the rest can be asked."""

import contextlib
import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clearway.service.complete import complete
from clearway.service.start import start
from clearway.service.values import Done
from clearway.service.verify import verify

KILLS = 20
AT_ONCE = 15  # work items for one life, however fast the machine is
ERRANDS = KILLS * (AT_ONCE + 1)
MORTAL = Path(__file__).with_name("mortal.py")
ROOT = MORTAL.parent.parent.parent
ONCE_EACH = """SELECT w.id, w.outcome, w.closed_by, i.revision,
    (SELECT count(*) FROM entry e WHERE e.instance_id = i.id AND e.kind = 'done'),
    (SELECT count(*) FROM job j WHERE j.instance_id = i.id),
    (SELECT count(*) FROM answer a WHERE a.key = 'sort ' || w.id)
FROM work_item w JOIN instance i ON i.id = w.instance_id WHERE w.closed_at IS NOT NULL"""


class Mortal:
    """The program that is killed again and again."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self._process, self._url = process, url

    def live(self, items: list[int], seconds: float) -> tuple[list[int], int]:
        """What it acknowledged, and the signal that ended it."""
        order = {"url": self._url, "items": items, "seconds": seconds}
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        done: list[int] = []
        while True:
            word, number = self._process.stdout.readline().split()
            if word == "gone":
                return done, int(number)
            done.append(int(number))


@pytest.fixture
def mortal(database_url: str) -> Iterator[Mortal]:
    """The program, loaded and waiting."""
    command = [sys.executable, str(MORTAL)]
    pipe = subprocess.PIPE
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)
        )
        stack.callback(process.kill)
        yield Mortal(process, database_url)


def test_what_was_acknowledged_survives_every_kill_once(house, people, rows, mortal):
    for number in range(ERRANDS):
        start(house, people["alice"], "errand", {"what": f"pen {number}"}, once=f"ask {number}")
    items = [number for (number,) in rows("SELECT id FROM work_item ORDER BY id")]
    chance = random.Random(20260302)
    acknowledged: list[int] = []
    in_doubt: list[int] = []

    for _ in range(KILLS):
        done, ended_by = mortal.live(items[:AT_ONCE], chance.uniform(0, 0.15))
        assert ended_by == signal.SIGKILL
        assert done == items[: len(done)]
        acknowledged += done
        in_doubt.append(items[len(done)])
        items = items[len(done) + 1 :]
    found = {row[0] for row in rows(ONCE_EACH)}
    assert set(acknowledged) <= found <= {*acknowledged, *in_doubt}
    again = [
        complete(house, people["bob"], item, {"weight": 1}, once=f"sort {item}")
        for item in in_doubt
    ]

    assert all(isinstance(result, Done) for result in again)
    assert [result.repeated for result in again] == [item in found for item in in_doubt]
    once = [(item, "completed", "bob", 2, 1, 1, 1) for item in sorted(acknowledged + in_doubt)]
    assert sorted(rows(ONCE_EACH)) == once
    assert len(acknowledged) > KILLS
    assert verify(house) == []
