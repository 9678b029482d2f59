"""Who can vote in a meeting, and whether they are enough."""

from datetime import UTC, datetime
from fractions import Fraction

from processes.approval import Quorum
from processes.quorum import Away, ExpectedSeat, forecast

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
BOARD = Quorum(more_than=Fraction(1, 2), chair=True, yes=2)


def seat(name: str, *takers: str, needed: bool = False, **more: object) -> ExpectedSeat:
    return ExpectedSeat(name, "a member", needed, takers, **more)  # type: ignore[arg-type]


def test_enough_who_are_there_can_decide():
    found = forecast(
        [seat("chair", "frank", needed=True), seat("first", "dave", "ivan"), seat("second")], BOARD
    )

    assert found.can_decide
    assert found.sits == {"chair": "frank", "first": "dave"}
    assert found.invited == ("dave", "frank", "ivan")


def test_one_person_sits_once_and_where_nobody_else_can():
    found = forecast(
        [seat("first", "frank", "dave"), seat("chair", "frank", needed=True), seat("second")],
        BOARD,
    )

    assert found.sits == {"chair": "frank", "first": "dave"}


def test_a_seat_that_must_vote_and_whose_person_is_away_is_named():
    away = (Away("judy", MONDAY),)

    found = forecast(
        [seat("chair", "frank", needed=True), seat("owner", needed=True, away=away)], Quorum()
    )

    assert found.gaps == (
        "Seat owner stays empty: judy is away until 2026-03-09 08:00 UTC and nobody stands in.",
    )


def test_too_few_seats_are_told_with_who_is_away():
    away = (Away("dave", MONDAY, "carol"),)

    found = forecast(
        [seat("chair", "frank", needed=True), seat("first", away=away), seat("second")], BOARD
    )

    assert found.gaps == (
        "Only 1 of 3 seats can vote, and 2 are needed: dave is away until 2026-03-09 08:00 UTC, "
        "and carol, who stands in, cannot take it.",
    )


def test_who_has_voted_already_counts_and_takes_no_other_seat():
    found = forecast(
        [
            seat("chair", "frank", needed=True),
            seat("first", "frank", "dave", voted="frank"),
            seat("second"),
        ],
        BOARD,
    )

    assert "Seat chair stays empty: frank sits elsewhere" in found.gaps[0]


def test_a_seat_for_which_there_is_nobody_says_so():
    found = forecast([seat("chair", needed=True)], Quorum())

    assert found.gaps[0] == "Seat chair stays empty: nobody may take it who is a member."
