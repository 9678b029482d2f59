"""Signals reach every record that waits for them; a cycle skips what was missed."""

from datetime import timedelta

import pytest

from clearway import engine
from clearway.service.complete import complete
from clearway.service.deliver import deliver_waiting
from clearway.service.deploy import deploy
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import Done
from clearway.service.verify import verify


@pytest.fixture
def beacons(empty_house, people, processes_folder):
    """A house with the process `beacon`."""
    bundle = engine.read_bundle(processes_folder, "beacon")
    done = deploy(empty_house, people["grace"], bundle, parent=None, reason="first", once="deploy")
    assert isinstance(done, Done), done
    return empty_house


def test_a_signal_reaches_all_that_wait_for_it(beacons, people, rows):
    for number in range(3):
        start(beacons, people["bob"], "beacon", {}, once=f"watch {number}")
    start(beacons, people["bob"], "beacon", {"lights": True}, once="light")
    [(item,)] = rows("SELECT id FROM work_item")

    complete(beacons, people["bob"], item, {}, once="lit")
    late = start(beacons, people["bob"], "beacon", {}, once="late")

    assert deliver_waiting(beacons, 10) == 3
    assert rows("SELECT state, count(*) FROM instance GROUP BY state ORDER BY state") == [
        ("lit", 1),
        ("seen", 3),
        ("waiting", 1),
    ]
    assert late.state == "waiting"
    assert verify(beacons) == []


def test_a_cycle_that_skips_goes_on_after_an_outage_without_what_it_missed(
    beacons, people, rows, hand_clock
):
    start(beacons, people["bob"], "beacon", {"lights": True}, once="light")
    ticks = "SELECT count(*) FROM entry WHERE kind = 'timer'"
    hand_clock.move_to(hand_clock() + timedelta(hours=1))
    assert fire_due(beacons, 10) == 1
    assert rows(ticks) == [(1,)]

    hand_clock.move_to(hand_clock() + timedelta(hours=5, minutes=30))
    fire_due(beacons, 10)
    assert rows(ticks) == [(1,)]
    [(due,)] = rows("SELECT due_at FROM timer")
    assert due > hand_clock()

    hand_clock.move_to(due)
    fire_due(beacons, 10)
    assert rows(ticks) == [(2,)]
    assert verify(beacons) == []
