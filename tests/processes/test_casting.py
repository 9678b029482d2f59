"""Whoever has an interest does not vote: not in person, not by delegate, not twice."""

from datetime import UTC, datetime, timedelta

import pytest

from processes.approval import Ballot, Choice, Quorum, Round, Seat
from processes.casting import incomplete, may_cast, recused, without_vote

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
NOON = NINE + timedelta(hours=3)
ROUND = Round(
    3,
    (
        Seat("chair", holder="carla", chair=True),
        Seat("service", holder="sam", delegate="dana", delegate_until=NOON),
        Seat("network", holder="nora", delegate="carla", delegate_until=NOON),
        Seat("security", role="security officer"),
    ),
    Quorum(at_least=3, yes=2),
    NINE,
    deadline=NINE + timedelta(days=2),
)


def asked(
    seat: str,
    person: str,
    *,
    excluded: tuple[str, ...] = (),
    roles: tuple[str, ...] = (),
    ballots: tuple[Ballot, ...] = (),
    at: datetime = TEN,
) -> str:
    """The reason of the refusal, or "allowed"."""
    refusal = may_cast(ROUND, seat, person, roles=roles, excluded=excluded, ballots=ballots, at=at)
    return "allowed" if refusal is None else refusal.reason


def ballot(seat: str, person: str, choice: Choice = Choice.APPROVE, *, revision: int = 3) -> Ballot:
    return Ballot(seat, person, choice, revision, NINE)


def test_the_holder_casts():
    assert asked("service", "sam") == "allowed"


def test_a_stranger_does_not():
    assert asked("service", "rob") == "Seat service is held by sam."


def test_a_seat_that_is_not_there_is_refused():
    assert asked("gardener", "sam") == "This round has no seat gardener."


def test_any_member_of_the_role_casts_for_its_seat():
    assert asked("security", "rob", roles=("security officer",)) == "allowed"
    assert asked("security", "rob", roles=("agent",)) == (
        "Seat security is held by the role security officer."
    )


def test_a_delegate_casts_until_the_delegation_ends():
    assert asked("service", "dana", at=NOON - timedelta(seconds=1)) == "allowed"
    assert asked("service", "dana", at=NOON).startswith(
        "The delegation of seat service to you ended"
    )


def test_an_author_does_not_vote_even_from_a_seat_of_their_own():
    assert asked("service", "sam", excluded=("sam",)).startswith("You have an interest")


def test_the_author_does_not_vote_through_a_role():
    refusal = asked("security", "rob", roles=("security officer",), excluded=("rob",))

    assert refusal.startswith("You have an interest")


def test_the_authors_delegate_does_not_vote_for_the_author():
    assert asked("service", "dana", excluded=("sam",)).startswith("You would vote for sam")


def test_the_authors_delegate_does_not_vote_from_another_seat_either():
    # Carla holds the chair and stands in for Nora, who wrote the change.
    assert asked("chair", "carla", excluded=("nora",)).startswith("You are the delegate of nora")


def test_whoever_stood_in_for_the_author_votes_again_when_that_has_ended():
    assert asked("chair", "carla", excluded=("nora",), at=NOON) == "allowed"


def test_the_seats_of_excluded_people_are_told_so_that_others_can_be_seated():
    assert [seat.id for seat in recused(ROUND, {"nora", "rob"})] == ["network"]


def test_an_interest_is_handed_on_with_every_delegation():
    delegates = {"ann": ("bob",), "bob": ("cyd", "ann"), "eve": ("fay",)}

    assert without_vote(("ann", "dan"), delegates) == {"ann", "bob", "cyd", "dan"}


def test_one_person_does_not_cast_for_two_seats():
    before = (ballot("chair", "carla"),)

    assert asked("network", "carla", ballots=before) == (
        "You have already cast for seat chair; one person, one ballot."
    )


def test_a_ballot_of_an_earlier_revision_binds_nobody():
    before = (ballot("chair", "carla", revision=2),)

    assert asked("network", "carla", ballots=before) == "allowed"


def test_a_ballot_may_be_replaced_by_who_cast_it_and_by_the_holder():
    before = (ballot("service", "dana"),)

    assert asked("service", "dana", ballots=before) == "allowed"
    assert asked("service", "sam", ballots=before) == "allowed"


def test_a_delegate_does_not_overrule_the_holder():
    before = (ballot("service", "sam"),)

    assert asked("service", "dana", ballots=before) == "sam has already cast for seat service."


def test_one_member_of_a_role_does_not_overrule_another():
    before = (ballot("security", "rob"),)

    assert asked("security", "eve", roles=("security officer",), ballots=before) == (
        "rob has already cast for seat security."
    )


def test_a_decided_round_takes_no_more_ballots():
    before = (ballot("chair", "carla"), ballot("service", "sam"), ballot("network", "nora"))

    assert asked("security", "rob", roles=("security officer",), ballots=before) == (
        "This round is already decided. Approved with 3 yes (2 needed), 0 no, 1 not cast."
    )


def test_after_the_deadline_nobody_casts():
    assert asked("service", "sam", at=NINE + timedelta(days=2)) == (
        "The deadline of this round has passed."
    )


@pytest.mark.parametrize(
    ("choice", "reason", "conditions", "complete"),
    [
        (Choice.APPROVE, "", (), True),
        (Choice.ABSTAIN, "", (), True),
        (Choice.REJECT, " ", (), False),
        (Choice.REJECT, "No way back is described", (), True),
        (Choice.APPROVE_WITH_CONDITIONS, "", ("",), False),
        (Choice.APPROVE_WITH_CONDITIONS, "", ("After 20:00",), True),
        (Choice.APPROVE, "", ("After 20:00",), False),
    ],
)
def test_a_ballot_says_all_that_its_choice_needs(
    choice: Choice, reason: str, conditions: tuple[str, ...], complete: bool
):
    given = Ballot("chair", "carla", choice, 3, NINE, reason, conditions)

    assert (incomplete(given) is None) == complete
