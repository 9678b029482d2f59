"""The portal over a real house: the process `errand` of the tests, and people who sign in."""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, LiteralString

import httpx
import lxml.html
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI
from monday import MONDAY
from people import actors, enter
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as BrowserPage
from starlette.testclient import TestClient

from clearway import engine
from clearway.engine.values import Bundle
from clearway.now import HandClock
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.passwords import hash_password
from clearway.service.sign_in import IssuedToken, issue_token
from clearway.service.values import Actor, Done
from clearway.store.database import Store
from clearway.store.sessions import Session, add_session, token_hash
from clearway.web.app import create_app
from tasks.inbound.alertmanager import admit_alertmanager, receive_alerts

PROCESSES = Path(__file__).resolve().parent.parent / "data" / "processes"
PASSWORD = "a long enough password"

_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "alice": ("requester",),
    "olaf": ("requester",),
    "bob": ("requester", "desk"),
    "carol": ("requester", "desk"),
    "dave": ("requester", "board", "chair"),
    "erin": ("requester", "board"),
    "frank": ("requester", "board"),
    "grace": ("requester", "process_owner"),
    "trent": ("requester", "admin"),
}


_STEPS = {"fetch": lambda inputs: {"place": "the shelf"}}


@dataclass(frozen=True)
class Settings:
    """The part of the settings that the portal needs."""

    base_url: str = "http://testserver"


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Everybody's password; hashing it takes its time, so once is enough."""
    return hash_password(PASSWORD)


@pytest.fixture(scope="session")
def errand() -> Bundle:
    """The process that these tests run."""
    return engine.read_bundle(PROCESSES, "errand")


@pytest.fixture(scope="session")
def furnished(postgres, template: str, errand: Bundle, password_hash: str) -> Iterator[str]:
    """The name of a database with people and `errand`, to be copied."""
    name = f"{template}_web"
    with postgres.database(name, template) as url:
        enter(url, _MEMBERS, zone="Europe/Berlin", password_hash=password_hash)
        with closing(Store(url)) as store:
            house = House(store, HandClock(MONDAY), steps=_STEPS)
            grace = actors(_MEMBERS)["grace"]
            done = deploy(house, grace, errand, parent=None, reason="first", once="deploy")
            assert isinstance(done, Done), done
        yield name


@pytest.fixture
def database_url(postgres, furnished: str) -> Iterator[str]:
    """A copy of it."""
    with postgres.copy(furnished) as url:
        yield url


@pytest.fixture
def people() -> Mapping[str, Actor]:
    """People in the registry; each role is a group of the same name."""
    return actors(_MEMBERS)


@pytest.fixture
def house(database_url: str, hand_clock: HandClock) -> Iterator[House]:
    """A house with `errand` deployed."""
    with closing(Store(database_url)) as store:
        yield House(store, hand_clock, steps=_STEPS)


@pytest.fixture
def app(house: House) -> FastAPI:
    """The portal."""
    return create_app(house, Settings(), receive_alerts=receive_alerts)


