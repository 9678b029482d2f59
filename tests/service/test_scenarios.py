"""Scenarios: a process's own tests run in memory, by the same rules as commands."""

from dataclasses import replace

import pytest

from clearway.engine.values import Surroundings
from clearway.errors import ClearwayError, StepError
from clearway.service.scenarios import run_scenarios
from processes.catalogue import RULES

HEAD = """scenario: A pen is brought
start: {what: a pen}
as: alice
registry:
  people: {alice: [requester], bob: [desk], carol: [desk], dave: [board, chair], erin: [board]}
  groups: {desk: [bob, carol]}
steps:
"""


def _fetch(inputs):
    return {"place": f"shelf of {inputs['what']}"}


@pytest.fixture
def play(errand):
    """Run one scenario that begins with HEAD and goes on with these lines."""

    def run(lines: str, head: str = HEAD, fetch=_fetch):
        files = {**errand.files, "errand/scenarios/one.yaml": (head + lines).encode()}
        bundle = replace(errand, files=files)
        [result] = run_scenarios(
            bundle, Surroundings(), {"fetch": fetch} if fetch else {}, RULES, select=["one.yaml"]
        )
        return result

    return run


def test_a_whole_life_passes_in_memory(play):
    result = play("""
  - complete: sort
    as: bob
    with: {weight: 2}
  - expect: {state: bringing, waiting: [bring], record: {place: shelf of a pen}, faults: 0}
  - refused: sort
  - complete: bring
    as: bob
  - send: hold
    as: carol
    with: {question: "Which pen?"}
  - expect: {state: on_hold, told: []}
  - comment: The blue one
    as: alice
  - pass: P1D
  - expect: {state: bringing, told: [nag], ended: false}
  - complete: bring
    as: carol
  - expect: {state: closed, ended: true, waiting: []}
""")

    assert result.failure == ""
    assert result.passed
    assert {"sort", "fetch", "bring", "late", "nag", "hold", "reply", "closed"} <= result.visited


LATE = """
  - complete: sort
    as: bob
    with: {weight: 2}
  - pass: P1D
  - expect: {told: [nag]}
"""


@pytest.mark.parametrize(
    ("part", "failure"),
    [("colour", ""), ("color", "The message `nag` cannot be written: ")],
)
def test_messages_are_written_in_a_scenario_as_the_worker_would(errand, part, failure):
    start, nag, rest = errand.files["errand/errand.bpmn"].partition(b'<bpmn:sendTask id="nag"')
    given = b'<clearway:input name="what" value="record.what"/>'
    rest = rest.replace(
        given, given + b'<clearway:input name="pen" value="{colour: record.what}"/>', 1
    )
    files = {
        **errand.files,
        "errand/errand.bpmn": start + nag + rest,
        "errand/messages/nag.md.j2": f"Bring it\n{{{{ pen.{part} }}}}\n".encode(),
        "errand/scenarios/one.yaml": (HEAD + LATE).encode(),
    }

    [result] = run_scenarios(
        replace(errand, files=files), Surroundings(), {"fetch": _fetch}, RULES, select=["one.yaml"]
    )

    assert failure in result.failure
    assert result.passed is not bool(failure)


def test_an_approval_is_played_by_its_seats(play):
    result = play("""
  - complete: sort
    as: bob
    with: {weight: 20}
  - vote: {approve: approve}
    as: dave
    seat: chair
  - vote: {approve: abstain}
    as: erin
    seat: one
  - refused: already
  - vote: {approve: approve}
    as: dave
    seat: one
  - vote: {approve: abstain}
    as: erin
    seat: two
  - send: news
    as: carol
    with: {what: two pens}
  - vote: {approve: reject}
    as: erin
    seat: one
    reason: too many
  - expect: {state: approval}
  - vote: {approve: reject}
    as: dave
    seat: chair
    reason: too many
  - expect: {state: refused, ended: true, record: {decision: rejected}}
""")

    assert result.failure == ""


