"""Many processes on the same records: what was acknowledged is in history once, and no more."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import scene
from gang import Gang, Told, broken, deadlocks, fired, settle, wrong_with
from program import Hire, hired, running

from clearway.now import system_time
from clearway.service.start import start
from clearway.service.values import Done
from clearway.store.embedded import EmbeddedPostgres
from clearway.store.migrate import upgrade

pytestmark = pytest.mark.database

LONG = os.environ.get("AXE") == "long"
SEED = int(os.environ.get("AXE_SEED", "20260302"))
ENOUGH = 5_000 if LONG else 120
"""Answered commands; however slow the machine is, there are so many in the end."""

EVERYTHING = {"complete", "send", "comment", "migrate"}
BLOWS = ["kill", "freeze", "cut"]
SECONDS = float(os.environ.get("AXE_SECONDS", "60" if LONG else "1"))
HANDS = 8 if LONG else 4
MILLS = 100 if LONG else 30
Copies = Callable[[], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def program() -> Iterator[Hire]:
    """What forks off hands."""
    with running("hands") as hire:
        yield hire


@pytest.fixture
def gang_on(program: Hire, tmp_path: Path) -> Iterator[Callable[..., Gang]]:
    """Puts hands to work on a database with mills, all of one version."""
    with hired(program) as hire:

        def gang(url: str) -> Gang:
            with scene.opened(url, system_time) as house:
                scene.deploy_more(house, scene.bundle("mill"), scene.mill_2())
                for mill in range(MILLS):
                    name = {"name": f"mill {mill}"}
                    done = start(house, scene.actor("bob"), "mill", name, once=f"mill {mill}")
                    assert isinstance(done, Done), done
            (tmp_path / "logs").mkdir()
            made = Gang(url, hire, tmp_path / "logs", SEED)
            for _ in range(HANDS):
                made.hire()
            return made

        yield gang


def test_what_was_acknowledged_is_in_history_once_and_nothing_else(copies, gang_on, eventually):
    with copies() as url:
        gang = gang_on(url)

        eventually(is_over(gang), "it does not go on", SECONDS + 300)
        told = stopped(gang, eventually)

        assert wrong_with(gang, told) == []
        assert broken(gang) == []
        assert deadlocks(gang) == 0
        assert fired(gang)[0] == fired(gang)[1] > 0


def is_over(gang: Gang) -> Callable[[], bool]:
    """Whether the time is over, there was enough, something of everything, and a quarrel."""
    until = time.monotonic() + SECONDS

    def over() -> bool:
        if time.monotonic() < until:
            return False
        heard = [line for line in gang.lines() if "told" in line]
        done = {it["once"].split()[0] for it in heard if it["told"]["kind"] == "Done"}
        refused = any(it["told"]["kind"] == "Refusal" for it in heard)
        return len(heard) > ENOUGH and done >= EVERYTHING and refused and fired(gang)[1] > 0

    return over


def stopped(gang: Gang, eventually: Callable[..., None]) -> dict[str, Told]:
    """Everybody ends; what was in doubt is settled."""
    gang.stop()
    eventually(lambda: not gang.is_at_work(), "a hand does not end", 120)
    return settle(gang)


def test_the_same_while_hands_are_killed_frozen_and_cut_off(copies, gang_on, eventually):
    chance, blows = random.Random(SEED), Counter[str]()
    with copies() as url:
        gang = gang_on(url)
        over, deadline = is_over(gang), time.monotonic() + SECONDS + 300

        while not over() or len(blows) < len(BLOWS):
            assert time.monotonic() < deadline, "it does not go on"
            time.sleep(chance.uniform(0.05, 0.4))
            blows[wound(gang, chance)] += 1
        told = stopped(gang, eventually)

        print(f"{dict(blows)}; timers told and fired: {fired(gang)}")
        assert wrong_with(gang, told) == []
        assert broken(gang) == []
        assert fired(gang)[0] <= fired(gang)[1]


def wound(gang: Gang, chance: random.Random) -> str:
    """One is killed and replaced, or frozen for a while; or the server cuts a connection."""
    hand = chance.choice(gang.hands)
    blow = chance.choice(BLOWS)
    if blow == "kill":
        gang.kill(hand)
    elif blow == "freeze":
        hand.freeze()
        time.sleep(chance.uniform(0.2, 0.6))
        hand.thaw()
    else:
        gang.look(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
            " current_database() AND application_name = 'clearway' ORDER BY random() LIMIT 1"
        )
    return blow


@contextmanager
def own_server(folder: Path) -> Iterator[tuple[EmbeddedPostgres, str]]:
    """A server that is to be killed, with everything switched on that makes it safe."""
    with EmbeddedPostgres(folder) as server:
        url = server.conninfo()
        upgrade(url)
        scene.furnish(url)
        yield server, url


def test_the_same_while_the_database_is_killed(gang_on, eventually, tmp_path_factory):
    kills = 5 if LONG else 2
    with own_server(tmp_path_factory.mktemp("server")) as (server, url):
        gang = gang_on(url)

        for number in range(kills):
            work_goes_on(gang, eventually)
            time.sleep(SECONDS / (kills + 1))
            kill_one_backend(url) if number % 2 else kill_the_server(server, url, eventually)
        work_goes_on(gang, eventually)
        told = stopped(gang, eventually)

        assert wrong_with(gang, told) == []
        assert broken(gang) == []


def work_goes_on(gang: Gang, eventually: Callable[..., None]) -> None:
    """There is more history than there was."""
    enough = commands_in(gang) + 50
    eventually(lambda: commands_in(gang) > enough, "no work goes on", 120)


def commands_in(gang: Gang) -> int:
    """How many are in history, once the server lets anybody look."""
    while True:
        with suppress(psycopg.OperationalError):
            return gang.look("SELECT count(*) FROM entry")[0][0]


def kill_the_server(server: EmbeddedPostgres, url: str, eventually: Callable[..., None]) -> None:
    """SIGKILL for the server itself, which is then started again."""
    with psycopg.connect(url) as connection:
        [(folder,)] = connection.execute("SHOW data_directory").fetchall()
    os.kill(int((Path(folder) / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    eventually(lambda: not server.is_alive(), "the server outlives SIGKILL")
    server.revive()


def kill_one_backend(url: str) -> None:
    """SIGKILL for one process of the server: it ends all others, and recovers by itself."""
    connection = psycopg.connect(url)
    [(pid,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
    os.kill(pid, signal.SIGKILL)
    connection.close()
