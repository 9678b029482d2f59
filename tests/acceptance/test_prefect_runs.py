"""Prefect beside the running house: it starts what is scheduled; work goes on without it."""

import contextlib
import hashlib
import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from prefect_operator import Operator
from reports import a_report

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("house")]

CONTROL = "nightly_control_test"
REVIEW = "weekly_open_work_review"
MEETING = "weekly_cab_meeting"
SERVER = "prefect server start"
Eventually = Callable[..., None]


class Schedules(Operator):
    """An operator who looks at what is deployed."""

    def deployments(self) -> dict[str, dict[str, Any]]:
        """What is deployed, by name."""
        return {it["name"]: it for it in self.call("POST", "/deployments/filter", {})}

    def has_deployed(self) -> bool:
        """Whether all of prefect.yaml is there; false while the server is still starting."""
        try:
            return {CONTROL, REVIEW} <= set(self.deployments())
        except (httpx.TransportError, AssertionError, KeyError, ValueError):
            return False


@pytest.fixture
def operator(house: Any, eventually: Eventually) -> Schedules:
    secrets = json.loads((house.home / "secrets.json").read_text(encoding="utf-8"))
    operator = Schedules(house.prefect, secrets["prefect_auth"])
    # Prefect remembers what an earlier start deployed; each start deploys anew, then works.
    begun = "Worker 'ProcessWorker"
    log = house.home / "prefect.log"
    eventually(lambda: begun in log.read_text("utf-8", "replace"), "no schedule is worked on", 240)
    eventually(operator.has_deployed, "prefect.yaml was not deployed", 60)
    return operator


def test_what_is_scheduled_is_deployed(operator: Schedules):
    found = {
        name: [
            (it["schedule"]["cron"], it["schedule"]["timezone"], it["active"]) for it in schedules
        ]
        for name, deployment in operator.deployments().items()
        if (schedules := deployment["schedules"])
    }

    assert found == {
        CONTROL: [("30 2 * * *", "Europe/Berlin", True)],
        REVIEW: [("0 8 * * MON", "Europe/Berlin", True)],
        MEETING: [("0 8 * * MON", "Europe/Berlin", True)],
        "weekly_change_follow_up": [("30 7 * * MON", "Europe/Berlin", True)],
        "weekly_change_report": [("0 7 * * MON", "Europe/Berlin", True)],
    }


def test_the_control_runs_by_its_schedule_and_its_exception_becomes_work(
    house: Any, operator: Schedules, eventually: Eventually
):
    key = _closed_incident(house, eventually)
    [[closed]] = house.sql("SELECT count(*) FROM instance WHERE process = 'incident'"
                           " AND state = 'closed'")  # fmt: skip

    deployment = operator.deployments()[CONTROL]["id"]
    every_minute = {"schedule": {"cron": "* * * * *", "timezone": "UTC"}, "active": True}
    before = datetime.now(UTC)
    row = (
        "SELECT outcome, population, exceptions, evidence_hash, runner FROM scheduled_run"
        " WHERE schedule = %s AND due_at > %s AND finished_at IS NOT NULL ORDER BY due_at LIMIT 1"
    )
    with _without_notes(house, key):
        [added] = operator.call("POST", f"/deployments/{deployment}/schedules", [every_minute])
        eventually(lambda: house.sql(row, CONTROL, before), "the control did not run", 240)
        operator.call("DELETE", f"/deployments/{deployment}/schedules/{added['id']}")
        broken = json.loads(house.run("verify", "-o", "json").stdout)

    told = f"The field resolution_notes of {key} is not what its history says."
    assert [it["broken"] for it in broken] == [told]
    [[outcome, population, exceptions, evidence_hash, runner]] = house.sql(row, CONTROL, before)
    assert (outcome, population) == ("failed", closed)
    [exception] = [one for one in exceptions if one["subject"] == key]
    [[kept]] = house.sql("SELECT bytes FROM content WHERE hash = %s", evidence_hash)
    assert hashlib.sha256(kept).hexdigest() == evidence_hash
    evidence = json.loads(bytes(kept))
    assert [one["key"] for one in evidence["population"] if not one["held"]] == [key]
    assert len(evidence["population"]) == closed

    def completed() -> bool:
        run = operator.call("GET", f"/flow_runs/{runner}")
        return (run["state_type"], run["deployment_id"]) == ("COMPLETED", deployment)

    eventually(completed, "Prefect does not show the run as completed", 60)
    ivan = house.api("ivan")
    work = ivan.get("/tasks", params={"view": "unclaimed", "q": exception["record"]}).json()["rows"]
    assert [(one["process"], one["element"]) for one in work] == [
        ("control_exception", "investigate")
    ]
    view = ivan.get(f"/records/{exception['record']}").json()
    assert view["values"]["subject"] == key


