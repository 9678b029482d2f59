"""SpiffWorkflow stays behind one door, in one version."""

import ast
from pathlib import Path

import pytest

from clearway.engine.spiff import BUILT_ON, WrongSpiffWorkflow, guard

HOUSE = Path(__file__).parents[2]


def test_an_unknown_version_of_the_library_is_refused():
    guard(BUILT_ON)

    with pytest.raises(WrongSpiffWorkflow, match="Install SpiffWorkflow=="):
        guard("3.3.0")


def test_only_one_file_imports_the_library():
    importing = [
        path.relative_to(HOUSE).as_posix()
        for room in ("clearway", "processes", "tasks", "integrations")
        for path in (HOUSE / room).rglob("*.py")
        if any(name.startswith("SpiffWorkflow") for name in imported(path))
    ]

    assert importing == ["clearway/engine/spiff.py"]


def test_nothing_in_the_engine_room_evaluates_python():
    for path in (HOUSE / "clearway" / "engine").rglob("*.py"):
        tree = ast.parse(path.read_text())
        called = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"eval", "exec", "compile", "__import__"}, path


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found
