"""The stage of every case: a durable PostgreSQL, the demo organisation and incidents that wait."""

import contextlib
import itertools
import tempfile
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from clearway import engine
from clearway.now import system_time
from clearway.service.demo import create_demo
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.registry import actor_of
from clearway.service.start import start
from clearway.service.values import SYSTEM, Actor, Done, Refusal
from clearway.store.database import Row, Store
from clearway.store.embedded import EmbeddedPostgres
from clearway.store.migrate import upgrade
from tasks.catalogue import STEPS

BPMN = Path(__file__).resolve().parent.parent / "bpmn"
PROCESSES = Path(__file__).resolve().parent / "processes"
REPORT: Mapping[str, object] = {
    "short_description": "The mail programme does not start",
    "description": "It shows its window and then nothing. " * 10,
    "since_when": "2026-03-01T08:00:00Z",
    "how_many": "my_team",
    "can_work": "with_workaround",
    "service": "mail",
    "channel": "portal",
}
CONTEXT: Mapping[str, object] = {
    "support_group": "workplace",
    "criticality": 2,
    "service_owner": "judy",
    "known": True,
}
TRIAGE: Mapping[str, object] = {"impact": 3, "urgency": 3, "assignment_group": "workplace"}
_NOTHING: Mapping[str, object] = {}
_LEASE = timedelta(hours=1)


@dataclass(frozen=True)
class Incident:
    """A reported incident whose task `triage` waits."""

    key: str
    instance_id: int
    work_item_id: int


@dataclass
class Stage:
    """The house on a database of its own, which is gone afterwards."""

    url: str
    house: House
    actors: Mapping[str, Actor]
    settings: Mapping[str, str]
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def once(self) -> str:
        """An idempotency key that was never used."""
        return f"benchmark {next(self._numbers)}"

    def incidents(self, count: int) -> list[Incident]:
        """So many new incidents at their triage, each through the commands that lead there."""
        keys = [self.report() for _ in range(count)]
        self.answer_steps()
        rows = self.rows(
            "SELECT i.key, i.id, w.id FROM instance i JOIN work_item w ON w.instance_id = i.id"
            " WHERE i.key = ANY(%s) AND w.element = 'triage' AND w.closed_at IS NULL ORDER BY i.id",
            keys,
        )
        if len(rows) != count:
            raise RuntimeError(f"{count} incidents were reported, {len(rows)} wait for triage")
        return [Incident(*row) for row in rows]

    def deploy_own(self, process: str) -> None:
        """Deploy a process of the benchmarks through the gate; again it changes nothing."""
        bundle, reason = engine.read_bundle(PROCESSES, process), "to be measured"
        done(deploy(self.house, SYSTEM, bundle, parent=None, reason=reason, once=f"own {process}"))

    def report(self) -> str:
        """Open an incident; answers its key."""
        return done(
            start(self.house, self.actors["alice"], "incident", REPORT, once=self.once())
        ).key

    def answer_steps(self) -> None:
        """Answer every automated step that waits, and every notice."""
        while leased := claim_jobs(self.house, "benchmark", 50, _LEASE):
            for job in leased:
                result = CONTEXT if job.step == "find_context" else _NOTHING
                done(finish_job(self.house, job.id, job.fence, result))

    def rows(self, statement: LiteralString, *values: object) -> list[Row]:
        """Look into the database, outside of what is measured."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement, values).fetchall()

    def tidy(self) -> None:
        """Bring the planner's statistics up to date, as autovacuum does in time."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def other_database(self, name: str) -> str:
        """A new empty database on the same server, for a peer; answers its address for libpq."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return make_conninfo(self.url, dbname=name)

    def named_rows(self, statement: LiteralString, **values: object) -> list[Row]:
        """The same with values by name."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement, values).fetchall()


def done(result: Done | Refusal) -> Done:
    """A benchmark of refusals would be very fast."""
    if isinstance(result, Refusal):
        raise RuntimeError(f"{result.text} {result.remedy} {dict(result.fields)}")
    return result


@contextlib.contextmanager
def stage() -> Generator[Stage]:
    """Set it up in a temporary folder and take it down again."""
    with (
        tempfile.TemporaryDirectory(prefix="clearway-bench-") as home,
        EmbeddedPostgres(Path(home)) as server,
    ):
        url = server.conninfo()
        upgrade(url)
        with contextlib.closing(Store(url)) as store:
            yield _furnished(url, House(store, system_time, steps=dict.fromkeys(STEPS, _no_step)))


def _furnished(url: str, house: House) -> Stage:
    create_demo(house)
    bundle = engine.read_bundle(BPMN, "incident")
    # Whether the scenarios hold is what the tests are for; here they would only take time.
    reason = "despite scenarios: only measured"
    done(deploy(house, SYSTEM, bundle, parent=None, reason=reason, once="deploy"))
    actors: dict[str, Actor] = {}
    for name in ("alice", "bob", "erin", "grace"):
        actor = actor_of(house, name)
        if actor is None:
            raise RuntimeError(f"{name} is not in the demo organisation")
        actors[name] = actor
    with psycopg.connect(url) as connection:
        shown = {name: _setting(connection, name) for name in _SETTINGS}
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        if shown[name] != "on":
            raise RuntimeError(f"{name} is {shown[name]}: the figures would not be honest")
    return Stage(url, house, actors, shown)


_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


def _setting(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    return str(row[0]) if row else ""


def _no_step(_inputs: Mapping[str, object]) -> Mapping[str, object]:
    return {}
