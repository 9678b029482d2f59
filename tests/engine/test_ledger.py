"""A ledger against a plain list of what happened."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from clearway.engine import ledger as ledgers

happened = st.lists(st.sampled_from([["a", []], ["b", []], ["c", [[["a", []]], "]"]], "undo"]))


def _ledger(entries: list[Any]) -> ledgers.Ledger:
    made: ledgers.Ledger = []
    for entry in entries:
        ledgers.add(made, entry)
    return orjson.loads(orjson.dumps(made))


@given(happened, happened)
def test_it_holds_what_happened_in_its_order(first: list[Any], second: list[Any]):
    ledger = _ledger(first)
    ledgers.extend(ledger, _ledger(second))

    assert list(ledgers.entries(ledger)) == first + second


@given(happened)
def test_it_is_taken_from_its_newest_end(entries: list[Any]):
    ledger, taken = _ledger(entries), []
    while ledger:
        entry, ledger = ledgers.newest(ledger)
        taken.append(entry)

    assert taken == entries[::-1]


@given(happened)
def test_it_is_split_by_what_is_wanted(entries: list[Any]):
    wanted, others = ledgers.split(_ledger(entries), lambda it: it[0] == "a")

    assert list(ledgers.entries(wanted)) == [it for it in entries if it[0] == "a"]
    assert list(ledgers.entries(others)) == [it for it in entries if it[0] != "a"]


@given(happened)
def test_entries_are_changed_and_left_out(entries: list[Any]):
    changed = ledgers.mapped(_ledger(entries), lambda it: None if it == "undo" else [it[0].upper()])

    assert list(ledgers.entries(changed)) == [[it[0].upper()] for it in entries if it != "undo"]


def test_it_knows_more_entries_than_there_are_short_letters():
    entries = [[f"n{number}", []] for number in range(0xD800)] + [["last", []]]

    ledger: ledgers.Ledger = [entries, ""]
    for entry in (entries[-1], entries[0], entries[-1]):
        ledgers.add(ledger, entry)

    kept = orjson.loads(orjson.dumps(ledger))
    assert list(ledgers.entries(kept)) == [entries[-1], entries[0], entries[-1]]
