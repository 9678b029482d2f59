"""Where a scheduled run finds its house: the database of the settings, already migrated."""

import contextlib
from collections.abc import Generator

from clearway.service.house import House
from clearway.settings import Settings
from clearway.store.database import Store
from clearway.store.embedded import EmbeddedPostgres


@contextlib.contextmanager
def standing_house(settings: Settings) -> Generator[House]:
    """A house on the database that runs now; it starts none, and migrates nothing."""
    url = settings.database_url or EmbeddedPostgres(settings.home).conninfo()
    store = Store(url, connections=3)
    try:
        yield House(store)
    finally:
        store.close()