def test_an_owner_cancels_and_it_shows_so(play):
    result = play(
        """
  - complete: sort
    as: bob
    with: {weight: 20}
  - expect: {state: approval}
  - refused: process_owner
  - cancel: Entered twice
    as: bob
  - cancel: Entered twice
    as: grace
  - expect: {state: cancelled, ended: true, waiting: []}
""",
        head=HEAD.replace("bob: [desk]", "bob: [desk], grace: [process_owner]"),
    )

    assert result.failure == ""


def test_without_a_registry_everybody_may_cancel(play):
    result = play(
        """
  - cancel: Entered twice
    as: bob
  - expect: {state: cancelled, ended: true}
""",
        head="scenario: A pen is brought\nstart: {what: a pen}\nas: alice\nsteps:\n",
    )

    assert result.failure == ""


def test_what_a_step_answers_can_be_said_beforehand_or_withheld(play):
    result = play("""
  - complete: sort
    as: bob
    with: {weight: 2}
  - step: fetch
    waits: true
  - expect: {state: fetching}
  - step: fetch
    fails: not_found
  - expect: {state: bringing, record: {place: null}}
""")

    assert result.failure == ""


def test_a_real_step_s_business_error_is_caught_and_another_error_is_a_failure(play):
    def lost(_inputs):
        raise StepError("not_found", "it is nowhere")

    def broken(_inputs):
        raise ClearwayError("no connection")

    lines = """
  - complete: sort
    as: bob
    with: {weight: 2}
  - expect: {state: bringing}
"""

    assert play(lines, fetch=lost).failure == ""
    assert play(lines, fetch=broken).failure == "line 12: The step fetch failed: no connection"
    assert "The step fetch has no answer yet" in play(lines, fetch=None).failure


def test_an_uncaught_error_is_a_fault_that_is_told(play):
    result = play("""
  - step: fetch
    fails: something_else
  - complete: sort
    as: bob
    with: {weight: 2}
  - expect: {faults: 1}
  - expect: {state: bringing}
""")

    assert result.failure.startswith("line 15: expected state")
    assert "Fault at fetch" in result.failure


@pytest.mark.parametrize(
    ("lines", "failure"),
    [
        ("  - expect: {state: closed}", 'line 8: expected state "closed", but it is "new".'),
        ("  - complete: bring\n    as: bob", "line 8: No task bring waits; what waits is sort."),
        ("  - complete: sort\n    as: zoe", "line 8: The registry of this scenario knows no zoe."),
        ("  - complete: sort", "line 8: complete needs `as`: who does it."),
        ("  - complete: sort\n    as: alice", "line 8: complete is refused: This task is for"),
        ("  - dance: sort", "line 8: A step does one of"),
        ("  - complete: sort\n    whith: {}", "line 8: complete knows no whith"),
        ("  - refused: x", "line 8: Nothing follows that could be refused."),
        ("  - pass: soon", "line 8: pass needs a duration such as P5D"),
        ("  - step: fetch\n    answers: {}", "line 8: The step fetch was not called again."),
        ("  - {", "line 8: This is no YAML"),
    ],
)
def test_what_goes_wrong_is_told_with_its_line(play, lines, failure):
    result = play(lines)

    assert not result.passed
    assert result.failure.startswith(failure), result.failure


def test_without_a_registry_everybody_may_do_everything(play):
    head = "scenario: short\nstart: {what: a pen}\nas: alice\nsteps:\n"

    assert play("  - complete: sort\n    as: zoe\n    with: {weight: 1}\n", head=head).passed


@pytest.mark.parametrize("linked", ["{waitsfor: [ERR-9]}", "{waits_for: ERR-9}"])
def test_links_are_lists_of_keys_of_a_known_kind(play, linked):
    result = play(f"""
  - linked: {linked}
""")

    assert not result.passed
    assert "linked takes lists of keys for" in result.failure
