"""The JSON API: tokens, problems, paging, keys that repeat, limits."""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from clearway.engine.values import Bundle
from clearway.web.bundles import zipped

FIFTY = 50 * 1024 * 1024
WithToken = Callable[[str], TestClient]


def test_a_record_goes_from_opening_to_its_history(api: WithToken):
    alice, bob = api("alice"), api("bob")

    opened = alice.post("/api/v1/records", json={"process": "errand", "values": {"what": "tea"}})
    key = opened.json()["key"]
    (task,) = bob.get("/api/v1/tasks?view=unclaimed").json()["rows"]
    claimed = bob.post(f"/api/v1/tasks/{task['id']}/claim")
    form = bob.get(f"/api/v1/tasks/{task['id']}").json()
    done = bob.post(f"/api/v1/tasks/{task['id']}/complete", json={"values": {"weight": 0.5}})
    record = alice.get(f"/api/v1/records/{key}").json()
    lines = alice.get(f"/api/v1/records/{key}/history").json()["rows"]

    assert opened.status_code == 201
    assert task["key"] == key
    assert claimed.status_code == done.status_code == 200
    assert form["schema"]["required"] == ["weight"]
    assert record["values"]["weight"] == 0.5
    assert record["started_at"] == "2026-03-02T09:00:00Z"
    assert any("bob completed Sort" in line["sentence"] for line in lines)


def test_history_begins_where_the_caller_asks(api: WithToken):
    key, number = _waiting_task(api)
    bob, address = api("bob"), f"/api/v1/records/{key}/history"
    bob.post(f"/api/v1/tasks/{number}/claim")

    usual = [line["id"] for line in bob.get(address).json()["rows"]]
    newest = bob.get(f"{address}?order=newest&limit=2").json()
    rest = bob.get(f"{address}?order=newest&after={newest['after']}").json()
    wrong = bob.get(f"{address}?order=sideways")
    described = bob.get("/api/v1/openapi.json").json()["paths"]

    assert usual == sorted(usual)
    assert [line["id"] for line in (*newest["rows"], *rest["rows"])] == usual[::-1]
    assert (wrong.status_code, rest["after"]) == (422, None)
    [order] = [
        it
        for it in described["/records/{key}/history"]["get"]["parameters"]
        if it["name"] == "order"
    ]
    assert order["schema"]["enum"] == ["oldest", "newest"]
    assert order["schema"]["default"] == "oldest"
    assert order["description"]


@pytest.mark.parametrize("token", [None, "Bearer cw_unknown", "Basic Ym9iOmJvYg==", "Bearer "])
def test_without_a_valid_token_nothing_is_told(app: FastAPI, token: str | None):
    client = TestClient(app, headers={"Authorization": token} if token else {})

    answer = client.get("/api/v1/records/ERR-1")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthorized"


def test_a_session_cookie_does_not_open_the_api(visitor: Callable[[str], Any]):
    bob = visitor("bob")

    assert bob.client.get("/api/v1/tasks").status_code == 401


def test_the_same_key_answers_with_the_first_result(api: WithToken):
    alice = api("alice")
    body = {"process": "errand", "values": {"what": "tea"}}

    first = alice.post("/api/v1/records", json=body, headers={"Idempotency-Key": "k-1"})
    again = alice.post("/api/v1/records", json=body, headers={"Idempotency-Key": "k-1"})
    other = alice.post(
        "/api/v1/records",
        json={"process": "errand", "values": {"what": "coffee"}},
        headers={"Idempotency-Key": "k-1"},
    )

    assert again.json()["key"] == first.json()["key"]
    assert again.json()["repeated"] is True
    assert other.status_code == 409
    assert other.json()["code"] == "conflict"


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_blank_idempotency_key_is_refused(api: WithToken, blank: str):
    body = {"process": "errand", "values": {"what": "tea"}}

    answer = api("alice").post("/api/v1/records", json=body, headers={"Idempotency-Key": blank})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "header.idempotency-key"
    assert "leave the header out" in answer.json()["detail"]


