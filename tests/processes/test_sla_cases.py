"""A file of cases is a promise anyone can check."""

import pytest

from processes.calendar import CalendarError
from processes.sla_cases import run_cases

CALENDARS = {"office": {"tz": "UTC", "week": {"0": [[540, 1020]]}, "holidays": []}}
CASE = {
    "name": "an hour on Monday",
    "kind": "elapsed",
    "calendar": "office",
    "start": "2026-06-01T09:00:00+00:00",
    "end": "2026-06-01T10:00:00+00:00",
    "minutes": 60,
}


def test_a_wrong_answer_is_told_with_both_figures():
    wrong = CASE | {"minutes": 61}

    result = run_cases({"calendars": CALENDARS, "cases": [CASE, wrong]})

    assert result.passed == 1
    assert result.failures == ("an hour on Monday: expected 61 minutes, got 60 minutes",)


def test_a_wrong_due_instant_is_told_in_the_zone_of_the_case():
    due = CASE | {"kind": "due", "due": "2026-06-01T12:30:00+02:00"}

    result = run_cases({"calendars": CALENDARS, "cases": [due]})

    assert result.failures == (
        "an hour on Monday: expected 2026-06-01T12:30:00+02:00, got 2026-06-01T12:00:00+02:00",
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"calendar": "nights"}, "calendar: 'nights' is not among"),
        ({"kind": "late"}, "kind: 'late' is unknown"),
        ({"kind": None}, "kind: None is unknown"),
        ({"start": "yesterday"}, "start: 'yesterday' is no instant"),
        ({"end": "2026-06-01T10:00:00"}, "end: .* has no offset"),
        ({"end": None}, "end: None is no instant"),
        ({"minutes": "60"}, "minutes: '60' is no amount"),
        ({"minutes": -1}, "minutes: -1 is no amount"),
        ({"start": "0001-01-01T00:00:00+00:00"}, "0001-.* is not between"),
    ],
)
def test_a_case_that_cannot_be_understood_is_named(change: dict[str, object], says: str):
    with pytest.raises(CalendarError, match=f"case 'an hour on Monday': {says}"):
        run_cases({"calendars": CALENDARS, "cases": [CASE | change]})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"cases": []}, "calendars: the file needs them"),
        ({"calendars": CALENDARS}, "cases: the file needs a list"),
        ({"calendars": CALENDARS, "cases": ["no"]}, "case 1: 'no' is no mapping"),
        ({"calendars": {"office": []}, "cases": []}, "calendar 'office'"),
        ({"calendars": {"office": {"tz": "Nowhere", "week": {}}}, "cases": []}, "'office'"),
    ],
)
def test_a_file_that_is_no_file_of_cases_is_refused(data: dict[str, object], says: str):
    with pytest.raises(CalendarError, match=says):
        run_cases(data)
