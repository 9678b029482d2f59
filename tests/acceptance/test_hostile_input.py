"""Hostile and broken input over real HTTP: refused early, with its place, and nothing half done."""

import contextlib
import io
import re
import select
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from reports import a_report

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("house")]

ROOT = Path(__file__).resolve().parents[2]
FIFTY = 50 * 1024 * 1024
REPORT = a_report("Mail is slow")
ALERT = {
    "status": "firing",
    "labels": {"alertname": "DiskFull"},
    "annotations": {},
    "startsAt": "2026-03-02T09:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "fingerprint": "0123456789abcdef",
}
DELIVERY = {"version": "4", "status": "firing", "receiver": "clearway", "alerts": [ALERT]}
ALERTS = "/alerts/alertmanager"
BOMB = """<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "boom">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">
]><definitions>&g;</definitions>"""
XXE = """<?xml version="1.0"?><!DOCTYPE it [<!ENTITY file SYSTEM "file:///etc/passwd">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&file;</definitions>"""
UNKNOWN = ('<bpmn:scriptTask id="stamp_resolved"', '<bpmn:magicTask id="stamp_resolved"')


@pytest.fixture
def nothing_happens(house: Any) -> Iterator[None]:
    """The test changes no record, no version and no alert."""
    count = (
        "SELECT (SELECT count(*) FROM version), (SELECT max(number) FROM version),"
        " (SELECT count(*) FROM instance WHERE title = %s), (SELECT count(*) FROM attachment),"
        " (SELECT count(*) FROM alert WHERE fingerprint = %s)"
    )
    before = house.sql(count, REPORT["short_description"], ALERT["fingerprint"])
    yield
    assert house.sql(count, REPORT["short_description"], ALERT["fingerprint"]) == before


@pytest.mark.usefixtures("nothing_happens")
@pytest.mark.parametrize("is_stated", [True, False], ids=["stated", "chunked"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/processes/incident/versions",
        "/api/v1/records/INC-1/attachments?name=large",
        "/api/v1/records",
        f"/api/v1{ALERTS}",
        "/processes/incident/check",
        "/login",
    ],
)
def test_fifty_megabytes_are_refused_before_they_have_arrived(
    house: Any, path: str, is_stated: bool
):
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {_media_type(path)}\r\n"
    head += (
        f"Authorization: Bearer {house.token('alertmanager' if ALERTS in path else 'grace')}\r\n"
    )
    head += f"Cookie: clearway={_session(house, 'grace')}\r\n" if "/api" not in path else ""
    start = b"" if "/api" in path else _PART
    length = f"Content-Length: {FIFTY}" if is_stated else "Transfer-Encoding: chunked"

    sent, answer = _send_slowly(
        house.port, f"{head}{length}\r\n\r\n".encode(), start, chunked=not is_stated
    )

    assert answer.startswith("HTTP/1.1 413 "), answer[:300]
    assert re.search(r"at most \d+ MiB", answer)
    assert sent < FIFTY // 2


@pytest.mark.usefixtures("nothing_happens")
@pytest.mark.parametrize(
    ("diagram", "rule"),
    [(BOMB, "DOCTYPE"), (XXE, "DOCTYPE"), ("<definitions", ""), ("\0\1\2", ""), ("", "")],
    ids=["entity bomb", "external entity", "torn", "binary", "empty"],
)
def test_xml_that_is_an_attack_or_none_is_refused_by_the_gate(house: Any, diagram: str, rule: str):
    content = _zipped({"incident/incident.bpmn": diagram.encode()})
    grace = house.api("grace")

    answer = grace.post("/processes/incident/check", content=content)
    deployed = grace.post(
        "/processes/incident/versions", params={"parent": 1, "reason": "x"}, content=content
    )

    report = answer.json()
    errors = [one for one in report["findings"] if one["severity"] == "error"]
    assert (answer.status_code, report["deployable"]) == (200, False)
    assert any(one["file"] == "incident/incident.bpmn" for one in errors)
    assert all(one["message"] and one["remedy"] for one in errors)
    assert any(rule in one["message"] for one in errors), errors
    assert "root:" not in answer.text
    assert deployed.status_code in (409, 422)


