"""What history says: one line for each thing that a reader asks about, and nothing is lost."""

from datetime import timedelta
from pathlib import Path

import pytest

from clearway import engine
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.deployed import Deployed
from clearway.service.forms import RecordSchema
from clearway.service.history import history
from clearway.service.instance_view import instance_view
from clearway.service.jobs import claim_jobs, fail_job
from clearway.service.sentences import sentence
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.service.values import Actor
from clearway.service.verify import verify
from clearway.service.vote import vote
from clearway.store.histories import Entry

ALERTS = Actor("alerts", roles=frozenset({"alerts"}), is_person=False)


def last_of(house, people, key, count=1):
    """The kinds and sentences of the last lines."""
    lines = history(house, people["bob"], key).rows[-count:]
    return [(line.kind, line.sentence) for line in lines]


def test_a_task_s_fields_stand_in_the_line_that_says_who_completed_it(house, desk, people, rows):
    key = desk.ask()
    item = desk.open_item("sort")

    complete(house, people["bob"], item, {"weight": 3}, once="1")

    assert last_of(house, people, key, 3) == [
        ("done", "bob completed Sort: weight in kg 3."),
        ("started", "Fetch began."),
        ("state", "The state changed from new to fetching."),
    ]
    assert rows("SELECT details->'fields' FROM entry WHERE kind = 'done'") == [
        ({"weight": [None, 3]},)
    ]


def test_a_line_says_what_a_field_was_before(house, hand_clock):
    fields = {"what": ["a pen", "two pens"], "weight": [3, None], "decision": [None, "approved"]}
    entry = Entry(
        1, 1, hand_clock(), "bob", "complete", "done", "sort", None, None, {"fields": fields}
    )

    assert sentence(entry, "Sort", house.current("errand")) == (
        'bob completed Sort: what "two pens" (was "a pen"), weight in kg cleared (was 3),'
        " decision approved."
    )


def test_the_way_that_the_process_went_is_kept(house, desk, people, rows):
    key = desk.ask()
    desk.sort()
    desk.fetch()

    ways = rows("SELECT kind, details->'passed', details->'flows' FROM entry ORDER BY id")

    assert [way for way in ways if way[1]] == [
        ("opened", ["asked", "begin"], ["f2"]),
        ("done", ["sort", "large", "fetch_now"], ["f5", "f9"]),
        ("answered", ["fetch", "bring_now"], ["f11"]),
    ]
    passed = instance_view(house, people["bob"], key).completed
    once = ("asked", "begin", "sort", "large", "fetch_now", "fetch", "bring_now")
    assert passed == dict.fromkeys(once, 1)


def test_events_are_told_by_what_happens(house, desk, people, hand_clock):
    key = desk.ask()
    desk.sort()
    desk.fetch()

    send(house, people["bob"], key, "hold", {"question": "Which pen?"}, once="1")
    held = last_of(house, people, key, 4)
    comment(house, people["alice"], key, "The blue one.", public=True, once="2")
    replied = last_of(house, people, key, 4)
    hand_clock.move_to(hand_clock() + timedelta(days=2))
    fire_due(house, 10)

    assert held == [
        ("message", "bob chose Put on hold."),
        ("comment", "bob commented: Which pen?"),
        ("cancelled", "Bring it is not needed any more."),
        ("state", "The state changed from bringing to on hold."),
    ]
    assert replied[1:3] == [("caught", "Reply."), ("started", "Bring it began.")]
    assert last_of(house, people, key, 2) == [
        ("timer", "The time came: A day passes."),
        ("told", "A notice to alice was written: nag."),
    ]
    assert verify(house) == []


def test_a_business_error_and_a_channel_are_told_plainly(house, desk, people):
    key = start(house, ALERTS, "errand", {"what": "rope"}, once="1", event="call").key
    assert last_of(house, people, key, 3)[0] == (
        "opened",
        "alerts opened it, on version 1 of the process: what rope.",
    )

    desk.sort()
    [job] = claim_jobs(house, "w", 1, timedelta(minutes=1))
    fail_job(house, job.id, job.fence, "Nothing is there.", code="not_found")

    lines = [sentence for _, sentence in last_of(house, people, key, 5)]
    assert lines[0] == "Fetch failed: Nothing is there."
    assert "Not found." in lines


def test_a_decision_of_seats_stands_in_one_line(house, desk, people, rows):
    key = desk.ask()
    desk.sort(weight=99)
    item = desk.open_item("approve")

    vote(house, people["dave"], item, "chair", "approve", once="1")
    vote(house, people["erin"], item, "one", "approve", once="2")

    assert rows("SELECT details->'fields' FROM entry WHERE kind = 'decided_round'") == [
        ({"decision": [None, "approved"]},)
    ]
    assert "completed" not in [kind for kind, _ in last_of(house, people, key, 6)]
    assert verify(house) == []


