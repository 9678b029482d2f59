"""Trying a process: a run is played again for each doing, and is kept as a scenario that passes."""

import base64
import os
import random
import time
import zlib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from trial_draws import doing, start

from clearway.engine import read_bundle
from clearway.engine.bundle import scenario_files
from clearway.engine.values import Surroundings
from clearway.errors import ClearwayError
from clearway.service.deployed import Deployed
from clearway.service.scenario_file import read_scenario
from clearway.service.scenario_text import as_plain, written
from clearway.service.scenarios import run_scenarios
from clearway.service.values import Refusal
from clearway.service.workshop.keeping import Kept, keep
from clearway.service.workshop.run import (
    MOST_DOINGS,
    UnusableRun,
    back_to,
    packed,
    run_from,
    run_of,
    unpacked,
    with_doing,
)
from clearway.service.workshop.standing import standing_of
from clearway.service.workshop.trying import Sandbox, Tried
from clearway.store import jsonb
from processes.catalogue import RULES

FOLDER = Path(__file__).resolve().parents[2] / "bpmn"
PROCESSES = sorted(it.name for it in FOLDER.iterdir() if (it / f"{it.name}.bpmn").exists())
ERRAND = {
    "start": {"what": "a pen"},
    "as": "alice",
    "registry": {
        "people": {"alice": ["requester"], "bob": ["desk"], "carol": ["desk"]},
        "groups": {"desk": ["bob", "carol"]},
    },
}


def packed_as(value: object) -> str:
    """Any value in the shape of a run that a form carries."""
    return base64.urlsafe_b64encode(zlib.compress(jsonb.dumps(value).encode())).decode()


def _sandbox(process: str) -> Sandbox:
    return Sandbox(Deployed(read_bundle(FOLDER, process)), {}, RULES)


@pytest.fixture
def sandbox(errand) -> Sandbox:
    return Sandbox(
        Deployed(errand), {"fetch": lambda it: {"place": f"shelf of {it['what']}"}}, RULES
    )


def stops(steps: int, path: str) -> Sequence[int]:
    """After which steps a scenario is kept: at both ends and twice between, or TRYING=all."""
    if os.environ.get("TRYING") == "all":
        return range(steps + 1)
    between = random.Random(path).sample(range(1, steps), min(2, max(0, steps - 1)))
    return sorted({0, steps, *between})


@pytest.mark.parametrize("process", PROCESSES)
def test_every_scenario_can_be_tried_and_kept_wherever_it_stops(process: str):
    sandbox = _sandbox(process)
    for path in scenario_files(sandbox.deployed.bundle):
        run = run_from(read_scenario(sandbox.deployed.bundle.files[path]))
        for number in stops(len(run.steps), path):
            kept = keep(sandbox, unpacked(packed(back_to(run, number))), "As it was tried")

            assert isinstance(kept, Kept), (path, number, kept)


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("seed", range(6))
def test_a_random_run_is_kept_as_a_scenario_that_passes_and_stays_as_it_is(process: str, seed: int):
    draw, sandbox = Random(f"{process} {seed}"), _sandbox(process)
    run = start(draw, sandbox)
    if run is None:
        pytest.skip("nobody starts it")
    tried = sandbox.replay(run)
    for _ in range(40):
        if tried.trial is None:
            run = start(draw, sandbox)
            assert run is not None
            tried = sandbox.replay(run)
            continue
        words = doing(draw, tried)
        if words is None:
            break
        tried = replace(sandbox.do(tried, words), refusal=None)
    assert tried.trial is not None

    kept = keep(sandbox, tried.run, f"Drawn with {seed}")

    assert isinstance(kept, Kept), kept
    bundle = sandbox.deployed.bundle
    bundle = replace(bundle, files={**bundle.files, kept.path: kept.content})
    name = kept.path.rpartition("/")[2]
    [result] = run_scenarios(bundle, Surroundings(), {}, RULES, select=[name])
    assert result.failure == ""
    assert written(read_scenario(kept.content)) == kept.content
    assert sandbox.replay(unpacked(packed(tried.run))).trial is not None


def test_a_doing_is_added_and_what_came_of_it_is_seen(sandbox: Sandbox):
    tried = sandbox.replay(run_of(ERRAND))

    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": 2}})
    tried = sandbox.let_answer(tried, "fetch")

    assert tried.refusal is None
    assert tried.trial is not None
    last = tried.trial.doings[-1]
    assert last.changed["place"] == (None, "shelf of a pen")
    assert (last.state, last.waiting) == ("bringing", ["bring"])
    assert [step.kind for step in tried.run.steps] == ["complete", "step"]


