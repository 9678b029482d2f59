"""Grafting what the real editor writes: it also sorts, adds planes and moves labels by itself."""

from pathlib import Path

import pytest
from infosets import infoset
from playwright.sync_api import Browser, Page

from clearway.diagrams.graft import graft
from clearway.diagrams.source import parse

ROOT = Path(__file__).resolve().parents[2]
MODELER = ROOT / "node_modules/bpmn-js/dist/bpmn-modeler.production.min.js"
SCRIPT = Path(__file__).with_name("modeler.js").read_text(encoding="utf-8").split("\n", 1)[1]
SMALL_EDITS = [["name", "Task$"], ["move", "Gateway$"]]
LARGE_EDITS = [
    ["append", "Task$"],
    ["rename", "Gateway$"],
    ["replace", "(User|:)Task$"],
    ["remove", "EndEvent$"],
    ["toggle", "SubProcess$"],
    ["move", "StartEvent$"],
]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Page:
    if not MODELER.exists():
        pytest.skip("bpmn-js is not installed: run make.")
    page = chromium.new_page()
    page.set_content("<body></body>")
    page.add_script_tag(path=str(MODELER))
    return page


def edited(page: Page, xml: bytes, edits: list[list[str]]) -> tuple[bytes, bytes]:
    answer = page.evaluate(SCRIPT.strip().rstrip(";"), {"xml": parse(xml).text, "edits": edits})
    return answer["before"].encode(), answer["after"].encode()


@pytest.mark.parametrize("edits", [[], SMALL_EDITS, LARGE_EDITS], ids=["none", "small", "large"])
def test_what_the_editor_changed_is_in_the_file_and_nothing_else(
    edits: list[list[str]], page: Page, miwg: dict[str, bytes], shipped: dict[str, bytes]
):
    for name, stored in (miwg | shipped).items():
        before, after = edited(page, stored, edits)

        result = graft(stored, before, after)

        if not edits:
            assert result == stored, name
            continue
        reopened, wanted = edited(page, result, [])[0], edited(page, after, [])[0]
        assert _unsorted(infoset(reopened)) == _unsorted(infoset(wanted)), name


def test_a_small_change_is_a_small_difference(page: Page, shipped: dict[str, bytes]):
    stored = shipped["incident"]
    before, after = edited(page, stored, [["name", "UserTask$"]])

    result = graft(stored, before, after)

    one, two = stored.splitlines(), result.splitlines()
    # The editor gives each shape that it names a label.
    added = [it.strip() for it in two if it not in one]
    assert len([it for it in one if it not in two]) == 1
    assert [it for it in added if it != b"<bpmndi:BPMNLabel/>"] == added[:1]
    assert len(two) <= len(one) + 1


def _unsorted(told: object) -> object:
    """The editor sorts shapes and edges when it writes: their order says nothing."""
    tag, values, text, inner = told  # pyright: ignore[reportGeneralTypeIssues]
    inner = [_unsorted(it) for it in inner]
    if tag.endswith("BPMNPlane"):
        inner.sort(key=repr)
    return tag, values, text, inner
