"""Random syntax trees of FEEL, with every kind of node."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from feel_printing import printed
from hypothesis import strategies as st

from clearway.feel import YearsMonths
from clearway.feel.syntax import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    ContextOf,
    Filter,
    For,
    FunctionOf,
    If,
    InstanceOf,
    Iterator,
    ListOf,
    Literal,
    Logic,
    Membership,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    RangeOf,
    Test,
)
from clearway.feel.types import ContextType, FunctionType, ListType, Named, RangeType, Type

AT = st.just(0)
WORDS = ("a", "b", "c", "d")
NAMES = (*WORDS, "first value", "a-b", "b+")
FUNCTIONS = (
    "abs", "append", "before", "concatenate", "context merge", "count", "date", "date and time",
    "decimal", "distinct values", "duration", "flatten", "floor", "get entries", "get value",
    "index of", "is", "list contains", "max", "mean", "modulo", "not", "number", "reverse", "sort",
    "split", "string", "string join", "string length", "sublist", "substring", "sum", "time",
    "union", "upper case",
)  # fmt: skip
PROPERTIES = (*NAMES, "year", "days", "start", "start included", "timezone", "key")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


def _pairs(
    names: Sequence[str], values: st.SearchStrategy[Any], least: int
) -> st.SearchStrategy[tuple[tuple[str, Any], ...]]:
    pairs = st.tuples(st.sampled_from(names), values)
    return st.lists(pairs, min_size=least, max_size=3, unique_by=lambda pair: pair[0]).map(tuple)


def _several(inner: st.SearchStrategy[Any], least: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(inner, min_size=least, max_size=3).map(tuple)


literals = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 12).map(Decimal),
    st.decimals(0, 1000, places=2),
    st.sampled_from(("", "a", 'b"c', "d\\", "e\nf", "2026-02-28", "🐎")),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.times().map(lambda value: value.replace(microsecond=0)),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.timedeltas(timedelta(days=-9), timedelta(days=9)),
    st.integers(-30, 30).map(YearsMonths),
)
types: st.SearchStrategy[Type] = st.recursive(
    st.sampled_from(("number", "string", "Any", "date and time", "list", "context")).map(Named),
    lambda inner: st.one_of(
        st.builds(ListType, inner),
        st.builds(RangeType, inner),
        st.builds(ContextType, _pairs(WORDS, inner, 0)),
        st.builds(FunctionType, st.lists(inner, max_size=2).map(tuple), inner),
    ),
    max_leaves=3,
)


def _arithmetic(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Arithmetic]:
    def of(signs: str) -> st.SearchStrategy[Arithmetic]:
        steps = st.tuples(st.sampled_from(signs.split()), inner)
        return st.builds(Arithmetic, inner, _several(steps, 1), AT)

    return of("+ -") | of("* /") | of("**")


def _operators(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    tests = st.builds(Test, st.sampled_from(("", *COMPARISONS)), inner, AT)
    return st.one_of(
        _arithmetic(inner),
        st.builds(Negation, inner, AT),
        st.builds(Logic, st.sampled_from(("and", "or")), _several(inner, 2), AT),
        st.builds(Comparison, inner, st.sampled_from(COMPARISONS), inner, AT),
        st.builds(Between, inner, inner, inner, AT),
        st.builds(Membership, inner, _several(tests, 1), AT),
        st.builds(InstanceOf, inner, types, AT),
    )


def _links(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    called = st.builds(Name, st.sampled_from(FUNCTIONS), AT)
    named = _pairs(("a", "list", "n", "from", "start position"), inner, 1)
    return st.one_of(
        st.builds(Path, inner, st.sampled_from(PROPERTIES), AT),
        st.builds(Filter, inner, inner, AT),
        st.builds(Call, called, _several(inner, 0), st.just(()), AT),
        st.builds(Call, called | inner, st.just(()), named, AT),
        st.builds(Call, inner, _several(inner, 0), st.just(()), AT),
    )


def _collections(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def iterators(last: st.SearchStrategy[Node | None]) -> st.SearchStrategy[tuple[Any, ...]]:
        return _several(st.builds(Iterator, st.sampled_from(WORDS), inner, last), 1)

    whole = iterators(st.none() | inner)
    functions = st.builds(
        FunctionOf, _pairs(WORDS, st.none() | types, 0), inner, st.just(""), AT
    ).map(lambda node: replace(node, source=printed(node)))
    return st.one_of(
        st.builds(RangeOf, inner, inner, st.booleans(), st.booleans(), AT),
        st.builds(RangeOf, st.none(), inner, st.just(False), st.booleans(), AT),
        st.builds(RangeOf, inner, st.none(), st.booleans(), st.just(False), AT),
        st.builds(ListOf, _several(inner, 0), AT),
        st.builds(ContextOf, _pairs((*NAMES, "x.y", ""), inner, 0), AT),
        st.builds(If, inner, inner, inner, AT),
        st.builds(For, whole, inner, AT),
        st.builds(Quantified, st.sampled_from(("some", "every")), whole, inner, AT),
        functions,
    )


smallest: st.SearchStrategy[Node] = st.one_of(
    st.builds(Literal, literals, AT),
    st.builds(Name, st.sampled_from((*NAMES, "item", "partial", "z")), AT),
)
trees: st.SearchStrategy[Node] = st.recursive(
    smallest,
    lambda inner: st.one_of(_operators(inner), _links(inner), _collections(inner)),
    max_leaves=14,
)
