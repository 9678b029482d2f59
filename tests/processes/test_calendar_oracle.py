"""Business time held against a counter of single minutes, over random calendars and zones."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processes.calendar import Calendar, CalendarError, add, elapsed, is_open, next_opening
from processes.hours import Window

MINUTE = timedelta(minutes=1)

# Clocks that do nothing unusual; without them only odd days would be counted.
PLAIN_MOMENTS = [
    ("Asia/Kathmandu", "2026-06-01T00:00+00:00"),
    ("UTC", "2026-02-28T23:00+00:00"),
]

# A zone and an instant near which its clocks do something unusual.
ODD_MOMENTS = [
    ("Europe/Berlin", "2026-03-29T01:00+00:00"),
    ("Europe/Berlin", "2026-10-25T01:00+00:00"),
    ("America/New_York", "2026-03-08T07:00+00:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00+00:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30+00:00"),
    ("America/Sao_Paulo", "2018-11-04T03:00+00:00"),
    ("America/Sao_Paulo", "2018-02-18T02:00+00:00"),
    ("America/Havana", "2025-11-02T05:00+00:00"),
    ("America/St_Johns", "2010-11-07T02:31+00:00"),
    ("Pacific/Apia", "2011-12-30T10:00+00:00"),
    ("Pacific/Kwajalein", "1993-08-21T12:00+00:00"),
    ("Africa/Casablanca", "2026-02-15T02:00+00:00"),
    ("Africa/Casablanca", "2026-03-22T02:00+00:00"),
    ("Asia/Pyongyang", "2018-05-04T15:00+00:00"),
    ("Antarctica/Troll", "2026-03-29T01:00+00:00"),
    *PLAIN_MOMENTS,
]

# Monrovia's clocks were off by a fraction of a minute, which a counter of minutes cannot see.
ODDER_MOMENTS = [*ODD_MOMENTS, ("Africa/Monrovia", "1972-01-07T00:44:30+00:00")]


def minutes_counted(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Every window of every date near, walked over minute by minute of the UTC line.

    A window is open from the first minute that shows its opening or more, to the last minute that
    shows less than its closing.
    """
    first, last = start - timedelta(days=4), end + timedelta(days=4)
    shown = []
    moment = first
    while moment < last:
        wall = moment.astimezone(calendar.zone)
        shown.append(wall.replace(tzinfo=None, fold=0))
        moment += MINUTE
    open_minutes: set[int] = set()
    day = shown[0].date() + timedelta(days=1)
    while day < shown[-1].date() - timedelta(days=1):
        midnight = datetime(day.year, day.month, day.day)
        usual = [] if day in calendar.holidays else list(calendar.week[day.weekday()])
        for opening, closing in usual + list(calendar.extra.get(day, ())):
            opens, closes = midnight + opening * MINUTE, midnight + closing * MINUTE
            begin = next(i for i, wall in enumerate(shown) if wall >= opens)
            end_ = next(i for i in range(len(shown) - 1, -1, -1) if shown[i] < closes)
            open_minutes.update(range(begin, end_ + 1))
        day += timedelta(days=1)
    low, high = (start - first) // MINUTE, (end - first) // MINUTE
    return sum(1 for minute in open_minutes if low <= minute < high)


@st.composite
def weeks(draw: st.DrawFn, zone: ZoneInfo, odd: datetime) -> tuple[tuple[Window, ...], ...]:
    """Split days, whole days and nights; the last window may reach into the next morning.

    Edges fall on quarters of an hour, often on those at which the clocks change at `odd`.
    """
    before, after = (odd - MINUTE).astimezone(zone), odd.astimezone(zone)
    changes = [
        (60 * before.hour + before.minute + 1) // 15,
        (60 * after.hour + after.minute) // 15,
    ]
    marks = st.lists(
        st.one_of(st.integers(0, 96), st.sampled_from(changes)),
        min_size=0,
        max_size=6,
    )
    week = []
    for _ in range(7):
        edges = sorted(15 * mark for mark in draw(marks))
        week.append([(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False) if a < b])
    for weekday in range(7):
        following = week[(weekday + 1) % 7]
        free = min(following[0][0] if following else 600, 600)
        if week[weekday] and free and draw(st.booleans()):
            opening = week[weekday][-1][0]
            week[weekday][-1] = (opening, min(1440 + free, opening + 1440))
    if not any(week):
        week[draw(st.integers(0, 6))] = [(0, 1440)]
    return tuple(tuple(day) for day in week)


