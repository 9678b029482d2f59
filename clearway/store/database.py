"""The connection to PostgreSQL: transactions, and what is tried again inside."""

import contextlib
import itertools
import logging
import random
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeVar, cast

import psycopg
import sqlalchemy
from psycopg import errors, generators
from psycopg.types.json import set_json_dumps, set_json_loads
from sqlalchemy import Connection, Engine, event, exc

from clearway.store import jsonb
from clearway.store.errors import Contended, DiskFull, Superseded, Unavailable
from clearway.store.notifier import Notifier

__all__ = ["Connection", "Store", "Transaction"]

# It warns of each pipeline that an error ends; here that error is told or tried again.
logging.getLogger("psycopg").setLevel(logging.ERROR)

T = TypeVar("T")
Row = tuple[Any, ...]
Watcher = Callable[[str], None]

# Commands think for milliseconds: who is silent for so long in the middle of one stands still, and
# what it has locked goes back to the others. Should it go on, its command is carried out again.
_SETTINGS = (
    "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s"
    " -c idle_in_transaction_session_timeout=20s"
)
# A command finds its rows by their keys: its statements need no plan of their own for each value.
_BY_KEYS = " -c plan_cache_mode=force_generic_plan"
_ATTEMPTS = 12
_CONTENTION = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    Superseded,
)
_OUTAGES = frozenset({"57P01", "57P02", "57P03", "53300"})
_FULL = "The database's disk is full: make room, then try again; nothing of this was carried out."
_FIRST_WINS = frozenset({"pk_answer"})


class Transaction:
    """One command's transaction on psycopg itself, in pipeline mode."""

    def __init__(
        self,
        connection: psycopg.Connection[Row],
        pipeline: psycopg.Pipeline,
        watchers: Sequence[Watcher],
    ) -> None:
        self._connection, self._pipeline = connection, pipeline
        self._cursor = connection.cursor(binary=True)
        self._watchers = watchers
        self._expected: list[psycopg.Cursor[Row]] = []
        self._cursor.execute("BEGIN")

    def one(self, statement: str, values: Mapping[str, object]) -> Row | None:
        """The only row of this statement, or None. The statement is prepared."""
        self._ask(statement, values)
        return self._cursor.fetchone()

    def all(self, statement: str, values: Mapping[str, object]) -> list[Row]:
        """All rows of this statement. The statement is prepared."""
        self._ask(statement, values)
        return self._cursor.fetchall()

    def run(self, statement: str, values: Mapping[str, object]) -> None:
        """Send a statement whose answer nobody reads; an error shows at the next one."""
        self._run(statement, values)

    def expect(self, statement: str, values: Mapping[str, object]) -> None:
        """Send a statement that writes all or nothing, and answers a row when it wrote.

        It travels with the commit. The command is superseded, and runs again, when no row came.
        """
        cursor = self._cursor
        self._cursor = self._connection.cursor(binary=True)
        self._expected.append(cursor)
        self._run(statement, values, cursor)

    def commit(self) -> None:
        """Send the commit; what became of it shows when the pipeline ends."""
        self._cursor.execute("COMMIT")

    def settle(self) -> None:
        """After the pipeline: raises Superseded when a statement wrote nothing."""
        if not all(cursor.fetchone() for cursor in self._expected):
            raise Superseded("the instance changed since it was loaded")

    def _ask(self, statement: str, values: Mapping[str, object]) -> None:
        """Send a statement and wait for all answers up to its own, in one round trip.

        The batch ends with a Sync, not only with a Flush: a server that has heard none takes us
        for busy, and waits for a process that stands still with a lock for ever.
        """
        self._run(statement, values)
        self._pipeline.sync()

    def _run(
        self,
        statement: str,
        values: Mapping[str, object],
        cursor: "psycopg.Cursor[Row] | None" = None,
    ) -> None:
        for watch in self._watchers:
            watch(statement)
        (cursor or self._cursor).execute(statement, values, prepare=True)  # pyright: ignore[reportArgumentType] our own texts, not literals
        # More than the socket takes at once is still ours to send: a pipeline that waits for
        # answers only reads.
        if self._connection.pgconn.flush():
            self._connection.wait(generators.send(self._connection.pgconn))


