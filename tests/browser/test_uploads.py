"""A file that is too large is named before it is on its way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_file_that_is_too_large_is_named_with_its_size_before_it_is_sent(
    open_browser: Callable[..., Page], tmp_path: Path
):
    large, small = tmp_path / "incident.bpmn", tmp_path / "small.bpmn"
    large.write_bytes(b" " * (9 * 1024 * 1024))
    small.write_bytes(b"<definitions/>")
    page = open_browser("grace")
    page.goto("/processes/incident")

    page.set_input_files("#files", str(large))
    told = page.eval_on_selector("#files", "(it) => it.validationMessage")
    page.click("form[enctype] button")
    stayed = page.url
    page.set_input_files("#files", str(small))

    assert told.startswith("incident.bpmn has 9 MiB; at most 4 MiB are taken.")
    assert "split it into called processes" in told
    assert stayed.endswith("/processes/incident")
    assert page.eval_on_selector("#files", "(it) => it.validationMessage") == ""
