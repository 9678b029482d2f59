"""What the ballots of a round decide: once nothing can change it any more, or when the round ends.

Votes of a change advisory board, no approval by silence. A veto's rejection decides, except over
the chair's word that the decision is put off.
"""

from collections.abc import Collection, Mapping, Sequence

from processes.approval import Ballot, Choice, Outcome, Round, SeatId, Verdict, counting, is_needed

_Choices = Mapping[SeatId, Choice]


def decide(round_: Round, ballots: Sequence[Ballot]) -> Verdict:
    """The verdict as soon as no ballot of an open seat can change it, and OPEN until then.

    So it is the same in whatever order the ballots arrive. Where the chair may defer, nothing is
    decided before the chair has cast. Raises ApprovalError for ballots that
    `processes.casting.may_cast` would not have let in.
    """
    cast = counting(round_, ballots)
    choices = {seat: ballot.choice for seat, ballot in cast.items()}
    waiting = [seat.id for seat in round_.seats if seat.id not in cast]
    if _chair_defers(round_, choices):
        return _deferred(round_, cast)
    if round_.may_defer and round_.chair is not None and round_.chair.id in waiting:
        return Verdict(Outcome.OPEN, _waits_for_chair(round_, cast))
    if veto := _veto(round_, cast):
        return veto
    worst = [choices, *(choices | _all(waiting, each) for each in (Choice.REJECT, Choice.DEFER))]
    if all(_approves(round_, each) for each in worst):
        return _approved(round_, cast)
    if _defers(round_, choices | _all(waiting, Choice.REJECT)):
        return _deferred(round_, cast)
    if not waiting:
        return Verdict(Outcome.REJECTED, f"Rejected with {_tally(round_, choices)}.")
    can_defer = _defers(round_, choices | _all(waiting, Choice.DEFER))
    if not can_defer and not _approves(round_, choices | _all(waiting, Choice.APPROVE)):
        return Verdict(
            Outcome.UNREACHABLE,
            f"With {_tally(round_, choices)}, the open seats cannot bring an approval any more.",
        )
    return Verdict(Outcome.OPEN, f"Not decided: {_missing(round_, choices)}.")


def conclude(round_: Round, ballots: Sequence[Ballot]) -> Verdict:
    """The verdict when the round ends now, as at its deadline: never OPEN, and silence is no yes.

    It is UNDECIDED without its quorum or a mandatory seat, and when those who cast say neither
    yes nor no.
    """
    verdict = decide(round_, ballots)
    if verdict.decided:
        return verdict
    cast = counting(round_, ballots)
    choices = {seat: ballot.choice for seat, ballot in cast.items()}
    if veto := _veto(round_, cast):
        return veto
    if not _quorate(round_, choices):
        missing = _missing(round_, choices)
        return Verdict(Outcome.UNDECIDED, f"The round ended undecided: {missing}.")
    if _defers(round_, choices):
        return _deferred(round_, cast)
    if _approves(round_, choices):
        return _approved(round_, cast)
    if _rejects(round_, choices):
        return Verdict(Outcome.REJECTED, f"Rejected with {_tally(round_, choices)}.")
    told = f"The round ended undecided, with {_tally(round_, choices)}."
    return Verdict(Outcome.UNDECIDED, told)


def progress(round_: Round, ballots: Sequence[Ballot]) -> str:
    """`2 of 5 have voted, 3 are needed; the chair and owner must.`"""
    cast = counting(round_, ballots)
    needed = round_.quorum.seats_needed(len(round_.seats))
    chair = round_.chair
    must = [
        "the chair" if seat is chair else seat.id
        for seat in round_.seats
        if seat.id not in cast
        and (is_needed(seat, round_.quorum) or (seat is chair and round_.may_defer))
    ]
    has = "has" if len(cast) == 1 else "have"
    are = "is" if needed == 1 else "are"
    told = f"{len(cast)} of {len(round_.seats)} {has} voted, {needed} {are} needed"
    return f"{told}; {_and(must)} must." if must else f"{told}."


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _approves(round_: Round, choices: _Choices) -> bool:
    """Whether exactly these choices approve: more yes than no, the chair's word in a tie."""
    if not _quorate(round_, choices) or _defers(round_, choices):
        return False
    if _is_vetoed(round_, choices):
        return False
    yes, no = _yes(choices.values()), _no(choices.values())
    if yes == no:
        return yes >= round_.quorum.yes and _says_yes(_of_chair(round_, choices))
    return yes > no and yes >= round_.quorum.yes


def _rejects(round_: Round, choices: _Choices) -> bool:
    """Whether those who cast say no: more no than yes, the chair's word in a tie."""
    yes, no = _yes(choices.values()), _no(choices.values())
    return no > yes or (no == yes and _of_chair(round_, choices) is Choice.REJECT)


def _defers(round_: Round, choices: _Choices) -> bool:
    """Whether exactly these choices put it off: the chair's word, without a chair a majority."""
    if not round_.may_defer or round_.chair is not None:
        return _chair_defers(round_, choices)
    asking = sum(choice is Choice.DEFER for choice in choices.values())
    return 2 * asking > len(choices) and not _is_vetoed(round_, choices)


