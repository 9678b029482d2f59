"""The rules of voting: who may cast for which seat, and what a decided round comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clearway.engine.values import CompleteWorkItem
from clearway.errors import ClearwayError
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.entitled import refuse_closed
from clearway.service.permissions import cannot_see
from clearway.service.plan import Outcome, planned
from clearway.service.values import Actor, Refusal
from clearway.store import rows
from clearway.store.candidates import NeededSeat
from clearway.store.effect import CastBallot, ClosedRound
from clearway.store.rows import Snapshot, WorkItem
from processes.approval import Ballot, Choice, Round, Seat, Verdict, movable, unfilled, votes_left
from processes.approval import Outcome as Verdicts
from processes.blank import is_blank
from processes.casting import incomplete, may_cast
from processes.catalogue import ApprovalRule, Rule

APPROVED = "approved"
REJECTED = "rejected"


class BrokenRound(ClearwayError):
    """A stored round contradicts the rules: the text says how; `clearway verify` finds more."""


@dataclass(frozen=True)
class Vote:
    """What a person wants to say for a seat, having read the round with this revision."""

    seat: str
    choice: str
    reason: str = ""
    conditions: str = ""
    read: int | None = None


def plan_vote(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    work_item_id: int,
    vote: Vote,
    rules: Mapping[str, Rule],
    now: datetime,
) -> Outcome:
    """A ballot is cast; when it decides the round, the work item completes with the result.

    Raises ProcessFault when the process itself fails after the decision.
    """
    item = snapshot.work_item(work_item_id)
    if item is None:
        return cannot_see("task")
    if (refusal := refuse_closed(item)) is not None:
        return refusal
    if item.round is None:
        return Refusal("invalid", "This task is no approval.", "Complete its form instead.")
    if vote.read not in (None, item.round.revision):
        return _changed(item.round, vote.read)
    rule = rules[item.round.rule]
    asked = _round(item.round, rule, snapshot, actor)
    before = _ballots(item.round)
    ballot = _ballot(item.round, vote, actor, now)
    if isinstance(ballot, Refusal):
        return ballot
    refusal = why_not(asked, item.round, snapshot, actor, vote.seat, now)
    if refusal is not None:
        return refusal
    if (missing := incomplete(ballot)) is not None:
        return Refusal("invalid", missing.reason, "Fill it in and vote again.", _field(ballot))
    lenders = _stood_in_for(_named(item.round, vote.seat), snapshot, actor)
    ballot = replace(ballot, instead_of=whose_vote(item.round, vote.seat, snapshot, actor))
    left = next((it.seat for it in before if _is_elsewhere(it, ballot)), None)
    stays = movable(before, actor.name, vote.seat, own=not lenders)
    taken = next((it for it in stays if it.seat == vote.seat and it.person != actor.name), None)
    if left is not None and taken is not None:
        return Refusal(
            "conflict",
            f"{taken.person} has cast for seat {vote.seat}, and you for seat {left}.",
            "Leave it so, or change your vote there: both count.",
        )
    deed = Deed(deployed, actor, "vote", now, snapshot=snapshot)
    _cast(deed, item, item.round, ballot)
    ballots = [*(it for it in stays if it.seat != vote.seat), ballot]
    verdict = rule.decide(asked, ballots)
    if verdict.decided:
        _decide(deed, item, item.round, verdict, ballots)
    return planned(deed, work_item_id, outcome=verdict.outcome.value, because=verdict.reason)


def seat_round(
    round_: rows.Round, rules: Mapping[str, Rule], snapshot: Snapshot, actor: Actor
) -> Round:
    """The round as the rules see it, with the actor as delegate where they stand in."""
    return _round(round_, rules[round_.rule], snapshot, actor)


def standing(round_: rows.Round, rules: Mapping[str, Rule]) -> Verdict:
    """What the rule says of the ballots so far."""
    rule = rules[round_.rule]
    seats = tuple(_seat(seat, None) for seat in round_.seats)
    return rule.decide(
        Round(round_.revision, seats, rule.quorum, round_.opened_at), _ballots(round_)
    )


def vacancies(seats: Sequence[NeededSeat]) -> list[str]:
    """A sentence for each seat of one round that nobody can take, with what to do about it."""
    empty = set(unfilled({seat.name: seat.takers for seat in seats}))
    return [_vacancy(seat) for seat in seats if seat.name in empty]


def chair_rules(rules: Mapping[str, Rule]) -> list[str]:
    """The rules by which nothing is decided without the chair."""
    return [name for name, rule in rules.items() if rule.quorum.chair]


def why_not(
    asked: Round,
    round_: rows.Round,
    snapshot: Snapshot,
    actor: Actor,
    seat: str,
    now: datetime,
) -> Refusal | None:
    """None when the actor may cast for this seat now."""
    if not actor.is_person:
        return Refusal("not_allowed", "Only people vote.", "Sign in as a person.")
    excluded = set(round_.excluded)
    # Whoever stands in for somebody with an interest has that interest too, through however many.
    if snapshot.behind & excluded:
        excluded.add(actor.name)
    found = [it for it in round_.seats if it.name == seat]
    lenders = [name for it in found for name in _stood_in_for(it, snapshot, actor)]
    ballots = _ballots(round_)
    refusal = may_cast(
        asked,
        seat,
        actor.name,
        roles=actor.roles,
        excluded=excluded,
        # One person, one ballot, the last one counts: it moves with its person.
        ballots=movable(ballots, actor.name, seat, own=not lenders),
        at=now,
    )
    if refusal is None:
        return _no_vote_left(actor, lenders, ballots)
    code = "not_found" if asked.seat(seat) is None else "not_allowed"
    return Refusal(code, refusal.reason, "Leave the decision to the other seats.")


def whose_vote(round_: rows.Round, seat: str, snapshot: Snapshot, actor: Actor) -> str | None:
    """For whom the actor would cast for this seat; None: it would be their own vote."""
    lenders = _stood_in_for(_named(round_, seat), snapshot, actor)
    return next(iter(votes_left(actor.name, lenders, _ballots(round_))), None)


def _no_vote_left(
    actor: Actor, lenders: Sequence[str], ballots: Sequence[Ballot]
) -> Refusal | None:
    """None when the actor has a vote to cast: their own, or one of those for whom they stand in."""
    if not lenders or votes_left(actor.name, lenders, ballots):
        return None
    cast = next(it for it in ballots if it.voter in lenders and it.person != actor.name)
    whose = "a vote" if cast.instead_of is None else f"the vote of {cast.instead_of}"
    return Refusal(
        "not_allowed",
        f"{cast.person} has already cast {whose}; one person, one vote.",
        "Leave the decision to the other seats.",
    )


def _named(round_: rows.Round, seat: str) -> rows.Seat:
    return next(it for it in round_.seats if it.name == seat)


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


def _changed(round_: rows.Round, read: int) -> Refusal:
    return Refusal(
        "stale",
        f"This is round {round_.revision} now: what is voted on has changed since you read it in "
        f"round {read}.",
        "Read it again, then vote.",
    )


def _cast(
    deed: Deed,
    item: WorkItem,
    round_: rows.Round,
    ballot: Ballot,
) -> None:
    seat = _named(round_, ballot.seat)
    names = {it.id: it.name for it in round_.seats}
    mine = next((it for it in round_.ballots if it.person == ballot.person), None)
    for_me = next((it for it in round_.ballots if it.instead_of == ballot.voter), None)
    here = next((it for it in round_.ballots if it.seat_id == seat.id), None)
    old = {it.id for it in (mine, for_me, here) if it is not None}
    is_moved = mine is not None and mine.seat_id != seat.id
    given_up = mine and (mine.instead_of or mine.person)
    given_up = None if given_up == ballot.voter else given_up
    taken_from = for_me.person if for_me and for_me.person != ballot.person else None
    deed.ballots.append(
        CastBallot(
            seat.id,
            ballot.person,
            ballot.choice.value,
            ballot.reason or None,
            "\n".join(ballot.conditions) or None,
            tuple(sorted(old)),
            ballot.instead_of,
        )
    )
    deed.line(
        "voted",
        item.element,
        name=item.name,
        seat=ballot.seat,
        holder=seat.person or seat.role,
        choice=ballot.choice.value,
        reason=ballot.reason,
        conditions="\n".join(ballot.conditions),
        round=round_.revision,
        replaced=bool(old) and not is_moved and taken_from is None,
        **({"moved_from": names[mine.seat_id]} if is_moved and mine else {}),
        **({"for": ballot.instead_of} if ballot.instead_of else {}),
        **({"taken_from": taken_from} if taken_from else {}),
        **({"given_up": given_up} if given_up else {}),
    )


def _decide(
    deed: Deed,
    item: WorkItem,
    round_: rows.Round,
    verdict: Verdict,
    ballots: Sequence[Ballot],
) -> None:
    outcome = APPROVED if verdict.outcome is Verdicts.APPROVED else REJECTED
    deed.closed_rounds.append(ClosedRound(round_.id, outcome, verdict.reason))
    deed.line(
        "decided_round",
        item.element,
        name=item.name,
        outcome=outcome,
        because=verdict.reason,
        conditions=list(verdict.conditions),
        rule=round_.rule,
        round=round_.revision,
    )
    deed.change(round_.result_field, outcome, item.element)
    _keep_words(deed, item.element, outcome, ballots)
    voters = [name for it in ballots for name in (it.person, it.instead_of) if name]
    deed.complete(item, list(dict.fromkeys(voters)))
    deed.run(CompleteWorkItem(item.token))


def _keep_words(deed: Deed, element: str, outcome: str, ballots: Sequence[Ballot]) -> None:
    """Why it was rejected, and on which conditions it was approved, stand in the record.

    Where the diagram names a field for it; what an earlier round said goes.
    """
    info = deed.deployed.elements[element]
    said = [it for it in ballots if outcome == APPROVED or it.choice is Choice.REJECT]
    reasons = [f"{it.person}: {it.reason}" for it in said if outcome == REJECTED]
    conditions = [f"{it.person}: {each}" for it in said for each in it.conditions]
    for field, lines in ((info.reasons, reasons), (info.conditions, conditions)):
        if field is not None:
            deed.change(field, "\n".join(lines) or None, element)


def _ballot(round_: rows.Round, vote: Vote, actor: Actor, now: datetime) -> Ballot | Refusal:
    try:
        choice = Choice(vote.choice)
    except ValueError:
        choices = ", ".join(Choice)
        return Refusal(
            "invalid",
            f"A vote is one of {choices}.",
            "Choose one of them.",
            {"choice": f"This must be one of {choices}."},
        )
    lines = vote.conditions.splitlines()
    conditions = tuple(line.strip() for line in lines if not is_blank(line))
    reason = "" if is_blank(vote.reason) else vote.reason.strip()
    return Ballot(vote.seat, actor.name, choice, round_.revision, now, reason, conditions)


def _ballots(round_: rows.Round) -> Sequence[Ballot]:
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


def _is_elsewhere(before: Ballot, ballot: Ballot) -> bool:
    return before.person == ballot.person and before.seat != ballot.seat


def _round(round_: rows.Round, rule: ApprovalRule, snapshot: Snapshot, actor: Actor) -> Round:
    seats = tuple(_seat(seat, _delegation(seat, snapshot, actor)) for seat in round_.seats)
    # The deadline shows a round as late; it does not close it: nothing is decided by silence.
    return Round(round_.revision, seats, rule.quorum, round_.opened_at)


def _delegation(seat: rows.Seat, snapshot: Snapshot, actor: Actor) -> tuple[str, datetime] | None:
    lent = _lending(seat, snapshot)
    return (actor.name, lent[0].until) if lent else None


def _stood_in_for(seat: rows.Seat, snapshot: Snapshot, actor: Actor) -> Sequence[str]:
    """Whose right to the seat the actor uses: nobody's when the seat is their own."""
    own = actor.name == seat.person if seat.person is not None else seat.role in actor.roles
    return [] if own else sorted({it.person for it in _lending(seat, snapshot)})


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


def _field(ballot: Ballot) -> Mapping[str, str]:
    if ballot.choice is Choice.REJECT and not ballot.reason:
        return {"reason": "This is needed."}
    return {"conditions": "Name the conditions, one on each line; only this choice has them."}
