"""B11: the inbox of a person in twelve groups, in a house with a million open work items."""

import http.client
import secrets
import statistics
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import uvicorn

from benchmarks.large_house import CLOSED, OPEN, READER, READERS_GROUPS, settle
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage
from clearway.now import system_time
from clearway.service.inbox import MOST_COUNTED, reader_of
from clearway.service.registry import actor_of
from clearway.service.values import Actor
from clearway.store import inbox
from clearway.store.database import Transaction
from clearway.store.inbox_reasons import Part, Reader
from clearway.store.sessions import Session, add_session, token_hash
from clearway.web.app import create_app

_LINES = 51  # a page of fifty, and whether there are more
_WARM = 10
_GOALS = {"mine": 5, "unclaimed": 20, "all": 20}


@dataclass(frozen=True)
class _Settings:
    base_url: str


def run(stage: Stage, size: Size) -> Result:
    """Fill the house, then ask for each view and its page again and again, in turns."""
    settle(stage)
    me = actor_of(stage.house, READER)
    if me is None:
        raise RuntimeError("the reader is not in the registry")
    reader = stage.house.store.look(lambda it: reader_of(stage.house, it, me))
    with _served(stage, me) as get:
        asked = _questions(stage, reader, get)
        taken: dict[str, list[float]] = {name: [] for name in asked}
        for number in range(_WARM + size.rounds * size.pieces // 4):
            for name, ask in asked.items():
                began = time.perf_counter()
                ask()
                if number >= _WARM:
                    taken[name].append(1000 * (time.perf_counter() - began))
    return _result(taken)


CASE = Case("B11", "the inbox of a person in twelve groups, among a million open tasks", run)


def _questions(
    stage: Stage, reader: Reader, get: Callable[[str], None]
) -> Mapping[str, Callable[[], object]]:
    def sql(view: inbox.View) -> Callable[[], object]:
        def ask(transaction: Transaction) -> None:
            found = inbox.waiting_work_items(transaction, reader, view, Part(_LINES))
            if len(found) != _LINES:
                raise RuntimeError(f"{view} has {len(found)} lines, not {_LINES}")

        return lambda: stage.house.store.look(ask)

    def counts(transaction: Transaction) -> None:
        found = inbox.count_work_items(transaction, reader, MOST_COUNTED)
        if set(found.values()) != {MOST_COUNTED}:
            raise RuntimeError(f"the views have {found}")

    questions: dict[str, Callable[[], object]] = {f"SQL, {it}": sql(it) for it in inbox.VIEWS}
    questions["SQL, counts of the views"] = lambda: stage.house.store.look(counts)
    for view in inbox.VIEWS:
        questions[f"page, {view}"] = lambda view=view: get(f"/inbox?view={view}")
    return questions


@contextmanager
def _served(stage: Stage, me: Actor) -> Generator[Callable[[str], None]]:
    """A way to get a page of the portal as the reader."""
    with served(stage, me) as (connection, cookie):

        def get(path: str) -> None:
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200 or text.count(b'class="row-link"') != _LINES - 1:
                raise RuntimeError(f"{urlsplit(path).path}: {answer.status}, {len(text)} bytes")

        yield get


@contextmanager
def served(stage: Stage, me: Actor) -> Generator[tuple[http.client.HTTPConnection, str]]:
    """The portal on a port of its own: a connection to it, and the cookie of this person."""
    app = create_app(stage.house, _Settings("http://127.0.0.1"))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the portal did not start")
        time.sleep(0.02)
    [socket, *_] = server.servers[0].sockets
    host, port = socket.getsockname()[:2]
    connection = http.client.HTTPConnection(host, port)
    try:
        yield connection, f"clearway={_session(stage, me)}"
    finally:
        connection.close()
        server.should_exit = True
        thread.join(10)


def _session(stage: Stage, me: Actor) -> str:
    token, now = secrets.token_urlsafe(), system_time()
    session = Session(me.name, secrets.token_urlsafe(), now, now + timedelta(hours=12))
    stage.house.store.change(lambda it: add_session(it, token_hash(token), session))
    return token


def _result(taken: Mapping[str, Sequence[float]]) -> Result:
    middle = {name: statistics.median(times) for name, times in taken.items()}
    rows = [
        {
            "milliseconds": name,
            "p50": middle[name],
            "p95": statistics.quantiles(times, n=20)[-1],
            "asked": len(times),
        }
        for name, times in taken.items()
    ]
    goals = {f"SQL, {view}": Goal(most=most) for view, most in _GOALS.items()}
    goals |= {f"page, {view}": Goal(most=35) for view in inbox.VIEWS}
    return Result(
        rows=rows,
        ratios={f"{name}, ms": middle[name] for name in goals},
        notes=[
            f"{OPEN:,} open and {CLOSED:,} closed work items; the reader is in {READERS_GROUPS} of "
            "200 groups, has 40 tasks and 100 seats to vote in",
            "SQL: from the question until its rows are there, in this process; page: the whole "
            "answer of the portal to one client, its signing in and the counts included",
        ],
        goals={f"{name}, ms": goal for name, goal in goals.items()},
    )
