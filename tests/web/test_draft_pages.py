"""The pages of a draft: review, release, moving records, rolling back, and who sees what."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from draft_bench import DRAWING, Bench, enter_owners

from clearway.engine.values import Bundle
from clearway.now import HandClock
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done
from clearway.service.workshop.moves import carry_moves
from clearway.service.workshop.releases import release_due

Enter = Callable[[str], Any]


@pytest.fixture
def bench(house: House, database_url: str) -> Bench:
    """A draft of `errand`."""
    return Bench(house, enter_owners(database_url))


@pytest.fixture
def address(bench: Bench) -> str:
    """The page of that draft."""
    return f"/processes/errand/drafts/{bench.draft}"


def test_a_draft_goes_from_the_first_save_to_a_release_by_forms(
    bench: Bench, address: str, visitor: Enter
):
    grace, heidi = visitor("grace"), visitor("heidi")
    bench.rename("Look at it")
    asked = grace.submit(
        grace.get(address), f"{address}/review", reviewer="heidi", note="The name."
    )
    assert "errand/errand.bpmn changed" in asked.text
    assert "The name." in asked.text
    for where in ("/processes", "/inbox"):
        assert f"draft {bench.draft} of errand" in heidi.get(where).text
        assert "for your review" not in grace.get(where).text

    approved = heidi.submit(
        heidi.get(address), f"{address}/review/decide", button=("decision", "approve")
    )
    assert "heidi approved save 2" in approved.text
    shown = grace.get(f"{address}/release")
    assert "Can be released" in shown.text
    released = grace.submit(shown, f"{address}/release", reason="Clearer words", when="now")

    assert "released as version 2" in released.text
    process = grace.get("/processes/errand")
    assert "Clearer words" in process.text
    assert "Approved by heidi" in process.text
    assert f"Made by grace in draft {bench.draft}" in process.text


def test_what_cannot_be_done_is_said_on_the_page_with_what_to_do(
    bench: Bench, address: str, visitor: Enter
):
    grace = visitor("grace")
    bench.rename("Mine")
    page = grace.get(address)
    assert page.html.xpath("//select[@name='reviewer']/option/@value") == ["heidi", "ivan"]
    bench.ask()

    theirs = visitor("heidi").get(address).form(f"{address}/review/decide").fields
    shown = grace.get(address)
    sent = {
        "csrf": shown.form(f"{address}/review/withdraw").fields["csrf"],
        "review": theirs["review"],
        "decision": "approve",
    }
    own = grace.client.post(f"{address}/review/decide", data=sent)
    late = grace.submit(page, f"{address}/review", reviewer="ivan")

    assert (own.status_code, late.status) == (403, 409)
    assert "heidi decides, or who stands in for heidi meanwhile. You made this draft" in shown.text
    assert "Approve" not in shown.text
    assert "a second person must review it" in own.text
    assert "heidi is asked to review" in late.text


def test_the_check_is_a_part_of_the_page_and_a_page_of_its_own(
    bench: Bench, address: str, visitor: Enter
):
    grace = visitor("grace")
    bench.save(bench.read().replace(b'step="fetch"', b'step="nowhere"'))

    alone = grace.get(f"{address}/check")
    part = grace.client.get(f"{address}/check", headers={"HX-Request": "true"})

    assert "nowhere" in alone.text
    assert "nowhere" in part.text
    assert "<html" not in part.text


def test_an_earlier_save_is_restored_by_its_button(bench: Bench, address: str, visitor: Enter):
    grace, first = visitor("grace"), bench.read()
    bench.rename("One")
    csrf = grace.get(address).form(f"{address}/restore").fields["csrf"]

    done = grace.client.post(f"{address}/restore", data={"csrf": csrf, "revision": "1"})

    assert done.status_code == 200
    assert bench.read() == first
    assert "Save 1 restored" in grace.get(f"{address}/history").text
    assert grace.client.get(f"{address}/history/2.zip").content[:2] == b"PK"


def test_a_discarded_draft_is_brought_back_by_its_button(
    bench: Bench, address: str, visitor: Enter
):
    grace = visitor("grace")

    away = grace.submit(grace.get(address), f"{address}/discard")
    back = grace.submit(away, f"{address}/bring-back")

    assert "grace discarded it" in away.text
    assert "The draft is back." in back.text


def test_a_release_is_planned_in_a_zone_and_carried_out(
    bench: Bench, address: str, visitor: Enter, hand_clock: HandClock
):
    grace = visitor("grace")
    bench.approve()

    planned = grace.submit(
        grace.get(f"{address}/release"),
        f"{address}/release",
        reason="Clearer",
        when="later",
        due_at="2026-03-03T08:00",
        zone="America/New_York",
    )

    assert "meant in America/New_York" in planned.text
    hand_clock.move_to(hand_clock().replace(day=3, hour=12, minute=59))
    assert release_due(bench.house) == 0
    hand_clock.move_to(hand_clock().replace(hour=13, minute=0))
    assert release_due(bench.house) == 1
    assert "released as version 2" in visitor("grace").get(address).text


@pytest.mark.parametrize(
    ("due_at", "zone", "said"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "This hour does not exist in Europe/Berlin"),
        ("2026-01-01T08:00", "Europe/Berlin", "This time has passed."),
        ("2026-03-03T08:00", "Mars/Base", "There is no time zone Mars/Base."),
        ("soon", "Europe/Berlin", "Give a date and a time"),
        ("", "", "Give a date and a time"),
        ("9999-12-31T23:59", "America/New_York", "No calendar has this time."),
    ],
)
def test_a_time_that_nobody_can_mean_is_refused_and_what_was_typed_stays(
    bench: Bench, address: str, visitor: Enter, due_at: str, zone: str, said: str
):
    grace = visitor("grace")
    bench.approve()

    refused = grace.submit(
        grace.get(f"{address}/release"),
        f"{address}/release",
        reason="Clearer words",
        when="later",
        due_at=due_at,
        zone=zone,
    )

    assert refused.status == 422
    assert said in refused.text
    form = refused.form(f"{address}/release")
    assert (form.fields["reason"], form.fields["due_at"]) == ("Clearer words", due_at)
    assert bench.view().state == "approved"


def test_a_release_that_failed_at_its_time_is_on_the_page_until_noted(
    bench: Bench,
    address: str,
    visitor: Enter,
    hand_clock: HandClock,
    change: Any,
):
    bench.approve()
    bench.plan(hand_clock().replace(hour=20))
    change("UPDATE person SET active = false WHERE name = 'grace'")
    hand_clock.move_to(hand_clock().replace(hour=21))
    release_due(bench.house)
    change("UPDATE person SET active = true WHERE name = 'grace'")

    grace = visitor("grace")
    shown = grace.get(address)
    noted = grace.submit(shown, f"{address}/release/withdraw")

    assert "did not happen" in shown.text
    assert "grace, who planned it, has left" in shown.text
    assert "did not happen" not in noted.text


def test_records_are_rehearsed_moved_watched_and_taken_back(
    bench: Bench, visitor: Enter, people: Mapping[str, Actor]
):
    grace = visitor("grace")
    for number in range(3):
        values = {"what": f"thing {number}"}
        done = start(bench.house, people["alice"], "errand", values, once=f"open {number}")
        assert isinstance(done, Done)
    bench.approve()
    shown = grace.get(f"/processes/errand/drafts/{bench.draft}/release")
    assert "of 3 running records, 3 would move as they are" in shown.text
    bench.release()

    page = grace.get("/processes/errand/moves")
    moving = grace.submit(page, "/processes/errand/moves", reason="All on one")
    path = moving.answer.url.path
    assert "0 of 3 records" in moving.text
    carry_moves(bench.house)
    part = grace.client.get(path, headers={"HX-Request": "true"})
    assert "3 of 3 records" in part.text
    undone = grace.submit(grace.get(path), f"{path}/undo")
    carry_moves(bench.house)

    assert "3 of 3 records" in grace.get(undone.answer.url.path).text
    assert "To version 2" in grace.get("/processes/errand").text


def test_a_stopped_move_is_watched_until_what_was_in_hand_is_done(
    bench: Bench, visitor: Enter, people: Mapping[str, Actor], hand_clock: HandClock
):
    grace = visitor("grace")
    done = start(bench.house, people["alice"], "errand", {"what": "a thing"}, once="open")
    assert isinstance(done, Done)
    bench.approve()
    bench.release()
    page = grace.get("/processes/errand/moves")
    moving = grace.submit(page, "/processes/errand/moves", reason="All on one")
    path = moving.answer.url.path

    stopped = grace.submit(grace.get(path), f"{path}/stop")
    hand_clock.move_to(hand_clock() + timedelta(seconds=31))
    later = grace.get(path)

    assert "up to 1 stay where they are: a worker finishes" in stopped.text
    assert stopped.html.xpath("//@hx-get") == [path]
    assert "and 1 stay where they are" in later.text
    assert not later.html.xpath("//@hx-get")


def test_an_earlier_version_is_made_the_newest_by_its_button(bench: Bench, visitor: Enter):
    grace = visitor("grace")
    bench.approve()
    bench.release()
    address = "/processes/errand/versions/1/roll-back"
    assert grace.get("/processes/errand").html.xpath(f"//a[@href='{address}']")

    silent = grace.submit(grace.get(address), address, reason=" ")
    back = grace.submit(grace.get(address), address, reason="It confused everybody")

    assert silent.status == 422
    assert "Rolled back to version 1" in back.text
    assert "It confused everybody" in back.text


def test_what_a_newer_version_brought_is_chosen_on_the_page(
    bench: Bench, address: str, visitor: Enter
):
    grace = visitor("grace")
    mine = bench.draft
    bench.rename("Mine")
    bench.draft = bench.make("second", who="ivan")
    bench.rename("Theirs", who="ivan")
    bench.ask(who="ivan")
    bench.decide()
    bench.release()
    bench.draft = mine

    shown = grace.get(address)
    csrf = shown.form(f"{address}/bring-in").fields["csrf"]
    sent = {"csrf": csrf, "newest": "2", "revision": "2"}
    unsaid = grace.client.post(f"{address}/bring-in", data=sent)
    said = grace.client.post(f"{address}/bring-in", data={**sent, f"of.{DRAWING}": "version"})

    assert f"Both changed {DRAWING}. Whose stays?" in shown.text
    assert unsaid.status_code == 409
    assert said.status_code == 200
    assert b"Theirs" in bench.read()


def test_what_a_newer_version_removed_is_said_with_what_still_names_it(
    bench: Bench, address: str, visitor: Enter
):
    grace, old, new = visitor("grace"), "errand/messages/nag.md.j2", "errand/messages/prod.md.j2"
    bench.rename("Mine")
    files = dict(bench.files())
    files[new] = files.pop(old)
    files[DRAWING] = files[DRAWING].replace(b'notice="nag"', b'notice="prod"')
    ivan, newer = bench.owners["ivan"], Bundle("errand", files)
    done = deploy(bench.house, ivan, newer, parent=1, reason="Other words", once="newer")
    assert isinstance(done, Done), done

    shown = grace.get(address)
    bench.save(bench.read(old) + b"More.\n", old)
    changed = grace.get(address)

    assert f"Only the newer version changed: {new}. That comes" in shown.text
    assert f"The newer version removed: {old}. It goes from the draft as well" in shown.text
    assert f"{old} is still named in {DRAWING} as this draft has it." in shown.text
    assert f"This draft changed {old}, and the newer version removed it." in changed.text
    assert "The newer version removed:" not in changed.text


def test_a_draft_of_a_process_that_is_gone_keeps_everything_and_says_so(
    bench: Bench, address: str, visitor: Enter, change: Any
):
    grace = visitor("grace")
    bench.rename("Kept")
    change("DELETE FROM version")

    shown = grace.get(address)
    bench.rename("Saved after that")

    assert shown.status == 200
    assert "There is no version of errand any more." in shown.text
    assert b"Saved after that" in bench.read()
    for path in ("/check", "/history", "/release"):
        assert grace.client.get(f"{address}{path}").status_code == 200
    assert grace.client.get(f"{address}/files.zip").content[:2] == b"PK"


def test_looking_changes_nothing_and_a_foreign_form_neither(
    bench: Bench, address: str, visitor: Enter, rows: Callable[..., Any]
):
    grace = visitor("grace")
    before = rows("SELECT (SELECT count(*) FROM entry), (SELECT max(revision) FROM draft)")

    for path in ("", "/check", "/history", "/release", "/files", "/files.zip"):
        assert grace.client.get(f"{address}{path}").status_code == 200
    for path in ("/discard", "/restore", "/review", "/release", "/bring-in"):
        foreign = grace.client.post(f"{address}{path}", data={"csrf": "guessed"})
        assert foreign.status_code in (200, 403)

    after = rows("SELECT (SELECT count(*) FROM entry), (SELECT max(revision) FROM draft)")
    assert after == before
    assert bench.view().state == "open"


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_who_owns_no_process_sees_none_of_it(bench: Bench, address: str, visitor: Enter, name: str):
    someone = visitor(name)

    for path in ("", "/check", "/history", "/release", "/files.zip"):
        assert someone.client.get(f"{address}{path}").status_code == 403
    assert "Drafts" not in someone.get("/processes/errand").text


def test_a_page_asks_as_often_for_many_saves_as_for_one(bench: Bench, address: str, visitor: Enter):
    grace = visitor("grace")
    bench.rename("One")
    grace.get(address)
    few = _statements(bench.house, lambda: grace.get(address))
    for number in range(8):
        bench.rename(f"Name {number}")

    many = _statements(bench.house, lambda: grace.get(address))

    assert len(many) == len(few) <= 40, "\n".join(many)


def test_the_page_of_a_process_asks_as_often_for_many_drafts_as_for_one(
    bench: Bench, visitor: Enter
):
    grace, path = visitor("grace"), "/processes/errand"
    grace.get(path)
    few = _statements(bench.house, lambda: grace.get(path))
    for number in range(6):
        bench.make(f"more {number}")

    many = _statements(bench.house, lambda: grace.get(path))

    assert len(many) == len(few) <= 30, "\n".join(many)


def _statements(house: House, look: Callable[[], Any]) -> list[str]:
    seen: list[str] = []
    with house.store.watched_by(seen.append):
        assert look().status == 200
    return seen
