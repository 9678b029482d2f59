"""Releases: what was approved and nothing else, now or later, exactly once, with records moved."""

import hashlib
import itertools
from collections.abc import Callable, Mapping
from datetime import timedelta

import psycopg
import pytest
from draft_bench import DRAWING, Bench, enter_owners

from clearway.engine.values import Bundle
from clearway.now import HandClock
from clearway.service.deploy import deploy, pull
from clearway.service.doctor import examine
from clearway.service.house import House
from clearway.service.record import record
from clearway.service.values import Actor, Done, RecordView, Refusal
from clearway.service.workshop.files import remove_file, save_file
from clearway.service.workshop.moves import (
    MoveView,
    carry_moves,
    one_move,
    rehearse_bundle,
    start_move,
    stop_move,
    undo_move,
)
from clearway.service.workshop.releases import (
    release_due,
    release_now,
    releases_of,
    withdraw_release,
)
from clearway.service.workshop.rolling_back import roll_back
from clearway.store import versions

pytestmark = pytest.mark.database

Rows = Callable[..., list]


@pytest.fixture
def bench(house: House, database_url: str) -> Bench:
    """A draft of `errand`."""
    return Bench(house, enter_owners(database_url))


def newest(bench: Bench) -> versions.Version:
    """The newest version of `errand`."""
    found = bench.house.store.ask(lambda it: versions.current(it, "errand"))
    assert found is not None
    return found


def test_what_was_approved_is_released_with_who_made_and_reviewed_it(bench: Bench):
    bench.approve()

    done = bench.release()

    assert isinstance(done, Done), done
    version = newest(bench)
    assert (version.number, version.parent, version.reason) == (2, 1, "Clearer")
    assert version.deployed_by == "grace"
    evidence = version.evidence
    assert evidence["authors"] == ["grace"]
    assert evidence["review"]["closed_by"] == "heidi"
    assert evidence["review"]["hash"] == version.hash
    assert evidence["scenario_failures"] == []
    assert (bench.view().state, bench.view().version) == ("released", 2)


def test_a_second_click_releases_once(bench: Bench):
    bench.approve()
    bench.release()

    again = bench.release()

    assert isinstance(again, Done)
    assert again.repeated
    assert newest(bench).number == 2


def test_nothing_is_released_that_nobody_approved_or_that_is_not_what_was_shown(bench: Bench):
    bench.rename("Mine")
    unasked = bench.release(once="unasked")
    bench.ask()
    waiting = bench.release(once="waiting")
    bench.decide()
    other = release_now(
        bench.house,
        bench.owners["grace"],
        "errand",
        bench.draft,
        hashed="another",
        reason="Clearer",
        once="other",
    )

    assert [it.code for it in (unasked, waiting, other) if isinstance(it, Refusal)] == [
        "conflict",
        "conflict",
        "stale",
    ]
    assert newest(bench).number == 1


def test_a_draft_whose_base_is_not_the_newest_is_not_released(bench: Bench):
    bench.approve()
    _somebody_deploys(bench)

    refused = bench.release()

    assert isinstance(refused, Refusal)
    assert refused.code == "stale"
    assert refused.remedy.startswith("Bring version 2 in, on the page of the draft")


def _somebody_deploys(bench: Bench) -> None:
    bundle = pull(bench.house, bench.owners["ivan"], "errand")
    assert not isinstance(bundle, Refusal)
    files = {**bundle.files, DRAWING: bundle.files[DRAWING].replace(b'"Sort"', b'"Other"')}
    done = deploy(
        bench.house,
        bench.owners["ivan"],
        type(bundle)("errand", files),
        parent=newest(bench).number,
        reason="Other",
        once="other",
    )
    assert isinstance(done, Done), done


def test_a_draft_that_the_gate_refuses_is_not_released(bench: Bench):
    bench.save(bench.read().replace(b'step="fetch"', b'step="nowhere"'))
    bench.ask()
    bench.decide()

    refused = bench.release()

    assert isinstance(refused, Refusal)
    assert "nowhere" in refused.text
    assert bench.view().state == "approved"


