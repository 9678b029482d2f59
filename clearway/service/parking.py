"""How a command that could not be carried out is kept, and who it was that asked."""

from collections.abc import Callable, Mapping
from typing import cast

from clearway.service.commands import Command
from clearway.service.plan_fault import Parked
from clearway.service.values import Actor
from clearway.store.rows import Snapshot


def park_command(command: Command) -> Callable[[Snapshot], Parked]:
    """Keep a person's or channel's command in its own words, to be run again as theirs."""

    def park(snapshot: Snapshot) -> Parked:
        work_item_id = cast("int | None", command.request.get("work_item_id"))
        item = snapshot.work_item(work_item_id) if work_item_id is not None else None
        return Parked(
            {
                "kind": "command",
                "command": command.name,
                "request": command.request,
                "token": item.token if item else None,
                "actor": _kept(command.actor),
            }
        )

    return park


def parked_start(command: Command) -> Mapping[str, object]:
    """The opening of a record in its own words; its idempotency key lets it happen once."""
    return {
        "kind": "start",
        "request": command.request,
        "once": command.once,
        "actor": _kept(command.actor),
    }


def _kept(actor: Actor) -> Mapping[str, object]:
    return {
        "name": actor.name,
        "roles": sorted(actor.roles),
        "groups": sorted(actor.groups),
        "is_person": actor.is_person,
    }


def parked_actor(trigger: Mapping[str, object]) -> Actor:
    """Who asked for a parked command, with the roles of that time."""
    kept = cast(Mapping[str, object], trigger["actor"])
    return Actor(
        str(kept["name"]),
        frozenset(cast("list[str]", kept["roles"])),
        frozenset(cast("list[str]", kept["groups"])),
        bool(kept["is_person"]),
    )
