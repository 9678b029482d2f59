"""The page of a task: claiming, completing, correcting, and who is told why not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.start import start
from clearway.service.values import Actor, Done

Enter = Callable[[str], Any]


@pytest.fixture
def errand_key(house: House, people: dict[str, Actor]) -> str:
    """An errand that waits to be sorted."""
    done = start(house, people["alice"], "errand", {"what": "a book"}, once="start")
    assert isinstance(done, Done), done
    return done.key


def test_a_task_is_claimed_and_completed(visitor: Enter, errand_key: str, rows: Callable[..., Any]):
    bob = visitor("bob")

    inbox = bob.get("/inbox?view=unclaimed")
    claimed = bob.submit(inbox, _first_claim(inbox))
    task_path = claimed.answer.url.path
    done = bob.submit(claimed, f"{task_path}/complete", f_weight="2.5", f_remark="quick")

    assert errand_key in inbox.text
    assert "The task is yours." in claimed.text
    assert done.answer.url.path == f"/records/{errand_key}"
    assert rows("SELECT record->>'weight' FROM instance") == [("2.5",)]


def test_the_form_shows_what_may_not_be_changed_and_marks_what_is_needed(
    visitor: Enter, errand_key: str
):
    bob = visitor("bob")

    page = _claimed(bob)

    form = page.form(f"{page.answer.url.path}/complete")
    assert "f.what" not in form.fields
    assert "a book" in form.text_content()
    assert form.inputs["f.weight"].get("required") is not None
    assert form.inputs["f.remark"].tag == "textarea"


def test_errors_stand_in_place_and_nothing_typed_is_lost(
    visitor: Enter, errand_key: str, rows: Callable[..., Any]
):
    bob = visitor("bob")
    page = _claimed(bob)
    action = f"{page.answer.url.path}/complete"

    wrong = bob.submit(page, action, f_weight="-3", f_remark="as typed", f_minutes="7")

    assert wrong.status == 422
    field = wrong.form(action).inputs["f.weight"]
    assert field.get("aria-invalid") == "true"
    assert field.get("autofocus") is not None
    assert wrong.html.get_element_by_id(field.get("aria-describedby")).text_content().strip()
    assert wrong.form(action).fields["f.weight"] == "-3"
    assert wrong.form(action).fields["f.remark"] == "as typed"
    assert wrong.html.xpath("//*[@role='alert']//a[@href='#f-weight']")
    assert rows("SELECT record->>'weight' FROM instance") == [(None,)]


@pytest.mark.parametrize(
    ("typed", "told"),
    [("many", "Give a number"), ("", "This is needed"), ("1e400", "too large"), ("NaN", "number")],
)
def test_a_weight_that_is_no_weight_is_refused(
    visitor: Enter, errand_key: str, typed: str, told: str
):
    bob = visitor("bob")
    page = _claimed(bob)

    wrong = bob.submit(page, f"{page.answer.url.path}/complete", f_weight=typed)

    assert wrong.status == 422
    assert told in wrong.text


def test_a_field_that_the_form_does_not_declare_is_refused(
    visitor: Enter, errand_key: str, rows: Callable[..., Any]
):
    bob = visitor("bob")
    page = _claimed(bob)

    wrong = bob.submit(
        page, f"{page.answer.url.path}/complete", f_weight="1", f_decision="approved"
    )

    assert wrong.status == 422
    assert "no such field" in wrong.text
    assert rows("SELECT record->>'decision' FROM instance") == [(None,)]


def test_the_second_one_reads_who_was_first(visitor: Enter, errand_key: str):
    bob, carol = visitor("bob"), visitor("carol")
    seen_by_carol = carol.get("/inbox?view=unclaimed")
    action = _first_claim(seen_by_carol)
    bob.submit(bob.get("/inbox?view=unclaimed"), action)

    late = carol.submit(seen_by_carol, action)

    assert late.status in (403, 409)
    assert "bob has it" in late.text


def test_a_second_click_changes_nothing_more(
    visitor: Enter, errand_key: str, rows: Callable[..., Any]
):
    bob = visitor("bob")
    page = _claimed(bob)
    action = f"{page.answer.url.path}/complete"
    bob.submit(page, action, f_weight="1")
    lines = rows("SELECT count(*) FROM entry")

    again = bob.submit(page, action, f_weight="1")

    assert again.answer.url.path == f"/records/{errand_key}"
    assert rows("SELECT count(*) FROM entry") == lines


def test_a_task_is_given_back_and_given_to_somebody(visitor: Enter, errand_key: str):
    bob = visitor("bob")
    page = _claimed(bob)
    path = page.answer.url.path

    back = bob.submit(page, f"{path}/unclaim")
    given = bob.submit(back, f"{path}/assign", person="carol")

    assert "gave the task back" in back.text
    assert "The task was assigned." in given.text
    assert "carol" in given.text
    assert visitor("carol").get("/inbox").text.count("Sort") == 1


def test_who_did_the_other_part_reads_why_somebody_else_must(
    visitor: Enter,
    errand_key: str,
    house: House,
    people: dict[str, Actor],
    rows: Callable[..., Any],
):
    bob = visitor("bob")
    page = _claimed(bob)
    bob.submit(page, f"{page.answer.url.path}/complete", f_weight="1")
    _fetch(house)
    ((bring,),) = rows("SELECT id FROM work_item WHERE element = 'bring'")

    seen = bob.get(f"/tasks/{bring}")

    assert "so somebody else must do this" in seen.text
    assert not seen.has_form(f"/tasks/{bring}/claim")
    assert not seen.html.xpath("//button[contains(., 'Complete')]")


def test_a_task_that_one_may_not_see_does_not_exist(visitor: Enter, errand_key: str):
    olaf = visitor("olaf")

    unseen, unknown = olaf.get("/tasks/1"), olaf.get("/tasks/999999")

    assert unseen.status == unknown.status == 404
    assert unseen.text == unknown.text
    assert olaf.get("/tasks/first").status == 404


@pytest.mark.parametrize("path", ["/records/{}", "/inbox?view=all"])
def test_only_who_may_claim_a_task_is_offered_it_and_others_a_way_to_open_it(
    visitor: Enter,
    errand_key: str,
    people: dict[str, Actor],
    change: Callable[[str], None],
    path: str,
):
    change("UPDATE work_item SET group_name = 'board'")
    change("INSERT INTO membership (person, group_name) VALUES ('carol', 'board')")
    page = path.format(errand_key)

    bob, carol = visitor("bob").get(page), visitor("carol").get(page)

    assert carol.has_form("/tasks/1/claim")
    assert not bob.has_form("/tasks/1/claim")
    assert "Board" in bob.text
    assert bob.html.xpath("//*[@class='do']//a[@href='/tasks/1'][contains(., 'Open')]")


def test_who_did_the_other_part_is_not_offered_to_claim_it(
    visitor: Enter,
    errand_key: str,
    house: House,
    rows: Callable[..., Any],
):
    bob, carol = visitor("bob"), visitor("carol")
    page = _claimed(bob)
    bob.submit(page, f"{page.answer.url.path}/complete", f_weight="1")
    _fetch(house)
    ((bring,),) = rows("SELECT id FROM work_item WHERE element = 'bring'")
    claim = f"/tasks/{bring}/claim"

    assert not bob.get(f"/records/{errand_key}").has_form(claim)
    assert not bob.get("/inbox?view=all").has_form(claim)
    assert carol.get(f"/records/{errand_key}").has_form(claim)
    assert "You did Sort, so somebody else must do this." in bob.get(f"/tasks/{bring}").text


def test_only_who_may_give_a_task_to_somebody_is_offered_it(
    visitor: Enter, errand_key: str, change: Callable[[str], None]
):
    open_to_all = {name: _offers_assign(visitor(name)) for name in ("alice", "bob", "grace")}
    change("UPDATE work_item SET assignee = 'bob', group_name = 'desk'")
    change("UPDATE \"group\" SET lead = 'carol' WHERE name = 'desk'")
    given = {name: _offers_assign(visitor(name)) for name in ("alice", "bob", "carol", "grace")}
    change("UPDATE \"group\" SET lead = NULL WHERE name = 'desk'")

    assert open_to_all == {"alice": False, "bob": True, "grace": True}
    assert given == {"alice": False, "bob": True, "carol": True, "grace": True}
    assert not _offers_assign(visitor("carol"))


def test_a_task_is_offered_to_those_alone_who_may_be_given_it(
    visitor: Enter, errand_key: str, change: Callable[[str], None]
):
    def offered() -> list[str]:
        page = visitor("grace").get("/tasks/1")
        return [it for it in page.html.xpath("//select[@name='person']/option/@value") if it]

    with_the_role = offered()
    change("UPDATE work_item SET excluded = '{bob}'")
    apart = offered()
    change("UPDATE person SET active = false WHERE name = 'bob'")
    change("UPDATE work_item SET excluded = '{}'")
    active = offered()
    change("UPDATE work_item SET group_name = 'requester', role = 'desk'")
    in_the_group = offered()

    assert with_the_role == ["bob", "carol"]
    assert apart == active == in_the_group == ["carol"]


def _offers_assign(visitor: Any) -> bool:
    page = visitor.get("/tasks/1")
    assert page.status == 200
    return page.has_form("/tasks/1/assign")


def _claimed(visitor: Any) -> Any:
    inbox = visitor.get("/inbox?view=unclaimed")
    return visitor.submit(inbox, _first_claim(inbox))


def _first_claim(inbox: Any) -> str:
    return next(
        form.get("action") for form in inbox.html.forms if form.get("action").endswith("/claim")
    )


def _fetch(house: House) -> None:
    for job in claim_jobs(house, "tests", 10, timedelta(minutes=1)):
        finish_job(house, job.id, job.fence, {"place": "the shelf"})


@pytest.mark.parametrize("path", ["/records/{}", "/inbox?view=unclaimed", "/tasks/1"])
def test_the_task_of_somebody_who_has_left_is_offered_to_claim(
    visitor: Enter,
    errand_key: str,
    api: Callable[[str], Any],
    change: Callable[[str], None],
    path: str,
):
    carol = visitor("carol")
    carol.submit(carol.get("/inbox?view=unclaimed"), "/tasks/1/claim")
    bob, page = visitor("bob"), path.format(errand_key)
    before = bob.get(page)

    change("UPDATE person SET active = false WHERE name = 'carol'")
    offered = bob.get(page)

    assert not before.has_form("/tasks/1/claim")
    assert offered.has_form("/tasks/1/claim")
    [*_, who] = offered.html.xpath("//main//*[@class='who'][contains(., 'carol')]")
    assert " ".join(who.text_content().split()) == "carol (has left)"
    shown = api("bob").get("/api/v1/tasks/1").json()
    assert (shown["may_claim"], shown["item"]["may_claim"]) == (True, True)
    assert bob.submit(offered, "/tasks/1/claim").answer.url.path == "/tasks/1"