SCENARIO = b"""scenario: It is never so
start: {what: a pen}
registry:
  people: {alice: [requester], bob: [desk]}
  groups: {desk: [bob]}
steps:
  - expect: {state: nowhere}
"""


def test_scenarios_that_fail_need_a_reason_that_says_so(bench: Bench):
    path = "errand/scenarios/never.yaml"

    save_file(
        bench.house, bench.owners["grace"], "errand", bench.draft, path, SCENARIO, expected=None
    )
    bench.ask()
    bench.decide()

    refused = bench.release("Clearer", once="plain")
    done = bench.release("despite scenarios: it is mended tomorrow", once="despite")

    assert isinstance(refused, Refusal)
    assert "scenario" in refused.text
    assert isinstance(done, Done), done
    assert len(newest(bench).evidence["scenario_failures"]) == 1


# --- later --------------------------------------------------------------------------------------


def test_a_planned_release_happens_at_its_time_and_once(bench: Bench, hand_clock: HandClock):
    bench.approve()
    planned = bench.plan(hand_clock() + timedelta(hours=3))
    early = release_due(bench.house)
    hand_clock.move_to(hand_clock() + timedelta(days=2))

    first, second = release_due(bench.house), release_due(bench.house)

    assert isinstance(planned, Done), planned
    assert (early, first, second) == (0, 1, 0)
    version = newest(bench)
    assert version.number == 2
    assert version.evidence["planned"]["zone"] == "Europe/Berlin"
    assert bench.view().state == "released"


def test_a_planned_draft_is_saved_only_after_its_release_was_taken_back(
    bench: Bench, hand_clock: HandClock
):
    bench.approve()
    bench.plan(hand_clock() + timedelta(hours=3))

    refused = bench.ask(once="again")
    withdraw_release(bench.house, bench.owners["ivan"], "errand", bench.draft, once="back")
    hand_clock.move_to(hand_clock() + timedelta(days=1))

    assert isinstance(refused, Refusal)
    assert "is planned for" in refused.text
    assert release_due(bench.house) == 0
    assert bench.view().state == "approved"
    assert bench.release().__class__ is Done


def test_a_planned_release_that_has_become_stale_fails_visibly(bench: Bench, hand_clock: HandClock):
    bench.approve()
    bench.plan(hand_clock() + timedelta(hours=3))
    _somebody_deploys(bench)
    hand_clock.move_to(hand_clock() + timedelta(hours=4))

    release_due(bench.house)

    found = releases_of(bench.house, bench.owners["grace"], "errand", bench.draft)
    assert not isinstance(found, Refusal)
    assert found[0].state == "failed"
    assert "newest version of errand is 2" in (found[0].failure or "")
    assert (found[0].remedy or "").startswith("Bring version 2 in, on the page of the draft")
    assert bench.view().state == "approved"
    sign = releases_sign(bench)
    assert not sign.well
    assert f"draft {bench.draft} of errand" in sign.text
    withdraw_release(bench.house, bench.owners["grace"], "errand", bench.draft, once="noted")
    assert releases_sign(bench).well


def test_a_planned_release_of_who_has_left_fails_visibly(
    bench: Bench, hand_clock: HandClock, database_url: str
):
    bench.approve()
    bench.plan(hand_clock() + timedelta(hours=3))
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE person SET active = false WHERE name = 'grace'")
    hand_clock.move_to(hand_clock() + timedelta(hours=4))

    release_due(bench.house)

    assert newest(bench).number == 1
    assert "grace, who planned it, has left" in releases_sign(bench).text


def test_the_doctor_tells_a_release_that_no_worker_carries_out(bench: Bench, hand_clock: HandClock):
    bench.approve()
    bench.plan(hand_clock() + timedelta(hours=3))
    before = releases_sign(bench)
    hand_clock.move_to(hand_clock() + timedelta(hours=4))

    assert before.well
    assert "overdue" in releases_sign(bench).text


