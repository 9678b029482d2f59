"""One of the processes of a replay: lives its share of the cases through in the order of time."""

import gc
import heapq
import os
import time
from collections.abc import Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from clearway.errors import ClearwayError
from clearway.now import HandClock
from clearway.replay.drive import Driver, Looked, ReplayError, look
from clearway.replay.journal import Journal, Line, lines, opened
from clearway.replay.log import Case, Event
from clearway.replay.memory import come_to_the_disk
from clearway.replay.translate import context_of
from clearway.service.house import House
from clearway.service.jobs import LeasedJob, claim_jobs, finish_job
from clearway.service.timers import fire_due
from clearway.service.values import Refusal
from clearway.store.errors import Unavailable
from clearway.wiring import open_house

LEASE = timedelta(days=3650)
"""Longer than the replayed time: to a process that is ahead, no lease of another may seem over."""

AGAIN = "Run the same command again to go on from there."
_JOBS = 200
_PAUSE = 0.001
_PATIENCE = 60.0
_TOLD_EVERY = 25
NEVER = float("inf")


class Mailbox(Protocol):
    """Where another process puts jobs that it leased and that are not its own."""

    def put(self, obj: LeasedJob) -> None:
        """Hand a job over."""

    def get(self) -> LeasedJob:
        """The next job; waits when there is none."""
        ...

    def empty(self) -> bool:
        """Whether there is none."""
        ...


class Told(Protocol):
    """Where a process tells how many rows it has dealt with."""

    def put(self, obj: tuple[int, str, object]) -> None:
        """Tell the worker's number, what is told (rows, done or failed), and its value."""


@dataclass(frozen=True)
class Share:
    """What one process is given: its number, its cases, and how it meets the others.

    `times` holds how far each process is, in seconds; `mailboxes` is one for each.
    """

    number: int
    url: str
    journal: Path
    cases: Sequence[Case]
    times: MutableSequence[float]
    mailboxes: Sequence[Mailbox]
    told: Told
    parent: int
    is_own_server: bool


