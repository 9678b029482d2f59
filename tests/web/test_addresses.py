"""What addresses may hold: numbers that no row can have, and the character NUL, are refused."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

HUGE = "9" * 21
BEYOND = str(2**63)
BEYOND_A_VERSION = str(2**31)
PATHS = (
    "/records/%00",
    "/records/ERR%00/history",
    "/records?q=%00",
    "/records?process=%00",
    "/records?after=%00",
    "/records?%00=x",
    "/tasks?q=%00",
    "/tasks?process=%00",
    "/tasks?after=%00",
    f"/tasks/{HUGE}",
    f"/tasks/{BEYOND}",
    "/processes/%00",
    "/processes/%00/versions",
    "/processes/%00/versions/1.zip",
    f"/processes/errand/versions/{HUGE}.zip",
    f"/processes/errand/versions/{BEYOND_A_VERSION}.zip",
)
PAGES = (
    "/records/%00",
    "/records/%00/diagram",
    "/records/%00/diagram.bpmn",
    "/records/%00/news",
    "/search?q=%00",
    "/search?process=%00",
    "/search?after=%00",
    "/inbox?q=%00",
    "/inbox?process=%00",
    "/inbox?after=%00",
    "/faults?after=%00",
    "/registry?table=%00",
    "/new/%00",
    "/new/errand?follows=%00",
    "/processes/%00",
    "/processes/%00/diagram.bpmn",
    f"/processes/errand/diagram.bpmn?number={HUGE}",
    f"/processes/errand/diagram.bpmn?number={BEYOND_A_VERSION}",
    f"/processes/errand/versions/{HUGE}.zip",
    f"/processes/errand/versions/{BEYOND_A_VERSION}.zip",
    f"/tasks/{HUGE}",
    f"/tasks/{BEYOND}",
    "/nothing/%00",
    "/static/%00",
)


@pytest.mark.parametrize("path", PATHS)
def test_the_api_refuses_what_no_address_can_hold(
    api: Callable[[str], TestClient], caplog: pytest.LogCaptureFixture, path: str
):
    answer = api("grace").get(f"/api/v1{path}")

    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] in ("not_found", "invalid")
    assert not caplog.records or max(it.levelno for it in caplog.records) < logging.ERROR


@pytest.mark.parametrize("path", PAGES)
def test_the_portal_refuses_what_no_address_can_hold(
    visitor: Callable[[str], Any], caplog: pytest.LogCaptureFixture, path: str
):
    answer = visitor("grace").client.get(path)

    assert answer.status_code == 404, answer.text
    assert "Traceback" not in answer.text
    assert not caplog.records or max(it.levelno for it in caplog.records) < logging.ERROR


@pytest.mark.parametrize("number", [HUGE, BEYOND])
@pytest.mark.parametrize("address", ["attachments", "tasks", "votes", "faults"])
def test_numbers_that_no_row_can_have_are_unknown_ones(
    api: Callable[[str], TestClient], visitor: Callable[[str], Any], address: str, number: str
):
    client, grace = api("grace"), visitor("grace")
    opened = {"process": "errand", "values": {"what": "tea"}}
    key = client.post("/api/v1/records", json=opened).json()["key"]
    form = {"csrf": grace.get("/me").form("/logout").form_values()[0][1]}
    ballot = {"round": 1, "seat": "a", "choice": "approve"}

    answers = {
        "attachments": lambda: [
            client.get(f"/api/v1/records/{key}/attachments/{number}"),
            grace.client.get(f"/records/{key}/attachments/{number}"),
        ],
        "tasks": lambda: [
            client.post(f"/api/v1/tasks/{number}/claim"),
            grace.client.post(f"/tasks/{number}/claim", data=form),
        ],
        "votes": lambda: [
            client.post(f"/api/v1/tasks/{number}/vote", json=ballot),
            grace.client.post(f"/tasks/{number}/vote", data=form),
        ],
        "faults": lambda: [grace.client.post(f"/faults/{number}/retry", data=form)],
    }[address]()

    assert [it.status_code for it in answers if it.status_code not in (404, 422)] == []


def test_a_number_in_a_query_that_no_version_can_have_is_named(api: Callable[[str], TestClient]):
    answer = api("grace").post(
        f"/api/v1/processes/errand/versions?parent={HUGE}&reason=x", content=b"PK"
    )

    assert answer.status_code == 422
    assert [it["field"] for it in answer.json()["errors"]] == ["query.parent"]


def test_the_api_names_the_place_of_a_nul(api: Callable[[str], TestClient]):
    answer = api("alice").get("/api/v1/records?q=tea%00")

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "query.q"
    assert "NUL" in error["message"]


def test_a_nul_is_refused_in_every_text_of_a_body(api: Callable[[str], TestClient]):
    alice, bob = api("alice"), api("bob")
    opened = {"process": "errand", "values": {"what": "tea"}}
    key = alice.post("/api/v1/records", json=opened).json()["key"]
    (task,) = bob.get("/api/v1/tasks?view=unclaimed").json()["rows"]
    record, work = f"/api/v1/records/{key}", f"/api/v1/tasks/{task['id']}"
    vote = {"round": 1, "seat": "a", "choice": "approve"}
    bodies = [
        ("/api/v1/records", "body.process", {**opened, "process": "err\0and"}),
        ("/api/v1/records", "body.event", {**opened, "event": "\0"}),
        ("/api/v1/records", "body.follows", {**opened, "follows": "\0"}),
        (f"{record}/actions", "body.action", {"action": "\0"}),
        (f"{record}/comments", "body.text", {"text": "a\0b"}),
        (f"{record}/cancel", "body.reason", {"reason": "a\0b"}),
        (f"{record}/links", "body.to", {"kind": "blocks", "to": "\0"}),
        (f"{record}/links", "body.kind", {"kind": "\0", "to": "ERR-2"}),
        (f"{work}/assign", "body.person", {"person": "\0"}),
        (f"{work}/vote", "body.seat", {**vote, "seat": "\0"}),
        (f"{work}/vote", "body.reason", {**vote, "reason": "\0"}),
    ]

    found = [(field, bob.post(path, json=body)) for path, field, body in bodies]

    for field, answer in found:
        assert answer.status_code == 422, answer.text
        assert [it["field"] for it in answer.json()["errors"]] == [field]
        assert "NUL" in answer.json()["errors"][0]["message"]


def test_a_nul_in_a_form_of_the_portal_is_refused(visitor: Callable[[str], Any]):
    grace = visitor("grace")
    page = grace.submit(grace.get("/new/errand"), "/new/errand", f_what="tea")
    path = page.answer.url.path

    answers = [
        grace.submit(page, f"{path}/links", kind="blocks", to="ERR\0"),
        grace.submit(page, f"{path}/comments", text="a\0b"),
        grace.submit(page, f"{path}/cancel", reason="a\0b", confirm=path.rpartition("/")[2]),
        grace.submit(grace.get("/new/errand"), "/new/errand", f_what="t\0a"),
    ]

    assert [it.status for it in answers] == [422] * len(answers)


def test_a_name_with_a_nul_signs_nobody_in(stranger: Any):
    assert stranger.sign_in("bob\0").status == 403


def test_a_failure_is_logged_without_what_was_asked_for(
    app: FastAPI, caplog: pytest.LogCaptureFixture, house: Any
):
    secret = "what only alice may read"

    def fail() -> None:
        values = {"zero": 0, "it": secret}
        house.store.ask(lambda it: it.execute(text("SELECT 1 / :zero, :it"), values))

    app.add_api_route("/fail", fail)
    TestClient(app, raise_server_exceptions=False).get("/fail")

    assert "division by zero" in caplog.text
    assert secret not in caplog.text
