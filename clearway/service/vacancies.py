"""Seats of a round that nobody can take, each in a sentence with what to do about it."""

from collections.abc import Mapping, Sequence

from clearway.store.candidates import NeededSeat
from processes.approval import unfilled
from processes.catalogue import Rule


def vacancies(seats: Sequence[NeededSeat]) -> list[str]:
    """A sentence for each seat of one round that nobody can take, with what to do about it."""
    empty = set(unfilled({seat.name: seat.takers for seat in seats}))
    return [_vacancy(seat) for seat in seats if seat.name in empty]


def chair_rules(rules: Mapping[str, Rule]) -> list[str]:
    """The rules by which nothing is decided without the chair."""
    return [name for name, rule in rules.items() if rule.quorum.chair]


def _vacancy(seat: NeededSeat) -> str:
    if seat.takers:
        # One person has one ballot, and another seat cannot do without them either.
        who, verb = " and ".join(seat.takers), "are" if len(seat.takers) > 1 else "is"
        return (
            f"Nobody is left for the seat {seat.name}: {who} {verb} needed for another seat, and "
            "one person has one ballot. Let somebody else take one of the seats, or cancel."
        )
    if seat.person is not None:
        why = _barring(*seat.barred[0]) if seat.barred else "is not in the registry"
        can_lend = bool(seat.barred) and seat.barred[0][2] is None
        remedy = "Let somebody stand in for them, or cancel." if can_lend else "Cancel it."
        return f"Nobody can take the seat {seat.name}: {seat.person} {why}. {remedy}"
    if not seat.barred:
        return (
            f"Nobody can take the seat {seat.name}: nobody has the role {seat.role}. "
            "Give somebody the role, or cancel."
        )
    told = "; ".join(
        f"{it[0]}, who has the role {seat.role}, {_barring(*it)}" for it in seat.barred
    )
    return f"Nobody can take the seat {seat.name}: {told}. Give somebody else the role, or cancel."


def _barring(name: str, may_sign_in: bool, interest: str | None) -> str:
    if interest is None and not may_sign_in:
        return "may not sign in any more"
    if interest in (None, name):
        return "has an interest"
    return f"stands in for {interest}, who has an interest"
