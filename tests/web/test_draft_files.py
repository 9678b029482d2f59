"""The files of a draft over HTTP: entity tags, conflicts, a lost session, and hostile paths."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

DRAWING = "errand/errand.bpmn"
Enter = Callable[[str], Any]


@dataclass
class Editor:
    """The editor's script in somebody's browser."""

    visitor: Any
    draft: int

    @property
    def base(self) -> str:
        """The address of the draft."""
        return f"/processes/errand/drafts/{self.draft}"

    def token(self) -> str:
        """The token that saving asks for."""
        return self.visitor.client.get(f"{self.base}/files").headers["X-CSRF-Token"]

    def listed(self) -> dict[str, Any]:
        """The files by path."""
        return {it["path"]: it for it in self.visitor.client.get(f"{self.base}/files").json()}

    def put(self, path: str, content: bytes, **headers: str) -> httpx.Response:
        """Save a file; `if_match` and the like are headers."""
        return self._send("PUT", f"files/{path}", content, headers)

    def delete(self, path: str, **headers: str) -> httpx.Response:
        """Remove a file."""
        return self._send("DELETE", f"files/{path}", b"", headers)

    def draw(self, path: str, before: str, after: str, **headers: str) -> httpx.Response:
        """Save a drawing by what changed of it."""
        url = f"{self.base}/drawing/{path}"
        sent = {"X-CSRF-Token": self.token(), **_named(headers)}
        return self.visitor.client.put(url, json={"before": before, "after": after}, headers=sent)

    def _send(
        self, method: str, path: str, content: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        sent = {"X-CSRF-Token": self.token(), **_named(headers)}
        return self.visitor.client.request(
            method, f"{self.base}/{path}", content=content, headers=sent
        )


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): text for name, text in headers.items()}


@pytest.fixture
def editor(visitor: Enter) -> Editor:
    """grace with a draft of `errand` open."""
    return open_draft(visitor("grace"))


def open_draft(someone: Any) -> Editor:
    """Press the button that makes a draft."""
    csrf = someone.get("/processes/errand").html.xpath("//input[@name='csrf']/@value")[0]
    made = someone.client.post(
        "/processes/errand/drafts", data={"csrf": csrf}, follow_redirects=False
    )
    assert made.status_code == 303, made.text
    parts = made.headers["Location"].split("/")
    assert parts[-1] == "edit"
    return Editor(someone, int(parts[-2]))


def test_a_draft_begins_with_the_files_of_the_newest_version(editor: Editor, errand: Any):
    listed = editor.listed()

    assert set(listed) == set(errand.files)
    assert listed[DRAWING]["size"] == len(errand.files[DRAWING])
    answer = editor.visitor.client.get(f"{editor.base}/files/{DRAWING}")
    assert answer.content == errand.files[DRAWING]
    assert answer.headers["ETag"] == listed[DRAWING]["etag"]
    assert listed[DRAWING]["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'


def test_what_is_saved_is_there_with_who_saved_it(editor: Editor):
    etag = editor.listed()[DRAWING]["etag"]

    saved = editor.put(DRAWING, b"<other/>", if_match=etag)

    assert saved.status_code == 200, saved.text
    assert saved.json()["revision"] == 2
    after = editor.listed()[DRAWING]
    assert (after["etag"], after["changed_by"]) == (saved.json()["etag"], "grace")
    assert editor.visitor.client.get(f"{editor.base}/files/{DRAWING}").content == b"<other/>"


def test_the_second_of_two_saves_is_told_who_and_when_and_overwrites_nothing(
    editor: Editor, visitor: Enter, rows: Callable[..., Any]
):
    other = Editor(visitor("trent"), editor.draft)
    etag = editor.listed()[DRAWING]["etag"]
    first = editor.put(DRAWING, b"<first/>", if_match=etag)

    second = other.put(DRAWING, b"<second/>", if_match=etag)

    assert second.status_code == 412
    assert second.headers["content-type"] == "application/problem+json"
    told = second.json()
    assert told["etag"] == first.json()["etag"]
    assert told["changed_by"] == "grace"
    assert told["changed_at"] == first.json()["saved_at"]
    assert "grace saved errand/errand.bpmn" in told["detail"]
    assert told["remedy"]
    assert rows("SELECT max(revision) FROM draft_save") == [(2,)]


def test_a_save_whose_answer_was_lost_is_answered_the_same_again(editor: Editor):
    etag = editor.listed()[DRAWING]["etag"]
    first = editor.put(DRAWING, b"<once/>", if_match=etag)

    again = editor.put(DRAWING, b"<once/>", if_match=etag)

    assert again.status_code == 200
    assert again.json()["revision"] == first.json()["revision"]


def test_a_new_file_must_be_new_and_a_removed_one_is_told(editor: Editor):
    path = "errand/forms/more.json"
    made = editor.put(path, b"{}", if_none_match="*")

    twice = editor.put(path, b"[]", if_none_match="*")
    wrong = editor.delete(path, if_match='"0"')
    gone = editor.delete(path, if_match=made.json()["etag"])
    late = editor.put(path, b"[1]", if_match=made.json()["etag"])

    assert (made.status_code, twice.status_code, wrong.status_code) == (200, 412, 412)
    assert gone.status_code == 200
    assert gone.json()["etag"] is None
    assert (late.status_code, late.json()["etag"]) == (412, None)
    assert "removed" in late.json()["detail"]
    assert path not in editor.listed()


@pytest.mark.parametrize(
    "path",
    [
        "errand/../incident/incident.bpmn",
        "..%2f..%2fetc/passwd.md",
        "incident/incident.bpmn",
        "errand/forms/.hidden.json",
        "errand/run.py",
        "errand/a%5Cb.json",
        "errand/ERRAND.bpmn",
        "errand/record.json/more.json",
        "errand/" + "x" * 300 + ".json",
        "errand//twice.json",
        "errand/forms/bell%07.json",
    ],
)
def test_no_path_leaves_the_folder_of_the_process(editor: Editor, path: str):
    before = editor.listed()

    answer = editor.put(path, b"{}", if_none_match="*")

    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert editor.listed() == before


def test_what_is_no_text_or_too_large_is_refused_and_said(editor: Editor):
    etag = editor.listed()["errand/record.json"]["etag"]

    binary = editor.put("errand/record.json", b"\xff\x00", if_match=etag)
    empty = editor.put("errand/record.json", b"", if_match=etag)
    large = editor.put(DRAWING, b"x" * (4 << 20), if_match=editor.listed()[DRAWING]["etag"])
    huge = editor.put(DRAWING, b"x" * (7 << 20), if_match=editor.listed()[DRAWING]["etag"])

    assert (binary.status_code, empty.status_code) == (422, 422)
    assert (large.status_code, huge.status_code) == (413, 413)
    assert huge.headers["content-type"] == large.headers["content-type"]
    assert "MiB" in large.json()["detail"]
    assert editor.listed()["errand/record.json"]["etag"] == etag


def test_a_save_that_does_not_say_what_was_opened_is_refused(editor: Editor):
    answer = editor.put(DRAWING, b"<x/>")

    assert answer.status_code == 428
    assert "If-Match" in answer.json()["remedy"]


def test_a_session_that_ended_while_saving_is_no_redirect_and_loses_nothing(
    editor: Editor, visitor: Enter, change: Callable[[str], None]
):
    etag, token = editor.listed()[DRAWING]["etag"], editor.token()
    change("DELETE FROM session")
    headers = {"If-Match": etag, "X-CSRF-Token": token}
    url = f"{editor.base}/files/{DRAWING}"

    lost = editor.visitor.client.put(url, content=b"<mine/>", headers=headers)
    back = visitor("grace")
    old_token = back.client.put(url, content=b"<mine/>", headers=headers)
    saved = Editor(back, editor.draft).put(DRAWING, b"<mine/>", if_match=etag)

    assert (lost.status_code, old_token.status_code, saved.status_code) == (401, 403, 200)
    assert lost.headers["content-type"] == "application/problem+json"
    assert "Sign in again" in lost.json()["remedy"]


def test_another_site_cannot_save(editor: Editor):
    etag = editor.listed()[DRAWING]["etag"]

    other_site = editor.put(DRAWING, b"<x/>", if_match=etag, Sec_Fetch_Site="cross-site")
    no_token = editor.visitor.client.put(
        f"{editor.base}/files/{DRAWING}", content=b"<x/>", headers={"If-Match": etag}
    )

    assert (other_site.status_code, no_token.status_code) == (403, 403)
    assert editor.listed()[DRAWING]["etag"] == etag


def test_a_draft_or_a_process_that_is_not_there_is_said(editor: Editor, visitor: Enter):
    nowhere = Editor(visitor("grace"), 4711)
    client, token = editor.visitor.client, editor.token()
    headers = {"If-Match": '"0"', "X-CSRF-Token": token}

    gone = client.put(f"{nowhere.base}/files/{DRAWING}", content=b"<x/>", headers=headers)
    other = client.put(
        f"/processes/nothing/drafts/{editor.draft}/files/{DRAWING}", content=b"x", headers=headers
    )
    unknown = client.get(f"{editor.base}/files/errand/none.json")

    assert (gone.status_code, other.status_code, unknown.status_code) == (404, 404, 404)
    assert gone.json()["detail"] == "There is no draft 4711 of errand."


@pytest.mark.parametrize("name", ["bob", "alice"])
def test_only_process_owners_reach_a_draft(editor: Editor, visitor: Enter, name: str):
    client = visitor(name).client

    assert client.get(f"{editor.base}/files").status_code == 403
    assert client.get(f"{editor.base}/files/{DRAWING}").status_code == 403


def test_a_drawing_is_saved_by_what_changed_and_without_a_change_no_byte_changes(
    editor: Editor, errand: Any
):
    etag = editor.listed()[DRAWING]["etag"]
    text = errand.files[DRAWING].decode()

    same = editor.draw(DRAWING, text, text, if_match=etag)
    changed = editor.draw(DRAWING, text, text.replace("Sort", "Look"), if_match=etag)
    late = editor.draw(DRAWING, text, text, if_match=etag)
    no_json = editor.visitor.client.put(
        f"{editor.base}/drawing/{DRAWING}",
        content=b"{",
        headers={"If-Match": etag, "X-CSRF-Token": editor.token()},
    )

    assert (same.status_code, same.json()["etag"]) == (200, etag)
    assert (changed.status_code, changed.json()["revision"]) == (200, 2)
    assert (late.status_code, no_json.status_code) == (412, 422)
