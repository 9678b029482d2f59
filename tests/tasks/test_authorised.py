"""No sequence of commands brings a normal change to work that nobody authorised."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from authorised import material_fields, what_is_wrong
from wanderer import Wanderer

from clearway import engine
from clearway.engine.values import Bundle
from clearway.now import HandClock
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.values import SYSTEM, Done
from clearway.store.database import Store
from integrations.silent import Silent
from tasks.catalogue import STEPS, bind
from tasks.doors import doors_of

pytestmark = pytest.mark.database

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
RECORD = "change/record.json"
MATERIAL = material_fields(BPMN / RECORD)
STEPS_OF_ONE = 120
# A dozen in short; `make authorised` takes a thousand. Others: AUTHORISED_FROM=5000.
MANY = int(os.environ.get("AUTHORISED", "12"))
FIRST = int(os.environ.get("AUTHORISED_FROM", "0"))
PUT_INTO_WORK = """UPDATE instance SET state = 'implement',
record = record || '{"change_type": "normal", "author": "alice"}' RETURNING key"""
SHARE = min(MANY, 50)


@dataclass
class Found:
    """What so many sequences came to."""

    commands: int
    begun: int
    told: Counter[str]
    wrong: str | None


def renamed() -> Bundle:
    """The process as it is, with another name for one of its tasks: the other version."""
    read = engine.read_bundle(BPMN, "change")
    name = "change/change.bpmn"
    drawn = read.files[name].decode().replace('"Make the change"', '"Do the change"')
    return Bundle("change", {**read.files, name: drawn.encode()})


def heedless() -> Bundle:
    """A process in which whatever a round says goes on as a yes."""
    read = engine.read_bundle(BPMN, "change")
    name = "change/change.bpmn"
    drawn, many = re.subn(
        r'(?<=>)record\.approval = "approved"[^<]*(?=</bpmn:conditionExpression>)',
        'record.approval != "deferred"',
        read.files[name].decode(),
        count=1,
    )
    assert many == 1
    return Bundle("change", {**read.files, name: drawn.encode()})


def forgetful() -> Bundle:
    """A process in which nothing that is changed voids a vote."""
    read = engine.read_bundle(BPMN, "change")
    record = json.loads(read.files[RECORD])
    for it in record["properties"].values():
        it.pop("x-material", None)
    return Bundle("change", {**read.files, RECORD: json.dumps(record).encode()})


@pytest.fixture
def walked(database_url: str, hand_clock: HandClock) -> Callable[..., Found]:
    """Live so many sequences, with this version beside the first one and these rules."""

    def walk(many: range, beside: Bundle) -> Found:
        found = Found(0, 0, Counter(), None)
        with house_of(database_url, hand_clock, beside) as house:
            calls = bind(STEPS, Silent().by_name(), doors_of(house, base_url="https://x.example"))
            for seed in many:
                wanderer = Wanderer(house, hand_clock, dict(calls), seed, database_url)
                if not live(wanderer, found, STEPS_OF_ONE):
                    break
        return found

    return walk


@contextmanager
def house_of(url: str, clock: HandClock, beside: Bundle) -> Iterator[House]:
    with closing(Store(url)) as store:
        house = House(store, clock, steps=dict.fromkeys(STEPS, lambda _: {}))
        reason = "despite scenarios: only a test"
        done = deploy(house, SYSTEM, beside, parent=1, reason=reason, once="beside")
        assert isinstance(done, Done), done
        yield house


def live(wanderer: Wanderer, found: Found, steps: int) -> bool:
    """Whether nothing was wrong after any command of this sequence."""
    state = None
    with closing(wanderer):
        for number in range(steps):
            what = wanderer.step()
            found.commands += 1
            before, state = state, wanderer.state()
            found.begun += state == "implement" != before
            if wrong := what_is_wrong(wanderer.rows, wanderer.key, MATERIAL):
                found.wrong = f"seed {wanderer.seed}, command {number} ({what}): {wrong[0]}"
                return False
            if state in {"cancelled", "closed"}:
                break
        wanderer.end()
    found.told.update(wanderer.told)
    return True


@pytest.mark.parametrize("first", range(FIRST, FIRST + MANY, SHARE))
def test_nothing_that_people_do_brings_a_change_to_work_unauthorised(
    walked: Callable[..., Found], first: int
):
    many = range(first, min(first + SHARE, FIRST + MANY))

    found = walked(many, renamed())

    print(f"{len(many)} sequences, {found.commands} commands, {found.begun} begun: {found.told}")
    assert found.wrong is None
    assert found.begun > 0
    assert found.told["vote done"] > len(many)
    assert found.told["vote refused"] > len(many)


def test_a_change_that_is_put_into_work_behind_everybodys_back_is_found(
    walked: Callable[..., Found], database_url: str
):
    walked(range(1), renamed())

    with psycopg.connect(database_url) as rows:
        rows.execute("UPDATE round SET outcome = 'rejected' WHERE outcome = 'approved'")
        [(key,)] = rows.execute(PUT_INTO_WORK).fetchall()
        wrong = what_is_wrong(rows, key, MATERIAL)

    assert any("any round did not say yes" in it for it in wrong)


HOLES = {"a no is taken for a yes": heedless, "the plan is changed after the votes": forgetful}
"""Planted holes; each is found within three hundred changes, which takes minutes."""

if MANY >= 100:

    @pytest.mark.parametrize("hole", HOLES)
    def test_a_planted_hole_is_found(walked: Callable[..., Found], hole: str):
        found = walked(range(300), HOLES[hole]())

        assert found.wrong is not None
        assert "did not say yes to what is done" in found.wrong
