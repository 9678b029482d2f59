"""Transactions: what is tried again inside, and how listeners are told."""

import contextlib
import threading
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import Column, MetaData, Table, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB

from clearway.store import jsonb
from clearway.store.database import Store
from clearway.store.errors import Contended, Superseded, Unavailable
from clearway.store.notifier import listen


@pytest.fixture
def store(database_url):
    opened = Store(database_url, connections=3, patience=5)
    yield opened
    opened.close()


def test_a_superseded_transaction_runs_again(store):
    attempts = []

    def work(transaction):
        attempts.append(1)
        if len(attempts) < 3:
            raise Superseded
        return transaction.one("SELECT %(n)s::int", {"n": 7})

    assert store.command(work, changed=lambda _: []) == (7,)
    assert len(attempts) == 3


def test_endless_contention_is_told(store):
    def work(_transaction):
        raise Superseded

    with pytest.raises(Contended, match="try again"):
        store.command(work, changed=lambda _: [])


def test_a_deadlock_is_tried_again(store):
    store.change(lambda it: it.execute(text("CREATE TABLE pair (n int PRIMARY KEY, v int)")))
    store.change(lambda it: it.execute(text("INSERT INTO pair VALUES (1, 0), (2, 0)")))
    both = threading.Barrier(2)

    def add(first, second):
        tries = []

        def work(connection):
            tries.append(1)
            connection.execute(text("UPDATE pair SET v = v + 1 WHERE n = :n"), {"n": first})
            if len(tries) == 1:
                both.wait(10)
            connection.execute(text("UPDATE pair SET v = v + 1 WHERE n = :n"), {"n": second})

        store.change(work)

    threads = [threading.Thread(target=add, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.ask(lambda it: it.execute(text("SELECT sum(v) FROM pair")).scalar_one()) == 4


@pytest.mark.parametrize("number", ["5.10", "0.1234567890123456789012345678901234", "1E+30"])
def test_decimals_come_back_exactly_by_either_way(store, number):
    """Else a hash over what was written would not be that of what is read."""
    value = {"n": [Decimal(number)]}
    table = Table("kept", MetaData(), Column("v", JSONB))
    store.change(lambda it: it.execute(text("CREATE TABLE kept (v jsonb)")))

    store.change(lambda it: it.execute(insert(table).values(v=value)))
    by_core = store.ask(lambda it: it.execute(select(table.c.v)).scalar_one())
    (by_command,) = store.look(lambda it: it.one("SELECT v FROM kept", {}))

    assert by_core == by_command == value
    [written] = by_core["n"]
    assert jsonb.dumps(written) == jsonb.dumps(Decimal(number))
    assert jsonb.canonical(by_core) == jsonb.canonical(jsonb.exact(value))


def test_a_question_cannot_write(store):
    with pytest.raises(Exception, match="read-only"):
        store.ask(lambda it: it.execute(text("CREATE TABLE x (n int)")))


def test_a_database_that_stays_away_is_told_in_time():
    nowhere = Store("postgresql://nobody@127.0.0.1:1/none", patience=0.2)

    with pytest.raises(Unavailable, match="does not answer"):
        nowhere.command(lambda it: it.one("SELECT 1", {}), changed=lambda _: [])
    nowhere.close()


def test_a_full_disk_refuses_at_once_and_the_next_command_goes_on(store):
    raises = "DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"
    tries = []

    def command(transaction):
        tries.append("command")
        return transaction.one(raises, {})

    def change(connection):
        tries.append("change")
        connection.execute(text(raises))

    with pytest.raises(Unavailable, match="disk is full: make room"):
        store.command(command, changed=lambda _: [])
    with pytest.raises(Unavailable, match="disk is full: make room"):
        store.change(change)

    assert tries == ["command", "change"]
    assert store.command(lambda it: it.one("SELECT 1", {}), changed=lambda _: []) == (1,)


def test_an_error_leaves_a_clean_connection_behind(store):
    with pytest.raises(psycopg.errors.DivisionByZero):
        store.command(lambda it: it.one("SELECT 1 / %(n)s::int", {"n": 0}), changed=lambda _: [])

    assert store.command(lambda it: it.one("SELECT 1", {}), changed=lambda _: []) == (1,)


def test_an_error_that_nobody_read_shows_at_the_next_question_and_undoes_all(database_url):
    with contextlib.closing(Store(database_url, connections=1)) as store:
        store.change(lambda it: it.execute(text("CREATE TABLE kept (n int PRIMARY KEY)")))

        def work(transaction):
            assert transaction.one("INSERT INTO kept VALUES (1) RETURNING n", {}) == (1,)
            transaction.run("INSERT INTO kept VALUES (1)", {})
            transaction.run("INSERT INTO kept VALUES (2)", {})
            return transaction.one("SELECT 7", {})

        with pytest.raises(psycopg.errors.UniqueViolation):
            store.command(work, changed=lambda _: [])

        assert store.look(lambda it: it.all("SELECT n FROM kept", {})) == []
        assert store.ask(lambda it: it.execute(text("SELECT n FROM kept")).all()) == []


def test_an_error_that_nobody_read_shows_at_the_commit_and_undoes_all(database_url):
    with contextlib.closing(Store(database_url, connections=1)) as store:
        store.change(lambda it: it.execute(text("CREATE TABLE kept (n int PRIMARY KEY)")))

        def work(transaction):
            assert transaction.one("INSERT INTO kept VALUES (1) RETURNING n", {}) == (1,)
            transaction.run("INSERT INTO kept VALUES (1)", {})

        with pytest.raises(psycopg.errors.UniqueViolation):
            store.command(work, changed=lambda _: [])

        assert store.look(lambda it: it.all("SELECT n FROM kept", {})) == []


@pytest.mark.parametrize("way", ["command", "change"])
def test_whoever_thinks_too_long_is_cut_off_and_carried_out_again(
    store, database_url, eventually, way, caplog
):
    store.change(lambda it: it.execute(text("CREATE TABLE kept (n int)")))
    hurry = (
        "SELECT pg_backend_pid(), set_config('idle_in_transaction_session_timeout', '50ms', true)"
    )
    attempts = []

    def think(pid):
        attempts.append(pid)
        if len(attempts) == 1:
            eventually(lambda: not is_there(database_url, pid), "the server waits on and on")

    def command(transaction):
        think(transaction.one(hurry, {})[0])
        return transaction.one("INSERT INTO kept VALUES (1) RETURNING n", {})

    def change(connection):
        think(connection.execute(text(hurry)).scalar_one())
        return connection.execute(text("INSERT INTO kept VALUES (1) RETURNING n")).one()

    if way == "command":
        store.command(command, changed=lambda _: [])
    else:
        store.change(change)

    assert len(attempts) == 2
    assert store.look(lambda it: it.all("SELECT n FROM kept", {})) == [(1,)]
    assert [it.getMessage() for it in caplog.records if it.levelname == "ERROR"] == []


def is_there(url, pid):
    """Whether this backend of the server lives."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
        return found.fetchone() is not None


@pytest.mark.parametrize("way", ["one", "run", "expect"])
def test_a_value_larger_than_a_socket_takes_at_once_is_sent_whole(store, way):
    content, found = b"x" * 20 * 1024 * 1024, list[object]()
    statement = "SELECT length(%(content)s::bytea)"

    def work(transaction):
        first = getattr(transaction, way)(statement, {"content": content})
        return first, transaction.one(
            statement, {"content": b"after"} if way != "expect" else {"content": content}
        )

    def command():
        found.append(store.command(work, changed=lambda _: []))

    sending = threading.Thread(target=command, daemon=True)
    sending.start()
    sending.join(60)

    last = len(content) if way == "expect" else 5
    assert found == [((len(content),) if way == "one" else None, (last,))]


def test_listeners_hear_of_changed_keys(store, database_url, eventually):
    heard, stop = [], threading.Event()

    def hear():
        for keys in listen(database_url, stop.is_set, poll=0.1):
            heard.extend(keys)

    thread = threading.Thread(target=hear)
    thread.start()

    def told():
        store.command(lambda it: it.one("SELECT 1", {}), changed=lambda _: ["INC-1", "INC-2"])
        return {"INC-1", "INC-2"} <= set(heard)

    eventually(told, "nobody was told")
    stop.set()
    thread.join()