def test_two_callers_may_number_their_requests_alike(api: WithToken):
    body = {"process": "errand", "values": {"what": "tea"}}

    keys = [
        api(name).post("/api/v1/records", json=body, headers={"Idempotency-Key": "1"}).json()["key"]
        for name in ("alice", "bob")
    ]

    assert len(set(keys)) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"process": "errand", "values": {}, "more": 1}, "body.more"),
        ({"values": {}}, "body.process"),
        ({"process": 7}, "body.process"),
        ({"process": "errand", "values": []}, "body.values"),
        ({"process": "errand", "values": {"what": "tea", "price": float("nan")}}, "body.values"),
        ({"process": "errand", "values": {"what": 3}}, "what"),
        ({"process": "errand", "values": {"what": "tea", "decision": "approved"}}, "decision"),
        ({"process": "errand", "values": {}}, "what"),
    ],
)
def test_what_does_not_fit_is_refused_and_named(
    api: WithToken, rows: Callable[..., Any], body: object, field: str
):
    content = json.dumps(body)

    answer = api("alice").post(
        "/api/v1/records", content=content, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert rows("SELECT count(*) FROM instance") == [(0,)]


@pytest.mark.parametrize("body", ["{", "[" * 100_000, '{"process": ', "null", "\x00"])
def test_what_is_no_json_is_a_problem_and_no_failure(api: WithToken, body: str):
    answer = api("alice").post(
        "/api/v1/records", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_lists_are_read_page_by_page(api: WithToken):
    alice = api("alice")
    for number in range(5):
        values = {"what": f"tea {number}"}
        alice.post("/api/v1/records", json={"process": "errand", "values": values})

    seen: list[str] = []
    after = ""
    while True:
        found = alice.get(f"/api/v1/records?limit=2{after and '&after=' + after}").json()
        seen += [row["key"] for row in found["rows"]]
        if not found["after"]:
            break
        after = found["after"]

    assert len(seen) == len(set(seen)) == 5
    assert alice.get("/api/v1/records?limit=0").status_code == 422
    assert alice.get("/api/v1/records?after=nonsense").status_code == 422


def test_who_reads_all_records_in_the_order_of_opening_misses_none_that_changes(api: WithToken):
    alice = api("alice")
    keys = [
        alice.post("/api/v1/records", json={"process": "errand", "values": {"what": what}}).json()[
            "key"
        ]
        for what in ("tea", "milk", "sugar", "bread")
    ]
    address = "/api/v1/records?order=opened&limit=2"

    first = alice.get(address).json()
    said = alice.post(
        f"/api/v1/records/{keys[3]}/comments", json={"text": "A whole one", "public": True}
    )
    second = alice.get(f"{address}&after={first['after']}").json()

    assert said.is_success, said.text
    assert [row["key"] for row in first["rows"] + second["rows"]] == keys
    assert second["after"] is None
    other = alice.get(f"/api/v1/records?limit=2&after={first['after']}")
    assert other.status_code == 422


def test_what_one_may_not_see_does_not_exist(api: WithToken):
    key = (
        api("alice")
        .post("/api/v1/records", json={"process": "errand", "values": {"what": "tea"}})
        .json()["key"]
    )

    olaf = api("olaf")
    hidden, unknown = olaf.get(f"/api/v1/records/{key}"), olaf.get("/api/v1/records/ERR-999")

    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()
    assert olaf.get("/api/v1/records").json()["rows"] == []


def test_a_file_is_attached_and_read(api: WithToken):
    alice = api("alice")
    key = alice.post(
        "/api/v1/records", json={"process": "errand", "values": {"what": "tea"}}
    ).json()["key"]

    added = alice.post(
        f"/api/v1/records/{key}/attachments?name=list.txt",
        content=b"milk",
        headers={"Content-Type": "text/plain"},
    )
    number = added.json()["details"]["attachment"]
    read = alice.get(f"/api/v1/records/{key}/attachments/{number}")

    assert added.status_code == 201
    assert read.content == b"milk"
    assert read.headers["content-disposition"].startswith("attachment")


def test_the_largest_file_is_attached_while_others_comment(api: WithToken):
    alice = api("alice")
    key = alice.post(
        "/api/v1/records", json={"process": "errand", "values": {"what": "tea"}}
    ).json()["key"]
    content = b"x" * 20 * 1024 * 1024

    added = alice.post(
        f"/api/v1/records/{key}/attachments?name=all.txt",
        content=content,
        headers={"Content-Type": "text/plain"},
    )
    assert added.status_code == 201, added.text
    said = alice.post(
        f"/api/v1/records/{key}/comments", json={"text": "There it is", "public": True}
    )
    number = added.json()["details"]["attachment"]

    assert said.status_code == 201
    assert alice.get(f"/api/v1/records/{key}/attachments/{number}").content == content


def test_a_malformed_delivery_of_alerts_is_refused_with_its_places(alertmanager: TestClient):
    body = {"alerts": [{"status": "firing", "labels": {"alertname": "X"}, "startsAt": "now"}]}

    answer = alertmanager.post("/api/v1/alerts/alertmanager", json=body)

    assert answer.status_code == 422
    fields = [error["field"] for error in answer.json()["errors"]]
    assert "alerts[0].fingerprint" in fields
    assert "alerts[0].startsAt" in fields


def test_a_malformed_alert_is_answered_with_its_places_beside_one_that_is_taken(
    alertmanager: TestClient,
):
    good = {
        "status": "resolved",
        "labels": {"service": "webshop"},
        "startsAt": "2026-03-02T08:59:00Z",
        "fingerprint": "bfe524a6f7f2da52",
    }
    bad = {name: value for name, value in good.items() if name != "fingerprint"}

    answer = alertmanager.post("/api/v1/alerts/alertmanager", json={"alerts": [bad, good]})

    assert answer.status_code == 202
    message = "It must be the alert's fingerprint, as text."
    assert answer.json()["results"] == [
        {
            "fingerprint": None,
            "outcome": "refused",
            "key": None,
            "errors": [{"field": "alerts[0].fingerprint", "message": message}],
        },
        {"fingerprint": "bfe524a6f7f2da52", "outcome": "recorded", "key": None, "errors": []},
    ]


def test_an_alert_that_cannot_be_taken_now_is_to_be_sent_again(alertmanager: TestClient):
    alert = {
        "status": "firing",
        "labels": {"alertname": "DiskFull"},
        "startsAt": "2026-03-02T08:59:00Z",
        "fingerprint": "bfe524a6f7f2da52",
    }

    # No process `incident` is deployed in this house.
    answer = alertmanager.post("/api/v1/alerts/alertmanager", json={"alerts": [alert]})

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    told = answer.json()
    assert told["code"] == "not_taken"
    assert told["detail"].startswith("The alert bfe524a6f7f2da52 opened no incident: ")


def test_alerts_are_taken_from_their_channel_only(api: WithToken):
    answer = api("bob").post("/api/v1/alerts/alertmanager", json={"alerts": []})

    assert answer.status_code == 403


@pytest.mark.parametrize("stated", [True, False])
def test_50_megabytes_are_refused_before_they_are_read(app: FastAPI, api: WithToken, stated: bool):
    client = api("grace")
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield b"x" * 1024 * 1024

    headers = {"Content-Length": str(50 * 1024 * 1024)} if stated else {}
    answer = client.post("/api/v1/processes/errand/check", content=body(), headers=headers)

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "6 MiB" in answer.json()["detail"]


def test_a_program_that_sends_all_before_it_reads_gets_the_refusal(address: str, api: WithToken):
    host, _, port = address.removeprefix("http://").partition(":")
    token = api("grace").headers["Authorization"]
    sender = http.client.HTTPConnection(host, int(port), timeout=60)

    for path in ("/api/v1/records", "/api/v1/processes/errand/check"):
        sender.request(
            "POST", path, b"x" * FIFTY, {"Authorization": token, "Content-Type": "application/zip"}
        )
        answer = sender.getresponse()

        assert answer.status == 413
        assert "this address takes at most" in json.loads(answer.read())["detail"]
        sender.close()


@pytest.mark.parametrize(
    ("path", "unknown", "known"),
    [
        ("/tasks?box=all", "box", "after, limit, process, q, view"),
        ("/records?limit=2&colour=red", "colour", "limit"),
        ("/records/INC-1/history?size=3", "size", "after, limit, order"),
        ("/processes?x", "x", "This address takes none."),
    ],
)
def test_a_parameter_that_is_not_known_is_refused(
    api: WithToken, path: str, unknown: str, known: str
):
    refused = api("grace").get(f"/api/v1{path}")

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert [it["field"] for it in refused.json()["errors"]] == [f"query.{unknown}"]
    assert known in refused.json()["detail"]


def test_the_description_names_every_operation(app: FastAPI):
    document = TestClient(app).get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.")
    assert len(document["paths"]) >= 23
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["security"] == [{"HTTPBearer": []}], f"{method} {path}"


def test_a_mistake_of_ours_says_a_number_and_nothing_else(api: WithToken, house: Any):
    alice = api("alice")
    house.store.close()
    del house.store

    answer = alice.get("/api/v1/records/ERR-1")

    assert answer.status_code == 500
    assert answer.json()["instance"].startswith("urn:clearway:failure:")
    assert "Traceback" not in answer.text
    assert "store" not in answer.text


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("t\0a", "what"),
        ("\ud800", "what"),
        (2**64, "what"),
        ([1, {"price": 2**70}], "what/1/price"),
    ],
)
def test_what_no_record_can_hold_is_refused_by_the_name_of_its_field(
    api: WithToken, value: object, field: str
):
    alice = api("alice")
    content = json.dumps({"process": "errand", "values": {"what": value}})

    answer = alice.post(
        "/api/v1/records", content=content, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert [it["field"] for it in answer.json()["errors"]] == [field]


def test_the_form_of_a_task_names_the_field_that_no_record_can_hold(api: WithToken):
    _, number = _waiting_task(api)

    answer = api("bob").post(
        f"/api/v1/tasks/{number}/complete", json={"values": {"weight": 10**20, "note": "a\0"}}
    )

    assert answer.status_code == 422
    assert [it["field"] for it in answer.json()["errors"]] == ["weight", "note"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/records", "GET, POST"),
        ("PUT", "/records/ERR-1", "GET"),
        ("GET", "/tasks/1/claim", "POST"),
        ("POST", "/tasks", "GET"),
        ("GET", "/processes/errand/check", "POST"),
    ],
)
def test_another_method_is_told_which_there_are(
    api: WithToken, method: str, path: str, allowed: str
):
    answer = api("alice").request(method, f"/api/v1{path}")

    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.json()["title"] == "This address is not for that"
    assert allowed.replace(", ", " and ") in answer.json()["detail"]


