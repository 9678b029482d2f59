"""Coverage: which nodes, boundary events, flows and rules the scenarios of a process pass."""

from dataclasses import replace
from pathlib import Path

import pytest

from clearway.engine import read_bundle
from clearway.engine.values import Surroundings
from clearway.service.deployed import Deployed
from clearway.service.scenarios import run_scenarios
from clearway.service.workshop.coverage import Coverage, coverage_of
from processes.catalogue import RULES

FOLDER = Path(__file__).resolve().parents[2] / "bpmn"
HEAD = """scenario: A pen is brought
start: {what: a pen}
as: alice
registry:
  people: {alice: [requester], bob: [desk], carol: [desk]}
  groups: {desk: [bob, carol]}
steps:
"""


def _fetch(inputs):
    return {"place": f"shelf of {inputs['what']}"}


@pytest.fixture
def cover(errand):
    """The coverage of the process by one scenario with these lines."""

    def run(lines: str) -> Coverage:
        bundle = replace(
            errand, files={**errand.files, "errand/scenarios/one.yaml": (HEAD + lines).encode()}
        )
        results = run_scenarios(bundle, Surroundings(), {"fetch": _fetch}, RULES)
        return coverage_of(Deployed(bundle), results)

    return run


def _passed(coverage: Coverage, sort: str) -> set[str]:
    return {it.element for it in coverage.parts if it.sort == sort and it.is_passed}


SORTED = """
  - complete: sort
    as: bob
    with: {weight: 2}
"""


def test_nodes_and_flows_are_passed_where_tokens_went_and_nowhere_else(cover, errand):
    coverage = cover(SORTED)
    elements = Deployed(errand).elements

    assert {"sort", "fetch", "bring"} <= _passed(coverage, "node")
    assert "approve" not in _passed(coverage, "node")
    for flow in _passed(coverage, "flow"):
        assert elements[flow].incoming[0] in _passed(coverage, "node") | _passed(
            coverage, "boundary"
        )
    assert any(it.element == "approve" for it in coverage.missed)


def test_a_boundary_event_is_passed_when_it_happens(cover):
    waits = cover(SORTED)
    happens = cover(SORTED + "  - pass: P1D\n")

    assert "late" not in _passed(waits, "boundary")
    assert "late" in _passed(happens, "boundary")
    assert len(_passed(happens, "flow")) > len(_passed(waits, "flow"))


def test_each_part_names_the_scenarios_that_pass_it(cover):
    coverage = cover(SORTED)

    sort = next(it for it in coverage.parts if it.element == "sort")
    assert list(sort.by) == ["A pen is brought"]


def test_rules_are_passed_when_they_fire_also_those_that_another_decision_needs():
    bundle = read_bundle(FOLDER, "change")
    results = run_scenarios(bundle, Surroundings(), {}, RULES)

    coverage = coverage_of(Deployed(bundle), results)

    rules = {(it.element, it.rule): it for it in coverage.parts if it.sort == "rule"}
    assert rules["risk_band", 1].file == "change/risk_band.dmn"
    assert any(it.is_passed for (name, _), it in rules.items() if name == "risk_score")
    passed, of = coverage.totals["rule"]
    assert 0 < passed < of


@pytest.mark.parametrize("process", ["change", "incident", "onboarding", "problem"])
def test_the_scenarios_that_we_ship_pass_every_element_and_every_flow(process: str):
    bundle = read_bundle(FOLDER, process)
    results = run_scenarios(bundle, Surroundings(), {}, RULES)

    missed = coverage_of(Deployed(bundle), results).missed

    assert [it.label for it in missed if it.sort != "rule"] == []
