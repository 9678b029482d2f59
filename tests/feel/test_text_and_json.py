"""Values as FEEL text, as JSON for people, and as JSON without loss."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.feel import (
    FeelError,
    FeelEvaluationError,
    FeelLimitError,
    Range,
    YearsMonths,
    compile_expression,
    decode,
    encode,
    feel_text,
    from_json,
    to_plain,
)

zones = st.sampled_from(
    [None, UTC, timezone(timedelta(hours=-3, minutes=-30)), ZoneInfo("Europe/Berlin")]
)
texts = st.text(st.characters(codec="utf-8"), max_size=8)
numbers = st.decimals(allow_nan=False, allow_infinity=False).filter(
    lambda number: (
        number.adjusted() < 30
        and len(number.as_tuple().digits) <= 34
        and abs(int(number.as_tuple().exponent)) < 100
    )
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    texts,
    st.dates(),
    st.times(timezones=zones.filter(lambda zone: zone != UTC)),
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=zones).map(
        lambda moment: moment.replace(fold=0)
    ),
    st.timedeltas(),
    st.integers(-10_000, 10_000).map(YearsMonths),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def same(one: object, other: object) -> bool:
    """Equal in type, zone and value; stricter than FEEL's own equality, which it does not use."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, datetime | time) and isinstance(other, datetime | time):
        return one.replace(tzinfo=None) == other.replace(tzinfo=None) and (
            str(one.tzinfo) == str(other.tzinfo)
        )
    return type(one) is type(other) and one == other


@given(values)
def test_printing_and_reading_gives_the_same_value(value: object):
    assert same(compile_expression(feel_text(value)).evaluate({}), value)


@given(values)
def test_encoding_and_decoding_through_json_gives_the_same_value(value: object):
    wire = orjson.dumps(encode(value))

    assert same(decode(orjson.loads(wire)), value)


def test_the_second_hour_of_a_clock_change_survives_encoding():
    second = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)

    restored = decode(encode(second))

    assert isinstance(restored, datetime)
    assert restored.fold == 1
    assert restored.utcoffset() == timedelta(hours=1)


def test_a_context_with_the_key_of_the_tag_survives_encoding():
    value = {"$": "date", "text": "no date"}

    assert decode(encode(value)) == value


def test_ranges_survive_encoding():
    value = compile_expression('[[1..5), (< 3), ["a".."b"]]').evaluate({})

    assert decode(orjson.loads(orjson.dumps(encode(value)))) == value


@pytest.mark.parametrize(
    "wire", [{"$": "dance"}, {"$": "date", "text": "x"}, {"$": 1}, {"$": "range"}]
)
def test_what_encode_did_not_write_is_refused(wire: object):
    with pytest.raises(FeelError):
        decode(wire)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal(7), "7"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0"), "0"),
        ("a", '"a"'),
        (True, "true"),
        (None, "null"),
        ([Decimal(1), Decimal(2)], "[1, 2]"),
        ({"a": Decimal(1), "b c": None, "if": True}, '{a: 1, "b c": null, "if": true}'),
        (date(2026, 1, 1), 'date("2026-01-01")'),
        (timedelta(hours=4), 'duration("PT4H")'),
        (YearsMonths(14), 'duration("P1Y2M")'),
        (time(10, 30, tzinfo=UTC), 'time("10:30:00Z")'),
        (
            datetime(2026, 1, 1, 10, tzinfo=ZoneInfo("Europe/Berlin")),
            'date and time("2026-01-01T10:00:00@Europe/Berlin")',
        ),
        (Range(Decimal(1), Decimal(2), True, False), "[1..2)"),
        (Range(None, Decimal(2), False, True), "(<= 2)"),
    ],
)
def test_a_value_is_written_like_this(value: object, text: str):
    assert feel_text(value) == text


def test_a_function_is_shown_by_its_source():
    assert feel_text(compile_expression("function(a) a + 1").evaluate({})) == "function(a) a + 1"
    assert feel_text(compile_expression("string length").evaluate({})) == "string length"


def test_json_becomes_feel_and_feel_becomes_plain():
    value = from_json({"n": 1, "f": 1.5, "big": Decimal("2.50"), "l": [True, None, "x"]})

    assert value == {
        "n": Decimal(1),
        "f": Decimal("1.5"),
        "big": Decimal("2.50"),
        "l": [True, None, "x"],
    }
    assert isinstance(value, dict)
    assert type(value["n"]) is Decimal
    noon = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    plain = to_plain({"n": Decimal(3), "d": Decimal("1.5"), "t": date(2026, 1, 1), "m": noon})
    assert plain == {
        "n": 3,
        "d": Decimal("1.5"),
        "t": "2026-01-01",
        "m": "2026-07-01T12:00:00+02:00",
    }
    assert isinstance(plain, dict)
    assert type(plain["n"]) is int


def test_functions_and_bottomless_values_are_not_stored():
    function = compile_expression("function(a) a").evaluate({})
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]

    for store in (to_plain, encode):
        with pytest.raises(FeelEvaluationError, match="function"):
            store([function])
        with pytest.raises(FeelLimitError):
            store(deep)
    with pytest.raises(FeelLimitError):
        from_json(deep)
    with pytest.raises(FeelEvaluationError):
        from_json({"x": float("inf")})
    with pytest.raises(FeelEvaluationError):
        from_json({"x": 10**7000})