def test_an_unknown_address_of_the_api_says_where_to_look(api: WithToken):
    answer = api("alice").get("/api/v1/recrods")

    assert answer.status_code == 404
    assert "/api/v1/openapi.json" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("claim", None),
        ("unclaim", None),
        ("assign", {"person": "olaf"}),
        ("complete", {"values": {"weight": 1}}),
        ("complete", {"values": {"no": "such field"}}),
        ("vote", {"round": 1, "seat": "chair", "choice": "approve"}),
    ],
)
@pytest.mark.parametrize("standing", ["open", "claimed", "completed"])
def test_who_may_not_see_a_task_learns_nothing_from_its_commands(
    api: WithToken, command: str, body: object, standing: str
):
    _, number = _waiting_task(api)
    bob, olaf = api("bob"), api("olaf")
    if standing != "open":
        bob.post(f"/api/v1/tasks/{number}/claim")
    if standing == "completed":
        bob.post(f"/api/v1/tasks/{number}/complete", json={"values": {"weight": 1}})

    hidden = olaf.post(f"/api/v1/tasks/{number}/{command}", json=body)
    unknown = olaf.post(f"/api/v1/tasks/{number + 1000}/{command}", json=body)

    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("actions", {"action": "anything"}),
        ("comments", {"text": "hello"}),
        ("comments", {"text": ""}),
        ("links", {"kind": "blocks", "to": "ERR-2"}),
    ],
)
def test_who_may_not_see_a_record_learns_nothing_from_its_commands(
    api: WithToken, command: str, body: object
):
    key, _ = _waiting_task(api)
    olaf = api("olaf")

    hidden = olaf.post(f"/api/v1/records/{key}/{command}", json=body)
    unknown = olaf.post(f"/api/v1/records/ERR-999/{command}", json=body)

    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()


