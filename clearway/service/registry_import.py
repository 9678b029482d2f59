"""How a checked sheet becomes rows of the registry: compared, checked against the rest, written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, cast

from clearway.service.house import House
from clearway.service.last_admin import FIRST_ANOTHER, NOBODY_LEFT, last_to_leave
from clearway.service.left_work import left_behind
from clearway.service.look_again import look_again_for_rows, look_again_for_windows
from clearway.service.registry_command import record_entry
from clearway.service.registry_sheet import Problem, Sheet
from clearway.service.values import Actor, Done, Refusal
from clearway.service.windows import as_row, problems_with
from clearway.store import registry as rows
from clearway.store.absences import delegations
from clearway.store.database import Connection
from clearway.store.sessions import end_sessions_of
from clearway.store.windows import Window, all_windows
from processes.absences import Away, circle

_Check = Callable[[Connection, Sheet], list[Problem]]


@dataclass(frozen=True)
class _Difference:
    """What an import would do: rows to write, and what they were before."""

    added: list[rows.Row]
    changed: list[rows.Row]
    unchanged: int
    before: Mapping[rows.Key, Mapping[str, object]]

    @property
    def counts(self) -> dict[str, object]:
        counts = (len(self.added), len(self.changed), self.unchanged)
        return dict(zip(("added", "changed", "unchanged"), counts, strict=True))


def imported(house: House, connection: Connection, actor: Actor, sheet: Sheet) -> Done | Refusal:
    rows.lock_registry(connection)
    difference = _difference(connection, sheet)
    if problems := _problems(house, connection, sheet):
        return refused(problems)
    windows = all_windows(connection) if sheet.table == "windows" else []
    rows.save_rows(connection, sheet.table, [*difference.added, *difference.changed])
    _sign_out_leavers(connection, sheet, difference)
    details = {"table": sheet.table, **difference.counts, "changes": _changes(sheet, difference)}
    record_entry(house, connection, actor, "import_csv", details)
    _look_again(house, connection, sheet, difference, windows)
    return Done(details={**difference.counts, **_left_behind(connection, sheet, difference)})


def _look_again(
    house: House,
    connection: Connection,
    sheet: Sheet,
    difference: _Difference,
    windows: Sequence[Window],
) -> None:
    """Planned records that the rows touch, or touched before, look for collisions anew."""
    if sheet.table == "windows":
        now = all_windows(connection)
        others = [it for it in (*windows, *now) if (it in windows) != (it in now)]
        look_again_for_windows(house, connection, others)
        return
    changed = [*difference.added, *difference.changed]
    keys = [tuple(row[name] for name in rows.KEYS[sheet.table]) for row in changed]
    before = [difference.before[key] for key in keys if key in difference.before]
    look_again_for_rows(house, connection, sheet.table, [*before, *changed])


def checked(house: House, connection: Connection, sheet: Sheet) -> Done | Refusal:
    """What `imported` would answer."""
    if problems := _problems(house, connection, sheet):
        return refused(problems)
    difference = _difference(connection, sheet)
    left = _left_behind(connection, sheet, difference)
    return Done(details={**difference.counts, **left, "dry_run": True})


def _difference(connection: Connection, sheet: Sheet) -> _Difference:
    names = rows.KEYS[sheet.table]
    columns = [column.stored_as for column in sheet.columns]
    keys = [tuple(row[name] for name in names) for row in sheet.rows]
    before = rows.rows_as_they_are(connection, sheet.table, keys, columns)
    added = [row for key, row in zip(keys, sheet.rows, strict=True) if key not in before]
    changed = [
        row
        for key, row in zip(keys, sheet.rows, strict=True)
        if key in before and dict(row) != {name: before[key][name] for name in row}
    ]
    return _Difference(added, changed, len(sheet.rows) - len(added) - len(changed), before)


def _changes(sheet: Sheet, difference: _Difference) -> list[dict[str, object]]:
    names = rows.KEYS[sheet.table]
    changes: list[dict[str, object]] = []
    for row in (*difference.added, *difference.changed):
        key = tuple(row[name] for name in names)
        before = difference.before.get(key, {})
        values = {
            name: {"before": _plain(before.get(name)), "after": _plain(value)}
            for name, value in row.items()
            if name not in names and (not before or before.get(name) != value)
        }
        changes.append({"key": [_plain(part) for part in key], "values": values})
    return changes


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _sign_out_leavers(connection: Connection, sheet: Sheet, difference: _Difference) -> None:
    if leavers := _leavers(sheet, difference):
        end_sessions_of(connection, leavers)


def _left_behind(
    connection: Connection, sheet: Sheet, difference: _Difference
) -> dict[str, object]:
    """What is told of the open work of those who leave; empty when there is none."""
    told = left_behind(connection, _leavers(sheet, difference))
    return {"left_behind": told} if told else {}


def _leavers(sheet: Sheet, difference: _Difference) -> list[str]:
    if sheet.table != "people":
        return []
    return [str(row["name"]) for row in difference.changed if row.get("active") is False]


def refused(problems: Sequence[Problem]) -> Refusal:
    """Why nothing was imported, place by place."""
    fields: dict[str, str] = {}
    for problem in problems:
        fields.setdefault(problem.place, problem.text)
    count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    return Refusal(
        "invalid",
        f"Nothing was imported: {count}.",
        "Put right what is listed, then import the whole file again.",
        fields,
    )


def _problems(house: House, connection: Connection, sheet: Sheet) -> list[Problem]:
    """What only the other rows can tell: names that nobody has, and names used twice."""
    known = _known(connection, sheet)
    problems = [
        Problem(line, column.name, f"There is no {_ONE_OF[column.refers]} {row[column.stored_as]}.")
        for line, row in zip(sheet.lines, sheet.rows, strict=True)
        for column in sheet.columns
        if column.refers
        and row[column.stored_as] is not None
        and row[column.stored_as] not in known[column.refers]
    ]
    if sheet.table == "windows":
        return problems + _window_problems(house, connection, sheet)
    check = _CHECKS.get(sheet.table)
    return problems + (check(connection, sheet) if check else [])


_ONE_OF = {"people": "person", "groups": "group", "things": "service or asset"}


def _known(connection: Connection, sheet: Sheet) -> dict[str, frozenset[str]]:
    known = rows.known_names(connection)
    if sheet.table in known:
        known[sheet.table] |= {str(row["name"]) for row in sheet.rows}
    return {**known, "things": known["services"] | known["assets"]}


def _people_problems(connection: Connection, sheet: Sheet) -> list[Problem]:
    return [
        *_mail_problems(connection, sheet),
        *_leaver_problems(connection, sheet),
        *_manager_problems(connection, sheet),
    ]


def _manager_problems(connection: Connection, sheet: Sheet) -> list[Problem]:
    """Who is above whom: going up from a person, nobody is met twice."""
    if not any(row.get("manager") for row in sheet.rows):
        return []
    above = {person.name: person.manager for person in rows.all_people(connection)}
    above |= {str(row["name"]): cast("str | None", row["manager"]) for row in sheet.rows}
    circles = _circles(above)
    return [
        Problem(line, "manager", _told_circle(circles[str(row["name"])]))
        for line, row in zip(sheet.lines, sheet.rows, strict=True)
        if row["name"] in circles
    ]


def _circles(above: Mapping[str, str | None]) -> dict[str, list[str]]:
    """Who comes back to themselves on the way up, with that way; each person is passed once."""
    circles: dict[str, list[str]] = {}
    passed: set[str] = set()
    for person in above:
        way: dict[str, None] = {}
        at: str | None = person
        while at is not None and at not in passed:
            passed.add(at)
            way[at] = None
            at = above.get(at)
        if at in way:
            circle = list(way)[list(way).index(at) :]
            circles |= {one: [*circle, circle[0]] for one in circle}
    return circles


def _told_circle(circle: Sequence[str]) -> str:
    if len(circle) == 2:
        return "Nobody can be their own manager: name somebody else, or leave the cell empty."
    shown = [*circle[:6], "..."] if len(circle) > 7 else circle
    return (
        f"This is a circle of managers ({' -> '.join(shown)}): name somebody else in one of its "
        "lines, or leave the cell empty."
    )


def _leaver_problems(connection: Connection, sheet: Sheet) -> list[Problem]:
    """Without an administrator nobody could put anything right again, this import included."""
    is_active = {str(row["name"]): bool(row["active"]) for row in sheet.rows if "active" in row}
    last = last_to_leave(connection, is_active)
    return [
        Problem(line, "active", f"{NOBODY_LEFT}: keep {row['name']} active, or {FIRST_ANOTHER}.")
        for line, row in zip(sheet.lines, sheet.rows, strict=True)
        if row["name"] in last
    ]


def _mail_problems(connection: Connection, sheet: Sheet) -> list[Problem]:
    mails = {cast(str, row["mail"]) for row in sheet.rows if row.get("mail")}
    owners = rows.mail_owners(connection, mails)
    # Who is in the file gives the old address up, unless the file leaves the column out.
    moving = {str(row["name"]) for row in sheet.rows}
    taken = {mail: name for mail, name in owners.items() if name not in moving}
    problems: list[Problem] = []
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        mail, name = row.get("mail"), str(row["name"])
        if not mail:
            continue
        if taken.setdefault(cast(str, mail), name) != name:
            text = f"{taken[cast(str, mail)]} has this address already; people need their own."
            problems.append(Problem(line, "mail", text))
    return problems


def _thing_problems(other: str) -> _Check:
    def check(connection: Connection, sheet: Sheet) -> list[Problem]:
        taken = rows.known_names(connection)[other]
        text = f"One of the {other} has this name; services and assets need different names."
        return [
            Problem(line, "name", text)
            for line, row in zip(sheet.lines, sheet.rows, strict=True)
            if row["name"] in taken
        ]

    return check


def _absence_problems(connection: Connection, sheet: Sheet) -> list[Problem]:
    problems: list[Problem] = []
    keys = {(row["person"], row["from_at"]) for row in sheet.rows}
    known = [it for it in delegations(connection) if (it.person, it.start) not in keys]
    known += [away for row in sheet.rows if (away := _away(row)) is not None]
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        from_at, until_at = cast(datetime, row["from_at"]), cast(datetime, row["until_at"])
        if until_at <= from_at:
            problems.append(Problem(line, "until", "The absence ends before it begins."))
        if row.get("delegate") == row["person"]:
            problems.append(Problem(line, "delegate", "Nobody can stand in for themselves."))
        elif (away := _away(row)) is not None and (names := circle(away, known)):
            told = ", ".join(f"{one} for {other}" for other, one in pairwise((*names, names[0])))
            text = f"They would stand in for each other in a circle: {told}. Choose somebody else."
            problems.append(Problem(line, "delegate", text))
    return problems


def _away(row: rows.Row) -> Away | None:
    """Who stands in for whom by this row; None: nobody does, or it is a wrong one."""
    start, end = cast(datetime, row["from_at"]), cast(datetime, row["until_at"])
    if not row.get("delegate") or end <= start:
        return None
    return Away(str(row["person"]), str(row["delegate"]), start, end)


def _relation_problems(connection: Connection, sheet: Sheet) -> list[Problem]:
    del connection
    return [
        Problem(line, "to", "Nothing can relate to itself.")
        for line, row in zip(sheet.lines, sheet.rows, strict=True)
        if row["from_name"] == row["to_name"]
    ]


def _window_problems(house: House, connection: Connection, sheet: Sheet) -> list[Problem]:
    known = {it.name: it for it in all_windows(connection)}
    problems: list[Problem] = []
    for line, row in zip(sheet.lines, sheet.rows, strict=True):
        before = known.get(str(row["name"]))
        window = _window({**(as_row(before) if before else {}), **row})
        wrong = problems_with(house, connection, window)
        problems += [Problem(line, name, text) for name, text in wrong.items()]
    return problems


def _window(row: Mapping[str, object]) -> Window:
    values: dict[str, Any] = dict(row)
    return Window(**{**values, "things": tuple(values.get("things") or ())}, **_missing(values))


def _missing(row: Mapping[str, object]) -> dict[str, Any]:
    return {} if "strength" in row else {"strength": None}


_CHECKS: Mapping[str, _Check] = {
    "people": _people_problems,
    "services": _thing_problems("assets"),
    "assets": _thing_problems("services"),
    "absences": _absence_problems,
    "relations": _relation_problems,
}
