"""The flows: the only file that imports Prefect, which shows work and starts what is scheduled."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from clearway.settings import Settings
from tasks.dispatcher import Burst, Counts, Dispatcher, plainly
from tasks.place import standing_house
from tasks.prefect_watch import Breaker, PrefectWatch, is_alive
from tasks.runs import begin_ledger, perform
from tasks.schedules import (
    NIGHTLY_CONTROL_TEST,
    WEEKLY_CAB_MEETING,
    WEEKLY_CHANGE_FOLLOW_UP,
    WEEKLY_CHANGE_REPORT,
    WEEKLY_OPEN_WORK_REVIEW,
    Schedule,
)

POOL = "clearway"
PATIENCE = 1.0
"""Seconds in which Prefect must have begun a flow run; then the work is done without it."""

_AT_MOST_EVERY = 1.0
_PROJECT = Path(__file__).resolve().parent.parent


# --- what is scheduled -------------------------------------------------------------------------


@flow(name="nightly_control_test", retries=3, retry_delay_seconds=60)
async def nightly_control_test() -> list[str]:
    """Test the controls over their whole populations; the result is in our ledger."""
    return await _perform(NIGHTLY_CONTROL_TEST)


@flow(name="weekly_open_work_review", retries=3, retry_delay_seconds=60)
async def weekly_open_work_review() -> list[str]:
    """Start the weekly review of open work; people's part is its process."""
    return await _perform(WEEKLY_OPEN_WORK_REVIEW)


@flow(name="weekly_cab_meeting", retries=3, retry_delay_seconds=60)
async def weekly_cab_meeting() -> list[str]:
    """Plan the weekly meeting of the change advisory board; its process does the rest."""
    return await _perform(WEEKLY_CAB_MEETING)


@flow(name="weekly_change_follow_up", retries=3, retry_delay_seconds=60)
async def weekly_change_follow_up() -> list[str]:
    """Report reviews and actions that are late, and templates that are suspended."""
    return await _perform(WEEKLY_CHANGE_FOLLOW_UP)


@flow(name="weekly_change_report", retries=3, retry_delay_seconds=60)
async def weekly_change_report() -> list[str]:
    """Hold the bands of risk against what came of the changes; the report is in our ledger."""
    return await _perform(WEEKLY_CHANGE_REPORT)


async def _perform(schedule: Schedule) -> list[str]:
    due_at: datetime = flow_run.scheduled_start_time.astimezone(UTC)
    runner = f"{flow_run.id}"
    done = await asyncio.to_thread(_perform_here, schedule, due_at, runner)
    get_run_logger().info("%s: done for %s", schedule.name, ", ".join(done) or "nothing, it was")
    return done


def _perform_here(schedule: Schedule, due_at: datetime, runner: str) -> list[str]:
    with standing_house(Settings.from_environment()) as house:
        return [due.isoformat() for due in perform(house, schedule, due_at, runner)]


# --- what is shown -----------------------------------------------------------------------------


@flow(name="run_jobs")
async def run_jobs(worker: str, ticket: int) -> dict[str, int]:
    """One burst of a worker's jobs, so that operators see it; the work itself is the worker's."""
    counts, in_time = await asyncio.to_thread(_TICKETS[ticket].show)
    if not in_time:
        get_run_logger().warning("%s did not wait for Prefect to begin", worker)
    get_run_logger().info("%s: %s finished, %s failed", worker, counts.finished, counts.failed)
    return {name: int(count) for name, count in vars(counts).items()}


class _Ticket:
    """A burst that is run once: inside its flow run, or without when that begins too late."""

    def __init__(self, burst: Burst) -> None:
        self._burst = burst
        self._lock = threading.Lock()
        self._taken = False
        self._result: Future[Counts] = Future()
        self.moved = threading.Event()

    def take(self) -> bool:
        """Whether the caller is the one who runs it."""
        with self._lock:
            taken, self._taken = self._taken, True
        return not taken

    def show(self) -> tuple[Counts, bool]:
        """Run it inside the flow run, or wait for whoever did not wait; and whether in time."""
        if not self.take():
            return self._result.result(), False
        self.moved.set()
        return self.run(), True

    def run(self) -> Counts:
        """Run it here, for whoever took it."""
        try:
            counts = self._burst()
        except BaseException as error:
            self._result.set_exception(error)
            raise
        self._result.set_result(counts)
        return counts

    def counts(self) -> Counts:
        """The result, as soon as the burst has ended; Prefect may still be writing it down."""
        return self._result.result()


