"""Asks the registry about who has a work item, when a command depends on it."""

from collections.abc import Mapping
from datetime import datetime

from clearway.service.entitled import (
    UNASKED,
    Candidate,
    Holding,
    is_plain,
    refuse_candidate,
)
from clearway.service.values import Actor
from clearway.store import candidates
from clearway.store.absences import everybody_behind, people_behind
from clearway.store.database import Transaction
from clearway.store.registry import Person
from clearway.store.rows import Snapshot, WorkItem


def holding_of(
    transaction: Transaction,
    actor: Actor,
    snapshot: Snapshot,
    work_item_id: int,
    now: datetime,
) -> Holding:
    """Nothing is asked when it makes no difference, as when the work item is the actor's own."""
    item = snapshot.work_item(work_item_id)
    if item is None or item.closed_at is not None or is_plain(actor, snapshot, item):
        return UNASKED
    return Holding(
        is_stranger=_is_stranger(transaction, snapshot, item, now),
        leads=item.group is not None and candidates.lead(transaction, item.group) == actor.name,
    )


def candidate(
    transaction: Transaction, name: str, item: WorkItem | None, now: datetime
) -> Candidate | None:
    """The person with what they may do; None when the registry does not know them.

    For whom they stand in is asked only where the work item is not for everybody.
    """
    person = candidates.person(transaction, name)
    if person is None:
        return None
    behind = people_behind(transaction, name, now) if item and item.excluded else []
    return _candidate(person, frozenset(it.name for it in behind))


def standing(transaction: Transaction, name: str, now: datetime) -> Candidate | None:
    """The person with what they may do and for whom they stand in; None: nobody knows them."""
    person = candidates.person(transaction, name)
    if person is None:
        return None
    return _candidate(person, frozenset(it.name for it in people_behind(transaction, name, now)))


def those_meant(
    transaction: Transaction, snapshot: Snapshot, item: WorkItem, now: datetime
) -> Mapping[str, str]:
    """Name -> full name of everybody who may be given the work item, by name."""
    behind = everybody_behind(transaction, now)
    found = candidates.active_people(transaction, item.group)
    meant = {it.name: _candidate(it, behind.get(it.name, frozenset())) for it in found}
    return {
        it.name: it.full_name
        for it in found
        if refuse_candidate(meant[it.name], it.name, item, snapshot.requester) is None
    }


def _candidate(it: Person, behind: frozenset[str]) -> Candidate:
    return Candidate(it.name, frozenset(it.roles), frozenset(it.groups), it.active, behind)


def _is_stranger(
    transaction: Transaction, snapshot: Snapshot, item: WorkItem, now: datetime
) -> bool:
    name = item.assignee
    if name is None:
        return False
    person = candidate(transaction, name, item, now)
    return refuse_candidate(person, name, item, snapshot.requester) is not None
