"""What differs between two versions of one decision table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clearway.decisions.compare.changes import Change, Kind, Part
from clearway.decisions.compare.matching import Matching, matching
from clearway.decisions.compare.outline import ANY, ColumnText, RowText, TableText


@dataclass(frozen=True, slots=True)
class Track:
    """One column through both versions: its place in each, None where it is not there."""

    before: int | None
    after: int | None
    column: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the tables stand: the element, and the way to an expression inside it."""

    element: str
    entry: str = ""

    def marked(self, part: Part, before: str | None, after: str | None) -> Iterator[Change]:
        """A part that has a text in both versions, if it differs."""
        if before != after:
            yield Change(
                self.element, part, Kind.CHANGED, before=before, after=after, entry=self.entry
            )


def changed_tables(before: TableText, after: TableText, spot: Spot) -> Iterator[Change]:
    """All differences: the table's own, then those of columns, then those of rules."""
    yield from spot.marked(Part.HIT_POLICY, before.policy, after.policy)
    yield from spot.marked(Part.AGGREGATION, before.aggregation, after.aggregation)
    yield from spot.marked(Part.TYPE, before.type, after.type)
    inputs = _matched_inputs(before.inputs, after.inputs)
    outputs = _matched_outputs(before.outputs, after.outputs)
    yield from _columns(before.inputs, after.inputs, inputs, spot, Part.EXPRESSION)
    yield from _columns(before.outputs, after.outputs, outputs, spot, Part.NAME)
    rows = _matched_rows(before, after, inputs, outputs)
    yield from _rules(before.rows, after.rows, rows, spot)
    tracks = (
        _tracks(before.inputs, after.inputs, inputs),
        _tracks(before.outputs, after.outputs, outputs),
    )
    for one, other in sorted(rows.pairs, key=lambda pair: pair[1]):
        yield from _cells((one, other), (before.rows[one], after.rows[other]), tracks, spot)


def _matched_inputs(before: Sequence[ColumnText], after: Sequence[ColumnText]) -> Matching:
    found = matching(len(before), len(after))
    found.by_key([_squeezed(each.key) for each in before], [_squeezed(each.key) for each in after])
    found.by_key([each.own_label for each in before], [each.own_label for each in after])
    return found.by_place()


def _matched_outputs(before: Sequence[ColumnText], after: Sequence[ColumnText]) -> Matching:
    found = matching(len(before), len(after))
    return found.by_key([each.key for each in before], [each.key for each in after]).by_place()


def _matched_rows(
    before: TableText, after: TableText, inputs: Matching, outputs: Matching
) -> Matching:
    """Rules of one id are the same; where a rule has none, or no id is in both, the likest is."""
    found = matching(len(before.rows), len(after.rows))
    found.by_key([row.id for row in before.rows], [row.id for row in after.rows])
    left = [before.rows[at].id for at in found.removed] + [after.rows[at].id for at in found.added]
    if found.pairs and all(left):
        return found
    texts = (
        [_cells_of(row, [it for it, _ in inputs.pairs], [it for it, _ in outputs.pairs])
         for row in before.rows],
        [_cells_of(row, [it for _, it in inputs.pairs], [it for _, it in outputs.pairs])
         for row in after.rows],
    )  # fmt: skip
    return found.by_likeness(*texts)


def _columns(
    before: Sequence[ColumnText],
    after: Sequence[ColumnText],
    found: Matching,
    spot: Spot,
    key: Part,
) -> Iterator[Change]:
    for at in found.removed:
        told = before[at].key
        yield _column(spot, Part.COLUMN, Kind.REMOVED, before[at].column, told, None)
    for at in found.added:
        yield _column(spot, Part.COLUMN, Kind.ADDED, after[at].column, None, after[at].key)
    moved = found.moved()
    for one, other in found.pairs:
        column = after[other].column
        if (one, other) in moved:
            places = f"column {one + 1}", f"column {other + 1}"
            yield _column(spot, Part.COLUMN, Kind.MOVED, column, *places)
        for part, old, new in _marks(before[one], after[other], key):
            if old != new:
                yield _column(spot, part, Kind.CHANGED, column, old, new)


def _marks(
    before: ColumnText, after: ColumnText, key: Part
) -> Iterator[tuple[Part, str | None, str | None]]:
    yield Part.LABEL, before.own_label, after.own_label
    yield key, before.key, after.key
    yield Part.TYPE, before.type, after.type
    yield Part.ALLOWED, before.allowed, after.allowed
    yield Part.DEFAULT, before.default, after.default


def _column(
    spot: Spot, part: Part, change: Kind, column: str, before: str | None, after: str | None
) -> Change:
    return Change(
        spot.element, part, change, column=column, before=before, after=after, entry=spot.entry
    )


def _rules(
    before: Sequence[RowText], after: Sequence[RowText], found: Matching, spot: Spot
) -> Iterator[Change]:
    for at in found.removed:
        text = before[at].text
        yield _rule(spot, Part.RULE, Kind.REMOVED, (at, None), text, None)
    for at in found.added:
        yield _rule(spot, Part.RULE, Kind.ADDED, (None, at), None, after[at].text)
    for one, other in sorted(found.moved(), key=lambda pair: pair[1]):
        texts = before[one].text, after[other].text
        yield _rule(spot, Part.RULE, Kind.MOVED, (one, other), *texts)


def _rule(
    spot: Spot,
    part: Part,
    change: Kind,
    places: tuple[int | None, int | None],
    before: str | None,
    after: str | None,
    column: str = "",
) -> Change:
    one, other = (None if at is None else at + 1 for at in places)
    return Change(spot.element, part, change, one, other, column, before, after, spot.entry)


def _cells(
    places: tuple[int, int],
    rows: tuple[RowText, RowText],
    tracks: tuple[Sequence[Track], Sequence[Track]],
    spot: Spot,
) -> Iterator[Change]:
    (one, other), (inputs, outputs) = rows, tracks
    told = [
        (each.column, _at(one.inputs, each.before, ANY), _at(other.inputs, each.after, ANY))
        for each in inputs
    ]
    told += [
        (each.column, _at(one.outputs, each.before, None), _at(other.outputs, each.after, None))
        for each in outputs
    ]
    for column, before, after in told:
        if before != after:
            yield _rule(spot, Part.CELL, Kind.CHANGED, places, before, after, column)
    if one.note != other.note:
        yield _rule(spot, Part.NOTE, Kind.CHANGED, places, one.note, other.note)


def _tracks(
    before: Sequence[ColumnText], after: Sequence[ColumnText], found: Matching
) -> list[Track]:
    """All columns in the order of the new version, those that are gone at last."""
    tracks = [Track(one, other, after[other].column) for one, other in found.pairs]
    tracks += [Track(None, at, after[at].column) for at in found.added]
    tracks.sort(key=lambda each: each.after or 0)
    return [*tracks, *(Track(at, None, before[at].column) for at in found.removed)]


def _cells_of(row: RowText, inputs: Sequence[int], outputs: Sequence[int]) -> list[str]:
    return [
        *(_at(row.inputs, at, ANY) or "" for at in inputs),
        *(_at(row.outputs, at, None) or "" for at in outputs),
    ]


def _at(cells: Sequence[str], at: int | None, otherwise: str | None) -> str | None:
    return cells[at] if at is not None and at < len(cells) else otherwise


def _squeezed(text: str) -> str:
    return " ".join(text.split())
