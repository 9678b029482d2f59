"""The shared fixtures give each test a database of its own."""

import psycopg
import pytest


@pytest.mark.database
@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_an_empty_database_with_our_tables(database_url: str, turn: int):
    with psycopg.connect(database_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchone() > (1,)
        connection.execute("CREATE TABLE left_behind (turn int)")
