"""Three-valued logic against an independent table."""

from hypothesis import given
from hypothesis import strategies as st

from clearway.feel import compile_expression, feel_text

# DMN 1.4, table 50: the conjunction and disjunction of two values; anything else counts as null.
AND = {
    (True, True): True,
    (True, False): False,
    (True, None): None,
    (False, True): False,
    (False, False): False,
    (False, None): False,
    (None, True): None,
    (None, False): False,
    (None, None): None,
}
NOT = {True: False, False: True, None: None}

answers = st.sampled_from([True, False, None])


def value(text: str) -> object:
    return compile_expression(text).evaluate({})


@given(answers, answers)
def test_and_and_or_follow_the_table(one: bool | None, other: bool | None):
    left, right = feel_text(one), feel_text(other)

    assert value(f"{left} and {right}") is AND[one, other]
    assert value(f"{left} or {right}") is NOT[AND[NOT[one], NOT[other]]]
    assert value(f"not({left})") is NOT[one]


@given(st.lists(answers, min_size=2, max_size=6))
def test_a_chain_is_the_same_as_its_steps(items: list[bool | None]):
    expected = items[0]
    for item in items[1:]:
        expected = AND[expected, item]

    assert value(" and ".join(map(feel_text, items))) is expected


@given(st.lists(answers, max_size=6))
def test_all_and_every_agree_and_so_do_any_and_some(items: list[bool | None]):
    text = feel_text(items)

    assert value(f"all({text})") is value(f"every x in {text} satisfies x")
    assert value(f"any({text})") is value(f"some x in {text} satisfies x")


def test_what_is_no_boolean_counts_as_null():
    assert value('true and "yes"') is None
    assert value('false and "yes"') is False
    assert value('true or "yes"') is True
    assert value("false or 1") is None
