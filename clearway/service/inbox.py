"""The inbox: which tasks wait for the reader."""

from collections.abc import Mapping

from clearway.service.cursors import after_due, read_due
from clearway.service.house import House
from clearway.service.permissions import REQUESTER
from clearway.service.vacancies import chair_rules
from clearway.service.values import Actor, Page, WorkItemView
from clearway.store import inbox as rows
from clearway.store.absences import people_behind
from clearway.store.database import Transaction
from clearway.store.inbox import Waiting
from clearway.store.inbox_reasons import Part, Reader, View

_VIEWS: Mapping[str, View] = {it: it for it in rows.VIEWS}
MOST_COUNTED = 100
"""More than so many are not counted: nobody reads further, and it would take its time."""
_MOST = 200


def inbox(
    house: House,
    actor: Actor,
    *,
    view: str = "mine",
    process: str | None = None,
    q: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[WorkItemView]:
    """The open tasks of a view (`mine`, `unclaimed`, `all`), those due first before the others."""
    limit = max(1, min(limit, _MOST))
    chosen = _VIEWS.get(view, "mine")

    def ask(transaction: Transaction) -> list[Waiting]:
        return rows.waiting_work_items(
            transaction,
            reader_of(house, transaction, actor),
            chosen,
            Part(limit + 1, process, q.strip()[:200], read_due(after)),
        )

    found = house.store.look(ask)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return Page(
        [_view(house, waiting) for waiting in shown],
        after_due(last.due_at, last.id) if last else None,
    )


def inbox_counts(house: House, actor: Actor) -> dict[str, int]:
    """How many open tasks each view has, counted up to `MOST_COUNTED`."""

    def count(transaction: Transaction) -> dict[str, int]:
        reader = reader_of(house, transaction, actor)
        return rows.count_work_items(transaction, reader, MOST_COUNTED)

    return house.store.look(count)


def reader_of(house: House, transaction: Transaction, actor: Actor) -> Reader:
    """The actor as the looks know a reader."""
    behind = people_behind(transaction, actor.name, house.now()) if actor.is_person else []
    return Reader(
        name=actor.name,
        roles=actor.roles,
        groups=actor.groups,
        stands_in_for={it.name: it.roles for it in behind if it.is_direct},
        behind=[it.name for it in behind],
        requester_role=REQUESTER,
        chair_rules=chair_rules(house.rules),
    )


def _view(house: House, it: Waiting) -> WorkItemView:
    return WorkItemView(
        id=it.id,
        key=it.key,
        title=it.title,
        process=it.process,
        process_title=house.version(it.version_id).title,
        element=it.element,
        name=it.name,
        role=it.role,
        group=it.group,
        assignee=it.assignee,
        state=it.state,
        priority=it.priority,
        opened_at=it.opened_at,
        due_at=it.due_at,
        is_approval=it.is_approval,
        seat=it.seat,
        voted=it.voted,
        seats=it.seats,
        may_claim=it.may_claim,
        has_left=it.has_left,
    )
