"""`clearway decision recorded`: past evaluations, as a table and for `decision diff`."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from parcel import parcel
from people import actors, enter
from typer.testing import CliRunner

from clearway.cli.decision_records import recorded
from clearway.decisions import read_decisions
from clearway.decisions.recorded import Judge, case_of
from clearway.service.deploy import deploy
from clearway.service.evaluate import Question, evaluate
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done
from clearway.store import jsonb

pytestmark = pytest.mark.database

_MEMBERS = {"alice": ("requester",), "bob": ("desk",), "grace": ("process_owner",)}
RULES = "parcel/rules.dmn"


@pytest.fixture
def ask(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """The command alone, on this test's own database."""
    monkeypatch.setenv("CLEARWAY_DATABASE_URL", database_url)
    monkeypatch.setenv("CLEARWAY_HOME", str(tmp_path / "home"))
    app = typer.Typer()
    app.command()(recorded)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def grace(house: House, database_url: str) -> Actor:
    """A process owner, with three parcels on their way and a question that was asked."""
    enter(database_url, _MEMBERS)
    people = actors(_MEMBERS)
    done = deploy(house, people["grace"], parcel(), parent=None, reason="first", once="p")
    assert isinstance(done, Done), done
    for weight, care in ((1, "none"), (Decimal("9.5"), "glass"), (40, "glass")):
        values = {"what": f"{weight} {care}", "weight": weight, "care": care}
        sent = start(house, people["alice"], "parcel", values, once=str(weight))
        assert isinstance(sent, Done), sent
    context = {"record": {"weight": 2, "care": "glass"}}
    asked = evaluate(house, people["grace"], Question("parcel", "carrier", context), once="q")
    assert isinstance(asked, Done), asked
    return people["grace"]


@pytest.mark.usefixtures("grace")
def test_each_line_is_one_evaluation(ask: Any):
    told = ask("parcel", "carrier", "-o", "json")

    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert [set(each) for each in found] == [
        {
            *("id", "at", "record", "by", "decision", "version", "element"),
            *("inputs", "rules", "outputs"),
        }
    ] * 4
    by_record = {each["record"]: (each["by"], each["rules"], each["outputs"]) for each in found}
    assert by_record == {
        "PAR-1001": ("alice", [1], {"carrier": "bike"}),
        "PAR-1002": ("alice", [2], {"carrier": "van"}),
        "PAR-1003": ("alice", [3], {"carrier": "van"}),
        None: ("grace", [2], {"carrier": "van"}),
    }


@pytest.mark.usefixtures("grace")
def test_the_lines_tell_which_cases_another_table_decides_otherwise(ask: Any):
    before = read_decisions(parcel().files[RULES], RULES)
    row = '"glass"</text></inputEntry>\n        <outputEntry><text>'
    changed = parcel(f'{row}"van"', f'{row}"bike"')
    after = read_decisions(changed.files[RULES], RULES)

    lines = ask("parcel", "carrier", "-o", "json").stdout.splitlines()
    judge = Judge(before, after)
    judged = [judge.judged(case_of(jsonb.loads(line), 1)) for line in lines]

    assert [each.unjudged for each in judged] == [""] * 4
    assert not any(each.recorded_otherwise for each in judged)
    assert {each.case.record for each in judged if each.otherwise} == {"PAR-1002", ""}


@pytest.mark.usefixtures("grace")
def test_people_read_a_table(ask: Any):
    told = ask("parcel", "carrier")

    assert told.exit_code == 0
    assert "PAR-1002" in told.stdout
    assert ask("parcel", "odd").stdout.strip() == "Nothing is recorded."


@pytest.mark.usefixtures("grace")
def test_what_is_not_there_is_told(ask: Any):
    for process, decision in (("no", "carrier"), ("parcel", "no")):
        told = ask(process, decision)

        assert told.exit_code == 1
        assert "no" in told.stderr
