"""Linking two records, and reading what a record is linked with."""

from dataclasses import replace

from clearway.service.commands import Command, carry_out, ready
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see, may_change
from clearway.service.plan import Outcome, Plan, planned
from clearway.service.reading import may_see_within
from clearway.service.values import Actor, Done, Refusal
from clearway.store import links, loading
from clearway.store.database import Transaction
from clearway.store.loading import Asking
from clearway.store.rows import Snapshot
from processes.links import KINDS


def link(
    house: House, actor: Actor, from_key: str, kind: str, to_key: str, *, once: str
) -> Done | Refusal:
    """Link two records that the actor may read and of which the actor works in the first.

    A link that is there already stays as it is. Details: `added`, whether it is new. Of what
    a record is a part is refused where its process has a form for that: it does more than link.
    """
    problem = _problem(from_key, kind, to_key)
    if problem is not None:
        return problem
    request = {"from": from_key, "kind": kind, "to": to_key}
    command = Command(actor, "link", request, once, cannot_see("record"))

    def look_at_the_other(transaction: Transaction) -> Refusal | None:
        other = seen(house, transaction, actor, to_key)
        if other is None:
            return cannot_see("record")
        if kind == "follows":
            return refuse_open(other)
        if kind != "parent_of" or not ready(house, other).links_by_form("part_of"):
            return None
        told = f"{to_key} says itself what it is part of, so that both keep in step."
        return Refusal("invalid", told, f"Open {to_key} and name {from_key} in its form there.")

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        if not may_change(actor, deployed.roles) and actor.name != snapshot.requester:
            return cannot_see("record")
        if kind == "parent_of" and links.is_above(transaction, to_key, from_key):
            told = f"{from_key} is itself a part of {to_key}."
            return Refusal("invalid", told, "Link them the other way round, or not at all.")
        now = house.now()
        added = links.add(transaction, from_key, kind, to_key, now, actor.name)
        deed = Deed(deployed, actor, "link", now, snapshot=snapshot)
        if not added:
            return Plan(None, replace(deed.done(added=False), revision=snapshot.revision))
        deed.line("linked", None, link=kind, to=to_key)
        return planned(deed, added=True)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, from_key),
        plan,
        park_command(command),
        look_at_the_other,
    )


def refuse_open(other: Snapshot) -> Refusal | None:
    """None when this record has ended: only then can another one take it up again."""
    if other.ended_at is not None:
        return None
    told = f"{other.key} is still open, so nothing can take it up again."
    return Refusal("invalid", told, f"Go on in {other.key}, or name a record that has ended.")


def seen(house: House, transaction: Transaction, actor: Actor, key: str) -> Snapshot | None:
    """Another record as it stands, if it is there and the actor may see it."""
    other = loading.look_by_key(transaction, Asking(actor.name, house.now()), key)
    if other is None or not may_see_within(transaction, ready(house, other), actor, other):
        return None
    return other


def _problem(from_key: str, kind: str, to_key: str) -> Refusal | None:
    if kind not in KINDS:
        return Refusal(
            "invalid", f"There is no link {kind[:40]}.", f"Choose one of {', '.join(KINDS)}."
        )
    if from_key == to_key:
        return Refusal("invalid", "A record cannot be linked with itself.", "Choose another.")
    return None