def releases_sign(bench: Bench):
    """What the doctor says of releases."""
    [sign] = [it for it in examine(bench.house) if it.subject == "releases"]
    return sign


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(timedelta(minutes=-1), "has passed"), (timedelta(days=400), "more than 366 days ahead")],
)
def test_a_time_that_cannot_be_meant_is_refused(
    bench: Bench, hand_clock: HandClock, ahead: timedelta, said: str
):
    bench.approve()

    refused = bench.plan(hand_clock() + ahead)

    assert isinstance(refused, Refusal)
    assert said in refused.text
    assert "due_at" in refused.fields


def test_a_worker_that_ends_at_any_statement_of_a_release_leaves_none_or_all(
    bench: Bench, hand_clock: HandClock, rows: Rows
):
    """Whatever was written when it ended, the next worker carries it out, and only once."""
    bench.approve()
    bench.plan(hand_clock() + timedelta(hours=1), moves=True)
    hand_clock.move_to(hand_clock() + timedelta(hours=2))

    for k in range(1, 80):
        if not killed_before(bench.house, k, release_due):
            break
        states = rows("SELECT state FROM draft_release")
        assert states in ([("planned",)], [("done",)])
        assert (newest(bench).number == 2) == (states == [("done",)])
    release_due(bench.house)

    assert [it[0] for it in rows("SELECT number FROM version ORDER BY number")] == [1, 2]
    assert rows("SELECT count(*) FROM move") == [(1,)]
    assert rows("SELECT count(*) FROM entry WHERE command = 'deploy'") == [(2,)]


class Killed(BaseException):
    """The worker's process ends here; nothing of it can catch that."""


def killed_before(house: House, k: int, work: Callable[[House], object]) -> bool:
    """Work, and end before the k-th statement or commit; False: it came to none."""
    seen = itertools.count(1)

    def watch(_statement: str) -> None:
        if next(seen) == k:
            raise Killed

    try:
        with house.store.watched_by(watch):
            work(house)
    except Killed:
        return True
    return False


# --- moving and rolling back ---------------------------------------------------------------------


@pytest.fixture
def running(bench: Bench, desk) -> list[str]:
    """Five errands that run on version 1."""
    return [desk.ask(f"thing {number}") for number in range(5)]


def version_of(bench: Bench, key: str) -> int:
    """The version that a record runs on."""
    found = record(bench.house, bench.owners["grace"], key)
    assert isinstance(found, RecordView)
    return found.version


def carry(bench: Bench) -> None:
    """Let the worker move what waits."""
    while carry_moves(bench.house):
        pass


def test_records_are_rehearsed_against_a_draft_that_is_not_deployed(
    bench: Bench, running: list[str]
):
    bench.rename("Look at it")

    found = rehearse_bundle(bench.house, bench.owners["grace"], bundle(bench))

    assert not isinstance(found, Refusal)
    assert (found.total, found.count("refused")) == (5, 0)
    assert {it.key for it in found.verdicts} == set(running)
    assert {version_of(bench, key) for key in running} == {1}


def bundle(bench: Bench):
    """The draft as a bundle."""
    return Bundle("errand", bench.files())


def test_a_release_takes_the_records_along_and_that_is_undone(
    bench: Bench, running: list[str], rows: Rows
):
    bench.approve()
    bench.release(moves=True)
    grace = bench.owners["grace"]

    carry(bench)
    carry(bench)

    assert {version_of(bench, key) for key in running} == {2}
    [(move,)] = rows("SELECT id FROM move")
    view = one_move(bench.house, grace, "errand", move)
    assert isinstance(view, MoveView)
    assert (view.total, view.moved, view.left) == (5, 5, 0)
    assert view.move.closed_at is not None
    undone = undo_move(bench.house, grace, "errand", move, once="undo")
    carry(bench)
    assert isinstance(undone, Done)
    assert {version_of(bench, key) for key in running} == {1}


