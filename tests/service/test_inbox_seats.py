"""Which approvals wait in whose inbox: those with a seat that the reader may take and should."""

import pytest

from clearway.service.inbox import inbox, inbox_counts
from clearway.service.task import task
from clearway.service.vote import vote


@pytest.fixture
def seat_in(house, people):
    """The seat that somebody's inbox shows, None when the round does not wait for them."""

    def seat(name):
        found = inbox(house, people[name], view="mine").rows
        assert inbox_counts(house, people[name])["mine"] == len(found)
        return found[0].seat if found else None

    return seat


def test_a_seat_that_must_vote_stays_listed_for_who_sits_elsewhere_and_may_take_it(
    house, people, item, seat_in
):
    vote(house, people["dave"], item, "one", "approve", once="1")
    still = seat_in("dave")
    vote(house, people["dave"], item, "chair", "approve", once="2")

    assert still == "chair"
    assert seat_in("dave") is None
    assert seat_in("erin") == "one"


def test_it_vanishes_when_somebody_else_has_taken_that_seat(
    house, people, rows, item, seat_in, absent
):
    # Dave has cast his vote: whoever stands in for him has none left, but erin's is.
    rows("INSERT INTO membership (group_name, person) VALUES ('chair', 'erin') RETURNING 1")
    vote(house, people["dave"], item, "one", "approve", once="1")
    absent("erin", "carol")
    vote(house, people["carol"], item, "chair", "abstain", once="2")

    assert seat_in("dave") is None
    assert seat_in("carol") is None


def test_whoever_has_cast_is_not_asked_again_for_a_seat_that_others_may_leave_empty(
    house, people, rows, item, seat_in, absent
):
    rows("UPDATE seat SET person = 'erin', role = NULL WHERE name = 'one' RETURNING 1")
    rows("UPDATE seat SET person = 'frank', role = NULL WHERE name = 'two' RETURNING 1")
    absent("frank", "erin")
    before = seat_in("erin")

    vote(house, people["erin"], item, "one", "approve", once="1")

    assert before == "one"
    assert seat_in("erin") is None
    assert seat_in("frank") == "two"


def test_who_stands_in_for_a_named_person_is_asked_for_both_seats_where_both_must_vote(
    house, people, rows, item, seat_in, absent
):
    rows("UPDATE seat SET person = 'erin', role = NULL WHERE name = 'one' RETURNING 1")
    rows(
        "UPDATE seat SET person = 'frank', role = NULL, mandatory = true WHERE name = 'two'"
        " RETURNING 1"
    )
    absent("frank", "erin")

    vote(house, people["erin"], item, "one", "approve", once="1")

    assert seat_in("erin") == "two"
    vote(house, people["erin"], item, "two", "approve", once="2")
    assert seat_in("erin") is None


def test_who_stands_in_for_a_member_of_a_role_is_asked(house, people, item, seat_in, absent):
    assert seat_in("carol") is None

    absent("dave", "carol")

    assert seat_in("carol") == "chair"
    assert task(house, people["carol"], item).round.seats[0].open_to_you


@pytest.mark.parametrize("cast", [None, ("dave", "one"), ("dave", "chair"), ("carol", "chair")])
def test_what_the_inbox_lists_the_page_offers(house, people, item, seat_in, absent, cast):
    absent("dave", "carol")
    absent("erin", "bob")
    absent("alice", "frank")
    if cast is not None:
        name, seat = cast
        vote(house, people[name], item, seat, "approve", once="1")

    for name in people:
        listed = seat_in(name)
        offered = [it.name for it in task(house, people[name], item).round.seats if it.open_to_you]
        assert listed is None or listed in offered, name
        if cast is None:
            assert (listed is not None) == bool(offered), name