def told(house, kind, **details):
    """What a line of this kind says."""
    entry = Entry(1, 1, house.now(), "bob", "x", kind, "sort", None, None, details)
    return sentence(entry, "Sort", house.current("errand"))


def test_what_a_decision_left_empty_is_called_nothing(house):
    told_alone = told(house, "decided", decision="d", rules=[7], outputs={"place": None})
    told_more = told(
        house, "decided", decision="d", rules=[1, 2], outputs={"place": None, "weight": 3}
    )

    assert told_alone == "Where it was was decided by rule 7 of d: nothing."
    assert told_more == (
        "Sort was decided by rules 1 and 2 of d: where it was nothing, weight in kg 3."
    )


def test_a_link_is_told_with_its_kind(house):
    assert told(house, "linked", link="caused_by", to="PRB-1001") == (
        "bob linked it: caused by PRB-1001."
    )


def test_a_notice_claims_to_nobody_that_it_arrived(house):
    assert told(house, "told", template="it_is_late", to=["bob", "desk"]) == (
        "A notice to bob, desk was written: it is late."
    )
    assert told(house, "told", template="it_is_late", to=[]) == (
        "A notice to nobody was written: it is late."
    )
    assert told(house, "only_noted", template="nag", to=["bob"], because="bob has no address") == (
        "The notice nag to bob was written down only: bob has no address."
    )


def test_a_step_that_reached_nothing_outside_says_so(house):
    assert told(house, "only_noted", because="no directory is connected") == (
        "Sort is only noted here: no directory is connected."
    )


CHANGE = engine.read_bundle(Path(__file__).resolve().parents[2] / "bpmn", "change")


@pytest.mark.parametrize(
    ("field", "shape", "value", "words"),
    [
        ("outage", {}, "an_hour", "an hour"),
        ("colour", {"enum": ["dark_red"]}, "dark_red", "dark red"),
        ("colour", {"x-titles": {"2": "Dark red"}}, 2, "dark red"),
        ("colour", {"x-titles": {"true": "It is"}}, True, "it is"),
        ("colours", {"items": {"x-titles": {"r": "Red", "b": "Blue"}}}, ["r", "b"], "red, blue"),
        ("colours", {"x-titles": {"r": "Red"}}, ["r", "x_y"], "red, x_y"),
        ("colours", {}, [], "nothing"),
        ("text", {}, "snake_case in my words", '"snake_case in my words"'),
    ],
)
def test_codes_are_told_in_the_words_of_the_record_s_schema(hand_clock, field, shape, value, words):
    deployed = Deployed(CHANGE)
    if shape or field not in deployed.record_schema.fields:
        deployed.record_schema = RecordSchema({"properties": {field: {"title": "It", **shape}}})
    title = "it" if shape or field != "outage" else "how long is a service away"

    def line(kind, **details):
        entry = Entry(1, 1, hand_clock(), "bob", "x", kind, None, None, None, details)
        return sentence(entry, None, deployed)

    assert line("done", fields={field: [None, value]}).endswith(f": {title} {words}.")
    assert line("decided", decision="d", rules=[1], outputs={field: value}).endswith(
        f"by rule 1 of d: {words}."
    )
    # A decision whose output has another name than the field that it went to.
    assert line(
        "decided", decision="d", rules=[1], outputs={"other": value}, fields={field: [None, value]}
    ).endswith(f"by rule 1 of d: {words}.")


def test_what_no_field_keeps_is_told_with_the_titles_of_its_form(hand_clock):
    deployed = Deployed(CHANGE)
    values = {"outage": "an_hour", "other_thing": [1]}
    entry = Entry(1, 1, hand_clock(), "bob", "x", "noted", "plan", None, None, {"values": values})

    assert sentence(entry, "Plan", deployed) == (
        "How long is a service away is an hour; other thing is 1."
    )


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize("who", ["bob", "alice"])
def test_pages_of_history_lose_and_repeat_nothing_in_either_order(house, desk, people, who, limit):
    key = desk.ask()
    comment(house, people["bob"], key, "odd", public=False, once="1")
    desk.sort()
    desk.fetch()
    everything = [line.id for line in history(house, people[who], key).rows]

    def leafed_through(order):
        found, after = [], None
        while True:
            page = history(house, people[who], key, after=after, limit=limit, order=order)
            found += [line.id for line in page.rows]
            if page.after is None:
                return found
            after = page.after

    assert len(everything) > 6
    assert leafed_through("oldest") == everything
    assert leafed_through("newest") == everything[::-1]


def test_who_reads_the_newest_first_meets_no_line_twice_when_new_ones_come(house, desk, people):
    key = desk.ask()
    first = history(house, people["bob"], key, limit=2, order="newest")
    comment(house, people["bob"], key, "new", public=True, once="1")

    rest = history(house, people["bob"], key, after=first.after, order="newest")

    seen = [line.sentence for line in (*first.rows, *rest.rows)]
    assert seen[0] == "The state is new."
    assert seen[-1].startswith("alice opened it")
    assert "bob commented: new" not in seen
