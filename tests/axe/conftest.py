"""Databases that are furnished already, each a copy of its own, and what most tests look at."""

import itertools
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scene
from undisturbed import Undisturbed, undisturbed
from victims import Victim, victims

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def furnished(postgres: Any, template: str) -> Iterator[str]:
    """The name of a database with people and processes, to be copied."""
    name = f"{template}_axe"
    postgres.run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name)
    postgres.run("CREATE DATABASE {name} TEMPLATE {template}", name, template=template)
    scene.furnish(
        postgres.conninfo(name), scene.bundle("errand"), scene.errand_2(), scene.bundle("beacon")
    )
    yield name
    postgres.run("DROP DATABASE {name} WITH (FORCE)", name)


Copies = Callable[[], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def copies(postgres: Any, furnished: str) -> Copies:
    """Gives the address of a fresh copy, which is gone at the end."""

    @contextmanager
    def copy() -> Iterator[str]:
        name = f"{furnished}_{next(_NUMBERS)}"
        postgres.run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name)
        postgres.run(
            "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY",
            name,
            template=furnished,
        )
        try:
            yield postgres.conninfo(name)
        finally:
            postgres.run("DROP DATABASE {name} WITH (FORCE)", name)

    return copy


@pytest.fixture(scope="session")
def known(copies: Copies) -> Undisturbed:
    """How the day goes when nothing happens."""
    with copies() as url:
        return undisturbed(url)


@pytest.fixture(scope="session")
def victim() -> Iterator[Victim]:
    """The program in whose processes commands are killed."""
    with victims() as victim:
        yield victim
