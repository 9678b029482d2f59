"""What tests share: a real PostgreSQL, a clock moved by hand, and where the test data lies."""

import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest
from _pytest.nodeid import coerce_node_id
from hypothesis import settings
from monday import MONDAY
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql

from clearway.now import HandClock
from clearway.store.database import Store
from clearway.store.embedded import EmbeddedPostgres

CHROMIUM = "/usr/bin/chromium"
_DATABASE_NUMBERS = itertools.count(1)
_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30
_PREFIX = "clearway-tests-"

# The same draws each time, so that a red run says that something was changed; `make properties`
# draws others. Read by hypothesis before the tests are collected.
settings.register_profile("same", derandomize=True, database=None)
if os.environ.get("PROPERTIES") != "random":
    settings.load_profile("same")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of one `xdist_group` on one worker.

    pytest-xdist 3.8 names the group in a field that pytest 9.2 does not read any more, and then
    `--dist loadgroup` keeps nothing together, silently (pytest-xdist issue 1386).
    """
    if not config.getoption("loadgroup", default=False):
        return
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is not None and not item.nodeid.endswith(f"@{mark.args[0]}"):
            item._id = coerce_node_id(f"{item.nodeid}@{mark.args[0]}")


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server: `conninfo` answers the libpq address of one of its databases."""

    conninfo: Callable[[str], str]

    @contextmanager
    def database(self, name: str, template: str | None = None) -> Iterator[str]:
        """The libpq address of a database of this name, empty or a copy; it is gone at the end."""
        copy = " TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
        self._run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name)
        self._run("CREATE DATABASE {name}" + copy, name, template)
        try:
            yield self.conninfo(name)
        finally:
            self._run("DROP DATABASE {name} WITH (FORCE)", name)

    def copy(self, template: str) -> AbstractContextManager[str]:
        """The address of a copy under a name of its own."""
        return self.database(f"{template}_{next(_DATABASE_NUMBERS)}", template)

    def _run(self, statement: LiteralString, name: str, template: str | None = None) -> None:
        words = {"name": sql.Identifier(name), "template": sql.Identifier(template or "")}
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(**words))


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder with material that no one here wrote: $CLEARWAY_TEST_DATA or ../shared/data."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    folder = Path(os.environ.get("CLEARWAY_TEST_DATA") or beside)
    if not folder.is_dir():
        pytest.fail(
            f"The test data is missing: {folder} is no folder. "
            "Name the folder that holds it in CLEARWAY_TEST_DATA."
        )
    return folder


@pytest.fixture
def hand_clock() -> HandClock:
    """A Monday morning, standing still."""
    return HandClock(MONDAY)


@pytest.fixture(scope="session")
def eventually() -> Callable[..., None]:
    """Waits for a condition about other processes, and fails with its sentence when late."""

    def wait(
        condition: Callable[[], object], otherwise: str | Callable[[], str], seconds: float = 30.0
    ) -> None:
        deadline = time.monotonic() + seconds
        pause = 0.02
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(otherwise if isinstance(otherwise, str) else otherwise())
            time.sleep(pause)
            # Asking must not slow down what is waited for.
            pause = min(2 * pause, 0.5)

    return wait


class Ended(Exception):
    """The program ends here."""


@pytest.fixture(scope="session")
def ends_before() -> Callable[..., object]:
    """Ends what is done with a store before its k-th statement or commit: None, or its result."""

    def end(store: Store, k: int, work: Callable[[], object]) -> object:
        seen = itertools.count(1)

        def watch(_statement: str) -> None:
            if next(seen) == k:
                raise Ended

        try:
            with store.watched_by(watch):
                return work()
        except Ended:
            return None

    return end


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module.

    Playwright's event loop counts as running on this thread while it is open, so that neither a
    second one nor `asyncio.run` works beside it: it must not outlive the module.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for each test worker, or the one that $CLEARWAY_TEST_DATABASE_URL names."""
    given = os.environ.get("CLEARWAY_TEST_DATABASE_URL")
    if given:
        yield Server(lambda name: urlsplit(given)._replace(path=f"/{name}").geturl())
        return
    with _quick_folder(tmp_path_factory) as home, EmbeddedPostgres(home) as embedded:
        server = Server(embedded.conninfo)
        _trade_safety_for_speed(server)
        yield server


@pytest.fixture(scope="session")
def template(postgres: Server, worker_id: str) -> Iterator[str]:
    """The name of a database that has all migrations, to be copied."""
    # Migrations are loaded only by tests that need a database.
    from clearway.store.migrate import upgrade

    name = f"clearway_template_{worker_id}"
    with postgres.database(name) as url:
        upgrade(url)
        yield name


@pytest.fixture
def database_url(postgres: Server, template: str) -> Iterator[str]:
    """The libpq address of a fresh database of this test's own, with all migrations applied."""
    with postgres.copy(template) as url:
        yield url


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this test worker, also when the tests run in one process."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@contextmanager
def _quick_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is room for it: each test copies a database."""
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ROOM:
        yield tmp_path_factory.mktemp("home")
        return
    for left in _MEMORY.glob(f"{_PREFIX}*"):
        # What a run that was killed could not take away.
        if not Path("/proc", left.name.removeprefix(_PREFIX)).exists():
            shutil.rmtree(left, ignore_errors=True)
    home = _MEMORY / f"{_PREFIX}{os.getpid()}"
    home.mkdir(mode=0o700)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _trade_safety_for_speed(server: Server) -> None:
    """Only for the databases of tests: nobody misses them after a power cut."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("ALTER SYSTEM SET max_wal_size = '256MB'")
        connection.execute("SELECT pg_reload_conf()")
