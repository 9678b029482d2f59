"""Who decides about a change is who the registry says, and a change begun early is held to now."""

from datetime import timedelta
from typing import Any

import pytest
from boards import asked_change, do_task, open_item, planned_change
from handy import drain, person, seen
from starlette.testclient import TestClient

from clearway.now import HandClock
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.registry import set_absence
from clearway.service.sign_in import IssuedToken, issue_token
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import SYSTEM, Done, Refusal
from clearway.service.vote import vote
from clearway.service.windows import Window, save_window
from clearway.web.app import create_app
from tasks.dispatcher import Dispatcher

pytestmark = pytest.mark.database

GO = {"go": "go", "people_present": True, "monitoring_up": True, "backup_verified": True} | {
    "freeze_looked_at": True,
    "comms_sent": True,
    "collisions_known": True,
}


def handed_in(house: House, worker: Dispatcher, **more: object) -> str:
    """A change of mail, which judy owns and erin's group supports: carol makes it."""
    begins = house.now() + timedelta(days=40)
    key = asked_change(house, "Move it", "mail")
    drain(worker)
    plan = planned_change("Move it", begins, begins + timedelta(hours=2), low_risk=True)
    do_task(house, "alice", key, {**plan, **more})
    drain(worker)
    return key


def assessed(house: House, key: str, **more: object) -> Done | Refusal:
    item = open_item(house, "frank", key)
    values = {"assessment": "ready", **more}
    return complete(house, person(house, "frank"), item, values, once=f"{key} {more}")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"service_owner": "oscar"}, "judy owns mail and may decide: name judy."),
        ({"service_owner": "ivan"}, "judy owns mail and may decide: name judy."),
        ({"group_lead": "ivan"}, "erin leads workplace and may decide: name erin."),
        ({"other_deciders": ["ivan", "oscar"]}, "oscar decides in somebody's place, and has none"),
        ({"other_deciders": ["carol"]}, "carol has an interest in it"),
    ],
)
def test_nobody_is_named_in_place_of_who_may_decide(
    house: House, worker: Dispatcher, named: dict[str, object], said: str
):
    key = handed_in(house, worker)

    refused = assessed(house, key, **named)
    done = assessed(house, key, service_owner="judy", group_lead="erin")

    assert isinstance(refused, Refusal)
    assert refused.fields[next(iter(named))].startswith(said)
    assert isinstance(done, Done)


def test_in_place_of_who_may_not_decide_somebody_with_a_fitting_role_is_named(
    house: House, worker: Dispatcher
):
    key, now = handed_in(house, worker, implementer="erin", verifier="dave"), house.now()
    alice, until = person(house, "alice"), now + timedelta(days=9)
    lent = set_absence(house, alice, "alice", now, until, delegate="judy", once="away")

    no_role = assessed(house, key, group_lead="oscar")
    delegate = assessed(house, key, service_owner="mallory")
    done = assessed(house, key, service_owner="grace", group_lead="ivan")

    assert isinstance(lent, Done)
    assert isinstance(no_role, Refusal)
    assert "has none of the roles" in no_role.fields["group_lead"]
    assert isinstance(delegate, Refusal)
    assert "has none of the roles" in delegate.fields["service_owner"]
    assert isinstance(done, Done)


def test_the_vote_of_a_program_says_that_it_is_independent(house: House, worker: Dispatcher):
    key = handed_in(house, worker)
    assert isinstance(assessed(house, key, group_lead="erin"), Done)
    client, token = TestClient(create_app(house, _Settings())), None
    token = issue_token(house, person(house, "erin"), "t", person="erin")
    assert isinstance(token, IssuedToken)
    client.headers["Authorization"] = f"Bearer {token.token}"
    path = f"/api/v1/tasks/{open_item(house, 'erin', key)}/vote"
    ballot = {"round": 1, "seat": "lead", "choice": "approve"}

    silent = client.post(path, json=ballot)
    said = client.post(path, json={**ballot, "independent": True})

    assert silent.status_code == 422, silent.text
    assert "Say that you are independent, or abstain." in silent.text
    assert said.status_code == 200, said.text


@pytest.mark.parametrize(("strength", "state"), [("hard", "draft"), ("soft", "implement")])
def test_a_freeze_that_is_on_now_stops_what_is_begun_early(
    house: House, worker: Dispatcher, hand_clock: HandClock, strength: str, state: str
):
    key = handed_in(house, worker)
    assert isinstance(assessed(house, key, group_lead="erin"), Done)
    item = open_item(house, "erin", key)
    assert isinstance(vote(house, person(house, "erin"), item, "lead", "approve", once="1"), Done)
    drain(worker)
    window = ("2026-03-01T00:00", "2026-03-05T00:00", "UTC")
    freeze = Window("now", "freeze", "Now", strength, *window, ("mail",))
    assert isinstance(save_window(house, SYSTEM, freeze, once="2"), Done)

    send(house, person(house, "frank"), key, "start_early", {"note": "Today"}, once="3")
    hand_clock.move_to(house.now() + timedelta(seconds=20))
    drain(worker)
    fire_due(house, 10)
    drain(worker)
    begun: Any = seen(house, person(house, "frank"), key)
    do_task(house, "carol", key, GO)
    drain(worker)
    view = seen(house, person(house, "frank"), key)

    assert begun.values["freeze"] == strength
    assert begun.values["backout_deadline"] == "2026-03-02T10:30:00Z"
    assert view.state == state


def test_a_no_in_writing_is_not_overruled_by_word(house: House, worker: Dispatcher):
    key, until = emergency(house, worker), house.now() + timedelta(days=1)
    item, grace = open_item(house, "grace", key), person(house, "grace")
    vote(house, grace, item, "incident_manager", "reject", reason="Never", once="no")
    lent = set_absence(
        house, person(house, "carol"), "carol", house.now(), until, delegate="judy", once="away"
    )

    def spoken(first: str, second: str) -> Done | Refusal:
        said = {"spoken_at": (house.now() + timedelta(minutes=1)).isoformat(), "spoken_words": "W"}
        voices = {"spoken_first": first, "spoken_second": second}
        frank = person(house, "frank")
        return send(house, frank, key, "spoken", {**said, **voices}, once=f"{first} {second}")

    over_a_no = spoken("grace", "frank")
    for_the_author = spoken("frank", "judy")
    done = spoken("frank", "bob")

    assert isinstance(lent, Done)
    assert isinstance(over_a_no, Refusal)
    assert over_a_no.fields["spoken_first"].startswith("grace has voted in writing")
    assert isinstance(for_the_author, Refusal)
    assert for_the_author.fields["spoken_second"].startswith("judy is concerned")
    assert isinstance(done, Refusal)
    assert done.fields["spoken_second"].startswith("bob has no free seat")
    assert seen(house, person(house, "frank"), key).state == "authorize"


def emergency(house: House, worker: Dispatcher) -> str:
    """The key of an emergency of carol's that the board is asked about."""
    asked = {"title": "Close it", "description": "D", "justification": "J", "service": "mail"}
    opened = start(house, person(house, "carol"), "change", asked, once="start")
    assert isinstance(opened, Done)
    drain(worker)
    begins = house.now() + timedelta(hours=1)
    plan = planned_change("Close it", begins, begins + timedelta(hours=2))
    people = {"implementer": "dave", "verifier": "erin"}
    ground = {"restores_service": True, "exploit": "It is used now"}
    do_task(house, "carol", opened.key, {**plan, **people, **ground})
    drain(worker)
    return opened.key


class _Settings:
    """The part of the settings that the portal needs."""

    base_url = "http://testserver"
