"""A state that a release has written is read by every later one, and goes on from there."""

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from journey import FOLDER, JOURNEYS, Journey, resumed, step
from playing import Play

from clearway.engine import StateError, build, waits
from clearway.engine.state import FORMAT

FILES = sorted(FOLDER.glob("format-*.json"))


def _kept(file: Path) -> tuple[Journey, dict[str, Any]]:
    _, _, name = file.stem.split("-")
    return JOURNEYS[name], json.loads(file.read_text())


def _is_over(journey: Journey, run: Play) -> None:
    assert run.last.finished
    assert {name: run.count(name) for name in journey.done} == journey.done


@pytest.mark.parametrize("name", JOURNEYS)
def test_this_release_has_left_its_states(name: str):
    assert FOLDER / f"format-{FORMAT}-{name}.json" in FILES


@pytest.mark.parametrize("name", JOURNEYS)
def test_the_journey_is_made_in_one_go(name: str):
    journey = JOURNEYS[name]
    run = journey.play()
    run.start()
    for what, value in journey.steps:
        step(run, what, value)

    _is_over(journey, run)


@pytest.mark.parametrize("file", FILES, ids=lambda it: it.stem)
def test_what_is_damaged_of_an_older_state_is_told_or_read_and_never_fails_otherwise(file: Path):
    """They have no checksum: a changed letter can be read as another one."""
    chance = random.Random(20260302)
    _, kept = _kept(file)
    run = resumed(kept, 0)
    blueprint, told = build(run.bundle, strict=False), 0

    for stop in kept["stops"]:
        whole = base64.b64decode(stop["state"])
        for damaged in _damaged(whole, chance):
            try:
                waits(blueprint, damaged, run.world)
            except StateError as error:
                told += bool(str(error))

    assert told > 10 * len(kept["stops"])


def _damaged(whole: bytes, chance: random.Random) -> Iterator[bytes]:
    for _ in range(40):
        place = chance.randrange(3, len(whole))
        yield whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]
    yield whole[: chance.randrange(len(whole))]


@pytest.mark.parametrize("file", FILES, ids=lambda it: it.stem)
def test_every_state_that_was_written_goes_on_to_the_same_end(file: Path):
    journey, kept = _kept(file)

    for number in range(len(kept["steps"])):
        run = resumed(kept, number)
        for what, value in kept["steps"][number:]:
            step(run, what, value)
        _is_over(journey, run)
