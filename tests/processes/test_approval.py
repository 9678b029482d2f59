"""An approval says what its voters decided, and nothing that nobody said."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from processes.approval import (
    ApprovalError,
    Ballot,
    Choice,
    Outcome,
    Quorum,
    Round,
    Seat,
    counting,
    movable,
    unfilled,
)
from processes.verdict import conclude, decide

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
CAB = Quorum(more_than=Fraction(1, 2), chair=True, yes=2)
YES, NO, ABSTAIN = Choice.APPROVE, Choice.REJECT, Choice.ABSTAIN


def board(*, quorum: Quorum = CAB, **changes: object) -> Round:
    """A chair and four members; `network={"veto": True}` gives that member a veto."""
    seats = tuple(
        Seat(name, holder=f"{name}-holder", **({"chair": name == "chair"} | changes.get(name, {})))
        for name in ("chair", "network", "service", "security", "desk")
    )
    return Round(1, seats, quorum, NINE)


def ballot(seat: str, choice: Choice, *, minute: int = 0, **more: object) -> Ballot:
    known = {"person": f"{seat}-holder", "revision": 1} | more
    return Ballot(seat=seat, choice=choice, at=NINE + timedelta(minutes=minute), **known)


def cast(**choices: Choice) -> list[Ballot]:
    return [ballot(seat, choice) for seat, choice in choices.items()]


def test_silence_decides_nothing():
    verdict = decide(board(), [])

    assert verdict.outcome is Outcome.OPEN
    assert verdict.reason == "Not decided: chair must cast a ballot and has not."


def test_every_seat_that_is_waited_for_is_named():
    verdict = decide(board(service={"mandatory": True}), [])

    assert verdict.reason == "Not decided: chair and service must cast a ballot and have not."


def test_a_majority_that_the_open_seats_cannot_turn_approves_early():
    votes = cast(chair=YES, network=YES, service=YES)

    assert decide(board(), votes).outcome is Outcome.APPROVED


def test_a_majority_that_the_open_seats_can_still_turn_waits():
    votes = cast(chair=YES, network=YES, service=NO)

    verdict = decide(board(), votes)

    assert verdict.outcome is Outcome.OPEN
    assert verdict.reason == (
        "Not decided: 2 yes (2 needed), 1 no, 2 not cast so far, "
        "and the open seats can still turn it."
    )


def test_without_the_chair_there_is_no_quorum():
    votes = cast(network=YES, service=YES, security=YES, desk=YES)

    assert decide(board(), votes).outcome is Outcome.OPEN
    assert conclude(board(), votes).outcome is Outcome.UNDECIDED


def test_half_of_the_seats_is_no_majority():
    four = Round(1, board().seats[:4], CAB, NINE)

    verdict = decide(four, cast(chair=YES, network=YES))

    assert verdict.reason == "Not decided: 2 of 4 seats have cast and 3 are needed."


def test_abstaining_counts_for_the_quorum_and_for_nothing_else():
    votes = cast(chair=YES, network=YES, service=ABSTAIN, security=ABSTAIN, desk=NO)

    assert decide(board(), votes).outcome is Outcome.APPROVED


def test_one_yes_among_abstentions_is_not_enough():
    votes = cast(chair=YES, network=ABSTAIN, service=ABSTAIN, security=ABSTAIN, desk=ABSTAIN)

    verdict = decide(board(), votes)

    assert verdict.outcome is Outcome.REJECTED
    assert verdict.reason == "Rejected with 1 yes (2 needed), 0 no, 4 abstained."


def test_a_veto_rejects_at_once_whatever_the_others_say():
    round_ = board(security={"veto": True})
    votes = [*cast(chair=YES, network=YES, service=YES), ballot("security", NO, reason="Too risky")]

    verdict = decide(round_, votes)

    assert verdict.outcome is Outcome.REJECTED
    assert verdict.reason == "Rejected by seat security, whose rejection decides: Too risky"


def test_an_approval_waits_for_a_veto_that_may_still_come():
    round_ = board(security={"veto": True})
    votes = cast(chair=YES, network=YES, service=YES, desk=YES)

    assert decide(round_, votes).outcome is Outcome.OPEN


def test_a_mandatory_seat_must_have_cast():
    round_ = board(service={"mandatory": True})
    votes = cast(chair=YES, network=YES, security=YES, desk=YES)

    assert decide(round_, votes).outcome is Outcome.OPEN
    assert conclude(round_, votes).reason == (
        "The round ended undecided: service must cast a ballot and has not."
    )
    assert decide(round_, [*votes, ballot("service", ABSTAIN)]).outcome is Outcome.APPROVED


@pytest.mark.parametrize(
    ("chair", "outcome"),
    [(YES, Outcome.APPROVED), (NO, Outcome.REJECTED), (ABSTAIN, Outcome.REJECTED)],
)
def test_in_a_tie_the_chair_decides(chair: Choice, outcome: Outcome):
    other = {YES: NO, NO: YES, ABSTAIN: ABSTAIN}[chair]
    votes = cast(chair=chair, network=other, service=YES, security=NO, desk=ABSTAIN)

    assert decide(board(), votes).outcome is outcome


def test_approval_out_of_reach_ends_the_waiting():
    votes = cast(network=NO, service=NO, security=NO)

    verdict = decide(board(), votes)

    assert verdict.outcome is Outcome.UNREACHABLE
    assert verdict.reason == (
        "With 0 yes (2 needed), 3 no, 2 not cast, the open seats cannot bring an approval any more."
    )


def test_a_ballot_of_an_earlier_revision_never_counts():
    old = [ballot(name, YES, revision=0) for name in ("chair", "network", "service")]

    assert decide(board(), old).outcome is Outcome.OPEN


def test_the_latest_ballot_of_a_seat_counts_in_whatever_order_they_are_handed_over():
    first, second = ballot("service", NO, minute=1), ballot("service", YES, minute=2)
    others = cast(chair=YES, network=YES)

    assert decide(board(), [second, *others, first]).outcome is Outcome.APPROVED


def test_conditions_come_with_the_approval():
    votes = cast(chair=YES, network=YES)
    conditional = ballot(
        "service", Choice.APPROVE_WITH_CONDITIONS, conditions=("Only after 20:00", "Tell the desk")
    )

    verdict = decide(board(), [*votes, conditional])

    assert verdict.outcome is Outcome.APPROVED
    assert verdict.conditions == ("Only after 20:00", "Tell the desk")


def test_at_its_deadline_a_quorate_round_says_what_was_cast():
    approving = cast(chair=YES, network=YES, service=NO)
    rejecting = cast(chair=NO, network=YES, service=NO)

    assert conclude(board(), approving).outcome is Outcome.APPROVED
    assert conclude(board(), rejecting).outcome is Outcome.REJECTED
    assert conclude(board(), []).outcome is Outcome.UNDECIDED


def test_two_ballots_of_one_person_are_refused_instead_of_counted():
    votes = [ballot("chair", YES), ballot("network", YES, person="chair-holder")]

    with pytest.raises(ApprovalError, match="two seats"):
        decide(board(), votes)


def test_the_last_ballot_of_a_person_counts_and_the_seat_they_left_is_empty_again():
    first = ballot("network", YES, person="carla")
    then = ballot("chair", YES, minute=1, person="carla")

    assert counting(board(), [then, first]) == {"chair": then}
    assert decide(board(), [first, then, *cast(service=YES)]).reason == (
        "Not decided: 2 of 5 seats have cast and 3 are needed."
    )


def test_whoever_took_over_a_seat_and_left_it_does_not_bring_the_old_ballot_back():
    delegate = ballot("service", NO, person="dana")
    holder = ballot("service", YES, minute=1)
    moved = ballot("desk", YES, minute=2, person="service-holder")

    assert counting(board(), [delegate, holder, moved]) == {"desk": moved}


def test_while_somebody_casts_their_ballot_for_another_seat_does_not_stand():
    mine, other = ballot("network", YES, person="carla"), ballot("desk", NO)

    assert movable([mine, other], "carla", "chair") == [other]
    assert movable([mine, other], "carla", "network") == [mine, other]


@pytest.mark.parametrize(
    ("takers", "empty"),
    [
        ({}, ()),
        ({"chair": ()}, ("chair",)),
        ({"chair": ("carla",), "owner": ("carla",)}, ("owner",)),
        ({"chair": ("carla", "dan"), "owner": ("carla",)}, ()),
        ({"a": ("x", "y"), "b": ("x", "y"), "c": ("x", "y")}, ("c",)),
        ({"a": ("x", "y"), "b": ("x", "z"), "c": ("x",)}, ()),
    ],
)
def test_one_person_fills_one_seat(takers: dict[str, tuple[str, ...]], empty: tuple[str, ...]):
    assert unfilled(takers) == empty


def test_a_ballot_for_no_seat_is_refused_instead_of_counted():
    with pytest.raises(ApprovalError, match="'gardener', which is no seat"):
        decide(board(), [ballot("gardener", YES)])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Seat("a"), "either a holder or a role"),
        (lambda: Seat("a", holder="ann", role="cab"), "either a holder or a role"),
        (lambda: Seat("a", holder="ann", delegate="bob"), "give both"),
        (lambda: Seat("a", "ann", delegate="b", delegate_until=datetime(2026, 1, 1)), "time zone"),
        (lambda: Quorum(at_least=0), "at least one seat"),
        (lambda: Quorum(more_than=Fraction(1)), "a share"),
        (lambda: Round(1, (), Quorum(), NINE), "never meet its quorum"),
        (lambda: Round(1, (Seat("a", "ann"),), Quorum(yes=2), NINE), "never meet its quorum"),
        (lambda: Round(1, (Seat("a", "ann"),) * 2, Quorum(), NINE), "one id"),
        (lambda: Round(1, (Seat("a", "ann"),), Quorum(chair=True), NINE), "0 chairs"),
        (lambda: Round(1, (Seat("a", "ann"),), Quorum(), datetime(2026, 1, 1)), "time zone"),
    ],
)
def test_a_round_that_contradicts_itself_is_refused(make: object, says: str):
    with pytest.raises(ApprovalError, match=says):
        make()