@st.composite
def situations(
    draw: st.DrawFn, moments: list[tuple[str, str]] = ODDER_MOMENTS
) -> tuple[Calendar, datetime]:
    zone, text = draw(st.sampled_from(moments))
    odd = datetime.fromisoformat(text).astimezone(UTC).replace(second=0)
    near = [odd.date() + timedelta(days=i) for i in range(-3, 4)]
    holidays = draw(st.sets(st.sampled_from(near), max_size=2))
    week = draw(weeks(ZoneInfo(zone), odd))
    # What an extra opening may collide with was closed: the day, the night before, the day after.
    extra = {}
    if draw(st.booleans()):
        around = near[2:5]
        holidays |= set(around)
        extra[around[1]] = ((draw(st.integers(0, 1200)), draw(st.integers(1201, 1440))),)
    calendar = Calendar("any", ZoneInfo(zone), week, dict.fromkeys(holidays, "a holiday"), extra)
    return calendar, odd + draw(st.integers(-3000, 3000)) * MINUTE


# A government that keeps its clocks would otherwise leave days here on which nothing happens.
@pytest.mark.parametrize(
    ("zone", "text"), [moment for moment in ODDER_MOMENTS if moment not in PLAIN_MOMENTS]
)
def test_the_clocks_change_at_every_odd_moment(zone: str, text: str):
    odd = datetime.fromisoformat(text).astimezone(UTC)

    before, after = ((odd + side * MINUTE).astimezone(ZoneInfo(zone)) for side in (-1, 1))

    assert before.utcoffset() != after.utcoffset()


@given(situations(ODD_MOMENTS), st.integers(0, 4000))
@settings(max_examples=80, deadline=None)
def test_elapsed_is_what_a_counter_of_minutes_says(
    situation: tuple[Calendar, datetime], length: int
):
    calendar, start = situation
    end = start + length * MINUTE

    assert elapsed(calendar, start, end) == minutes_counted(calendar, start, end) * MINUTE


@given(situations(), st.integers(0, 10_000_000))
@settings(max_examples=200, deadline=None)
def test_what_was_added_is_what_has_elapsed(situation: tuple[Calendar, datetime], seconds: int):
    calendar, start = situation
    amount = timedelta(seconds=seconds)

    assert elapsed(calendar, start, add(calendar, start, amount)) == amount


@given(situations(), st.integers(1, 500_000))
@settings(max_examples=120, deadline=None)
def test_an_amount_is_reached_at_the_first_possible_instant(
    situation: tuple[Calendar, datetime], seconds: int
):
    calendar, start = situation
    amount = timedelta(seconds=seconds)
    just_before = add(calendar, start, amount) - timedelta(microseconds=1)

    assert elapsed(calendar, start, just_before) < amount


@given(situations(), st.tuples(*[st.integers(-9_000_000, 9_000_000)] * 3))
@settings(max_examples=200, deadline=None)
def test_pieces_of_time_add_up_in_any_order(
    situation: tuple[Calendar, datetime], offsets: tuple[int, int, int]
):
    calendar, start = situation
    a, b, c = (start + timedelta(seconds=offset) for offset in offsets)

    assert elapsed(calendar, a, b) + elapsed(calendar, b, c) == elapsed(calendar, a, c)


