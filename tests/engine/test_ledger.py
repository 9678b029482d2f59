"""A ledger against nested lists of what was done."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from clearway.engine import ledger as ledgers

names = st.sampled_from(["a", "b", "(", "]"]) | st.integers(0, 200).map(str)
done: st.SearchStrategy[list[Any]] = st.recursive(
    st.lists(st.tuples(names, st.just([]))), lambda inside: st.lists(st.tuples(names, inside))
)


def _ledger(entries: list[Any]) -> ledgers.Ledger:
    made: ledgers.Ledger = []
    for name, inside in entries:
        ledgers.add(made, name, _ledger(inside))
    return orjson.loads(orjson.dumps(made))


def _read(ledger: ledgers.Ledger) -> list[Any]:
    return [(name, _read(inside)) for name, inside in ledgers.entries(ledger)]


@given(done, done)
def test_it_holds_what_was_done_in_its_order(first: list[Any], second: list[Any]):
    ledger = _ledger(first)
    ledgers.extend(ledger, _ledger(second))

    assert _read(ledger) == first + second


@given(st.lists(names))
def test_it_is_taken_from_its_newest_end(entries: list[str]):
    ledger, taken = _ledger([(name, []) for name in entries]), []
    while ledger:
        name, ledger = ledgers.newest(ledger)
        taken.append(name)

    assert taken == entries[::-1]


@given(done)
def test_it_is_split_by_what_is_wanted(entries: list[Any]):
    wanted, others = ledgers.split(_ledger(entries), lambda name: name == "a")

    assert _read(wanted) == [it for it in entries if it[0] == "a"]
    assert _read(others) == [it for it in entries if it[0] != "a"]


@given(done)
def test_its_activities_are_renamed_at_every_depth(entries: list[Any]):
    def renamed(some: list[Any]) -> list[Any]:
        return [(name + "2", renamed(inside)) for name, inside in some]

    assert _read(ledgers.renamed(_ledger(entries), lambda name: name + "2")) == renamed(entries)


def test_it_knows_more_activities_than_there_are_short_letters():
    activities = [f"n{number}" for number in range(0xD800)]
    ledger: ledgers.Ledger = [activities, ""]

    for name in ("last", activities[0], "last"):
        ledgers.add(ledger, name)

    assert _read(orjson.loads(orjson.dumps(ledger))) == [("last", []), ("n0", []), ("last", [])]
