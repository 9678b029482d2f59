"""Reading a property, an item or a selection of a value."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from clearway.feel import logic
from clearway.feel.limits import Run
from clearway.feel.temporal import zone_name
from clearway.feel.values import Range, YearsMonths, adopted, is_context, is_list


def property_of(run: Run, base: object, name: str) -> object:
    """`base.name`; null where there is no such property, a list of them for a list."""
    if is_context(base):
        return adopted(run, base.get(name))
    if base is None:
        return None
    base = adopted(run, base)
    if is_list(base):
        run.room(len(base))
        return [property_of(run, item, name) for item in base]
    if is_context(base):
        return adopted(run, base.get(name))
    if isinstance(base, Range):
        return _range_property(base, name)
    value = _temporal_property(base, name)
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def item_at(run: Run, items: list[object], index: Decimal) -> object:
    """The item at a 1-based index, from the end when negative; null outside."""
    if index != index.to_integral_value() or not index or abs(index) > len(items):
        return None
    place = int(index)
    return adopted(run, items[place - 1 if place > 0 else place])


def iterated(run: Run, value: object) -> list[object] | None:
    """The items that `for` and quantifiers walk over; None where there are none to walk."""
    if is_list(value):
        return value
    if isinstance(value, Range):
        if logic.compare(">", value.low, value.high) is not False:
            return None
        return steps_between(run, value.low, value.high, value.low_included, value.high_included)
    return None if value is None else [value]


def steps_between(
    run: Run, low: object, high: object, low_included: bool = True, high_included: bool = True
) -> list[object] | None:
    """Whole numbers or days from `low` to `high`, downwards when `high` is less."""
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        if low != low.to_integral_value() or high != high.to_integral_value():
            return None
        _check_span(run, abs(high - low))
        first, last = int(low), int(high)
        numbers: list[object] = [Decimal(at) for at in _walk(first, last)]
    elif type(low) is date and type(high) is date:
        first, last = low.toordinal(), high.toordinal()
        _check_span(run, Decimal(abs(last - first)))
        numbers = [date.fromordinal(at) for at in _walk(first, last)]
    else:
        return None
    start = 0 if low_included else 1
    return numbers[start : len(numbers) if high_included else len(numbers) - 1]


def _check_span(run: Run, span: Decimal) -> None:
    run.room(int(span) + 1 if span < run.limits.size else run.limits.size + 1)


def _walk(first: int, last: int) -> range:
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)


def _range_property(value: Range, name: str) -> object:
    if name == "start":
        return value.low
    if name == "end":
        return value.high
    if name == "start included":
        return value.low_included
    return value.high_included if name == "end included" else None


def _temporal_property(value: object, name: str) -> object:
    if isinstance(value, date) and name in ("year", "month", "day"):
        return getattr(value, name)
    if isinstance(value, date) and name == "weekday":
        return value.isoweekday()
    if isinstance(value, datetime | time):
        return _clock_property(value, name)
    if isinstance(value, timedelta):
        return _days_time_property(value, name)
    if isinstance(value, YearsMonths) and name in ("years", "months"):
        whole, rest = divmod(abs(value.months), 12)
        return (whole if name == "years" else rest) * (-1 if value.months < 0 else 1)
    return None


def _clock_property(value: datetime | time, name: str) -> object:
    if name in ("hour", "minute"):
        return getattr(value, name)
    if name == "second":
        return Decimal(value.second) + Decimal(value.microsecond).scaleb(-6).normalize()
    if name == "time offset":
        return value.utcoffset()
    return zone_name(value.tzinfo) if name == "timezone" else None


def _days_time_property(value: timedelta, name: str) -> object:
    sign = -1 if value < timedelta(0) else 1
    size = abs(value)
    if name == "days":
        return size.days * sign
    if name == "hours":
        return size.seconds // 3600 * sign
    if name == "minutes":
        return size.seconds // 60 % 60 * sign
    if name == "seconds":
        return (
            Decimal(size.seconds % 60) + Decimal(size.microseconds).scaleb(-6).normalize()
        ) * sign
    return None
