"""Approvals: rounds, seats, ballots, and what voids them."""

import threading

import pytest

from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.history import history
from clearway.service.inbox import inbox
from clearway.service.task import task
from clearway.service.values import Actor, Done, Refusal
from clearway.service.verify import verify
from clearway.service.vote import vote


def test_two_yes_approve_and_the_record_goes_on(house, people, rows, item):
    first = vote(house, people["dave"], item, "chair", "approve", once="1")
    second = vote(house, people["erin"], item, "one", "approve", once="2")

    assert (first.details["outcome"], first.state) == ("open", "approval")
    assert (second.details["outcome"], second.state) == ("approved", "fetching")
    assert rows("SELECT record->>'decision' FROM instance") == [("approved",)]
    assert rows("SELECT outcome FROM round") == [("approved",)]
    assert rows("SELECT s.name, b.person, choice FROM ballot b JOIN seat s ON s.id = seat_id") == [
        ("chair", "dave", "approve"),
        ("one", "erin", "approve"),
    ]
    late = vote(house, people["frank"], item, "two", "reject", reason="no", once="3")
    assert late.code == "already_done"
    assert verify(house) == []


def test_what_can_no_longer_be_approved_is_rejected(house, people, rows, item):
    vote(house, people["dave"], item, "chair", "reject", reason="too heavy", once="1")
    done = vote(house, people["erin"], item, "one", "reject", reason="too heavy", once="2")

    assert (done.state, done.ended) == ("refused", True)
    assert rows("SELECT record->>'decision' FROM instance") == [("rejected",)]
    assert verify(house) == []


def test_a_ballot_may_be_replaced_until_it_is_decided(house, people, rows, item):
    vote(house, people["erin"], item, "one", "reject", reason="why?", once="1")
    vote(house, people["erin"], item, "one", "approve", once="2")

    assert rows("SELECT choice, replaced FROM ballot ORDER BY id") == [
        ("reject", True),
        ("approve", False),
    ]
    assert verify(house) == []


@pytest.mark.parametrize(
    ("who", "seat", "choice", "reason", "code"),
    [
        ("carol", "one", "approve", "", "not_allowed"),
        ("erin", "chair", "approve", "", "not_allowed"),
        ("erin", "nobody", "approve", "", "not_found"),
        ("erin", "one", "perhaps", "", "invalid"),
        ("erin", "one", "reject", " ", "invalid"),
        ("erin", "one", "approve_with_conditions", "", "invalid"),
    ],
)
def test_what_is_no_vote_is_refused(house, people, rows, item, who, seat, choice, reason, code):
    refusal = vote(house, people[who], item, seat, choice, reason=reason, once="1")

    assert refusal.code == code
    assert rows("SELECT count(*) FROM ballot") == [(0,)]


def test_nobody_overrules_another_member_of_the_role(house, people, item):
    vote(house, people["erin"], item, "one", "approve", once="1")

    assert vote(house, people["frank"], item, "one", "approve", once="3").code == "not_allowed"


def test_one_person_has_one_ballot_and_the_last_one_counts(house, people, rows, item):
    vote(house, people["dave"], item, "one", "approve", once="1")
    moved = vote(house, people["dave"], item, "chair", "approve", reason="As chair", once="2")

    assert isinstance(moved, Done), moved
    assert moved.details["outcome"] == "open"
    assert rows(
        "SELECT s.name, b.person, replaced FROM ballot b JOIN seat s ON s.id = seat_id"
        " ORDER BY b.id"
    ) == [("one", "dave", True), ("chair", "dave", False)]
    chair, one, _ = task(house, people["erin"], item).round.seats
    assert (chair.ballot.person, one.ballot, one.open_to_you) == ("dave", None, True)
    [told] = [
        line.sentence
        for line in history(house, people["bob"], "ERR-1001").rows
        if line.details.get("moved_from")
    ]
    assert told == "dave moved their vote from seat one to seat chair, approve: As chair"
    done = vote(house, people["erin"], item, "one", "approve", once="3")
    assert (done.details["outcome"], done.state) == ("approved", "fetching")
    assert verify(house) == []


def test_a_ballot_moves_only_to_a_seat_that_its_person_may_take(house, people, rows, item):
    vote(house, people["erin"], item, "one", "approve", once="1")
    vote(house, people["frank"], item, "two", "approve", once="2")

    assert vote(house, people["erin"], item, "chair", "approve", once="3").code == "not_allowed"
    assert vote(house, people["erin"], item, "two", "approve", once="4").code == "not_allowed"
    assert rows("SELECT count(*) FROM ballot WHERE NOT replaced") == [(2,)]


def test_the_page_offers_the_other_seats_to_whoever_has_voted(house, people, item):
    vote(house, people["dave"], item, "one", "approve", once="1")

    seats = task(house, people["dave"], item).round.seats

    assert [seat.open_to_you for seat in seats] == [True, True, True]


