"""The order of hits by their output values, and the aggregators of COLLECT."""

from collections.abc import Callable, Sequence

from clearway.decisions.errors import Place, WrongValue
from clearway.decisions.model import Aggregation, Output, Rule
from clearway.feel import feel_text
from clearway.feel.builtins import lists, statistics
from clearway.feel.limits import Run
from clearway.feel.logic import equal

Hit = tuple[Rule, tuple[object, ...]]

AGGREGATORS: dict[Aggregation, Callable[[Run, list[object]], object]] = {
    Aggregation.SUM: statistics.total,
    Aggregation.MIN: lists.least,
    Aggregation.MAX: lists.greatest,
    Aggregation.COUNT: lists.count,
}


def by_priority(outputs: Sequence[Output], hits: Sequence[Hit], run: Run) -> list[Hit]:
    """The hits, those first whose output values stand first in the table's lists."""
    return sorted(
        hits,
        key=lambda hit: [
            rank(output, value, run) for output, value in zip(outputs, hit[1], strict=True)
        ],
    )


def aggregated(aggregation: Aggregation, rows: list[object], place: Place, run: Run) -> object:
    """One value of all rows; raises WrongValue where they cannot be put together."""
    value = AGGREGATORS[aggregation](run, rows)
    if value is None:
        raise WrongValue(
            place,
            f"there is no {aggregation.value} of {feel_text(rows)}",
            "Let every output be a number, or of one kind that has an order.",
        )
    return value


def rank(output: Output, value: object, run: Run) -> int:
    """The place of a value among the output values of its column; after all when it is none."""
    for rank, wanted in enumerate(output.order):
        if equal(run, value, wanted) is True:
            return rank
    return len(output.order)