def _chair_defers(round_: Round, choices: _Choices) -> bool:
    return round_.may_defer and _of_chair(round_, choices) is Choice.DEFER


def _of_chair(round_: Round, choices: _Choices) -> Choice | None:
    return None if round_.chair is None else choices.get(round_.chair.id)


def _is_vetoed(round_: Round, choices: _Choices) -> bool:
    return any(seat.veto and choices.get(seat.id) is Choice.REJECT for seat in round_.seats)


def _quorate(round_: Round, choices: _Choices) -> bool:
    return len(choices) >= round_.quorum.seats_needed(len(round_.seats)) and not _absent(
        round_, choices
    )


def _absent(round_: Round, choices: _Choices) -> list[SeatId]:
    """The seats without which the round cannot decide and that have not cast."""
    return [
        seat.id
        for seat in round_.seats
        if is_needed(seat, round_.quorum) and seat.id not in choices
    ]


def _veto(round_: Round, cast: Mapping[SeatId, Ballot]) -> Verdict | None:
    for seat in round_.seats:
        ballot = cast.get(seat.id)
        if seat.veto and ballot is not None and ballot.choice is Choice.REJECT:
            why = f": {ballot.reason}" if ballot.reason else "."
            return Verdict(
                Outcome.REJECTED, f"Rejected by seat {seat.id}, whose rejection decides{why}"
            )
    return None


def _deferred(round_: Round, cast: Mapping[SeatId, Ballot]) -> Verdict:
    choices = {seat: ballot.choice for seat, ballot in cast.items()}
    if round_.chair is not None and _chair_defers(round_, choices):
        why = cast[round_.chair.id].reason
        told = f": {why}" if why else "."
        return Verdict(Outcome.DEFERRED, f"Deferred by seat {round_.chair.id}, the chair{told}")
    return Verdict(Outcome.DEFERRED, f"Deferred with {_tally(round_, choices)}.")


def _waits_for_chair(round_: Round, cast: Mapping[SeatId, Ballot]) -> str:
    choices = {seat: ballot.choice for seat, ballot in cast.items()}
    vetoing = [seat.id for seat in round_.seats if seat.veto and _is_no(choices.get(seat.id))]
    chair = round_.chair.id if round_.chair else ""
    if vetoing:
        return (
            f"Not decided: seat {vetoing[0]} has rejected it, which decides unless {chair}, the "
            "chair, defers it."
        )
    others = [seat for seat in _absent(round_, choices) if seat != chair]
    if others:
        return f"Not decided: {' and '.join([chair, *others])} must cast a ballot and have not."
    return f"Not decided: {chair} must cast a ballot and has not."


def _approved(round_: Round, cast: Mapping[SeatId, Ballot]) -> Verdict:
    choices = {seat: ballot.choice for seat, ballot in cast.items()}
    conditions = tuple(
        condition
        for seat in round_.seats
        if seat.id in cast and cast[seat.id].choice is Choice.APPROVE_WITH_CONDITIONS
        for condition in cast[seat.id].conditions
    )
    return Verdict(Outcome.APPROVED, f"Approved with {_tally(round_, choices)}.", conditions)


def _missing(round_: Round, choices: _Choices) -> str:
    needed = round_.quorum.seats_needed(len(round_.seats))
    if absent := _absent(round_, choices):
        verb = "has" if len(absent) == 1 else "have"
        return f"{' and '.join(absent)} must cast a ballot and {verb} not"
    if len(choices) < needed:
        return f"{len(choices)} of {len(round_.seats)} seats have cast and {needed} are needed"
    return f"{_tally(round_, choices)} so far, and the open seats can still turn it"


def _tally(round_: Round, choices: _Choices) -> str:
    yes, no = _yes(choices.values()), _no(choices.values())
    asking = sum(choice is Choice.DEFER for choice in choices.values())
    abstained, silent = len(choices) - yes - no - asking, len(round_.seats) - len(choices)
    parts = [f"{yes} yes ({round_.quorum.yes} needed)", f"{no} no"]
    if asking:
        parts.append(f"{asking} to defer")
    if abstained:
        parts.append(f"{abstained} abstained")
    if silent:
        parts.append(f"{silent} not cast")
    return ", ".join(parts)


def _yes(choices: Collection[Choice]) -> int:
    return sum(_says_yes(choice) for choice in choices)


def _no(choices: Collection[Choice]) -> int:
    return sum(map(_is_no, choices))


def _says_yes(choice: Choice | None) -> bool:
    return choice in (Choice.APPROVE, Choice.APPROVE_WITH_CONDITIONS)


def _is_no(choice: Choice | None) -> bool:
    return choice is Choice.REJECT


def _all(seats: Sequence[SeatId], choice: Choice) -> dict[SeatId, Choice]:
    return dict.fromkeys(seats, choice)
