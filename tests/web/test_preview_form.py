"""The preview of a form: the page as people will see it, from a text that is not saved."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from clearway.service.house import House
from clearway.service.values import Actor, Done
from clearway.service.workshop.drafts import make_draft
from clearway.service.workshop.files import files_of

SORT = "errand/forms/sort.json"
Enter = Callable[[str], Any]


@dataclass
class Preview:
    """The form editor's script in somebody's browser."""

    client: Any
    base: str

    def ask(self, form: Any, path: str = SORT, **more: Any) -> httpx.Response:
        """Ask for the form as it is on the screen; a text is sent as it is."""
        text = form if isinstance(form, str) else json.dumps(form)
        token = self.client.get(f"{self.base}/files").headers["X-CSRF-Token"]
        return self.client.post(
            f"{self.base}/form",
            json={"path": path, "text": text, **more},
            headers={"X-CSRF-Token": token},
        )

    def told(self, form: Any, path: str = SORT, **more: Any) -> dict[str, Any]:
        """What it answers."""
        answer = self.ask(form, path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def preview(visitor: Enter, house: House, people: dict[str, Actor]) -> Preview:
    """Grace has a draft open."""
    done = make_draft(house, people["grace"], "errand", once="draft")
    assert isinstance(done, Done)
    return Preview(visitor("grace").client, f"/processes/errand/drafts/{done.details['draft']}")


def of_fields(fields: Any, **more: Any) -> dict[str, Any]:
    """A form with these fields."""
    return {"type": "object", "properties": fields, "additionalProperties": False, **more}


def test_the_form_is_shown_as_its_task_shows_it_and_nothing_is_stored(
    preview: Preview, house: House, people: dict[str, Actor]
):
    number = int(preview.base.rpartition("/")[2])
    before = files_of(house, people["grace"], "errand", number)
    fields = {
        "what": {"type": "string", "title": "What it is about", "maxLength": 40, "readOnly": True},
        "size": {"type": "string", "title": "How large", "enum": ["s"], "x-titles": {"s": "Small"}},
        "sure": {"type": "boolean", "title": "Are you sure"},
    }

    told = preview.told(of_fields(fields, title="Sort <it>", required=["sure"]))

    assert "Sort &lt;it&gt;" in told["html"]
    assert "Example: what it is about" in told["html"]
    assert '<option value="s">Small</option>' in told["html"]
    assert 'type="radio" name="f.sure" value="false"' in told["html"]
    assert told["wrong"] is None
    assert files_of(house, people["grace"], "errand", number) == before


def test_there_is_nowhere_to_send_it(preview: Preview):
    html = preview.told(of_fields({"note": {"type": "string"}}))["html"]

    assert "action=" not in html
    assert "<script" not in html
    assert "csrf" not in html
    assert 'type="submit"' not in html


def test_it_says_who_meets_the_form(preview: Preview):
    (task,) = preview.told(of_fields({}))["uses"]
    assert (task["kind"], task["element"], task["roles"]) == ("task", "sort", ["desk"])

    kinds = {
        name: [
            it["kind"] for it in preview.told(of_fields({}), f"errand/forms/{name}.json")["uses"]
        ]
        for name in ("asked", "hold", "nobody")
    }
    assert kinds == {"asked": ["start"], "hold": ["button"], "nobody": []}


def test_what_was_filled_in_stays_and_is_checked_as_the_task_checks_it(preview: Preview):
    form = of_fields(
        {"why": {"type": "string", "title": "Why", "enum": ["a", "b"]}, "note": {"type": "string"}},
        allOf=[
            {
                "if": {"properties": {"why": {"const": "b"}}, "required": ["why"]},
                "then": {"required": ["note"]},
            }
        ],
    )

    looked = preview.told(form, typed=[["f.why", "b"]])
    assert looked["errors"] is None
    assert '<option value="b" selected>' in looked["html"]
    assert "This is needed." not in looked["html"]

    missing = preview.told(form, typed=[["f.why", "b"]], check=True)
    assert missing["errors"] == {"note": "This is needed."}
    assert "This is needed." in missing["html"]
    assert preview.told(form, typed=[["f.why", "a"]], check=True)["errors"] == {}
    assert preview.told(form, typed=[["f.why", "c"]], check=True)["errors"]["why"]


BROKEN = {
    '{\n "type" "object"}': "Line 2, column 9",
    "[]": "a form is an object",
    '{"type": "object"}': "no list of fields",
    '{"properties": {"a": 1}}': "a",
    '{"properties": {"a": {"type": "texts"}}}': "no JSON Schema",
    '{"properties": {"a": {"pattern": "("}}}': "a/pattern",
    '{"properties": {"a": {"$ref": "other.json"}}}': "outside of the file",
    '{"a":' * 2000 + "1" + "}" * 2000: "",
    '{"properties": {"a": {"items":' + '{"items":' * 40 + "{}" + "}" * 43: "levels deep",
}


def test_a_form_that_cannot_be_shown_is_said_with_its_remedy(preview: Preview):
    for form, said in BROKEN.items():
        told = preview.told(form)

        assert told["html"] is None
        assert said in told["wrong"]["text"]
        assert told["wrong"]["remedy"]
        assert [it["element"] for it in told["uses"]] == ["sort"]


def test_a_form_that_refers_to_itself_is_no_failure(preview: Preview):
    form = of_fields({"a": {"$ref": "#/properties/a"}})

    assert preview.told(form, typed=[["f.a", "1"]], check=True)["errors"]


def test_what_is_no_question_is_refused(preview: Preview):
    token = preview.client.get(f"{preview.base}/files").headers["X-CSRF-Token"]
    bodies: list[Any] = [[], {}, {"path": SORT}, {"path": 1, "text": "{}"}]

    for body in bodies:
        answer = preview.client.post(
            f"{preview.base}/form", json=body, headers={"X-CSRF-Token": token}
        )
        assert answer.status_code == 422


def test_only_who_may_see_drafts_is_answered(preview: Preview, visitor: Enter):
    assert preview.ask(of_fields({}), "errand/record.json").status_code == 404

    alice = visitor("alice").client
    token = alice.get("/inbox").text.partition('name="csrf" value="')[2].partition('"')[0]
    answer = alice.post(
        f"{preview.base}/form",
        json={"path": SORT, "text": "{}"},
        headers={"X-CSRF-Token": token},
    )
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