class Store:
    """The database. Safe to share between threads; `close` it at the end.

    At most `connections` commands and as many questions are at it at once, each with connections
    of their own: a question's plan depends on its values, a command's does not. `patience` is how
    many seconds a command waits for a database that is away.
    """

    def __init__(self, url: str, *, connections: int = 10, patience: float = 10.0) -> None:
        self.url = url
        self._patience = patience
        self._watchers: list[Watcher] = []
        self._commands = _pool(url, _SETTINGS + _BY_KEYS, connections)
        self._engine = _pool(url, _SETTINGS, connections)
        self._reader = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        event.listen(self._engine, "before_cursor_execute", self._seen_by_core)
        event.listen(self._engine, "commit", self._commit_by_core)
        self.notifier = Notifier(url)

    def command(
        self, work: Callable[[Transaction], T], *, changed: Callable[[T], Sequence[str]]
    ) -> T:
        """Run `work` in one transaction and commit; tell listeners the keys that `changed` names.

        It runs again from the start after a conflict, a deadlock or a lost connection, so it must
        do nothing but read and write here. Raises Unavailable or Contended after many attempts,
        and DiskFull at once.
        """
        result = self._persistently(lambda: self._in_transaction(work))
        self.notifier.tell(changed(result))
        return result

    def look(self, work: Callable[[Transaction], T]) -> T:
        """Run one question of the command path; nothing is locked or changed."""
        return self._persistently(lambda: self._in_transaction(work))

    def change(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction through SQLAlchemy Core, with the same persistence."""

        def attempt() -> T:
            with self._engine.begin() as connection:
                return work(connection)

        return self._persistently(attempt)

    def ask(self, work: Callable[[Connection], T]) -> T:
        """Run questions on one snapshot of the database; nothing can be written."""

        def attempt() -> T:
            with self._reader.connect() as connection:
                return work(connection)

        return self._persistently(attempt)

    @contextlib.contextmanager
    def watched_by(self, watcher: Watcher) -> Generator[None]:
        """Show each statement to `watcher` just before it is sent, and `COMMIT` likewise."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)

    def close(self) -> None:
        """Close all connections."""
        self.notifier.close()
        self._dispose()

    def _in_transaction(self, work: Callable[[Transaction], T]) -> T:
        pooled = self._commands.raw_connection()
        connection = cast("psycopg.Connection[Row]", pooled.driver_connection)
        try:
            # BEGIN travels with the first statement and COMMIT with the last: two round trips.
            connection.autocommit = True
            with connection.pipeline() as pipeline:
                transaction = Transaction(connection, pipeline, self._watchers)
                result = work(transaction)
                self._show("COMMIT")
                transaction.commit()
            transaction.settle()
            connection.autocommit = False
        except BaseException:
            if not _is_clean(connection):
                pooled.invalidate()
            raise
        finally:
            pooled.close()
        return result

    def _persistently(self, attempt: Callable[[], T]) -> T:
        deadline = None
        for turn in itertools.count(1):
            try:
                return attempt()
            except (psycopg.Error, exc.SQLAlchemyError, Superseded) as error:
                cause = error.orig if isinstance(error, exc.DBAPIError) else error
                if isinstance(cause, errors.DiskFull):
                    # Waiting does not make room, and nothing of this was committed.
                    raise DiskFull(_FULL) from error
                if is_contention(cause):
                    _give_up_after(turn, error)
                elif is_outage(cause):
                    self._dispose()
                    # From now on: an attempt may have taken long, or the process stood still.
                    deadline = deadline or time.monotonic() + self._patience
                    _give_up_at(deadline, error)
                else:
                    raise
            time.sleep(random.uniform(0, 0.004 * 2 ** min(turn, 7)))  # noqa: S311 - spreads load
        raise AssertionError("counting never ends")

    def _dispose(self) -> None:
        self._commands.dispose()
        self._engine.dispose()

    def _show(self, statement: str) -> None:
        for watch in self._watchers:
            watch(statement)

    def _seen_by_core(
        self, _connection: object, _cursor: object, statement: str, *_rest: object
    ) -> None:
        self._show(statement)

    def _commit_by_core(self, _connection: object) -> None:
        self._show("COMMIT")


def _pool(url: str, settings: str, connections: int) -> Engine:
    """A pool of connections with these settings."""
    return sqlalchemy.create_engine(
        "postgresql+psycopg://",
        # What people wrote must not reach a log by way of an error's text.
        hide_parameters=True,
        creator=lambda: _connected(url, settings),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=30,
        pool_use_lifo=True,
    )


def _connected(url: str, settings: str) -> "psycopg.Connection[Row]":
    """A connection on which JSON has decimals, exactly as they were written.

    SQLAlchemy's own settings for JSON reach only connections that it opens itself.
    """
    connection = psycopg.connect(
        url, options=settings, connect_timeout=10, application_name="clearway"
    )
    set_json_dumps(jsonb.dumps, connection)
    set_json_loads(jsonb.loads, connection)
    return connection


def is_contention(error: BaseException | None) -> bool:
    """Whether others were in the way, so that the same again can succeed at once."""
    if isinstance(error, errors.UniqueViolation):
        # The same command arrived twice at the same time: the second finds the first's answer.
        return error.diag.constraint_name in _FIRST_WINS
    return isinstance(error, _CONTENTION)


def is_outage(error: BaseException | None) -> bool:
    """Whether the database is away for now: restarting, failing over, out of connections.

    Or it took this process for dead, because it stood still in the middle of a transaction.
    """
    if isinstance(error, exc.TimeoutError):
        return True
    if isinstance(error, errors.IdleInTransactionSessionTimeout):
        return True
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    state = error.sqlstate
    return state is None or state.startswith("08") or state in _OUTAGES


def _give_up_after(turn: int, error: Exception) -> None:
    if turn >= _ATTEMPTS:
        raise Contended("Others keep changing the same record: try again in a moment.") from error


def _give_up_at(deadline: float, error: Exception) -> None:
    if time.monotonic() >= deadline:
        raise Unavailable(
            "The database does not answer: `clearway doctor` says what is wrong with it."
        ) from error


def _is_clean(connection: psycopg.Connection[Row]) -> bool:
    """Leave nothing open on a connection that goes back to the pool; false when it is lost."""
    try:
        connection.rollback()
        connection.autocommit = False
    except psycopg.Error:
        return False
    return True
