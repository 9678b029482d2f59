"""A change in a freeze, for real: whose exception lets it through, and who hears what is new."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from boards import asked_change, do_task, planned_change
from handy import drain, person, seen

from clearway import engine
from clearway.service.deliver import deliver_waiting, send
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.registry import set_absence
from clearway.service.search import search
from clearway.service.start import start
from clearway.service.values import SYSTEM, Actor, Done, Refusal
from clearway.service.verify import verify
from clearway.service.vote import vote
from clearway.service.windows import Window, save_window
from integrations.silent import Silent
from tasks.dispatcher import Dispatcher

pytestmark = pytest.mark.database

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
MONITORING = Actor("alertmanager", roles=frozenset({"alerts"}), is_person=False)
ANSWERS = {"why_not_wait": "It ends", "what_changes": "A text", "if_wrong": "Nothing"}


@pytest.fixture
def begins(house: House) -> datetime:
    """When the change begins."""
    return house.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=40)


@pytest.fixture
def planned(house: House, worker: Dispatcher, begins: datetime) -> Callable[[], str]:
    """Plan a change of low risk at that time: alice's, made by carol, checked by dave."""

    def plan() -> str:
        key = asked_change(house, "Move the shop", "webshop")
        drain(worker)
        ends = begins + timedelta(hours=2)
        do_task(house, "alice", key, planned_change("Move the shop", begins, ends, low_risk=True))
        drain(worker)
        do_task(house, "frank", key, {"assessment": "ready"})
        drain(worker)
        return key

    return plan


def freeze(house: House, begins: datetime, name: str, strength: str) -> None:
    """Declare a freeze of the shop for that day."""
    day = begins.strftime("%Y-%m-%dT00:00")
    over = (begins + timedelta(days=1)).strftime("%Y-%m-%dT00:00")
    window = Window(name, "freeze", name.title(), strength, day, over, "UTC", ("webshop",))
    done = save_window(house, person(house, "frank"), window, once=f"freeze {name}")
    assert isinstance(done, Done), done


def granted(house: House, worker: Dispatcher, key: str, author: str, **said: str) -> None:
    """Let the author answer, and business and change manager say yes."""
    drain(worker)
    do_task(house, author, key, dict(ANSWERS))
    [item] = seen(house, person(house, "frank"), key).tasks
    for name, seat, more in (("mallory", "business", said), ("frank", "change_manager", {})):
        choice = "approve_with_conditions" if more else "approve"
        done = vote(house, person(house, name), item.id, seat, choice, once=f"{key} {seat}", **more)
        assert isinstance(done, Done), done
    while deliver_waiting(house, 10):
        drain(worker)
    drain(worker)


def values(house: House, key: str) -> Mapping[str, object]:
    return seen(house, person(house, "frank"), key).values


def test_only_the_exception_that_it_asked_for_lets_a_change_through(
    house: House, worker: Dispatcher, planned: Callable[[], str], begins: datetime
):
    bundle = engine.read_bundle(BPMN, "freeze_exception")
    deploy(house, SYSTEM, bundle, parent=None, reason="despite scenarios: a test", once="deploy")
    freeze(house, begins, "sale", "hard")
    change = planned()
    while deliver_waiting(house, 10):
        drain(worker)
    [own] = search(house, SYSTEM, "", process="freeze_exception").rows
    by_hand = {
        "title": "A small text",
        "change": change,
        "service": "intranet",
        "starts": (begins - timedelta(days=1)).isoformat(),
        "ends": (begins - timedelta(hours=23)).isoformat(),
        "freezes": ["Sale"],
    }
    other = start(house, person(house, "alice"), "freeze_exception", by_hand, once="by hand")
    assert isinstance(other, Done), other

    granted(house, worker, other.key, "alice")
    waiting = seen(house, person(house, "frank"), change)
    made_up = {"outcome": "granted", "key": own.key, "request": 1, "conditions": []}
    forged = send(house, MONITORING, change, "freeze.exception_decided", made_up, once="forged")
    granted(house, worker, own.key, "alice", conditions="Only after the till is closed")
    through = seen(house, person(house, "frank"), change)

    assert (waiting.state, waiting.values.get("freeze_outcome")) == ("assess", None)
    assert str(waiting.values["approval_reasons"]).startswith(
        f"Not taken: {other.key}, granted, is not the exception that this change asked for."
    )
    assert isinstance(forged, Refusal)
    assert forged.code == "not_allowed"
    assert (through.state, through.values["freeze_exception"]) == ("authorize", own.key)
    condition = "mallory: Only after the till is closed"
    assert through.values["freeze_conditions"] == [condition]
    assert through.values["conditions"] == [condition]
    assert verify(house) == []


def test_each_thing_that_is_new_is_told_once_and_to_the_implementer_too(
    house: House,
    worker: Dispatcher,
    planned: Callable[[], str],
    begins: datetime,
    silent: Silent,
):
    change = planned()

    def told(change_something: Callable[[], object]) -> list[str]:
        before = len(silent.mailer.mails)
        assert isinstance(change_something(), Done | None)
        drain(worker)
        while deliver_waiting(house, 10):
            drain(worker)
        news = [it for it in silent.mailer.mails[before:] if f"{change} does not go" in it.subject]
        return sorted({to.split("@")[0] for it in news for to in it.to})

    concerned = ["alice", "carol", "frank"]
    away = (begins - timedelta(days=1), begins + timedelta(days=1))

    def absent(name: str) -> object:
        return set_absence(house, person(house, name), name, *away, once=f"{name} away")

    assert told(lambda: freeze(house, begins, "quiet", "soft")) == concerned
    assert told(lambda: absent("carol")) == concerned
    assert told(lambda: absent("dave")) == concerned
    assert told(lambda: freeze(house, begins, "sale", "hard")) == concerned
    assert told(lambda: absent("bob")) == []
    send(house, SYSTEM, change, "planned.look_again", {}, once="again")
    assert told(lambda: None) == []
    assert values(house, change)["new_collisions"] == []
    assert len(values(house, change)["collisions"]) == 5
    assert verify(house) == []
