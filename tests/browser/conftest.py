"""The portal as people meet it: a real server with the demo organisation, and Chromium."""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from drawing_room import DrawingRoom
from playwright.sync_api import Browser, BrowserContext, Page

from clearway import engine
from clearway.now import system_time
from clearway.service.demo import create_demo
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.registry import actor_of
from clearway.service.values import Actor, Done
from clearway.service.workshop.files import save_file
from clearway.service.workshop.views import Saved
from clearway.settings import Settings
from clearway.store.sessions import Session, add_session, token_hash
from clearway.web.app import create_app
from clearway.wiring import make_dispatcher, open_house, portal_parts
from tasks.dispatcher import Dispatcher

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Live:
    """A running portal."""

    address: str
    house: House
    worker: Dispatcher
    passwords: Mapping[str, str]

    def actor(self, name: str) -> Actor:
        """A person of the demo organisation."""
        found = actor_of(self.house, name)
        assert found is not None
        return found

    def work(self) -> None:
        """Let the worker do all that is due."""
        while self.worker.turn():
            pass


Serve = Callable[[], AbstractContextManager[Live]]


@pytest.fixture(scope="session")
def live(serve: Serve) -> Iterator[Live]:
    """The portal on a port of its own, with the processes of `bpmn/`."""
    with serve() as found:
        yield found


@pytest.fixture(scope="session")
def serve(postgres: Any, tmp_path_factory: pytest.TempPathFactory, template: str) -> Serve:
    """Serves a portal with a database of its own, for tests that change what others look at."""
    return lambda: _serve(postgres, tmp_path_factory, template)


@contextmanager
def _serve(
    postgres: Any, tmp_path_factory: pytest.TempPathFactory, template: str
) -> Iterator[Live]:
    assert (ROOT / "clearway/web/static/build/manifest.json").exists(), "Run `make` first."
    settings = Settings(
        home=tmp_path_factory.mktemp("portal"),
        bpmn=ROOT / "bpmn",
        given_secrets={"alert_token": "an alert token of the tests"},
    )
    with postgres.copy(template) as url, open_house(url) as house:
        passwords = create_demo(house)
        _deploy(house)
        app = create_app(house, settings, **portal_parts(house, settings, url))
        with _Serving(app) as address:
            yield Live(address, house, make_dispatcher(house, settings, url, "tests"), passwords)


def _deploy(house: House) -> None:
    owner = actor_of(house, "grace")
    assert owner is not None
    for process in ("incident", "change"):
        bundle = engine.read_bundle(ROOT / "bpmn", process)
        done = deploy(house, owner, bundle, parent=None, reason="First use", once=process)
        assert isinstance(done, Done), done


class _Serving:
    """A server in a thread, on a port that the system chose."""

    def __init__(self, app: Any) -> None:
        config = uvicorn.Config(
            app, port=0, log_level="error", timeout_graceful_shutdown=1, ws="none"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the server did not start"
        host, port = self.server.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    def __exit__(self, *_error: object) -> None:
        self.server.should_exit = True
        self.thread.join(timeout=20)


@pytest.fixture
def complaints() -> list[str]:
    """What browsers complained of: scripts that failed, what the policy blocked."""
    return []


@pytest.fixture
def open_browser(
    live: Live, chromium: Browser, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """A browser of this person (signed in, unless without a name), with its size and theme.

    The test fails when one of them complained, so a blocked script is never overlooked.
    """
    contexts: list[BrowserContext] = []

    def enter(name: str = "", *, width: int = 1300, theme: str = "light", **options: Any) -> Page:
        context = chromium.new_context(
            base_url=live.address, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        cookies = {"clearway_theme": theme}
        if name:
            cookies["clearway"] = _session(live, name)
        context.add_cookies(
            [{"name": key, "value": text, "url": live.address} for key, text in cookies.items()]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda message: _note(complaints, message))
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def violations() -> Callable[[Page], list[str]]:
    """What axe-core finds on the page as it is now, each with its element."""
    script = AXE.read_text(encoding="utf-8")

    def look(page: Page) -> list[str]:
        page.evaluate(script)
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: rules}).then(it => it.violations)", RULES
        )
        return [f"{it['id']}: {node['html'][:200]}" for it in found for node in it["nodes"]]

    return look


def _note(complaints: list[str], message: Any) -> None:
    # Chromium reports each answer of 4xx as an error of the page; those are meant.
    if message.type == "error" and "the server responded with a status of 4" not in message.text:
        complaints.append(f"console: {message.text}")


def _session(live: Live, name: str) -> str:
    token, now = secrets.token_urlsafe(), system_time()
    session = Session(name, secrets.token_urlsafe(), now, now + timedelta(hours=12))
    live.house.store.change(lambda it: add_session(it, token_hash(token), session))
    return token


@pytest.fixture
def room_for(
    live: Any, open_browser: Callable[..., Page], draft: int
) -> Callable[[str, bytes], DrawingRoom]:
    """The editor of a file with these bytes, not opened yet."""
    page = open_browser("grace", width=1440)

    def make(name: str, content: bytes) -> DrawingRoom:
        path = f"incident/{name}"
        saved = save_file(
            live.house, live.actor("grace"), "incident", draft, path, content, expected=None
        )
        assert isinstance(saved, Saved), saved
        return DrawingRoom(page, "incident", draft, path)

    return make
