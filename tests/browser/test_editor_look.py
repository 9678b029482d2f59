import os
import pytest
from playwright.sync_api import expect
from clearway.service.workshop.drafts import make_draft
pytestmark = pytest.mark.browser

def test_look(live, open_browser, violations, complaints):
    done = make_draft(live.house, live.actor("grace"), "incident", once="look")
    d = done.details["draft"]
    page = open_browser("grace", width=1440)
    page.goto(f"/processes/incident/drafts/{d}/edit")
    page.wait_for_selector("#editor[data-ready]", timeout=20000)
    try:
        expect(page.locator("#editor-count")).not_to_have_text("Not checked yet", timeout=10000)
        page.screenshot(path="/tmp/ed/a.png")
        page.evaluate("() => {const m=document.getElementById('editor').modeler; m.get('selection').select(m.get('elementRegistry').get('triage'))}")
        page.wait_for_timeout(1500)
        page.screenshot(path="/tmp/ed/b.png")
        print(violations(page))
    finally:
        print(complaints)
        page.screenshot(path="/tmp/ed/c.png")
