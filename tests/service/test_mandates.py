"""Each member of a board has one vote, whoever casts it: themselves, or one who stands in."""

import pytest

from clearway.service.history import history
from clearway.service.inbox import inbox
from clearway.service.task import task
from clearway.service.values import Done, Refusal
from clearway.service.verify import verify
from clearway.service.vote import vote


@pytest.fixture
def cast(house, people, item):
    """Somebody votes for a seat."""

    def by(name, seat):
        return vote(house, people[name], item, seat, "approve", once=f"{name} {seat}")

    return by


@pytest.fixture
def counting(rows):
    """Who has a ballot that counts, for which seat, and for whom it was cast."""
    return lambda: rows(
        "SELECT b.person, s.name, b.instead_of FROM ballot b JOIN seat s ON s.id = b.seat_id"
        " WHERE NOT b.replaced ORDER BY b.id"
    )


def test_who_comes_back_takes_their_vote_from_the_one_who_stood_in(
    house, people, cast, counting, absent
):
    absent("erin", "carol")

    stood_in = cast("carol", "one")
    own = cast("erin", "two")

    assert isinstance(stood_in, Done)
    assert isinstance(own, Done)
    assert counting() == [("erin", "two", None)]
    assert verify(house) == []


def test_they_may_take_it_back_on_the_same_seat(cast, counting, absent):
    absent("erin", "carol")
    cast("carol", "one")

    own = cast("erin", "one")

    assert isinstance(own, Done)
    assert counting() == [("erin", "one", None)]


def test_nobody_votes_for_somebody_who_has_voted(cast, counting, absent):
    absent("erin", "carol")
    cast("erin", "one")

    twice = cast("carol", "two")

    assert isinstance(twice, Refusal)
    assert twice.text == "erin has already cast a vote; one person, one vote."
    assert counting() == [("erin", "one", None)]


def test_two_who_stand_in_for_one_person_have_one_vote_between_them(
    house, people, item, cast, counting, absent
):
    absent("erin", "carol")
    absent("erin", "bob")
    cast("carol", "one")

    twice = cast("bob", "two")

    assert isinstance(twice, Refusal)
    assert twice.text == "carol has already cast the vote of erin; one person, one vote."
    assert counting() == [("carol", "one", "erin")]
    assert inbox(house, people["bob"], view="mine").rows == []
    seen = task(house, people["bob"], item)
    assert [it.name for it in seen.round.seats if it.open_to_you] == []


def test_who_stands_in_may_change_what_they_said(cast, counting, absent):
    absent("erin", "carol")
    cast("carol", "one")

    moved = cast("carol", "two")

    assert isinstance(moved, Done)
    assert counting() == [("carol", "two", "erin")]


def test_who_stands_in_for_two_uses_the_vote_that_is_left(
    house, people, cast, counting, absent, desk
):
    absent("erin", "carol")
    absent("frank", "carol")
    cast("erin", "one")

    other = cast("carol", "two")

    assert isinstance(other, Done)
    assert counting() == [("erin", "one", None), ("carol", "two", "frank")]
    told = [line.sentence for line in history(house, people["bob"], "ERR-1001").rows]
    assert any("standing in for frank" in it and "erin" not in it for it in told)


def test_a_member_who_stands_in_for_another_has_one_ballot(cast, counting, absent):
    absent("erin", "frank")
    cast("frank", "one")

    cast("erin", "two")

    assert counting() == [("frank", "one", None), ("erin", "two", None)]


def test_whose_vote_it_would_be_is_told_before_it_is_cast(
    house, people, rows, item, cast, counting, absent
):
    absent("dave", "carol")
    absent("erin", "carol")
    seats = {seat.name: seat for seat in task(house, people["carol"], item).round.seats}

    cast("carol", "chair")
    cast("carol", "one")

    assert {name: seat.whose_vote for name, seat in seats.items()} == {
        "chair": "dave",
        "one": "dave",
        "two": "dave",
    }
    assert counting() == [("carol", "one", "dave")]


def test_history_says_whose_vote_a_moved_one_was(house, people, rows, item, cast, absent):
    rows("UPDATE seat SET role = NULL, person = 'frank' WHERE name = 'two' RETURNING 1")
    absent("dave", "carol")
    absent("frank", "carol")

    cast("carol", "chair")
    cast("carol", "two")

    told = [line.sentence for line in history(house, people["grace"], "ERR-1001").rows]
    assert (
        "carol moved their vote from seat chair to seat two, standing in for frank, approve. "
        "What they had said as the vote of dave does not count any more."
    ) in told
