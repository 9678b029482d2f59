"""The database at hand for a program: the one that runs, or the embedded one for a while."""

import contextlib
from collections.abc import Generator

from clearway.settings import Settings
from clearway.store.embedded import EmbeddedPostgres
from clearway.store.errors import Unavailable
from clearway.store.migrate import upgrade


@contextlib.contextmanager
def open_database(settings: Settings) -> Generator[str]:
    """The address of a migrated database.

    The embedded server is used when it runs (`make up`), and started for the time of the command
    when it does not. Raises Unavailable, PostgresError or SchemaTooNew.
    """
    if settings.database_url is not None:
        upgrade(settings.database_url)
        yield settings.database_url
        return
    embedded = EmbeddedPostgres(settings.home)
    try:
        upgrade(embedded.conninfo())
    except Unavailable:
        with embedded:
            upgrade(embedded.conninfo())
            yield embedded.conninfo()
        return
    yield embedded.conninfo()
