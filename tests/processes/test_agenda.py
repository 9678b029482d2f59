"""The agenda of a meeting: in the order in which things must be decided, with the reason."""

import random
from datetime import UTC, date, datetime, timedelta

from processes.agenda import Terms, Waiting, agenda, changes, time_spent, working_days_before
from processes.calendar import Calendar

THURSDAY = datetime(2026, 3, 5, 13, 0, tzinfo=UTC)
TERMS = Terms(
    THURSDAY,
    minutes=30,
    minutes_each=10,
    horizon=timedelta(days=28),
    lead_days={"moderate": 2, "high": 5},
    risks=("high", "moderate", "low"),
)


def waits(key: str, days: float | None, risk: str | None, asked: int = 0) -> Waiting:
    begins = None if days is None else THURSDAY + timedelta(days=days)
    return Waiting(key, key.lower(), begins, risk, THURSDAY - timedelta(days=asked))


def keys(*waiting: Waiting) -> list[str]:
    return [it.key for it in agenda(waiting, TERMS).places]


def test_what_needs_a_longer_lead_time_comes_before_what_begins_earlier():
    assert keys(waits("A", 5, "low"), waits("B", 8, "high")) == ["B", "A"]


def test_of_two_that_must_be_decided_by_the_same_time_the_riskier_comes_first():
    # Two working days before Thursday and none before Tuesday are the same instant.
    assert keys(waits("A", 5, "low"), waits("B", 7, "moderate")) == ["B", "A"]


def test_what_does_not_say_when_it_begins_comes_last():
    assert keys(waits("A", None, "high"), waits("B", 20, "low")) == ["B", "A"]


def test_the_same_records_give_the_same_agenda_in_whatever_order_they_come():
    waiting = [waits(f"C{n}", 3 + n % 3, ("low", "high", None)[n % 3], n % 2) for n in range(12)]
    shuffled = list(waiting)
    random.Random(7).shuffle(shuffled)

    assert agenda(shuffled, TERMS) == agenda(waiting, TERMS)


def test_what_begins_before_the_meeting_or_long_after_it_is_left_out_with_the_reason():
    found = agenda([waits("A", -0.1, "low"), waits("B", 40, "low"), waits("C", 5, "low")], TERMS)

    assert [it.key for it in found.places] == ["C"]
    assert [(it.key, it.why.split(",")[0]) for it in found.left_out] == [
        ("A", "It begins 2026-03-05 10:36 UTC"),
        ("B", "It begins 2026-04-14 13:00 UTC"),
    ]


def test_what_does_not_fit_says_until_when_it_must_be_decided():
    found = agenda([waits(f"C{n}", 10, "high") for n in range(4)], TERMS)

    assert [it.key for it in found.places] == ["C0", "C1", "C2"]
    assert found.left_out[0].why == (
        "Not enough time: 3 items fit into 30 minutes. It must be decided by 2026-03-09 13:00 UTC."
    )


def test_holidays_of_the_calendar_are_no_working_days():
    office = Calendar.from_data(
        {
            "tz": "Europe/Berlin",
            "week": {"mon-fri": "09:00-17:00"},
            "holidays": [
                {"date": date(2026, 4, 3), "name": "Good Friday"},
                {"date": date(2026, 4, 6), "name": "Easter Monday"},
            ],
        }
    )
    tuesday = datetime(2026, 4, 7, 18, 0, tzinfo=UTC)

    assert working_days_before(tuesday, 2, office) == datetime(2026, 4, 1, 18, 0, tzinfo=UTC)
    assert working_days_before(tuesday, 2) == datetime(2026, 4, 3, 18, 0, tzinfo=UTC)
    # By the clocks of the calendar it is Tuesday already, and Monday was a holiday.
    late = datetime(2026, 4, 6, 22, 30, tzinfo=UTC)
    assert working_days_before(late, 1, office) == datetime(2026, 4, 1, 22, 30, tzinfo=UTC)


def test_a_lead_time_that_has_begun_already_is_told():
    [place] = agenda([waits("A", 2, "high")], TERMS).places

    assert "the 5 working days that this needs have begun already (2026-03-02" in place.why


def test_working_days_leave_out_the_weekend():
    monday = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)

    assert working_days_before(monday, 1) == datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
    assert working_days_before(monday, 0) == monday


def test_what_the_chair_changed_is_told():
    assert changes(["A", "B", "C"], ["C", "A", "D"]) == [
        "D was added.",
        "B was dropped.",
        "The order was changed.",
    ]


def test_time_stands_still_in_a_pause_and_adds_up():
    at = [THURSDAY + timedelta(minutes=n) for n in (0, 5, 15, 18)]
    moves = [(at[0], "A"), (at[1], None), (at[2], "A"), (at[3], "B")]

    assert time_spent(moves, THURSDAY + timedelta(minutes=20)) == {
        "A": timedelta(minutes=8),
        "B": timedelta(minutes=2),
    }
    assert time_spent([], THURSDAY) == {}
