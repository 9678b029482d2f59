"""Reads a registry table from CSV text: checked rows, or what is wrong in which line."""

import csv
import difflib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clearway.store.registry import LONGEST_LOGIN
from processes.blank import is_blank
from processes.impact import RELATIONS

MOST_LINES = 20_000
MOST_CHARACTERS = 5_000_000
MOST_PROBLEMS = 100

_LONGEST_CELL = 300
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")
_LOGIN = re.compile(rf"[a-z0-9][a-z0-9._@-]{{0,{LONGEST_LOGIN - 1}}}")
_MAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True)
class CsvColumn:
    """One column of a sheet: how its cells are read, and what an empty cell stands for."""

    name: str
    read: Callable[[str], object]
    field: str = ""
    required: bool = True
    blank: object = None
    refers: str | None = None
    """The names a cell must be among: people, groups or things (services and assets)."""

    @property
    def stored_as(self) -> str:
        """The name of the database's column."""
        return self.field or self.name


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell or line; lines count from 1, the header line."""

    line: int
    column: str | None
    text: str

    @property
    def place(self) -> str:
        """The place in words."""
        return f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"


@dataclass(frozen=True)
class Sheet:
    """The rows of one table, each with its line; nothing may be used when there are problems."""

    table: str
    columns: tuple[CsvColumn, ...] = ()
    rows: tuple[Mapping[str, object], ...] = ()
    lines: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def read_sheet(table: str, text: str, keys: tuple[str, ...]) -> Sheet:
    """Read the CSV `text` of a registry table; cells are parted by commas or semicolons.

    Raises KeyError when there is no such table; everything else is a problem in the answer.
    """
    known = COLUMNS[table]
    if len(text) > MOST_CHARACTERS:
        return _unreadable(table, f"The file has more than {MOST_CHARACTERS} characters.")
    text = text.removeprefix("\ufeff")
    try:
        lines = _lines(text)
    except csv.Error as error:
        return _unreadable(table, f"This is not CSV: {error}.")
    if not lines:
        return _unreadable(table, f"The file is empty. Its first line must be: {_header(known)}.")
    if len(lines) - 1 > MOST_LINES:
        return _unreadable(table, f"The file has more than {MOST_LINES} lines; import it in parts.")
    columns, problems = _columns(lines[0][1], known)
    if problems:
        return Sheet(table, problems=tuple(problems))
    return _rows(table, columns, lines[1:], keys)


def _unreadable(table: str, text: str) -> Sheet:
    return Sheet(table, problems=(Problem(1, None, text),))


def _lines(text: str) -> list[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    start = 1
    for cells in reader:
        if not all(is_blank(cell) for cell in cells):
            found.append((start, cells))
        start = reader.line_num + 1
    return found


def _header(known: tuple[CsvColumn, ...]) -> str:
    return ",".join(column.name for column in known)


def _columns(
    cells: list[str], known: tuple[CsvColumn, ...]
) -> tuple[tuple[CsvColumn, ...], list[Problem]]:
    by_name = {column.name: column for column in known}
    found: list[CsvColumn] = []
    problems: list[Problem] = []
    for cell in (cell.strip().lower() for cell in cells):
        column = by_name.get(cell)
        if column is None:
            near = difflib.get_close_matches(cell, by_name, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {_header(known)}."
            problems.append(Problem(1, cell[:60], f"There is no such column: {hint}"))
        elif column in found:
            problems.append(Problem(1, cell, "The column is there twice; remove one."))
        else:
            found.append(column)
    for column in known:
        if column.required and column not in found:
            problems.append(Problem(1, column.name, "The column is missing; add it."))
    return tuple(found), problems


def _rows(
    table: str,
    columns: tuple[CsvColumn, ...],
    lines: list[tuple[int, list[str]]],
    keys: tuple[str, ...],
) -> Sheet:
    rows: list[Mapping[str, object]] = []
    problems: list[Problem] = []
    first_line: dict[tuple[object, ...], int] = {}
    for line, cells in lines:
        row, wrong = _row(line, cells, columns)
        problems.extend(wrong)
        if wrong:
            continue
        key = tuple(row[name] for name in keys)
        if key in first_line:
            text = f"The same entry is in line {first_line[key]} already; keep one."
            problems.append(Problem(line, columns[0].name, text))
        first_line.setdefault(key, line)
        rows.append(row)
    numbers = tuple(line for line, _ in lines)
    if problems:
        return Sheet(table, columns, problems=tuple(problems[:MOST_PROBLEMS]))
    return Sheet(table, columns, tuple(rows), numbers)


def _row(
    line: int, cells: list[str], columns: tuple[CsvColumn, ...]
) -> tuple[dict[str, object], list[Problem]]:
    if len(cells) != len(columns):
        text = (
            f"The line has {len(cells)} cells, the header {len(columns)}; quote cells with commas."
        )
        return {}, [Problem(line, None, text)]
    row: dict[str, object] = {}
    problems: list[Problem] = []
    for column, cell in zip(columns, cells, strict=True):
        try:
            row[column.stored_as] = _value(column, cell.strip())
        except ValueError as error:
            problems.append(Problem(line, column.name, str(error)))
    return row, problems


def _value(column: CsvColumn, cell: str) -> object:
    if len(cell) > _LONGEST_CELL:
        raise ValueError(f"The cell has more than {_LONGEST_CELL} characters; shorten it.")
    if any(not character.isprintable() for character in cell):
        raise ValueError("The cell has a control character; remove it.")
    if not is_blank(cell):
        return column.read(cell)
    if column.required:
        raise ValueError("The cell is empty; fill it in.")
    return column.blank


def is_name(text: str) -> bool:
    """Whether this can be the name of a row of the registry."""
    return _NAME.fullmatch(text) is not None


def _name(cell: str) -> str:
    if not is_name(cell):
        raise ValueError("A name has letters, digits and . _ - only, at most 100; change it.")
    return cell


def _login(cell: str) -> str:
    if not _LOGIN.fullmatch(cell):
        raise ValueError(
            "A person's name has small letters, digits and . _ - only, at most 64; change it."
        )
    return cell


def _mail(cell: str) -> str:
    if not _MAIL.fullmatch(cell):
        raise ValueError("This is no mail address; write one like alice@example.org.")
    return cell


def _zone(cell: str) -> str:
    try:
        ZoneInfo(cell)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("This is no time zone; write one like Europe/Berlin.") from None
    return cell


def _flag(cell: str) -> bool:
    if cell.lower() not in _YES + _NO:
        raise ValueError("Write yes or no.")
    return cell.lower() in _YES


def _criticality(cell: str) -> int:
    if cell not in ("1", "2", "3", "4"):
        raise ValueError("Write a criticality from 1 (highest) to 4.")
    return int(cell)


def _relation_kind(cell: str) -> str:
    if cell not in RELATIONS:
        raise ValueError(f"Write one of {', '.join(RELATIONS)}.")
    return cell


def _instant(cell: str) -> datetime:
    try:
        instant = datetime.fromisoformat(cell)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValueError("Write an instant with its zone, like 2026-12-24T00:00+01:00.")
    return instant.astimezone(UTC)


def _things(cell: str) -> list[str]:
    return [_name(name) for name in dict.fromkeys(cell.split())]


COLUMNS: Mapping[str, tuple[CsvColumn, ...]] = {
    "people": (
        CsvColumn("name", _login),
        CsvColumn("full_name", str),
        CsvColumn("mail", _mail, required=False),
        CsvColumn("manager", _login, required=False, refers="people"),
        CsvColumn("zone", _zone, required=False, blank="UTC"),
        CsvColumn("active", _flag, required=False, blank=True),
    ),
    "groups": (
        CsvColumn("name", _name),
        CsvColumn("title", str),
        CsvColumn("lead", _login, required=False, refers="people"),
        CsvColumn("mail", _mail, required=False),
    ),
    "memberships": (
        CsvColumn("group", _name, "group_name", refers="groups"),
        CsvColumn("person", _login, refers="people"),
    ),
    "group_roles": (
        CsvColumn("group", _name, "group_name", refers="groups"),
        CsvColumn("role", _name),
    ),
    "absences": (
        CsvColumn("person", _login, refers="people"),
        CsvColumn("from", _instant, "from_at"),
        CsvColumn("until", _instant, "until_at"),
        CsvColumn("delegate", _login, required=False, refers="people"),
        CsvColumn("note", str, required=False, blank=""),
    ),
    "services": (
        CsvColumn("name", _name),
        CsvColumn("title", str),
        CsvColumn("criticality", _criticality),
        CsvColumn("owner", _login, required=False, refers="people"),
        CsvColumn("support_group", _name, required=False, refers="groups"),
    ),
    "assets": (
        CsvColumn("name", _name),
        CsvColumn("kind", _name),
        CsvColumn("title", str),
        CsvColumn("criticality", _criticality),
        CsvColumn("owner", _login, required=False, refers="people"),
        CsvColumn("support_group", _name, required=False, refers="groups"),
    ),
    "relations": (
        CsvColumn("from", _name, "from_name", refers="things"),
        CsvColumn("kind", _relation_kind),
        CsvColumn("to", _name, "to_name", refers="things"),
    ),
    "windows": (
        CsvColumn("name", _name),
        CsvColumn("kind", str),
        CsvColumn("title", str),
        CsvColumn("strength", str, required=False),
        CsvColumn("from", str, "begins"),
        CsvColumn("until", str, "ends"),
        CsvColumn("zone", _zone),
        CsvColumn("things", _things, required=False, blank=[]),
        CsvColumn("repeats", str, required=False),
    ),
}
"""Every table that can be imported, column by column."""