@pytest.mark.parametrize("reason", ["because", ""])
def test_who_may_cancel_nothing_is_told_the_same_of_every_record(api: WithToken, reason: str):
    key, _ = _waiting_task(api)
    olaf = api("olaf")

    hidden = olaf.post(f"/api/v1/records/{key}/cancel", json={"reason": reason})
    unknown = olaf.post("/api/v1/records/ERR-999/cancel", json={"reason": reason})

    assert hidden.status_code == unknown.status_code == 403
    assert hidden.json() == unknown.json()


def test_who_may_see_a_task_is_told_who_has_it(api: WithToken):
    _, number = _waiting_task(api)
    api("bob").post(f"/api/v1/tasks/{number}/claim")

    answer = api("carol").post(f"/api/v1/tasks/{number}/claim")

    assert answer.status_code == 403
    assert "bob has it" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_only_who_may_deploy_may_have_files_checked(api: WithToken, errand: Bundle, name: str):
    answer = api(name).post("/api/v1/processes/errand/check", content=zipped(errand))

    assert answer.status_code == 403
    assert (
        api("grace")
        .post("/api/v1/processes/errand/check", content=zipped(errand))
        .json()["deployable"]
    )


@pytest.mark.parametrize("reason", [None, "", "  ", "despite scenarios:", "despite scenarios: "])
def test_a_version_is_not_deployed_without_a_reason(
    api: WithToken, errand: Bundle, rows: Callable[..., Any], reason: str | None
):
    changed = Bundle("errand", {**errand.files, "errand/README.md": b"More"})
    asked = {"parent": "1", **({"reason": reason} if reason is not None else {})}

    answer = api("grace").post(
        "/api/v1/processes/errand/versions", params=asked, content=zipped(changed)
    )

    assert answer.status_code == 422
    assert [it["field"] for it in answer.json()["errors"]] == ["reason"]
    assert rows("SELECT count(*) FROM version") == [(1,)]


def _waiting_task(api: WithToken) -> tuple[str, int]:
    """A record of alice's, and the task that waits at the desk."""
    opened = {"process": "errand", "values": {"what": "tea"}}
    key = api("alice").post("/api/v1/records", json=opened).json()["key"]
    (task,) = api("bob").get("/api/v1/tasks?view=unclaimed").json()["rows"]
    return key, task["id"]
