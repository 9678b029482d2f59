"""Drafts: every save is kept, reviews are by a second person, and newer versions are brought in."""

import json
import threading
from collections.abc import Callable, Mapping

import pytest
from draft_bench import DRAWING, Bench, enter_owners

from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.values import Actor, Done, Refusal
from clearway.service.workshop.drafts import bring_back_draft, discard_draft, held, make_draft
from clearway.service.workshop.files import (
    files_of,
    read_file,
    remove_file,
    restore_save,
    save_file,
    saves_of,
)
from clearway.service.workshop.merging import MINE, THEIRS, Coming, bring_in, coming
from clearway.service.workshop.reviews import (
    possible_reviewers,
    reviews_of,
    waiting_for,
    withdraw_review,
)
from clearway.service.workshop.views import Outdated, Saved

pytestmark = pytest.mark.database

RECORD = "errand/record.json"
Absent = Callable[[str, str], None]


@pytest.fixture
def bench(house: House, database_url: str) -> Bench:
    """A draft of `errand`."""
    return Bench(house, enter_owners(database_url))


def test_every_save_is_kept_and_any_of_them_can_be_had_again(bench: Bench):
    first = bench.read()
    bench.rename("One")
    second = bench.read()
    bench.rename("Two", who="ivan")
    house, grace = bench.house, bench.owners["grace"]

    undone = restore_save(house, grace, "errand", bench.draft, 2)

    assert isinstance(undone, Saved)
    assert bench.read() == second
    saves = saves_of(house, grace, "errand", bench.draft)
    assert not isinstance(saves, Refusal)
    assert [(it.revision, it.kind, it.by, it.source) for it in saves] == [
        (4, "restored", "grace", 2),
        (3, "saved", "ivan", None),
        (2, "saved", "grace", None),
        (1, "made", "grace", 1),
    ]
    assert read_file(house, grace, "errand", bench.draft, DRAWING, revision=1) == first
    assert b"Two" in as_bytes(read_file(house, grace, "errand", bench.draft, DRAWING, revision=3))


def as_bytes(found: bytes | Refusal) -> bytes:
    """The bytes, which must be there."""
    assert isinstance(found, bytes), found
    return found


