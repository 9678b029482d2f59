"""Who may do, take, give back and give away a task."""

import psycopg
import pytest

from clearway.service.assign import assign
from clearway.service.claim import claim, unclaim
from clearway.service.complete import complete
from clearway.service.task import task
from clearway.service.values import Actor, Done


@pytest.fixture
def change_row(database_url):
    """Change what is in the database, as a diagram or an import would have."""

    def change(statement, *values):
        with psycopg.connect(database_url) as connection:
            connection.execute(statement, values)

    return change


@pytest.fixture
def item(desk):
    """The open task `sort`, for the role desk, of an errand that alice asked for."""
    desk.ask()
    return desk.open_item("sort")


def test_whom_the_diagram_names_needs_the_lane_s_role(house, people, item, change_row):
    change_row("UPDATE work_item SET assignee = 'alice'")

    refusal = complete(house, people["alice"], item, {"weight": 1}, once="1")

    assert refusal.code == "not_allowed"
    assert refusal.text == "This task is for the role desk."


def test_a_delegate_of_a_stranger_may_not_complete_either(house, people, item, change_row, absent):
    change_row("UPDATE work_item SET assignee = 'alice'")
    absent("alice", "dave")

    assert complete(house, people["dave"], item, {"weight": 1}, once="1").code == "not_allowed"


@pytest.mark.parametrize("stranger", ["alice", "nobody_x"])
def test_a_task_that_a_stranger_has_can_be_claimed_by_who_may_do_it(
    house, people, item, change_row, stranger
):
    change_row("UPDATE work_item SET assignee = %s", stranger)

    assert claim(house, people["erin"], item, once="1").code == "not_allowed"
    assert task(house, people["bob"], item).may_claim
    assert isinstance(claim(house, people["bob"], item, once="2"), Done)
    assert isinstance(complete(house, people["bob"], item, {"weight": 1}, once="3"), Done)


def test_a_task_that_somebody_has_left_behind_can_be_claimed(house, people, item, change_row):
    claim(house, people["carol"], item, once="1")
    change_row("UPDATE person SET active = false WHERE name = 'carol'")

    assert isinstance(claim(house, people["bob"], item, once="2"), Done)


def test_a_task_without_a_role_is_for_whom_the_diagram_names(house, people, item, change_row):
    change_row("UPDATE work_item SET assignee = 'alice', role = NULL")

    assert isinstance(complete(house, people["alice"], item, {"weight": 1}, once="1"), Done)


def test_a_task_of_the_requester_is_given_to_nobody_else(house, people, item, change_row, rows):
    change_row("UPDATE work_item SET role = 'requester'")
    grace = people["grace"]

    refusal = assign(house, grace, item, "bob", once="1")

    assert (refusal.code, refusal.text) == ("invalid", "bob is not its requester, alice.")
    assert isinstance(assign(house, grace, item, "alice", once="2"), Done)
    assert isinstance(complete(house, people["alice"], item, {"weight": 1}, once="3"), Done)


def test_a_colleague_may_not_take_what_another_has(house, people, item, rows):
    claim(house, people["bob"], item, once="1")

    given = assign(house, people["carol"], item, "carol", once="2")
    back = unclaim(house, people["carol"], item, once="3")

    assert (given.code, back.code) == ("not_yours", "not_yours")
    assert back.remedy == "Ask bob to give it back, or a lead to assign it to you."
    assert rows("SELECT assignee FROM work_item") == [("bob",)]


def test_the_lead_of_the_group_may_take_it_and_give_it_away(house, people, item, change_row, rows):
    change_row("UPDATE work_item SET group_name = 'desk'")
    change_row("UPDATE \"group\" SET lead = 'dave' WHERE name = 'desk'")
    claim(house, people["bob"], item, once="1")

    assert isinstance(assign(house, people["dave"], item, "carol", once="2"), Done)
    assert rows("SELECT assignee FROM work_item") == [("carol",)]
    assert isinstance(unclaim(house, people["dave"], item, once="3"), Done)
    assert isinstance(assign(house, people["dave"], item, "bob", once="4"), Done)
    assert unclaim(house, people["erin"], item, once="5").code == "not_yours"


def test_a_task_of_a_group_is_given_to_nobody_else(house, people, item, change_row, rows):
    change_row("UPDATE work_item SET group_name = 'desk'")
    change_row("INSERT INTO group_role VALUES ('board', 'desk')")
    claim(house, people["bob"], item, once="1")

    refusal = assign(house, people["bob"], item, "erin", once="2")

    assert (refusal.code, refusal.text) == ("invalid", "erin is not in the group desk.")
    assert rows("SELECT assignee FROM work_item") == [("bob",)]
    assert isinstance(assign(house, people["bob"], item, "carol", once="3"), Done)


@pytest.mark.parametrize("role", ["process_owner", "admin"])
def test_an_owner_may_take_it_and_give_it_away(house, people, item, role):
    owner = Actor("grace", roles=frozenset({role}))
    claim(house, people["bob"], item, once="1")

    assert isinstance(assign(house, owner, item, "carol", once="2"), Done)
    assert isinstance(unclaim(house, owner, item, once="3"), Done)


def test_who_stands_in_for_somebody_may_give_away_what_they_have(house, people, item, absent):
    claim(house, people["bob"], item, once="1")
    absent("bob", "carol")

    assert isinstance(assign(house, people["carol"], item, "carol", once="2"), Done)


def test_who_may_not_do_a_task_may_not_give_it_to_others(house, people, item):
    assert assign(house, people["erin"], item, "bob", once="1").code == "not_allowed"
    assert isinstance(assign(house, people["carol"], item, "bob", once="2"), Done)