def test_a_worker_that_ends_at_any_statement_of_a_move_moves_each_record_once(
    bench: Bench, running: list[str], rows: Rows
):
    bench.approve()
    bench.release(moves=True)

    for k in range(1, 120, 3):
        if not killed_before(bench.house, k, carry_moves):
            break
    carry(bench)

    assert {version_of(bench, key) for key in running} == {2}
    assert rows("SELECT count(*) FROM entry WHERE kind = 'migrated'") == [(5,)]
    assert rows("SELECT says, count(*) FROM moved_record GROUP BY 1") == [("ready", 5)]


def test_a_move_can_be_stopped_and_leaves_the_rest_where_it_is(
    bench: Bench, running: list[str], rows: Rows
):
    bench.approve()
    bench.release(moves=True)
    [(move,)] = rows("SELECT id FROM move")

    stop_move(bench.house, bench.owners["ivan"], "errand", move, once="stop")
    carry(bench)

    assert {version_of(bench, key) for key in running} == {1}
    view = one_move(bench.house, bench.owners["grace"], "errand", move)
    assert isinstance(view, MoveView)
    assert (view.left, view.move.stopped_by) == (5, "ivan")


def test_a_record_that_cannot_be_moved_stays_and_is_told(bench: Bench, running: list[str]):
    drawing, form = bench.read(), bench.read("errand/forms/sort.json")
    place = (bench.house, bench.owners["grace"], "errand", bench.draft)
    bench.save(drawing.replace(b'"sort"', b'"sorting"').replace(b">sort<", b">sorting<"))
    save_file(*place, "errand/forms/sorting.json", form, expected=None)
    hashed = hashlib.sha256(form).hexdigest()
    remove_file(*place, "errand/forms/sort.json", expected={hashed})
    bench.ask()
    bench.decide()
    done = bench.release()
    assert isinstance(done, Done), done

    started = start_move(
        bench.house, bench.owners["grace"], "errand", 2, reason="Along", once="move"
    )
    carry(bench)

    assert isinstance(started, Done)
    view = one_move(bench.house, bench.owners["grace"], "errand", int(str(started.details["move"])))
    assert isinstance(view, MoveView)
    assert len(view.refused) == 5
    assert all(it.text and it.remedy for it in view.refused)
    assert {version_of(bench, key) for key in running} == {1}


def test_rolling_back_makes_the_earlier_version_the_newest_again(bench: Bench, running: list[str]):
    bench.approve()
    bench.release(moves=True)
    carry(bench)
    first = bench.house.store.ask(lambda it: versions.by_number(it, "errand", 1))
    assert first is not None

    back = roll_back(
        bench.house,
        bench.owners["grace"],
        "errand",
        1,
        newest=2,
        reason="It confused everybody",
        moves=True,
        once="back",
    )
    carry(bench)

    assert isinstance(back, Done), back
    version = newest(bench)
    assert (version.number, version.parent, version.hash) == (3, 2, first.hash)
    assert version.evidence["rolled_back_to"] == 1
    assert {version_of(bench, key) for key in running} == {3}


def test_rolling_back_to_what_runs_or_past_a_newer_version_is_refused(
    bench: Bench, people: Mapping[str, Actor]
):
    grace, house = bench.owners["grace"], bench.house

    same = roll_back(house, grace, "errand", 1, newest=1, reason="Why", once="same")
    unknown = roll_back(house, grace, "errand", 9, newest=1, reason="Why", once="unknown")
    silent = roll_back(house, grace, "errand", 1, newest=1, reason=" ", once="silent")
    bob = roll_back(house, people["bob"], "errand", 1, newest=1, reason="Why", once="bob")

    codes = [it.code for it in (same, unknown, silent, bob) if isinstance(it, Refusal)]
    assert codes == ["invalid", "not_found", "invalid", "not_allowed"]
