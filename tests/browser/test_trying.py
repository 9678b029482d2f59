"""A process owner tries a process: works an incident to its end, keeps the run, and runs it."""

import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clearway.engine.values import Surroundings
from clearway.service.scenarios import run_scenarios
from clearway.service.values import Done
from clearway.service.workshop.drafts import held, make_draft

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("CLEARWAY_SHOTS")


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(600)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def _draft(live: Any) -> int:
    done = make_draft(live.house, live.actor("grace"), "incident", once="a draft to be tried")
    assert isinstance(done, Done), done
    return int(str(done.details["draft"]))


def _here(page: Page) -> set[str]:
    """The elements where the picture shows a token."""
    page.wait_for_selector(".diagram.ready .token")
    return set(
        page.locator(".diagram .djs-element.here").evaluate_all(
            "all => all.map(it => it.dataset.elementId)"
        )
    )


def _start(page: Page, address: str) -> None:
    page.goto(f"{address}/try")
    page.wait_for_selector(".diagram.ready .djs-container")
    page.get_by_label("Who starts it").select_option("alice")
    page.locator("[name='f.short_description']").fill("The mail programme does not start")
    page.locator("[name='f.description']").fill("It shows its window and then nothing")
    page.locator("[name='f.since_when']").fill("2026-03-01T08:00")
    page.locator("[name='f.how_many']").select_option("my_team")
    page.locator("[name='f.can_work']").select_option("with_workaround")
    page.locator("[name='f.channel']").select_option("portal")
    page.locator("[name='f.service']").fill("mail")
    _shot(page, "start")
    page.get_by_role("button", name="Start the run").click()


def test_an_incident_is_tried_to_its_end_and_kept_as_a_scenario(
    live: Any, open_browser: Callable[..., Page], violations: Callable[[Page], list[str]]
):
    draft = _draft(live)
    page = open_browser("grace")
    _start(page, f"/processes/incident/drafts/{draft}")
    assert _here(page) == {"find_context"}
    _shot(page, "step")

    page.locator("[name='f.support_group']").fill("network")
    page.locator("[name='f.criticality']").fill("2")
    page.get_by_role("button", name="It answers this").click()
    expect(page.get_by_role("button", name="Complete")).to_be_visible()
    assert _here(page) == {"triage"}
    _shot(page, "triage")
    assert violations(page) == []

    form = page.locator("form:has([name=do][value=complete])")
    form.get_by_label("Who does it").select_option("bob")
    form.locator("[name='f.assignment_group']").fill("network")
    form.get_by_role("button", name="Complete").click()
    expect(page.locator(".trial-doing")).to_have_count(3)
    assert _here(page) == {"resolve"}

    page.get_by_label("Let pass").fill("2")
    page.get_by_role("button", name="Let it pass").click()
    expect(page.get_by_text("2 days pass", exact=True)).to_be_visible()

    form = page.locator("form:has([name=do][value=complete])")
    form.locator("[name='f.resolution_code']").select_option("fixed")
    form.locator("[name='f.resolution_notes']").fill("The certificate was renewed.")
    form.locator("[name='f.caused_by_change']").select_option("no")
    form.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("button", name="To the next timer")).to_be_visible()
    page.get_by_role("button", name="To the next timer").click()
    expect(page.get_by_text("Ended", exact=True)).to_be_visible()
    _shot(page, "ended")

    page.get_by_label("What it shows").fill("Nobody answers, and it closes by itself")
    page.get_by_role("button", name="Put it into the draft").click()
    expect(page.get_by_role("status").filter(has_text="Kept as")).to_be_visible()
    kept = held(live.house, live.actor("grace"), "incident", draft)
    [result] = run_scenarios(
        kept.bundle,
        Surroundings(),
        live.house.steps,
        live.house.rules,
        select=["nobody_answers_and_it_closes_by_itself.yaml"],
    )
    assert result.passed, result.failure
    if SHOTS:
        print(
            kept.bundle.files[
                "incident/scenarios/nobody_answers_and_it_closes_by_itself.yaml"
            ].decode()
        )


def test_a_refusal_is_shown_on_its_form_and_a_doing_can_be_taken_back(
    live: Any, open_browser: Callable[..., Page]
):
    page = open_browser("grace")
    _start(page, "/processes/incident/versions/1")
    page.get_by_role("button", name="Let the step itself answer").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot answer here by itself")
    page.get_by_role("button", name="It answers this").click()
    form = page.locator("form:has([name=do][value=complete])")
    expect(form).to_be_visible()
    form.locator("[name='f.impact']").select_option("1")
    form.get_by_role("button", name="Complete").click()

    expect(page.get_by_role("alert").first).to_be_visible()
    _shot(page, "refused")
    expect(page.locator(".trial-doing")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.locator(".trial-doing")).to_have_count(1)
    assert _here(page) == {"find_context"}


@pytest.mark.parametrize(("width", "theme"), [(1300, "light"), (390, "dark")])
def test_the_pages_of_a_trial_have_no_barrier(
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    theme: str,
    width: int,
):
    page = open_browser("grace", width=width, theme=theme)
    base = "/processes/incident/versions/1"

    page.goto(f"{base}/coverage")
    page.wait_for_selector(".cover-badge")
    _shot(page, f"coverage-{theme}-{width}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{base}/try")
    page.wait_for_selector(".diagram.ready .djs-container")
    assert violations(page) == []
    _start(page, base)
    page.get_by_role("button", name="It answers this").click()
    expect(page.get_by_role("button", name="Complete")).to_be_visible()
    page.wait_for_selector(".diagram.ready .token")
    for part in page.locator("details").all():
        part.evaluate("it => (it.open = true)")
    _shot(page, f"trial-{theme}-{width}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_run_begins_with_a_scenario_and_a_board_votes_in_it(
    open_browser: Callable[..., Page], violations: Callable[[Page], list[str]]
):
    page = open_browser("grace")
    page.goto("/processes/change/versions/1/try")
    page.get_by_text("Begin with a scenario instead").click()
    page.get_by_label("Do what this scenario does").select_option(label="Board approves")
    page.get_by_role("button", name="Do it all").click()
    page.get_by_role("button", name="Back to: frank completes Assess the change").click()
    expect(page.get_by_role("button", name="Vote for Chair")).to_be_visible()
    _shot(page, "vote")
    assert violations(page) == []

    seat = page.locator("form:has(input[name=seat][value=chair])")
    seat.get_by_label("Who votes").select_option("frank")
    seat.get_by_role("button").click()

    expect(page.get_by_text("frank: approve")).to_be_visible()
    expect(page.get_by_text("frank approves", exact=False).first).to_be_visible()