_TICKETS: dict[int, _Ticket] = {}


class PrefectBursts:
    """Runs bursts inside flow runs, at most one a second; never waits long for Prefect.

    Hand it to a Dispatcher as `around`. When Prefect does not begin a flow run in time, the burst
    runs plainly, and Prefect is left alone for a while. `close` it at the end.
    """

    def __init__(self, worker: str, *, patience: float = PATIENCE) -> None:
        self._worker, self._patience = worker, patience
        self._breaker = Breaker()
        self._numbers = iter(range(1, sys.maxsize))
        self._last = float("-inf")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="flows", daemon=True)
        self._thread.start()

    def __call__(self, burst: Burst) -> Counts:
        """Run the burst once, shown to Prefect when that is possible at once."""
        if not self._may_show():
            return burst()
        self._last = time.monotonic()
        number, ticket = next(self._numbers), _Ticket(burst)
        _TICKETS[number] = ticket
        shown = asyncio.run_coroutine_threadsafe(_show(self._worker, number), self._loop)
        shown.add_done_callback(lambda _: _end(number, ticket))
        ticket.moved.wait(self._patience)
        if ticket.take():
            # The flow run is not cancelled: it may still begin, and then shows what was done.
            self._breaker.trip()
            return ticket.run()
        self._breaker.reset()
        return ticket.counts()

    def close(self, seconds: float = 3.0) -> None:
        """Give Prefect a moment to write down what it knows, then end."""
        deadline = time.monotonic() + seconds
        while _TICKETS and time.monotonic() < deadline:
            time.sleep(0.05)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(seconds)

    def _may_show(self) -> bool:
        address = os.environ.get("PREFECT_API_URL")
        # Without an address Prefect would start a temporary server of its own.
        rested = time.monotonic() - self._last >= _AT_MOST_EVERY
        return bool(address) and rested and self._breaker.is_closed()


@contextlib.contextmanager
def shown_to_prefect(dispatcher: Dispatcher, *, watch_every: float = 15.0) -> Generator[None]:
    """Let a worker's bursts be seen in Prefect, and Prefect's sign of life by the doctor.

    Without PREFECT_API_URL nothing is shown: Prefect would start a temporary server of its own.
    """
    bursts = PrefectBursts(dispatcher.name)
    address = os.environ.get("PREFECT_API_URL", "")
    watch = PrefectWatch(dispatcher.house, address, _auth(), every=watch_every)
    dispatcher.around = bursts
    watch.start()
    try:
        yield
    finally:
        dispatcher.around = plainly
        watch.close()
        bursts.close()


async def _show(worker: str, ticket: int) -> None:
    shown: Coroutine[Any, Any, dict[str, int]] = run_jobs(worker=worker, ticket=ticket)
    await shown


def _end(number: int, ticket: _Ticket) -> None:
    _TICKETS.pop(number, None)
    ticket.moved.set()


# --- starting ----------------------------------------------------------------------------------


def deploy_and_work(program: Sequence[str], *, seconds: float = 180.0) -> None:
    """Wait for Prefect's server, deploy prefect.yaml, then become the worker `program`."""
    _wait_for_server(seconds)
    with standing_house(Settings.from_environment()) as house:
        begin_ledger(house)
    prefect = [sys.executable, "-m", "prefect", "--no-prompt"]
    _call([*prefect, "work-pool", "create", POOL, "--type", "process", "--overwrite"])
    _call([*prefect, "deploy", "--all", "--prefect-file", str(_PROJECT / "prefect.yaml")])
    os.chdir(_PROJECT)
    os.execvp(program[0], list(program))  # noqa: S606 - the program of whoever started us


def _auth() -> str:
    """User and password as Prefect's own client takes them."""
    return os.environ.get("PREFECT_API_AUTH_STRING", "")


def _wait_for_server(seconds: float) -> None:
    address = os.environ.get("PREFECT_API_URL", "")
    deadline = time.monotonic() + seconds
    while not is_alive(address, _auth()):
        if time.monotonic() > deadline:
            raise SystemExit(f"Prefect's server does not answer at {address}: start it first.")
        time.sleep(0.5)


def _call(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=_PROJECT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise SystemExit(f"{' '.join(command[2:])} failed:\n{done.stdout}{done.stderr}")


_COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {"deploy-and-work": deploy_and_work}


def main(arguments: Sequence[str]) -> None:
    """`python -m tasks.flows deploy-and-work PROGRAM...`."""
    command = _COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        raise SystemExit(f"Say one of: {', '.join(_COMMANDS)}.")
    command(arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
