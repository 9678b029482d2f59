"""A new process: what it begins with passes the gate, runs, and is in its normal form."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from clearway.cli.app import app
from clearway.diagrams.layout import layout


def new(name: str, into: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["process", "new", name, "--into", str(into), *more])


@pytest.mark.parametrize("name", ["access_request", "a", "decide", "x-9", "agreed", "n" * 40])
def test_a_new_process_passes_the_gate_and_its_scenarios(name: str, tmp_path: Path):
    made = new(name, tmp_path, "--title", 'Access & <rights> for "us"')

    linted = CliRunner().invoke(app, ["lint", str(tmp_path / name)])
    tested = CliRunner().invoke(app, ["test", str(tmp_path / name)])
    tidy = CliRunner().invoke(app, ["fmt", "--check", str(tmp_path)])
    assert made.exit_code == 0, made.output
    assert linted.stdout == "Nothing found.\n"
    assert tested.exit_code == 0, tested.output
    assert "2 passed, 0 failed" in tested.stdout
    assert tidy.exit_code == 0
    diagram = (tmp_path / name / f"{name}.bpmn").read_bytes()
    assert layout(diagram).missing == 0
    assert b'name="Access &amp; &lt;rights&gt; for &quot;us&quot;"' in diagram


def test_the_keys_of_its_records_begin_like_no_others(tmp_path: Path):
    for name in ("access_request", "access_review", "access", "acc", "acc_2"):
        assert new(name, tmp_path).exit_code == 0

    records = [json.loads(it.read_text()) for it in tmp_path.glob("*/record.json")]
    prefixes = [it["x-key-prefix"] for it in records]
    assert len(prefixes) == len(set(prefixes)) == 5
    assert all(it.isalnum() and len(it) <= 8 for it in prefixes)


@pytest.mark.parametrize(
    "name", ["", "Access", "1st", "a b", "../out", "shared", "ä", "-a", "n" * 41, "a/b", "a\nb"]
)
def test_bad_names_are_refused_and_nothing_is_made(name: str, tmp_path: Path):
    made = CliRunner().invoke(app, ["process", "new", "--into", str(tmp_path), "--", name])

    assert made.exit_code == 1
    assert "name" in made.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_already_stays(tmp_path: Path):
    (tmp_path / "access").mkdir()

    made = new("access", tmp_path)

    assert made.exit_code == 1
    assert "is there already" in made.stderr
    assert list((tmp_path / "access").iterdir()) == []


def test_a_folder_that_is_not_there_and_a_bad_title_are_named(tmp_path: Path):
    missing, title = new("access", tmp_path / "gone"), new("access", tmp_path, "--title", "x" * 101)

    assert missing.exit_code == 2
    assert "There is no folder" in missing.stderr
    assert title.exit_code == 1
    assert "at most 100 letters" in title.stderr
