"""The layout of the house: which room may use what, and what every file owes its reader."""

import ast
import functools
import importlib.metadata
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("clearway", "processes", "tasks", "integrations")
SOURCES = (*PRODUCT, "tests", "benchmarks", "setup")
LONGEST_FILE = 400

# An outside library -> the only files and folders of the product that import it.
ROOMS = {
    "SpiffWorkflow": ("clearway/engine/",),
    "sqlalchemy": ("clearway/store/",),
    "alembic": ("clearway/store/",),
    "psycopg": ("clearway/store/",),
    "prefect": ("tasks/flows.py",),
    "fastapi": ("clearway/web/",),
    "starlette": ("clearway/web/",),
    "jinja2": ("clearway/web/", "clearway/messages/"),
    "typer": ("clearway/cli/",),
    "requests": ("integrations/",),
    "icalendar": ("clearway/service/ics.py",),
}

# What reaches out of the process: rules do without.
NOT_FOR_RULES = {"os", "io", "pathlib", "socket", "subprocess", "shutil", "tempfile", "time"}
NOT_FOR_RULES |= {"urllib", "http", "sqlite3", "threading", "asyncio", "logging", "random"}


@pytest.mark.parametrize("name", PRODUCT)
def test_no_other_distribution_owns_our_top_level_names(name: str):
    owners = set(_distributions().get(name, []))

    assert owners <= {"clearway"}, f"{name} also belongs to {owners - {'clearway'}}"


@pytest.mark.parametrize("library", ROOMS)
def test_each_outside_library_has_its_room(library: str):
    strangers = [
        file
        for file, names in _product_imports()
        if library in names and not file.startswith(ROOMS[library])
    ]

    assert strangers == [], f"{library} belongs into {ROOMS[library]}"


def test_the_rooms_that_are_named_exist():
    rooms = {room for places in ROOMS.values() for room in places}

    assert [room for room in sorted(rooms) if not (ROOT / room).exists()] == []


def test_rules_know_neither_libraries_nor_the_machine():
    outside = set(_distributions()) - set(PRODUCT)
    reaching = {
        file: sorted(names & (outside | NOT_FOR_RULES))
        for file, names in _product_imports()
        if file.startswith("processes/") and names & (outside | NOT_FOR_RULES)
    }

    assert reaching == {}


def test_diagrams_come_without_python():
    assert _names(ROOT.glob("bpmn/**/*.py*")) == []


def test_tests_are_no_package():
    assert _names(ROOT.glob("tests/**/__init__.py")) == []


def test_every_file_begins_with_one_sentence():
    wanting = [_name(file) for file in _sources() if not _is_one_sentence(_first_paragraph(file))]

    assert wanting == []


def test_no_file_of_the_product_is_too_long_to_read():
    lengths = {_name(file): _length(file) for file in _sources(PRODUCT)}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_import_is_relative():
    relative = [
        f"{_name(file)}:{node.lineno}"
        for file in _sources()
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]

    assert relative == []


@pytest.mark.parametrize("name", ["run", "test"])
def test_python_requirements_have_hashes_and_no_address(name: str):
    lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][^\n]*==[^\n]*", lock, re.MULTILINE | re.IGNORECASE)

    assert re.findall(r"://|--(?:extra-)?index|--find-links| @ ", lock) == []
    assert pinned
    assert [line for line in pinned if not line.endswith("\\")] == []


def test_the_requirements_of_running_and_testing_agree():
    run, test = (_pins(ROOT / "requirements" / f"{name}.txt") for name in ("run", "test"))

    assert run.items() <= test.items()


def test_npm_packages_have_hashes_and_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_the_guard_sees_imports_wherever_they_stand(tmp_path: Path):
    file = tmp_path / "sly.py"
    file.write_text(
        "def f():\n    import prefect.flows\n    from sqlalchemy.engine import Engine\n"
    )

    assert _imports(file) == {"prefect", "sqlalchemy"}


def test_the_guard_knows_a_sentence():
    assert _is_one_sentence("What a person may do, and when.")
    assert not _is_one_sentence("")
    assert not _is_one_sentence("no full stop")
    assert not _is_one_sentence("One thing. Another thing.")


def _sources(folders: tuple[str, ...] = SOURCES) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@functools.cache
def _distributions() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())


@functools.cache
def _product_imports() -> list[tuple[str, set[str]]]:
    return [(_name(file), _imports(file)) for file in _sources(PRODUCT)]


def _imports(file: Path) -> set[str]:
    """The top-level names that a file imports, also inside its functions."""
    names: set[str] = set()
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def _first_paragraph(file: Path) -> str:
    docstring = ast.get_docstring(_tree(file)) or ""
    return " ".join(docstring.split("\n\n", 1)[0].split())


def _is_one_sentence(text: str) -> bool:
    return text.endswith(".") and not re.search(r"[.!?] [A-Z]", text)


def _length(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def _pins(lock: Path) -> dict[str, str]:
    text = lock.read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE))


def _names(files: Iterator[Path]) -> list[str]:
    return sorted(_name(file) for file in files)


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
