"""A second `clearway up`: it says that it is Clearway itself that runs here."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clearway import lock_file
from clearway.cli.app import app

Up = Callable[[], Result]


@pytest.fixture
def port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, port: int) -> Up:
    monkeypatch.delenv("CLEARWAY_DATABASE_URL", raising=False)
    monkeypatch.setenv("CLEARWAY_HOME", str(tmp_path))
    monkeypatch.setenv("CLEARWAY_PORT", str(port))
    return lambda: CliRunner().invoke(app, ["up"])


def test_it_names_the_process_that_runs_here(up: Up, tmp_path: Path):
    with lock_file.take(tmp_path / "up.lock") or pytest.fail("somebody has it"):
        done = up()

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        f"Clearway already runs here (process {os.getpid()}, with its data in {tmp_path}): "
        "stop it with Ctrl-C there, or name another folder with CLEARWAY_HOME.\n"
    )


@pytest.mark.parametrize("has_run_before", [True, False])
def test_where_none_runs_it_is_the_port_that_is_in_use(
    up: Up, tmp_path: Path, port: int, has_run_before: bool
):
    if has_run_before:
        (tmp_path / "up.lock").write_text("1")

    done = up()

    assert done.exit_code == 1
    assert done.stderr.startswith(f"Port {port} is in use: stop what uses it, or choose another")
