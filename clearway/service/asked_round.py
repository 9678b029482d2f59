"""A stored round as the rules see it: its seats, its ballots, and for whom the actor stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from clearway.service.values import Actor
from clearway.store import rows
from clearway.store.rows import Snapshot
from processes.approval import Ballot, Choice, Round, Seat, Verdict
from processes.catalogue import ApprovalRule, Rule


def seat_round(
    round_: rows.Round,
    rule: ApprovalRule,
    snapshot: Snapshot,
    actor: Actor,
    *,
    may_defer: bool = False,
) -> Round:
    """The round as the rules see it, with the actor as delegate where they stand in."""
    seats = [_seat(seat, _delegation(seat, snapshot, actor)) for seat in round_.seats]
    return _round(round_, rule, seats, may_defer=may_defer)


def bare_round(round_: rows.Round, rule: ApprovalRule, *, may_defer: bool = False) -> Round:
    """The round as the rules see it, whoever stands in."""
    return _round(round_, rule, [_seat(it, None) for it in round_.seats], may_defer=may_defer)


def standing(round_: rows.Round, rules: Mapping[str, Rule], *, may_defer: bool = False) -> Verdict:
    """What the rule says of the ballots so far."""
    rule = rules[round_.rule]
    return rule.decide(bare_round(round_, rule, may_defer=may_defer), ballots_of(round_))


def seat_named(round_: rows.Round, seat: str) -> rows.Seat:
    """The seat of the round with this name."""
    return next(it for it in round_.seats if it.name == seat)


def ballots_of(round_: rows.Round) -> Sequence[Ballot]:
    """The ballots that count, as the rules see them."""
    names = {seat.id: seat.name for seat in round_.seats}
    return [
        Ballot(
            names[it.seat_id],
            it.person,
            Choice(it.choice),
            round_.revision,
            it.cast_at,
            it.reason or "",
            tuple((it.conditions or "").splitlines()),
            it.instead_of,
        )
        for it in round_.ballots
    ]


def stood_in_for(seat: rows.Seat, snapshot: Snapshot, actor: Actor) -> Sequence[str]:
    """Whose right to the seat the actor uses: nobody's when the seat is their own."""
    own = actor.name == seat.person if seat.person is not None else seat.role in actor.roles
    return [] if own else sorted({it.person for it in _lending(seat, snapshot)})


def _round(
    round_: rows.Round, rule: ApprovalRule, seats: Sequence[Seat], *, may_defer: bool
) -> Round:
    if may_defer and not rule.quorum.chair:
        # Nothing may wait for a chair who has an interest and may never say whether to defer.
        seats = [replace(it, chair=it.chair and it.holder not in round_.excluded) for it in seats]
    # The deadline shows a round as late; it does not close it: nothing is decided by silence.
    return Round(round_.revision, tuple(seats), rule.quorum, round_.opened_at, may_defer=may_defer)


def _delegation(seat: rows.Seat, snapshot: Snapshot, actor: Actor) -> tuple[str, datetime] | None:
    lent = _lending(seat, snapshot)
    return (actor.name, lent[0].until) if lent else None


def _lending(seat: rows.Seat, snapshot: Snapshot) -> Sequence[rows.StandIn]:
    """The delegations by which the seat is the actor's: its person's, or of who has its role."""
    if seat.person is not None:
        return [it for it in snapshot.stands_in_for if it.person == seat.person]
    return [it for it in snapshot.stands_in_for if seat.role in it.roles]


def _seat(seat: rows.Seat, delegation: tuple[str, datetime] | None) -> Seat:
    delegate, until = delegation or (None, None)
    # A seat with a person is theirs alone; its role says only why they sit there.
    role = None if seat.person is not None else seat.role
    return Seat(
        seat.name, seat.person, role, seat.mandatory, seat.veto, seat.chair, delegate, until
    )
