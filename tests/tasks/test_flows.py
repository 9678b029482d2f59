"""A real Prefect: what is scheduled runs and is in our ledger; work goes on when Prefect dies."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from prefect_operator import Operator

from clearway.now import system_time
from clearway.prefect_env import prefect_environment
from clearway.service import ledger
from clearway.service.heartbeats import heartbeats
from clearway.service.house import House
from clearway.service.record import record
from clearway.service.start import start
from clearway.service.values import SYSTEM, Actor, Done, RecordView
from clearway.settings import Settings
from clearway.store.database import Store
from tasks.prefect_watch import is_alive

pytestmark = [pytest.mark.database, pytest.mark.prefect]

PROJECT = Path(__file__).resolve().parent.parent.parent
WORKER = """
import signal, sys
from clearway.service.house import House
from clearway.store.database import Store
from integrations.silent import Silent
from tasks.catalogue import STEPS, bind
from tasks.dispatcher import Dispatcher, WorkerSettings
from tasks.doors import doors_of
from tasks.flows import shown_to_prefect

house = House(Store(sys.argv[1]))
calls = bind(STEPS, Silent().by_name(), doors_of(house, base_url="https://desk.example.org"))
settings = WorkerSettings(poll=0.2, heartbeat=0.5)
worker = Dispatcher(house, calls, "w1", settings, listen_to=sys.argv[1])
signal.signal(signal.SIGTERM, lambda *_: worker.stop())
with shown_to_prefect(worker, watch_every=0.5):
    worker.run()
