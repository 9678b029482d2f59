"""An incident whose owner leaves: it stays with the group, on hold and when it is reopened."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from handy import person, seen

from clearway.service.alerts import condition_ended
from clearway.service.claim import claim
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.inbox import inbox
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.registry import import_csv
from clearway.service.start import start
from clearway.service.values import SYSTEM, Actor, Done
from clearway.service.verify import verify

Rows = Callable[[str], list[tuple[object, ...]]]
LEAVING = "name,full_name,active\ndave,Dave Example,no\n"


@pytest.fixture
def incident(house: House, alice: Actor, bob: Actor, dave: Actor, rows: Rows) -> str:
    """The key of an incident that dave of the applications team has claimed."""
    values = {
        "short_description": "The shop is slow",
        "description": "Each page takes a minute",
        "since_when": "2026-03-01T08:00:00Z",
        "how_many": "my_team",
        "can_work": "with_workaround",
        "affected_asset": "web01",
        "channel": "portal",
    }
    key = _went(start(house, alice, "incident", values, once="report")).key
    for job in claim_jobs(house, "w", 10, timedelta(minutes=1)):
        is_search = job.step == "find_context"
        found = {"support_group": "applications", "criticality": 2} if is_search else {}
        finish_job(house, job.id, job.fence, found)
    check = {"impact": 3, "urgency": 3, "assignment_group": "applications"}
    _went(complete(house, bob, _task(rows), check, once="check"))
    _went(claim(house, dave, _task(rows), once="dave claims"))
    return key


def test_it_is_reopened_for_the_group(
    house: House, incident: str, alice: Actor, rows: Rows, heidi: Actor
):
    dave = person(house, "dave")
    fixed = {"resolution_code": "fixed", "resolution_notes": "Ok", "caused_by_change": "no"}
    _went(complete(house, dave, _task(rows), fixed, once="resolve"))
    _leave(house)
    resolved = seen(house, heidi, incident)

    reason = {"reopen_reason": "It is still slow"}
    _went(send(house, alice, incident, "caller_reopens", reason, once="reopen"))

    [row] = inbox(house, heidi, view="unclaimed").rows
    reopened = seen(house, heidi, incident)
    assert resolved.values["assignee"] == "dave", "who resolved it stays known"
    assert "assignee" not in reopened.values
    assert (row.key, row.element, row.group, row.assignee) == (
        incident,
        "resolve",
        "applications",
        None,
    )
    assert _told(rows)[-1] == ("assigned", ["applications"])
    assert verify(house) == []


def test_its_group_ends_the_hold(house: House, incident: str, rows: Rows, heidi: Actor):
    hold = {"hold_reason": "scheduled", "resume_by": (house.now() + timedelta(days=9)).isoformat()}
    _went(send(house, person(house, "dave"), incident, "hold", hold, once="hold"))
    outsider = person(house, "erin")
    _leave(house)

    refused = send(house, outsider, incident, "resume", {}, once="other group")
    _went(send(house, heidi, incident, "resume", {}, once="resume"))

    assert not isinstance(refused, Done)
    assert refused.text == "This is for the group applications."
    assert "assignee" not in seen(house, heidi, incident).values
    assert [row.key for row in inbox(house, heidi, view="unclaimed").rows] == [incident]
    assert _told(rows)[-1] == ("resumed", ["applications"])


def test_its_alert_ends_it_as_one_that_nobody_has(house: House, incident: str):
    def over(once: str) -> object:
        done = condition_ended(
            house,
            SYSTEM,
            incident,
            unclaimed="alert.recovered",
            claimed="alert.cleared",
            text="It is over.",
            payload={},
            once=once,
        )
        return _went(done).details

    claimed = over("1")
    _leave(house)
    left = over("2")

    assert claimed == {"message": "alert.cleared"}
    assert left == {"message": "alert.recovered"}


def _went(result: object) -> Done:
    assert isinstance(result, Done), result
    return result


def _leave(house: House) -> None:
    admin = Actor("trent", roles=frozenset({"admin"}))
    _went(import_csv(house, admin, "people", LEAVING, once="dave leaves"))


def _task(rows: Rows) -> int:
    [(number,)] = rows("SELECT id FROM work_item WHERE closed_at IS NULL")
    assert isinstance(number, int)
    return number


def _told(rows: Rows) -> list[tuple[object, ...]]:
    """The notices so far, each with its template and to whom it goes."""
    return rows("SELECT inputs->>'template', inputs->'to' FROM job WHERE token IS NULL ORDER BY id")