@pytest.mark.usefixtures("nothing_happens")
def test_an_unknown_element_is_named_with_what_to_do(house: Any):
    files = {
        f"incident/{file.relative_to(ROOT / 'bpmn/incident')}": file.read_bytes()
        for file in (ROOT / "bpmn" / "incident").rglob("*")
        if file.is_file()
    }
    text = files["incident/incident.bpmn"].decode()
    text = re.sub(f"{UNKNOWN[0]}(.*?)</bpmn:scriptTask>",
                  rf"{UNKNOWN[1]}\1</bpmn:magicTask>", text, flags=re.DOTALL)  # fmt: skip
    assert "magicTask" in text
    files["incident/incident.bpmn"] = text.encode()

    report = house.api("grace").post("/processes/incident/check", content=_zipped(files)).json()

    assert not report["deployable"]
    assert any("magicTask" in one["message"] and one["remedy"] for one in report["findings"])


@pytest.mark.usefixtures("nothing_happens")
def test_a_zip_that_leaves_its_folder_or_explodes_is_refused(house: Any):
    grace = house.api("grace")
    for files, words in (
        ({"../../etc/cron.d/evil.bpmn": b"x"}, "outside its folder"),
        ({"incident/huge.json": b" " * (8 * 1024 * 1024)}, "larger than"),
        ({"incident/run.py": b"import os"}, "no file of a process"),
    ):
        answer = grace.post("/processes/incident/check", content=_zipped(files))

        assert answer.status_code == 422, answer.text
        assert words in answer.json()["detail"]
    torn = grace.post("/processes/incident/check", content=b"PK\3\4 torn")
    assert (torn.status_code, "zip cannot be read" in torn.text) == (422, True)


@pytest.mark.usefixtures("nothing_happens")
@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"fingerprint": None}, "alerts[0].fingerprint"),
        ({"labels": None}, "alerts[0].labels"),
        ({"startsAt": "yesterday"}, "alerts[0].startsAt"),
        ({"status": "burning"}, "alerts[0].status"),
    ],
)
def test_a_webhook_with_something_missing_is_told_where(
    house: Any, change: dict[str, Any], place: str
):
    alert = {name: value for name, value in {**ALERT, **change}.items() if value is not None}

    answer = _deliver(house, json={**DELIVERY, "alerts": [alert]})

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert place in [one["field"] for one in answer.json()["errors"]]


@pytest.mark.usefixtures("nothing_happens")
@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b""])
def test_a_webhook_that_is_no_json_object_is_refused(house: Any, body: bytes):
    answer = _deliver(house, content=body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]


@pytest.mark.usefixtures("nothing_happens")
def test_strangers_and_people_deliver_no_alerts(house: Any):
    address = f"{house.address}/api/v1{ALERTS}"
    bearer = {"Authorization": "Bearer cw_no-such-token-at-all"}
    people = {"Authorization": f"Bearer {house.token('bob')}"}

    answers = [httpx.post(address, json=DELIVERY, headers=it) for it in ({}, bearer, people)]

    assert [answer.status_code for answer in answers] == [401, 401, 403]
    assert "Bearer" in answers[0].headers["WWW-Authenticate"]
    assert all(answer.json()["detail"] for answer in answers)


@pytest.mark.usefixtures("nothing_happens")
def test_a_field_that_the_form_does_not_declare_is_refused_by_name(house: Any):
    values = {**REPORT, "state": "closed", "priority": 1}

    with house.api("alice") as alice:
        answer = alice.post("/records", json={"process": "incident", "values": values})

    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"state", "priority"}


@pytest.mark.usefixtures("nothing_happens")
def test_a_form_of_the_portal_with_an_added_field_is_refused_by_name(house: Any):
    with _portal(house, "alice") as portal:
        form = portal.get("/new/incident").text
        sent = {f"f.{name}": text for name, text in REPORT.items()}
        sent |= {"csrf": _hidden(form, "csrf"), "once": _hidden(form, "once"), "f.priority": "1"}
        answer = portal.post("/new/incident", data=sent)
        foreign = portal.post("/new/incident", data={**sent, "csrf": "x", "f.priority": ""})

    assert answer.status_code == 422
    assert "Priority: This form has no such field" in answer.text
    assert foreign.status_code == 403


