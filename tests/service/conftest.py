"""A house on a real database, with the process `errand` deployed and people to work in it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from monday import MONDAY
from people import actors, enter

from clearway import engine
from clearway.engine.values import Bundle
from clearway.now import HandClock
from clearway.service.complete import complete
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.start import start
from clearway.service.values import Actor, Done
from clearway.store.database import Store

PROCESSES = Path(__file__).resolve().parent.parent / "data" / "processes"

_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "alice": ("requester",),
    "bob": ("requester", "desk"),
    "carol": ("requester", "desk"),
    "dave": ("requester", "board", "chair"),
    "erin": ("requester", "board"),
    "frank": ("requester", "board"),
    "grace": ("requester", "process_owner"),
}


def _fetch(inputs: Mapping[str, object]) -> Mapping[str, object]:
    return {"place": f"shelf of {inputs['what']}"}


@pytest.fixture(scope="session")
def errand() -> Bundle:
    """The process that these tests run."""
    return engine.read_bundle(PROCESSES, "errand")


@pytest.fixture(scope="session")
def peopled(postgres, template: str) -> Iterator[str]:
    """The name of a database with people, to be copied."""
    name = f"{template}_service_people"
    with postgres.database(name, template) as url:
        enter(url, _MEMBERS)
        yield name


@pytest.fixture(scope="session")
def furnished(postgres, peopled: str, errand: Bundle) -> Iterator[str]:
    """The name of a database in which `errand` is deployed, too."""
    name = f"{peopled}_errand"
    with postgres.database(name, peopled) as url:
        with closing(Store(url)) as store:
            house, grace = (
                House(store, HandClock(MONDAY), steps={"fetch": _fetch}),
                actors(_MEMBERS)["grace"],
            )
            done = deploy(house, grace, errand, parent=None, reason="first", once="deploy")
            assert isinstance(done, Done), done
        yield name


@pytest.fixture
def database_url(request: pytest.FixtureRequest, postgres) -> Iterator[str]:
    """A copy with what the test asks for: people, and `errand` where it asks for that house."""
    asked = request.fixturenames
    name = "furnished" if "furnished" in asked else "peopled" if "people" in asked else "template"
    with postgres.copy(request.getfixturevalue(name)) as url:
        yield url


@pytest.fixture
def people() -> Mapping[str, Actor]:
    """People in the registry; each role is a group of the same name."""
    return actors(_MEMBERS)


@pytest.fixture
def empty_house(database_url: str, hand_clock: HandClock, people: object) -> Iterator[House]:
    """A house with people and no process."""
    store = Store(database_url)
    yield House(store, hand_clock, steps={"fetch": _fetch})
    store.close()


@pytest.fixture
def house(empty_house: House, furnished: str) -> House:
    """A house with `errand` deployed."""
    return empty_house


@pytest.fixture
def deploy_drawn(empty_house: House, people: Mapping[str, Actor]) -> Callable[..., House]:
    """Deploy a process that a test draws itself: path inside its folder -> text."""

    def deployed(process: str, files: Mapping[str, str]) -> House:
        contents = {f"{process}/{path}": text.encode() for path, text in files.items()}
        bundle = Bundle(process, contents)
        result = deploy(
            empty_house, people["grace"], bundle, parent=None, reason="first", once="deploy"
        )
        assert isinstance(result, Done), result
        return empty_house

    return deployed


@pytest.fixture
def rows(database_url: str) -> Callable[..., list[tuple[object, ...]]]:
    """Look into the database with a statement of the test's own."""

    def ask(statement: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(database_url) as connection:
            return connection.execute(statement, values).fetchall()

    return ask


@pytest.fixture
def absent(database_url: str, hand_clock: HandClock) -> Callable[[str, str], None]:
    """Let somebody be away for the next two days, with a delegate."""

    def away(person: str, delegate: str) -> None:
        now = hand_clock()
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "INSERT INTO absence (person, delegate, from_at, until_at) VALUES (%s, %s, %s, %s)",
                (person, delegate, now - timedelta(days=1), now + timedelta(days=2)),
            )

    return away


class Desk:
    """Moves an errand on, so that a test can begin where it has to look."""

    def __init__(
        self, house: House, people: Mapping[str, Actor], rows: Callable[..., list]
    ) -> None:
        self.house, self.people, self.rows = house, people, rows

    def open_item(self, element: str) -> int:
        """The id of the open task of this element."""
        [(number,)] = self.rows(
            "SELECT id FROM work_item WHERE element = %s AND closed_at IS NULL", element
        )
        return number

    def ask(self, what: str = "a pen", **values: object) -> str:
        """alice asks for something."""
        values = {"what": what, **values}
        once = f"ask {what}"
        result = start(self.house, self.people["alice"], "errand", values, once=once)
        assert isinstance(result, Done), result
        return result.key

    def sort(self, weight: object = 1) -> None:
        """bob sorts it; more than 10 kg need an approval."""
        item = self.open_item("sort")
        once = f"sort {item}"
        result = complete(self.house, self.people["bob"], item, {"weight": weight}, once=once)
        assert isinstance(result, Done), result

    def fetch(self) -> None:
        """The step answers."""
        [job] = claim_jobs(self.house, "worker", 10, timedelta(minutes=1))
        result = finish_job(self.house, job.id, job.fence, {"place": "shelf"})
        assert isinstance(result, Done), result


@pytest.fixture
def desk(house: House, people: Mapping[str, Actor], rows: Callable[..., list]) -> Desk:
    """Somebody who moves errands on."""
    return Desk(house, people, rows)


@pytest.fixture
def item(desk):
    """The open approval of something heavy that alice asked for."""
    desk.ask("a piano")
    desk.sort(weight=200)
    return desk.open_item("approve")


@pytest.fixture(scope="session")
def processes_folder() -> Path:
    """Where the processes of these tests lie."""
    return PROCESSES
