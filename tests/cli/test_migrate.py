"""`clearway migrate`: records of one version go on with another."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from clearway.bulk import Processes
from clearway.service.house import House
from clearway.service.migrate import Move, Verdict
from clearway.service.start import start
from clearway.service.values import Actor, Done

pytestmark = pytest.mark.database

ALICE = Actor("alice", roles=frozenset({"requester"}))
DESPITE = "despite scenarios: only a test"


@pytest.fixture
def keys(house: House, run_in_house: Any, errand: Path) -> list[str]:
    """Two records on version 1, where version 2 calls the first task otherwise."""
    diagram = errand / "errand.bpmn"
    text = diagram.read_text()
    for role in ("desk", "board", "chair"):
        text = text.replace(f'role="{role}"', 'role="requester"')
    diagram.write_text(text.replace('clearway:step="fetch"', 'clearway:step="find_context"'))
    deployed = run_in_house("deploy", str(errand), "--reason", DESPITE)
    assert deployed.exit_code == 0, deployed.output
    found: list[str] = []
    for what in ("a pen", "a piano"):
        done = start(house, ALICE, "errand", {"what": what}, once=what)
        assert isinstance(done, Done), done
        found.append(done.key)
    (errand / "forms" / "sort.json").rename(errand / "forms" / "triage.json")
    diagram.write_text(
        diagram.read_text().replace('"sort"', '"triage"').replace(">sort<", ">triage<")
    )
    deployed = run_in_house("deploy", str(errand), "--reason", DESPITE)
    assert deployed.exit_code == 0, deployed.output
    return found


def test_records_are_rehearsed_moved_and_brought_back(keys: list[str], run_in_house: Any):
    refused = run_in_house("migrate", "errand", "--to", "2", "--rehearse", "-o", "json")
    moved = ("migrate", "errand", "--to", "2", "--map", "sort=triage")
    ready = run_in_house(*moved, "--rehearse", "-o", "json")
    done = run_in_house(*moved, "--reason", "a better word", "-o", "json")
    again = run_in_house(*moved, "--reason", "a better word")
    undone = run_in_house("migrate", "--undo", keys[0], "-o", "json")

    assert refused.exit_code == 1
    assert [(it["key"], it["says"]) for it in json.loads(refused.stdout)] == [
        (key, "refused") for key in keys
    ]
    assert ready.exit_code == 0
    assert [it["says"] for it in json.loads(ready.stdout)] == ["ready", "ready"]
    assert json.loads(done.stdout) == {"moved": 2, "with_notes": 0, "there": 0, "refused": []}
    assert again.stdout.strip().endswith("is on another version: nothing was moved.")
    assert json.loads(undone.stdout) == {"key": keys[0], "version": 1}


def test_what_is_missing_is_said(keys: list[str], run_in_house: Any):
    answers = [
        run_in_house("migrate", "errand"),
        run_in_house("migrate", "errand", "--to", "2", "--map", "sort"),
        run_in_house("migrate", "errand", "--to", "2"),
        run_in_house("migrate", "errand", "--to", "7", "--reason", "x"),
        run_in_house("migrate", "--undo", "ERR-7"),
    ]

    assert [it.exit_code for it in answers] == [2, 2, 1, 1, 1]
    assert [it.stderr.splitlines()[-1][:40] for it in answers] == [
        "Name the process and, with --to, the ver",
        "--map sort does not say old=new, or says",
        "A reason is needed, so that others can u",
        "errand has no version 7. Look at its ver",
        "There is no record that you may see. Che",
    ]


def test_many_are_shared_by_processes(
    keys: list[str], run_in_house: Any, monkeypatch: pytest.MonkeyPatch
):
    """From so many on; here from two."""
    at = list[str]()

    class Counting(Processes):
        def __call__(self, move: Move, keys: Sequence[str]) -> Iterator[Verdict]:
            at.extend(keys)
            return super().__call__(move, keys)

    monkeypatch.setattr("clearway.cli.migrate.Processes", Counting)
    monkeypatch.setattr("clearway.cli.migrate._MANY", 2)

    done = run_in_house(
        "migrate", "errand", "--to", "2", "--map", "sort=triage", "--reason", "words", "-o", "json"
    )

    assert json.loads(done.stdout)["moved"] == 2, done.output
    assert at == keys


def test_a_process_that_is_ended_from_outside_is_told_with_what_to_do(
    keys: list[str], run_in_house: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("clearway.cli.migrate._MANY", 2)
    monkeypatch.setattr("clearway.bulk._enter", os._exit)

    done = run_in_house(
        "migrate", "errand", "--to", "2", "--map", "sort=triage", "--reason", "words"
    )

    assert done.exit_code == 1
    assert "give the same line again" in done.output
