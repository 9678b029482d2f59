"""What the editor asks: its page, choices, findings with fixes, expressions, layout, outline."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from clearway.service.house import House
from clearway.service.values import Actor, Done
from clearway.service.workshop.drafts import make_draft
from clearway.service.workshop.files import read_file

DRAWING = "errand/errand.bpmn"
Enter = Callable[[str], Any]


@dataclass
class Editor:
    """The editor's script in somebody's browser."""

    client: Any
    base: str
    xml: str

    def ask(self, what: str, body: Any) -> httpx.Response:
        """Ask a question about what is on the screen."""
        token = self.client.get(f"{self.base}/files").headers["X-CSRF-Token"]
        return self.client.post(f"{self.base}/{what}", json=body, headers={"X-CSRF-Token": token})

    def lint(self, old: str = "", new: str = "") -> list[dict[str, Any]]:
        """The findings when `new` stands in the diagram instead of `old`."""
        assert old in self.xml
        changed = self.xml.replace(old, new, 1) if old else self.xml
        answer = self.ask("lint", {"files": {DRAWING: changed}})
        assert answer.status_code == 200, answer.text
        return answer.json()["findings"]

    def feel(self, text: str, place: str, known: tuple[str, ...] = ()) -> Any:
        """What is wrong with an expression."""
        return self.ask("feel", {"text": text, "place": place, "known": known}).json()["wrong"]


@pytest.fixture
def editor(visitor: Enter, house: House, people: dict[str, Actor]) -> Editor:
    """Grace has a draft open."""
    done = make_draft(house, people["grace"], "errand", once="draft")
    assert isinstance(done, Done)
    number = int(str(done.details["draft"]))
    content = read_file(house, people["grace"], "errand", number, DRAWING)
    assert isinstance(content, bytes)
    client = visitor("grace").client
    return Editor(client, f"/processes/errand/drafts/{number}", content.decode())


def test_only_who_may_see_drafts_opens_the_editor(editor: Editor, visitor: Enter):
    page = editor.client.get(f"{editor.base}/edit")
    assert page.status_code == 200
    assert "style-src-attr 'unsafe-inline'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]

    assert visitor("alice").client.get(f"{editor.base}/edit").status_code == 403
    assert editor.client.get(f"{editor.base}/edit?file=errand/other.bpmn").status_code == 404


def test_everything_that_can_be_chosen_comes_from_the_draft_and_the_house(editor: Editor):
    found = editor.client.get(f"{editor.base}/choices").json()

    assert {"desk", "board", "requester"} <= set(found["roles"])
    assert "fetch" in [it["value"] for it in found["steps"]]
    assert "nag" in found["templates"]
    assert "errand/forms/sort.json" in [it["path"] for it in found["forms"]]
    assert found["fields"][0]["schema"]
    assert "errand" in found["processes"]
    assert "substring" in found["built_in"]


def test_the_live_gate_says_what_the_gate_says_and_offers_what_is_certain(editor: Editor):
    assert [it for it in editor.lint() if it["severity"] == "error"] == []

    found = editor.lint('clearway:step="fetch"', 'clearway:step="fetsh"')
    (missing,) = [it for it in found if it["rule"] == "step-missing"]
    assert missing["fix"] == {
        "kind": "set",
        "label": "Did you mean fetch?",
        "element": missing["element"],
        "set": {"clearway:step": "fetch"},
        "from": "",
        "to": "",
        "flow": "",
    }
    found = editor.lint('isExecutable="true"', 'isExecutable="false"')
    (drawing,) = [it for it in found if it["rule"] == "not-executable"]
    assert drawing["fix"]["set"] == {"isExecutable": True}


def test_unsaved_files_are_looked_at_and_nothing_is_stored(editor: Editor):
    record = {"files": {DRAWING: "<definitions>"}}
    answer = editor.ask("lint", record)

    assert "unreadable-xml" in [it["rule"] for it in answer.json()["findings"]]
    assert [it for it in editor.lint() if it["severity"] == "error"] == []


@pytest.mark.parametrize("body", [[], {}, {"files": []}, {"files": {"a": 1}}])
def test_what_is_no_set_of_files_is_refused(editor: Editor, body: Any):
    assert editor.ask("lint", body).status_code == 422


def test_a_question_without_the_sessions_token_is_refused(editor: Editor):
    answer = editor.client.post(f"{editor.base}/lint", json={"files": {}})

    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_whoever_is_signed_out_is_told_so_and_never_sent_elsewhere(
    editor: Editor,
):
    editor.client.cookies.clear()
    for what in ("lint", "feel", "layout", "outline"):
        answer = editor.client.post(f"{editor.base}/{what}", json={}, follow_redirects=False)
        assert answer.status_code == 401, what
    answer = editor.client.get(f"{editor.base}/choices", follow_redirects=False)
    assert answer.status_code == 401


def test_an_expression_is_told_what_is_wrong_and_where(editor: Editor):
    fields = editor.client.get(f"{editor.base}/choices").json()["fields"]
    name = fields[0]["name"]

    assert editor.feel(f"record.{name} = null", "condition") is None
    slip = editor.feel(f"record.{name} ==", "condition")
    assert (slip["line"], slip["problem"] != "") == (1, True)
    unknown = editor.feel(f"1 = 1 and record.{name}x = null", "condition")
    assert unknown["hint"] == f"Did you mean `record.{name}`?"
    assert (unknown["line"], unknown["column"]) == (1, 11)
    assert "means nothing here" in editor.feel("somewhere = 1", "condition")["problem"]
    assert editor.feel("somewhere = 1", "condition", ("somewhere",)) is None
    assert "neither true nor false" in editor.feel("1 + 1", "condition")["problem"]
    assert editor.feel("PT4H", "timeDuration") is None
    assert editor.feel("in a while", "timeDuration") is not None
    assert editor.feel("result.place", "output") is None
    assert editor.feel("result.place", "input") is not None


def test_a_file_without_a_drawing_is_laid_out(editor: Editor):
    assert "BPMNShape" not in editor.xml
    answer = editor.ask("layout", {"xml": editor.xml})

    assert answer.status_code == 200, answer.text
    assert "BPMNShape" in answer.json()["xml"]
    assert editor.ask("layout", {"xml": "<nothing"}).status_code == 422


@pytest.mark.parametrize("place", ["timeDate", "timeDuration", "timeCycle", "expires"])
@pytest.mark.parametrize(
    "text", ["PT-5H", "PT 4H", "P", "PT", "PT4.5H", "2026-13-01", "R3/P", "R3"]
)
def test_half_a_time_is_told_while_it_is_typed(editor: Editor, place: str, text: str):
    told = editor.feel(text, place)

    assert told is not None
    assert told["problem"]


def test_a_file_that_is_saved_is_looked_at_as_it_is_stored(editor: Editor):
    wrong = editor.xml.replace('clearway:step="fetch"', 'clearway:step="fetsh"')
    tag = editor.client.get(f"{editor.base}/files/{DRAWING}").headers["ETag"]

    def errors(tag: str) -> list[str]:
        body = {"files": {DRAWING: wrong}, "saved": {DRAWING: tag}}
        found = editor.ask("lint", body).json()["findings"]
        return [it["element"] for it in found if it["severity"] == "error"]

    assert errors(tag) == []
    assert errors('"0000"') == ["fetch"]


def test_the_outline_names_what_is_drawn(editor: Editor):
    items = editor.ask("outline", {"xml": editor.xml}).json()["items"]

    assert "sort" in [it["element"] for it in items]


def test_findings_of_unsaved_work_come_at_once(editor: Editor):
    editor.lint()
    taken: list[int] = []
    for number in range(5):
        files = {DRAWING: editor.xml.replace("</bpmn:process>", f"<!--{number}--></bpmn:process>")}
        taken.append(editor.ask("lint", {"files": files}).json()["milliseconds"])

    assert min(taken) < 150, taken
