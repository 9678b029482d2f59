"""Random edits of the shipped diagrams: each is told exactly once, with its values, both ways."""

from pathlib import Path

import diagram_edits as edits
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clearway.diagrams.compare import Change, Comparison, Kind, compare
from clearway.engine.values import Bundle

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = ("incident", "change", "problem", "onboarding", "weekly_review", "control_exception")
DIAGRAMS = {it: (ROOT / "bpmn" / it / f"{it}.bpmn").read_bytes() for it in PROCESSES}
INVERSE = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED}


def differing(process: str, before: bytes, after: bytes) -> Comparison:
    path = f"{process}/{process}.bpmn"
    return compare(Bundle(process, {path: before}), Bundle(process, {path: after}))


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.sampled_from(PROCESSES), st.integers(0, 10**9), st.integers(1, 4))
def test_each_edit_is_told_exactly_once_with_its_values(process: str, seed: int, count: int):
    after, expected = edits.edited(DIAGRAMS[process], seed, count)

    found = differing(process, DIAGRAMS[process], after).changes

    left = list(found)
    for told in expected:
        fitting = [it for it in left if told.fits(it)]
        assert len(fitting) == 1, (told, found)
        left.remove(fitting[0])
    assert left == []


@hypothesis_settings(max_examples=20, deadline=None)
@given(st.sampled_from(PROCESSES), st.integers(0, 10**9), st.integers(1, 4))
def test_the_other_way_round_tells_the_inverse(process: str, seed: int, count: int):
    after, _ = edits.edited(DIAGRAMS[process], seed, count)

    there = differing(process, DIAGRAMS[process], after)
    back = differing(process, after, DIAGRAMS[process])

    assert sorted(_inverse(it, there) for it in there.changes) == sorted(
        _plain(it) for it in back.changes
    )
    assert {it: now for now, it in _ids(there).items()} == _ids(back)


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.sampled_from(PROCESSES), st.integers(0, 10**9))
def test_what_another_tool_writes_of_the_same_is_no_difference(process: str, seed: int):
    same = edits.rewritten(DIAGRAMS[process], seed)

    found = differing(process, DIAGRAMS[process], same)

    assert found.changes == ()
    assert found.layout == frozenset()
    assert found.text_only == (f"{process}/{process}.bpmn",)


@pytest.mark.parametrize("process", PROCESSES)
def test_the_same_diagram_differs_in_nothing(process: str):
    found = differing(process, DIAGRAMS[process], DIAGRAMS[process])

    assert found == Comparison()


def test_each_edit_was_drawn():
    drawn = {
        it.what for seed in range(300) for it in edits.edited(DIAGRAMS["incident"], seed, 1)[1]
    }

    assert {"name", "condition", "timer", "other", "output", "role", "target", "kind"} <= drawn
    assert {"documentation", "user task", "flow", "id", "state"} <= drawn


def _ids(found: Comparison) -> dict[str, str]:
    return {was: now for ids in found.renamed.values() for was, now in ids.items()}


def _inverse(change: Change, found: Comparison) -> tuple[str, ...]:
    back = {now: was for was, now in _ids(found).items()}
    element = back.get(change.element or "", change.element)
    kind = INVERSE.get(change.kind, change.kind)
    return _texts(element, kind, change.what, change.after, change.before)


def _plain(change: Change) -> tuple[str, ...]:
    return _texts(change.element, change.kind, change.what, change.before, change.after)


def _texts(*values: object) -> tuple[str, ...]:
    return tuple(map(repr, values))
