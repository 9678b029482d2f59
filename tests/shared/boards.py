"""Changes that wait for the board, brought there by the commands that people give."""

from collections.abc import Callable, Mapping
from datetime import datetime

from clearway.service.complete import complete
from clearway.service.house import House
from clearway.service.record import record
from clearway.service.registry import actor_of
from clearway.service.start import start
from clearway.service.values import Actor, Done, Refusal
from clearway.service.vote import vote

_ASSETS = {"network": "core-switch", "mail": "mx01", "payroll": "db01"}
_PLAN: Mapping[str, object] = {
    "plan": "1. Do it",
    "backout_plan": "1. Undo it",
    "backout_minutes": 30,
    "backout_tested": False,
    "test_plan": "Look at it",
    "test_evidence": "Tried in a copy",
    "comms_plan": "The service desk is told the day before",
    "impact": "medium",
    "outage_expected": False,
    "security_flag": False,
    "privacy_flag": False,
    "payment_flag": False,
    "implementer": "carol",
    "verifier": "dave",
    "users_affected": "a_team",
    "services_affected": "one",
    "outage": "minutes",
    "experience": "a_few_times",
    "tested": "in_a_copy",
    "reversible": "at_once",
    "sensitive": "no",
    "next_step": "assess",
}
"""Taking it back was never tried: that makes the risk high."""


def waiting_change(
    house: House,
    work: Callable[[], object],
    title: str,
    service: str,
    begins: datetime,
    ends: datetime,
) -> str:
    """The key of a change of high risk that waits for the board: alice's, made by carol."""
    asked = {"title": title, "description": f"{title}, step by step", "service": service}
    asked["justification"] = "Without it something stops"
    opened = start(house, _person(house, "alice"), "change", asked, once=f"start {title}")
    assert isinstance(opened, Done), opened
    work()
    plan = {
        **_PLAN,
        "title": title,
        "description": asked["description"],
        "affected_assets": [_ASSETS[service]],
        "planned_start": begins.isoformat(),
        "planned_end": ends.isoformat(),
        "point_of_no_return": ends.isoformat(),
    }
    do_task(house, "alice", opened.key, plan)
    work()
    do_task(house, "frank", opened.key, {"assessment": "ready", "group_lead": "trent"})
    work()
    _let_it_be_late(house, opened.key)
    return opened.key


def _let_it_be_late(house: House, key: str) -> None:
    """Where there is less time than the risk needs, the line director says yes first."""
    view = record(house, _person(house, "frank"), key)
    assert not isinstance(view, Refusal), view
    if view.values["expedited"]:
        director = _person(house, str(view.values["line_director"]))
        item = view.tasks[0].id
        done = vote(house, director, item, "line_director", "approve", once=f"late {key}")
        assert isinstance(done, Done), done


def open_item(house: House, name: str, key: str) -> int:
    """The first open task of a record, as this person sees it."""
    view = record(house, _person(house, name), key)
    assert not isinstance(view, Refusal), view
    return view.tasks[0].id


def do_task(house: House, name: str, key: str, values: dict[str, object]) -> None:
    """Complete the first open task of a record."""
    item = open_item(house, name, key)
    done = complete(house, _person(house, name), item, values, once=f"{name} {key} {item}")
    assert isinstance(done, Done), done


def _person(house: House, name: str) -> Actor:
    found = actor_of(house, name)
    assert found is not None
    return found
