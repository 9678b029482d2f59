"""The hands of a worker: so many steps at once, and no step in more than half of them."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field as filled

from clearway.service.jobs import LeasedJob


@dataclass(frozen=True)
class Room:
    """How many jobs may begin now, and the steps of which none may."""

    jobs: int
    without: tuple[str, ...]


@dataclass
class Hands:
    """Steps that run side by side, each to its end, while the worker goes on with the rest.

    A system that answers slowly fills the hands of its step only: the others stay free for
    whatever else is due. `ring` is called in a hand whenever one becomes free.
    """

    count: int
    ring: Callable[[], None]
    _running: dict[Future[str], LeasedJob] = filled(default_factory=dict[Future[str], LeasedJob])
    _pool: ThreadPoolExecutor = filled(init=False, repr=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.count, thread_name_prefix="step")

    def room(self) -> Room:
        """What may begin: so few that no step gets more than its share, whichever they are of."""
        share = max(1, self.count // 2)
        busy = Counter(job.step for job in self._running.values())
        full = tuple(step for step, many in busy.items() if many >= share)
        most = max((many for step, many in busy.items() if step not in full), default=0)
        return Room(min(share - most, self.count - len(self._running)), full)

    def begin(self, job: LeasedJob, run: Callable[[LeasedJob], str]) -> None:
        """Let a free hand run this job."""
        future = self._pool.submit(run, job)
        self._running[future] = job
        future.add_done_callback(lambda _: self.ring())

    def jobs(self) -> Sequence[LeasedJob]:
        """What is still being run."""
        return [job for future, job in self._running.items() if not future.done()]

    def ended(self) -> list[Future[str]]:
        """What has come to its end since this was asked last."""
        done = [future for future in self._running if future.done()]
        for future in done:
            del self._running[future]
        return done

    def rest(self) -> None:
        """Begin nothing any more."""
        self._pool.shutdown(wait=False)