@given(situations(), st.integers(0, 9_000_000), st.integers(0, 9_000_000))
@settings(max_examples=120, deadline=None)
def test_a_later_end_never_means_less_and_never_more_than_the_clock_on_the_wall(
    situation: tuple[Calendar, datetime], seconds: int, more: int
):
    calendar, start = situation
    end = start + timedelta(seconds=seconds)
    later = end + timedelta(seconds=more)

    gained = elapsed(calendar, start, later) - elapsed(calendar, start, end)

    assert timedelta(0) <= gained <= later - end


@given(situations())
@settings(max_examples=120, deadline=None)
def test_the_next_opening_is_open_and_nothing_before_it_is(situation: tuple[Calendar, datetime]):
    calendar, start = situation

    opening = next_opening(calendar, start)

    assert is_open(calendar, opening)
    assert elapsed(calendar, start, opening) == timedelta(0)
    assert is_open(calendar, start) == (opening == start)


@st.composite
def situations_that_end(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar whose holidays are written out until a date near the odd moment."""
    calendar, start = draw(situations())
    until = start.date() + timedelta(days=draw(st.integers(-3, 3)))
    holidays = {day: name for day, name in calendar.holidays.items() if day <= until}
    extra = {day: windows for day, windows in calendar.extra.items() if day <= until}
    return replace(calendar, holidays=holidays, extra=extra, until=until), start


def later_world(calendar: Calendar, *, opens: bool) -> Calendar:
    """The same up to `until`, and then three months of days that are open or closed as a whole."""
    assert calendar.until is not None
    later = [calendar.until + timedelta(days=i) for i in range(1, 90)]
    holidays = dict(calendar.holidays) | dict.fromkeys(later, "a holiday")
    extra = dict(calendar.extra)
    if opens:
        night_ends = max([closes for _, closes in calendar.windows_on(calendar.until)], default=0)
        extra |= dict.fromkeys(later, ((0, 1440),))
        extra[later[0]] = tuple([(max(0, night_ends - 1440), 1440)] if night_ends < 2880 else [])
    return replace(calendar, holidays=holidays, extra=extra, until=None)


def answer(question: Callable[[], object]) -> object:
    """What is answered; None for what the calendar cannot say."""
    try:
        return question()
    except CalendarError:
        return None


@given(situations_that_end(), st.integers(0, 1_000_000), st.integers(1, 500_000))
@settings(max_examples=300, deadline=None)
def test_a_calendar_that_ends_answers_exactly_what_no_later_holiday_can_change(
    situation: tuple[Calendar, datetime], seconds: int, more: int
):
    calendar, start = situation
    end, amount = start + timedelta(seconds=seconds), timedelta(seconds=more)
    worlds = later_world(calendar, opens=True), later_world(calendar, opens=False)

    for ask in (
        lambda it: elapsed(it, start, end),
        lambda it: is_open(it, end),
        lambda it: add(it, start, amount),
        lambda it: next_opening(it, end),
    ):
        said = answer(lambda ask=ask: ask(calendar))
        open_world, closed_world = (answer(lambda ask=ask, it=it: ask(it)) for it in worlds)
        if said is None:
            assert open_world != closed_world
        else:
            assert said == open_world == closed_world


def test_the_certain_end_of_a_calendar_is_a_midnight_or_the_end_of_a_night():
    days = Calendar(
        "days", ZoneInfo("Europe/Berlin"), (((540, 1020),),) * 7, until=date(2026, 6, 1)
    )
    nights = replace(days, week=(((1320, 1800),),) * 7)

    assert is_open(days, datetime.fromisoformat("2026-06-01T23:59+02:00")) is False
    assert answer(lambda: is_open(days, datetime.fromisoformat("2026-06-02T00:00+02:00"))) is None
    assert is_open(nights, datetime.fromisoformat("2026-06-02T05:59+02:00")) is True
    assert answer(lambda: is_open(nights, datetime.fromisoformat("2026-06-02T06:00+02:00"))) is None