def test_nobody_uses_prefect_without_its_password(house: Any, operator: Schedules):
    assert httpx.post(f"{house.prefect}/deployments/filter", json={}).status_code in (401, 403)
    assert httpx.get(f"{house.prefect}/admin/settings").status_code == 401


def test_the_work_goes_on_while_prefect_is_away_and_the_doctor_says_so(
    house: Any, operator: Schedules, eventually: Eventually
):
    def kill_the_server() -> None:
        for pid in house.pids(SERVER):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def is_done() -> bool:
        # The supervisor starts it again and again.
        kill_the_server()
        return _waiting(bob, key) == ["triage"]

    bob = house.api("bob")
    kill_the_server()
    key = _open(house, "Reported without Prefect")
    eventually(is_done, "the jobs wait for Prefect", 60)

    # The doctor misses who has been silent for a minute: it passes here by hand.
    kill_the_server()
    house.sql("UPDATE heartbeat SET at = at - interval '61 seconds' WHERE name = 'prefect'")
    examined = house.run("doctor", "-o", "json")
    told = json.loads(examined.stdout)

    assert examined.returncode == 1
    unwell = [sign for sign in told if not sign["well"]]
    assert [sign["subject"] for sign in unwell] == ["Prefect"], told
    assert "The work goes on without it" in unwell[0]["text"]
    assert unwell[0]["remedy"]
    eventually(operator.has_deployed, "Prefect did not come back", 240)
    eventually(
        lambda: house.run("doctor", "-o", "json").returncode == 0, "the doctor is not content", 120
    )


@contextlib.contextmanager
def _without_notes(house: Any, key: str) -> Iterator[None]:
    """What no form lets happen: the control is there for what nobody expects."""
    take = (
        "UPDATE instance SET record = record - 'resolution_notes' WHERE key = %s"
        " RETURNING (SELECT record FROM instance WHERE key = %s)::text"
    )
    [[before]] = house.sql(take, key, key)
    try:
        yield
    finally:
        house.sql("UPDATE instance SET record = %s::jsonb WHERE key = %s", before, key)


def _closed_incident(house: Any, eventually: Eventually) -> str:
    key = _open(house, "Closed without a word")
    alice, bob = house.api("alice"), house.api("bob")
    eventually(lambda: _waiting(bob, key) == ["triage"], "no triage", 60)
    group = {"impact": 3, "urgency": 3, "assignment_group": "service_desk"}
    _complete(bob, key, group)
    eventually(lambda: _waiting(bob, key) == ["resolve"], "no work", 60)
    notes = {"resolution_code": "fixed", "resolution_notes": "Done", "caused_by_change": "no"}
    _complete(bob, key, notes)
    eventually(lambda: _state(bob, key) == "resolved", "it is not resolved", 60)
    assert alice.post(f"/records/{key}/actions", json={"action": "accepted"}).status_code == 200
    eventually(lambda: _state(bob, key) == "closed", "it is not closed", 60)
    return key


def _open(house: Any, title: str) -> str:
    values = a_report(title)
    done = house.api("alice").post("/records", json={"process": "incident", "values": values})
    assert done.status_code == 201, done.text
    return done.json()["key"]


def _complete(person: httpx.Client, key: str, values: Mapping[str, object]) -> None:
    [task] = person.get(f"/records/{key}").json()["tasks"]
    person.post(f"/tasks/{task['id']}/claim")
    done = person.post(f"/tasks/{task['id']}/complete", json={"values": values})
    assert done.status_code == 200, done.text


def _state(person: httpx.Client, key: str) -> str:
    return person.get(f"/records/{key}").json()["state"]


def _waiting(person: httpx.Client, key: str) -> list[str]:
    return [task["element"] for task in person.get(f"/records/{key}").json()["tasks"]]
