"""Who may cast a ballot for a seat: its holder or delegate, once, and free of any interest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from processes.approval import (
    Ballot,
    Choice,
    PersonId,
    Round,
    Seat,
    SeatId,
    counting,
)
from processes.blank import is_blank
from processes.verdict import decide


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in one sentence for the person who asked."""

    reason: str


def may_cast(
    round_: Round,
    seat_id: SeatId,
    person: PersonId,
    *,
    roles: Collection[str],
    excluded: Collection[PersonId],
    ballots: Sequence[Ballot],
    at: datetime,
) -> Refusal | None:
    """None when `person` may cast or replace the seat's ballot at `at`, else the first reason.

    `roles` are the person's roles; `excluded` is what `without_vote` says about those with an
    interest in the outcome. Whoever this round names as a delegate of an excluded person is
    excluded too. Raises ApprovalError when `ballots` contradict each other.
    """
    seat = round_.seat(seat_id)
    if seat is None:
        return Refusal(f"This round has no seat {seat_id}.")
    verdict = decide(round_, ballots)
    if verdict.decided:
        return Refusal(f"This round is already decided. {verdict.reason}")
    if round_.deadline is not None and at >= round_.deadline:
        return Refusal("The deadline of this round has passed.")
    return (
        _not_theirs(seat, person, roles, at)
        or _interested(round_, seat, person, excluded, at)
        or _cast_before(round_, seat, person, ballots)
    )


def without_vote(
    interested: Collection[PersonId], delegates: Mapping[PersonId, Collection[PersonId]]
) -> frozenset[PersonId]:
    """Those with an interest (author, implementer) and whoever stands in for one of them.

    `delegates` maps a person to the delegates in force at this time. A delegate's own delegate is
    excluded as well: an interest is not lost by handing it on twice.
    """
    found: set[PersonId] = set()
    waiting = list(interested)
    while waiting:
        person = waiting.pop()
        if person not in found:
            found.add(person)
            waiting.extend(delegates.get(person, ()))
    return frozenset(found)


def recused(round_: Round, excluded: Collection[PersonId]) -> tuple[Seat, ...]:
    """The seats for which nobody may cast because their holder is excluded; seat others there."""
    return tuple(seat for seat in round_.seats if seat.holder in excluded)


def incomplete(ballot: Ballot) -> Refusal | None:
    """None when the ballot says all that its choice needs, else what is missing."""
    if ballot.choice is Choice.REJECT and is_blank(ballot.reason):
        return Refusal("A rejection needs a reason, so that the author can act on it.")
    if ballot.choice is Choice.DEFER and is_blank(ballot.reason):
        return Refusal("To defer it needs a reason: what has to be known or done first.")
    conditions = not all(is_blank(condition) for condition in ballot.conditions)
    if ballot.choice is Choice.APPROVE_WITH_CONDITIONS and not conditions:
        return Refusal("An approval with conditions needs to name them.")
    if ballot.choice is not Choice.APPROVE_WITH_CONDITIONS and ballot.conditions:
        return Refusal("Only an approval with conditions may name conditions.")
    return None


def _not_theirs(
    seat: Seat, person: PersonId, roles: Collection[str], at: datetime
) -> Refusal | None:
    if person == seat.holder or (seat.role is not None and seat.role in roles):
        return None
    if person != seat.delegate:
        return Refusal(f"Seat {seat.id} is held by {seat.holder or f'the role {seat.role}'}.")
    if not _delegated(seat, at):
        return Refusal(f"The delegation of seat {seat.id} to you ended at {seat.delegate_until}.")
    return None


def _interested(
    round_: Round, seat: Seat, person: PersonId, excluded: Collection[PersonId], at: datetime
) -> Refusal | None:
    """A delegate inherits what excludes the delegator, here and on any other seat."""
    if person in excluded:
        return Refusal("You have an interest in the outcome, so you may not vote on it.")
    if seat.holder in excluded:
        return Refusal(
            f"You would vote for {seat.holder}, who has an interest in the outcome and may not."
        )
    for other in recused(round_, excluded):
        if other.delegate == person and _delegated(other, at):
            return Refusal(
                f"You are the delegate of {other.holder}, who has an interest in the outcome, "
                "so you may not vote on it either."
            )
    return None


def _cast_before(
    round_: Round, seat: Seat, person: PersonId, ballots: Sequence[Ballot]
) -> Refusal | None:
    """A ballot may be replaced by whoever cast it, and by the holder of its seat."""
    cast = counting(round_, ballots)
    for ballot in cast.values():
        if ballot.person == person and ballot.seat != seat.id:
            return Refusal(f"You have already cast for seat {ballot.seat}; one person, one ballot.")
    before = cast.get(seat.id)
    if before is not None and person not in (before.person, seat.holder):
        return Refusal(f"{before.person} has already cast for seat {seat.id}.")
    return None


def _delegated(seat: Seat, at: datetime) -> bool:
    return seat.delegate_until is not None and at < seat.delegate_until
