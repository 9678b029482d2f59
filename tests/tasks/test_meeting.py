"""A meeting of the board, from the changes that wait to its minutes, with the real steps."""

import json
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from boards import waiting_change
from handy import drain, person, seen
from meetings import THURSDAY, cast, checked, invited, pages_of, planned

from clearway.now import HandClock
from clearway.service.cancel import cancel
from clearway.service.comment import comment
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.meeting import MeetingView, meeting
from clearway.service.registry import set_absence
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import Done, Refusal
from clearway.service.windows import Window, save_window
from tasks.catalogue import Call
from tasks.dispatcher import Dispatcher
from tasks.meeting_plan import next_meeting
from tasks.runs import perform
from tasks.schedules import WEEKLY_CAB_MEETING


def test_what_must_be_decided_first_comes_first_with_the_reason(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, late = changes

    key = planned(house, worker)

    values = seen(house, person(house, "frank"), key).values
    assert values["agenda"] == [soon, late]
    assert "5 working days" in str(values["places"])
    assert values["left_out"] == []


def test_what_does_not_fit_is_left_out_and_said(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, late = changes

    key = planned(house, worker, minutes=10, minutes_each=10)

    values = seen(house, person(house, "frank"), key).values
    assert values["agenda"] == [soon]
    assert f"{late} Move the mail: Not enough time" in str(values["left_out"])


def test_an_agenda_names_only_what_waits_and_nothing_is_dropped_without_a_word(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, late = changes
    key = planned(house, worker)

    checked(house, worker, key, agenda=[soon, "INC-404"])

    values = seen(house, person(house, "frank"), key).values
    assert "INC-404 does not wait" in str(values["agenda_problem"])
    assert f"{late} was dropped" in str(values["agenda_problem"])
    checked(house, worker, key, agenda=[soon], agenda_note="Its owner is on leave")
    assert seen(house, person(house, "frank"), key).state == "invited"


def test_the_pack_tells_who_is_missing_and_what_the_change_reaches(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, late = changes
    done = set_absence(
        house,
        person(house, "judy"),
        person="judy",
        delegate=None,
        from_at=THURSDAY - timedelta(days=1),
        until_at=THURSDAY + timedelta(days=3),
        note="",
        once="away",
    )
    assert isinstance(done, Done), done
    key = invited(house, worker, soon, late)

    values = seen(house, person(house, "frank"), key).values
    pack = pages_of(house, key, "pack.html")
    assert "Seat owner stays empty: judy is away until 2026-03-08" in str(values["forecast"])
    assert {"frank", "dave", "ivan"} <= set(values["invited"])  # type: ignore[arg-type]
    assert "carol" not in values["invited"]  # type: ignore[operator]
    assert "5 working days" in pack
    assert "Taking it back must begin by" in pack
    assert "ended none in the last 12 months" in pack


def test_the_pack_has_plan_and_way_back_as_written_and_tells_nothing_found_from_not_looked(
    house: House, worker: Dispatcher, changes: tuple[str, str], rows
):
    soon, late = changes
    written = "1. Copy it\n   <twice>\n2. " + "Look at it. " * 300
    said = json.dumps({"plan": written, "backout_plan": None})
    rows(f"UPDATE instance SET record = record || '{said}' WHERE key = '{soon}'")
    freeze = ("2026-03-11T00:00", "2026-03-12T00:00", "UTC", ("network",))
    window = Window("count", "freeze", "Stocktaking", "soft", *freeze)
    done = save_window(house, person(house, "frank"), window, once="freeze")
    assert isinstance(done, Done), done
    key = invited(house, worker, soon, late)

    first, second = pages_of(house, key, "pack.html").split("<h2>")[2:]
    assert escape(written) in first
    assert "<h3>How it is taken back</h3>" in first
    assert "Nothing is written." in first
    assert "1. Undo it" in second
    assert "Collisions, looked for at 2026-03-02 09:00 UTC" in first
    assert "Freeze: count Stocktaking" in first
    assert "Nothing collides with its time." in second
    assert "Why this risk" in second


def test_what_a_round_decides_stands_in_the_minutes_and_nothing_else(
    house: House, worker: Dispatcher, changes: tuple[str, str], hand_clock: HandClock
):
    soon, late = changes
    key = invited(house, worker, soon, late)
    frank = person(house, "frank")
    hand_clock.move_to(THURSDAY)
    fire_due(house, 10)
    for name, seat in (("judy", "owner"), ("dave", "first_member"), ("frank", "chair")):
        assert isinstance(cast(house, name, soon, seat, "approve"), Done)
    hand_clock.move_to(THURSDAY + timedelta(minutes=12))
    assert isinstance(send(house, frank, key, "next_item", {}, once="next"), Done)
    assert isinstance(cast(house, "judy", late, "owner", "approve"), Done)
    left = {"left_reason": "Nobody else is here"}
    assert isinstance(send(house, frank, key, "leave_item", left, once="leave"), Done)
    hand_clock.move_to(THURSDAY + timedelta(minutes=20))

    assert isinstance(send(house, frank, key, "end_meeting", {}, once="end"), Done)

    drain(worker)
    view = seen(house, frank, key)
    minutes = pages_of(house, key, "minutes.html")
    assert (view.state, view.values["undecided"]) == ("minutes", [late])
    assert view.values["present"] == ["dave", "frank", "judy"]
    assert f"{soon}: Approved with 3 yes" in str(view.values["minutes_text"])
    assert f"{late}: Not decided" in str(view.values["minutes_text"])
    assert "<dd>12 minutes</dd>" in minutes
    assert "Nobody else is here" in minutes
    assert seen(house, frank, late).state == "authorize"
    assert ("relates_to", soon) in [(kind, to) for _, kind, to in view.links]


def test_what_the_board_decides_stands_in_the_minutes_though_others_decide_after_it(
    house: House, worker: Dispatcher, hand_clock: HandClock
):
    at = THURSDAY + timedelta(days=20)
    ends = at + timedelta(hours=2)
    change = waiting_change(
        house, lambda: drain(worker), "Move all", "mail", at, ends, dangerous=True
    )
    key = planned(house, worker)
    checked(house, worker, key, agenda=[change])
    frank = person(house, "frank")
    hand_clock.move_to(THURSDAY)
    fire_due(house, 10)
    conditions = {"conditions": "Tell the night shift"}
    for name, seat in (("judy", "owner"), ("dave", "first_member")):
        assert isinstance(cast(house, name, change, seat, "approve"), Done)
    decided = cast(house, "frank", change, "chair", "approve_with_conditions", **conditions)
    assert isinstance(decided, Done)
    assert "executive" in str(seen(house, frank, change).values["rounds"])

    shown = meeting(house, frank, key)
    assert isinstance(send(house, frank, key, "end_meeting", {}, once="end"), Done)

    drain(worker)
    assert not isinstance(shown, Refusal)
    assert [it.outcome for it in shown.items] == ["approved"]
    view = seen(house, frank, key)
    assert f"{change}: Approved with 3 yes" in str(view.values["minutes_text"])
    assert view.values["present"] == ["dave", "frank", "judy"]
    assert "frank: Tell the night shift" in pages_of(house, key, "minutes.html")


def test_a_change_that_is_cancelled_meanwhile_reads_not_decided(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, late = changes
    key = invited(house, worker, soon, late)
    frank = person(house, "frank")
    assert isinstance(send(house, frank, key, "begin_now", {}, once="begin"), Done)
    grace = person(house, "grace")
    assert isinstance(cancel(house, grace, soon, "Entered twice", once="cancel"), Done)

    assert isinstance(send(house, frank, key, "end_meeting", {}, once="end"), Done)

    drain(worker)
    assert f"{soon}: Not decided" in str(seen(house, frank, key).values["minutes_text"])


def test_the_schedule_plans_one_meeting_a_week(house: House, hand_clock: HandClock, rows):
    monday = hand_clock().replace(hour=7, minute=0)

    for runner in ("first", "second"):
        perform(house, WEEKLY_CAB_MEETING, monday, runner)

    [(state, starts)] = rows("SELECT state, record ->> 'starts' FROM instance")
    assert (state, starts) == ("planned", "2026-03-05T13:00:00+00:00")


def test_a_meeting_keeps_its_hour_when_the_clocks_change():
    assert next_meeting(datetime(2026, 3, 30, 6, 0, tzinfo=UTC)) == datetime(
        2026, 4, 2, 12, 0, tzinfo=UTC
    )


def test_who_may_not_see_a_meeting_does_not_and_a_record_without_agenda_is_none(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, _ = changes
    key = planned(house, worker)

    shown = meeting(house, person(house, "dave"), key)
    hidden = meeting(house, person(house, "mallory"), key)
    no_meeting = meeting(house, person(house, "dave"), soon)

    assert isinstance(shown, MeetingView)
    assert [it.outcome for it in shown.items] == [None, None]
    assert isinstance(hidden, Refusal)
    assert isinstance(no_meeting, Refusal)
    assert "it has no agenda" in no_meeting.text


def test_a_pack_leaves_internal_comments_to_those_who_work_on_it(
    house: House, worker: Dispatcher, changes: tuple[str, str]
):
    soon, late = changes
    for text, public in (("Who tells the night shift?", True), ("Between us", False)):
        said = comment(house, person(house, "dave"), soon, text, public=public, once=text)
        assert isinstance(said, Done), said
    key = invited(house, worker, soon, late)

    pack = pages_of(house, key, "pack.html")
    assert "Who tells the night shift?" in pack
    assert "Between us" not in pack
    assert "Internal comments, for those who work on it: 1." in pack


def test_a_step_that_is_tried_again_keeps_one_pack_and_answers_its_hash(
    house: House,
    worker: Dispatcher,
    changes: tuple[str, str],
    calls: dict[str, Call],
    hand_clock: HandClock,
):
    soon, _ = changes
    key = planned(house, worker)
    names = {"team": "support_group", "outcome": "outcome", "until": "planned_end"}
    asked = {"key": key, "title": "Board", "starts": THURSDAY.isoformat(), "agenda": [soon]}
    asked |= {"things": ["service"], "backout": "backout_minutes", **names}

    first = calls["build_pack"](asked, "77")
    hand_clock.move_to(hand_clock() + timedelta(minutes=5))
    second = calls["build_pack"](asked, "77")

    files = seen(house, person(house, "frank"), key).attachments
    assert (first["pdf"], first["page"]) == (second["pdf"], second["page"])
    assert {it["hash"] for it in files} == {first["pdf"], first["page"]}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts": "2026-03-01T09:00:00Z"}, "starts"),
        ({"starts": "2026-03-05T09:00:00Z", "cut_off": "2026-03-06T09:00:00Z"}, "starts"),
        ({}, "starts"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_with_its_field(
    house: House, values: dict[str, object], field: str
):
    frank = person(house, "frank")

    answer = start(house, frank, "cab_meeting", {"title": "Board", **values}, once="plan")

    assert isinstance(answer, Refusal)
    assert field in answer.fields
