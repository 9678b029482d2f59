"""The sheet on which the effect of one command is worked out: what was, and what will be."""

from collections.abc import Sequence
from datetime import datetime

from clearway.engine.values import (
    Turn,
)
from clearway.service.deployed import Deployed
from clearway.service.telling import Telling
from clearway.service.values import Actor
from clearway.store.effect import (
    CastBallot,
    ClosedItem,
    ClosedRound,
    JobChange,
    Line,
    NewLink,
    OpenedItem,
    OpenedRound,
    QueueJob,
    RaiseFault,
    SendMessage,
    SetTimer,
    Subscribe,
)
from clearway.store.rows import Snapshot, WorkItem


class Sheet:
    """What is to be written, as far as it is known. Nothing is written here.

    `snapshot` is None when the command opens an instance; then `key` is its key to be.
    """

    def __init__(
        self,
        deployed: Deployed,
        actor: Actor,
        command: str,
        now: datetime,
        *,
        snapshot: Snapshot | None = None,
        key: str = "",
    ) -> None:
        self.deployed, self.actor, self.command, self.now = deployed, actor, command, now
        self.snapshot = snapshot
        self.key = snapshot.key if snapshot else key
        self.left = snapshot.left if snapshot else frozenset[str]()
        self.record: dict[str, object] = dict(snapshot.record) if snapshot else {}
        self.state = snapshot.state if snapshot else None
        self.ended_at = snapshot.ended_at if snapshot else None
        self.done_by: dict[str, Sequence[str]] = dict(snapshot.done_by) if snapshot else {}
        self.turn: Turn | None = None
        self.visited: set[str] = set()
        self.telling = Telling(deployed.elements)
        self.state_shown_by: tuple[str, str] | None = None
        """The element that shows the state now, and its name; None: as before."""
        self.changed_fields: dict[str, object] = {}
        self.people: dict[int, tuple[str | None, tuple[str, ...]]] = {}
        self.due: dict[int, datetime | None] = {}
        """Until when an open work item is to be done, where that is another time now."""
        self.closed_items: list[ClosedItem] = []
        self.opened_items: list[OpenedItem] = []
        self.opened_rounds: list[OpenedRound] = []
        self.closed_rounds: list[ClosedRound] = []
        self.ballots: list[CastBallot] = []
        self.cleared_timers: list[str] = []
        self.set_timers: list[SetTimer] = []
        self.parked_timers: dict[str, bool] = {}
        self.unsubscribed: list[str] = []
        self.subscribed: list[Subscribe] = []
        self.cancelled_jobs: list[str] = []
        self.queued_jobs: list[QueueJob] = []
        self.job: JobChange | None = None
        self.messages: list[SendMessage] = []
        self.signals: list[str] = []
        self.links: list[NewLink] = []
        self.settled_message: tuple[int, str] | None = None
        self.faults: list[RaiseFault] = []
        self.settled_faults: list[int] = []

    def line(self, kind: str, element: str | None = None, **details: object) -> None:
        """One line of history."""
        self.telling.add(Line(kind, element, details))

    def change(self, name: str, value: object, element: str | None) -> None:
        """Write one field; null clears it. An unchanged field is not told."""
        before = self.record.get(name)
        if before == value and type(before) is type(value):
            return
        if value is None:
            self.record.pop(name, None)
        else:
            self.record[name] = value
        self.changed_fields.setdefault(name, before)
        self.telling.wrote(name, before, value, element)

    def give(self, item: WorkItem, assignee: str | None, excluded: Sequence[str]) -> None:
        """Somebody else has an open work item now, or nobody; or others may not complete it."""
        fewer = tuple(dict.fromkeys(excluded))
        self.people[item.id] = (None if assignee in fewer else assignee, fewer)

    def open_items(self) -> tuple[WorkItem, ...]:
        return self.snapshot.open_items() if self.snapshot else ()

    def is_closed(self, item: WorkItem) -> bool:
        return any(closed.token == item.token for closed in self.closed_items)

    def assignee(self, item: WorkItem) -> str | None:
        return self.people[item.id][0] if item.id in self.people else item.assignee

    def due_at(self, item: WorkItem) -> datetime | None:
        return self.due.get(item.id, item.due_at)

    def excluded(self, item: WorkItem) -> Sequence[str]:
        return self.people[item.id][1] if item.id in self.people else item.excluded
