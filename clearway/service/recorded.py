"""The evaluations of a decision that are recorded, whoever asked."""

from datetime import UTC, datetime
from typing import cast

from clearway.service.cursors import BAD_CURSOR, packed, unpacked
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.processes import unknown_process
from clearway.service.search import reader_of
from clearway.service.values import Actor, Page, RecordedEvaluation, Refusal
from clearway.store import evaluations
from clearway.store.evaluations import ALONE, IN_HISTORY, Cursor, KeptEvaluation

MOST = 200
_HOMES = {IN_HISTORY: "entry", ALONE: "evaluation"}


def recorded(
    house: House,
    actor: Actor,
    process: str,
    decision: str,
    *,
    after: str | None = None,
    limit: int = 50,
) -> Page[RecordedEvaluation] | Refusal:
    """What is recorded of a decision, the newest first: business rule tasks and calls by API alike.

    Only of records that the actor may read; what was asked without a record is for those who may
    ask so themselves. A decision that another one needed is part of that one's line.
    """
    if (refusal := refuse_unless(actor, "evaluations")) is not None:
        return refusal
    cursor = _read_cursor(after) if after else None
    if after and cursor is None:
        return BAD_CURSOR
    current = house.current(process)
    if current is None:
        return unknown_process(process)
    reader, limit = reader_of(house, actor), max(1, min(limit, MOST))
    found = house.store.ask(
        lambda it: evaluations.kept_evaluations(
            it,
            reader,
            process,
            decision,
            with_asked=refuse_unless(actor, "evaluate_anything") is None,
            after=cursor,
            limit=limit + 1,
        )
    )
    if not found and after is None and decision not in current.blueprint.decisions:
        told = f"{process} has no decision {decision}, and none of that name is recorded."
        return Refusal("not_found", told, "Look at the files of the process.")
    page = found[:limit]
    return Page([_told(it) for it in page], _cursor(page[-1]) if len(found) > limit else None)


def _told(kept: KeptEvaluation) -> RecordedEvaluation:
    details = kept.details
    return RecordedEvaluation(
        id=f"{_HOMES[kept.home]}-{kept.id}",
        at=kept.at,
        record=kept.record,
        by=kept.by,
        decision=str(details["decision"]),
        version=cast("int | None", details.get("version")),
        element=kept.element,
        inputs=cast("dict[str, object]", details["inputs"]),
        rules=cast("list[int]", details["rules"]),
        outputs=cast("dict[str, object]", details["outputs"]),
    )


def _cursor(kept: KeptEvaluation) -> str:
    return packed(f"{kept.at.astimezone(UTC).isoformat()} {kept.home} {kept.id}")


def _read_cursor(text: str) -> Cursor | None:
    """What `_cursor` wrote; None for anything else."""
    try:
        instant, home, number = unpacked(text).split(" ")
        at = datetime.fromisoformat(instant)
        is_ours = at.tzinfo is not None and int(home) in _HOMES and abs(int(number)) < 2**63
        return (at, int(home), int(number)) if is_ours else None
    except ValueError:
        return None
