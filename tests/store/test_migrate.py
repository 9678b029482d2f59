"""Migrations: repeatable, at the same time too, and equal to the declared schema."""

import threading

import psycopg
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from clearway.store.migrate import SchemaTooNew, upgrade
from clearway.store.schema import metadata


def test_migrating_again_changes_nothing(database_url):
    upgrade(database_url)


def test_several_may_migrate_at_once(postgres):
    failures = []

    def migrate(url):
        try:
            upgrade(url)
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    with postgres.database("clearway_migrated_at_once") as url:
        threads = [threading.Thread(target=migrate, args=(url,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert failures == []


def test_the_migrations_make_what_the_schema_declares(database_url):
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(database_url)
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()

    assert differences == []


def test_a_newer_schema_is_left_alone(database_url):
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaTooNew, match="9999"):
        upgrade(database_url)


def test_history_cannot_be_changed(database_url):
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO entry (revision, at, actor, command, kind, details, leaf)"
            " VALUES (0, now(), 'a', 'b', 'c', '{}', '')"
        )
        for statement in ("UPDATE entry SET actor = 'x'", "DELETE FROM entry", "TRUNCATE entry"):
            with pytest.raises(psycopg.errors.RaiseException), connection.transaction():
                connection.execute(statement)
