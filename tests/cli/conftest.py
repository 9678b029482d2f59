"""Commands as a terminal gives them, and the house whose database they use."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from clearway.cli.app import app
from clearway.now import HandClock
from clearway.service.house import House
from clearway.store.database import Store

Run = Callable[..., Result]
ERRAND = Path(__file__).resolve().parents[1] / "data" / "processes" / "errand"


@pytest.fixture
def run() -> Run:
    """A command that needs no database."""
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def house(database_url: str, hand_clock: HandClock) -> Iterator[House]:
    """A house with an empty registry."""
    store = Store(database_url)
    yield House(store=store, now=hand_clock)
    store.close()


@pytest.fixture
def run_in_house(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on this test's own database."""
    monkeypatch.setenv("CLEARWAY_DATABASE_URL", database_url)
    monkeypatch.setenv("CLEARWAY_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def errand(tmp_path: Path) -> Path:
    """A folder of a process, to be changed at will."""
    folder = tmp_path / "errand"
    for file in filter(Path.is_file, ERRAND.rglob("*")):
        copy = folder / file.relative_to(ERRAND)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return folder
