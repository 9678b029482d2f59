"""Sixty incidents of the real log, chosen with a seed, and databases to replay them in."""

import csv
import io
import itertools
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clearway.engine import read_bundle
from clearway.replay.run import Plan, replay
from clearway.replay.summary import Astray, Summary

LOG = Path("logs") / "servicenow-incident-event-log.zip"
PROCESSES = Path(__file__).resolve().parents[2] / "bpmn"
_SEED, _CASES = 4, 60
_NUMBERS = itertools.count(1)

Row = Mapping[str, str]


@pytest.fixture(scope="session")
def sample(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of sixty incidents, written row by row as they stand in the real one."""
    with zipfile.ZipFile(test_data / LOG) as archive, archive.open(archive.namelist()[0]) as file:
        header, *lines = io.TextIOWrapper(file, "utf-8", newline="").readlines()
    numbers = sorted({line.split(",", 1)[0] for line in lines})
    chosen = set(random.Random(_SEED).sample(numbers, _CASES))
    kept = [line for line in lines if line.split(",", 1)[0] in chosen]
    path = tmp_path_factory.mktemp("log") / "sample.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sample.csv", "".join([header, *kept]))
    return path


@pytest.fixture(scope="session")
def rows_of_the_log(sample: Path) -> Sequence[Row]:
    """The rows of the sample, read by nothing of ours."""
    with zipfile.ZipFile(sample) as archive, archive.open("sample.csv") as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "utf-8", newline="")))


@pytest.fixture(scope="session")
def fresh_database(postgres: Any, template: str) -> Iterator[Callable[[], str]]:
    """Makes migrated, empty databases; all are gone at the end."""
    with ExitStack() as made:
        yield lambda: made.enter_context(postgres.copy(template))


@dataclass(frozen=True)
class Lived:
    """A replay that ran to its end."""

    url: str
    folder: Path
    summary: Summary
    astray: Sequence[Astray]

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into its database."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture(scope="session")
def lived(
    sample: Path, fresh_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Lived:
    """The sample, replayed by two processes without a break."""
    url = fresh_database()
    folder = tmp_path_factory.mktemp("lived")
    plan = Plan(sample, url, folder, read_bundle(PROCESSES, "incident"))
    summary, astray = replay(plan, begun=lambda *_: None, went_on=lambda _: None)
    return Lived(url, folder, summary, astray)
