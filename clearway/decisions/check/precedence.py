"""Which rules go before others, and which of them therefore never answer."""

from collections.abc import Mapping, Sequence

from clearway.decisions.check.columns import Column
from clearway.decisions.check.cover import uncovered
from clearway.decisions.check.looking import Looking
from clearway.decisions.hits import rank
from clearway.decisions.index import common
from clearway.decisions.model import HitPolicy, Rules, Table
from clearway.feel import DEFAULT_LIMITS
from clearway.feel.limits import Run

Row = tuple[object, ...] | None
PARTS_PER_LOOK = 30


def hidden_rules(
    table: Table,
    columns: Sequence[Column],
    rows: Sequence[Row],
    met: Sequence[Mapping[int, Rules]],
    looking: Looking,
) -> dict[int, Rules]:
    """The rules that never answer, by place, with those that answer instead.

    `rows` are the outputs of each rule, None where they are not known; `met` are by column the
    rules that fit something together with a rule. Raises OutOfLooks.
    """
    exact = common((column.exact for column in columns), (1 << len(table.rules)) - 1)
    possible = [column.possible_parts for column in columns]
    everywhere = common((part.fits for each in possible for part in each), exact)
    parts = sum(map(len, possible))
    found: dict[int, Rules] = {}
    for place, instead in _before(table, rows).items():
        before = common((column.get(place, 0) for column in met), instead & exact)
        if not before:
            continue
        if before & everywhere:
            found[place] = before
            continue
        looking.spend(parts // PARTS_PER_LOOK)
        # Where the rule is no plain test it might fit anything of a part, so no part is left out.
        masks = [
            [
                (part.fits, part)
                for part in each
                if part.may >> place & 1 or not column.exact >> place & 1
            ]
            for column, each in zip(columns, possible, strict=True)
        ]
        if next(uncovered(masks, before, looking), None) is None:
            found[place] = before
    return found


def _before(table: Table, rows: Sequence[Row]) -> dict[int, Rules]:
    """For each rule those that answer instead of it when both fit; nothing where none goes first.

    Rules whose outputs are not known go before no other, and no other before them.
    """
    if table.policy is HitPolicy.FIRST:
        in_order = list(range(len(rows)))
    elif table.policy is HitPolicy.PRIORITY:
        run = Run(DEFAULT_LIMITS, None)
        ranks = {
            place: [
                rank(output, value, run) for output, value in zip(table.outputs, row, strict=True)
            ]
            for place, row in enumerate(rows)
            if row is not None
        }
        in_order = sorted(ranks, key=lambda place: (ranks[place], place))
    else:
        in_order = []
    before: dict[int, Rules] = {}
    passed = 0
    for place in in_order:
        before[place] = passed
        passed |= 1 << place
    return before
