"""Brings a database to the newest schema: once, whoever asks and however often."""

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exc

from clearway.store.errors import StoreError, Unavailable

_LOCK = 7_210_000


class SchemaTooNew(StoreError):
    """The database was migrated by a newer Clearway than this one."""


def upgrade(url: str) -> None:
    """Apply all migrations that the database lacks, in one transaction.

    Several processes may call it at once. Raises Unavailable when the database cannot be reached,
    SchemaTooNew when it is ahead of this program.
    """
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url, connect_timeout=10)
    )
    try:
        with engine.begin() as connection:
            _upgrade(connection)
    except exc.OperationalError as error:
        raise Unavailable(f"The database cannot be reached: {error.orig}") from error
    finally:
        engine.dispose()


def _upgrade(connection: sqlalchemy.Connection) -> None:
    connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_xact_lock(_LOCK)))
    config = Config()
    config.set_main_option("script_location", "clearway.store:migrations")
    config.set_main_option("path_separator", "os")
    _refuse_unknown(connection, config)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_unknown(connection: sqlalchemy.Connection, config: Config) -> None:
    present = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
        raise SchemaTooNew(
            f"The database has schema {present}, which this Clearway does not know: "
            "install the newer release, or restore the database as it was before."
        )
