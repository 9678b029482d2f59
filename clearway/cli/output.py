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
from rich.console import Console
from rich.table import Table

Row = Mapping[str, object]


class Format(StrEnum):
    """`-o table` or `-o json`."""

    TABLE = "table"
    JSON = "json"


OutputOption = typer.Option(Format.TABLE, "-o", "--output", help="table or json")


def show(rows: Sequence[Row], output: Format, *, empty: str = "Nothing to show.") -> None:
    """Print rows that share their keys; an empty table says so in words."""
    if output is Format.JSON:
        print_json(rows)
        return
    if not rows:
        Console().print(empty)
        return
    table = Table(*[str(name).replace("_", " ") for name in rows[0]])
    for row in rows:
        table.add_row(*[_cell(value) for value in row.values()])
    Console().print(table)


def print_json(value: object) -> None:
    """Print any of our values as JSON, two spaces deep."""
    sys.stdout.write(json.dumps(value, indent=2, default=_plain, ensure_ascii=False) + "\n")


def stop(text: str, code: int = 1) -> NoReturn:
    """End with one sentence on standard error."""
    sys.stderr.write(text.rstrip() + "\n")
    raise typer.Exit(code)


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
