"""What is told to whoever may not see a record: the same as of a record that never was."""

from collections.abc import Callable, Mapping

import pytest

from clearway.service.assign import assign
from clearway.service.attach import attach
from clearway.service.cancel import cancel
from clearway.service.claim import claim, unclaim
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.link import link
from clearway.service.values import Actor, Refusal
from clearway.service.vote import vote

OLAF = Actor("olaf", roles=frozenset({"requester"}), groups=frozenset({"requester"}))

ON_TASKS: Mapping[str, Callable[..., object]] = {
    "claim": lambda house, who, task: claim(house, who, task, once="x"),
    "unclaim": lambda house, who, task: unclaim(house, who, task, once="x"),
    "assign": lambda house, who, task: assign(house, who, task, "carol", once="x"),
    "complete": lambda house, who, task: complete(house, who, task, {"weight": 1}, once="x"),
    "vote": lambda house, who, task: vote(house, who, task, "chair", "approve", once="x"),
}
ON_RECORDS: Mapping[str, Callable[..., object]] = {
    "comment": lambda house, who, key: comment(house, who, key, "Hi", public=True, once="x"),
    "note": lambda house, who, key: comment(house, who, key, "Hi", public=False, once="x"),
    "send": lambda house, who, key: send(house, who, key, "hold", {}, once="x"),
    "send nothing": lambda house, who, key: send(house, who, key, "nonsense", {}, once="x"),
    "cancel": lambda house, who, key: cancel(house, who, key, "Because", once="x"),
    "link": lambda house, who, key: link(house, who, key, "blocks", "ERR-1002", once="x"),
    "attach": lambda house, who, key: attach(
        house, who, key, "a.txt", "text/plain", b"text", once="x"
    ),
}


@pytest.fixture
def taken(desk, house, people):
    """The task that bob has."""
    desk.ask()
    item = desk.open_item("sort")
    claim(house, people["bob"], item, once="claim")
    return item


@pytest.fixture
def approval(desk):
    """An approval that waits for its seats."""
    desk.ask("a piano")
    desk.sort(weight=200)
    return desk.open_item("approve")


@pytest.mark.parametrize("name", ON_TASKS)
def test_an_outsider_learns_nothing_of_a_task(house: House, taken: int, name: str):
    command = ON_TASKS[name]

    told = command(house, OLAF, taken)

    assert isinstance(told, Refusal)
    assert told.code == "not_found"
    assert told == command(house, OLAF, 4711)


@pytest.mark.parametrize("name", ON_TASKS)
def test_an_outsider_learns_nothing_of_an_approval_nor_of_who_did_what(
    house: House, approval: int, desk, rows, name: str
):
    [(sorted_by_bob,)] = rows("SELECT id FROM work_item WHERE element = 'sort'")
    command = ON_TASKS[name]

    assert command(house, OLAF, approval) == command(house, OLAF, 4711)
    assert command(house, OLAF, sorted_by_bob) == command(house, OLAF, 4711)


@pytest.mark.parametrize("name", ON_RECORDS)
def test_an_outsider_learns_nothing_of_a_record(house: House, desk, name: str):
    key = desk.ask()
    desk.sort()
    desk.fetch()
    desk.ask("another")
    command = ON_RECORDS[name]

    told = command(house, OLAF, key)

    assert isinstance(told, Refusal)
    assert key not in told.text
    assert told == command(house, OLAF, "ERR-4711")


def test_who_may_see_it_is_told_who_has_it(house: House, people, taken: int):
    to_the_requester = complete(house, people["alice"], taken, {"weight": 1}, once="x")

    assert isinstance(to_the_requester, Refusal)
    assert to_the_requester.text == "bob has it."


def test_who_had_a_part_in_it_and_lost_the_role_is_told(house: House, people, desk, taken: int):
    comment(house, people["carol"], "ERR-1001", "I know it", public=True, once="word")
    without_role = Actor("carol", roles=frozenset({"requester"}))

    told = claim(house, without_role, taken, once="x")

    assert isinstance(told, Refusal)
    assert told.text == "bob has it."


def test_a_channel_is_told_what_was_refused(house: House, desk):
    key = desk.ask()

    told = send(house, Actor("robot", is_person=False), key, "hold", {}, once="x")

    assert isinstance(told, Refusal)
    assert told.code == "not_waiting"