def test_what_the_command_would_refuse_is_said_and_not_added(sandbox: Sandbox):
    tried = sandbox.replay(run_of(ERRAND))

    tried = sandbox.do(tried, {"complete": "sort", "as": "alice", "with": {"weight": 2}})

    assert isinstance(tried.refusal, Refusal)
    assert "desk" in tried.refusal.text
    assert list(tried.run.steps) == []
    assert tried.trial is not None
    assert len(tried.trial.doings) == 1


def test_values_that_the_form_refuses_are_told_by_field(sandbox: Sandbox):
    tried = sandbox.replay(run_of(ERRAND))

    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": "heavy"}})

    assert tried.refusal is not None
    assert "weight" in tried.refusal.fields


def test_time_passes_to_the_next_timer_and_can_be_taken_back(sandbox: Sandbox):
    tried = sandbox.replay(run_of(ERRAND))
    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": 2}})
    tried = sandbox.let_answer(tried, "fetch")
    assert tried.trial is not None
    before = tried.trial.clock()

    later = sandbox.until_next_timer(tried)

    assert later.trial is not None
    assert later.trial.clock() > before
    assert [it.template for it in later.trial.doings[-1].notices] == ["nag"]
    again = sandbox.replay(back_to(later.run, 2))
    assert again.trial is not None
    assert again.trial.clock() == before


def test_a_run_that_no_longer_fits_stops_where_it_does_not(sandbox: Sandbox):
    steps = [
        {"complete": "sort", "as": "bob", "with": {"weight": 2}},
        {"complete": "gone", "as": "bob"},
        {"comment": "Never reached", "as": "alice"},
    ]

    tried = sandbox.replay(run_of({**ERRAND, "steps": steps}))

    assert tried.refusal is not None
    assert tried.refusal.text.startswith("From doing 2 on the run no longer fits: No task gone")
    assert len(tried.run.steps) == 1


def test_a_run_has_an_end(sandbox: Sandbox):
    run = run_of({**ERRAND, "steps": [{"comment": "again", "as": "alice"}] * MOST_DOINGS})

    with pytest.raises(UnusableRun, match="at most 200 doings"):
        with_doing(run, {"comment": "once more", "as": "alice"})

    with pytest.raises(UnusableRun, match="KiB"):
        packed(run_of({**ERRAND, "start": {"what": "x" * 300_000}}))


def test_so_much_time_that_it_goes_on_and_on_is_refused(sandbox: Sandbox):
    tried = sandbox.replay(run_of(ERRAND))
    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": 2}})
    tried = sandbox.let_answer(tried, "fetch")

    tried = sandbox.do(tried, {"pass": "P999999D"})

    assert tried.refusal is not None
    assert "pass needs a duration" in tried.refusal.text or "goes on and on" in tried.refusal.text
    assert len(tried.run.steps) == 2


@pytest.mark.parametrize(
    "carried",
    [
        "",
        "none of ours",
        "!!!!",
        "eJw=",
        *(
            packed_as(value)
            for value in (
                [],
                {"steps": 7},
                {"steps": [7]},
                {"steps": [{"expect": {}}]},
                {"steps": [{"complete": {"a": 1}}]},
                {"steps": [{"complete": "sort", "with": "heavy"}]},
                {"steps": [{"complete": "sort", "claim": "sort"}]},
                {"steps": [{"vote": "yes"}]},
                {"steps": [{"step": "fetch"}]},
                {"steps": [{"pass": "P1D", "colour": "red"}]},
                {"as": 7},
                {"at": "yesterday"},
                {"start": []},
                {"registry": {"people": {"alice": "requester"}}},
                {"registry": {"services": {}}},
                {"steps": [{"comment": "x"}] * 201},
                {"x": 1},
            )
        ),
    ],
)
def test_what_is_no_run_of_ours_is_refused_in_words(carried: str):
    with pytest.raises(UnusableRun) as caught:
        unpacked(carried)

    assert str(caught.value).endswith(".")


def test_a_bomb_is_not_unpacked():
    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" * 50_000_000, 9)).decode()

    with pytest.raises(UnusableRun, match="too long"):
        unpacked(bomb)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_scenario_needs_a_name(sandbox: Sandbox, name: str):
    refusal = keep(sandbox, run_of(ERRAND), name)

    assert isinstance(refusal, Refusal)
    assert "name" in refusal.fields


def test_a_name_that_a_scenario_has_already_is_refused():
    sandbox = _sandbox("incident")
    bundle = sandbox.deployed.bundle
    path = "incident/scenarios/caller_accepts.yaml"
    scenario = read_scenario(bundle.files[path])

    for name in (scenario.name, "Caller accepts"):
        refusal = keep(sandbox, run_from(scenario), name)

        assert isinstance(refusal, Refusal), name
        assert path in refusal.text


def test_a_step_without_an_answer_waits_in_the_scenario_too(sandbox: Sandbox):
    tried = sandbox.replay(run_of(ERRAND))
    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": 2}})

    kept = keep(sandbox, tried.run, "It waits for the shelf")

    assert isinstance(kept, Kept), kept
    assert b"  - step: fetch\n    waits: true\n" in kept.content


