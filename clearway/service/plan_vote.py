"""The rules of voting: who may cast for which seat of a round, and what a ballot says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clearway.service.asked_round import ballots_of, seat_named, seat_round, stood_in_for
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.end_round import end_round
from clearway.service.entitled import refuse_closed
from clearway.service.permissions import cannot_see
from clearway.service.plan import Outcome, planned
from clearway.service.values import Actor, Refusal
from clearway.store import rows
from clearway.store.effect import CastBallot
from clearway.store.rows import Snapshot, WorkItem
from processes.approval import Ballot, Choice, Round, movable, votes_left
from processes.blank import is_blank
from processes.casting import incomplete, may_cast
from processes.catalogue import Rule


@dataclass(frozen=True)
class Vote:
    """What a person wants to say for a seat, having read the round with this revision."""

    seat: str
    choice: str
    reason: str = ""
    conditions: str = ""
    read: int | None = None
    independent: bool | None = None
    """That they have no interest in the outcome; None: they were not asked."""


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
    info = deployed.elements.get(item.element)
    may_defer = info is not None and info.may_defer
    asked = seat_round(item.round, rule, snapshot, actor, may_defer=may_defer)
    before = ballots_of(item.round)
    ballot = _ballot(item.round, vote, actor, now, choices_of(may_defer=may_defer))
    if isinstance(ballot, Refusal):
        return ballot
    if (refusal := _unattested(item.round, vote)) is not None:
        return refusal
    refusal = why_not(asked, item.round, snapshot, actor, vote.seat, now)
    if refusal is not None:
        return refusal
    if (missing := incomplete(ballot)) is not None:
        return Refusal("invalid", missing.reason, "Fill it in and vote again.", _field(ballot))
    lenders = stood_in_for(seat_named(item.round, vote.seat), snapshot, actor)
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
    _cast(deed, item, item.round, ballot, vote.independent if item.round.excluded else None)
    ballots = [*(it for it in stays if it.seat != vote.seat), ballot]
    verdict = rule.decide(asked, ballots)
    if verdict.decided:
        end_round(deed, item, item.round, verdict, ballots)
    return planned(deed, work_item_id, outcome=verdict.outcome.value, because=verdict.reason)


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
    lenders = [name for it in found for name in stood_in_for(it, snapshot, actor)]
    ballots = ballots_of(round_)
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
    lenders = stood_in_for(seat_named(round_, seat), snapshot, actor)
    return next(iter(votes_left(actor.name, lenders, ballots_of(round_))), None)


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


def _unattested(round_: rows.Round, vote: Vote) -> Refusal | None:
    """None unless the voter was asked whether they are independent, says no, and would decide."""
    deciding = (Choice.APPROVE, Choice.APPROVE_WITH_CONDITIONS, Choice.REJECT)
    if vote.independent is not False or not round_.excluded or vote.choice not in deciding:
        return None
    return Refusal(
        "invalid",
        "Whoever has an interest in the outcome does not decide on it.",
        "Say that you are independent, or abstain.",
        {"independent": "Needed for a yes or a no. Abstain when you cannot say it."},
    )


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
    independent: bool | None,
) -> None:
    seat = seat_named(round_, ballot.seat)
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
            independent,
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
        **({"independent": True} if independent else {}),
    )


def choices_of(*, may_defer: bool) -> Sequence[Choice]:
    """What a ballot may say."""
    return [it for it in Choice if may_defer or it is not Choice.DEFER]


def _ballot(
    round_: rows.Round, vote: Vote, actor: Actor, now: datetime, open_to: Sequence[Choice]
) -> Ballot | Refusal:
    choice = next((it for it in open_to if it == vote.choice), None)
    if choice is None and vote.choice == Choice.DEFER:
        told = "This decision cannot be put off."
        return Refusal("invalid", told, "Approve it, reject it or abstain.", {"choice": told})
    if choice is None:
        choices = ", ".join(open_to)
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


def _is_elsewhere(before: Ballot, ballot: Ballot) -> bool:
    return before.person == ballot.person and before.seat != ballot.seat


def _field(ballot: Ballot) -> Mapping[str, str]:
    if ballot.choice in (Choice.REJECT, Choice.DEFER) and not ballot.reason:
        return {"reason": "This is needed."}
    return {"conditions": "Name the conditions, one on each line; only this choice has them."}
