"""What is said when the folder for Clearway's own data cannot be made."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clearway.cli.app import app
from clearway.settings import Settings
from clearway.web.__main__ import main as serve

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with this home and no database elsewhere."""

    def with_home(home: str, *arguments: str) -> Result:
        monkeypatch.delenv("CLEARWAY_DATABASE_URL", raising=False)
        monkeypatch.setenv("CLEARWAY_HOME", home)
        return CliRunner().invoke(app, list(arguments))

    return with_home


@pytest.mark.parametrize(
    "command",
    [("verify",), ("doctor",), ("pull", "incident"), ("token", "bob"), ("token", "alertmanager")],
)
def test_a_home_that_cannot_be_made_is_one_sentence_with_what_to_do(
    run: Run, command: tuple[str, ...]
):
    result = run("/proc/nope", *command)

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    (said,) = result.stderr.splitlines()
    assert "CLEARWAY_HOME" in said
    assert "/proc/nope" in said
    assert "name a folder that you may write to" in said
    assert "Errno" not in said


def test_a_home_that_is_a_file_is_one_sentence(run: Run, tmp_path: Path):
    file = tmp_path / "home"
    file.write_text("here first")

    result = run(str(file), "verify")

    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert str(file) in result.stderr
    assert file.read_text() == "here first"


def test_the_portal_says_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("CLEARWAY_DATABASE_URL", raising=False)
    monkeypatch.setenv("CLEARWAY_HOME", "/proc/nope")

    assert serve() == 1
    said = capsys.readouterr().err
    assert "CLEARWAY_HOME" in said
    assert len(said.splitlines()) == 1


def test_a_database_elsewhere_needs_no_home(tmp_path: Path):
    home = tmp_path / "home"

    Settings(home, tmp_path, database_url="postgresql://elsewhere/clearway").make_home()

    assert not home.exists()
