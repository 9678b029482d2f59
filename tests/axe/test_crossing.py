"""Records that tell each other things at the same time: each message is caught once."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
import scene
from living import Living
from program import Hire, hired, running

from clearway.now import system_time
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Done
from clearway.service.verify import verify

pytestmark = pytest.mark.database

LONG = os.environ.get("AXE") == "long"
SEED = int(os.environ.get("AXE_SEED", "20260302"))
PARENTS, CHILDREN = (10, 20) if LONG else (2, 8)
WORDS = 24 if LONG else 2
"""How often each message is answered."""

MESSENGERS = 4
BOB = scene.actor("bob")
Copies = Callable[[], AbstractContextManager[str]]

_MESSAGES = "SELECT id, status, name FROM message"
_CAUGHT = """SELECT (details->>'id')::bigint FROM entry
WHERE command = 'message' AND kind = 'message' AND details ? 'id'"""
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.fixture(scope="module")
def program() -> Iterator[Hire]:
    """What forks off messengers."""
    with running("messengers") as hire:
        yield hire


@pytest.fixture
def messengers(program: Hire) -> Iterator[Callable[[str], Living]]:
    """Starts a process that delivers what waits, until it is killed."""
    with hired(program) as hire:
        yield lambda url: hire({"url": url})


def families(house: House) -> list[tuple[str, list[str]]]:
    """Parents with their children."""
    scene.deploy_more(house, scene.bundle("chatter"))

    def born(name: str) -> str:
        done = start(house, BOB, "chatter", {"name": name}, once=name)
        assert isinstance(done, Done), done
        return done.key

    return [
        (born(f"parent {one}"), [born(f"child {one} {two}") for two in range(CHILDREN)])
        for one in range(PARENTS)
    ]


def begin(house: House, who: str, others: list[str]) -> None:
    """It calls all the others; each answers, and is answered."""
    values = {"others": others, "words": WORDS}
    done = send(house, BOB, who, "begin", values, once=f"begin {who}")
    assert isinstance(done, Done), done


def look(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize("wounded", [False, True], ids=["calm", "killed"])
def test_crossing_messages_are_caught_once_each(copies, messengers, eventually, wounded):
    chance = random.Random(SEED)
    expected = 2 * PARENTS * CHILDREN * (WORDS + 1)
    with copies() as url, scene.opened(url, system_time) as house:
        related = families(house)
        hands = [messengers(url) for _ in range(MESSENGERS)]

        for parent, children in related:
            begin(house, parent, children)
            for child in children:
                begin(house, child, [parent])
        while wounded and left(url, expected):
            time.sleep(chance.uniform(0.2, 0.6))
            hands.pop(chance.randrange(len(hands))).kill()
            hands.append(messengers(url))
        eventually(lambda: not left(url, expected), "messages are left", 60 + expected / 10)
        for hand in hands:
            hand.kill()

        found = look(url, _MESSAGES)
        assert Counter(status for _, status, _ in found) == {"caught": expected}
        caught = Counter(number for (number,) in look(url, _CAUGHT))
        assert caught == dict.fromkeys((number for number, *_ in found), 1)
        assert verify(house) == []
        assert look(url, _DEADLOCKS) == [(0,)]


def left(url: str, expected: int) -> int:
    """How many messages are not caught, or not even sent."""
    [(caught,)] = look(url, "SELECT count(*) FROM message WHERE status = 'caught'")
    return expected - caught
