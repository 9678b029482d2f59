"""Checks business time against a file of cases whose answers somebody else has counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from processes.calendar import Calendar, CalendarError, add, elapsed


@dataclass(frozen=True, slots=True)
class CasesResult:
    """How many cases hold, and one sentence for each that does not."""

    passed: int
    failures: tuple[str, ...]


def run_cases(data: Mapping[str, object]) -> CasesResult:
    """Run `{calendars: {name: calendar}, cases: [case]}`, as in tests/data/sla/cases.json.

    A case has `name`, `calendar`, `kind`, `start`, `minutes`, and either `end` (kind "elapsed": so
    many minutes lie between) or `due` (kind "due": so many minutes end there). Instants are ISO
    8601 with an offset. Raises CalendarError naming the case or calendar that cannot be understood.
    """
    described = _named(data, "calendars")
    calendars = {
        name: Calendar.from_data(_mapping(calendar, f"calendar {name!r}"), name)
        for name, calendar in described.items()
    }
    cases = data.get("cases")
    if not isinstance(cases, list | tuple):
        raise CalendarError("cases: the file needs a list of cases")
    verdicts = [
        _run(_mapping(case, f"case {number}"), number, calendars)
        for number, case in enumerate(cast(Sequence[object], cases), start=1)
    ]
    failures = tuple(failure for failure in verdicts if failure is not None)
    return CasesResult(len(verdicts) - len(failures), failures)


def _run(case: Mapping[str, object], number: int, calendars: Mapping[str, Calendar]) -> str | None:
    """None when the case holds, else what was expected and what came out."""
    name = str(case.get("name", f"number {number}"))
    try:
        return _compare(case, name, calendars)
    except CalendarError as error:
        raise CalendarError(f"case {name!r}: {error}") from error


def _compare(
    case: Mapping[str, object], name: str, calendars: Mapping[str, Calendar]
) -> str | None:
    calendar = calendars.get(str(case.get("calendar")))
    if calendar is None:
        raise CalendarError(
            f"calendar: {case.get('calendar')!r} is not among the file's calendars; add it there"
        )
    start, minutes = _instant(case, "start"), _minutes(case)
    match case.get("kind"):
        case "elapsed":
            got = elapsed(calendar, start, _instant(case, "end"))
            if got == minutes:
                return None
            return f"{name}: expected {_told(minutes)}, got {_told(got)}"
        case "due":
            due, reached = _instant(case, "due"), add(calendar, start, minutes)
            if reached == due:
                return None
            shown = reached.astimezone(due.tzinfo).isoformat()
            return f"{name}: expected {due.isoformat()}, got {shown}"
        case kind:
            raise CalendarError(f'kind: {kind!r} is unknown; write "elapsed" or "due"')


def _instant(case: Mapping[str, object], field: str) -> datetime:
    value = case.get(field)
    remedy = "write an instant such as 2026-03-29T00:00:00+01:00"
    if not isinstance(value, str):
        raise CalendarError(f"{field}: {value!r} is no instant; {remedy}")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise CalendarError(f"{field}: {value!r} is no instant; {remedy}") from error
    if moment.tzinfo is None:
        raise CalendarError(f"{field}: {value!r} has no offset from UTC; {remedy}")
    return moment


def _minutes(case: Mapping[str, object]) -> timedelta:
    value = case.get("minutes")
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 10**9:
        raise CalendarError(f"minutes: {value!r} is no amount of time; write a number of minutes")
    return timedelta(minutes=value)


def _told(amount: timedelta) -> str:
    return f"{amount / timedelta(minutes=1):.12g} minutes"


def _named(data: Mapping[str, object], field: str) -> Mapping[str, object]:
    if field not in data:
        raise CalendarError(f"{field}: the file needs them by name; add the field")
    return _mapping(data[field], field)


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise CalendarError(f"{where}: {value!r} is no mapping; write fields with their values")
    return cast(Mapping[str, object], value)