def test_a_mandatory_seat_that_nobody_may_take_is_told(house, people, rows, item):
    rows("UPDATE round SET excluded = '{dave}' RETURNING 1")

    standing = task(house, people["erin"], item).round.standing

    assert standing.endswith(
        "Nobody can take the seat chair: dave, who has the role chair, has an interest."
        " Give somebody else the role, or cancel."
    )
    rows("INSERT INTO membership (person, group_name) VALUES ('erin', 'chair') RETURNING 1")
    assert "Nobody" not in task(house, people["erin"], item).round.standing


def test_a_rejection_with_a_reason_and_conditions_is_wrong_at_its_conditions(house, people, item):
    refused = vote(
        house, people["dave"], item, "chair", "reject", reason="no", conditions="if so", once="1"
    )

    assert list(refused.fields) == ["conditions"]


def test_a_seat_whose_role_nobody_has_is_told(house, people, rows, item):
    rows("DELETE FROM membership WHERE group_name = 'chair' RETURNING 1")

    assert task(house, people["erin"], item).round.standing.endswith(
        "Nobody can take the seat chair: nobody has the role chair."
        " Give somebody the role, or cancel."
    )


def test_a_seat_is_not_vacant_while_a_free_delegate_may_take_it(house, people, rows, item, absent):
    rows("UPDATE person SET active = false WHERE name = 'dave' RETURNING 1")
    gone = task(house, people["erin"], item).round.standing
    absent("dave", "carol")

    assert "dave, who has the role chair, may not sign in any more." in gone
    assert "Nobody" not in task(house, people["erin"], item).round.standing


def test_who_stands_in_for_somebody_with_an_interest_does_not_fill_the_seat(
    house, people, item, absent
):
    absent("alice", "dave")

    assert (
        "dave, who has the role chair, stands in for alice, who has an interest."
        in task(house, people["erin"], item).round.standing
    )


def test_one_person_does_not_fill_two_seats_that_must_vote(house, people, rows, item):
    rows(
        "UPDATE seat SET mandatory = true, role = NULL, person = 'dave' WHERE name = 'one'"
        " RETURNING 1"
    )

    assert "Nobody is left for the seat one: dave is needed for another seat" in (
        task(house, people["erin"], item).round.standing
    )


def test_nor_does_one_who_stands_in_for_them_fill_the_other(house, people, rows, item, absent):
    rows(
        "UPDATE seat SET mandatory = true, role = NULL, person = 'dave' WHERE name = 'one'"
        " RETURNING 1"
    )
    absent("dave", "carol")

    assert "Nobody is left for the seat one: dave is needed for another seat" in (
        task(house, people["erin"], item).round.standing
    )


def test_a_seat_that_has_cast_is_not_vacant(house, people, rows, item):
    vote(house, people["dave"], item, "chair", "approve", once="1")
    rows("DELETE FROM membership WHERE group_name = 'chair' RETURNING 1")

    assert "Nobody" not in task(house, people["erin"], item).round.standing


def test_a_channel_never_votes(house, item):
    robot = Actor("robot", roles=frozenset({"board"}), is_person=False)

    assert vote(house, robot, item, "one", "approve", once="1").code == "not_allowed"


def test_who_asked_may_not_vote_nor_their_delegate(house, people, item, absent):
    alice = Actor("alice", roles=frozenset({"board", "requester"}))
    absent("alice", "erin")

    assert "interest" in vote(house, alice, item, "one", "approve", once="1").text
    assert "interest" in vote(house, people["erin"], item, "one", "approve", once="2").text


def test_the_delegate_of_an_absent_member_votes_for_the_seat(house, people, rows, item, absent):
    absent("dave", "carol")

    done = vote(house, people["carol"], item, "chair", "approve", once="1")

    assert isinstance(done, Done), done
    assert rows("SELECT person FROM ballot") == [("carol",)]
    assert voted(house, people) == [
        ("dave", "carol voted approve for seat chair, standing in for dave.")
    ]


def test_history_names_the_one_whose_vote_it_is_of_several_who_lent_their_role(
    house, people, item, absent
):
    absent("erin", "carol")
    absent("frank", "carol")

    vote(house, people["carol"], item, "one", "reject", reason="too heavy", once="1")
    vote(house, people["carol"], item, "two", "approve", once="2")

    assert voted(house, people) == [
        ("erin", "carol voted reject for seat one, standing in for erin: too heavy"),
        (
            "erin",
            "carol moved their vote from seat one to seat two, standing in for erin, approve.",
        ),
    ]


def test_who_votes_for_their_own_seat_stands_in_for_nobody(house, people, item, absent):
    absent("frank", "erin")

    vote(house, people["erin"], item, "one", "approve", once="1")

    assert voted(house, people) == [(None, "erin voted approve for seat one.")]


