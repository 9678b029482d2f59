"""How answers look on a terminal: a table for people or JSON for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

Row = Mapping[str, object]


class Format(StrEnum):
    """`-o table` or `-o json`."""

    TABLE = "table"
    JSON = "json"


_READABLE = 32  # columns that a text needs to be read at ease

OutputOption = typer.Option(Format.TABLE, "-o", "--output", help="table or json")


def show(rows: Sequence[Row], output: Format, *, empty: str = "Nothing to show.") -> None:
    """Print rows that share their keys; an empty table says so in words."""
    if output is Format.JSON:
        print_json(rows)
        return
    # Values are shown as they are: no markup, no emoji, no colours for what looks like a number.
    console = Console(markup=False, emoji=False, highlight=False)
    if not rows:
        console.print(empty)
        return
    names = [str(name).replace("_", " ") for name in rows[0]]
    cells = [[_cell(value) for value in row.values()] for row in rows]
    if (table := _table(names, cells, console.width)) is not None:
        console.print(table)
        return
    for number, row in enumerate(cells):
        if number:
            console.print()
        console.print(_block(names, row))


def print_json(value: object) -> None:
    """Print any of our values as JSON, two spaces deep."""
    sys.stdout.write(json.dumps(value, indent=2, default=_plain, ensure_ascii=False) + "\n")


def stop(text: str, code: int = 1) -> NoReturn:
    """End with one sentence on standard error."""
    sys.stderr.write(text.rstrip() + "\n")
    raise typer.Exit(code)


def _table(names: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> Table | None:
    """A table in which only the widest column wraps; None when it has no room for that."""
    widths = [
        max(cell_len(line) for text in column for line in text.splitlines() or [""])
        for column in zip(names, *cells, strict=True)
    ]
    borders = 3 * len(widths) + 1
    widest = max(range(len(widths)), key=widths.__getitem__)
    room = width - borders - (sum(widths) - widths[widest])
    if room < min(widths[widest], _READABLE):
        return None
    table = Table()
    for number, name in enumerate(names):
        table.add_column(name, no_wrap=number != widest, overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table


def _block(names: Sequence[str], row: Sequence[str]) -> Table:
    """One row below each other, the first value at the margin; empty values are left out."""
    block = Table.grid(padding=(0, 2, 0, 0))
    block.add_column(no_wrap=True)
    block.add_column(overflow="fold")
    for number, (name, text) in enumerate(zip(names, row, strict=True)):
        if text or not number:
            block.add_row(f"  {name}" if number else name, text)
    return block


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S UTC")
    if isinstance(value, dict | list):
        return json.dumps(value, default=_plain, ensure_ascii=False)
    return str(value)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - any mapping becomes a JSON object
    if isinstance(value, frozenset | set | tuple):
        return list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - any collection becomes a JSON list
    return str(value)