"""


class Place:
    """A Prefect server of this test's own, and the programs that talk to it."""

    def __init__(self, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.settings = Settings(home=home, bpmn=PROJECT / "bpmn", prefect_port=port)
        self.environment = {
            **os.environ,
            **prefect_environment(self.settings),
            "PYTHONPATH": str(PROJECT),
        }
        self.address = self.environment["PREFECT_API_URL"]
        self.auth = self.environment["PREFECT_API_AUTH_STRING"]
        self.programs: list[subprocess.Popen[bytes]] = []
        self._log = (home / "programs.log").open("wb")

    def run(self, *arguments: str, database_url: str = "") -> subprocess.Popen[bytes]:
        program = subprocess.Popen(
            [sys.executable, *arguments],
            env={**self.environment, "CLEARWAY_DATABASE_URL": database_url},
            cwd=PROJECT,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.programs.append(program)
        return program

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Ask the server as an operator."""
        return Operator(self.address, self.settings.secrets().prefect_auth).call(method, path, body)

    def runs(self, flow: str) -> list[dict[str, Any]]:
        wanted = {"flows": {"name": {"any_": [flow]}}, "limit": 50}
        return self.call("POST", "/flow_runs/filter", wanted)

    def close(self) -> None:
        for program in reversed(self.programs):
            kill(program)
        self._log.close()


def kill(program: subprocess.Popen[bytes]) -> None:
    """End the program and all that it started, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait(30)


@pytest.fixture
def now_house(database_url: str) -> Iterator[House]:
    """The same database by the machine's clock, which Prefect knows."""
    store = Store(database_url)
    yield House(store, system_time)
    store.close()


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, eventually: Callable[..., None]
) -> Iterator[Place]:
    """One server for all tests here; the last one kills it."""
    place = Place(tmp_path_factory.mktemp("prefect"))
    port = str(place.settings.prefect_port)
    try:
        place.run("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port)
        eventually(
            lambda: is_alive(place.address, place.auth), "Prefect's server did not start", 240
        )
        yield place
    finally:
        place.close()


@pytest.fixture
def place(server: Place) -> Iterator[Place]:
    """The server; what a test starts beside it ends with the test."""
    yield server
    for program in server.programs[1:]:
        kill(program)
    del server.programs[1:]


def test_a_scheduled_control_runs_and_is_in_the_ledger(
    place: Place, now_house: House, database_url: str, eventually: Callable[..., None]
):
    pool = ("-m", "prefect", "worker", "start", "--pool", "clearway", "--type", "process")
    deploys = ("-m", "tasks.flows", "deploy-and-work", sys.executable)
    place.run(*deploys, *pool, database_url=database_url)
    named = {"deployments": {"name": {"any_": ["nightly_control_test"]}}}
    eventually(
        lambda: (
            place.call("POST", "/work_pools/filter", {})
            and place.call("POST", "/deployments/filter", named)
        ),
        "prefect.yaml was not deployed",
        180,
    )
    [deployment] = place.call("POST", "/deployments/filter", named)
    assert [one["schedule"] for one in deployment["schedules"]] == [
        {"cron": "30 2 * * *", "timezone": "Europe/Berlin", "day_or": True}
    ]

    # Every minute, and not once soon: a busy scheduler may be too late for the next one.
    began = datetime.now(UTC)
    every_minute = {"cron": "* * * * *", "timezone": "UTC"}
    place.call(
        "POST",
        f"/deployments/{deployment['id']}/schedules",
        [{"schedule": every_minute, "active": True}],
    )

    def in_the_ledger() -> list[ledger.ScheduledRun]:
        runs = ledger.runs(now_house, "nightly_control_test")
        return [run for run in runs if run.due_at > began and run.outcome == "passed"]

    eventually(in_the_ledger, "the control did not run by its schedule", 240)
    done = in_the_ledger()[-1:]
    assert done[0].due_at.second == 0
    assert done[0].evidence_hash
    shown = f"/flow_runs/{done[0].runner}"
    eventually(
        lambda: place.call("GET", shown)["state_type"] == "COMPLETED",
        "Prefect did not show the run as completed",
        60,
    )


def test_nobody_uses_prefect_without_its_password(place: Place):
    assert requests.get(f"{place.address}/admin/settings", timeout=30).status_code == 401
    assert requests.post(f"{place.address}/variables/", json={}, timeout=30).status_code == 403


def test_jobs_are_shown_to_prefect_and_done_without_it_when_it_dies(
    place: Place, now_house: House, database_url: str, eventually: Callable[..., None]
):
    worker = place.run("-c", WORKER, database_url)
    first = report(now_house, "first")
    eventually(lambda: is_routed(now_house, first), "the job was not done", 120)
    eventually(
        lambda: any(run["state_type"] == "COMPLETED" for run in place.runs("run_jobs")),
        "Prefect did not see the jobs",
        60,
    )
    eventually(lambda: "prefect" in signs(now_house), "Prefect left no sign of life", 60)

    kill(place.programs[0])
    second = report(now_house, "second")
    eventually(lambda: is_routed(now_house, second), "the job waited for Prefect", 60)
    eventually(
        lambda: signs(now_house)["worker w1"] - signs(now_house)["prefect"] > timedelta(seconds=3),
        "Prefect's sign of life did not go stale",
        60,
    )
    third = report(now_house, "third")
    eventually(lambda: is_routed(now_house, third), "the breaker did not open", 30)

    worker.terminate()
    assert worker.wait(60) == 0
    assert "worker w1" not in signs(now_house)


def report(house: House, once: str) -> str:
    alice = Actor("alice", roles=frozenset({"requester"}))
    values = {
        "short_description": "Payroll does not open",
        "service": "payroll",
        "description": "Nothing happens",
        "since_when": "2026-03-01T08:00:00Z",
        "how_many": "only_me",
        "can_work": "not_at_all",
        "channel": "phone",
    }
    done = start(house, alice, "incident", values, once=once)
    assert isinstance(done, Done), done
    return done.key


def is_routed(house: House, key: str) -> bool:
    view = record(house, SYSTEM, key)
    return isinstance(view, RecordView) and view.values.get("support_group") == "applications"


def signs(house: House) -> dict[str, datetime]:
    return {it.name: it.at for it in heartbeats(house)}
