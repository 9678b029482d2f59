"""Moving running records to another version: what is kept, what is refused, and taking it back."""

import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from clearway.bulk import Processes
from clearway.engine.values import Bundle
from clearway.service.claim import claim
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deploy import deploy
from clearway.service.faults import open_faults
from clearway.service.history import history
from clearway.service.jobs import claim_jobs, fail_job, finish_job
from clearway.service.migrate import Summary, migrate, migrate_all, rehearse, undo_migration
from clearway.service.timers import fire_due
from clearway.service.values import SYSTEM, Done, Refusal
from clearway.service.verify import verify
from clearway.service.vote import vote

REASON = "the new version"
ROWS = """SELECT
    (SELECT jsonb_agg(to_jsonb(i) - 'searchable' ORDER BY i.id) FROM instance i),
    (SELECT jsonb_agg(to_jsonb(w) ORDER BY w.id) FROM work_item w),
    (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.token) FROM timer t),
    (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.token) FROM subscription s),
    (SELECT jsonb_agg(to_jsonb(j) ORDER BY j.id) FROM job j),
    (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.id) FROM round r)"""
LONGER = (
    (
        '<bpmn:sequenceFlow id="f12" sourceRef="bring" targetRef="closed"/>',
        '<bpmn:userTask id="sign" name="Sign" clearway:state="signing">'
        "<bpmn:incoming>f12</bpmn:incoming><bpmn:outgoing>f12b</bpmn:outgoing></bpmn:userTask>"
        '<bpmn:sequenceFlow id="f12" sourceRef="bring" targetRef="sign"/>'
        '<bpmn:sequenceFlow id="f12b" sourceRef="sign" targetRef="closed"/>',
    ),
    (
        "<bpmn:flowNodeRef>closed</bpmn:flowNodeRef>",
        "<bpmn:flowNodeRef>closed</bpmn:flowNodeRef><bpmn:flowNodeRef>sign</bpmn:flowNodeRef>",
    ),
    (
        "<bpmn:incoming>f12</bpmn:incoming></bpmn:endEvent>",
        "<bpmn:incoming>f12b</bpmn:incoming></bpmn:endEvent>",
    ),
)
"""After it was brought, somebody signs."""
SLOWER = (("<bpmn:timeDuration xsi:type=", "<bpmn:timeDuration  xsi:type="), ("P1D<", "P9D<"))
IMPATIENT = (
    (
        '<bpmn:exclusiveGateway id="large"',
        '<bpmn:boundaryEvent id="waits" name="An hour passes" attachedToRef="sort" '
        'cancelActivity="false"><bpmn:outgoing>f20</bpmn:outgoing>'
        '<bpmn:timerEventDefinition id="waits_timer"><bpmn:timeDuration '
        'xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
        '</bpmn:boundaryEvent><bpmn:endEvent id="waited" name="Waited">'
        "<bpmn:incoming>f20</bpmn:incoming></bpmn:endEvent>"
        '<bpmn:sequenceFlow id="f20" sourceRef="waits" targetRef="waited"/>'
        '<bpmn:exclusiveGateway id="large"',
    ),
    (
        "<bpmn:flowNodeRef>sort</bpmn:flowNodeRef>",
        "<bpmn:flowNodeRef>sort</bpmn:flowNodeRef><bpmn:flowNodeRef>waits</bpmn:flowNodeRef>"
        "<bpmn:flowNodeRef>waited</bpmn:flowNodeRef>",
    ),
)
"""A timer at the first task."""


class Versions:
    """Deploys changed versions of `errand`: each is the first one with texts replaced."""

    def __init__(self, house, first: Bundle) -> None:
        self.house, self.first, self.number = house, first, 1

    def deploy(
        self,
        *changes: tuple[str, str],
        renames: Mapping[str, str] | None = None,
        fields: Mapping[str, object] | None = None,
    ) -> int:
        files = dict(self.first.files)
        if fields:
            schema = json.loads(files["errand/record.json"])
            schema["properties"].update(fields)
            files["errand/record.json"] = json.dumps(schema).encode()
        xml = files["errand/errand.bpmn"].decode()
        for before, after in changes:
            assert before in xml, before
            xml = xml.replace(before, after)
        for before, after in (renames or {}).items():
            xml = re.sub(rf"([\">]){before}([\"<])", rf"\1{after}\2", xml)
            form = files.pop(f"errand/forms/{before}.json", None)
            if form is not None:
                files[f"errand/forms/{after}.json"] = form
        xml = re.sub('clearway:step="[a-z]+"', 'clearway:step="fetch"', xml)
        files["errand/errand.bpmn"] = xml.encode()
        parent, self.number = self.number, self.number + 1
        reason = "despite scenarios: only a test"
        done = deploy(
            self.house,
            SYSTEM,
            Bundle("errand", dict(sorted(files.items()))),
            parent=parent,
            reason=reason,
            once=f"v{self.number}",
        )
        assert isinstance(done, Done), done
        return self.number


