"""Whoever only looks decides nothing, and who may not vote finds no seat."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe

import psycopg
import pytest
from boards import do_task, waiting_change
from handy import drain, person
from starlette.testclient import TestClient

from clearway.now import HandClock
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.sign_in import IssuedToken, issue_token
from clearway.service.start import start
from clearway.service.values import Done
from clearway.store.sessions import Session, add_session, token_hash
from clearway.web.app import create_app
from tasks.dispatcher import Dispatcher
from tasks.inbound.alertmanager import receive_alerts

pytestmark = pytest.mark.database

AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)",
    "Microsoft Office Existence Discovery",
    "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "Slackbot-LinkExpanding 1.0",
    "GoogleImageProxy",
    "BarracudaCentral link checker",
    "Proofpoint URL Defense",
    "curl/8.5.0",
    "",
)
QUERIES = (
    "?choice=approve",
    "?choice=approve&seat=chair&independent=yes",
    "?seat=owner&choice=reject&reason=R",
    "?vote=approve&confirm=1&once=1",
    "?action=approve&_method=POST",
    "?decision=approved&token=1",
)
COUNTED = ("instance", "work_item", "round", "seat", "ballot", "entry", "message", "job", "timer")


@dataclass(frozen=True)
class Settings:
    """The part of the settings that the portal needs."""

    base_url: str = "https://desk.example.org"


@dataclass(frozen=True)
class Board:
    """A meeting with one change on its agenda, whose round is open."""

    meeting: str
    change: str
    task: int


@pytest.fixture
def board(house: House, worker: Dispatcher, hand_clock: HandClock, database_url: str) -> Board:
    thursday = hand_clock() + timedelta(days=3)
    begins = thursday + timedelta(days=14)
    ends = begins + timedelta(hours=2)
    change = waiting_change(house, lambda: drain(worker), "Move it", "network", begins, ends)
    what = {"title": "The board", "starts": thursday.isoformat(), "place": "Room 4"}
    meeting = start(house, person(house, "frank"), "cab_meeting", what, once="plan")
    assert isinstance(meeting, Done), meeting
    built = send(house, person(house, "frank"), meeting.key, "build_now", {}, once="build")
    assert isinstance(built, Done), built
    drain(worker)
    do_task(house, "frank", meeting.key, {"agenda": [change]})
    drain(worker)
    with psycopg.connect(database_url) as rows:
        found = rows.execute("SELECT work_item_id FROM round WHERE closed_at IS NULL").fetchall()
    [(task,)] = found
    return Board(meeting.key, change, task)


@pytest.fixture
def browser(house: House) -> Iterator[Callable[[str], TestClient]]:
    """A browser of this person who is signed in, or of nobody."""
    app = create_app(house, Settings(), receive_alerts=receive_alerts)

    def enter(name: str = "") -> TestClient:
        client = TestClient(app, base_url="https://desk.example.org")
        if name:
            now, token = house.now(), token_urlsafe()
            session = Session(name, token_urlsafe(), now, now + timedelta(hours=12))
            house.store.change(lambda it: add_session(it, token_hash(token), session))
            for cookie in ("clearway", "__Host-clearway"):
                client.cookies.set(cookie, token)
        return client

    return enter


def told(url: str) -> dict[str, tuple[object, ...]]:
    """How many rows there are, and what the records and ballots hold."""
    with psycopg.connect(url) as rows:
        counts = {
            it: rows.execute(f'SELECT count(*) FROM "{it}"'.encode()).fetchall() for it in COUNTED
        }
        held = rows.execute("SELECT key, revision, state, record FROM instance ORDER BY id")
        return {**{it: tuple(rows) for it, rows in counts.items()}, "held": tuple(held)}


def test_no_look_at_any_address_decides(
    house: House,
    board: Board,
    browser: Callable[..., TestClient],
    database_url: str,
):
    named = [f"/tasks/{board.task}", f"/records/{board.change}", f"/meeting/{board.meeting}"]
    paths = [*named, *(it + query for it in named for query in QUERIES)]
    paths += [f"/tasks/{board.task}/vote{query}" for query in ("", *QUERIES)]
    paths += [f"/meeting/{board.meeting}/actions/begin?go=1", f"/records/{board.meeting}"]
    before = told(database_url)

    answers: list[int] = []
    for client in (browser(), browser("frank"), browser("judy")):
        for number, path in enumerate(paths):
            agent = {"User-Agent": AGENTS[number % len(AGENTS)]}
            answers.append(client.get(path, headers=agent, follow_redirects=False).status_code)
            answers.append(client.head(path, headers=agent, follow_redirects=False).status_code)

    assert len(answers) > 150
    assert set(answers) <= {200, 303, 404, 405}
    assert 200 in answers
    assert told(database_url) == before


@pytest.fixture
def program(house: House) -> Callable[[str], TestClient]:
    """A program with a token of this person."""
    app = create_app(house, Settings(), receive_alerts=receive_alerts)

    def enter(name: str) -> TestClient:
        client = TestClient(app, base_url="https://desk.example.org")
        token = issue_token(house, person(house, name), "of a test", person=name)
        assert isinstance(token, IssuedToken)
        client.headers["Authorization"] = f"Bearer {token.token}"
        return client

    return enter


def test_who_may_not_vote_finds_no_seat(
    board: Board,
    browser: Callable[..., TestClient],
    program: Callable[[str], TestClient],
    database_url: str,
):
    """Neither requester, desk, author, implementer nor another office, wherever they look."""
    others = ("alice", "bob", "carol", "erin", "peggy", "oscar", "mallory", "grace", "trent")
    programs = {name: program(name) for name in others}
    before = told(database_url)
    task, meeting = f"/tasks/{board.task}", f"/meeting/{board.meeting}"

    for name in others:
        client = browser(name)
        pages = [client.get(it).text for it in (task, meeting, f"{meeting}?item={board.change}")]
        assert not any('name="choice"' in it or "Your vote" in it for it in pages), name
        assert board.change not in client.get("/inbox?view=mine").text, name
        for seat in ("chair", "first_member"):
            ballot = {"round": 1, "seat": seat, "choice": "approve", "independent": True}
            address = f"/api/v1/tasks/{board.task}/vote"
            once = {"Idempotency-Key": f"{name} {seat}"}
            answer = programs[name].post(address, json=ballot, headers=once)
            assert answer.status_code in {403, 404}, name
            assert answer.json()["detail"].count(".") >= 2, "it says what is wrong and what to do"

    assert told(database_url) == before


def test_a_vote_on_a_closed_round_says_who_was_first(
    board: Board, program: Callable[[str], TestClient]
):
    address = f"/api/v1/tasks/{board.task}/vote"
    seats = {"frank": "chair", "judy": "owner", "dave": "first_member", "ivan": "second_member"}

    answers = [
        program(name).post(
            address,
            json={"round": 1, "seat": seat, "choice": "approve", "independent": True},
            headers={"Idempotency-Key": name},
        )
        for name, seat in seats.items()
    ]

    assert [it.status_code for it in answers] == [200, 200, 200, 409]
    assert answers[2].json()["details"]["outcome"] == "approved"
    assert answers[3].json()["detail"] == (
        "dave completed it at 2026-03-02 09:00 UTC. Nothing is left to do here."
    )


@pytest.mark.parametrize(
    ("begins", "ends", "things", "said"),
    [
        ("2026-03-29T02:30", "2026-03-29T05:00", [], "give an hour before or after it"),
        ("2026-04-02T10:00", "2026-04-01T10:00", [], "swap the two times"),
        ("2026-01-02T10:00", "2026-01-03T10:00", [], "over"),
        ("2026-04-02T10:00", "2026-04-03T10:00", ["nothing"], "choose a name from the registry"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_with_what_to_do(
    program: Callable[[str], TestClient], begins: str, ends: str, things: list[str], said: str
):
    window = {"kind": "freeze", "title": "T", "strength": "hard", "zone": "Europe/Berlin"}
    window |= {"begins": begins, "ends": ends}

    answer = program("frank").put(
        "/api/v1/windows/odd",
        json={**window, "things": things},
        headers={"Idempotency-Key": begins},
    )

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("begins", "until", "thing", "said"),
    [
        ("2026-04-01T10:00Z", "2026-04-01T09:00Z", "mail", "swap the two times"),
        ("2026-01-01T10:00Z", "2026-01-01T11:00Z", "mail", "give a time that is still to come"),
        ("2026-04-01T10:00Z", "2026-04-01T11:00Z", "nothing", "choose a name from the registry"),
    ],
)
def test_a_plan_that_makes_no_sense_is_told_what_to_do(
    program: Callable[[str], TestClient], begins: str, until: str, thing: str, said: str
):
    asked = {"from": begins, "until": until, "things": thing}

    found = program("alice").get("/api/v1/collisions", params=asked).json()

    assert said in found["problem"]
    assert (found["collisions"], found["slots"]) == ([], [])
