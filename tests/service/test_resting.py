"""An upgrade is rehearsed: every open record is loaded by the new release, and nothing written."""

from dataclasses import replace

import psycopg
import pytest

from clearway.service.cancel import cancel
from clearway.service.resting import rehearse_upgrade
from clearway.service.values import Done

pytestmark = pytest.mark.database


def test_what_is_open_is_loaded_and_what_has_ended_is_not(house, desk, people):
    over = desk.ask("a pen")
    assert isinstance(cancel(house, people["grace"], over, "no need", once="over"), Done)
    desk.ask("a book")

    found = rehearse_upgrade(house)

    assert (found.instances, found.versions, found.problems) == (1, 1, [])


def test_a_state_that_this_release_cannot_read_is_told(house, desk, database_url):
    key = desk.ask("a pen")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE instance SET engine_state = '\\x435763'")

    found = rehearse_upgrade(house)

    [problem] = found.problems
    assert problem.startswith(f"{key} cannot be read: The instance was saved in format 63")


def test_a_step_that_this_release_lacks_is_told_once_for_its_version(house, desk):
    desk.ask("a pen")
    desk.ask("a book")
    newer = replace(house, steps={})

    found = rehearse_upgrade(newer)

    assert found.problems == [
        "Version 1 of errand names the step fetch, which this release does not have."
    ]
