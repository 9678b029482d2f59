"""Changes that wait for the board, brought there by the commands that people give."""

from collections.abc import Callable
from datetime import datetime

from clearway.service.complete import complete
from clearway.service.house import House
from clearway.service.record import record
from clearway.service.registry import actor_of
from clearway.service.start import start
from clearway.service.values import Actor, Done, Refusal

_RISKY = {
    "users_affected": "a_site",
    "services_affected": "a_few",
    "outage": "an_hour",
    "experience": "never",
    "tested": "in_parts",
    "reversible": "with_effort",
    "sensitive": "at_the_edge",
}
_SAID = {
    "affected_assets": ["laptop-0042"],
    "impact": "small",
    "plan": "1. Do it",
    "backout_plan": "1. Undo it",
    "backout_minutes": 30,
    "backout_tested": True,
    "test_plan": "Look at it",
    "test_evidence": "It was tried in a copy",
    "comms_plan": "The service desk is told the day before",
    "outage_expected": False,
    "security_flag": False,
    "privacy_flag": False,
    "payment_flag": False,
}


_DANGEROUS = {
    "users_affected": "everyone",
    "services_affected": "many",
    "outage": "longer",
    "experience": "never",
    "tested": "not_at_all",
    "reversible": "hardly",
    "sensitive": "at_the_heart",
}
_QUIET = {
    "users_affected": "a_team",
    "services_affected": "one",
    "outage": "minutes",
    "experience": "a_few_times",
    "tested": "in_a_copy",
    "reversible": "at_once",
    "sensitive": "no",
}


def waiting_change(
    house: House,
    work: Callable[[], object],
    title: str,
    service: str,
    begins: datetime,
    ends: datetime,
    *,
    dangerous: bool = False,
) -> str:
    """The key of a change of high risk that waits for the board: alice's, made by carol.

    A `dangerous` one is of very high risk: after the board an executive decides.
    """
    key = asked_change(house, title, service)
    work()
    plan = planned_change(title, begins, ends)
    do_task(house, "alice", key, {**plan, **(_DANGEROUS if dangerous else {})})
    work()
    do_task(house, "frank", key, {"assessment": "ready"})
    work()
    return key


def asked_change(house: House, title: str, service: str) -> str:
    """The key of a change that alice has asked for."""
    asked = {"title": title, "description": f"{title}, step by step", "service": service}
    asked["justification"] = "Without it something stops"
    opened = start(house, _person(house, "alice"), "change", asked, once=f"start {title}")
    assert isinstance(opened, Done), opened
    return opened.key


def planned_change(
    title: str, begins: datetime, ends: datetime, *, low_risk: bool = False
) -> dict[str, object]:
    """What alice writes into the plan: carol makes it, and dave checks it."""
    return {
        **_SAID,
        **(_QUIET if low_risk else _RISKY),
        "title": title,
        "description": f"{title}, step by step",
        "next_step": "assess",
        "point_of_no_return": ends.isoformat(),
        "planned_start": begins.isoformat(),
        "planned_end": ends.isoformat(),
        "implementer": "carol",
        "verifier": "dave",
    }


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
