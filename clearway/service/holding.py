"""Asks the registry about who has a work item, when a command depends on it."""

from collections.abc import Mapping

from clearway.service.entitled import (
    UNASKED,
    Candidate,
    Holding,
    is_plain,
    refuse_candidate,
)
from clearway.service.values import Actor
from clearway.store import candidates
from clearway.store.database import Transaction
from clearway.store.registry import Person
from clearway.store.rows import Snapshot, WorkItem


def holding_of(
    transaction: Transaction, actor: Actor, snapshot: Snapshot, work_item_id: int
) -> Holding:
    """Nothing is asked when it makes no difference, as when the work item is the actor's own."""
    item = snapshot.work_item(work_item_id)
    if item is None or item.closed_at is not None or is_plain(actor, snapshot, item):
        return UNASKED
    return Holding(
        is_stranger=_is_stranger(transaction, snapshot, item),
        leads=item.group is not None and candidates.lead(transaction, item.group) == actor.name,
    )


def candidate(transaction: Transaction, name: str) -> Candidate | None:
    """The person with what they may do; None when the registry does not know them."""
    person = candidates.person(transaction, name)
    return _candidate(person) if person else None


def those_meant(transaction: Transaction, snapshot: Snapshot, item: WorkItem) -> Mapping[str, str]:
    """Name -> full name of everybody who may be given the work item, by name."""
    return {
        it.name: it.full_name
        for it in candidates.active_people(transaction, item.group)
        if refuse_candidate(_candidate(it), it.name, item, snapshot.requester) is None
    }


def _candidate(it: Person) -> Candidate:
    return Candidate(it.name, frozenset(it.roles), frozenset(it.groups), it.active)


def _is_stranger(transaction: Transaction, snapshot: Snapshot, item: WorkItem) -> bool:
    name = item.assignee
    if name is None:
        return False
    person = candidate(transaction, name)
    return refuse_candidate(person, name, item, snapshot.requester) is not None
