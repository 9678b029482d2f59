"""A replay from beginning to end: prepares the house, lets the workers live, sums up."""

import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue, SimpleQueue
from pathlib import Path
from queue import Empty
from typing import Any

from clearway.engine.values import Bundle
from clearway.now import HandClock
from clearway.replay import memory
from clearway.replay.drive import ReplayError
from clearway.replay.fitting import fitted_to_the_log
from clearway.replay.journal import Line, lines
from clearway.replay.log import Case, read_cases
from clearway.replay.people import sheets
from clearway.replay.summary import Astray, Summary, tally
from clearway.replay.worker import Share, work
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.jobs import LeasedJob
from clearway.service.open_work import open_work
from clearway.service.processes import versions
from clearway.service.registry import import_csv
from clearway.service.values import Actor, Done, Refusal
from clearway.service.verify import verify
from clearway.wiring import open_house

_KEEPER = Actor("replay", frozenset({"admin", "process_owner"}), is_person=False)
_MARK = "despite scenarios: a replay with the priorities of the log, "
_SOON = 0.2
_FREE = """UPDATE job SET lease_owner = NULL, lease_until = NULL, attempts = 0, run_at = %s
WHERE status = 'ready'"""


@dataclass(frozen=True)
class Plan:
    """What is to be replayed where.

    `folder` keeps the journals; `url` is the address of a migrated database that is empty, or that
    an earlier run of this plan has begun to fill. `bundle` is the incident process as shipped.
    `is_own_server`: nobody else uses the server, so that its commits need not wait for the disk.
    `read`: the incidents of the log, when they were read already.
    """

    log: Path
    url: str
    folder: Path
    bundle: Bundle
    limit: int | None = None
    workers: int = 2
    is_own_server: bool = False
    read: Sequence[Case] | None = None


def replay(
    plan: Plan, *, begun: Callable[[int, int], None], went_on: Callable[[int], None]
) -> tuple[Summary, list[Astray]]:
    """Live the log through; tells how many rows there are, are done already, and each that is done.

    Raises ReplayError, LogError or StoreError; the same plan then goes on where it stopped.
    """
    began = time.monotonic()
    cases = read_cases(plan.log, plan.limit) if plan.read is None else plan.read
    _prepare(plan, cases)
    before = _so_far(plan)
    begun(sum(len(case.events) for case in cases), len(before))
    _live(plan, cases, went_on)
    seconds = time.monotonic() - began
    with open_house(plan.url, HandClock(_after(cases))) as house:
        faults, broken = open_work(house).faults, verify(house)
    return tally(
        cases,
        _so_far(plan),
        events_before=len(before),
        seconds=seconds,
        faults=faults,
        broken_invariants=broken,
    )


def _so_far(plan: Plan) -> list[Line]:
    return [line for number in range(plan.workers) for line in lines(_journal(plan, number))]


def _journal(plan: Plan, number: int) -> Path:
    return plan.folder / f"journal-{number}.tsv"


def _after(cases: Sequence[Case]) -> datetime:
    return max(case.events[-1].at for case in cases) + timedelta(days=1)


# --- before ------------------------------------------------------------------------------------


