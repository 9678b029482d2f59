"""The API's description: every operation declares the errors that are really sent."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from clearway.engine.values import Bundle
from clearway.web.bundles import zipped

WithToken = Callable[[str], TestClient]
PROBLEM = "application/problem+json"
API = "/api/v1"
_FILLED = {
    "key": "ERR-1",
    "attachment_id": "1",
    "task_id": "1",
    "process": "errand",
    "number": "1",
    "decision": "size",
    "name": "closing",
}


class Description:
    """The description as a program reads it, to check answers against."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Method, path and what is said of each operation."""
        for path, found in self.document["paths"].items():
            for method, operation in found.items():
                yield method.upper(), path, operation

    def check(self, method: str, template: str, answer: httpx.Response) -> None:
        """Fail unless this status, this media type and this body are declared."""
        operation = self.document["paths"][template][method.lower()]
        declared = operation["responses"].get(str(answer.status_code))
        assert declared, f"{method} {template} answers {answer.status_code}: {answer.text}"
        media_type = answer.headers["content-type"].partition(";")[0]
        schema = {
            **declared["content"][media_type]["schema"],
            "components": self.document["components"],
        }
        Draft202012Validator(schema).validate(answer.json())
        assert answer.status_code < 400 or answer.json()["status"] == answer.status_code


@pytest.fixture
def described(app: FastAPI) -> Description:
    """The description of the API."""
    return Description(TestClient(app).get(f"{API}/openapi.json").json())


def _address(template: str) -> str:
    return API + template.format(**_FILLED)


def _redrawn(errand: Bundle) -> Bundle:
    drawing = errand.files["errand/errand.bpmn"].replace(b'name="Sort"', b'name="Look"')
    return Bundle("errand", {**errand.files, "errand/errand.bpmn": drawing})


def test_every_operation_declares_its_errors_as_problem_documents(described: Description):
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}

    for method, path, operation in described.operations():
        declared = {int(status): it for status, it in operation["responses"].items()}
        wanted = {401, 422, 500, 503}
        wanted |= {404} if "{" in path else set()
        wanted |= {413} if "requestBody" in operation else set()
        wanted |= {403} if method != "GET" else set()
        assert wanted <= set(declared), f"{method} {path} lacks {wanted - set(declared)}"
        for status, it in declared.items():
            if status >= 400:
                assert it["content"] == {PROBLEM: reference}, f"{method} {path} {status}"


def test_no_error_of_the_framework_is_described(described: Description):
    assert "ValidationError" not in str(described.document)
    Draft202012Validator.check_schema(described.document["components"]["schemas"]["Problem"])


def test_every_operation_says_what_it_takes_and_what_it_answers(described: Description):
    for method, path, operation in described.operations():
        (good,) = [it for status, it in operation["responses"].items() if int(status) < 400]
        schemas = [it["schema"] for it in good["content"].values()]
        assert all(schemas), f"{method} {path}"
        is_bodiless = method in ("GET", "DELETE") or path.endswith("claim")
        assert ("requestBody" in operation) is not is_bodiless, f"{method} {path}"


def test_what_every_operation_answers_to_a_bad_request_is_declared(
    app: FastAPI, api: WithToken, described: Description
):
    stranger, grace = TestClient(app), api("grace")

    for method, path, operation in described.operations():
        here = _address(path)
        answers = {
            401: stranger.request(method, here),
            422: grace.request(method, f"{here}?q=%00"),
        }
        if "{" in path:
            answers[404] = grace.request(method, API + path.replace("{", "%00{"))
        if any(it["name"] == "idempotency-key" for it in operation.get("parameters", ())):
            answers[422] = grace.request(method, here, headers={"Idempotency-Key": "k" * 201})
            answers[400] = grace.request(method, here, headers={"Idempotency-Key": " "})
        for status, answer in answers.items():
            assert answer.status_code == status, f"{method} {path}: {answer.text}"
            described.check(method, path, answer)


def test_what_every_operation_answers_to_a_large_body_is_declared(
    api: WithToken, described: Description
):
    grace = api("grace")
    large = {"Content-Length": str(50 * 1024 * 1024), "Content-Type": "application/json"}

    for method, path, operation in described.operations():
        if "requestBody" in operation:
            known = {it["name"] for it in operation.get("parameters", ())} & {"name", "reason"}
            here = f"{_address(path)}?{'&'.join(f'{name}=a' for name in known)}"
            answer = grace.request(method, here, content=b"{}", headers=large)
            described.check(method, path, answer)
            assert answer.status_code == 413, path


