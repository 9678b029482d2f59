"""The page of scheduled runs in both themes, on a desk and on a phone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from clearway.service import ledger

pytestmark = pytest.mark.browser

NAME = "nightly_control_test"
NIGHT = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def nights(live: Any) -> None:
    """A run of each outcome."""
    house, day = live.house, timedelta(days=1)
    hashed = ledger.keep_evidence(house, {"population": ["INC-1"]})
    for number, outcome in enumerate(("begun", "passed", "failed")):
        ledger.begin_run(house, NAME, NIGHT + number * day, "run-1")
        ledger.finish_run(
            house,
            NAME,
            NIGHT + number * day,
            "run-1",
            outcome=outcome,
            population=None if outcome == "begun" else 1,
            evidence_hash=None if outcome == "begun" else hashed,
        )
    ledger.note_due(house, NAME, [NIGHT + 3 * day, NIGHT + 4 * day])
    because = "It did not run at its time, because Prefect did not answer; it was never seen."
    ledger.note_missed(house, NAME, NIGHT + 3 * day, because, {})


@pytest.mark.usefixtures("nights")
@pytest.mark.parametrize(("width", "theme"), [(1300, "light"), (390, "dark")])
def test_the_page_of_scheduled_runs_has_no_barrier(
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    theme: str,
    width: int,
):
    page = open_browser("trent", width=width, theme=theme)

    page.goto("/inbox")
    page.goto("/schedules")

    assert page.locator("tbody tr").count() >= 5
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