@pytest.mark.usefixtures("nothing_happens")
@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"process": "incident", "values": {**REPORT, "how_many": 3}}, "how_many"),
        ({"process": "incident", "values": {**REPORT, "pressing": "yes"}}, "pressing"),
        (
            {
                "process": "incident",
                "values": {
                    "description": "Nothing happens",
                    "since_when": "2026-03-01T08:00:00Z",
                    "how_many": "only_me",
                },
            },
            "short_description",
        ),
        ({"process": "incident", "values": {**REPORT, "service": None}}, "service"),
        ({"process": "incident", "values": {**REPORT, "channel": None}}, "channel"),
        ({"process": "incident", "values": REPORT, "state": "closed"}, "body.state"),
        ({"process": 7, "values": REPORT}, "body.process"),
    ],
)
def test_wrong_types_and_missing_fields_are_told_by_name(
    house: Any, body: dict[str, Any], place: str
):
    with house.api("alice") as alice:
        answer = alice.post("/records", json=body)

    assert answer.status_code == 422, answer.text
    assert place in [one["field"] for one in answer.json()["errors"]]


@pytest.mark.usefixtures("nothing_happens")
def test_an_expired_session_keeps_what_was_typed_and_does_nothing(house: Any):
    with _portal(house, "alice") as portal:
        form = portal.get("/new/incident").text
        house.sql("UPDATE session SET expires_at = now() WHERE person = 'alice'")
        seen = portal.get("/inbox")
        sent = {f"f.{name}": text for name, text in REPORT.items()}
        sent |= {"csrf": _hidden(form, "csrf"), "once": "late", "resumable": "1"}
        answer = portal.post("/new/incident", data=sent)

    assert (seen.status_code, seen.headers["location"]) == (303, "/login?next=%2Finbox")
    assert answer.status_code == 401
    assert "Your session has ended" in answer.text
    assert REPORT["short_description"] in answer.text


def test_an_expired_token_and_an_unknown_person_are_told_nothing_more(house: Any):
    alice = house.api("alice")
    ends = "SELECT expires_at FROM api_token WHERE person = 'alice'"
    [[before]] = house.sql(ends)
    house.sql("UPDATE api_token SET expires_at = now() WHERE person = 'alice'")
    expired = alice.get("/tasks")
    house.sql("UPDATE api_token SET expires_at = %s WHERE person = 'alice'", before)

    with httpx.Client(base_url=house.address) as guest:
        told = {_sign_in(guest, name, "no password").text.replace(name, "") for name in _NAMES}

    assert expired.status_code == 401
    assert "has expired" in expired.json()["detail"]
    assert alice.get("/tasks").status_code == 200
    assert len({re.sub(r'value="[^"]*"', "", text) for text in told}) == 1


_NAMES = ("peggy", "nobody")
_PART = (
    b'--b\r\nContent-Disposition: form-data; name="files"; filename="incident.zip"\r\n'
    b"Content-Type: application/zip\r\n\r\n"
)


def _send_slowly(port: int, head: bytes, start: bytes, *, chunked: bool) -> tuple[int, str]:
    """Send 50 MB until there is an answer; how much was sent by then, and the answer."""
    piece, sent = start.ljust(65536, b"x"), 0
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(head)
        try:
            while sent < FIFTY and not _has_answer(connection, 0.01):
                framed = b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece
                connection.sendall(framed)
                sent += len(piece)
                piece = b"x" * 65536
        except (ConnectionResetError, BrokenPipeError):
            pass
        return sent, _rest(connection)


def _has_answer(connection: socket.socket, seconds: float) -> bool:
    return bool(select.select([connection], [], [], seconds)[0])


def _rest(connection: socket.socket) -> str:
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionResetError:
        assert received, "the connection was reset before there was an answer"
    return received.decode("utf-8", "replace")


def _media_type(path: str) -> str:
    return "application/zip" if "/api" in path else "multipart/form-data; boundary=b"


def _deliver(house: Any, **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {house.token('alertmanager')}"}
    return httpx.post(f"{house.address}/api/v1{ALERTS}", headers=headers, timeout=60, **body)


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


@contextlib.contextmanager
def _portal(house: Any, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.address, timeout=60) as client:
        entered = _sign_in(client, name, house.passwords[name])
        assert entered.status_code == 303, entered.text
        yield client


def _session(house: Any, name: str) -> str:
    with _portal(house, name) as client:
        return client.cookies["clearway"]


def _sign_in(client: httpx.Client, name: str, password: str) -> httpx.Response:
    csrf = _hidden(client.get("/login").text, "csrf")
    return client.post("/login", data={"csrf": csrf, "name": name, "password": password})


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has no hidden field {name}"
    return found[1]
