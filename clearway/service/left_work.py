"""The open work that hangs on people who have left: tasks, and what only they may send."""

from collections.abc import Collection, Sequence

from clearway.service.house import House
from clearway.store import leavers
from clearway.store.database import Connection
from clearway.store.leavers import LeftWork

_MOST_KEYS = 5


def left_tasks(house: House) -> list[LeftWork]:
    """The open tasks that people have who have left."""
    return house.store.ask(leavers.left_tasks)


def left_events(house: House) -> list[LeftWork]:
    """What only somebody may send who has left, such as the end of a hold."""
    waiting = house.store.ask(leavers.waiting_actions)
    only = [
        (version_id, element, field)
        for version_id, element in waiting
        if (info := house.version(version_id).elements.get(element)) and (field := info.only)
    ]
    return house.store.ask(lambda it: leavers.left_events(it, only))


def left_behind(connection: Connection, people: Collection[str]) -> list[str]:
    """A sentence for each of these people who has an open task."""
    keys: dict[str, list[str]] = {}
    for it in leavers.left_tasks(connection, people) if people else ():
        keys.setdefault(it.person, []).append(it.key)
    return [_sentence(person, found) for person, found in sorted(keys.items())]


def _sentence(person: str, keys: Sequence[str]) -> str:
    tasks, them = ("1 open task", "it") if len(keys) == 1 else (f"{len(keys)} open tasks", "them")
    more = f" and {len(keys) - _MOST_KEYS} more" if len(keys) > _MOST_KEYS else ""
    return (
        f"{person} leaves {tasks} behind, which those may claim now who may do {them}: "
        f"{', '.join(keys[:_MOST_KEYS])}{more}."
    )
