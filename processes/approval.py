"""Approval: a round of seats, the ballots cast for them, and which of these count.

Defaults follow CAB practice: quorum and votes of a change advisory board, no approval by silence.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from clearway.errors import ClearwayError

PersonId = str
SeatId = str


class ApprovalError(ClearwayError):
    """A round or its ballots contradict themselves; the text says what and how to put it right."""


class Choice(StrEnum):
    """What a ballot says. Abstaining counts for the quorum alone, and so does deferring.

    Deferring asks to decide another time; it is open where the round `may_defer`.
    """

    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve_with_conditions"
    REJECT = "reject"
    DEFER = "defer"
    ABSTAIN = "abstain"


class Outcome(StrEnum):
    """How a round stands, or ended.

    `UNREACHABLE`: seats are still open, but approval can no longer come. `DEFERRED`: neither
    approved nor rejected, to be decided another time. `UNDECIDED`: it ended before anything was.
    """

    APPROVED = "approved"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    UNDECIDED = "undecided"
    OPEN = "open"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Seat:
    """A right to one ballot, held by a person or by any member of a role.

    A delegate acts for the holder, strictly before `delegate_until`. A mandatory seat must have
    cast; a veto seat's rejection rejects; the chair's ballot decides a tie.
    """

    id: SeatId
    holder: PersonId | None = None
    role: str | None = None
    mandatory: bool = False
    veto: bool = False
    chair: bool = False
    delegate: PersonId | None = None
    delegate_until: datetime | None = None

    def __post_init__(self) -> None:
        if (self.holder is None) == (self.role is None):
            raise ApprovalError(f"seat {self.id!r} needs either a holder or a role; give it one")
        if (self.delegate is None) != (self.delegate_until is None):
            raise ApprovalError(
                f"seat {self.id!r}: a delegation is for a person and until an instant; give both"
            )
        _check_aware(self.delegate_until, f"seat {self.id!r}: delegate_until")


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many seats must cast, and how many must say yes.

    At least `at_least` seats, more than the share `more_than` of all seats (None: any share), and
    the chair's if `chair`. Shares are compared exactly: more than half of five is three.
    """

    at_least: int = 1
    more_than: Fraction | None = None
    chair: bool = False
    yes: int = 1

    def __post_init__(self) -> None:
        if self.at_least < 1 or self.yes < 1:
            raise ApprovalError("a quorum needs at least one seat and one yes; nothing is silent")
        if self.more_than is not None and not 0 <= self.more_than < 1:
            raise ApprovalError("more_than is a share of the seats from 0 to below 1; use 1/2")

    def seats_needed(self, seats: int) -> int:
        """How many of `seats` seats must cast."""
        share = 0 if self.more_than is None else seats * self.more_than // 1 + 1
        return max(self.at_least, int(share))


@dataclass(frozen=True, slots=True)
class Round:
    """One asking of the seats about one revision of a thing; only its own ballots count.

    `may_defer`: the seats may also put the decision off.
    """

    revision: int
    seats: tuple[Seat, ...]
    quorum: Quorum
    opened_at: datetime
    deadline: datetime | None = None
    may_defer: bool = False

    def __post_init__(self) -> None:
        ids = [seat.id for seat in self.seats]
        if len(set(ids)) != len(ids):
            raise ApprovalError("two seats of a round have one id; name each seat once")
        if self.quorum.seats_needed(len(ids)) > len(ids) or self.quorum.yes > len(ids):
            raise ApprovalError(
                f"a round of {len(ids)} seats can never meet its quorum; add seats or ask for less"
            )
        chairs = sum(seat.chair for seat in self.seats)
        if chairs > 1 or (self.quorum.chair and not chairs):
            raise ApprovalError(f"the round has {chairs} chairs; mark one seat as the chair")
        _check_aware(self.opened_at, "opened_at")
        _check_aware(self.deadline, "deadline")

    @property
    def chair(self) -> Seat | None:
        """The seat that decides a tie, if there is one."""
        return next((seat for seat in self.seats if seat.chair), None)

    def seat(self, seat_id: SeatId) -> Seat | None:
        return next((seat for seat in self.seats if seat.id == seat_id), None)


