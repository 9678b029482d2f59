"""Trying a process in the portal: forms that carry the run, refusals in words, and who may."""

from collections.abc import Callable
from typing import Any

import pytest

from clearway.engine.bundle import manifest
from clearway.engine.values import Bundle
from clearway.service.house import House
from clearway.service.scenario_file import read_scenario
from clearway.service.values import Actor, Done
from clearway.service.workshop.drafts import held, make_draft
from clearway.service.workshop.files import save_file
from clearway.service.workshop.views import Saved

Enter = Callable[[str], Any]
BASE = "/processes/errand/versions/1"
CAST = "people: {alice: [requester], bob: [desk], dave: [board, chair]}\ngroups: {desk: [bob]}\n"


def _form(page: Any, do: str) -> Any:
    """The first form of a trial that does this."""
    return next(it for it in page.html.forms if do in it.xpath(".//*[@name='do']/@value"))


def _act(someone: Any, page: Any, do: str, **texts: str) -> Any:
    """Fill in that form and send it."""
    form = _form(page, do)
    fields = {**dict(form.form_values()), "do": do}
    fields.update({name.replace("f_", "f.", 1): text for name, text in texts.items()})
    answer = someone.client.post(form.get("action"), data=fields)
    return type(page)(answer)


@pytest.fixture
def grace(visitor: Enter) -> Any:
    return visitor("grace")


@pytest.fixture
def begun(grace: Any) -> Any:
    """A run that has been started."""
    page = grace.get(f"{BASE}/try")
    return _act(grace, page, "start", f_what="a pen", person="alice", registry=CAST)


@pytest.fixture
def draft(house: House, people: dict[str, Actor]) -> int:
    done = make_draft(house, people["grace"], "errand", once="draft")
    assert isinstance(done, Done)
    return int(str(done.details["draft"]))


def test_a_run_goes_on_by_plain_forms(grace: Any, begun: Any, rows: Callable[..., Any]):
    assert "Sort" in begun.text
    sorted_ = _act(grace, begun, "complete", f_weight="2", person="bob")
    assert "Let the step itself answer" in sorted_.text
    fetched = _act(grace, sorted_, "ask")

    assert "the shelf" in fetched.text
    assert "Bringing" in fetched.text
    back = _act(grace, fetched, "back")
    assert "Let the step itself answer" in back.text
    assert rows("SELECT count(*) FROM instance") == [(0,)]
    assert rows("SELECT count(*) FROM job") == [(0,)]


def test_time_passes_and_notices_are_shown_as_they_would_be_read(grace: Any, begun: Any):
    page = _act(grace, _act(grace, begun, "complete", f_weight="2", person="bob"), "ask")

    late = _act(grace, page, "next")

    assert "Who would be told" in late.text
    assert "nag" in late.text.lower()
    assert "Say how much time passes" in _act(grace, late, "pass", number="soon").text


def test_what_was_typed_is_shown_again_with_what_is_wrong(grace: Any, begun: Any):
    page = _act(grace, begun, "complete", f_weight="heavy", person="bob")

    assert page.status == 422
    assert _form(page, "complete").form_values()
    assert "Give a number" in page.text
    assert page.html.xpath("//*[@name='f.weight']/@value") == ["heavy"]


@pytest.mark.parametrize("carried", ["", "tampered", "eJyLjgUAARUAuQ=="])
def test_a_run_that_was_tampered_with_is_refused_in_words(grace: Any, begun: Any, carried: str):
    page = _act(grace, begun, "complete", run=carried, f_weight="2")

    assert page.status == 422
    assert "Begin again" in page.text


