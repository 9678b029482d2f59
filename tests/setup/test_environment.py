"""The two commands of a newcomer say in one sentence what the machine lacks."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BUILT = ROOT / "clearway" / "web" / "static" / "build"


def test_a_missing_node_is_told(tmp_path: Path):
    done = _build_environment(path=tmp_path)

    assert done.returncode == 1
    assert done.stderr == (
        "clearway: `node` is missing: install node 20 or newer with npm, then again.\n"
    )


def test_an_old_node_is_told(tmp_path: Path):
    _program(tmp_path / "node", "echo v18.19.0")
    _program(tmp_path / "npm", "echo 9")

    done = _build_environment(path=tmp_path)

    assert done.returncode == 1
    assert re.fullmatch(
        r"clearway: node 20 or newer is needed and `\S+/node` is v18\.19\.0\.\n", done.stderr
    )


def test_one_port_for_two_programs_is_told(tmp_path: Path):
    ports = {"CLEARWAY_PORT": "18431", "CLEARWAY_PREFECT_PORT": "18431"}

    done = subprocess.run(
        [sys.executable, "-m", "clearway", "up"],
        env={"PATH": "/usr/bin:/bin", "CLEARWAY_HOME": str(tmp_path / "home"), **ports},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "Port 18431 is asked for twice: choose another for one of "
        "CLEARWAY_PORT and CLEARWAY_PREFECT_PORT.\n"
    )


def test_a_missing_python_is_told():
    done = subprocess.run(
        ["make", "python-there", "PYTHON=python-of-nobody"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        "clearway: `python-of-nobody` is missing: install Python 3.11 or newer, then again."
    )


def test_the_bundle_names_every_file_by_its_content():
    manifest = json.loads((_built() / "manifest.json").read_text(encoding="utf-8"))

    assert {"portal.css", "portal.js", "viewer.css", "viewer.js"} <= set(manifest)
    assert {path.name for path in BUILT.iterdir()} == {*manifest.values(), "manifest.json"}
    for name in ("portal.css", "portal.js", "viewer.js"):
        stem, _, ending = name.partition(".")
        assert re.fullmatch(rf"{stem}-[A-Z0-9]{{8}}\.{ending}", manifest[name])


def test_pages_load_nothing_from_elsewhere():
    styles = "".join(path.read_text(encoding="utf-8") for path in _built().glob("*.css"))

    assert styles
    assert re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", styles) == []


def test_the_mark_of_bpmn_io_is_in_the_viewer():
    [viewer] = _built().glob("viewer-*.js")

    assert "bjs-powered-by" in viewer.read_text(encoding="utf-8")


def _build_environment(*, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "setup" / "environment.py"), "run"]
    return subprocess.run(
        command, env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def _built() -> Path:
    if not (BUILT / "manifest.json").exists():
        pytest.fail("The front end is not built: run `make bundle`.")
    return BUILT


def _program(file: Path, line: str) -> None:
    file.write_text(f"#!/bin/sh\n{line}\n")
    file.chmod(0o755)