@pytest.fixture
def versions(house, errand: Bundle) -> Versions:
    return Versions(house, errand)


@pytest.fixture
def move(house, people) -> Callable[..., Done | Refusal]:
    def moved(key: str, to: int, mapping: Mapping[str, str] | None = None, once: str = "move"):
        return migrate(house, people["grace"], key, to, mapping, REASON, once=once)

    return moved


def finish(house, people, desk, *, weight: int = 1, sort: str = "sort", more: str = "") -> None:
    """From the first task to the end."""
    item = desk.open_item(sort)
    done = complete(house, people["bob"], item, {"weight": weight}, once=f"end {item}")
    assert isinstance(done, Done), done
    desk.fetch()
    for element in ("bring", more) if more else ("bring",):
        item = desk.open_item(element)
        done = complete(house, people["carol"], item, {}, once=f"end {item}")
        assert isinstance(done, Done), done
    assert done.ended


def test_a_record_goes_on_with_what_it_has(
    house, people, desk, versions, move, rows, hand_clock, database_url
):
    key = desk.ask()
    claim(house, people["bob"], desk.open_item("sort"), once="claim")
    with psycopg.connect(database_url) as connection:
        connection.execute("""UPDATE work_item SET draft = '{"weight": 3}'""")
    kept = "SELECT id, token, assignee, due_at, opened_at, draft FROM work_item"
    before = rows(kept)
    hand_clock.move_to(hand_clock() + timedelta(hours=1))

    done = move(
        key, versions.deploy(*LONGER, renames={"sort": "triage", "Sort": "Triage"}),
        {"sort": "triage"},
    )  # fmt: skip

    assert isinstance(done, Done), done
    assert done.details == {"what": "moved", "version": 2, "notes": []}
    assert rows(kept) == before
    assert rows("SELECT element, name, form FROM work_item") == [
        ("triage", "Triage", "errand/forms/triage.json")
    ]
    assert verify(house) == []
    finish(house, people, desk, sort="triage", more="sign")
    assert verify(house) == []


def test_history_says_who_moved_it_from_where_to_where_and_why(house, people, desk, versions, move):
    key = desk.ask()

    move(key, versions.deploy(*IMPATIENT))

    lines = [it for it in history(house, people["grace"], key).rows if it.kind == "migrated"]
    assert [it.sentence for it in lines] == [
        "grace moved it from version 1 of the process to 2: the new version The timer An hour "
        "passes is new: it runs from now and is due at 2026-03-02 10:00:00 UTC."
    ]


def test_a_new_timer_runs_from_now_and_is_told(house, people, desk, versions, move, hand_clock):
    key = desk.ask()
    hand_clock.move_to(hand_clock() + timedelta(minutes=30))

    done = move(key, versions.deploy(*IMPATIENT))

    assert len(done.details["notes"]) == 1
    hand_clock.move_to(hand_clock() + timedelta(minutes=59))
    assert fire_due(house, 10) == 0
    hand_clock.move_to(hand_clock() + timedelta(minutes=1))
    assert fire_due(house, 10) == 1
    assert verify(house) == []


def test_a_running_timer_keeps_its_due_time(house, people, desk, versions, move, rows, hand_clock):
    key = desk.ask()
    desk.sort()
    desk.fetch()
    before = rows("SELECT due_at FROM timer")
    hand_clock.move_to(hand_clock() + timedelta(hours=5))

    done = move(key, versions.deploy(SLOWER[1], renames={"late": "too_late"}), {"late": "too_late"})

    assert isinstance(done, Done), done
    assert rows("SELECT due_at FROM timer") == before
    assert rows("SELECT element FROM timer") == [("too_late",)]
    hand_clock.move_to(hand_clock() + timedelta(hours=19))
    assert fire_due(house, 10) == 1
    assert verify(house) == []


