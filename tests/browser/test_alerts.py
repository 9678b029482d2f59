"""A delivery that a real Alertmanager made: it opens incidents that people find in the portal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
TOKEN = {"Authorization": "Bearer an alert token of the tests"}


def test_a_recorded_delivery_opens_incidents_once(
    live: Any, open_browser: Callable[..., Page], test_data: Path
):
    lines = (test_data / "webhooks" / "alertmanager-0.25-webhook.jsonl").read_text().splitlines()
    body = json.loads(lines[0])["body"]
    address = f"{live.address}/api/v1/alerts/alertmanager"

    first = httpx.post(address, content=body, headers=TOKEN)
    again = httpx.post(address, content=body, headers=TOKEN)
    live.work()

    results = first.json()["results"]
    assert first.status_code == again.status_code == 202
    assert [one["outcome"] for one in results] == ["opened", "opened"]
    assert [one["outcome"] for one in again.json()["results"]] == ["repeated", "repeated"]
    page = open_browser("bob")
    page.goto(f"/inbox?view=unclaimed&q={results[0]['key']}")
    expect(page.get_by_role("link", name=results[0]["key"])).to_be_visible()


def test_a_delivery_without_fingerprints_is_refused_with_its_place(live: Any):
    body = {"alerts": [{"status": "firing", "labels": {"alertname": "X"}, "startsAt": "now"}]}

    answer = httpx.post(f"{live.address}/api/v1/alerts/alertmanager", json=body, headers=TOKEN)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "alerts[0].fingerprint" in [one["field"] for one in answer.json()["errors"]]


def test_people_and_strangers_deliver_no_alerts(live: Any):
    address = f"{live.address}/api/v1/alerts/alertmanager"

    assert httpx.post(address, content="{}").status_code == 401
    wrong = {"Authorization": "Bearer another token of some length"}
    assert httpx.post(address, content="{}", headers=wrong).status_code == 401
