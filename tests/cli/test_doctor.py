"""`clearway doctor`: what the settings leave out is told too."""

import http.server
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from clearway.service.house import House

pytestmark = pytest.mark.database


def test_it_says_that_no_mail_server_is_set(
    house: House, run_in_house: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("CLEARWAY_SMTP_HOST", raising=False)
    without = json.loads(run_in_house("doctor", "-o", "json").stdout)
    monkeypatch.setenv("CLEARWAY_SMTP_HOST", "mail.example.org")
    named = json.loads(run_in_house("doctor", "-o", "json").stdout)

    [told], [silent] = (
        [sign["text"] for sign in signs if sign["subject"] == "connections"]
        for signs in (without, named)
    )
    assert "name a mail server in CLEARWAY_SMTP_HOST" in told
    assert "mail server" not in silent


def test_an_upgrade_is_rehearsed(run_in_house: Any):
    answer = run_in_house("doctor", "--upgrade", "-o", "json")

    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {"instances": 0, "versions": 0, "problems": []}


def test_the_disk_of_the_embedded_database_is_looked_at_and_no_other(
    run_in_house: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    elsewhere = json.loads(run_in_house("doctor", "-o", "json").stdout)
    monkeypatch.delenv("CLEARWAY_DATABASE_URL")
    embedded = json.loads(run_in_house("doctor", "-o", "json").stdout)

    assert [it for it in elsewhere if it["subject"] == "disk"] == []
    [disk] = [it["text"] for it in embedded if it["subject"] == "disk"]
    assert f"free on the disk with {tmp_path / 'home'}." in disk


class _Well(http.server.BaseHTTPRequestHandler):
    """Answers as the portal does."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def test_it_says_whether_the_portal_answers(
    house: House, run_in_house: Any, monkeypatch: pytest.MonkeyPatch
):
    def told() -> tuple[bool, str]:
        signs = json.loads(run_in_house("doctor", "-o", "json").stdout)
        [found] = [it for it in signs if it["subject"] == "portal"]
        return found["well"], found["text"]

    with http.server.HTTPServer(("127.0.0.1", 0), _Well) as server:
        port = server.server_address[1]
        monkeypatch.setenv("CLEARWAY_PORT", str(port))
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        answering = told()
        server.shutdown()
        serving.join()
    away = told()

    assert answering == (True, f"The portal answers at http://127.0.0.1:{port}.")
    assert not away[0]
