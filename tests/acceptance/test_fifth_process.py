"""A new process is a copied folder: the platform never asks which process it runs."""

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from reports import a_report

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("house")]

ROOT = Path(__file__).resolve().parents[2]
BPMN = ROOT / "bpmn"
PROCESSES = sorted(folder.name for folder in BPMN.iterdir() if folder.name != "shared")
PREFIXES = {"ACT", "CAB", "CHG", "EXC", "FRX", "INC", "ONB", "PIR", "PRB", "REV", "STD"}
# The people and groups of the demo organisation are its data.
REPLAY = ("clearway/replay/", "clearway/cli/replay.py")
"""A tool beside the platform that is about one log of incidents, and says so."""
DATA = {"clearway/service/demo.py"}
# Ordinary words that happen to be a process's name: an event of browsers, a key of a message.
ORDINARY = {
    "clearway/engine/xml.py": {"problem"},
    "clearway/engine/xml_worker.py": {"problem"},
    "clearway/web/api/calendar.py": {"problem"},
    "clearway/web/assets/src/editor/fields.js": {"change"},
    "clearway/web/assets/src/planning.js": {"change"},
    "clearway/web/templates/compare.html": {"change"},
    "clearway/web/templates/compare_list.html": {"change"},
}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """`bpmn/problem` under another name: a file, a process id and a prefix are all that differs."""
    shutil.copytree(BPMN / "shared", tmp_path / "shared")
    folder = tmp_path / "grievance"
    shutil.copytree(BPMN / "problem", folder)
    diagram = (folder / "problem.bpmn").rename(folder / "grievance.bpmn")
    text = diagram.read_text(encoding="utf-8")
    for attribute in ("id", "processRef"):
        assert text.count(f'{attribute}="problem"') == 1
        text = text.replace(f'{attribute}="problem"', f'{attribute}="grievance"')
    diagram.write_text(text, encoding="utf-8")
    record = folder / "record.json"
    text = record.read_text(encoding="utf-8")
    assert text.count('"PRB"') == 1
    record.write_text(text.replace('"PRB"', '"GRV"'), encoding="utf-8")
    return folder


def test_a_copied_folder_is_a_process(house: Any, copied: Path, eventually: Callable[..., None]):
    linted = house.run("lint", str(copied), "-o", "json")
    assert (linted.returncode, linted.stdout.strip()) == (0, "[]")
    played = house.run("test", str(copied))
    assert played.returncode == 0, played.stdout
    assert re.fullmatch(r"[1-9]\d* passed, 0 failed\n", played.stdout)

    deployed = house.run("deploy", str(copied), "--reason", "People complain")
    assert deployed.returncode == 0, deployed.stderr
    assert deployed.stdout == "grievance: version 1 is deployed.\n"

    values = a_report("Soup", service="not_listed")
    alice, carol, heidi = (house.api(name) for name in ("alice", "carol", "heidi"))
    soup = alice.post("/records", json={"process": "incident", "values": values}).json()["key"]
    values = {"title": "The canteen", "description": "It is cold", "incidents": [soup]}
    opened = carol.post("/records", json={"process": "grievance", "values": values})
    assert opened.status_code == 201, opened.text
    key = opened.json()["key"]
    assert key.startswith("GRV-")
    eventually(lambda: _waiting(heidi, key) == ["assess"], "its first task did not come", 60)
    [task] = heidi.get(f"/records/{key}").json()["tasks"]
    assert heidi.post(f"/tasks/{task['id']}/claim").status_code == 200
    decided = {"values": {"assessment": "investigate"}}
    done = heidi.post(f"/tasks/{task['id']}/complete", json=decided)
    assert done.status_code == 200, done.text
    assert _waiting(heidi, key) == ["investigate"]
    view = heidi.get(f"/records/{key}").json()
    assert (view["process"], view["state"], view["faults"]) == (
        "grievance",
        "root_cause_analysis",
        [],
    )
    assert view["values"]["linked"] == [soup]


def test_the_platform_names_no_process():
    named = {
        (file, text)
        for file, text in _words_of_the_platform()
        if (text in PROCESSES or text in PREFIXES) and text not in ORDINARY.get(file, ())
    }

    assert named == set()


def test_the_platform_names_no_file_of_a_process():
    pattern = re.compile(rf"\b({'|'.join(PROCESSES)})(/|\.bpmn)")

    assert [(file, text) for file, text in _words_of_the_platform() if pattern.search(text)] == []


def test_the_look_sees_a_process_that_is_named(tmp_path: Path):
    file = tmp_path / "sly.py"
    file.write_text('"""About an incident."""\nif process == "incident": pass\n')

    assert list(_constants(file)) == ["incident"]


def _words_of_the_platform() -> Iterator[tuple[str, str]]:
    """Every text of the platform's code, its pages and its scripts; docstrings are for readers."""
    for file in sorted((ROOT / "clearway").rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        if name not in DATA and not name.startswith(REPLAY):
            yield from ((name, text) for text in _constants(file))
    pages = [*(ROOT / "clearway/web/templates").rglob("*.html")]
    scripts = [*(ROOT / "clearway/web/assets/src").rglob("*.js")]
    assert pages
    assert scripts
    for file in (*pages, *scripts):
        text = file.read_text(encoding="utf-8").replace('addEventListener("change"', "")
        for quoted in re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'", text):
            yield file.relative_to(ROOT).as_posix(), "".join(quoted)


def _constants(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            yield node.value


def _waiting(client: Any, key: str) -> list[str]:
    return [task["element"] for task in client.get(f"/records/{key}").json()["tasks"]]