def work(share: Share) -> None:
    """Replay the share, from where its journal ends; tells its end or its failure."""
    try:
        clock = HandClock(datetime(1970, 1, 1, tzinfo=UTC))
        with opened(share.journal) as journal, open_house(share.url, clock) as house:
            _spare_the_collector()
            _live(_Worker(share, house, clock, journal), house, is_own_server=share.is_own_server)
    except Unavailable:
        share.told.put((share.number, "failed", f"The database is gone. {AGAIN}"))
    except ClearwayError as error:
        share.told.put((share.number, "failed", str(error)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent has to end the run
        told = f"{type(error).__name__}: {error}".rstrip(" .\n")
        share.told.put((share.number, "failed", f"{told}. {AGAIN}"))
    else:
        share.told.put((share.number, "done", 0))
    finally:
        share.times[share.number] = NEVER


def _live(worker: "_Worker", house: House, *, is_own_server: bool) -> None:
    try:
        worker.run()
    except Exception:
        # What failed may have failed for what the database has lost, and then says so.
        if is_own_server:
            come_to_the_disk(house)
        raise


def _spare_the_collector() -> None:
    """The log stays in memory to the end: it need not be looked through again and again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class _Worker:
    def __init__(self, share: Share, house: House, clock: HandClock, journal: Journal) -> None:
        self._share, self._house, self._clock, self._journal = share, house, clock, journal
        self._driver = Driver(house, self._until_checkable)
        self._records: dict[str, Looked] = {}
        self._due: list[tuple[datetime, str]] = []
        self._mine: dict[str, LeasedJob] = {}
        self._untold = 0

    def run(self) -> None:
        """Every row that the journal does not have, and every timer that comes before it."""
        for event, before in _in_order(self._share.cases, self._so_far()):
            self._pass_time(event.at)
            self._deal_with(event, before)
            self._tell(1)
        self._pass_time(None)
        self._answer_jobs("")
        self._tell(0)

    def _so_far(self) -> Mapping[str, int]:
        """How many rows of each case are dealt with; reads the records of those with more."""
        keys: dict[str, str] = {}
        done: dict[str, int] = {}
        for line in lines(self._share.journal):
            done[line.number] = line.position + 1
            if line.key:
                keys[line.number] = line.key
        lengths = {case.number: len(case.events) for case in self._share.cases}
        for number in [number for number, count in done.items() if count < lengths[number]]:
            if number in keys:
                self._keep(number, look(self._house, keys[number]))
        return done

    def _deal_with(self, event: Event, before: Event | None) -> None:
        looked, reason = self._records.get(event.number), None
        if event.position == 0:
            looked, reason = self._driver.open(event)
        if looked is not None:
            looked, reason = self._driver.follow(event, before, looked)
            self._keep(event.number, looked)
        elif reason is None:
            reason = "never_opened"
        if self._share.is_own_server:
            # What the journal says is done outlives the database's end.
            come_to_the_disk(self._house)
        self._journal.write(_line(event, looked, reason))

    def _keep(self, number: str, looked: Looked) -> None:
        known = self._records.get(number)
        self._records[number] = looked
        if looked.due is not None and (known is None or known.due != looked.due):
            heapq.heappush(self._due, (looked.due, number))

    # --- time ----------------------------------------------------------------------------------

    def _pass_time(self, until: datetime | None) -> None:
        """Fire what is due up to this instant, each at its own; None: nothing follows any more."""
        while self._due and until is not None and self._due[0][0] <= until:
            due, number = heapq.heappop(self._due)
            looked = self._records.get(number)
            if looked is not None and looked.due == due:
                self._move_to(due)
                self._fire(number, looked)
        if until is not None:
            self._move_to(until)

    def _fire(self, number: str, looked: Looked) -> None:
        """Timers are the whole house's: they fire when no process is still before them."""
        self._wait_for_the_others()
        deadline = time.monotonic() + _PATIENCE
        while True:
            fire_due(self._house, _JOBS)
            now = look(self._house, looked.seen.key)
            if now.due != looked.due:
                self._keep(number, now)
                return
            # Another process is firing it at this moment.
            self._pause(deadline, f"The timer of {looked.seen.key} does not fire")

    def _wait_for_the_others(self) -> None:
        deadline = time.monotonic() + 10 * _PATIENCE
        here = self._share.times[self._share.number]
        while min(self._share.times) < here:
            self._pause(deadline, "The other process does not come on")

    def _move_to(self, instant: datetime) -> None:
        # What a journal was torn from may lie a little later than the row that it stopped at.
        self._clock.move_to(max(instant, self._clock()))
        self._share.times[self._share.number] = self._clock().timestamp()

    # --- automated steps -----------------------------------------------------------------------

    def _until_checkable(self, key: str, event: Event) -> Looked:
        """Answer the step of a new record; answers the record as it stands then."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            self._answer_jobs(key)
            job = self._mine.pop(key, None)
            if job is not None:
                finish_job(self._house, job.id, job.fence, context_of(event))
            looked = look(self._house, key)
            # A record that opened before the run was killed has been answered, or even checked.
            if looked.seen.priority is not None:
                return looked
            self._pause(deadline, f"The step find_context of {key} is not to be had")

    def _answer_jobs(self, key: str) -> None:
        """Lease what waits: notices go to nobody, the steps of other processes' records to them."""
        while leased := claim_jobs(self._house, f"replay {self._share.number}", _JOBS, LEASE):
            for job in leased:
                self._sort(job, key)
            if len(leased) < _JOBS:
                break
        mailbox = self._share.mailboxes[self._share.number]
        while not mailbox.empty():
            job = mailbox.get()
            self._mine[job.key] = job

    def _sort(self, job: LeasedJob, key: str) -> None:
        if job.step == "notice":
            answer = finish_job(self._house, job.id, job.fence, {"sent": [], "replayed": True})
            if isinstance(answer, Refusal) and answer.code != "stale":
                raise ReplayError(f"A notice of {job.key} cannot be settled: {answer.text}")
            return
        self._mine[job.key] = job
        for number, mailbox in enumerate(self._share.mailboxes):
            if job.key != key and number != self._share.number:
                mailbox.put(job)

    # --- telling and waiting -------------------------------------------------------------------

    def _pause(self, deadline: float, what: str) -> None:
        if time.monotonic() > deadline:
            raise ReplayError(f"{what}: run the same command again to go on from here.")
        self._end_with_the_parent()
        time.sleep(_PAUSE)

    def _tell(self, rows: int) -> None:
        self._untold += rows
        if self._untold and (self._untold >= _TOLD_EVERY or not rows):
            self._end_with_the_parent()
            self._share.told.put((self._share.number, "rows", self._untold))
            self._untold = 0

    def _end_with_the_parent(self) -> None:
        if os.getppid() != self._share.parent and os.getpid() != self._share.parent:
            raise ReplayError("The replay was stopped.")


def _in_order(
    cases: Sequence[Case], done: Mapping[str, int]
) -> Iterator[tuple[Event, Event | None]]:
    """The rows still to come, by time; each with the row before it of its own case."""
    left = [
        (event, case.events[event.position - 1] if event.position else None)
        for case in cases
        for event in case.events[done.get(case.number, 0) :]
    ]
    return iter(sorted(left, key=lambda pair: pair[0].at))


def _line(event: Event, looked: Looked | None, reason: str | None) -> Line:
    seen = looked.seen if looked else None
    agrees = None if seen is None else seen.priority == event.priority
    state = (seen.state if seen else None) or ""
    return Line(event.number, event.position, seen.key if seen else "", state, reason, agrees)
