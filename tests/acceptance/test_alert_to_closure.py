"""An incident lives its whole life: from a real alert, and from a person, to its closure."""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from playwright.sync_api import Page, expect
from postbox import free_port

pytestmark = [pytest.mark.browser, pytest.mark.prefect, pytest.mark.xdist_group("house")]

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = (ROOT / "docs" / "how-to" / "alertmanager.md").read_text(encoding="utf-8")
SUMMARY = "Disk 98 % full"
SignedIn = Callable[[str], Page]


@pytest.fixture
def alertmanager(house: Any, tmp_path: Path, eventually: Callable[..., None]) -> Iterator[str]:
    """Debian's Alertmanager with the configuration of the documentation; its address."""
    token = tmp_path / "clearway.token"
    token.write_text(house.run("token", "alertmanager").stdout, encoding="utf-8")
    config = yaml.safe_load(_blocks("yaml")[0])
    [webhook] = config["receivers"][0]["webhook_configs"]
    webhook["url"] = webhook["url"].replace("http://127.0.0.1:8000", house.address)
    webhook["http_config"]["authorization"]["credentials_file"] = str(token)
    (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    place = house.address.replace(str(house.port), str(free_port()))
    command = _shell_lines()[1].replace("http://", "").replace("./amdata", str(tmp_path / "am"))
    words = shlex.split(command.replace("127.0.0.1:9093", place.removeprefix("http://")))
    with (tmp_path / "alertmanager.log").open("wb") as log:
        program = subprocess.Popen(words, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: _answers(f"{place}/-/ready"), "Alertmanager did not start", 60)
        yield place
    finally:
        program.kill()
        program.wait(30)


def test_an_alert_is_worked_to_closure(
    house: Any,
    alertmanager: str,
    signed_in: SignedIn,
    postbox: Any,
    eventually: Callable[..., None],
):
    amtool = shlex.split(_shell_lines()[2].replace("http://127.0.0.1:9093", alertmanager))
    subprocess.run(amtool, check=True, capture_output=True, timeout=60)
    bob = house.api("bob")
    found: list[dict[str, Any]] = []

    def opened() -> bool:
        rows = bob.get("/tasks", params={"view": "unclaimed", "q": SUMMARY}).json()["rows"]
        found[:] = [row for row in rows if row["title"] == SUMMARY]
        return bool(found)

    eventually(opened, "the alert opened no incident", 90)
    [task] = found
    key = task["key"]
    assert task["element"] == "triage"
    assert _record(bob, key)["values"]["service"] == "payroll"
    assert _record(bob, key)["values"]["support_group"] == "applications"

    page = signed_in("bob")
    _triage(page, key, group="service_desk")
    _claim(page, key)
    _hold(page, key, "Scheduled for later")
    _act(page, key, "Resume work")
    expect(page.locator(".strip").first).to_contain_text("In progress")
    _resolve(page, key, "The old logs were removed")
    expect(page.locator(".strip").first).to_contain_text("Resolved")

    # Nobody reported it, so nobody accepts it: five business days pass.
    [[closes_at]] = house.sql(_TIMER + " AND element = 'auto_close'", key)
    assert closes_at - datetime.now(UTC) > timedelta(days=5)
    house.sql("UPDATE timer SET due_at = now() WHERE instance_id = (SELECT id FROM instance"
              " WHERE key = %s) AND element = 'auto_close'", key)  # fmt: skip
    eventually(lambda: _record(bob, key)["state"] == "closed", "the timer closed nothing", 60)

    page.goto(f"/records/{key}")
    history = page.locator("section", has=page.get_by_role("heading", name="History"))
    for words in ("bob took", "Put on hold", "The old logs were removed", "On hold", "Closed"):
        expect(history).to_contain_text(words)
    eventually(
        lambda: (
            {subject for _, subject in postbox.letters(key)}
            == {
                f"{key} is yours: {SUMMARY}",
                f"{key} is on hold",
                f"{key} goes on",
                f"{key} is resolved: does it work?",
                f"{key} is closed",
            }
        ),
        f"other notices came: {postbox.letters(key)}",
        60,
    )


def test_a_report_is_asked_about_answered_accepted_and_closed(
    signed_in: SignedIn, house: Any, postbox: Any, eventually: Callable[..., None]
):
    alice, bob = signed_in("alice"), signed_in("bob")
    alice.goto("/new/incident")
    alice.get_by_label("What does not work").fill("The projector stays dark")
    alice.get_by_label("What happened").fill("Its fan turns, and there is no light")
    alice.get_by_label("Since when").fill("2026-03-01T08:00")
    alice.get_by_label("How many people does it touch").select_option(label="My team")
    alice.get_by_label("Is there a way to keep working").select_option(label="No")
    alice.get_by_label("Service", exact=True).fill("mail")
    alice.get_by_role("button", name="Open").click()
    alice.wait_for_url(re.compile("/records/INC-"))
    key = re.findall(r"INC-\d+", alice.url)[0]
    asked = house.api("bob")
    eventually(
        lambda: [task["element"] for task in _record(asked, key)["tasks"]] == ["triage"],
        "the report is not in the inbox",
        60,
    )

    _triage(bob, key, group="service_desk")
    _claim(bob, key)
    _hold(bob, key, "Waiting for the caller", question="Is its lamp on?")
    alice.goto(f"/records/{key}")
    expect(alice.locator(".strip").first).to_contain_text("On hold")
    expect(alice.get_by_text("Is its lamp on?").first).to_be_visible()
    alice.locator("#comment").fill("It is off")
    alice.get_by_role("button", name="Add comment").click()
    eventually(
        lambda: _record(asked, key)["state"] == "in_progress", "the reply did not end the hold", 60
    )
    assert _record(asked, key)["values"].get("hold_reason") is None
    _resolve(bob, key, "A new lamp is in")
    _act(alice, key, "It works, close it")

    expect(alice.locator(".strip").first).to_contain_text("Closed")
    history = alice.locator("section", has=alice.get_by_role("heading", name="History"))
    for words in ("Is its lamp on?", "It is off", "A new lamp is in", "Resolved", "Closed"):
        expect(history).to_contain_text(words)
    eventually(
        lambda: (
            postbox.letters(key)
            == sorted(
                [
                    ("alice@example.org", f"{key}: we have your report"),
                    ("desk@example.org", f"{key} is yours: The projector stays dark"),
                    ("alice@example.org", f"{key} is on hold"),
                    ("bob@example.org", f"{key} goes on"),
                    ("alice@example.org", f"{key} is resolved: does it work?"),
                    ("alice@example.org", f"{key} is closed"),
                ]
            )
        ),
        f"other notices came: {postbox.letters(key)}",
        60,
    )


_TIMER = "SELECT due_at FROM timer WHERE instance_id = (SELECT id FROM instance WHERE key = %s)"


def _triage(page: Page, key: str, *, group: str) -> None:
    _claim(page, key)
    page.get_by_label("Impact").select_option("2")
    page.get_by_label("Note for colleagues").fill("More people than the tables can know")
    page.get_by_label("Group").fill(group)
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("Done: the task is complete.")).to_be_visible()