def test_numbers_of_any_length_are_kept_exactly(sandbox: Sandbox):
    tried = sandbox.replay(run_of(ERRAND))
    weight = Decimal("2.000000000000000000000000000000001")

    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": weight}})

    assert tried.refusal is None, tried.refusal
    kept = keep(sandbox, tried.run, "A heavy pen")
    assert isinstance(kept, Kept), kept
    assert f"weight: {weight}".encode() in kept.content


def test_thirty_doings_are_played_again_in_well_under_a_second():
    sandbox = _sandbox("incident")
    path = "incident/scenarios/parent_holds_its_children.yaml"
    run = run_from(read_scenario(sandbox.deployed.bundle.files[path]))
    comments = [{"comment": f"News {number}", "as": "alice"} for number in range(22)]
    run = run_of({**as_plain(run), "steps": [*as_plain(run)["steps"], *comments]})
    assert len(run.steps) == 30
    sandbox.replay(run)

    began = time.process_time()
    tried = sandbox.replay(run)

    assert tried.refusal is None
    assert time.process_time() - began < 0.5


def _brought(sandbox: Sandbox) -> Tried:
    """Somebody brings the pen now."""
    tried = sandbox.replay(run_of(ERRAND))
    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": 2}})
    return sandbox.let_answer(tried, "fetch")


def test_what_would_go_on_and_on_is_refused_and_leaves_no_mark(errand):
    once = b'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P1D</bpmn:timeDuration>'
    often = b'<bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/PT1M</bpmn:timeCycle>'
    path = "errand/errand.bpmn"
    bundle = replace(
        errand, files={**errand.files, path: errand.files[path].replace(once, often, 1)}
    )
    tried = _brought(Sandbox(Deployed(bundle), {"fetch": lambda _: {"place": "shelf"}}, RULES))
    assert tried.trial is not None
    before = tried.trial.clock()

    tried = Sandbox(Deployed(bundle), {}, RULES).do(tried, {"pass": "P30D"})

    assert tried.refusal is not None
    assert "goes on and on" in tried.refusal.text
    assert tried.trial is not None
    assert tried.trial.clock() == before


def test_an_answer_that_stops_the_process_shows_its_fault_and_can_be_kept(sandbox: Sandbox):
    tried = sandbox.replay(run_of(ERRAND))
    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": 2}})

    tried = sandbox.do(tried, {"step": "fetch", "answers": {"place": 7}})

    assert tried.refusal is None
    assert tried.trial is not None
    [fault] = tried.trial.now().faults
    assert fault.element == "fetch"
    assert "place" in fault.cause
    kept = keep(sandbox, tried.run, "The shelf is a number")
    assert isinstance(kept, Kept), kept
    assert b"faults: 1" in kept.content


def test_other_records_can_be_linked_in_a_run(sandbox: Sandbox):
    tried = sandbox.do(_brought(sandbox), {"linked": {"waits_for": ["INC-9"]}})

    assert tried.refusal is None
    wrong = sandbox.do(tried, {"linked": {"likes": ["INC-9"]}})
    assert wrong.refusal is not None
    assert "waits_for" in wrong.refusal.text


def test_what_waits_says_for_whom_and_why_not_for_others(sandbox: Sandbox):
    trial = sandbox.replay(run_of(ERRAND)).trial
    assert trial is not None

    standing = standing_of(trial)

    [task] = standing.tasks
    assert (task.element, list(task.may)) == ("sort", ["bob", "carol"])
    assert "desk" in task.may_not["alice"]
    assert standing.tokens == {"sort": 1}


def test_a_step_is_asked_for_what_the_diagram_reads_of_it(sandbox: Sandbox):
    tried = sandbox.replay(run_of(ERRAND))
    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": 2}})
    assert tried.trial is not None

    [job] = standing_of(tried.trial).jobs

    assert list(job.schema["properties"]) == ["place"]
    assert job.is_next


def _at_home(_inputs):
    raise ClearwayError("the registry is asked for this")


def _broken(inputs):
    return {"place": inputs["no such input"]}


@pytest.mark.parametrize(
    ("step", "told"), [(_at_home, "the registry is asked"), (_broken, "stopped: KeyError")]
)
def test_a_step_that_cannot_answer_by_itself_says_so(errand, step, told: str):
    sandbox = Sandbox(Deployed(errand), {"fetch": step}, RULES)
    tried = sandbox.replay(run_of(ERRAND))
    tried = sandbox.do(tried, {"complete": "sort", "as": "bob", "with": {"weight": 2}})

    tried = sandbox.let_answer(tried, "fetch")

    assert tried.refusal is not None
    assert told in tried.refusal.text
    assert len(tried.run.steps) == 1
