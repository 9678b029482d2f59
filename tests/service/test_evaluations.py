"""Decisions are kept whole, told to people, and asked for beside any diagram."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parcel import BPMN, parcel

from clearway.engine.values import Bundle
from clearway.service.deploy import deploy
from clearway.service.evaluate import Question, evaluate
from clearway.service.explained import explanation
from clearway.service.history import history
from clearway.service.record import record
from clearway.service.recorded import recorded
from clearway.service.start import start
from clearway.service.values import Done, Refusal
from clearway.service.verify import verify

GLASS = {"what": "a vase", "weight": 3, "care": "glass"}


@pytest.fixture
def post(empty_house, people):
    """A house that sends parcels."""
    done = deploy(empty_house, people["grace"], parcel(), parent=None, reason="first", once="p")
    assert isinstance(done, Done), done
    return empty_house


@pytest.fixture
def send(post, people):
    """alice sends a parcel; answers its key."""

    def sent(**values):
        done = start(post, people["alice"], "parcel", {**GLASS, **values}, once=str(values))
        assert isinstance(done, Done), done
        return done.key

    return sent


@pytest.fixture
def ask(post, people):
    """Ask a decision as somebody; a fresh key each time."""
    asked = iter(range(1000))

    def it(who="grace", decision="carrier", context=None, once=None, **more):
        question = Question("parcel", decision, context or {}, **more)
        return evaluate(post, people[who], question, once=once or f"ask {next(asked)}")

    return it


def line_of(house, actor, key, kind="decided"):
    page = history(house, actor, key)
    [line] = [it for it in page.rows if it.kind == kind]
    return line


# --- what history holds ---------------------------------------------------------------------------


def test_history_holds_the_whole_evaluation_with_what_it_needed(post, send, people):
    key = send()

    details = line_of(post, people["bob"], key).details

    assert json.loads(json.dumps(details, default=str)) == {
        **{name: details[name] for name in ("name", "fields", "hash")},
        "decision": "carrier",
        "version": 1,
        "table": "parcel/rules.dmn",
        "hit_policy": "UNIQUE",
        "inputs": {"Size of it": "small", "How to handle it": "glass"},
        "rules": [2],
        "outputs": {"carrier": "van"},
        "notes": ["Cobbles break glass"],
        "needed": [
            {
                "decision": "size",
                "hit_policy": "UNIQUE",
                "inputs": {"Weight": 3},
                "rules": [1],
                "outputs": {"size": "small"},
                "notes": [],
            }
        ],
    }
    assert verify(post) == []


def test_history_names_the_version_that_decided(post, send, people):
    old = send()
    deploy(
        post,
        people["grace"],
        parcel("Cobbles break glass", "Cobbles"),
        parent=1,
        reason="x",
        once="2",
    )
    new = send(what="a glass")

    told = [line_of(post, people["bob"], key).details["version"] for key in (old, new)]

    assert told == [1, 2]


def test_a_line_says_what_was_asked_and_which_row_fired(post, send, people):
    line = line_of(post, people["bob"], send())

    assert line.sentence == "Carrier was decided by rule 2 of Carrier: the yellow van."
    assert list(line.explanation) == [
        "Weight is 3.",
        "Rule 1 of Size (UNIQUE) fits and answers size = small.",
        "Size of it is small.",
        "How to handle it is it may break.",
        "Rule 2 of Carrier (UNIQUE) fits and answers Carrier = the yellow van.",
        "Note: Cobbles break glass",
    ]


def test_only_decisions_have_an_explanation(post, send, people):
    page = history(post, people["bob"], send())

    assert {it.kind for it in page.rows if it.explanation} == {"decided"}


def test_lines_from_before_are_told(post, send, people):
    """Without version, notes and needed decisions, as earlier releases wrote them."""
    key = send()
    kept = line_of(post, people["bob"], key).details
    new = ("version", "notes", "needed")
    old = {name: value for name, value in kept.items() if name not in new}
    deployed = post.current("parcel")

    told = explanation(old, deployed)

    assert told == [
        "Size of it is small.",
        "How to handle it is it may break.",
        "Rule 2 of Carrier (UNIQUE) fits and answers Carrier = the yellow van.",
    ]


def test_words_of_another_version_s_columns_are_not_guessed(post, send, people):
    kept = line_of(post, people["bob"], send()).details

    told = explanation({**kept, "hash": "of another file"}, post.current("parcel"))

    assert "How to handle it is glass." in told


def test_what_json_has_not_is_kept_as_its_text(ask, rows):
    """A range is no JSON; the evaluation is kept all the same."""
    done = ask(decision="reach", context={"distance": 7})

    assert done.details["outputs"] == {"reach": "[0..7]"}
    assert done.details["inputs"] == {"distance": 7}
    assert done.details["hit_policy"] == ""


def test_a_missing_input_stops_the_record_with_its_name(empty_house, people):
    # The record may have a distance, and does not: no rule of the table provides for that.
    asked = ("<text>record.weight</text>", "<text>record.distance</text>")
    files = {**parcel(*asked).files}
    files["parcel/record.json"] = files["parcel/record.json"].replace(
        b'"carrier":', b'"distance": {"type": "number"}, "carrier":'
    )
    reason = "despite scenarios: none"
    done = deploy(
        empty_house, people["grace"], Bundle("parcel", files), parent=None, reason=reason, once="p"
    )
    assert isinstance(done, Done), done

    refusal = start(empty_house, people["alice"], "parcel", GLASS, once="x")

    assert isinstance(refusal, Refusal)
    assert refusal.code == "faulted"
    assert "the input `record.distance` is missing" in refusal.text


@pytest.mark.parametrize("name", ["distance", "day"])
def test_an_input_that_the_process_never_gives_is_refused_at_its_deployment(
    empty_house, people, name
):
    drawn = BPMN.replace('clearway:decision="carrier"', 'clearway:decision="postage"')
    files = {**parcel().files, "parcel/parcel.bpmn": drawn.encode()}

    refusal = deploy(
        empty_house,
        people["grace"],
        Bundle("parcel", files),
        parent=None,
        reason="tables",
        once="p",
    )

    assert isinstance(refusal, Refusal)
    assert f"`{name}`, which means nothing in the process" in f"{refusal.text} {refusal.fields}"


# --- asking ---------------------------------------------------------------------------------------


def test_an_owner_asks_with_any_context_and_it_is_kept(ask, rows, hand_clock):
    done = ask(decision="postage", context={"distance": 250, "day": "2026-03-02"})

    assert isinstance(done, Done), done
    assert done.details == {
        "process": "parcel",
        "decision": "postage",
        "version": 1,
        "hit_policy": "UNIQUE",
        "inputs": {"Kilometres": 250, "Day": "2026-03-02"},
        "rules": [2],
        "outputs": {"euros": 12, "label": "far"},
        "notes": [],
        "needed": [],
        "explanation": [
            "Kilometres is 250.",
            "Day is 2026-03-02.",
            "Rule 2 of Postage (UNIQUE) fits and answers euros = 12, label = far.",
        ],
        "record": None,
    }
    assert rows("SELECT decision, asked_by, at, context->>'day' FROM evaluation") == [
        ("postage", "grace", hand_clock(), "2026-03-02")
    ]


def test_an_old_version_answers_as_it_did(post, ask, people):
    changed = parcel("<text>12</text>", "<text>13</text>")
    deploy(post, people["grace"], changed, parent=1, reason="dearer", once="2")
    far = {"distance": 250, "day": "2026-03-02"}

    before = ask(decision="postage", context=far, version=1)
    now = ask(decision="postage", context=far)

    assert (before.details["version"], before.details["outputs"]["euros"]) == (1, 12)
    assert (now.details["version"], now.details["outputs"]["euros"]) == (2, 13)


@pytest.mark.parametrize("who", ["alice", "bob", "dave"])
def test_who_may_not_read_the_files_asks_nothing_without_a_record(ask, rows, who):
    refusal = ask(who, decision="postage", context={"distance": 1, "day": "2026-03-02"})

    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_allowed"
    assert rows("SELECT count(*) FROM evaluation") == [(0,)]


@pytest.mark.parametrize("who", ["alice", "bob", "grace"])
def test_who_sees_a_record_asks_about_it_and_its_history_tells(post, send, ask, people, who):
    key = send()
    before = record(post, people["bob"], key)

    done = ask(who, record=key)

    assert isinstance(done, Done), done
    assert done.details["outputs"] == {"carrier": "van"}
    assert done.details["record"] == key
    line = line_of(post, people["bob"], key, "evaluated")
    assert line.sentence == (
        f"{who} asked Carrier of version 1 by API: carrier the yellow van by rule 2. "
        "Nothing of the record was changed."
    )
    assert line.explanation == done.details["explanation"]
    after = record(post, people["bob"], key)
    assert (after.values, after.state, after.tasks) == (before.values, before.state, before.tasks)
    assert verify(post) == []


def test_whoever_may_not_see_a_record_hears_that_there_is_none(post, send, ask, people, rows):
    key = send()

    hidden, none = ask("erin", record=key), ask("erin", record="PAR-9999")

    assert isinstance(hidden, Refusal)
    assert hidden == none
    assert rows("SELECT count(*) FROM entry WHERE kind = 'evaluated'") == [(0,)]


def test_a_record_decides_by_its_own_version_unless_another_is_named(post, send, ask, people):
    key = send()
    dearer = parcel("Cobbles break glass", "It rattles")
    deploy(post, people["grace"], dearer, parent=1, reason="words", once="2")

    own, newest = ask(record=key), ask(record=key, version=2)

    assert own.details["notes"] == ["Cobbles break glass"]
    assert newest.details["notes"] == ["It rattles"]


def test_more_may_stand_beside_a_record_but_not_in_its_place(send, ask):
    key = send()

    more = ask(decision="postage", record=key, context={"distance": 1, "day": "2026-03-02"})
    instead = ask(record=key, context={"record": {"weight": 99}})

    assert more.details["outputs"]["label"] == "near"
    assert isinstance(instead, Refusal)
    assert list(instead.fields) == ["context.record"]


def test_a_record_of_another_process_is_refused(house, ask, desk, send, people):
    refusal = ask(record=desk.ask())

    assert isinstance(refusal, Refusal)
    assert refusal.code == "invalid"
    assert "is a record of errand, not of parcel" in refusal.fields["record"]


def test_the_same_key_answers_as_the_first_time_and_writes_once(send, ask, rows):
    key = send()
    for more in ({"record": key}, {"context": {"record": {"weight": 5, "care": "none"}}}):
        first = ask(once=f"once {more}", **more)
        again = ask(once=f"once {more}", **more)
        other = ask(once=f"once {more}", decision="size", **more)

        assert again.repeated
        assert again.details == first.details
        assert isinstance(other, Refusal)
        assert other.code == "conflict"
    assert rows("SELECT count(*) FROM entry WHERE kind = 'evaluated'") == [(1,)]
    assert rows("SELECT count(*) FROM evaluation") == [(1,)]


@pytest.mark.parametrize(
    ("more", "code", "fields", "words"),
    [
        ({"decision": "no"}, "not_found", ["decision"], "Version 1 of parcel has no decision no."),
        ({"version": 9}, "not_found", ["version"], "parcel has no version 9."),
        (
            {"decision": "postage", "context": {"distance": 1}},
            "invalid",
            ["context.day"],
            "parcel/rules.dmn, decision postage: the input `day` is missing.",
        ),
        (
            {"decision": "size", "context": {"record": {"weight": "much"}}},
            "invalid",
            ["inputs.Weight"],
            "parcel/rules.dmn, decision size, column Weight:",
        ),
        (
            {"decision": "postage", "context": {"distance": "far", "day": "2026-03-02"}},
            "invalid",
            ["context"],
            "the input `distance` is",
        ),
        (
            {"decision": "odd", "context": {"word": "x" * 60}},
            "undecided",
            ["inputs.Word"],
            "parcel/rules.dmn, decision odd: no rule fits Word = ",
        ),
        (
            {"decision": "odd", "context": {"word": "x" * 35}},
            "undecided",
            ["inputs.Word", "rules"],
            "parcel/rules.dmn, decision odd: rules 1 and 2 fit Word = ",
        ),
    ],
)
def test_what_gives_no_answer_says_where_and_leaves_nothing(ask, rows, more, code, fields, words):
    refusal = ask(**more)

    assert isinstance(refusal, Refusal), refusal
    assert (refusal.code, list(refusal.fields)) == (code, fields)
    assert words in refusal.text
    assert refusal.remedy
    assert rows("SELECT count(*) FROM evaluation") == [(0,)]


def test_an_unknown_process_is_refused_with_and_without_a_record(post, people, send):
    for key in (None, send()):
        question = Question("no", "size", {}, record=key)
        refusal = evaluate(post, people["grace"], question, once=f"no {key}")

        assert isinstance(refusal, Refusal)
        assert (refusal.code, refusal.text) == ("not_found", "There is no process no.")


def test_asking_takes_one_transaction(post, send, ask, house_statements):
    key = send()
    context = {"record": {"weight": 5, "care": "none"}}
    ask(context=context)

    about_record = house_statements(lambda: ask("bob", record=key))
    without = house_statements(lambda: ask(context=context))

    assert about_record.count("COMMIT") == without.count("COMMIT") == 1


@pytest.fixture
def house_statements(post):
    """The statements of a call."""

    def seen_in(call):
        seen: list[str] = []
        with post.store.watched_by(seen.append):
            assert isinstance(call(), Done)
        return seen

    return seen_in


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    weight=st.decimals(0, 10**6, places=2) | st.integers(0, 100),
    care=st.sampled_from(["glass", "none"]),
)
def test_a_table_says_by_api_what_it_says_in_the_diagram(post, people, send, ask, weight, care):
    """The same record, asked again: inputs, rules and outputs are those that history has."""
    by_hand = "van" if weight >= 10 or care == "glass" else "bike"
    key = send(weight=weight, care=care, what=f"{weight} {care}")

    drawn = line_of(post, people["bob"], key).details
    asked = ask(record=key).details

    assert drawn["outputs"] == {"carrier": by_hand}
    for name in ("inputs", "rules", "outputs", "notes", "needed", "hit_policy", "decision"):
        assert asked[name] == drawn[name]


# --- what is recorded -----------------------------------------------------------------------------


def all_of(house, actor, decision="carrier", limit=3):
    found, after = [], None
    while True:
        page = recorded(house, actor, "parcel", decision, after=after, limit=limit)
        assert len(page.rows) <= limit
        found += page.rows
        if page.after is None:
            return found
        after = page.after


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_lose_and_repeat_nothing_and_begin_with_the_newest(
    post, send, ask, people, hand_clock, limit
):
    keys = []
    for number in range(4):
        keys.append(send(what=f"thing {number}"))
        # Two at the same instant in each of the two homes.
        for _ in range(2):
            ask(record=keys[-1])
            ask(context={"record": {"weight": number, "care": "none"}})
        hand_clock.move_to(hand_clock() + timedelta(minutes=number % 2))

    found = all_of(post, people["grace"], limit=limit)

    assert len(found) == len({it.id for it in found}) == 20
    assert [it.at for it in found] == sorted((it.at for it in found), reverse=True)
    assert {it.record for it in found} == {None, *keys}
    assert {it.element for it in found} == {None, "choose"}


def test_each_reader_finds_those_of_records_that_they_may_see(post, send, ask, people):
    mine = send()
    theirs = start(post, people["bob"], "parcel", {**GLASS, "what": "o"}, once="o").key
    ask(context={"record": {"weight": 1, "care": "none"}})

    seen = {who: {it.record for it in all_of(post, people[who])} for who in people}

    assert seen["alice"] == {mine}
    assert seen["carol"] == {mine, theirs}
    assert seen["bob"] == {mine, theirs}
    assert seen["erin"] == set()
    assert seen["grace"] == {mine, theirs, None}


def test_what_is_recorded_has_what_was_asked_and_answered(post, send, ask, people, hand_clock):
    key = send()

    [found] = all_of(post, people["alice"])

    assert (found.record, found.by, found.version, found.at) == (key, "alice", 1, hand_clock())
    assert found.inputs == {"Size of it": "small", "How to handle it": "glass"}
    assert (found.rules, found.outputs) == ([2], {"carrier": "van"})


def test_a_decision_nobody_ever_heard_of_is_not_found(post, people):
    for process, decision in (("no", "carrier"), ("parcel", "no")):
        refusal = recorded(post, people["grace"], process, decision)

        assert isinstance(refusal, Refusal)
        assert refusal.code == "not_found"
    assert recorded(post, people["grace"], "parcel", "odd").rows == []


@pytest.mark.parametrize("after", ["x", "MSAy", "MjAyNi0wMy0wMlQwOTowMDowMCswMDowMCA3IDE"])
def test_a_cursor_that_is_not_ours_is_refused(post, people, after):
    refusal = recorded(post, people["grace"], "parcel", "carrier", after=after)

    assert isinstance(refusal, Refusal)
    assert refusal.code == "invalid"


def test_what_was_asked_cannot_be_changed_afterwards(ask, rows):
    ask(context={"record": {"weight": 1, "care": "none"}})

    for statement in ("UPDATE evaluation SET asked_by = 'x'", "DELETE FROM evaluation"):
        with pytest.raises(Exception, match="append-only"):
            rows(statement)
