"""What a tree says is what its text says: written, read again and carried out."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import get_args

import pytest
from feel_printing import printed
from feel_trees import NAMES, trees
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.feel import FeelError, Limits, feel_text
from clearway.feel.compiler import Compiler
from clearway.feel.expression import Expression
from clearway.feel.parser import parse_expression
from clearway.feel.scope import EMPTY
from clearway.feel.syntax import Iterator, Node
from clearway.feel.syntax import Test as UnaryTest

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
scalars = st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.text("ab", max_size=2))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=6,
)
contexts = st.fixed_dictionaries(dict.fromkeys(NAMES, values))


def meaning(tree: Node, text: str, context: Mapping[str, object]) -> str:
    """The value of a tree as text, or the kind of its error."""
    try:
        compiler = Compiler(text, {})
        expression = Expression(text, compiler.code(tree, EMPTY), compiler.uses, tree)
        return feel_text(expression.evaluate(context, now=NOW, limits=Limits(steps=20_000)))
    except FeelError as error:
        return type(error).__name__


@settings(max_examples=400, deadline=None)
@given(trees, contexts)
def test_a_tree_that_is_written_and_read_means_the_same(tree: Node, context: dict[str, object]):
    text = printed(tree)

    again = parse_expression(text, NAMES)

    assert printed(again) == text
    assert meaning(again, text, context) == meaning(tree, text, context)


def test_the_random_trees_hold_every_kind_of_node():
    seen: set[type] = set()

    @settings(max_examples=300, derandomize=True, database=None, deadline=None)
    @given(trees)
    def look(tree: Node) -> None:
        waiting: list[object] = [tree]
        while waiting:
            part = waiting.pop()
            if isinstance(part, tuple):
                waiting += part
            elif is_dataclass(part):
                seen.add(type(part))
                waiting += [getattr(part, each.name) for each in fields(part)]

    look()

    assert seen >= {*get_args(Node), UnaryTest, Iterator}