@dataclass(frozen=True, slots=True)
class Ballot:
    """What `person` said for a seat about one revision, and when; all are kept."""

    seat: SeatId
    person: PersonId
    choice: Choice
    revision: int
    at: datetime
    reason: str = ""
    conditions: tuple[str, ...] = ()
    instead_of: PersonId | None = None
    """Whose vote it is, when `person` stood in for somebody."""

    @property
    def voter(self) -> PersonId:
        """Whose vote it is."""
        return self.instead_of or self.person

    def __post_init__(self) -> None:
        _check_aware(self.at, f"ballot for seat {self.seat!r}: at")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ballots decide, in one sentence for its reader, and the conditions of a yes."""

    outcome: Outcome
    reason: str
    conditions: tuple[str, ...] = ()

    @property
    def decided(self) -> bool:
        """Nothing that the open seats may still say changes it."""
        return self.outcome is not Outcome.OPEN


def counting(round_: Round, ballots: Sequence[Ballot]) -> dict[SeatId, Ballot]:
    """The ballots that count: of this round's revision, the latest of each seat and person.

    One person, one ballot, the last one counts: the seat they left is empty again. Raises
    ApprovalError for a ballot without a seat, and for two of one person at one instant.
    """
    latest: dict[SeatId, Ballot] = {}
    for ballot in sorted(ballots, key=lambda ballot: ballot.at):
        if ballot.revision == round_.revision:
            left = [it.seat for it in latest.values() if it.person == ballot.person]
            for seat in left:
                if latest[seat].at < ballot.at:
                    del latest[seat]
            latest[ballot.seat] = ballot
    for seat in latest:
        if round_.seat(seat) is None:
            raise ApprovalError(f"a ballot was cast for {seat!r}, which is no seat of the round")
    if len({ballot.person for ballot in latest.values()}) != len(latest):
        raise ApprovalError("one person has cast for two seats; withdraw one of the ballots")
    if len({ballot.voter for ballot in latest.values()}) != len(latest):
        raise ApprovalError("the vote of one person was cast twice; withdraw one of the ballots")
    return latest


def movable(
    ballots: Sequence[Ballot], person: PersonId, seat: SeatId, *, own: bool = True
) -> list[Ballot]:
    """What stands while `person` casts for `seat`: all but what they said for another seat.

    When the vote is their `own`, what somebody else said for them does not stand either.
    """
    stays = [it for it in ballots if it.person != person or it.seat == seat]
    return [it for it in stays if not own or it.instead_of != person]


def votes_left(
    person: PersonId, lenders: Sequence[PersonId], ballots: Sequence[Ballot]
) -> list[PersonId]:
    """Whose votes nobody but `person` has cast, of the `lenders` for whom they stand in.

    The one that they cast before comes first; a ballot is the vote of the first one.
    """
    before = next((it.instead_of for it in ballots if it.person == person), None)
    cast = {it.voter for it in ballots if it.person != person}
    left = [lender for lender in lenders if lender not in cast]
    return sorted(left, key=lambda lender: lender != before)


def is_needed(seat: Seat, quorum: Quorum) -> bool:
    """Whether the round cannot decide before this seat has cast."""
    return seat.mandatory or (seat.chair and quorum.chair)


def unfilled(takers: Mapping[SeatId, Collection[PersonId]]) -> tuple[SeatId, ...]:
    """The seats that stay empty however those who may take them sit down; one person, one seat.

    `takers` has every seat that must cast, with those who may cast for it.
    """
    sits = seated(takers)
    return tuple(seat for seat in takers if seat not in sits)


def seated(takers: Mapping[SeatId, Collection[PersonId]]) -> dict[SeatId, PersonId]:
    """Who sits where, so that as many seats as possible are taken; one person, one seat.

    `takers` has those who may take each seat. An earlier seat is never left empty for a later one.
    """
    sits: dict[PersonId, SeatId] = {}

    def finds(seat: SeatId, asked: set[PersonId]) -> bool:
        for person in takers[seat]:
            if person in asked:
                continue
            asked.add(person)
            if person not in sits or finds(sits[person], asked):
                sits[person] = seat
                return True
        return False

    for seat in takers:
        finds(seat, set())
    return {seat: person for person, seat in sits.items()}


def _check_aware(moment: datetime | None, what: str) -> None:
    if moment is not None and moment.utcoffset() is None:
        raise ApprovalError(f"{what} has no time zone; give an aware instant")
