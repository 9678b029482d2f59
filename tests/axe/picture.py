"""What a database holds, told without the numbers that a try leaves behind, so that two compare."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]
Row = dict[str, Any]
Picture = Mapping[str, Sequence[str]]
"""Table -> its rows as text, in order."""

_POINTS_TO = {
    "instance_id": "instance",
    "sender_id": "instance",
    "work_item": "work_item",
    "work_item_id": "work_item",
    "round_id": "round",
    "seat_id": "seat",
    "version_id": "version",
    "job": "job",
    "fault": "fault",
    "fault_id": "fault",
    "attachment": "attachment",
    "message": "message",
    "draft": "draft",
    "draft_id": "draft",
    "review": "draft_review",
    "release": "draft_release",
    "move": "move",
    "move_id": "move",
    "undoes": "move",
    "people": "work_item",
}
"""A column, or a name in JSON -> the table whose row it names."""

_BY_KIND = {"job": "job", "timer": "timer", "message": "message"}
"""What `id` means in JSON, by the `kind` beside it."""

_LEFT_OUT = {
    "instance": {"searchable"},
    "entry": {"leaf"},  # holds the record's key; `verify` compares it
    "answer": {"request_hash"},  # holds numbers of what was asked for
    "session": {"token_hash", "csrf"},
    "api_token": {"token_hash"},
    "calendar_feed": {"token_hash"},
    "person": {"password_hash"},
    "alert": {"times"},
}
"""What differs by chance, or counts deliveries."""

_AT_LEAST_ONCE = {"session", "api_token", "sign_in_failure"}
_TABLES = """SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind = 'r' AND relname <> 'alembic_version' ORDER BY 1"""
_KEY = re.compile(r"\b(?:ERR|CHA|BEA|CON|MIL|PAR)-\d+\b")
_MESSAGE = re.compile(r"^message (\d+)$")
_NUMBERED = re.compile(r"\b(move|release|draft|Draft) (\d+)\b")
_NUMBERS = {"move": "move", "release": "draft_release", "draft": "draft", "Draft": "draft"}


def picture(connection: Connection) -> Picture:
    """The rows of all tables; numbers are replaced by their place among those that are there."""
    tables = _read(connection)
    places = {
        name: {number: place for place, number in enumerate(sorted(row["id"] for row in rows), 1)}
        for name, rows in tables.items()
        if rows and "id" in rows[0]
    }
    keys = {row["key"]: f"record {places['instance'][row['id']]}" for row in tables["instance"]}
    told = {name: [_told(name, row, places, keys) for row in rows] for name, rows in tables.items()}
    return {name: _in_order(name, rows) for name, rows in told.items()}


def differences(one: Picture, other: Picture) -> list[str]:
    """What only one of them has."""
    found: list[str] = []
    for name in one:
        left, right = list(one[name]), list(other[name])
        found += [f"only in the first: {name} {row}" for row in left if row not in right]
        found += [f"only in the second: {name} {row}" for row in right if row not in left]
        if not found and left != right:
            found.append(f"in another order or number: {name}")
    return found


def _read(connection: Connection) -> dict[str, list[Row]]:
    names = [name for (name,) in connection.execute(_TABLES)]
    parts = [
        sql.SQL("SELECT {}, to_jsonb(t) - {}::text[] FROM {} t").format(
            sql.Literal(name),
            sql.Literal(sorted(_LEFT_OUT.get(name, ()))),
            sql.Identifier(name),
        )
        for name in names
    ]
    tables: dict[str, list[Row]] = {name: [] for name in names}
    for name, row in connection.execute(sql.SQL(" UNION ALL ").join(parts), prepare=True):
        tables[name].append(row)
    return tables


def _told(
    table: str, row: Row, places: Mapping[str, Mapping[int, int]], keys: Mapping[str, str]
) -> tuple[tuple[int, str], str]:
    number = row.get("id", 0)
    told = {name: _value(name, value, places, row) for name, value in row.items() if name != "id"}
    if table == "answer":
        told["key"] = _MESSAGE.sub("message", told["key"])
    text = json.dumps(told, sort_keys=True)
    # A record that is not there any more keeps its name: that would be seen.
    text = _KEY.sub(lambda match: keys.get(match[0], match[0]), text)
    return (number, text), text


def _value(
    name: str, value: Any, places: Mapping[str, Mapping[int, int]], beside: Mapping[str, Any]
) -> Any:
    if isinstance(value, dict):
        around = {"kind": beside.get("kind"), **value}
        return {inner: _value(inner, it, places, around) for inner, it in value.items()}
    if isinstance(value, list):
        return [_value(name, it, places, beside) for it in value]
    if isinstance(value, int) and not isinstance(value, bool):
        table = _POINTS_TO.get(name)
        if name == "id":
            table = _BY_KIND.get(str(beside.get("kind")))
        if table is not None:
            return f"{table} {places.get(table, {}).get(value, value)}"
    if isinstance(value, str):
        return _NUMBERED.sub(lambda it: _placed(it[1], int(it[2]), places), value)
    return value


def _placed(word: str, number: int, places: Mapping[str, Mapping[int, int]]) -> str:
    """What a sentence or a key calls by its number."""
    table = _NUMBERS[word]
    return f"the {table} {places.get(table, {}).get(number, number)}"


def _in_order(table: str, rows: list[tuple[tuple[int, str], str]]) -> list[str]:
    """By number; where a second time does no harm, once, by what it says."""
    if table in _AT_LEAST_ONCE:
        return sorted({text for _, text in rows})
    if table == "entry":
        of_records = [text for _, text in sorted(rows) if '"instance_id": null' not in text]
        return of_records + sorted({text for _, text in rows if '"instance_id": null' in text})
    return [text for _, text in sorted(rows)]
