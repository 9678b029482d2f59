"""Which days a recurrence rule of RFC 5545 names: bounded, also where it never comes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

DAILY, WEEKLY, MONTHLY, YEARLY = "DAILY", "WEEKLY", "MONTHLY", "YEARLY"
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)
_WEEK = 7
_MOST_WEEKS = 53


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week (0: Monday); `nth` of its month or year, from its end when negative."""

    day: int
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule read; what it does not say is empty. Times of a day are none of its business."""

    every: str
    interval: int = 1
    weekdays: Sequence[Weekday] = ()
    month_days: Sequence[int] = ()
    months: Sequence[int] = ()
    positions: Sequence[int] = ()
    week_begins: int = 0
    count: int | None = None


def read_rule(parts: Mapping[str, str]) -> Rule:
    """The rule of these parts of its text, without its end. Raises ValueError with what is wrong.

    FREQ is one of the four kinds here, INTERVAL and COUNT are whole numbers from 1.
    """
    every = parts["FREQ"]
    weekdays = [_weekday(it, every) for it in _listed(parts, "BYDAY")]
    month_days = _numbers(parts, "BYMONTHDAY", 99)
    return Rule(
        every,
        int(parts.get("INTERVAL", "1")),
        weekdays,
        month_days,
        _numbers(parts, "BYMONTH", 12, is_signed=False),
        _numbers(parts, "BYSETPOS", 366),
        _weekday(parts.get("WKST", "MO"), WEEKLY).day,
        int(parts["COUNT"]) if "COUNT" in parts else None,
    )


def days_of(rule: Rule, first: date, until: date) -> Iterator[date]:
    """Each day that the rule names from `first` up to `until`, both included, in order."""
    found = (
        day
        for period in _periods(rule, first, until)
        for day in _picked(rule, [it for it in period if _fits(rule, it, first)])
        if first <= day <= until
    )
    return found if rule.count is None else islice(found, rule.count)


# --- one period after the other -------------------------------------------------------------------


def _periods(rule: Rule, first: date, until: date) -> Iterator[Sequence[date]]:
    """The days of each day, week, month or year that the interval takes."""
    if rule.every in (DAILY, WEEKLY):
        length = 1 if rule.every == DAILY else _WEEK
        back = 0 if rule.every == DAILY else (first.weekday() - rule.week_begins) % _WEEK
        for begin in range(first.toordinal() - back, until.toordinal() + 1, length * rule.interval):
            yield [date.fromordinal(begin + it) for it in range(length)]
        return
    months = 1 if rule.every == MONTHLY else 12
    begin = _month(first) if rule.every == MONTHLY else first.year * 12
    for month in range(begin, _month(until) + 1, months * rule.interval):
        if months == 1 and rule.months and month % 12 + 1 not in rule.months:
            continue
        yield _days_between(_first_of(month), _first_of(month + months))


def _days_between(begin: date, end: date) -> Sequence[date]:
    return [begin + _DAY * it for it in range((end - begin).days)]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


# --- the days of one period -----------------------------------------------------------------------


def _fits(rule: Rule, day: date, first: date) -> bool:
    """What the rule leaves open is as on its first day."""
    is_open = not rule.weekdays and not rule.month_days
    if rule.months or (is_open and rule.every == YEARLY):
        months = rule.months or (first.month,)
        if day.month not in months:
            return False
    if is_open and rule.every == WEEKLY:
        return day.weekday() == first.weekday()
    if is_open and rule.every in (MONTHLY, YEARLY):
        return day.day == first.day
    return _is_month_day(rule, day) and _is_weekday(rule, day)


def _is_month_day(rule: Rule, day: date) -> bool:
    if not rule.month_days:
        return True
    from_end = day.day - (_first_of(_month(day) + 1) - day.replace(day=1)).days - 1
    return day.day in rule.month_days or from_end in rule.month_days


def _is_weekday(rule: Rule, day: date) -> bool:
    mine = [it.nth for it in rule.weekdays if it.day == day.weekday()]
    if not rule.weekdays or None in mine:
        return True
    if not mine:
        return False
    in_month = rule.every == MONTHLY or bool(rule.months)
    begin = day.replace(day=1) if in_month else date(day.year, 1, 1)
    end = _first_of(_month(day) + 1) if in_month else date(day.year + 1, 1, 1)
    from_begin = (day - begin).days // _WEEK + 1
    from_end = -(((end - day).days - 1) // _WEEK) - 1
    return from_begin in mine or from_end in mine


def _picked(rule: Rule, days: Sequence[date]) -> Sequence[date]:
    if not rule.positions:
        return days
    at = {it - 1 if it > 0 else len(days) + it for it in rule.positions}
    return [day for place, day in enumerate(days) if place in at]


# --- the parts of its text ------------------------------------------------------------------------


def _listed(parts: Mapping[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _numbers(
    parts: Mapping[str, str], name: str, most: int, *, is_signed: bool = True
) -> list[int]:
    found: list[int] = []
    for text in _listed(parts, name):
        if not re.fullmatch(r"[+-]?\d{1,3}" if is_signed else r"\d{1,2}", text) or not (
            1 <= abs(int(text)) <= most
        ):
            raise ValueError(f"{name} has {text or 'a gap'}, which is no number up to {most}")
        found.append(int(text))
    return found


def _weekday(text: str, every: str) -> Weekday:
    read = re.fullmatch(r"([+-]?\d{1,2})?([A-Z]{2})", text)
    if read is None or read[2] not in _WEEKDAYS:
        raise ValueError(f"{text or 'a gap'} is no day of the week")
    nth = int(read[1]) if read[1] else None
    if nth is not None and not 1 <= abs(nth) <= _MOST_WEEKS:
        raise ValueError(f"{text} never comes")
    # What counts the days of a month means nothing day by day, or week by week.
    return Weekday(_WEEKDAYS.index(read[2]), nth if every in (MONTHLY, YEARLY) else None)
