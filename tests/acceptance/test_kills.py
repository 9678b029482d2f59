"""SIGKILL in the middle of work: nothing is lost, nothing doubled, a key answers the same."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from reports import a_report

from clearway.service.verify import verify
from clearway.wiring import open_house

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("house")]

MANY = 8
# As long as a start may take, and more: after SIGKILL PostgreSQL first brings its whole folder to
# the disk, which other tests keep busy.
_PATIENCE = 400.0
VICTIMS = {
    "worker": "-m clearway worker",
    "portal": "-m clearway.web",
    "postgres": "bin/postgres -D",
}
Eventually = Callable[..., None]


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_killed_part_comes_back_and_nothing_is_lost_or_doubled(
    house: Any, victim: str, eventually: Eventually
):
    [pid] = house.pids(VICTIMS[victim])
    at_work = _waiting_incident(house, f"Before {victim}", eventually)

    with ThreadPoolExecutor(4) as people:
        sent = _report(house, people, f"While {victim} dies", eventually)
        sent[0].result()
        os.kill(pid, signal.SIGKILL)
        answers = [future.result() for future in sent]

    eventually(lambda: house.pids(VICTIMS[victim]) not in ([], [pid]), f"no new {victim}", 120)
    _expect_each_once(house, f"While {victim} dies", answers, eventually)
    _expect_work_goes_on(house, at_work, eventually)
    assert _broken(house) == []


def test_after_the_end_of_everything_it_goes_on_where_it_was(
    house: Any, eventually: Eventually, signed_in: Callable[[str], Any]
):
    at_work = _waiting_incident(house, "Before the end", eventually)
    before = _standing(house)
    assert len(house.processes()) >= 12, house.processes()

    with ThreadPoolExecutor(4) as people:
        sent = _report(house, people, "While all dies", eventually)
        sent[0].result()
        house.kill()
        said = house.up()
        answers = [future.result() for future in sent]

    assert "passwords" not in said
    assert not [word for word in house.passwords.values() if word in said]
    assert before.items() <= _standing(house).items()
    _expect_each_once(house, "While all dies", answers, eventually)
    _expect_work_goes_on(house, at_work, eventually)
    verified = house.run("verify")
    assert (verified.returncode, verified.stdout.strip()) == (0, "All is well.")
    assert signed_in("bob").url.startswith(house.address)


def _waiting_incident(house: Any, title: str, eventually: Eventually) -> dict[str, Any]:
    """An incident whose triage bob has claimed, and the command that completes it."""
    key = _open(house, title, f"open {title}", eventually)["key"]
    bob = house.api("bob")
    eventually(lambda: _tasks(bob, key) == ["triage"], "the incident is in no inbox", 60)
    [task] = bob.get(f"/records/{key}").json()["tasks"]
    assert bob.post(f"/tasks/{task['id']}/claim").status_code == 200
    return {"key": key, "task": task["id"], "once": f"complete {title}"}


def _expect_work_goes_on(house: Any, at_work: dict[str, Any], eventually: Eventually) -> None:
    """It is where it was; its next command takes effect once, however often it is sent."""
    bob, key = house.api("bob"), at_work["key"]
    [task] = bob.get(f"/records/{key}").json()["tasks"]
    assert (task["id"], task["element"], task["assignee"]) == (at_work["task"], "triage", "bob")
    values = {"impact": 3, "urgency": 3, "assignment_group": "service_desk"}

    def complete() -> dict[str, Any]:
        done = bob.post(
            f"/tasks/{task['id']}/complete",
            json={"values": values},
            headers={"Idempotency-Key": at_work["once"]},
        )
        assert done.status_code == 200, done.text
        return done.json()

    first, second = complete(), complete()

    assert second == {**first, "repeated": True}
    assert not first["repeated"]
    eventually(lambda: _tasks(bob, key) == ["resolve"], "the work did not go on", 60)
    other = bob.post(
        f"/tasks/{task['id']}/complete",
        json={"values": {**values, "impact": 1}},
        headers={"Idempotency-Key": at_work["once"]},
    )
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def _report(
    house: Any, people: ThreadPoolExecutor, title: str, eventually: Eventually
) -> list[Future[dict[str, Any]]]:
    """Many people report at once; each sends again, with the same key, until there is an answer."""
    house.api("alice").close()
    return [
        people.submit(_open, house, title, f"{title} {number}", eventually)
        for number in range(MANY)
    ]


def _open(house: Any, title: str, once: str, eventually: Eventually) -> dict[str, Any]:
    values = a_report(title)
    answers: list[dict[str, Any]] = []
    heard: list[str] = []

    def answered() -> bool:
        try:
            done = alice.post(
                "/records",
                json={"process": "incident", "values": values},
                headers={"Idempotency-Key": once},
            )
        except httpx.TransportError as error:
            heard.append(repr(error))
            return False
        heard.append(done.text)
        assert done.status_code in (201, 503), done.text
        if done.status_code == 201:
            answers.append(done.json())
        return bool(answers)

    with house.api("alice") as alice:

        def told() -> str:
            return f"{once}: heard only {heard[:3]} ... {heard[-3:]}"

        eventually(answered, told, _PATIENCE)
    return answers[0]


def _expect_each_once(
    house: Any, title: str, answers: list[dict[str, Any]], eventually: Eventually
) -> None:
    keys = {answer["key"] for answer in answers}
    assert len(keys) == MANY
    assert {key for [key] in house.sql("SELECT key FROM instance WHERE title = %s", title)} == keys
    waiting = (
        "SELECT i.key FROM instance i JOIN work_item w ON w.instance_id = i.id"
        " WHERE i.title = %s AND w.element = 'triage' AND w.closed_at IS NULL"
    )
    eventually(
        lambda: sorted(key for [key] in house.sql(waiting, title)) == sorted(keys),
        "not every report reached the inbox once",
        90,
    )


def _standing(house: Any) -> dict[str, tuple[Any, ...]]:
    """Where every record stood that nobody and nothing moves by itself now."""
    rows = house.sql(
        "SELECT key, state, revision, version_id, record::text FROM instance i WHERE NOT EXISTS"
        " (SELECT 1 FROM job j WHERE j.instance_id = i.id AND j.status = 'ready')"
    )
    return {key: tuple(rest) for key, *rest in rows}


def _tasks(client: httpx.Client, key: str) -> list[str]:
    return [task["element"] for task in client.get(f"/records/{key}").json()["tasks"]]


def _broken(house: Any) -> list[str]:
    with open_house(house.postgres.conninfo()) as opened:
        return verify(opened)
