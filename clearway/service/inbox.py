"""The inbox: which tasks wait for the reader."""

from clearway.service.cursors import after_due, read_due
from clearway.service.house import House
from clearway.service.permissions import REQUESTER
from clearway.service.plan_vote import chair_rules
from clearway.service.values import Actor, Page, WorkItemView
from clearway.store import inbox as rows
from clearway.store.database import Connection
from clearway.store.inbox import Reader, Waiting

VIEWS = ("mine", "unclaimed", "all")
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

    def ask(connection: Connection) -> list[Waiting]:
        return rows.waiting_work_items(
            connection,
            _reader(house, connection, actor),
            view=view if view in VIEWS else "mine",
            process=process,
            words=q.strip()[:200],
            after=read_due(after),
            limit=limit + 1,
        )

    found = house.store.ask(ask)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return Page(
        [_view(house, waiting) for waiting in shown],
        after_due(last.due_at, last.id) if last else None,
    )


def inbox_counts(house: House, actor: Actor) -> dict[str, int]:
    """How many open tasks each view has."""
    return house.store.ask(lambda it: rows.count_work_items(it, _reader(house, it, actor), VIEWS))


def _reader(house: House, connection: Connection, actor: Actor) -> Reader:
    absent = (
        rows.people_stood_in_for(connection, actor.name, house.now()) if actor.is_person else {}
    )
    return Reader(
        name=actor.name,
        roles=actor.roles,
        groups=actor.groups,
        stands_in_for=list(absent),
        stands_in_as={role for roles in absent.values() for role in roles},
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
        may_claim=it.may_claim,
    )
