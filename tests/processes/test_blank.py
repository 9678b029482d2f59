"""Blank texts: what cannot be seen says nothing, whatever it is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.blank import is_blank

FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
UNSEEN = st.one_of(
    st.characters(whitelist_categories=("Zs", "Zl", "Zp", "Cf", "Cc")), st.sampled_from(FILLERS)
)
LETTERS = st.characters(
    whitelist_categories=("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Po", "Sm"),
    blacklist_characters=FILLERS,
)


@given(st.text(UNSEEN))
def test_what_nobody_can_see_is_blank(text: str):
    assert is_blank(text)


@given(st.text(UNSEEN), LETTERS, st.text(UNSEEN))
def test_one_letter_among_it_says_something(before: str, letter: str, after: str):
    assert not is_blank(before + letter + after)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\r\n",
        "\u00a0",
        "\u200b\u200c\u200d\u2060",
        "\ufeff",
        "\u00ad",
        "\ufe0f",
        "\U000e0100",
    ],
)
def test_these_are_blank(text: str):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "한", "0", ".", "🙂", "\u200b👩\u200d💻", "\u0301", "⠁"])
def test_these_are_not(text: str):
    assert not is_blank(text)
