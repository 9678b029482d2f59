"""Values in the database: exact, and the same text for the same value."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clearway.feel import YearsMonths
from clearway.store import jsonb
from clearway.store.jsonb import NotJson

TEXT = st.text('ab\\u0é\n"', max_size=5)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
    | TEXT,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXT, children, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(VALUES)
def test_what_is_written_is_read(value):
    assert jsonb.loads(jsonb.dumps(value)) == value
    assert jsonb.exact(jsonb.exact(value)) == jsonb.exact(value)


def kinds(value):
    """The types in a value, as deep as it goes."""
    if isinstance(value, dict):
        return {name: kinds(item) for name, item in value.items()}
    return [kinds(item) for item in value] if isinstance(value, list) else (type(value), str(value))


@settings(deadline=None)
@given(VALUES | st.tuples(VALUES, st.floats(allow_nan=False, allow_infinity=False)))
@example(-(2**63))
@example(2**63)
def test_what_is_exact_is_what_json_gives_back(value):
    assert kinds(jsonb.exact(value)) == kinds(jsonb.loads(jsonb.dumps(value)))


def test_what_nests_too_deep_is_refused():
    value = []
    for _ in range(2000):
        value = [value]

    with pytest.raises(NotJson):
        jsonb.exact(value)


def test_decimals_keep_every_digit():
    assert jsonb.dumps({"price": Decimal("0.10")}) == '{"price":0.10}'
    assert jsonb.dumps(Decimal("1E+3")) == "1000"
    assert jsonb.exact(0.1) == Decimal("0.1")


def test_instants_are_told_in_utc_and_durations_in_iso():
    berlin = timezone(timedelta(hours=2))

    assert jsonb.dumps(datetime(2026, 3, 31, 14, tzinfo=berlin)) == '"2026-03-31T12:00:00Z"'
    assert jsonb.dumps(timedelta(days=1, hours=2, seconds=3)) == '"P1DT2H3S"'
    assert jsonb.dumps(timedelta(hours=-1)) == '"-PT1H"'
    assert jsonb.dumps(timedelta(0)) == '"PT0S"'
    assert jsonb.dumps([YearsMonths(14), YearsMonths(-1)]) == '["P14M","-P1M"]'
    assert jsonb.exact({"a": YearsMonths(2)}) == {"a": "P2M"}


@pytest.mark.parametrize(
    "value", [float("nan"), [float("inf")], "a\0b", {"a\0": 1}, "\ud800", 2**70, object(), {1: 2}]
)
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(NotJson):
        jsonb.exact(value)


def test_a_backslash_before_u0000_is_only_text():
    assert jsonb.exact(["\\u0000"]) == ["\\u0000"]


def test_the_canonical_text_does_not_depend_on_the_order_of_keys():
    assert jsonb.canonical({"b": 1, "a": datetime(2026, 1, 1, tzinfo=UTC)}) == (
        b'{"a":"2026-01-01T00:00:00Z","b":1}'
    )
