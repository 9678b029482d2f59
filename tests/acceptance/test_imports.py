"""The portal and the command line start without Prefect, which only workers load."""

import json
import subprocess
import sys

import pytest

LOOK = """
import importlib, json, sys
sys.argv = ["clearway"]
for name in {modules!r}:
    importlib.import_module(name)
print(json.dumps(sorted(name for name in sys.modules if name.split(".")[0] == "prefect")))
"""
PORTAL = ("clearway.web.app", "clearway.web.__main__", "clearway.wiring")
COMMANDS = ("clearway.cli", "clearway.cli.app", "clearway.cli.running", "clearway.wiring")


@pytest.mark.parametrize("modules", [PORTAL, COMMANDS], ids=["portal", "command line"])
def test_it_starts_without_prefect(modules: tuple[str, ...]):
    assert _prefect_modules(modules) == []


def test_the_look_would_see_prefect():
    assert "prefect" in _prefect_modules(("tasks.flows",))


@pytest.mark.parametrize("arguments", [["feel", "1 + 1"], ["--help"], ["token", "alertmanager"]])
def test_a_command_runs_where_prefect_cannot_be_imported(
    arguments: list[str], tmp_path_factory: pytest.TempPathFactory
):
    code = "import sys; sys.modules['prefect'] = None; from clearway.cli import main; main()"
    home = tmp_path_factory.mktemp("home")

    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"CLEARWAY_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def _prefect_modules(modules: tuple[str, ...]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(modules=modules)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