def test_a_running_step_answers_the_new_version(house, people, desk, versions, move, rows):
    key = desk.ask()
    desk.sort()
    [job] = claim_jobs(house, "worker", 10, timedelta(minutes=1))

    done = move(key, versions.deploy(renames={"fetch_now": "now", "fetch": "get"}),
                {"fetch": "get"})  # fmt: skip
    answered = finish_job(house, job.id, job.fence, {"place": "shelf"})

    assert isinstance(done, Done), done
    assert isinstance(answered, Done), answered
    assert rows("SELECT element, status FROM job") == [("get", "done")]
    assert verify(house) == []


def test_who_did_one_part_still_may_not_do_the_other(house, people, desk, versions, move, rows):
    key = desk.ask()
    desk.sort()

    done = move(key, versions.deploy(renames={"sort": "triage"}), {"sort": "triage"})
    desk.fetch()

    assert isinstance(done, Done), done
    assert rows("SELECT excluded FROM work_item WHERE element = 'bring'") == [(["bob"],)]
    refused = complete(house, people["bob"], desk.open_item("bring"), {}, once="bob")
    assert isinstance(refused, Refusal)


def test_somebody_who_may_no_longer_do_it_loses_it(house, people, desk, versions, move, rows):
    versions.deploy((' clearway:not-same-person-as="sort"', ""))
    key = desk.ask()
    desk.sort()
    desk.fetch()
    claim(house, people["bob"], desk.open_item("bring"), once="claim")

    done = move(key, versions.deploy(*LONGER))

    assert isinstance(done, Done), done
    assert rows("SELECT assignee, excluded FROM work_item WHERE closed_at IS NULL") == [
        (None, ["bob"])
    ]
    lines = [it.kind for it in history(house, people["grace"], key).rows]
    assert "unassigned" in lines
    assert verify(house) == []


def test_an_approval_keeps_its_votes(house, people, desk, versions, move, rows):
    key = desk.ask("a piano")
    desk.sort(99)
    approve = desk.open_item("approve")
    vote(house, people["erin"], approve, "one", "approve", once="erin")

    done = move(key, versions.deploy(*LONGER, renames={"approve": "agree"}), {"approve": "agree"})

    assert isinstance(done, Done), done
    assert rows("SELECT count(*) FROM ballot WHERE NOT replaced") == [(1,)]
    decided = vote(house, people["dave"], approve, "chair", "approve", once="dave")
    assert isinstance(decided, Done), decided
    assert rows("SELECT count(*) FROM work_item WHERE closed_at IS NULL") == [(0,)]
    assert verify(house) == []


def test_other_seats_are_refused(house, people, desk, versions, move, rows):
    key = desk.ask("a piano")
    desk.sort(99)
    before = rows(ROWS)

    done = move(key, versions.deploy(('<clearway:seat id="two" role="board"/>', "")))

    assert isinstance(done, Refusal)
    assert "other seats" in done.text
    assert rows(ROWS) == before


@pytest.mark.parametrize(
    "change",
    [
        ('clearway:excluded="[record.who]"', 'clearway:excluded="[record.who, record.place]"'),
        (
            'clearway:result="decision"',
            'clearway:result="decision" clearway:not-same-person-as="sort"',
        ),
    ],
)
def test_others_who_may_not_vote_are_refused(house, people, desk, versions, move, rows, change):
    key = desk.ask("a piano")
    desk.sort(99)
    before = rows(ROWS)

    done = move(key, versions.deploy(change))

    assert isinstance(done, Refusal)
    assert "keeps other people from voting there" in done.text
    assert rows(ROWS) == before


def test_who_did_a_part_that_is_called_otherwise_is_not_forgotten(
    house, people, desk, versions, move
):
    """What is done needs no mapping, and keeps its people apart all the same."""
    key = desk.ask()
    desk.sort()

    moved = move(key, versions.deploy(renames={"sort": "triage"}))
    desk.fetch()
    bring = desk.open_item("bring")

    assert isinstance(moved, Done), moved
    assert moved.details["notes"] == [
        "Who did Sort counts as who did triage, which is new, and may not do what is kept apart "
        "from it. Map `sort` if they are called otherwise."
    ]
    assert "somebody else must do this" in claim(house, people["bob"], bring, once="3").text
    assert isinstance(claim(house, people["carol"], bring, once="4"), Done)
    assert verify(house) == []