class Page:
    """An answer as a browser has it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.html = lxml.html.fromstring(answer.text)
        for area in self.html.iter("textarea"):
            # A browser drops the line end that follows the tag; lxml does not.
            area.text = (area.text or "").removeprefix("\n")
        self.text = " ".join(self.html.text_content().split())

    def form(self, action: str) -> Any:
        """The form that is sent to this address."""
        found = [form for form in self.html.forms if form.get("action") == action]
        assert found, f"no form to {action} among {[it.get('action') for it in self.html.forms]}"
        return found[0]

    def has_form(self, action: str) -> bool:
        """Whether there is a form that is sent to this address."""
        return any(form.get("action") == action for form in self.html.forms)


class Visitor:
    """Somebody with a browser."""

    def __init__(self, app: FastAPI, name: str = "") -> None:
        self.client = TestClient(app)
        self.name = name

    def get(self, path: str) -> Page:
        """Look at a page."""
        return Page(self.client.get(path))

    def submit(
        self, page: Page, action: str, *, button: tuple[str, str] | None = None, **texts: str
    ) -> Page:
        """Fill in the form as shown and send it; names with `f_` stand for fields of a process."""
        form = page.form(action)
        fields = dict(form.form_values())
        fields.update({name.replace("f_", "f.", 1): text for name, text in texts.items()})
        if button:
            fields[button[0]] = button[1]
        origin = {"Origin": "http://testserver", "Referer": str(page.answer.url)}
        return Page(self.client.post(action, data=fields, headers=origin))

    def upload(
        self, page: Page, action: str, field: str, name: str, content: bytes, media_type: str
    ) -> Page:
        """Send a file with the form as shown."""
        fields = dict(page.form(action).form_values())
        files = {field: (name, content, media_type)}
        return Page(self.client.post(action, data=fields, files=files))

    def sign_in(self, name: str, password: str = PASSWORD) -> Page:
        """Fill in the sign-in page."""
        return self.submit(self.get("/login"), "/login", name=name, password=password)


@pytest.fixture
def stranger(app: FastAPI) -> Visitor:
    """Somebody who is not signed in."""
    return Visitor(app)


@pytest.fixture
def visitor(app: FastAPI, house: House, hand_clock: HandClock) -> Callable[[str], Visitor]:
    """A person who is signed in, by name."""

    def enter(name: str) -> Visitor:
        # Straight into the table: a password takes its time, and its own tests.
        token, now = secrets.token_urlsafe(), hand_clock()
        session = Session(name, secrets.token_urlsafe(), now, now + timedelta(hours=12))
        house.store.change(lambda it: add_session(it, token_hash(token), session))
        someone = Visitor(app, name)
        someone.client.cookies.set("clearway", token, domain="testserver.local")
        return someone

    return enter


@pytest.fixture
def browser_of(
    app: FastAPI, chromium: Browser, visitor: Callable[[str], Visitor]
) -> Iterator[Callable[..., BrowserPage]]:
    """A real browser of this person, at the inbox, with the portal behind it."""
    contexts: list[BrowserContext] = []
    with _serving(app) as address:

        def of(name: str, viewport: Any = None) -> BrowserPage:
            context = chromium.new_context(viewport=viewport, base_url=address)
            contexts.append(context)
            token = visitor(name).client.cookies["clearway"]
            context.add_cookies([{"name": "clearway", "value": token, "url": address}])
            page = context.new_page()
            page.goto(address)
            return page

        yield of
        for context in contexts:
            context.close()


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """Where the portal is served, for programs that are no test client."""
    with _serving(app) as found:
        yield found


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture
def api(app: FastAPI, house: House, people: Mapping[str, Actor]) -> Callable[[str], TestClient]:
    """A program with a token of this person."""

    def with_token(name: str) -> TestClient:
        token = issue_token(house, people[name], f"of {name}", person=name)
        assert isinstance(token, IssuedToken)
        client = TestClient(app, raise_server_exceptions=False)
        client.headers["Authorization"] = f"Bearer {token.token}"
        return client

    return with_token


@pytest.fixture
def alertmanager(app: FastAPI, house: House) -> TestClient:
    """Alertmanager, with the channel's own token."""
    admit_alertmanager(house, "a token of the tests alone")
    client = TestClient(app)
    client.headers["Authorization"] = "Bearer a token of the tests alone"
    return client


@pytest.fixture
def change(database_url: str) -> Callable[[LiteralString], None]:
    """Change the database behind the portal's back."""

    def run(statement: LiteralString) -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute(statement)

    return run


@pytest.fixture
def rows(database_url: str) -> Callable[..., list[tuple[object, ...]]]:
    """Look into the database with a statement of the test's own."""

    def ask(statement: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(database_url) as connection:
            return connection.execute(statement, values).fetchall()

    return ask
