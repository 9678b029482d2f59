"""What arrives twice, late or out of order: the first answer again, and nothing else."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager

import life
import pytest
import scene
from day import day
from picture import differences

from clearway.service.claim import claim, unclaim
from clearway.service.start import start
from clearway.service.values import Done
from clearway.service.verify import verify

pytestmark = pytest.mark.database

Copies = Callable[[], AbstractContextManager[str]]


@pytest.mark.parametrize(("which", "at_least"), [("life", 50), ("workshop", 25)])
def test_the_whole_day_delivered_twice_more_in_any_order_changes_nothing(
    copies: Copies, which: str, at_least: int
):
    chance = random.Random(20260302)
    with copies() as url, day(url) as here:
        sent = [
            (step, given := here.begin(step), here.do(step, given)) for step in life.DAYS[which]
        ]
        keyed = [it for it in sent if it[0].again == "repeated"] * 2
        chance.shuffle(keyed)
        before = here.picture()

        answers = [(step.name, first, here.do(step, given)) for step, given, first in keyed]

        assert [it for it in answers if it[2] != {**it[1], "repeated": True}] == []
        assert differences(before, here.picture()) == []
        assert verify(here.house) == []
        assert len(keyed) > at_least


def test_a_command_that_had_nothing_to_do_does_nothing_later_either(copies: Copies):
    with copies() as url, day(url) as here:
        done = start(here.house, scene.actor("alice"), "errand", {"what": "a pen"}, once="1")
        assert isinstance(done, Done), done
        [(item,)] = here.find("SELECT id FROM work_item")
        bob = scene.actor("bob")
        claim(here.house, bob, item, once="2")
        first = claim(here.house, bob, item, once="3")
        unclaim(here.house, bob, item, once="4")

        again = claim(here.house, bob, item, once="3")

        assert isinstance(first, Done) and isinstance(again, Done)
        assert again.repeated
        assert here.find("SELECT assignee FROM work_item") == [(None,)]
