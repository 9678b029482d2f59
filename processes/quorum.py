"""Who is expected to vote in a meeting, and whether they are enough to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from processes.approval import PersonId, Quorum, SeatId, seated


@dataclass(frozen=True, slots=True)
class Away:
    """Who may take a seat and is away at the time of the meeting, until when (UTC)."""

    person: PersonId
    until: datetime
    delegate: PersonId | None = None


@dataclass(frozen=True, slots=True)
class ExpectedSeat:
    """A seat and who may take it at the time of the meeting, without those who have an interest.

    `needed`: nothing is decided before it has cast. `voted` is who has cast already.
    """

    id: SeatId
    whose: str
    """The person or the role that the seat is for, as people read it."""
    needed: bool
    takers: tuple[PersonId, ...] = ()
    away: tuple[Away, ...] = ()
    voted: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Who is expected, and a sentence for each thing that keeps the seats from deciding.

    `invited` are all who may take a seat then, and who has voted; `sits` says who fills which.
    """

    invited: tuple[PersonId, ...]
    gaps: tuple[str, ...]
    sits: Mapping[SeatId, PersonId]

    @property
    def can_decide(self) -> bool:
        """Those who are expected are enough: what they say decides."""
        return not self.gaps


def forecast(seats: Sequence[ExpectedSeat], quorum: Quorum) -> Forecast:
    """Seat as many as possible, one person in one seat, the seats that must vote first.

    Votes that were cast before the meeting count as seated. The same seats give the same answer.
    """
    sits = _seated(seats)
    gaps = [_gap(it) for it in seats if it.needed and it.id not in sits]
    needed = quorum.seats_needed(len(seats))
    if len(sits) < needed:
        absent = _absent([it for it in seats if it.id not in sits and not it.needed])
        gaps.append(
            f"Only {len(sits)} of {len(seats)} seats can vote, and {needed} are needed"
            + (f": {absent}." if absent else ".")
        )
    invited = {name for it in seats for name in (*it.takers, it.voted) if name is not None}
    return Forecast(tuple(sorted(invited)), tuple(gaps), sits)


def _seated(seats: Sequence[ExpectedSeat]) -> dict[SeatId, PersonId]:
    voted = {it.id: it.voted for it in seats if it.voted is not None}
    # An earlier seat is never left empty for a later one: those that must vote come first.
    left = sorted((it for it in seats if it.id not in voted), key=lambda it: not it.needed)
    free = {it.id: [one for one in it.takers if one not in voted.values()] for it in left}
    return {**voted, **seated(free)}


def _gap(seat: ExpectedSeat) -> str:
    if seat.takers:
        who = " and ".join(seat.takers)
        verb = "sit" if len(seat.takers) > 1 else "sits"
        return f"Seat {seat.id} stays empty: {who} {verb} elsewhere, and one person has one vote."
    if seat.away:
        return f"Seat {seat.id} stays empty: {_absent([seat])}."
    return f"Seat {seat.id} stays empty: nobody may take it who is {seat.whose}."


def _absent(seats: Sequence[ExpectedSeat]) -> str:
    found = {it.person: it for seat in seats for it in seat.away}
    return ", ".join(_away(found[name]) for name in sorted(found))


def _away(one: Away) -> str:
    until = f"{one.person} is away until {one.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if one.delegate is None:
        return f"{until} and nobody stands in"
    return f"{until}, and {one.delegate}, who stands in, cannot take it"