def _claim(page: Page, key: str) -> None:
    page.goto(f"/inbox?view=unclaimed&q={key}")
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("The task is yours.")).to_be_visible()


def _hold(page: Page, key: str, why: str, question: str = "") -> None:
    form = _open_action(page, key, "Put on hold")
    form.get_by_label("Why it waits").select_option(label=why)
    until = datetime.now(UTC) + timedelta(days=3)
    form.get_by_label("Goes on at the latest").fill(until.strftime("%Y-%m-%dT09:00"))
    if question:
        form.get_by_label("Comment to the caller").fill(question)
    form.get_by_role("button", name="Put on hold").click()
    expect(page.locator(".strip").first).to_contain_text("On hold")


def _resolve(page: Page, key: str, notes: str) -> None:
    page.goto(f"/records/{key}")
    page.get_by_role("link", name="Find the fault and restore the service").first.click()
    page.get_by_label("What helped").select_option(label="Fixed")
    page.get_by_label("What was done").fill(notes)
    page.get_by_label("Did a change cause it").select_option(label="No")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("Done: the task is complete.")).to_be_visible()


def _act(page: Page, key: str, label: str) -> None:
    _open_action(page, key, label).get_by_role("button", name=label).click()
    expect(page.get_by_role("status").first).to_be_visible()


def _open_action(page: Page, key: str, label: str) -> Any:
    page.goto(f"/records/{key}")
    action = page.locator("details.action", has=page.locator("summary", has_text=label))
    action.locator("summary").click()
    return action


def _record(client: httpx.Client, key: str) -> dict[str, Any]:
    return client.get(f"/records/{key}").json()


def _shell_lines() -> list[str]:
    """The commands of the documentation: the token, Alertmanager, amtool."""
    lines = "".join(_blocks("")).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip()]


def _blocks(language: str) -> list[str]:
    fences = re.findall(r"^ *```(\w*)\n(.*?)^ *```", HOW_TO, re.DOTALL | re.MULTILINE)
    return [text for named, text in fences if named == language]


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).status_code == 200
    except httpx.TransportError:
        return False