def test_a_part_whose_id_has_become_a_gateway_is_not_forgotten(house, people, desk, versions, move):
    key = desk.ask()
    desk.sort()
    swapped = {"large": "large_now", "sort": "large"}

    moved = move(key, versions.deploy(renames=swapped))
    desk.fetch()

    assert isinstance(moved, Done), moved
    assert moved.details["notes"][0].startswith(
        "Who did Sort counts as who did large, which is new"
    )
    told = claim(house, people["bob"], desk.open_item("bring"), once="3").text
    assert "somebody else must do this" in told


def test_a_part_that_has_become_one_with_another_is_told(desk, versions, move):
    key = desk.ask()
    desk.sort()
    apart = 'clearway:not-same-person-as="sort"'

    moved = move(
        key,
        versions.deploy((apart, apart.replace("sort", "approve")), renames={"sort": "triage"}),
    )

    assert isinstance(moved, Done), moved
    assert moved.details["notes"] == [
        "Nobody is kept any more from another part for having done Sort, which the new version "
        "does not have. Map `sort` to the part that it has become."
    ]


def test_a_part_that_is_gone_with_what_was_kept_apart_from_it_holds_nothing_up(
    house, people, desk, versions, move
):
    key = desk.ask()
    desk.sort()

    apart = ' clearway:not-same-person-as="sort"'
    to = versions.deploy((apart, ""), renames={"sort": "triage"})

    moved = move(key, to)

    assert isinstance(moved, Done), moved
    assert moved.details["notes"] == []


def test_what_has_no_place_is_refused_and_nothing_changes(
    house, people, desk, versions, move, rows
):
    key = desk.ask()
    to = versions.deploy(renames={"sort": "triage"})
    before = rows(ROWS)

    done = move(key, to)

    assert isinstance(done, Refusal)
    assert done.code == "conflict"
    assert done.text == f"{key} cannot be moved: Sort is not in the new version."
    assert done.fields == {"sort": "Sort is not in the new version."}
    assert done.remedy
    assert rows(ROWS) == before
    assert rows("SELECT count(*) FROM fault") == [(0,)]
    assert verify(house) == []


@pytest.mark.parametrize("mapping", [{"sorted": "triage"}, {"sort": "triag"}])
def test_a_mapping_that_names_nothing_is_refused(house, people, desk, versions, move, mapping):
    key = desk.ask()
    to = versions.deploy(renames={"sort": "triage"})

    done = move(key, to, mapping)

    assert isinstance(done, Refusal)
    assert "mapping" in done.text


def test_one_key_has_one_effect(house, people, desk, versions, move, rows):
    key = desk.ask()
    to = versions.deploy(*LONGER)

    first, again = move(key, to), move(key, to)
    there = move(key, to, once="another")

    assert again == replace(first, repeated=True)
    assert there.details["what"] == "there"
    assert rows("SELECT revision FROM instance") == [(2,)]


def test_only_process_owners_move_records(house, people, desk, versions):
    key = desk.ask()
    to = versions.deploy(*LONGER)

    for answer in (
        migrate(house, people["bob"], key, to, {}, REASON, once="1"),
        undo_migration(house, people["bob"], key, once="2"),
        rehearse(house, people["bob"], "errand", to),
        migrate_all(house, people["bob"], "errand", to, reason=REASON, once="3"),
    ):
        assert isinstance(answer, Refusal)
        assert answer.code == "not_allowed"


def test_a_move_needs_a_reason_a_version_and_a_record(house, people, desk, versions):
    key = desk.ask()
    grace = people["grace"]

    answers = [
        migrate(house, grace, key, 1, {}, " ", once="1"),
        migrate(house, grace, key, 7, {}, REASON, once="2"),
        migrate(house, grace, "ERR-7", 1, {}, REASON, once="3"),
        rehearse(house, grace, "errand", 7),
        rehearse(house, grace, "errand", 1, from_version=7),
        migrate_all(house, grace, "errand", 1, reason="", once="4"),
    ]

    assert [it.code for it in answers] == [
        "invalid", "not_found", "not_found", "not_found", "not_found", "invalid",
    ]  # fmt: skip


def test_what_has_ended_stays(house, people, desk, versions, move):
    key = desk.ask()
    finish(house, people, desk)

    done = move(key, versions.deploy(*LONGER))

    assert done.code == "already_done"