def test_history_says_on_which_conditions_somebody_approved(house, people, item):
    conditions = "by daylight\nwith a strap"
    choice = "approve_with_conditions"

    vote(house, people["erin"], item, "one", choice, conditions=conditions, once="1")

    assert voted(house, people) == [
        (
            None,
            "erin voted approve with conditions for seat one on condition: by daylight; "
            "with a strap",
        )
    ]


def test_the_seat_of_a_person_is_voted_for_instead_of_that_person(
    house, people, rows, item, absent
):
    rows("UPDATE seat SET person = 'erin' WHERE name = 'chair' RETURNING 1")
    absent("erin", "carol")
    absent("dave", "carol")

    vote(house, people["carol"], item, "chair", "approve", once="1")

    assert voted(house, people) == [
        ("erin", "carol voted approve for seat chair, standing in for erin.")
    ]


def test_an_approval_is_not_completed_with_a_form(house, people, item):
    assert complete(house, people["dave"], item, {}, once="1").code == "not_allowed"


def test_changing_what_matters_voids_the_round_and_says_why(house, desk, people, rows, item):
    vote(house, people["dave"], item, "chair", "approve", once="1")

    send(house, people["bob"], "ERR-1001", "news", {"what": "two pianos"}, once="2")

    assert rows("SELECT revision, outcome, reason FROM round ORDER BY id") == [
        (1, "voided", "bob changed what."),
        (2, None, None),
    ]
    assert rows("SELECT name FROM seat WHERE round_id = 2 ORDER BY id") == [
        ("chair",),
        ("one",),
        ("two",),
    ]
    done = vote(house, people["erin"], item, "one", "approve", once="3")
    assert done.details["outcome"] == "open"
    assert verify(house) == []


def test_a_vote_on_what_has_changed_since_does_not_count(house, people, rows, item):
    read = task(house, people["dave"], item).round.revision
    send(house, people["bob"], "ERR-1001", "news", {"what": "two pianos"}, once="1")

    late = vote(house, people["dave"], item, "chair", "approve", read=read, once="2")
    again = vote(house, people["dave"], item, "chair", "approve", read=read + 1, once="3")

    assert (late.code, late.text) == (
        "stale",
        "This is round 2 now: what is voted on has changed since you read it in round 1.",
    )
    assert isinstance(again, Done), again
    assert rows("SELECT s.round_id, b.person FROM ballot b JOIN seat s ON s.id = seat_id") == [
        (2, "dave")
    ]


def test_who_voted_has_done_the_approval(house, people, rows, item, absent):
    absent("frank", "carol")
    vote(house, people["carol"], item, "two", "approve", once="1")
    vote(house, people["erin"], item, "one", "approve", once="2")
    vote(house, people["dave"], item, "chair", "approve", once="3")

    assert rows("SELECT done_by->'approve' FROM instance") == [
        (["carol", "frank", "erin", "dave"],)
    ]


def test_the_seats_of_a_round_are_in_their_members_inboxes(house, people, item):
    [line] = inbox(house, people["erin"], view="mine").rows
    assert (line.is_approval, line.seat) == (True, "one")

    vote(house, people["erin"], item, "one", "approve", once="1")

    assert inbox(house, people["erin"], view="mine").rows == []
    [line] = inbox(house, people["frank"], view="mine").rows
    assert line.seat == "two"


def test_the_page_of_an_approval_shows_its_seats(house, people, item):
    vote(house, people["dave"], item, "chair", "approve", once="1")

    view = task(house, people["erin"], item)

    chair, one, two = view.round.seats
    assert (chair.ballot.person, chair.open_to_you) == ("dave", False)
    assert (one.open_to_you, two.open_to_you) == (True, True)
    assert "1 yes" in view.round.standing or "need" in view.round.standing


def test_two_votes_at_the_same_moment_are_both_counted(house, people, rows, item):
    ready = threading.Barrier(2)

    def cast(name, seat):
        ready.wait()
        vote(house, people[name], item, seat, "approve", once=name)

    threads = [
        threading.Thread(target=cast, args=pair) for pair in (("dave", "chair"), ("erin", "one"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert rows("SELECT outcome FROM round") == [("approved",)]
    assert rows("SELECT count(*) FROM ballot") == [(2,)]
    assert verify(house) == []


def test_a_seat_of_one_person_is_not_for_who_stands_in_for_others_with_its_role(
    house, people, rows, item, absent
):
    rows("UPDATE seat SET person = 'erin' WHERE name = 'chair' RETURNING 1")
    absent("dave", "carol")

    refusal = vote(house, people["carol"], item, "chair", "approve", once="1")

    assert isinstance(refusal, Refusal), refusal
    assert rows("SELECT person FROM ballot") == []


def voted(house, people):
    """Of each vote for whom it was cast, and what history says; the oldest first."""
    told = history(house, people["bob"], "ERR-1001").rows
    votes = sorted((it for it in told if it.kind == "voted"), key=lambda it: it.id)
    return [(it.details.get("for"), it.sentence) for it in votes]
