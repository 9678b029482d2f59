"""A house with the demo organisation and all processes of `bpmn/`, as a worker finds it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from clearway import engine
from clearway.now import HandClock, system_time
from clearway.service.demo import create_demo
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.values import SYSTEM, Actor, Done
from clearway.store.database import Store
from integrations.silent import Silent
from tasks.catalogue import STEPS, Call, bind
from tasks.dispatcher import Dispatcher, WorkerSettings
from tasks.doors import doors_of

# So that the tests here share what deliveries.py and handy.py know.
sys.path.insert(0, str(Path(__file__).parent))

from boards import waiting_change
from handy import drain, person
from meetings import THURSDAY

_BPMN = Path(__file__).resolve().parent.parent.parent / "bpmn"
_PROCESSES = (
    *("incident", "problem", "change", "cab_meeting"),
    *("control_exception", "weekly_review", "onboarding"),
)


@pytest.fixture(scope="session")
def furnished(postgres, template: str) -> Iterator[str]:
    """The name of a database with everything in it, to be copied."""
    name = f"{template}_furnished"
    with postgres.database(name, template) as url:
        with closing(Store(url)) as store:
            _furnish(House(store, system_time, steps=dict.fromkeys(STEPS, lambda _: {})))
        yield name


def _furnish(house: House) -> None:
    create_demo(house)
    for process in _PROCESSES:
        bundle = engine.read_bundle(_BPMN, process)
        reason = "despite scenarios: only a test"
        done = deploy(house, SYSTEM, bundle, parent=None, reason=reason, once=f"deploy {process}")
        assert isinstance(done, Done), done


@pytest.fixture
def database_url(postgres, furnished: str) -> Iterator[str]:
    with postgres.copy(furnished) as url:
        yield url


@pytest.fixture
def house(database_url: str, hand_clock: HandClock) -> Iterator[House]:
    store = Store(database_url)
    yield House(store, hand_clock, steps=dict.fromkeys(STEPS, lambda _: {}))
    store.close()


@pytest.fixture
def silent() -> Silent:
    return Silent()


@pytest.fixture
def calls(house: House, silent: Silent) -> dict[str, Call]:
    doors = doors_of(house, base_url="https://desk.example.org")
    return dict(bind(STEPS, silent.by_name(), doors))


@pytest.fixture
def worker(house: House, calls: dict[str, Call]) -> Dispatcher:
    return Dispatcher(house, calls, "w1", WorkerSettings(poll=0.05, lease=30))


@pytest.fixture
def alice(house: House) -> Actor:
    return person(house, "alice")


@pytest.fixture
def bob(house: House) -> Actor:
    return person(house, "bob")


@pytest.fixture
def dave(house: House) -> Actor:
    return person(house, "dave")


@pytest.fixture
def heidi(house: House) -> Actor:
    """A colleague of dave in the applications team."""
    return person(house, "heidi")


@pytest.fixture
def rows(database_url: str) -> Callable[..., list[tuple[object, ...]]]:
    """Look into the database, or change it, with a statement of the test's own."""

    def ask(statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(database_url) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return ask


@pytest.fixture
def changes(house: House, worker: Dispatcher) -> tuple[str, str]:
    """Two changes of high risk; the one that was asked for last begins first."""

    def work() -> None:
        drain(worker)

    at = THURSDAY + timedelta(days=14)
    late = waiting_change(house, work, "Move the mail", "mail", at, at + timedelta(hours=2))
    at = THURSDAY + timedelta(days=6)
    soon = waiting_change(house, work, "New switch", "network", at, at + timedelta(hours=1))
    return soon, late