def test_undoing_brings_everything_back(house, people, desk, versions, move, rows):
    key = desk.ask("a piano")
    claim(house, people["bob"], desk.open_item("sort"), once="claim")
    before = rows(ROWS)
    to = versions.deploy(*IMPATIENT, renames={"sort": "triage"})
    moved = move(key, to, {"sort": "triage"})

    undone = undo_migration(house, people["grace"], key, once="undo")
    again = undo_migration(house, people["grace"], key, once="undo")

    assert isinstance(moved, Done), moved
    assert isinstance(undone, Done), undone
    assert again.repeated
    assert _without_revision(rows(ROWS)) == _without_revision(before)
    assert verify(house) == []
    told = [it.sentence for it in history(house, people["grace"], key).rows]
    assert "grace undid that: it stands as before, on version 1 of the process." in told
    twice = undo_migration(house, people["grace"], key, once="twice")
    assert twice.code == "not_found"
    finish(house, people, desk)


def test_undoing_brings_waits_back_wherever_it_stood(house, people, desk, versions, move, rows):
    key = desk.ask()
    desk.sort()
    desk.fetch()
    before = rows(ROWS)
    renames = {"bring": "carry", "hold": "pause", "late": "too_late"}
    moved = move(key, versions.deploy(renames=renames), renames)

    undone = undo_migration(house, people["grace"], key, once="undo")

    assert isinstance(moved, Done), moved
    assert isinstance(undone, Done), undone
    assert _without_ids(rows(ROWS)) == _without_ids(before)
    assert verify(house) == []


def test_after_the_next_command_nothing_is_undone(house, people, desk, versions, move, rows):
    key = desk.ask()
    move(key, versions.deploy(*LONGER))
    comment(house, people["alice"], key, "hello", public=True, once="comment")
    before = rows(ROWS)

    undone = undo_migration(house, people["grace"], key, once="undo")

    assert undone.code == "stale"
    assert rows(ROWS) == before


def test_a_faulted_record_is_moved_and_goes_on(house, people, desk, versions, move, rows):
    key = desk.ask()
    desk.sort()
    [job] = claim_jobs(house, "worker", 10, timedelta(minutes=1))
    fail_job(house, job.id, job.fence, "away", code="unheard_of")
    assert len(open_faults(house, people["grace"]).rows) == 1

    done = move(key, versions.deploy(*LONGER))

    assert isinstance(done, Done), done
    assert len(open_faults(house, people["grace"]).rows) == 1
    assert verify(house) == []


def test_what_is_parked_under_an_old_name_is_refused(
    house, people, desk, versions, move, database_url
):
    key = desk.ask()
    to = versions.deploy(renames={"sort": "triage"})
    trigger = """{"kind": "command", "command": "send", "request": {"wanted": "sort"}}"""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO fault (instance_id, cause, remedy, who_can_fix, trigger, raised_at)"
            " VALUES (1, 'c', 'r', 'admin', %s, now())",
            [trigger],
        )

    done = move(key, to, {"sort": "triage"})

    assert done.code == "conflict"
    assert "parked" in done.text


def test_a_field_that_the_new_version_does_not_take_is_told(house, people, desk, versions, move):
    key = desk.ask()

    done = move(
        key, versions.deploy(fields={"what": {"type": "string", "title": "What", "maxLength": 3}})
    )

    assert isinstance(done, Done), done
    assert [note[:40] for note in done.details["notes"]] == [
        "The field what of the record stays as it"
    ]


def test_many_are_rehearsed_and_moved_one_by_one(house, people, desk, versions, rows):
    keys = [desk.ask(f"thing {number}") for number in range(6)]
    [(item,)] = rows("SELECT id FROM work_item WHERE instance_id = 1")
    complete(house, people["bob"], item, {"weight": 1}, once="sort")
    to = versions.deploy(renames={"sort": "triage"})
    before, grace = rows(ROWS), people["grace"]

    rehearsed = list(rehearse(house, grace, "errand", to))
    assert rows(ROWS) == before
    first = migrate_all(house, grace, "errand", to, reason=REASON, once="one")
    second = migrate_all(
        house, grace, "errand", to, mapping={"sort": "triage"}, reason=REASON, once="two"
    )
    third = migrate_all(house, grace, "errand", to, keys, reason=REASON, once="three")

    assert [it.says for it in rehearsed] == ["notes", *["refused"] * 5]
    assert isinstance(first, Summary)
    assert (first.moved, len(first.refused)) == (1, 5)
    assert {it.key for it in first.refused} == set(keys[1:])
    assert (second.moved, len(second.refused)) == (5, 0)
    assert (third.moved, third.there) == (0, 6)
    assert rows("SELECT DISTINCT version_id FROM instance") == [(2,)]
    assert verify(house) == []


