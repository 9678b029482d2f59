"""What `clearway heat` says, and how it refuses."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from clearway import engine
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import SYSTEM, Done

Run = Callable[..., Result]
PROCESSES = Path(__file__).resolve().parents[1] / "data" / "processes"


@pytest.fixture
def asked(house: House) -> None:
    """An errand that waits to be sorted."""
    bundle = engine.read_bundle(PROCESSES, "errand")
    house.roles |= {"desk", "board", "chair"}
    house.steps = {"fetch": dict}
    done = deploy(house, SYSTEM, bundle, parent=None, reason="first", once="deploy")
    assert isinstance(done, Done), done
    assert isinstance(start(house, SYSTEM, "errand", {"what": "a pen"}, once="ask"), Done)


def test_figures_come_as_table_json_and_csv(asked: None, run_in_house: Run):
    shown = run_in_house("heat", "errand")
    told = json.loads(run_in_house("heat", "errand", "-o", "json").stdout)
    listed = list(csv.DictReader(io.StringIO(run_in_house("heat", "errand", "-o", "csv").stdout)))

    assert shown.exit_code == 0, shown.output
    assert "Errand, version 1: 1 records" in shown.stdout
    [sort] = [it for it in told["elements"] if it["element"] == "sort"]
    assert (sort["entered"], sort["done"], sort["open"]) == (1, 0, 1)
    [row] = [it for it in listed if it["element"] == "sort"]
    assert (row["entered"], row["completed"], row["open"]) == ("1", "0", "1")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing"], 3, "There is no process nothing."),
        (["errand", "--version", "9"], 3, "errand has no version 9."),
        (["errand", "--version", "new"], 2, "A version is a number, or all."),
        (["errand", "--from", "monday"], 2, "--from takes a day"),
        (["errand", "--from", "2026-03-02", "--to", "2026-03-01"], 2, "ends before it begins"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(
    asked: None, run_in_house: Run, arguments: list[str], code: int, said: str
):
    result = run_in_house("heat", *arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
