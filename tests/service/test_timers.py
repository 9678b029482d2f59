"""Timers that are due together: each record meets its own in their order, each of them once."""

from datetime import timedelta

import pytest

from clearway import engine
from clearway.service.deploy import deploy
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import Done
from clearway.service.verify import verify

POTS = 12
FIRED = """SELECT element, count(*) FROM entry WHERE kind = 'timer' GROUP BY element
ORDER BY element"""
ASTRAY = """SELECT i.key FROM instance i
WHERE (SELECT array_agg(e.element ORDER BY e.id) FROM entry e
       WHERE e.instance_id = i.id AND e.kind = 'timer') <> ARRAY['soft', 'hard']"""


@pytest.fixture
def kitchen(empty_house, people, processes_folder):
    """A house in which eggs are boiling, each pot with two clocks."""
    bundle = engine.read_bundle(processes_folder, "eggs")
    done = deploy(empty_house, people["grace"], bundle, parent=None, reason="first", once="deploy")
    assert isinstance(done, Done), done
    for number in range(POTS):
        start(empty_house, people["bob"], "eggs", {}, once=f"boil {number}")
    return empty_house


def test_of_each_record_the_first_one_is_fired_first(kitchen, hand_clock, rows):
    hand_clock.move_to(hand_clock() + timedelta(hours=1))

    assert fire_due(kitchen, 2 * POTS) == POTS
    assert rows(FIRED) == [("soft", POTS)]

    assert fire_due(kitchen, 2 * POTS) == POTS
    assert rows(ASTRAY) == []
    assert rows("SELECT state, count(*) FROM instance GROUP BY state") == [("eaten", POTS)]
    assert verify(kitchen) == []


def test_what_is_more_than_a_batch_is_fired_batch_by_batch(kitchen, hand_clock, rows):
    hand_clock.move_to(hand_clock() + timedelta(hours=1))

    fired = []
    while found := fire_due(kitchen, 5):
        fired.append(found)

    assert sum(fired) == 2 * POTS
    assert max(fired) == 5
    assert rows(FIRED) == [("hard", POTS), ("soft", POTS)]
    assert rows(ASTRAY) == []