def test_several_processes_move_each_record_once(house, people, desk, versions, rows):
    keys = [desk.ask(f"thing {number}") for number in range(130)]
    [(item,)] = rows("SELECT id FROM work_item WHERE instance_id = 1")
    complete(house, people["bob"], item, {"weight": 1}, once="sort")
    to = versions.deploy(renames={"sort": "triage"})
    told = []

    summary = migrate_all(
        house,
        people["grace"],
        "errand",
        to,
        reason=REASON,
        once="one",
        carry=Processes(house.store.url),
        told=lambda done, of: told.append((done, of)),
    )

    assert (summary.moved, [it.key for it in summary.refused]) == (1, keys[1:])
    assert told == [(done, 130) for done in range(131)]
    assert rows("SELECT count(*) FROM entry WHERE kind = 'migrated'") == [(1,)]
    assert verify(house) == []


def test_only_records_of_one_version_are_moved(house, people, desk, versions, rows):
    desk.ask("old")
    second = versions.deploy(*LONGER)
    new = desk.ask("new")
    third = versions.deploy(*IMPATIENT)

    summary = migrate_all(
        house, people["grace"], "errand", third, reason=REASON, once="x", from_version=second
    )

    assert summary.moved == 1
    assert summary.with_notes == 1
    assert rows(
        "SELECT v.number FROM instance i JOIN version v ON v.id = i.version_id WHERE key = %s", new
    ) == [(3,)]


def test_stopped_at_every_statement_nothing_is_half_moved(
    house, people, desk, versions, rows, ends_before
):
    key = desk.ask()
    renames = {"sort": "triage"}
    to = versions.deploy(*IMPATIENT, renames=renames)
    grace = people["grace"]
    commands = (
        lambda: migrate(house, grace, key, to, renames, REASON, once="move"),
        lambda: undo_migration(house, grace, key, once="undo"),
    )

    stops = 0
    for command in commands:
        before = rows(ROWS)
        for k in range(1, 20):
            done = ends_before(house.store, k, command)
            if done is not None:
                break
            stops += 1
            assert rows(ROWS) == before
        assert isinstance(done, Done), done
        assert verify(house) == []
        assert command().repeated

    assert stops >= 6
    assert rows("SELECT kind FROM entry WHERE kind LIKE 'migrat%%' ORDER BY id") == [
        ("migrated",),
        ("migration_undone",),
    ]


def test_moving_and_working_at_the_same_time_lose_nothing(house, people, desk, versions, rows):
    keys = [desk.ask(f"thing {number}") for number in range(30)]
    items = [number for (number,) in rows("SELECT id FROM work_item ORDER BY id")]
    renames = {"sort": "triage"}
    to = versions.deploy(*IMPATIENT, renames=renames)
    mapping = renames

    with ThreadPoolExecutor(3) as hands:
        moving = hands.submit(
            migrate_all, house, people["grace"], "errand", to, keys, mapping, REASON, once="all"
        )
        working = [
            hands.submit(complete, house, people["bob"], it, {"weight": 1}, once=f"c{it}")
            for it in reversed(items)
        ]
        summary = moving.result()
        done = [it.result() for it in working]

    assert summary.moved == 30, summary
    assert all(isinstance(it, Done) for it in done)
    assert rows("SELECT count(*), sum(revision) FROM instance") == [(30, 90)]
    assert rows("SELECT kind, count(*) FROM entry WHERE kind IN ('migrated', 'done') GROUP BY 1"
                " ORDER BY 1") == [("done", 30), ("migrated", 30)]  # fmt: skip
    assert verify(house) == []


def test_a_move_takes_a_load_a_look_a_write_and_a_commit(house, people, desk, versions):
    keys = [desk.ask(), desk.ask("another")]
    to = versions.deploy(*LONGER)
    migrate(house, people["grace"], keys[0], to, {}, REASON, once="warm up")
    seen: list[str] = []

    with house.store.watched_by(seen.append):
        migrate(house, people["grace"], keys[1], to, {}, REASON, once="1")

    assert (len(seen), seen.count("COMMIT")) == (4, 1)


def _without_revision(found):
    return _cleaned(found, ("revision", "changed_at"))


def _without_ids(found):
    """Timers and events that were called otherwise for a while have new rows."""
    return _cleaned(found, ("id", "revision", "changed_at"))


def _cleaned(found, names):
    return [
        [{k: v for k, v in row.items() if k not in names} for row in table or ()]
        for table in found[0]
    ]
