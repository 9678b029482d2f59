"""Windows: times that are frozen or open for maintenance, declared by who plans work."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from clearway.service.house import House
from clearway.service.look_again import look_again_for_windows
from clearway.service.permissions import refuse_unless
from clearway.service.recurring import problems_of
from clearway.service.registry_command import answer_once, record_entry
from clearway.service.registry_sheet import is_name
from clearway.service.values import Actor, Done, Refusal
from clearway.store import registry as rows
from clearway.store.database import Connection
from clearway.store.planned import unknown_things
from clearway.store.windows import Window, all_windows
from processes.blank import is_blank

__all__ = ["Window", "remove_window", "save_window", "windows"]

_LONGEST_TITLE = 160
_MOST_THINGS = 200


def windows(house: House, actor: Actor) -> list[Window] | Refusal:
    """Every declared window, by name."""
    if refusal := refuse_unless(actor, "windows"):
        return refusal
    return house.store.ask(all_windows)


def save_window(house: House, actor: Actor, window: Window, *, once: str) -> Done | Refusal:
    """Declare a window, or correct the one with this name.

    Planned records that it touches, or that it touched before, are told to look for collisions
    anew: their keys are in the answer's details as `told`. A refusal's fields name the parts as
    the import does: name, kind, title, strength, from, until, zone, things, repeats.
    """
    if refusal := refuse_unless(actor, "save_window"):
        return refusal
    window = _tidy(window)

    def saved(connection: Connection) -> Done | Refusal:
        rows.lock_registry(connection)
        if wrong := problems_with(house, connection, window):
            return _refused(wrong)
        before = [it for it in all_windows(connection) if it.name == window.name]
        if before == [window]:
            return Done(details={"told": [], "added": 0, "changed": 0})
        rows.save_rows(connection, "windows", [as_row(window)])
        details = {"before": [as_row(it) for it in before], "after": as_row(window)}
        record_entry(house, connection, actor, "save_window", details)
        told = look_again_for_windows(house, connection, [*before, window])
        counts = {"added": int(not before), "changed": len(before)}
        return Done(details={"told": list(told), **counts})

    return answer_once(house, actor, "save_window", as_row(window), once, saved)


def remove_window(house: House, actor: Actor, name: str, *, once: str) -> Done | Refusal:
    """Take a window back; the planned records that it touched are told, as by `save_window`."""
    if refusal := refuse_unless(actor, "remove_window"):
        return refusal

    def removed(connection: Connection) -> Done | Refusal:
        rows.lock_registry(connection)
        gone = [it for it in all_windows(connection) if it.name == name]
        if not gone:
            return Refusal(
                "not_found", f"There is no window {name[:100]}.", "Look at the list again."
            )
        rows.remove_rows(connection, "windows", [(name,)])
        record_entry(house, connection, actor, "remove_window", {"before": as_row(gone[0])})
        told = look_again_for_windows(house, connection, gone)
        return Done(details={"told": list(told)})

    return answer_once(house, actor, "remove_window", {"name": name}, once, removed)


def problems_with(house: House, connection: Connection, window: Window) -> dict[str, str]:
    """What is wrong with a window, part by part; the registry knows the things it is for."""
    found = dict(problems_of(window, house.now()))
    if not is_name(window.name):
        found["name"] = "A name has letters, digits and . _ - only, at most 100: change it."
    if is_blank(window.title) or len(window.title) > _LONGEST_TITLE:
        found["title"] = f"Give a title of at most {_LONGEST_TITLE} characters."
    if len(window.things) > _MOST_THINGS:
        found["things"] = f"A window is for at most {_MOST_THINGS} things: declare several."
    elif unknown := unknown_things(connection, window.things):
        names = " and no ".join(unknown)
        found["things"] = f"There is no service or asset {names}: choose a name from the registry."
    return found


def as_row(window: Window) -> dict[str, object]:
    """The window as a row of its table."""
    return {**asdict(window), "things": list(window.things)}


def _tidy(window: Window) -> Window:
    return replace(
        window,
        name=window.name.strip(),
        title=window.title.strip(),
        strength=window.strength or None,
        things=tuple(dict.fromkeys(it.strip() for it in window.things if it.strip())),
        repeats=(window.repeats or "").strip().upper().removeprefix("RRULE:") or None,
    )


def _refused(wrong: dict[str, str]) -> Refusal:
    said: Sequence[str] = [f"{name}: {text}" for name, text in wrong.items()]
    return Refusal(
        "invalid", "The window was not saved.", "Correct what is said. " + " ".join(said), wrong
    )
