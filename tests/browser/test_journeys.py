"""Whole journeys through the portal, by mouse, by keyboard, on a phone, without JavaScript."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from reports import a_report

from clearway.now import system_time
from clearway.service.complete import complete
from clearway.service.inbox import inbox
from clearway.service.start import start
from clearway.service.values import Done

pytestmark = pytest.mark.browser
OpenBrowser = Callable[..., Page]


def test_a_person_signs_in_reports_an_incident_and_signs_out(live: Any, open_browser: OpenBrowser):
    page = open_browser()

    page.goto("/new/incident")
    page.get_by_label("Name").fill("alice")
    page.get_by_label("Password").fill(live.passwords["alice"])
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/new/incident"))
    page.get_by_label("What does not work").fill("The scanner is silent")
    page.get_by_label("What happened").fill("It hums, and no page comes")
    page.get_by_label("Since when").fill("2026-03-01T08:00")
    page.get_by_label("How many people does it touch").select_option(label="My team")
    page.get_by_label("Is there a way to keep working").select_option(label="No")
    expect(page.get_by_label("How it reached us")).to_have_value("portal")
    page.get_by_role("button", name="Open").click()
    service = page.get_by_label("Service")
    expect(service).to_be_focused()
    expect(page.get_by_text("This is needed, or Device or system.").first).to_be_visible()
    service.fill("not_listed")
    page.get_by_role("button", name="Open").click()

    expect(page.get_by_role("status").first).to_contain_text("This is the new record.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("The scanner is silent")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_a_task_is_claimed_and_completed_after_a_correction(live: Any, open_browser: OpenBrowser):
    key = _incident(live, "The screen flickers")
    page = open_browser("bob")

    page.goto(f"/inbox?view=unclaimed&q={key}")
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("The task is yours.")).to_be_visible()
    page.get_by_label("Impact").select_option("2")
    page.get_by_label("Group").fill("")
    page.locator("main form[action$='/complete']").evaluate("it => it.noValidate = true")
    page.get_by_role("button", name="Complete").click()

    group = page.get_by_label("Group")
    expect(group).to_be_focused()
    expect(group).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Impact")).to_have_value("2")
    group.fill("workplace")
    page.get_by_role("button", name="Complete").click()
    note = page.get_by_label("Note for colleagues")
    expect(note).to_be_focused()
    expect(page.get_by_text("Say why you change Impact.").first).to_be_visible()
    note.fill("Half the office sees it")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("Done: the task is complete.")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/records/{key}"))


def test_a_task_is_done_without_javascript(live: Any, open_browser: OpenBrowser):
    key = _incident(live, "The keyboard types twice")
    page = open_browser("peggy", java_script_enabled=False)

    page.goto(f"/inbox?view=unclaimed&q={key}")
    page.get_by_role("button", name="Claim").click()
    page.get_by_label("Group").fill("workplace")
    page.get_by_role("button", name="Complete").click()

    expect(page.get_by_text("Done: the task is complete.")).to_be_visible()


def test_a_vote_is_cast_on_a_phone(live: Any, open_browser: OpenBrowser):
    task = _change_for_the_board(live)
    page = open_browser("judy", width=390)

    page.goto("/inbox")
    page.locator(f"a.row-link[href='/tasks/{task}']").click()
    expect(page.get_by_text("Copy the new certificate")).to_be_visible()
    page.get_by_label("I am independent").check()
    page.get_by_text("Give a reason").click()
    page.get_by_label("Reason").fill("The certificate ends soon")
    approve = page.get_by_role("button", name="Approve", exact=True)
    approve.scroll_into_view_if_needed()
    box = approve.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    approve.click()

    expect(page.get_by_text("Your vote is recorded.")).to_be_visible()
    expect(page.get_by_text("The certificate ends soon").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_author_of_a_change_reads_why_there_is_no_vote(live: Any, open_browser: OpenBrowser):
    task = _change_for_the_board(live)
    page = open_browser("alice")

    page.goto(f"/tasks/{task}")

    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    expect(page.locator(".notice")).to_be_visible()


def test_the_inbox_shows_what_others_do_while_it_is_open(live: Any, open_browser: OpenBrowser):
    page = open_browser("bob")
    page.goto("/inbox?view=unclaimed")

    key = _incident(live, "Something new happened")

    expect(page.get_by_role("link", name=key)).to_be_visible(timeout=15_000)


def test_what_happens_before_the_inbox_listens_is_shown_as_well(
    live: Any, open_browser: OpenBrowser
):
    page = open_browser("bob")
    opened: list[str] = []

    def first_something_happens(route: Any) -> None:
        opened.append(_incident(live, "Something happened in between"))
        route.continue_()

    page.route("**/events?*", first_something_happens)
    with page.expect_response("**/events?*"):
        page.goto("/inbox?view=unclaimed")

    expect(page.get_by_role("link", name=opened[0])).to_be_visible(timeout=15_000)


def test_the_keyboard_alone_is_enough(live: Any, open_browser: OpenBrowser):
    key = _incident(live, "Only keys are used here")
    page = open_browser("bob")
    page.goto("/processes")

    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile("/inbox"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type(key)
    page.keyboard.press("Enter")
    # The search must have arrived: another address at once would break it off.
    page.wait_for_load_state("load")
    expect(page).to_have_url(re.compile(key))
    page.goto("/search?q=keys")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/records/{key}"))


def test_letters_typed_into_a_field_go_nowhere_else(live: Any, open_browser: OpenBrowser):
    page = open_browser("alice")
    page.goto("/new/incident")
    field = page.get_by_label("What does not work")

    field.click()
    page.keyboard.type("g i / ? j k")

    expect(field).to_have_value("g i / ? j k")
    expect(page).to_have_url(re.compile("/new/incident"))


def test_what_was_typed_survives_a_reload(live: Any, open_browser: OpenBrowser):
    page = open_browser("alice")
    page.goto("/new/incident")
    page.get_by_label("What happened").fill("Half a story")

    page.reload()

    expect(page.get_by_label("What happened")).to_have_value("Half a story")
    expect(page.get_by_text("What you typed here before is kept.")).to_be_visible()


def test_the_diagram_shows_the_token_and_the_mark_of_its_makers(
    live: Any, open_browser: OpenBrowser
):
    key = _incident(live, "Where does it stand")
    page = open_browser("bob")

    page.goto(f"/records/{key}/diagram")

    expect(page.locator(".diagram .token")).to_be_visible()
    expect(page.locator(".outline-line.now")).to_contain_text("Here now")
    logo = page.locator(".bjs-powered-by")
    expect(logo).to_be_visible()
    on_top = logo.evaluate(
        "it => { const box = it.getBoundingClientRect();"
        " const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);"
        " return it.contains(top); }"
    )
    assert on_top, "something lies over the bpmn.io mark"


def test_the_theme_is_chosen_and_kept(open_browser: OpenBrowser):
    page = open_browser("alice", theme="auto", color_scheme="dark")
    page.goto("/inbox")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)

    page.get_by_role("button", name="Light theme").click()
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark theme").click()

    assert dark != light
    assert page.evaluate(ground) == dark


def _incident(live: Any, what: str) -> str:
    values = a_report(what)
    done = start(live.house, live.actor("alice"), "incident", values, once=f"{what}")
    assert isinstance(done, Done), done
    live.work()
    return done.key


def _change_for_the_board(live: Any) -> int:
    """A risky change that the board decides; answers the task of its round."""
    house = live.house
    asked = {
        "title": "Renew the certificate of the mail server",
        "description": "The certificate ends in two weeks",
        "justification": "Without it nobody can send mail",
        "service": "mail",
    }
    started = start(house, live.actor("alice"), "change", asked, once=f"change {system_time()}")
    assert isinstance(started, Done), started
    live.work()
    begins = system_time() + timedelta(days=40)
    plan = {
        "title": asked["title"],
        "description": asked["description"],
        "next_step": "assess",
        "plan": "1. Copy the new certificate. 2. Restart the service.",
        "backout_plan": "1. Copy the old certificate back. 2. Restart the service.",
        "backout_minutes": 20,
        "backout_tested": False,
        "point_of_no_return": (begins + timedelta(minutes=30)).isoformat(),
        "test_plan": "Send a mail and look at the certificate",
        "test_evidence": "Tried in the copy of the mail server",
        "comms_plan": "The service desk is told the day before",
        "affected_assets": ["mx01"],
        "impact": "large",
        "outage_expected": False,
        "security_flag": False,
        "privacy_flag": False,
        "payment_flag": False,
        "planned_start": begins.isoformat(),
        "planned_end": (begins + timedelta(hours=1)).isoformat(),
        "implementer": "carol",
        "verifier": "dave",
        "users_affected": "everyone",
        "services_affected": "many",
        "outage": "longer",
        "experience": "never",
        "tested": "on_paper",
        "reversible": "hardly",
        "sensitive": "yes",
    }
    _complete(live, "alice", started.key, plan)
    _complete(live, "frank", started.key, {"assessment": "ready"})
    return _open_task(live, "frank", started.key)


def _complete(live: Any, name: str, key: str, values: dict[str, object]) -> None:
    task = _open_task(live, name, key)
    done = complete(live.house, live.actor(name), task, values, once=f"{task} {name}")
    assert isinstance(done, Done), done
    live.work()


def _open_task(live: Any, name: str, key: str) -> int:
    found = inbox(live.house, live.actor(name), view="all", q=key)
    assert found.rows, f"{name} has no task of {key}"
    return found.rows[0].id
