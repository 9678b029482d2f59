"""A house with an empty registry, and an administrator."""

from collections.abc import Iterator

import pytest

from clearway.now import HandClock
from clearway.service.house import House
from clearway.service.values import Actor
from clearway.store.database import Store

ADMIN = Actor("trent", roles=frozenset({"admin"}))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    yield store
    store.close()


@pytest.fixture
def house(store: Store, hand_clock: HandClock) -> House:
    return House(store=store, now=hand_clock)


@pytest.fixture
def admin() -> Actor:
    return ADMIN
