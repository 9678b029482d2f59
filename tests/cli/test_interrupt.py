"""Ctrl-C while `clearway up` is still starting: one line, and no process is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from postbox import free_port

from clearway.leash import descendants

STOPPED = "Stopped with Ctrl-C.\n"

# Ctrl-C comes when this module begins to be imported.
INTERRUPTED_AT = """
import importlib.abc, os, signal, sys
class Press(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)
module = sys.argv[1]
sys.meta_path.insert(0, Press())
from clearway.cli import main
sys.argv = ["clearway", "up"]
main()
"""


@pytest.mark.parametrize("module", ["typer", "clearway.service.house", "clearway.supervisor"])
def test_while_modules_are_imported(module: str):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_AT, module],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=_hears_ctrl_c,
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", STOPPED)


@pytest.mark.database
@pytest.mark.parametrize("stage", ["starting PostgreSQL", "bringing", "deploying"])
def test_before_the_portal_is_there(tmp_path: Path, eventually: Callable[..., None], stage: str):
    environment = {name: it for name, it in os.environ.items() if name != "CLEARWAY_DATABASE_URL"}
    environment["CLEARWAY_HOME"] = str(tmp_path / "home")
    environment["CLEARWAY_PORT"] = str(free_port())
    environment["CLEARWAY_PREFECT_PORT"] = str(free_port())
    with subprocess.Popen(
        [sys.executable, "-m", "clearway", "up"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A terminal tells all processes of the foreground.
        start_new_session=True,
        preexec_fn=_hears_ctrl_c,
    ) as up:
        assert up.stdout is not None
        while not up.stdout.readline().startswith(f"clearway: {stage}"):
            assert up.poll() is None
        tree = [up.pid, *descendants(up.pid)]

        os.killpg(up.pid, signal.SIGINT)
        _, told = up.communicate(timeout=60)

    assert (up.returncode, told) == (130, STOPPED)
    eventually(
        lambda: not any(Path("/proc", str(pid)).exists() for pid in tree), "a process was left"
    )


def _hears_ctrl_c() -> None:
    # What runs in the background of a shell would ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
