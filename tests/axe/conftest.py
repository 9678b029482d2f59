"""Databases that are furnished already, each a copy of its own, and what most tests look at."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import life
import scene
from undisturbed import Undisturbed, undisturbed
from victims import Victim, victims


@pytest.fixture(scope="session")
def furnished(postgres: Any, template: str) -> Iterator[str]:
    """The name of a database with people and processes, to be copied."""
    name = f"{template}_axe"
    with postgres.database(name, template) as url:
        scene.furnish(url, scene.bundle("errand"), scene.errand_2(), scene.bundle("beacon"))
        yield name


Copies = Callable[[], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def copies(postgres: Any, furnished: str) -> Copies:
    """Gives the address of a fresh copy, which is gone at the end."""
    return lambda: postgres.copy(furnished)


@pytest.fixture(scope="session", params=life.DAYS)
def known(request: pytest.FixtureRequest, copies: Copies) -> Undisturbed:
    """How a day goes when nothing happens."""
    with copies() as url:
        return undisturbed(url, life.DAYS[request.param][-1].name)


@pytest.fixture(scope="session")
def victim() -> Iterator[Victim]:
    """The program in whose processes commands are killed."""
    with victims() as victim:
        yield victim
