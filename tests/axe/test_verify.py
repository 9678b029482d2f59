"""Whatever is broken in a database, `clearway verify` says so, each thing in its own words."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import life
import psycopg
import pytest
import scene
from day import day

from clearway.service.doctor import examine
from clearway.service.house import House
from clearway.service.resting import rehearse_upgrade
from clearway.service.verify import verify
from clearway.store import invariants_approvals
from clearway.store.invariants import QUESTIONS

pytestmark = pytest.mark.database

Copies = Callable[[], AbstractContextManager[str]]

_A_DRAFT = """
        INSERT INTO draft (process, base, revision, state, made_at, made_by)
        VALUES ('chatter', 1, {revision}, '{state}', now(), 'grace');
        INSERT INTO draft_save (draft_id, revision, at, by, kind, base, paths, manifest, hash)
        SELECT max(id), 1, now(), 'grace', 'made', 1, '{{}}', '{manifest}', 'c' FROM draft"""

BREAKS: dict[str, str] = {
    "{0} has not ended, and nothing could move it on.": """
        DELETE FROM subscription WHERE instance_id IN (SELECT id FROM instance WHERE title = 'kim');
        UPDATE work_item SET closed_at = now() WHERE instance_id IN
            (SELECT id FROM instance WHERE title = 'kim')""",
    "{0} has ended, but something still waits in it.": """
        UPDATE work_item SET closed_at = NULL WHERE id = (SELECT max(w.id) FROM work_item w
            JOIN instance i ON i.id = w.instance_id WHERE i.title = 'a piano')""",
    "{0} is at revision {1}, but its history has {2} revisions up to {3}.": """
        UPDATE instance SET revision = revision + 1 WHERE title = 'mother'""",
    "The job {0} of {1} is parked, but no fault says why.": """
        UPDATE fault SET settled_at = now() WHERE trigger->>'kind' = 'job'""",
    "The timer {0} of {1} is parked, but no fault says why.": """
        UPDATE timer SET parked = true""",
    "In a round of {0}, {1} has two ballots that count.": """
        INSERT INTO ballot (seat_id, person, choice, cast_at)
        SELECT max(id), 'dave', 'approve', now() FROM seat""",
    "In a round of {0}, the vote of {1} counts twice.": """
        INSERT INTO ballot (seat_id, person, instead_of, choice, cast_at)
        SELECT max(id), 'carol', 'dave', 'approve', now() FROM seat""",
    "In a round of {0}, the seat {1} has two ballots that count.": """
        INSERT INTO ballot (seat_id, person, choice, cast_at)
        SELECT seat_id, 'carol', 'approve', now() FROM ballot LIMIT 1""",
    "In a round of {0}, {1} voted, who has an interest in the outcome.": """
        UPDATE round SET excluded = '{dave}'""",
    "The approval {0} of {1} is open, but not with one round.": """
        UPDATE work_item SET rule = 'emergency_board' WHERE closed_at IS NULL""",
    "In {0}, {1} was completed by {2}, who may not have done it.": """
        UPDATE work_item SET excluded = array_append(excluded, closed_by)
        WHERE outcome = 'completed'""",
    "The field {1} of {0} is not what its history says.": """
        UPDATE instance SET record = record || '{"name": "stepmother"}' WHERE title = 'mother'""",
    "{0} is in the state {1}, but its history leads to {2}.": """
        UPDATE instance SET state = 'gone' WHERE title = 'mother'""",
    "In a round of {0}, {1} voted for the seat {2}, which is {3}'s.": """
        UPDATE seat SET person = 'mallory'""",
    "{0} has {1} ballots of {2} for the seat {3} that say {4}, its history {5}.": """
        UPDATE ballot SET person = 'mallory'""",
    "{0} told somebody {1} times by its history, but {2} notices were queued.": """
        DELETE FROM job WHERE token IS NULL""",
    "{0} sent `{1}` {2} times by its history, but {3} of these messages are kept.": """
        DELETE FROM message""",
    "{0} is of the version with the id {1}, which its process does not have.": """
        UPDATE instance SET version_id = 9999 WHERE ended_at IS NOT NULL""",
    "{0} has versions up to {1}, but {2} of them.": """
        UPDATE version SET number = 7 WHERE process = 'errand' AND number = 1""",
    "The answer kept for `{0}` names revision {2} of {1}, which is at {3}.": """
        UPDATE answer SET answer = answer || '{"revision": 999}'
        WHERE jsonb_typeof(answer->'revision') = 'number'""",
    "The line {0} of the history of {1} stands twice: it is the line {2}.": """
        CREATE TEMP TABLE twice AS SELECT * FROM entry WHERE id =
            (SELECT max(id) FROM entry WHERE instance_id IS NOT NULL AND kind = 'done');
        UPDATE twice SET id = (SELECT max(id) + 1 FROM entry);
        INSERT INTO entry OVERRIDING SYSTEM VALUE SELECT * FROM twice""",
    "The line {0} of the history of {1} is of revision {2}, but stands behind {3}.": """
        UPDATE entry SET id = (SELECT max(id) + 1 FROM entry) WHERE id =
            (SELECT min(id) FROM entry WHERE command = 'claim')""",
    "{0} came to revision {1} by `{2}`, but {3} answers are kept for that.": """
        DELETE FROM answer WHERE key = 'complete'""",
    "The work item {0} of {1} is with {2}, who is in no registry.": """
        UPDATE work_item SET assignee = 'mallory' WHERE closed_at IS NULL AND element = 'live'""",
    "Draft {0} of {1} is at save {2}, but has {3} saves up to {4}.": _A_DRAFT.format(
        revision=2, state="open", manifest="{}"
    ),
    "Draft {0} of {1} is {2}, but its reviews and releases say otherwise.": _A_DRAFT.format(
        revision=1, state="approved", manifest="{}"
    ),
    "The move {0} of {1} has ended, but {2} of its records wait for it.": """
        INSERT INTO move (process, kind, to_version, asked_at, asked_by, reason, closed_at)
        VALUES ('chatter', 'migrate', 1, now(), 'grace', 'x', now());
        INSERT INTO moved_record (move_id, key) SELECT max(id), 'CHA-1001' FROM move""",
    "In a round of {0}, {1}'s vote for the seat {2} does not count, and nothing replaced it.": """
        UPDATE ballot SET replaced = true""",
    "{0} has {1} rounds with the number {3} that ended as {2}, its history {4}.": """
        UPDATE round SET outcome = 'rejected' WHERE outcome = 'approved'""",
    "{0} has {2} rounds of {1}, up to number {3}, or an open one of what is closed.": """
        UPDATE round SET revision = 7""",
    "The seat {1} of {0} is open and its round is not, or the other way round.": """
        UPDATE seat SET is_open = NOT is_open""",
    "{0} does not know any more that {1} did {2}.": """
        UPDATE instance SET done_by = '{}'""",
    "{0} stopped {1} times by its history, but {2} faults are kept.": """
        DELETE FROM fault""",
    "The step or notice {0} of {1} is done and is not, by its own row.": """
        UPDATE job SET status = 'ready', finished_at = NULL WHERE status = 'done'""",
    "{0} is of version {1}, but by its history of version {2}.": """
        CREATE TEMP TABLE another AS SELECT * FROM version WHERE process = 'errand' AND number = 1;
        UPDATE another SET id = 99, number = 99, hash = 'x';
        INSERT INTO version OVERRIDING SYSTEM VALUE SELECT * FROM another;
        UPDATE instance SET version_id = 99 WHERE process = 'errand'""",
    "The message {0} is settled and waits at once.": """
        UPDATE message SET settled_at = NULL WHERE status = 'caught'""",
}
"""What `clearway verify` says -> how to break it."""

OTHERS: dict[str, str] = {
    r"Version 1 of errand: errand/record\.json is missing or damaged": """
        UPDATE content SET bytes = 'x' WHERE hash = (SELECT manifest->>'errand/record.json'
            FROM version WHERE process = 'errand' AND number = 1)""",
    r"Version 1 of errand is not what its hash says": """
        UPDATE version SET hash = repeat('0', 64) WHERE process = 'errand' AND number = 1""",
    r"The line \d+ of history was changed after it was written": """
        ALTER TABLE entry DISABLE TRIGGER ALL;
        UPDATE entry SET actor = 'mallory' WHERE id = (SELECT max(id) FROM entry)""",
    r"waits for the work items \['\w+'\] by its state, but for \[\] by its rows": """
        UPDATE work_item SET closed_at = now() WHERE closed_at IS NULL AND element = 'live'""",
    r"The work item \w+ of \S+ has the element nonsense by its row, but \w+ by its state": """
        UPDATE work_item SET element = 'nonsense' WHERE closed_at IS NULL""",
    r"The work item \w+ of \S+ has the name Other by its row, but .+ by its state": """
        UPDATE work_item SET name = 'Other' WHERE closed_at IS NULL""",
    r"The work item \w+ of \S+ has the role nobody by its row, but .+ by its state": """
        UPDATE work_item SET role = 'nobody' WHERE closed_at IS NULL""",
    r"The work item \w+ of \S+ has the apart from \[.live.\] by its row, but \[\] by its state": """
        UPDATE work_item SET apart_from = '{live}' WHERE closed_at IS NULL""",
    r"The work item \w+ of \S+ has the excluded \[.zz.\] by its row, but \[\] by its state": """
        UPDATE work_item SET excluded = '{zz}' WHERE closed_at IS NULL""",
    r"The work item \w+ of \S+ is due at no time by its state, but at 2026-.+ by its row": """
        UPDATE work_item SET due_at = '2026-01-01Z' WHERE closed_at IS NULL AND due_at IS NULL""",
    r"The work item \w+ of \S+ is due at 2026-.+ by its state, but at no time by its row": """
        UPDATE work_item SET due_at = NULL WHERE closed_at IS NULL""",
    r"The event \S+ of \S+ has the name nonsense by its row, but \w+ by its state": """
        UPDATE subscription SET name = 'nonsense'""",
    r"The event \S+ of \S+ has the role nobody by its row, but .+ by its state": """
        UPDATE subscription SET role = 'nobody'""",
    r"The timer \S+ of BEA-\d+ has the repeats left 77 by its row, but .+ by its state": """
        UPDATE timer SET repeats_left = 77""",
    r"waits for the events \[.+\] by its state, but for \[\] by its rows": """
        DELETE FROM subscription""",
    r"waits for the jobs \['\w+'\] by its state, but for \[\] by its rows": """
        UPDATE job SET status = 'done' WHERE status = 'faulted'""",
    r"waits for the timers \[\] by its state, but for \['x'\] by its rows": """
        INSERT INTO timer (instance_id, token, element, due_at)
        SELECT id, 'x', 'x', now() FROM instance WHERE title = 'mother'""",
    r"The timer \S+ of BEA-\d+ is due at 2026-.+ by its state, but at 2026-.+ by its row": """
        UPDATE timer SET due_at = due_at + interval '3 days'""",
    r"CHA-\d+ came to revision 1 by `start`, but 0 answers are kept": """
        DELETE FROM answer WHERE key = 'start_mother'""",
    r"ERR-\d+ came to revision \d+ by `complete`, but 2 answers are kept": """
        INSERT INTO answer SELECT 'another', command, request_hash, answer, at
        FROM answer WHERE key = 'complete'""",
    r"CHA-\d+ cannot be read: .+chatter/chatter\.bpmn": """
        DELETE FROM content WHERE hash = (SELECT manifest->>'chatter/chatter.bpmn'
            FROM version WHERE process = 'chatter')""",
    r"Version 1 of chatter: chatter/chatter\.bpmn is missing or damaged": """
        DELETE FROM content WHERE hash = (SELECT manifest->>'chatter/chatter.bpmn'
            FROM version WHERE process = 'chatter')""",
    r"Save 1 of draft 1 of chatter: a is missing or damaged": _A_DRAFT.format(
        revision=1, state="open", manifest='{"a": "b"}'
    ),
    r"It cannot be told whether .+ invalid input syntax for type bigint": """
        UPDATE fault SET trigger = '{"kind": "job", "id": "x"}', settled_at = NULL
        WHERE trigger->>'kind' = 'job'""",
    r"CHA-\d+ cannot be read: .+": """
        UPDATE content SET bytes = '[]' WHERE hash = (SELECT manifest->>'chatter/record.json'
            FROM version WHERE process = 'chatter')""",
    r"CHA-\d+ cannot be read": """
        UPDATE instance SET engine_state = '\\x00' WHERE title = 'mother'""",
}


@contextmanager
def life_up_to(step: str, copies: Copies) -> Iterator[str]:
    with copies() as url:
        with day(url) as here:
            for each in life.up_to(step):
                here.do(each, here.begin(each))
            assert verify(here.house) == []
        yield url


@pytest.fixture(scope="module")
def lived(copies: Copies) -> Iterator[str]:
    """A database in which a lot has happened, and all is well."""
    with life_up_to("start_light", copies) as url:
        yield url


def damage(url: str, how: str, look: Callable[[House], list[str]] = verify) -> list[str]:
    with psycopg.connect(url, options="-c session_replication_role=replica") as connection:
        connection.execute(how)
    with scene.opened(url) as house:
        return look(house)


@pytest.fixture
def damaged(lived: str, postgres) -> Iterator[Callable[..., list[str]]]:
    """Breaks a copy of it, and answers what is said of that."""
    name = psycopg.conninfo.conninfo_to_dict(lived)["dbname"]
    with postgres.copy(name) as url:
        yield partial(damage, url)


def test_every_question_is_answered_here():
    assert BREAKS.keys() == QUESTIONS.keys() | invariants_approvals.QUESTIONS.keys()


@pytest.mark.parametrize("words", BREAKS)
def test_a_broken_invariant_is_told(damaged, words):
    expected = re.sub(r"\\\{\d\\\}", ".+", re.escape(words))

    assert any(re.fullmatch(expected, told) for told in damaged(BREAKS[words]))


@pytest.mark.parametrize("words", OTHERS)
def test_a_damaged_row_is_told(damaged, words):
    found = damaged(OTHERS[words])

    assert any(re.search(words, told) for told in found), found


WHILE_THEY_VOTE = {
    r"In the open round of ERR-\d+ at \w+, the seats and those without a vote are not": (
        "UPDATE round SET excluded = '{}' WHERE closed_at IS NULL",
        "UPDATE seat SET role = 'anybody'",
        "UPDATE seat SET mandatory = NOT mandatory, veto = NOT veto",
        "DELETE FROM seat WHERE id NOT IN (SELECT seat_id FROM ballot)",
    ),
    r"The open round of ERR-\d+ at \w+ is by another rule, or for another field": (
        "UPDATE round SET rule = 'line_manager_approves' WHERE closed_at IS NULL",
        "UPDATE round SET result_field = 'name' WHERE closed_at IS NULL",
    ),
    r"ERR-\d+ has 0 ballots of \w+ for the seat \w+ that say \w+, its history 1": (
        "UPDATE ballot SET instead_of = 'mallory'",
        "UPDATE ballot SET conditions = 'none'",
    ),
}


@pytest.fixture(scope="module")
def voting(copies: Copies) -> Iterator[str]:
    """A database in which a vote is cast and the round is open."""
    with life_up_to("vote", copies) as url:
        yield url


@pytest.mark.parametrize(
    ("words", "how"), [(words, how) for words, hows in WHILE_THEY_VOTE.items() for how in hows]
)
def test_other_people_in_an_open_round_are_told(voting: str, postgres, words: str, how: str):
    with postgres.copy(psycopg.conninfo.conninfo_to_dict(voting)["dbname"]) as url:
        found = damage(url, how)

    assert any(re.search(words, told) for told in found), found


def test_a_vote_that_counted_and_that_nobody_knows_of_any_more_is_told(copies: Copies):
    with life_up_to("vote_that_decides", copies) as url:
        found = damage(url, "UPDATE instance SET done_by = done_by - 'approve'")

    assert any(re.search("does not know any more that dave did approve", it) for it in found), found


def test_a_round_that_is_not_due_when_it_was_worked_out_is_told(voting: str, postgres):
    with postgres.copy(psycopg.conninfo.conninfo_to_dict(voting)["dbname"]) as url:
        found = damage(url, "UPDATE round SET deadline = '2031-01-01Z' WHERE closed_at IS NULL")

    told = "is due at .+ by its state, but at 2031-01-01T00:00:00.00:00 by its row"
    assert any(re.search(f"The round of the work item .+ {told}", it) for it in found), found


def test_an_upgrade_is_rehearsed_to_its_end_though_a_file_is_missing(damaged):
    missing = OTHERS[r"Version 1 of chatter: chatter/chatter\.bpmn is missing or damaged"]

    found = damaged(missing, look=lambda house: rehearse_upgrade(house).problems)

    assert {it.partition("-")[0] for it in found} == {"CHA"}
    assert all("chatter/chatter.bpmn" in it for it in found)


def test_the_doctor_tells_all_signs_though_a_file_is_missing(damaged):
    missing = OTHERS[r"Version 1 of chatter: chatter/chatter\.bpmn is missing or damaged"]

    found = damaged(
        missing, look=lambda house: [f"{it.subject} {it.text}" for it in examine(house)]
    )

    assert len(found) > 10
    [told] = [it for it in found if "chatter/chatter.bpmn" in it]
    assert told.startswith("leavers")