def test_what_is_refused_in_the_course_of_work_is_declared(
    api: WithToken, described: Description, errand: Bundle
):
    alice, bob, olaf, grace = api("alice"), api("bob"), api("olaf"), api("grace")
    opening = {"process": "errand", "values": {"what": "tea"}}
    opened = alice.post(f"{API}/records", json=opening)
    key = opened.json()["key"]
    found = bob.get(f"{API}/tasks?view=unclaimed")
    number = found.json()["rows"][0]["id"]
    record, work = f"{API}/records/{key}", f"{API}/tasks/{number}"
    claimed = bob.post(f"{work}/claim")
    same_key = {"Idempotency-Key": "k"}
    bob.post(f"{record}/comments", json={"text": "a"}, headers=same_key)
    torn = {"Content-Type": "application/json"}
    check, versions = f"{API}/processes/errand/check", f"{API}/processes/errand/versions"
    files, why, button = zipped(errand), {"reason": "x"}, {"action": "x"}

    answers = [
        (201, "POST", "/records", opened),
        (200, "GET", "/tasks", found),
        (200, "POST", "/tasks/{task_id}/claim", claimed),
        (400, "POST", "/records", alice.post(f"{API}/records", content=b"\xff", headers=torn)),
        (404, "POST", "/records", alice.post(f"{API}/records", json={"process": "no"})),
        (422, "POST", "/records", alice.post(f"{API}/records", json={"process": "errand"})),
        (404, "GET", "/records/{key}", olaf.get(record)),
        (200, "GET", "/records/{key}", alice.get(record)),
        (
            403,
            "POST",
            "/records/{key}/cancel",
            alice.post(f"{record}/cancel", json=why),
        ),
        (
            409,
            "POST",
            "/records/{key}/comments",
            bob.post(f"{record}/comments", json={"text": "b"}, headers=same_key),
        ),
        (
            409,
            "POST",
            "/records/{key}/actions",
            bob.post(f"{record}/actions", json=button),
        ),
        (422, "GET", "/records", alice.get(f"{API}/records?after=nonsense")),
        (403, "POST", "/tasks/{task_id}/claim", api("carol").post(f"{work}/claim")),
        (404, "POST", "/tasks/{task_id}/claim", olaf.post(f"{work}/claim")),
        (422, "POST", "/tasks/{task_id}/complete", bob.post(f"{work}/complete", json={})),
        (403, "POST", "/processes/{process}/check", alice.post(check, content=files)),
        (200, "POST", "/processes/{process}/check", grace.post(check, content=files)),
        (422, "POST", "/processes/{process}/check", grace.post(check, content=b"torn")),
        (
            409,
            "POST",
            "/processes/{process}/versions",
            grace.post(
                f"{versions}?parent=7&reason=x",
                content=zipped(_redrawn(errand)),
            ),
        ),
        (403, "GET", "/processes/{process}/versions/{number}.zip", alice.get(f"{versions}/1.zip")),
    ]

    for status, method, template, answer in answers:
        assert answer.status_code == status, f"{method} {template}: {answer.text}"
        described.check(method, template, answer)


def test_what_alertmanager_is_answered_is_declared(
    alertmanager: TestClient, api: WithToken, described: Description
):
    path = "/alerts/alertmanager"
    alert = {
        "status": "resolved",
        "labels": {"alertname": "DiskFull"},
        "startsAt": "2026-03-02T08:59:00Z",
        "endsAt": "2026-03-02T08:59:30Z",
        "fingerprint": "bfe524a6f7f2da52",
    }
    operation = described.document["paths"][path]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]

    taken = alertmanager.post(API + path, json={"alerts": [alert]})
    partly = alertmanager.post(API + path, json={"alerts": [alert, {**alert, "fingerprint": None}]})
    answers = [
        partly,
        alertmanager.post(API + path, json={"alerts": [{**alert, "status": "firing"}]}),
        alertmanager.post(API + path, json={"alerts": [{**alert, "status": "odd"}]}),
        api("bob").post(API + path, json={"alerts": []}),
    ]

    assert Draft202012Validator(body).is_valid({"alerts": [alert]})
    assert not Draft202012Validator(body).is_valid({"alerts": [{**alert, "status": "odd"}]})
    assert taken.status_code == 202
    assert len(taken.json()["results"]) == 1
    assert partly.status_code == 202
    assert [one["outcome"] for one in partly.json()["results"]] == ["recorded", "refused"]
    assert not Draft202012Validator(body).is_valid({"alerts": [{**alert, "labels": {}}]})
    assert Draft202012Validator(body).is_valid({"alerts": [{**alert, "labels": {"foo": "bar"}}]})
    for answer in [taken, *answers]:
        described.check("POST", path, answer)


def test_a_mistake_of_ours_is_declared(api: WithToken, described: Description, house: Any):
    alice = api("alice")
    house.store.close()
    del house.store

    answer = alice.get(f"{API}/records/ERR-1")

    assert answer.status_code == 500
    described.check("GET", "/records/{key}", answer)
