"""Points by history, bands held against outcomes, and the sample that everybody can draw again."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processes.change_risk import back_test, failure_rate, history_points
from processes.sampling import is_drawn


@pytest.mark.parametrize(
    ("criticality", "failed", "of", "points"),
    [(1, 0, 0, 10), (1, 5, 10, 30), (2, 5, 10, 22), (4, 5, 10, 8), (None, 9, 10, 50)],
)
def test_history_counts_by_how_critical_the_service_is(criticality, failed, of, points):
    assert history_points(criticality, failed, of) == points


def test_one_failure_of_one_is_no_proof():
    assert failure_rate(0, 0) < failure_rate(1, 1) < Fraction(1, 4)
    with pytest.raises(ValueError, match="count them anew"):
        failure_rate(2, 1)


@settings(max_examples=50)
@given(st.integers(0, 50), st.integers(0, 50))
def test_more_failures_are_never_fewer_points(failed, more):
    of = failed + more + 1

    assert 0 <= history_points(2, failed, of) <= history_points(2, failed + 1, of) <= 100


def test_bands_are_held_against_outcomes():
    ended: list[tuple[str | None, bool | None]] = [("low", False)] * 9 + [("low", True)]
    ended += [("high", True), ("high", False), (None, False)]

    found = back_test(ended)

    assert {it.band: (it.failed, it.changes) for it in found.results} == {
        "low": (1, 10),
        "moderate": (0, 0),
        "high": (1, 2),
        "very_high": (0, 0),
    }
    assert found.violations == []
    assert found.unbanded == 1


def test_a_band_that_fails_less_often_than_a_lower_one_is_told():
    found = back_test([("low", True), ("moderate", False)])

    assert found.violations == ["moderate: 0 of 1 did not succeed, low: 1 of 1"]


def test_the_sample_is_the_same_for_everybody_and_about_as_large_as_asked():
    keys = [f"CHG-{number}" for number in range(1, 10_001)]

    drawn = [key for key in keys if is_drawn(key, 10)]

    assert drawn == [key for key in keys if is_drawn(key, 10)]
    assert 900 < len(drawn) < 1100
    assert not any(is_drawn(key, 0) for key in keys[:50])
    assert all(is_drawn(key, 100) for key in keys[:50])
    with pytest.raises(ValueError, match="0 to 100"):
        is_drawn("CHG-1", 101)
