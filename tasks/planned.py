"""The automated steps of planned work."""

from collections.abc import Mapping

from clearway.service.collisions import slot_text
from processes.collisions import SAME_WINDOW, Collision, line_of
from processes.planned import HARD, Planned, instant_of, names_of
from tasks.doors import LookForCollisions

_NOT_A_TIME = "It does not say when it begins and ends: give both times."


def find_collisions(
    *,
    key: str,
    starts: object = None,
    ends: object = None,
    things: object = None,
    people: object = None,
    look_for_collisions: LookForCollisions,
) -> Mapping[str, object]:
    """What stands against the work of the record `key` in this time, and when it would fit.

    `things` and `people` are names: a text, or a list of texts. Answers `collisions` (a line
    each), `findings` (those lines that stand against it: not to stand only in the same window),
    `collides_with` (keys of records), `freeze` (hard, soft, none; null: nobody could look),
    `freezes` (the hard ones, by title and name, whatever their times are),
    `slots` (texts like 2026-03-02T20:00Z/2026-03-02T22:00Z) and `problem`: what is wrong with the
    times or the names, with the remedy, or null. With a problem nothing else is said, except of a
    time that has begun and is not over.
    """
    begins, until = instant_of(starts), instant_of(ends)
    if begins is None or until is None:
        return _answer(problem=_NOT_A_TIME)
    planned = Planned(key, "", begins, until, names_of(things), names_of(people))
    found = look_for_collisions(planned)
    return _answer(
        problem=found.problem,
        collisions=[_line(it) for it in found.collisions],
        findings=[_line(it) for it in found.collisions if it.kind != SAME_WINDOW],
        freezes=[_freeze(it) for it in found.collisions if it.strength == HARD],
        collides_with=list(found.keys),
        freeze=found.freeze,
        slots=[slot_text(it) for it in found.slots],
    )


def _line(collision: Collision) -> str:
    return line_of(collision, lambda at: f"{at:%Y-%m-%d %H:%M} UTC")


def _freeze(collision: Collision) -> str:
    return f"{collision.title} ({collision.other})"


def _answer(
    *,
    problem: str | None = None,
    collisions: list[str] | None = None,
    findings: list[str] | None = None,
    collides_with: list[str] | None = None,
    freeze: str | None = None,
    freezes: list[str] | None = None,
    slots: list[str] | None = None,
) -> Mapping[str, object]:
    return {
        "problem": problem,
        "collisions": collisions or [],
        "findings": findings or [],
        "collides_with": collides_with or [],
        "freeze": freeze,
        "freezes": list(dict.fromkeys(freezes or ())),
        "slots": slots or [],
    }
