"""The demo organisation: complete, made once, its passwords shown once."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from clearway.decisions import evaluate
from clearway.engine import build, read_bundle
from clearway.errors import ClearwayError
from clearway.now import HandClock
from clearway.service.calendar import CalendarView, calendar_of
from clearway.service.demo import DEMO, create_demo, demo_is_due
from clearway.service.house import House
from clearway.service.registry import (
    has_role,
    import_csv,
    people,
    service_context,
    set_absence,
    stands_in_for,
)
from clearway.service.sign_in import SignedIn, sign_in
from clearway.service.values import Actor, Done

pytestmark = pytest.mark.database

PROCESSES = Path(__file__).resolve().parents[2] / "bpmn"
ROLES = {
    "requester",
    "service_desk",
    "service_desk_lead",
    "resolver",
    "incident_manager",
    "change_manager",
    "cab_member",
    "director",
    "implementer",
    "problem_manager",
    "line_manager",
    "provisioner",
    "compliance_owner",
    "service_manager",
    "process_owner",
    "admin",
    "security_officer",
    "supplier_manager",
    "executive",
    "change_registrar",
}


def test_everybody_gets_a_password_that_works_once_told(house: House, admin: Actor):
    passwords = create_demo(house)

    assert len(passwords) == len(people(house, admin)) == 14
    assert isinstance(sign_in(house, "alice", passwords["alice"]), SignedIn)
    assert create_demo(house) == {}
    assert isinstance(sign_in(house, "alice", passwords["alice"]), SignedIn)


def test_every_role_is_held_by_somebody_and_every_group_has_members(house: House, admin: Actor):
    create_demo(house)

    held = {role for person in people(house, admin) for role in person.roles}

    assert held == ROLES
    assert service_context(house, "payroll", None).support_group == "applications"


def test_a_freeze_and_a_weekly_maintenance_lie_ahead_whenever_it_is_made(
    house: House, admin: Actor, hand_clock: HandClock
):
    sunday = hand_clock() + timedelta(days=6)
    hand_clock.move_to(sunday)

    create_demo(house)

    view = calendar_of(house, admin, sunday, sunday + timedelta(days=29))
    assert isinstance(view, CalendarView), view
    ahead = [it.title for it in view.entries]
    assert ahead.count("Stocktaking") == 1
    assert ahead.count("Sunday evening of the shop") == 4


def test_a_role_is_had_by_a_group_while_one_is_active(house: House, admin: Actor):
    create_demo(house)
    [bob] = [it for it in people(house, admin) if it.name == "bob"]

    assert has_role(house, "bob", bob.roles[0])
    assert not has_role(house, "bob", "vip")
    assert not has_role(house, "nobody", bob.roles[0])
    done = import_csv(house, admin, "people", "name,full_name,active\nbob,Bob,false\n", once="2")
    assert isinstance(done, Done), done
    assert not has_role(house, "bob", bob.roles[0])


def test_who_does_not_know_the_service_can_say_so_and_the_category_or_the_desk_gets_it(
    house: House, admin: Actor
):
    create_demo(house)

    found = service_context(house, "not_listed", None)
    table = build(read_bundle(PROCESSES, "incident")).decisions["routing"]

    assert (found.known, found.support_group) == (True, None)
    for category, group in ((None, "service_desk"), ("network", "network")):
        record = {"support_group": found.support_group, "category": category}
        assert evaluate(table, "routing", {"record": record}).outputs["assignment_group"] == group


def test_it_is_not_made_into_somebody_elses_registry(house: House, admin: Actor):
    import_csv(house, admin, "people", "name,full_name\nzoe,Zoe Real\n", once="1")

    with pytest.raises(ClearwayError, match="empty"):
        create_demo(house)

    assert [person.name for person in people(house, admin)] == ["zoe"]


def test_a_delegate_stands_in_while_somebody_is_away(
    house: House, admin: Actor, hand_clock: HandClock
):
    create_demo(house)
    now = hand_clock()
    frank = Actor("frank", roles=frozenset({"change_manager"}))

    set_absence(house, frank, "frank", now, now + timedelta(days=2), delegate="judy", once="1")
    self_made = set_absence(
        house, frank, "frank", now, now + timedelta(days=1), delegate="frank", once="2"
    )
    others = set_absence(house, frank, "carol", now, now + timedelta(days=1), once="3")

    assert stands_in_for(house, "judy") == ["frank"]
    assert self_made.code == "invalid"
    assert others.code == "not_allowed"
    hand_clock.move_to(now + timedelta(days=2))
    assert stands_in_for(house, "judy") == []


def test_passwords_are_told_before_they_are_kept_and_an_interruption_leaves_nothing(
    house: House, admin: Actor
):
    told: list[Mapping[str, str]] = []

    def told_and_interrupted(passwords: Mapping[str, str]) -> None:
        told.append(passwords)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create_demo(house, told_and_interrupted)

    assert people(house, admin) == []
    assert demo_is_due(house)
    assert create_demo(house, told.append) == told[-1]
    assert len(told) == 2
    assert isinstance(sign_in(house, "alice", told[-1]["alice"]), SignedIn)


def test_what_an_older_version_left_half_made_is_completed(house: House, admin: Actor):
    lines = ["name,full_name", *(f"{name},{name.title()} Example" for name in _staff(house))]
    import_csv(house, DEMO, "people", "\n".join(lines), once="1")

    passwords = create_demo(house)

    assert len(passwords) == 14
    assert isinstance(sign_in(house, "trent", passwords["trent"]), SignedIn)
    assert service_context(house, "payroll", None).support_group == "applications"
    assert not demo_is_due(house)


def test_a_demo_that_is_there_is_not_made_again_when_its_people_have_left(
    house: House, admin: Actor
):
    names = create_demo(house)
    left = [f"{name},{name.title()} Example,false" for name in names if name != "trent"]
    import_csv(
        house, admin, "people", "\n".join(["name,full_name,active", *left]), once="they left"
    )

    again = create_demo(house)

    assert again == {}
    assert not demo_is_due(house)
    assert [person.name for person in people(house, admin) if person.active] == ["trent"]


def _staff(house: House) -> list[str]:
    """The names of the demo's people, without making them."""

    def no_more(passwords: Mapping[str, str]) -> None:
        raise LookupError(*passwords)

    with pytest.raises(LookupError) as caught:
        create_demo(house, no_more)
    return list(caught.value.args)
