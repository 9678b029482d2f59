"""A state that a release has written is read by every later one, and goes on from there."""

import json
from pathlib import Path
from typing import Any

import pytest
from journey import DONE, FOLDER, journey, resumed, step
from playing import Play

from clearway.engine.state import FORMAT

FILES = sorted(FOLDER.glob("format-*.json"))


def _kept(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text())


def _is_over(run: Play) -> None:
    assert run.last.finished
    assert {name: run.count(name) for name in DONE} == DONE


def test_this_release_has_left_its_states():
    assert FOLDER / f"format-{FORMAT}.json" in FILES


def test_the_journey_is_made_in_one_go():
    run = journey()
    run.start()
    for what, value in _kept(FILES[-1])["steps"]:
        step(run, what, value)

    _is_over(run)


@pytest.mark.parametrize("file", FILES, ids=lambda it: it.stem)
def test_every_state_that_was_written_goes_on_to_the_same_end(file: Path):
    kept = _kept(file)

    for number in range(len(kept["steps"])):
        run = resumed(kept, number)
        for what, value in kept["steps"][number:]:
            step(run, what, value)
        _is_over(run)
