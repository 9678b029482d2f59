"""Rounds that are put off, reminded of and ended at their deadline, on the real database."""

import threading
from datetime import timedelta

import pytest

from clearway import engine
from clearway.service.deliver import send
from clearway.service.deploy import deploy
from clearway.service.history import history
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import Done
from clearway.service.verify import verify
from clearway.service.vote import vote

NOTICES = """SELECT inputs->>'template', inputs->'to' FROM job WHERE step = 'notice' ORDER BY id"""


@pytest.fixture(scope="module")
def motion(processes_folder):
    """The process that these tests run."""
    return engine.read_bundle(processes_folder, "motion")


@pytest.fixture
def parliament(empty_house, people, motion):
    """A house in which motions are voted on: their scenarios are green, or it refuses them."""
    done = deploy(empty_house, people["grace"], motion, parent=None, reason="first", once="deploy")
    assert isinstance(done, Done), done
    return empty_house


@pytest.fixture
def decide(parliament, people, rows):
    """A motion of alice that concerns carol and bob waits for the board."""
    values = {"what": "A mast", "owners": ["carol", "bob", "carol"]}
    start(parliament, people["alice"], "motion", values, once="start")
    return rows("SELECT id FROM work_item WHERE rule IS NOT NULL")[0][0]


@pytest.fixture
def says(parliament, people, decide):
    """Cast a ballot."""

    def cast(who: str, seat: str, choice: str, reason: str = ""):
        once = f"{who} {seat} {choice}"
        return vote(parliament, people[who], decide, seat, choice, reason=reason, once=once)

    return cast


def test_each_whom_an_expression_names_has_a_seat_once(parliament, decide, rows):
    assert rows("SELECT name, person, mandatory, veto FROM seat WHERE mandatory") == [
        ("owner:carol", "carol", True, True),
        ("owner:bob", "bob", True, True),
    ]
    assert verify(parliament) == []


def test_whoever_has_not_voted_is_reminded_and_the_round_ends(
    parliament, hand_clock, decide, says, rows
):
    says("erin", "one", "approve")

    hand_clock.move_to(hand_clock() + timedelta(days=2))
    assert fire_due(parliament, 10) == 1
    assert rows(NOTICES) == [("vote_wanted", ["bob", "carol", "dave"])]
    hand_clock.move_to(hand_clock() + timedelta(days=1))
    assert fire_due(parliament, 10) == 1
    assert rows("SELECT count(*) FROM timer") == [(1,)]
    assert verify(parliament) == []
    hand_clock.move_to(hand_clock() + timedelta(days=1))
    assert fire_due(parliament, 10) == 1

    assert rows("SELECT state, record->>'decision' FROM instance") == [("lapsed", "undecided")]
    assert rows("SELECT outcome FROM round") == [("undecided",)]
    assert rows("SELECT count(*) FROM timer") == [(0,)]
    assert says("dave", "chair", "approve").code == "already_done"
    assert verify(parliament) == []


def test_who_is_away_is_reminded_through_who_stands_in(
    parliament, hand_clock, decide, absent, rows
):
    hand_clock.move_to(hand_clock() + timedelta(days=2))
    absent("carol", "grace")

    fire_due(parliament, 10)

    assert rows(NOTICES) == [("vote_wanted", ["bob", "dave", "erin", "frank", "grace"])]


def test_what_the_chair_puts_off_is_neither_approved_nor_rejected(parliament, rows, decide, says):
    says("carol", "owner:carol", "reject", "too high")
    assert says("dave", "chair", "defer").code == "invalid"
    done = says("dave", "chair", "defer", "ask the neighbours")

    assert (done.state, done.details["outcome"]) == ("put_off", "deferred")
    assert rows("SELECT outcome FROM round") == [("deferred",)]
    assert rows("SELECT person, choice FROM ballot ORDER BY id") == [
        ("carol", "reject"),
        ("dave", "defer"),
    ]
    assert rows("SELECT count(*) FROM timer") == [(0,)]
    assert verify(parliament) == []


def test_whoever_voted_is_told_what_has_changed(parliament, people, rows, decide, says):
    says("erin", "one", "approve")
    key = rows("SELECT key FROM instance")[0][0]

    send(parliament, people["alice"], key, "reword", {"what": "Two masts"}, once="reword")

    assert rows(NOTICES) == [("vote_again", ["erin"])]
    values = rows("SELECT inputs->'values' FROM job WHERE step = 'notice'")[0][0]
    assert values["changes"] == [
        {"field": "What is moved", "before": '"A mast"', "after": '"Two masts"'}
    ]
    assert values["task"] == decide
    told = [line.sentence for line in history(parliament, people["alice"], key).rows]
    assert any("erin" in text and "vote again" in text for text in told)
    assert verify(parliament) == []


def test_two_ballots_at_the_same_instant_decide_once(parliament, rows, decide, says):
    says("carol", "owner:carol", "approve")
    says("bob", "owner:bob", "approve")
    both = threading.Barrier(2)
    answers = []

    def cast(who: str, seat: str) -> None:
        both.wait()
        answers.append(says(who, seat, "approve"))

    threads = [
        threading.Thread(target=cast, args=it) for it in (("dave", "chair"), ("erin", "one"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert rows("SELECT outcome FROM round") == [("approved",)]
    decided = [it for it in answers if isinstance(it, Done) and it.details["outcome"] != "open"]
    assert len(decided) == 1
    assert verify(parliament) == []


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("DELETE FROM timer WHERE token LIKE 'round:end%%'", "lacks the timer round:end:"),
        ("DELETE FROM timer WHERE token LIKE 'round:remind1%%'", "lacks the timer round:remind1:"),
        ("UPDATE timer SET due_at = due_at + interval '1 year'", "but at 2026-"),
        ("UPDATE timer SET token = token || 'x'", "belongs to no round that is open"),
        ("UPDATE timer SET element = 'other'", "is not as its round asks for"),
    ],
)
def test_a_time_of_a_round_that_is_not_there_or_not_due_then_is_told(
    parliament, decide, rows, how, told
):
    rows(f"{how} RETURNING 1")

    assert any(told in it for it in verify(parliament)), verify(parliament)


def test_who_put_a_vote_off_is_known_to_have_voted(parliament, decide, says, rows):
    assert isinstance(says("dave", "chair", "defer", "It is early"), Done)
    assert verify(parliament) == []

    rows("UPDATE instance SET done_by = '{}' RETURNING 1")

    assert any("that dave did decide" in it for it in verify(parliament))