@pytest.mark.parametrize(
    "texts",
    [
        {"do": "nothing"},
        {"element": "gone"},
        {"element": ""},
        {"person": "nobody"},
        {"person": ""},
    ],
)
def test_a_form_that_was_changed_by_hand_is_refused_in_words(
    grace: Any, begun: Any, texts: dict[str, str]
):
    form = dict(_form(begun, "complete").form_values())

    answer = grace.client.post(f"{BASE}/try", data={**form, "f.weight": "2", **texts})

    assert answer.status_code in (409, 422)
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("cast", "told"),
    [
        ("people: [alice]", "each person with a list of roles"),
        ("people: {alice: [requester]", "cannot be read"),
        ("friends: {}", "knows no friends"),
        ("- alice", "is a mapping"),
        ("people: {alice: *who}", "cannot be read"),
        ("[" * 5000, "cannot be read"),
    ],
)
def test_people_who_cannot_be_read_are_refused(grace: Any, cast: str, told: str):
    page = _act(grace, grace.get(f"{BASE}/try"), "start", f_what="a pen", registry=cast)

    assert page.status == 422
    assert told in page.text


def test_a_version_hands_the_scenario_over_and_stays_as_it_is(grace: Any, begun: Any):
    form = dict(_form(begun, "keep").form_values())

    answer = grace.client.post(f"{BASE}/try", data={**form, "name": "A pen is asked for"})

    assert 'filename="a_pen_is_asked_for.yaml"' in answer.headers["content-disposition"]
    assert read_scenario(answer.content).name == "A pen is asked for"
    taken = grace.client.post(f"{BASE}/try", data={**form, "name": "  "})
    assert taken.status_code == 422
    assert "needs a name" in taken.text


def test_a_draft_gets_the_scenario_among_its_files(
    grace: Any, house: House, people: dict[str, Actor], draft: int
):
    base = f"/processes/errand/drafts/{draft}"
    page = _act(
        grace, grace.get(f"{base}/try"), "start", f_what="a pen", person="alice", registry=CAST
    )

    kept = _act(grace, page, "keep", name="A pen is asked for")

    path = "errand/scenarios/a_pen_is_asked_for.yaml"
    assert f"Kept as {path}" in kept.text
    there = held(house, people["grace"], "errand", draft)
    assert not hasattr(there, "code")
    assert path in there.bundle.files  # type: ignore[union-attr]
    again = _act(grace, kept, "keep", name="A pen is asked for")
    assert "There is a scenario with this name already" in again.text
    assert "A pen is asked for" in grace.get(f"{base}/coverage").text


def test_a_draft_that_the_gate_refuses_says_what_to_mend(
    grace: Any, house: House, people: dict[str, Actor], draft: int, errand: Bundle
):
    path = "errand/errand.bpmn"
    broken = errand.files[path].replace(b'step="fetch"', b'step="no_such_step"')
    view = held(house, people["grace"], "errand", draft)
    saved = save_file(
        house, people["grace"], "errand", draft, path, broken,
        expected=[manifest(view.bundle)[path]],  # type: ignore[union-attr]
    )  # fmt: skip
    assert isinstance(saved, Saved)

    for page in (
        grace.get(f"/processes/errand/drafts/{draft}/try"),
        grace.get(f"/processes/errand/drafts/{draft}/coverage"),
    ):
        assert page.status == 422
        assert "no_such_step" in page.text
        assert "Edit the draft" in page.text


def test_what_scenarios_pass_is_shown(grace: Any):
    page = grace.get(f"{BASE}/coverage")

    assert page.status == 200
    assert "Passed by no scenario" in page.text
    assert page.html.xpath("//*[@data-covered]")


@pytest.mark.parametrize("path", ["try", "coverage"])
def test_only_who_may_read_the_files_may_try_them(visitor: Enter, path: str):
    bob = visitor("bob")

    assert bob.get(f"{BASE}/{path}").status == 403
    assert bob.get(f"/processes/errand/drafts/1/{path}").status == 403
    assert "Try it" not in bob.get("/processes/errand").text


@pytest.mark.parametrize("path", ["versions/7/try", "versions/7/coverage", "drafts/99/try"])
def test_what_is_not_there_is_said(grace: Any, path: str):
    assert grace.get(f"/processes/errand/{path}").status == 404
