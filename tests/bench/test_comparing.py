"""What `make bench` compares with: locked, and said when it is missing."""

import json
import re
import sys
from pathlib import Path

import pytest

from benchmarks.engines import CASE
from benchmarks.engines import _result as engines_result
from benchmarks.meter import Slice
from benchmarks.peers.install import HERE, NotInstalled, node_modules_of
from benchmarks.peers.program import Program
from benchmarks.result import Goal, Result, as_text
from benchmarks.stage import PROCESSES
from clearway import engine
from clearway.engine.values import Severity, Surroundings

LOCKS = sorted(HERE.glob("*/requirements.txt"))


def test_each_peer_from_python_has_a_lock():
    assert [it.parent.name for it in LOCKS] == ["dbos", "spiffworkflow", "viewflow"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda it: it.parent.name)
def test_python_peers_have_hashes_and_no_address(lock: Path):
    text = lock.read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][^\n]*==[^\n]*", text, re.MULTILINE | re.IGNORECASE)

    assert re.findall(r"://|--(?:extra-)?index|--find-links| @ ", text) == []
    assert pinned
    assert [line for line in pinned if not line.endswith("\\")] == []


def test_the_npm_peer_has_hashes_and_no_address():
    lock = json.loads((HERE / "bpmn_engine" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert "node_modules/bpmn-engine" in packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_a_peer_that_cannot_be_installed_says_so_each_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    nobody = tmp_path / "nobody"
    nobody.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (nobody / name).write_text("nonsense")
    monkeypatch.setattr("benchmarks.peers.install.HERE", tmp_path)
    monkeypatch.setattr("benchmarks.peers.install.ENVIRONMENTS", tmp_path / "environments")

    for _ in range(2):
        with pytest.raises(NotInstalled, match="nobody cannot be installed: npm said"):
            node_modules_of("nobody")


def test_a_missing_peer_is_a_line_of_the_table():
    ours, spiff = "clearway: turn", "SpiffWorkflow 3.2.0"
    fact = {"bytes": 200, "open": [], "open after a round": []}
    slices = {
        (name, at): [Slice(1, cost, 0)] * 5
        for name, cost in ((ours, 1.0), (spiff, 10.0))
        for at in ("first", "later")
    }
    facts = {name: {"first": fact, "later": fact} for name in (ours, spiff)}
    node = "bpmn-engine 25.0.1 (node)"

    shown = as_text(CASE, engines_result(slices, facts, {node: "npm said: no network"}))

    assert re.search(rf"{re.escape(node)} +not installed", shown)
    assert "npm said: no network" in shown
    assert f"{node}, times ours, at the first step: not measured (goal: at least 35)" in shown
    assert f"{spiff}, times ours, at the first step: 10.00 (goal: at least 5; reached)" in shown
    assert f"{spiff}, times ours, after 20 loops: 10.00 (goal: at least 40; missed)" in shown


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (Goal(least=5), 5.0, True),
        (Goal(least=5), 4.9, False),
        (Goal(most=1.1), 1.1, True),
        (Goal(most=1.1), 1.2, False),
    ],
)
def test_a_goal_is_reached_or_missed(goal: Goal, value: float, met: bool):
    shown = as_text(CASE, Result([], {"it": value}, goals={"it": goal}))

    assert ("reached" in shown, "missed" in shown) == (met, not met)


def test_the_process_of_the_benchmarks_passes_the_gate():
    bundle = engine.read_bundle(PROCESSES, "rounds")
    known = Surroundings(frozenset(), frozenset(), frozenset({"service_desk"}))

    found = engine.check(bundle, known)

    assert [it for it in found if it.severity is Severity.ERROR] == []


def test_a_program_does_what_it_is_told_and_ends():
    command = [sys.executable, "-m", "benchmarks.peers.programs.clearway_engine"]

    with Program([*command, str(PROCESSES), "rounds", "2"]) as program:
        program.rest()
        program.order("later", 1)
        said = program.done()

    assert said["cpu"] > 0
    assert program.facts["later"]["open after a round"] == ["check", "work"]


def test_a_program_that_breaks_is_quoted():
    with pytest.raises(RuntimeError, match="no such thing"):
        Program([sys.executable, "-c", "raise SystemExit('no such thing')"])
