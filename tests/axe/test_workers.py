"""Workers that are killed, and frozen past their lease: state moves once, effects happen once."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import scene
from living import Living
from program import Hire, hired, running
from remote import Remote

from clearway.service.start import start
from clearway.service.values import Done
from clearway.service.verify import verify

pytestmark = pytest.mark.database

LONG = os.environ.get("AXE") == "long"
SEED = int(os.environ.get("AXE_SEED", "20260302"))
JOBS = int(os.environ.get("AXE_JOBS", "2000" if LONG else "40"))
WAGONS = 5
LEASE = 1.5
"""Seconds."""

Copies = Callable[[], AbstractContextManager[str]]

_ANSWERED = """SELECT (details->>'job')::bigint FROM entry WHERE kind = 'answered'"""
_JOBS = """SELECT j.id, j.status, j.fence, (j.result->>'receipt')::int, j.element, i.record
FROM job j JOIN instance i ON i.id = j.instance_id"""
_RECORDS = "SELECT key, state, revision FROM instance"


@dataclass
class Crew:
    """The workers of one database."""

    url: str
    remote: Remote
    log: Path
    fork: Hire
    variant: str = ""
    hired: int = 0

    def hire(self) -> Living:
        """Another worker."""
        self.hired += 1
        order = {
            "url": self.url,
            "name": f"w{self.hired}",
            "lease": LEASE,
            "remote": self.remote.address,
            "log": str(self.log),
            "variant": self.variant,
        }
        return self.fork(order)

    def said(self) -> list[tuple[int, int, str]]:
        """What became of each answer: job, the worker's fence, accepted or why not."""
        if not self.log.exists():
            return []
        lines = [line.split() for line in self.log.read_text().splitlines()]
        return [(int(job), int(fence), word) for job, fence, word in lines]

    def left(self) -> int:
        """How many jobs are not done."""
        return self.look("SELECT count(*) FROM job WHERE status <> 'done'")[0][0]

    def look(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into the database."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture(scope="module")
def program() -> Iterator[Hire]:
    """What forks off workers."""
    with running("crew") as hire:
        yield hire


@pytest.fixture
def crew_of(program: Hire, copies: Copies, tmp_path: Path) -> Iterator[Callable[..., Crew]]:
    """Convoys that wait to be charged for, and a crew without workers yet."""
    with copies() as url, hired(program) as hire:

        def crew(remote: Remote, *, convoys: int, variant: str = "") -> Crew:
            send_out(url, convoys)
            return Crew(url, remote, tmp_path / "log", hire, variant)

        yield crew


def send_out(url: str, convoys: int) -> None:
    """Each has a job for every wagon."""
    with scene.opened(url) as house:
        scene.deploy_more(house, scene.bundle("convoy"))
        for number in range(convoys):
            name = {"name": f"convoy {number}"}
            done = start(house, scene.actor("bob"), "convoy", name, once=f"convoy {number}")
            assert isinstance(done, Done), done


def wrong_with(crew: Crew) -> list[str]:
    """What is not once; empty when all is well."""
    wrong = [f"the effect of job {key} happened twice" for key in crew.remote.doubled()]
    answered = Counter(job for (job,) in crew.look(_ANSWERED))
    fences = {}
    for job, status, fence, receipt, element, record in crew.look(_JOBS):
        fences[job] = fence
        field = element.replace("charge", "receipt")
        if (status, answered[job]) != ("done", 1):
            wrong.append(f"job {job} is {status} and was answered {answered[job]} times")
        if not receipt == record.get(field) == crew.remote.receipts().get(str(job)):
            wrong.append(f"the record has another receipt for job {job} than the remote gave")
    accepted = [(job, fence) for job, fence, word in crew.said() if word == "accepted"]
    wrong += [
        f"job {job}: an answer under fence {fence} was taken, while its holder had {fences[job]}"
        for job, fence in accepted
        if fences[job] != fence
    ]
    wrong += [
        f"{times} answers were taken for job {job}"
        for job, times in Counter(job for job, _ in accepted).items()
        if times > 1
    ]
    wrong += [
        f"{key} is {state} at revision {revision}"
        for key, state, revision in crew.look(_RECORDS)
        if (state, revision) != ("arrived", WAGONS + 1)
    ]
    with scene.opened(crew.url) as house:
        return wrong + verify(house)


def late_return(crew: Crew, eventually: Callable[..., None]) -> None:
    """One worker has the effects, is frozen past its lease, and returns while another is at it."""
    remote = crew.remote
    remote.hold()
    slow = crew.hire()
    eventually(lambda: len(remote.effects) == WAGONS, "the first worker does not begin")
    slow.freeze()
    fast = crew.hire()
    eventually(lambda: sum(remote.calls.values()) == 2 * WAGONS, "nobody takes the jobs over")
    fast.freeze()
    remote.let_go()
    slow.thaw()
    eventually(lambda: len(crew.said()) == WAGONS, "the late worker does not answer")
    fast.thaw()
    eventually(lambda: len(crew.said()) == 2 * WAGONS, "the other worker does not answer")
    eventually(lambda: crew.left() == 0, "the jobs are not done")


def test_what_a_frozen_worker_says_too_late_is_refused(crew_of, eventually):
    with Remote() as remote:
        crew = crew_of(remote, convoys=1)

        late_return(crew, eventually)

        assert wrong_with(crew) == []
        assert [word for _, _, word in crew.said()] == ["stale"] * WAGONS + ["accepted"] * WAGONS
        assert (len(remote.effects), set(remote.calls.values())) == (WAGONS, {2})


@pytest.mark.parametrize(
    ("variant", "honours", "seen"),
    [
        ("unfenced", True, "while its holder had"),
        ("regardless", True, "while its holder had"),
        ("", False, "happened twice"),
    ],
)
def test_without_fence_or_key_this_is_seen(crew_of, eventually, variant, honours, seen):
    with Remote(honours=honours) as remote:
        crew = crew_of(remote, convoys=1, variant=variant)

        late_return(crew, eventually)

        assert seen in " ".join(wrong_with(crew))


KINDS = ("killed", "frozen")


def storm(crew: Crew, chance: random.Random, workers: int, seconds: float) -> Counter[str]:
    """Kill and freeze workers until all jobs are done; how often each was done.

    The first is killed while it calls, for on a busy machine all others may be met between calls.
    """
    deadline = time.monotonic() + seconds
    first = crew.hire()
    while not crew.remote.calls:
        assert time.monotonic() < deadline, "the first worker does not begin"
        time.sleep(0.01)
    first.kill()
    hands = [crew.hire() for _ in range(workers)]
    frozen: dict[Living, float] = {}
    blows = Counter({"killed": 1})
    while crew.left():
        assert time.monotonic() < deadline, f"{crew.left()} jobs are left"
        now = time.monotonic()
        for one in [one for one, until in frozen.items() if until < now]:
            one.thaw()
            del frozen[one]
        awake = [one for one in hands if one not in frozen]
        if len(awake) > 1:
            victim = chance.choice(awake)
            # Each kind at least once, however soon all is done.
            if chance.choice([kind for kind in KINDS if not blows[kind]] or KINDS) == "killed":
                victim.kill()
                hands[hands.index(victim)] = crew.hire()
                blows["killed"] += 1
            else:
                victim.freeze()
                frozen[victim] = now + LEASE * chance.uniform(1.2, 2)
                blows["frozen"] += 1
        time.sleep(chance.uniform(0.1, 0.4))
    for one in frozen:
        one.thaw()
    for one in hands:
        one.ask_to_stop()
    return blows


def test_killed_and_frozen_at_random_every_job_counts_once(crew_of, eventually):
    with Remote(latency=0.3) as remote:
        crew = crew_of(remote, convoys=JOBS // WAGONS)

        blows = storm(crew, random.Random(SEED), workers=3, seconds=60 + JOBS / 4)
        eventually(lambda: all_ended(crew), "a worker does not end", 120)

        words = Counter(word for *_, word in crew.said())
        print(
            f"{JOBS} jobs, {sum(remote.calls.values())} calls, workers {dict(blows)}, {dict(words)}"
        )
        assert wrong_with(crew) == []
        assert blows["killed"] and blows["frozen"]
        assert sum(remote.calls.values()) > JOBS
        # Few jobs may bring none; the late return above always does.
        assert words["stale"] or not LONG


def all_ended(crew: Crew) -> bool:
    """Nobody of the crew is left."""
    return not crew.look(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'clearway'"
        " AND datname = current_database()"
    )