def test_of_two_saves_at_once_one_wins_and_the_other_is_told(bench: Bench):
    expected = {it.hash for it in listed(bench) if it.path == DRAWING}
    before = bench.read()
    answers: list[object] = []
    ready = threading.Barrier(2)

    def save(who: str) -> None:
        content = before.replace(b'name="Sort"', f'name="{who}"'.encode())
        ready.wait()
        answers.append(
            save_file(
                bench.house,
                bench.owners[who],
                "errand",
                bench.draft,
                DRAWING,
                content,
                expected=expected,
            )
        )

    threads = [threading.Thread(target=save, args=(who,)) for who in ("grace", "ivan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [saved] = [it for it in answers if isinstance(it, Saved)]
    [told] = [it for it in answers if isinstance(it, Outdated)]
    assert (told.changed_by, told.hash) == (saved.saved_by, saved.hash)
    assert saved.saved_by.encode() in bench.read()


def test_a_save_that_was_answered_is_there_whenever_the_server_ends(
    bench: Bench, ends_before: Callable[..., object]
):
    before = bench.read()
    expected = {it.hash for it in listed(bench) if it.path == DRAWING}
    place = (bench.house, bench.owners["grace"], "errand", bench.draft, DRAWING)

    for k in range(1, 30):
        content = before.replace(b'name="Sort"', f'name="Attempt {k}"'.encode())
        answer = ends_before(
            bench.house.store, k, lambda it=content: save_file(*place, it, expected=expected)
        )
        assert bench.read() == (before if answer is None else content)
        if answer is not None:
            break

    assert isinstance(answer, Saved)
    assert bench.view().revision == 2


def listed(bench: Bench):
    """The files of the draft."""
    found = files_of(bench.house, bench.owners["grace"], "errand", bench.draft)
    assert not isinstance(found, Refusal)
    return found


def test_a_discarded_draft_takes_no_save_and_comes_back_whole(bench: Bench):
    bench.rename("Kept")
    house, grace = bench.house, bench.owners["grace"]
    discard_draft(house, grace, "errand", bench.draft, once="away")

    refused = remove_file(house, grace, "errand", bench.draft, RECORD, expected={"x"})
    back = bring_back_draft(house, grace, "errand", bench.draft, once="back")

    assert isinstance(refused, Refusal)
    assert "grace discarded draft" in refused.text
    assert isinstance(back, Done)
    assert b"Kept" in bench.read()
    assert bench.view().state == "open"


def test_a_repeated_request_for_a_draft_makes_one(bench: Bench):
    again = make_draft(bench.house, bench.owners["grace"], "errand", once="first")

    assert isinstance(again, Done)
    assert again.repeated
    assert again.details["draft"] == bench.draft


def test_there_is_no_draft_of_what_is_not_deployed(bench: Bench):
    refused = make_draft(bench.house, bench.owners["grace"], "nothing", once="nothing")

    assert isinstance(refused, Refusal)
    assert refused.code == "not_found"


def test_who_owns_no_process_has_no_way_in(bench: Bench, people: Mapping[str, Actor]):
    bob = people["bob"]

    answers = [
        make_draft(bench.house, bob, "errand", once="bob"),
        held(bench.house, bob, "errand", bench.draft),
        save_file(bench.house, bob, "errand", bench.draft, RECORD, b"{}", expected={"x"}),
        restore_save(bench.house, bob, "errand", bench.draft, 1),
        discard_draft(bench.house, bob, "errand", bench.draft, once="bob discards"),
    ]

    assert [it.code for it in answers if isinstance(it, Refusal)] == ["not_allowed"] * 5


# --- review -------------------------------------------------------------------------------------


def test_a_second_person_approves_exactly_what_was_looked_at(bench: Bench):
    bench.rename("Look at it")
    hashed = bench.view().hash
    asked = bench.ask()

    done = bench.decide(comment="Good.")

    assert isinstance(asked, Done)
    assert isinstance(done, Done)
    assert done.details["hash"] == hashed
    assert bench.view().state == "approved"


def test_nothing_is_saved_while_a_review_waits(bench: Bench):
    bench.rename("Look at it")
    bench.ask()
    house, grace = bench.house, bench.owners["grace"]

    refused = restore_save(house, grace, "errand", bench.draft, 1)
    withdraw_review(house, grace, "errand", bench.draft, once="withdraw")
    saved = bench.rename("Look at all")

    assert isinstance(refused, Refusal)
    assert "heidi is asked to review" in refused.text
    assert saved.is_new
    late = bench.decide()
    assert isinstance(late, Refusal)


def test_a_later_save_voids_the_approval_and_says_so(bench: Bench):
    bench.approve()

    saved = bench.rename("Something else", who="ivan")

    assert saved.voided == "heidi"
    assert bench.view().state == "open"
    found = reviews_of(bench.house, bench.owners["grace"], "errand", bench.draft)
    assert not isinstance(found, Refusal)
    assert (found[0].outcome, found[0].voided_by) == ("voided", "ivan")
    refused = bench.release()
    assert isinstance(refused, Refusal)
    assert "not approved" in refused.text


def test_who_saved_or_asked_does_not_review(bench: Bench, people: Mapping[str, Actor]):
    bench.rename("Mine")
    bench.rename("Ours", who="ivan")

    by_author = bench.ask(reviewer="ivan")
    by_self = bench.ask(reviewer="grace")
    by_asker = bench.ask(reviewer="heidi", who="heidi")
    by_desk = bench.ask(reviewer="bob")
    by_nobody = bench.ask(reviewer="zoe")

    codes = [it.code for it in (by_author, by_self, by_asker, by_desk, by_nobody)]
    assert codes == ["not_allowed"] * 3 + ["invalid"] * 2
    assert possible_reviewers(bench.house, bench.owners["grace"], bench.draft) == {"heidi": "Heidi"}


def test_a_stand_in_reviews_for_who_is_away_and_no_author_does(bench: Bench, absent: Absent):
    bench.rename("Mine")
    bench.ask()
    absent("heidi", "ivan")
    absent("heidi", "grace")

    by_author = bench.decide("grace", once="grace")
    waiting = waiting_for(bench.house, bench.owners["ivan"])
    by_stand_in = bench.decide("ivan", once="ivan")

    assert isinstance(by_author, Refusal)
    assert by_author.code == "not_allowed"
    assert [it.draft_id for _, it in waiting] == [bench.draft]
    assert isinstance(by_stand_in, Done)
    assert by_stand_in.details["instead_of"] == "heidi"


def test_who_stands_in_for_an_author_does_not_review(bench: Bench, absent: Absent):
    bench.rename("Mine")
    bench.ask()
    absent("grace", "heidi")

    decided = bench.decide()

    assert isinstance(decided, Refusal)
    assert decided.text == "You stand in for grace, whose work this is."


def test_somebody_else_does_not_decide(bench: Bench):
    bench.rename("Mine")
    bench.ask()

    decided = bench.decide("ivan")

    assert isinstance(decided, Refusal)
    assert decided.code == "not_yours"


def test_giving_back_needs_a_comment_and_opens_the_draft(bench: Bench):
    bench.rename("Mine")
    bench.ask()

    silent = bench.decide(approve=False, comment="  ", once="silent")
    said = bench.decide(approve=False, comment="Say what is sorted.", once="said")

    assert isinstance(silent, Refusal)
    assert isinstance(said, Done)
    assert bench.view().state == "open"


def test_an_unchanged_draft_is_not_reviewed(bench: Bench):
    refused = bench.ask()

    assert isinstance(refused, Refusal)
    assert "holds what version 1 holds" in refused.text


def test_each_step_of_a_review_is_in_the_history_once(bench: Bench, rows: Callable[..., list]):
    bench.approve()
    bench.decide(once="decide Look at it")

    found = rows("SELECT actor, command FROM entry WHERE instance_id IS NULL ORDER BY id")

    assert found == [
        ("grace", "deploy"),
        ("grace", "make_draft"),
        ("grace", "ask_review"),
        ("heidi", "review_draft"),
    ]


# --- a newer version ----------------------------------------------------------------------------


@pytest.fixture
def moved_on(bench: Bench) -> Bench:
    """The draft has another record; version 2 has another drawing and another record."""
    record = json.loads(bench.read(RECORD))
    bench.save(json.dumps({**record, "title": "Mine"}).encode(), RECORD)
    files = {**bench.files(), RECORD: json.dumps({**record, "title": "Theirs"}).encode()}
    files[DRAWING] = bench.read().replace(b'name="Sort"', b'name="Newer"')
    done = deploy(
        bench.house,
        bench.owners["ivan"],
        type(held_bundle(bench))("errand", files),
        parent=1,
        reason="Newer",
        once="newer",
    )
    assert isinstance(done, Done), done
    return bench


def held_bundle(bench: Bench):
    """The draft as a bundle."""
    found = held(bench.house, bench.owners["grace"], "errand", bench.draft)
    assert not isinstance(found, Refusal)
    return found.bundle


def test_a_draft_that_was_left_behind_says_what_would_come(moved_on: Bench):
    assert moved_on.view().is_behind

    found = coming(moved_on.house, moved_on.owners["grace"], "errand", moved_on.draft)

    assert isinstance(found, Coming)
    assert (found.base, found.newest) == (1, 2)
    assert (found.taken, found.both) == ((DRAWING,), (RECORD,))
    assert isinstance(moved_on.ask(), Refusal)


def test_a_file_that_both_changed_is_refused_until_somebody_chooses(moved_on: Bench):
    unsaid = bring(moved_on, {})

    assert isinstance(unsaid, Refusal)
    assert list(unsaid.fields) == [RECORD]
    assert b"Newer" not in moved_on.read()


@pytest.mark.parametrize(("choice", "title"), [(MINE, "Mine"), (THEIRS, "Theirs")])
def test_what_was_chosen_stays_and_the_rest_comes_in(moved_on: Bench, choice: str, title: str):
    done = bring(moved_on, {RECORD: choice})

    assert isinstance(done, Saved)
    assert b"Newer" in moved_on.read()
    assert json.loads(moved_on.read(RECORD))["title"] == title
    assert (moved_on.view().base, moved_on.view().is_behind) == (2, False)
    restore_save(moved_on.house, moved_on.owners["grace"], "errand", moved_on.draft, 2)
    assert json.loads(moved_on.read(RECORD))["title"] == "Mine"
    assert moved_on.view().base == 1


def test_what_changed_since_the_page_was_shown_is_looked_at_again(moved_on: Bench):
    revision = moved_on.view().revision
    moved_on.rename("Later")

    done = bring(moved_on, {RECORD: MINE}, revision)

    assert isinstance(done, Refusal)
    assert done.code == "stale"


def bring(bench: Bench, chosen: Mapping[str, str], revision: int | None = None):
    """Bring version 2 in."""
    return bring_in(
        bench.house,
        bench.owners["grace"],
        "errand",
        bench.draft,
        newest=2,
        revision=revision or bench.view().revision,
        chosen=chosen,
    )
