"""Who may take and do a work item: role, group, assignee, and who did something else before."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from clearway.service.permissions import ADMIN, PROCESS_OWNER, REQUESTER, SYSTEM_ROLE
from clearway.service.values import Actor, Refusal
from clearway.store.rows import Snapshot, StandIn, WorkItem


@dataclass(frozen=True)
class Candidate:
    """A person who is to be given a work item."""

    name: str
    roles: frozenset[str]
    groups: frozenset[str]
    active: bool = True
    behind: frozenset[str] = frozenset()
    """All for whom they stand in, also by one who stands in for them in turn."""


@dataclass(frozen=True)
class Holding:
    """What the registry says of who has a work item.

    `is_stranger`: they may not do it, so that it waits for those who may; `leads`: the actor leads
    its group.
    """

    is_stranger: bool = False
    leads: bool = False


Named = Callable[[str], str | None]
"""What people call an element."""

UNASKED = Holding()
"""Nothing speaks against who has it, and the actor leads nobody."""


def holder_of(snapshot: Snapshot, item: WorkItem) -> str | None:
    """Who has the work item: nobody, as well, when whoever had it has left."""
    return None if item.assignee in snapshot.left else item.assignee


def left_by(snapshot: Snapshot, item: WorkItem) -> str | None:
    """Who has left and still stands as the one who has the work item."""
    return item.assignee if item.assignee in snapshot.left else None


def refuse_closed(item: WorkItem) -> Refusal | None:
    """None while the work item is open; else who was first."""
    if item.closed_at is None:
        return None
    at = item.closed_at.strftime("%Y-%m-%d %H:%M UTC")
    if item.outcome == "completed":
        return Refusal(
            "already_done", f"{item.closed_by} completed it at {at}.", "Nothing is left to do here."
        )
    return Refusal(
        "already_done",
        f"It is not needed any more: {item.closed_by} took the process another way at {at}.",
        "Look at the record to see where it stands.",
    )


def refuse_claim(
    actor: Actor,
    snapshot: Snapshot,
    item: WorkItem,
    holding: Holding = UNASKED,
    named: Named = str,
) -> Refusal | None:
    """None when the actor may take the open work item for themselves."""
    if holder_of(snapshot, item) not in (None, actor.name) and not holding.is_stranger:
        return _taken(item.assignee)
    return refuse_unentitled(actor, snapshot, item) or _interested(actor, snapshot, item, named)


def refuse_completion(
    actor: Actor, snapshot: Snapshot, item: WorkItem, named: Named = str
) -> Refusal | None:
    """None when the actor may complete the open work item."""
    refusal = _interested(actor, snapshot, item, named)
    if refusal is not None:
        return refusal
    if item.assignee is None:
        return refuse_unentitled(actor, snapshot, item)
    if item.assignee == actor.name:
        # Who was named need not be in the group, but must be who the lane means.
        return (
            None if has_role(actor, item.role, snapshot.requester) else _not_meant(snapshot, item)
        )
    absent = stand_in_for(snapshot, item.assignee)
    if absent is not None and is_meant(item, absent.person, absent.roles, snapshot.requester):
        return None
    if left_by(snapshot, item) is not None:
        return refuse_unentitled(actor, snapshot, item)
    return _taken(item.assignee) if absent is None else _not_meant(snapshot, item)


def refuse_release(
    actor: Actor, snapshot: Snapshot, item: WorkItem, holding: Holding = UNASKED
) -> Refusal | None:
    """None when the actor may take the open work item from who has it."""
    if item.assignee is None or _decides(actor, snapshot, item, holding):
        return None
    if left_by(snapshot, item) is not None:
        return refuse_unentitled(actor, snapshot, item)
    return _taken(item.assignee)


def refuse_giving(
    actor: Actor, snapshot: Snapshot, item: WorkItem, holding: Holding = UNASKED
) -> Refusal | None:
    """None when the actor may give the open work item to somebody."""
    if _decides(actor, snapshot, item, holding):
        return None
    if holder_of(snapshot, item) is None or holding.is_stranger:
        return refuse_unentitled(actor, snapshot, item)
    return _taken(item.assignee)


def is_plain(actor: Actor, snapshot: Snapshot, item: WorkItem) -> bool:
    """Whether all that is to be known of who has it is known without asking the registry."""
    if _decides(actor, snapshot, item, UNASKED):
        return True
    return holder_of(snapshot, item) is None and refuse_unentitled(actor, snapshot, item) is None


def refuse_candidate(
    person: Candidate | None, name: str, item: WorkItem, requester: str | None
) -> Refusal | None:
    """None when this person may be given the work item."""
    if person is None or not person.active:
        return Refusal("invalid", f"There is no person {name}.", "Choose somebody else.")
    if not is_meant(item, name, person.roles, requester):
        if item.role == REQUESTER:
            told = f"{name} is not its requester, {requester or 'nobody'}."
            return Refusal("invalid", told, "Leave it to its requester.")
        return Refusal(
            "invalid", f"{name} does not have the role {item.role}.", "Choose somebody who has it."
        )
    if item.group is not None and item.group not in person.groups:
        return Refusal(
            "invalid",
            f"{name} is not in the group {item.group}.",
            "Choose somebody who is, or hand it over to another group first.",
        )
    others = sorted(person.behind & {*item.excluded})
    if not item.apart_from and (name in item.excluded or others):
        told = name if name in item.excluded else f"{name} stands in for {others[0]}, who"
        return Refusal(
            "not_allowed", f"{told} is kept out of this by the process.", "Choose somebody else."
        )
    if name in item.excluded:
        return Refusal(
            "not_allowed",
            f"{name} did another part of this, so somebody else must do this one.",
            "Choose somebody else.",
        )
    if others:
        return Refusal(
            "not_allowed",
            f"{name} stands in for {others[0]}, who did another part of this.",
            "Choose somebody else.",
        )
    return None


def stand_in_for(snapshot: Snapshot, person: str) -> StandIn | None:
    """The delegation by which the actor acts for this person now."""
    return next((it for it in snapshot.stands_in_for if it.person == person), None)


def acts_as(actor: Actor, snapshot: Snapshot, item: WorkItem) -> Sequence[str]:
    """Who has done it when the actor completes the item: the actor, and who is stood in for."""
    if item.assignee not in (None, actor.name) and stand_in_for(snapshot, item.assignee or ""):
        return [actor.name, str(item.assignee)]
    return [actor.name]


def is_meant(item: WorkItem, name: str, roles: Collection[str], requester: str | None) -> bool:
    """Whether a person with these roles is who the lane of the work item names."""
    return has_role(Actor(name, roles=frozenset(roles)), item.role, requester)


def has_role(actor: Actor, role: str | None, requester: str | None) -> bool:
    """Whether the actor is who this role means, or one of several parted by blanks.

    The requester of a record is one person.
    """
    return role is None or any(_is(actor, it, requester) for it in role.split())


def _is(actor: Actor, role: str, requester: str | None) -> bool:
    if role == REQUESTER and actor.is_person:
        return actor.name == requester
    return role in actor.roles


def _decides(actor: Actor, snapshot: Snapshot, item: WorkItem, holding: Holding) -> bool:
    """Whether who has the work item is the actor's to say: it is theirs, or their people's."""
    if actor.roles & {ADMIN, PROCESS_OWNER, SYSTEM_ROLE} or holding.leads:
        return True
    if item.assignee is None:
        return False
    return item.assignee == actor.name or stand_in_for(snapshot, item.assignee) is not None


def _taken(person: str | None) -> Refusal:
    return Refusal(
        "not_yours",
        f"{person} has it.",
        f"Ask {person} to give it back, or a lead to assign it to you.",
    )


def _not_meant(snapshot: Snapshot, item: WorkItem) -> Refusal:
    who = f"the role {item.role}"
    if item.role == REQUESTER:
        who = f"its requester, {snapshot.requester or 'nobody'}"
    return Refusal(
        "not_allowed", f"This task is for {who}.", "Leave it to them, or ask for the role."
    )


def refuse_unentitled(actor: Actor, snapshot: Snapshot, item: WorkItem) -> Refusal | None:
    """None when the actor has the role of the work item and is in its group."""
    if not has_role(actor, item.role, snapshot.requester):
        return _not_meant(snapshot, item)
    if item.group is not None and item.group not in actor.groups:
        return Refusal(
            "not_allowed",
            f"This task is for the group {item.group}.",
            "Leave it to them, or ask to be taken into the group.",
        )
    return None


def _interested(actor: Actor, snapshot: Snapshot, item: WorkItem, named: Named) -> Refusal | None:
    """Who did another part may not do this one, nor may whoever stands in for them."""
    others = sorted(snapshot.behind & {*item.excluded})
    if _is_named([actor.name, *others], snapshot, item):
        told = "You are" if actor.name in item.excluded else f"You stand in for {others[0]}, who is"
        return Refusal(
            "not_allowed",
            f"{told} kept out of this by the process: somebody else must do it.",
            "Leave it to a colleague.",
        )
    parts = _parts(_done_by([actor.name, *snapshot.behind], snapshot, item), named)
    if actor.name in item.excluded:
        return Refusal(
            "not_allowed",
            f"You did {parts}, so somebody else must do this.",
            "Leave it to a colleague.",
        )
    if others:
        return Refusal(
            "not_allowed",
            f"You stand in for {others[0]}, who did {parts}: somebody else must do this.",
            "Leave it to a colleague.",
        )
    return None


def _is_named(people: Sequence[str], snapshot: Snapshot, item: WorkItem) -> bool:
    """Whether the process itself keeps one of them out, and not a part that they did."""
    done_by = {person for it in item.apart_from for person in snapshot.done_by.get(it, ())}
    known = bool(done_by) or not item.apart_from
    return known and bool({*people} & {*item.excluded}) and not {*people} & done_by


def _done_by(people: Sequence[str], snapshot: Snapshot, item: WorkItem) -> Sequence[str]:
    """Which of the parts that keep somebody from it these people did; all if that is unknown."""
    known = [it for it in item.apart_from if {*snapshot.done_by.get(it, ())} & {*people}]
    return known or item.apart_from


def _parts(elements: Collection[str], named: Named) -> str:
    names = [named(it) or it for it in elements]
    return " or ".join(names) if names else "another part of this"
