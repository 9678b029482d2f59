"""What a worker does: fires timers, delivers messages and runs jobs, until it is told to stop."""

import contextlib
import functools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue

from clearway.errors import ClearwayError, StepError
from clearway.service import heartbeats
from clearway.service.deliver import deliver_waiting
from clearway.service.heat_keeping import keep_up
from clearway.service.house import House
from clearway.service.jobs import LeasedJob, claim_jobs, extend_lease, fail_job, finish_job
from clearway.service.timers import fire_due
from clearway.service.workshop.moves import carry_moves
from clearway.service.workshop.releases import release_due
from clearway.store.errors import StoreError
from clearway.store.notifier import listen
from tasks.catalogue import Call
from tasks.hands import Hands
from tasks.runs import note_missed

_log = logging.getLogger(__name__)

_LONGEST_ERROR = 2000
_HEATED = 500
"""Records that are written down for heat maps at a time: a second, in which nothing else begins."""


class StepTimeout(ClearwayError):
    """A step did not answer in time; it may still be at it, so its key must be honoured."""


@dataclass(frozen=True)
class WorkerSettings:
    """How a worker works; times in seconds."""

    batch: int = 50
    lease: float = 60.0
    poll: float = 1.0
    step_timeout: float = 300.0
    hands: int = 16
    heartbeat: float = 10.0
    schedules: float = 60.0


@dataclass
class Counts:
    """What one look at everything found."""

    timers: int = 0
    messages: int = 0
    begun: int = 0
    finished: int = 0
    failed: int = 0
    stale: int = 0
    releases: int = 0
    moved: int = 0

    def __bool__(self) -> bool:
        """Whether there was anything to do."""
        return any(vars(self).values())

    def __add__(self, other: "Counts") -> "Counts":
        both = {name: many + getattr(other, name) for name, many in vars(self).items()}
        return Counts(**both)


Burst = Callable[[], Counts]
Around = Callable[[Burst], Counts]
"""Runs a burst of work, perhaps inside something that shows it; must run it once."""


def plainly(burst: Burst) -> Counts:
    """Run a burst of work without showing it to anybody."""
    return burst()


