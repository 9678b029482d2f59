"""Timers: when they are due, how often, and by whose calendar."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clearway.engine import BlueprintError, build, check
from clearway.engine.values import FireTimer, ProcessFault, Severity

Playing = Callable[..., Any]
OFFICE = b"""
name: office
tz: Europe/Berlin
week:
  mon-fri: "09:00-17:00"
day: PT8H
"""


def catching(kind: str, text: str, attributes: str = "") -> str:
    return (
        f"<startEvent id='s'/><intermediateCatchEvent id='c' {attributes}><timerEventDefinition>"
        f"<{kind}>{text}</{kind}></timerEventDefinition></intermediateCatchEvent>"
        "<endEvent id='e'/>{s>c c>e}"
    )


def repeating(text: str, attributes: str = "") -> str:
    return (
        "<startEvent id='s'/><userTask id='a'/><boundaryEvent id='b' attachedToRef='a' "
        f"cancelActivity='false' {attributes}><timerEventDefinition><timeCycle>{text}</timeCycle>"
        "</timerEventDefinition></boundaryEvent><task id='n'/><endEvent id='e'/>{s>a a>e b>n}"
    )


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("timeDuration", "PT90M", datetime(2026, 3, 2, 10, 30, tzinfo=UTC)),
        ("timeDuration", "P1M", datetime(2026, 4, 2, 9, 0, tzinfo=UTC)),
        ("timeDuration", "P1Y2M3DT4H", datetime(2027, 5, 5, 13, 0, tzinfo=UTC)),
        ("timeDuration", 'duration("PT1H") * 3', datetime(2026, 3, 2, 12, 0, tzinfo=UTC)),
        ("timeDate", "2026-07-01T09:00:00+02:00", datetime(2026, 7, 1, 7, 0, tzinfo=UTC)),
        (
            "timeDate",
            'date and time("2026-07-01T09:00:00@Europe/Berlin")',
            datetime(2026, 7, 1, 7, 0, tzinfo=UTC),
        ),
        (
            "timeDate",
            "2026-07-01T09:00:00@Europe/Berlin",
            datetime(2026, 7, 1, 7, 0, tzinfo=UTC),
        ),
        (
            "timeDate",
            '"2026-12-01T09:00:00@America/New_York"',
            datetime(2026, 12, 1, 14, 0, tzinfo=UTC),
        ),
        (
            "timeCycle",
            "R3/2026-07-01T09:00:00@America/Argentina/Ushuaia/P1D",
            datetime(2026, 7, 1, 12, 0, tzinfo=UTC),
        ),
        ("timeDate", "now + duration(record.wait)", datetime(2026, 3, 2, 9, 5, tzinfo=UTC)),
    ],
)
def test_a_timer_is_due_when_it_says(play: Playing, kind: str, text: str, due: datetime):
    run = play(catching(kind, text), record={"wait": "PT5M"})

    run.start()

    assert [timer.due for timer in run.waits.timers] == [due]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", "-PT5M"),
        ("timeDuration", "PXT1H"),
        ("timeDuration", "P1.5M"),
        ("timeDuration", "P"),
        ("timeDate", "2026-07-01T09:00:00"),
        ("timeDate", "2026-13-01T09:00:00Z"),
        ("timeDate", "2026-07-01T09:00:00@Mars/Olympus"),
        ("timeDate", "2026-07-01T09:00:00+02:00@Europe/Berlin"),
        ("timeCycle", "R3/2026-07-01T09:00:00@Mars/P1D"),
        ("timeCycle", "R0/PT1H"),
        ("timeCycle", "R3/PT0S"),
        ("timeCycle", "R3/2026-01-01/PT1H/PT2H"),
        ("timeCycle", "R3//PT1H"),
        ("timeCycle", "R\u0663/PT1H"),
        ("timeDuration", "P\u0661D"),
        ("timeDate", "2199-01-01T09:00:00Z"),
        ("timeDate", "2026-03-05"),
        ("timeDate", "9999-12-31T23:00:00-05:00"),
    ],
)
def test_a_timer_that_says_no_time_is_refused(drawn: Callable[..., Any], kind: str, text: str):
    with pytest.raises(BlueprintError) as caught:
        build(drawn(catching(kind, text)), strict=False)

    assert caught.value.findings[0].element == "c"
    assert caught.value.findings[0].rule == "timer"


@pytest.mark.parametrize("text", ['duration("-PT5M")', "null", "42", '"tomorrow"'])
def test_a_timer_whose_value_is_no_duration_is_a_fault(play: Playing, text: str):
    run = play(catching("timeDuration", text))

    with pytest.raises(ProcessFault, match="timer cannot be set"):
        run.start()


def test_five_days_of_a_calendar_are_five_business_days(
    drawn: Callable[..., Any], play_bundle: Playing
):
    files = {"shared/calendars/office.yaml": OFFICE}
    bundle = drawn(catching("timeDuration", "P5D", "clearway:calendar='office'"), **files)
    run = play_bundle(bundle, now=datetime(2026, 3, 6, 14, 0, tzinfo=UTC))

    run.start()

    assert run.waits.timers[0].due == datetime(2026, 3, 13, 14, 0, tzinfo=UTC)


def test_a_task_that_names_a_calendar_is_due_in_business_time(
    drawn: Callable[..., Any], play_bundle: Playing
):
    task = (
        "<startEvent id='s'/><userTask id='u' clearway:calendar='office' "
        "clearway:due='duration(&quot;P5D&quot;)'/>{s>u}"
    )
    bundle = drawn(task, **{"shared/calendars/office.yaml": OFFICE})
    run = play_bundle(bundle, now=datetime(2026, 3, 6, 14, 0, tzinfo=UTC))

    run.start()

    assert run.waits.work_items[0].due == datetime(2026, 3, 13, 14, 0, tzinfo=UTC)


def test_hours_of_a_calendar_are_open_hours(drawn: Callable[..., Any], play_bundle: Playing):
    files = {"shared/calendars/office.yaml": OFFICE}
    bundle = drawn(catching("timeDuration", "PT4H", "clearway:calendar='office'"), **files)
    run = play_bundle(bundle, now=datetime(2026, 3, 6, 14, 0, tzinfo=UTC))

    run.start()

    assert run.waits.timers[0].due == datetime(2026, 3, 9, 10, 0, tzinfo=UTC)


def test_a_calendar_that_is_not_there_is_named(drawn: Callable[..., Any]):
    with pytest.raises(BlueprintError, match="no calendar `nights`"):
        build(drawn(catching("timeDuration", "P5D", "clearway:calendar='nights'")), strict=False)


def test_a_counted_cycle_ends_after_its_count(play: Playing):
    run = play(repeating("R3/PT1H"))
    run.start()
    assert run.waits.timers[0].repeats_left == 2

    run.wait(hours=10)

    assert run.count("n") == 3
    assert run.waits.timers == ()


def test_a_cycle_without_end_keeps_its_beat(play: Playing):
    run = play(repeating("R/PT1H"))
    run.start()

    run.wait(hours=5, minutes=30)

    assert run.count("n") == 5
    assert run.waits.timers[0].due == datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert run.waits.timers[0].repeats_left == -1


@pytest.mark.parametrize(
    ("cycle", "at"),
    [
        ("P1D", ["10-24T07:00", "10-25T08:00", "10-26T08:00", "10-27T08:00"]),
        ("PT24H", ["10-24T07:00", "10-25T07:00", "10-26T07:00", "10-27T07:00"]),
        ("P1DT1H", ["10-24T07:00", "10-25T09:00", "10-26T10:00", "10-27T11:00"]),
        ("P1M", ["10-24T07:00", "11-24T08:00", "12-24T08:00"]),
    ],
)
def test_a_cycle_in_a_zone_keeps_its_time_of_day_there(play: Playing, cycle: str, at: list[str]):
    """Berlin puts its clocks back on 25 October 2026 at 01:00 UTC."""
    run = play(repeating(f"R/2026-10-24T09:00:00@Europe/Berlin/{cycle}"))
    run.start()
    found = list[str]()

    for _ in at:
        [timer] = run.waits.timers
        found.append(f"{timer.due:%m-%dT%H:%M}")
        run.now = timer.due
        run.apply(FireTimer(timer.token))

    assert found == at
    assert run.count("n") == len(at)


def test_after_an_outage_a_cycle_in_a_zone_misses_no_day(play: Playing):
    """A day of 25 hours is one day, however long nobody looked."""
    run = play(repeating("R/2026-10-24T09:00:00@Europe/Berlin/P1D"))
    run.start()

    run.now = datetime(2026, 10, 25, 7, 30, tzinfo=UTC)
    run.apply(FireTimer(run.waits.timers[0].token))

    assert run.count("n") == 1
    assert [it.due for it in run.waits.timers] == [datetime(2026, 10, 25, 8, 0, tzinfo=UTC)]


def test_after_an_outage_a_cycle_fires_once_and_goes_on_in_the_future(play: Playing):
    run = play(repeating("R/PT1H"))
    run.start()
    run.now += timedelta(hours=7, minutes=30)

    run.apply(FireTimer(run.waits.timers[0].token))

    assert run.count("n") == 1
    assert run.waits.timers[0].due == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def test_after_an_outage_a_cycle_may_catch_up_on_all_it_missed(play: Playing):
    run = play(repeating("R/PT1H", "clearway:missed='all'"))
    run.start()
    run.now += timedelta(hours=7, minutes=30)

    run.apply(FireTimer(run.waits.timers[0].token, times=7))

    assert run.count("n") == 7
    assert run.waits.timers[0].due == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def test_after_an_outage_a_cycle_may_let_all_it_missed_pass(play: Playing):
    run = play(repeating("R/PT1H", "clearway:missed='skip'"))
    run.start()
    run.now += timedelta(hours=7, minutes=30)

    run.apply(FireTimer(run.waits.timers[0].token, times=0))

    assert run.count("n") == 0
    assert run.waits.timers[0].due == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def test_a_tiny_cycle_after_a_long_outage_takes_no_time(play: Playing):
    run = play(repeating("R/PT0.001S"))
    run.start()
    run.now += timedelta(days=365)

    run.apply(FireTimer(run.waits.timers[0].token))

    assert run.count("n") == 1
    assert run.waits.timers[0].due > run.now


def test_a_cycle_in_business_time_fires_once_after_a_year_of_outage(
    drawn: Callable[..., Any], play_bundle: Playing
):
    files = {"shared/calendars/office.yaml": OFFICE}
    body = repeating("R/PT1M", "clearway:calendar='office'")
    run = play_bundle(drawn(body, **files), now=datetime(2026, 3, 6, 14, 0, tzinfo=UTC))
    run.start()
    run.now += timedelta(days=365, seconds=30)

    run.apply(FireTimer(run.waits.timers[0].token))

    assert run.count("n") == 1
    assert run.now < run.waits.timers[0].due <= run.now + timedelta(days=3)


@pytest.mark.parametrize("missed", ["skip", "all"])
def test_a_timer_that_comes_once_is_neither_skipped_nor_made_up_for(
    drawn: Callable[..., Any], missed: str
):
    text = catching("timeDuration", "PT1H", f"clearway:missed='{missed}'")

    found = [it for it in check(drawn(text), trusted=True) if it.rule == "missed"]

    assert [(it.element, it.severity) for it in found] == [("c", Severity.ERROR)]
    assert "comes only once" in found[0].message


def test_a_timer_keeps_its_token_while_it_waits(play: Playing):
    run = play(repeating("R/PT1H"))
    run.start()
    before = run.waits.timers[0].token

    run.wait(hours=2, minutes=1)

    assert run.waits.timers[0].token == before


def test_a_monthly_cycle_from_the_31st_comes_back_to_it(play: Playing):
    run = play(repeating("R/2026-03-31T09:00:00Z/P1M"))
    run.start()

    days = []
    for _ in range(5):
        days.append(run.waits.timers[0].due.day)
        run.now = run.waits.timers[0].due
        run.apply(FireTimer(run.waits.timers[0].token))

    assert days == [31, 30, 31, 30, 31]