def _prepare(plan: Plan, cases: Sequence[Case]) -> None:
    """People and the process, in a database that is this plan's own."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    clock = HandClock(min(case.events[0].at for case in cases) - timedelta(days=1))
    if plan.is_own_server:
        _do_not_wait_for_the_disk(plan.url, clock)
    with open_house(plan.url, clock) as house:
        mark = _mark(plan, house, cases)
        for table, text in sheets(cases):
            _insist(import_csv(house, _KEEPER, table, text, once=f"{mark} {table}"))
        if not versions(house, _KEEPER, "incident"):
            bundle = fitted_to_the_log(plan.bundle)
            once, reason = f"{mark} incident", _MARK + mark
            _insist(deploy(house, _KEEPER, bundle, parent=None, reason=reason, once=once))


def _do_not_wait_for_the_disk(url: str, clock: HandClock) -> None:
    """Only the last commit of a row is waited for, before the row is in the journal.

    It holds for the connections that are opened from now on.
    """
    with open_house(url, clock) as house:
        setting = "ALTER ROLE CURRENT_USER SET synchronous_commit = off"
        house.store.change(lambda connection: connection.exec_driver_sql(setting))


def _mark(plan: Plan, house: House, cases: Sequence[Case]) -> str:
    """The name of this run: the one in the folder, if the database bears it too."""
    file = plan.folder / "run.json"
    wanted = {
        "cases": len(cases),
        "last": cases[-1].number,
        "workers": plan.workers,
        "log": _digest(plan.log),
    }
    begun = [it.reason for it in versions(house, _KEEPER, "incident")]
    kept: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    if begun:
        if not any(kept.get("mark") and reason.endswith(kept["mark"]) for reason in begun):
            raise ReplayError(
                "This database holds a house already, which a replay would spoil: "
                "name an empty database, or remove the one of an earlier replay."
            )
        if {name: kept.get(name) for name in wanted} != wanted:
            raise ReplayError(
                "An earlier replay of other cases has begun here: finish it with its own options, "
                "or begin anew with --fresh."
            )
        return str(kept["mark"])
    for number in range(plan.workers):
        _journal(plan, number).unlink(missing_ok=True)
    mark = f"replay-{os.urandom(6).hex()}"
    file.write_text(json.dumps({**wanted, "mark": mark}), "utf-8")
    return mark


def _digest(log: Path) -> str:
    with log.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _insist(answer: Done | Refusal) -> None:
    if isinstance(answer, Refusal):
        told = "; ".join(f"{place}: {text}" for place, text in [*answer.fields.items()][:3])
        raise ReplayError(f"The replay cannot be prepared: {answer.text} {told}".strip())


# --- the run itself ----------------------------------------------------------------------------


def _live(plan: Plan, cases: Sequence[Case], went_on: Callable[[int], None]) -> None:
    context = multiprocessing.get_context("spawn")
    told: Queue[tuple[int, str, object]] = context.Queue()
    mailboxes: list[SimpleQueue[LeasedJob]] = [context.SimpleQueue() for _ in range(plan.workers)]
    times = context.Array("d", plan.workers, lock=False)
    if plan.is_own_server:
        with open_house(plan.url, HandClock(_after(cases))) as house:
            memory.begin(house)
    _free_what_was_leased(plan, cases)
    processes = [
        context.Process(
            target=work,
            args=(
                Share(
                    number,
                    plan.url,
                    _journal(plan, number),
                    cases[number :: plan.workers],
                    times,
                    mailboxes,
                    told,
                    os.getpid(),
                    plan.is_own_server,
                ),
            ),
            daemon=True,
        )
        for number in range(plan.workers)
    ]
    for process in processes:
        process.start()
    try:
        _watch(processes, told, went_on)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _watch(
    processes: Sequence[SpawnProcess],
    told: "Queue[tuple[int, str, object]]",
    went_on: Callable[[int], None],
) -> None:
    working = set(range(len(processes)))
    while working:
        try:
            number, what, value = told.get(timeout=_SOON)
        except Empty:
            dead = [number for number in working if not processes[number].is_alive()]
            if dead and told.empty():
                raise ReplayError(
                    "A process of the replay was killed: run the same command again to go on."
                ) from None
            continue
        if what == "failed":
            raise ReplayError(str(value))
        if what == "rows":
            went_on(int(str(value)))
        else:
            working.discard(number)


def _free_what_was_leased(plan: Plan, cases: Sequence[Case]) -> None:
    """What a killed run had leased is to be had again, at any time, as if it had never been."""
    with open_house(plan.url, HandClock(_after(cases))) as house:
        first = min(case.events[0].at for case in cases)
        house.store.change(lambda connection: connection.exec_driver_sql(_FREE, (first,)))