@dataclass
class Dispatcher:
    """One worker. Any number may run side by side: jobs, timers and messages are taken by lock.

    `calls` are the steps by name. `around` runs each burst of jobs (tasks.flows shows them to
    Prefect). `listen_to` is the database's address, to be woken by what changes; without it the
    worker looks every `poll` seconds only.
    """

    house: House
    calls: Mapping[str, Call]
    name: str
    settings: WorkerSettings = field(default_factory=WorkerSettings)
    around: Around = plainly
    listen_to: str | None = None
    shortest_burst: float = 1.0
    longest_burst: float = 30.0
    # A signal may come while this very thread holds the lock of an Event: `set` would never
    # return. A SimpleQueue may be filled at any moment.
    _bell: SimpleQueue[None] = field(default_factory=SimpleQueue[None], init=False, repr=False)
    _stopping: bool = field(default=False, init=False, repr=False)
    _last_beat: float = field(default=float("-inf"), init=False, repr=False)
    _last_schedules: float = field(default=float("-inf"), init=False, repr=False)
    _last_held: float = field(default=float("-inf"), init=False, repr=False)
    _hands: Hands = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._hands = Hands(self.settings.hands, self._ring)

    def run(self) -> None:
        """Work until `stop` is called; what was begun is finished first."""
        ears = threading.Thread(target=self._listen, name="ears", daemon=True)
        if self.listen_to:
            ears.start()
        try:
            while not self._stopping:
                found = self._look()
                if found.begun or self._hands.jobs():
                    self.around(functools.partial(self._burst, found))
                elif not found:
                    self._pause()
            self._finish()
        finally:
            self._hands.rest()
            self._farewell()

    def stop(self) -> None:
        """End after what is being done now; may be called from a signal handler."""
        self._stopping = True
        self._bell.put(None)

    def turn(self) -> Counts:
        """Look once at everything that is due and do it to its end."""
        return self._deal() + self._finish()

    def _burst(self, begun: Counts) -> Counts:
        """Run jobs and what follows from them, for a while: so a burst is seen as one.

        `begun` was found before; what still runs at its end belongs to the next one.
        """
        began, counts = time.monotonic(), begun
        while not self._stopping:
            taken = time.monotonic() - began
            if taken > self.longest_burst:
                break
            found = self._look()
            counts += found
            if not found:
                left = self.shortest_burst - taken
                if left <= 0 and not self._hands.jobs():
                    break
                self._pause(left if left > 0 else None)
        return counts

    def _look(self) -> Counts:
        """One look that survives a database that is away for a while."""
        try:
            self._beat()
            self._look_at_schedules()
            return self._deal()
        except StoreError as error:
            _log.warning("The worker waits for the database: %s", error)
            return Counts()

    def _deal(self) -> Counts:
        """Do what is due; steps are begun here, and run on beside the looks that follow."""
        house, batch = self.house, self.settings.batch
        counts = self._ended()
        self._hold_leases()
        counts += Counts(timers=fire_due(house, batch), messages=deliver_waiting(house, batch))
        counts += Counts(releases=release_due(house), moved=carry_moves(house))
        room = self._hands.room()
        if room.jobs > 0:
            for job in claim_jobs(house, self.name, room.jobs, self._lease, room.without):
                self._hands.begin(job, self._run_job)
                counts.begun += 1
        return counts

    def _ended(self) -> Counts:
        return sum(map(_outcome, self._hands.ended()), Counts())

    def _finish(self) -> Counts:
        """Wait for what was begun, and begin nothing more."""
        counts = Counts()
        while self._hands.jobs():
            self._rest(self.settings.lease / 3)
            try:
                self._beat()
                self._hold_leases()
            except StoreError as error:
                _log.warning("The worker waits for the database: %s", error)
        return counts + self._ended()

    def _hold_leases(self) -> None:
        if time.monotonic() - self._last_held < self.settings.lease / 3:
            return
        self._last_held = time.monotonic()
        for job in self._hands.jobs():
            extend_lease(self.house, job.id, job.fence, self._lease)

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self.settings.lease)

    def _run_job(self, job: LeasedJob) -> str:
        """Run one job to its end: finished, failed or stale."""
        try:
            result = self._answer(job)
        except StepError as error:
            outcome = fail_job(self.house, job.id, job.fence, _words(error), code=error.code)
        except Exception as error:  # noqa: BLE001 - whatever a step raises is its failure
            _log.warning("Job %s (%s of %s) failed: %s", job.id, job.step, job.key, _words(error))
            fail_job(self.house, job.id, job.fence, _words(error))
            return "failed"
        else:
            outcome = finish_job(self.house, job.id, job.fence, result)
        return "stale" if getattr(outcome, "code", "") == "stale" else "finished"

    def _answer(self, job: LeasedJob) -> Mapping[str, object]:
        call = self.calls.get(job.step)
        if call is None:
            raise ClearwayError(
                f"This worker knows no step {job.step}: install the release that has it."
            )
        inputs = dict(job.inputs)
        if job.template_hash is not None:
            inputs["template_hash"] = job.template_hash
        return _in_time(lambda: call(inputs, str(job.id)), self.settings.step_timeout)

    def _beat(self) -> None:
        if time.monotonic() - self._last_beat < self.settings.heartbeat:
            return
        heartbeats.beat(self.house, heartbeats.WORKER + self.name, {"batch": self.settings.batch})
        self._last_beat = time.monotonic()

    def _look_at_schedules(self) -> None:
        """Write down what Prefect should have begun: whoever is away cannot say so itself."""
        if time.monotonic() - self._last_schedules < self.settings.schedules:
            return
        note_missed(self.house)
        keep_up(self.house, most=_HEATED, batch=_HEATED)
        self._last_schedules = time.monotonic()

    def _farewell(self) -> None:
        try:
            heartbeats.say_goodbye(self.house, heartbeats.WORKER + self.name)
        except StoreError as error:
            _log.warning("The worker ends without a word to the database: %s", error)

    def _pause(self, seconds: float | None = None) -> None:
        """Rest until something changes; at most `poll`, so that nothing due is late."""
        longest = self.settings.poll
        if self._hands.jobs():
            longest = min(longest, self.settings.lease / 3)
        self._rest(longest if seconds is None else min(seconds, longest))

    def _rest(self, seconds: float) -> None:
        with contextlib.suppress(Empty):
            self._bell.get(timeout=seconds)
            while not self._stopping:
                self._bell.get_nowait()

    def _ring(self) -> None:
        if self._bell.empty():
            self._bell.put(None)

    def _listen(self) -> None:
        while not self._stopping:
            try:
                for keys in listen(self.listen_to or "", lambda: self._stopping):
                    if keys:
                        self._ring()
            except StoreError:
                time.sleep(self.settings.poll)


def _in_time(call: Callable[[], Mapping[str, object]], seconds: float) -> Mapping[str, object]:
    """The answer of a call that is given up after a while; a thread cannot be ended."""
    answer: Future[Mapping[str, object]] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            answer.set_exception(error)

    threading.Thread(target=run, name="call", daemon=True).start()
    try:
        return answer.result(timeout=seconds)
    except TimeoutError:
        if answer.done():
            raise
        raise StepTimeout(f"The step did not answer within {seconds:g} seconds.") from None


def _outcome(future: Future[str]) -> Counts:
    try:
        return Counts(**{future.result(): 1})
    except StoreError as error:
        # The lease runs out, and whoever has the database then takes the job again.
        _log.warning("The end of a job could not be written: %s", error)
        return Counts(failed=1)


def _words(error: Exception) -> str:
    text = str(error) or type(error).__name__
    known = isinstance(error, ClearwayError)
    return (text if known else f"{type(error).__name__}: {text}")[:_LONGEST_ERROR]
