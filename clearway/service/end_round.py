"""The end of a round: what it came to is written, and the process goes on with it."""

from collections.abc import Mapping, Sequence

from clearway.engine.values import CompleteWorkItem
from clearway.service.deed import Deed
from clearway.store import rows
from clearway.store.effect import ClosedRound
from clearway.store.rows import WorkItem
from processes.approval import Ballot, Choice, Outcome, Verdict

APPROVED = "approved"
REJECTED = "rejected"
DEFERRED = "deferred"
UNDECIDED = "undecided"
_RESULTS: Mapping[Outcome, str] = {
    Outcome.APPROVED: APPROVED,
    Outcome.REJECTED: REJECTED,
    # What can no longer be approved is not.
    Outcome.UNREACHABLE: REJECTED,
    Outcome.DEFERRED: DEFERRED,
    Outcome.UNDECIDED: UNDECIDED,
}
_REASONED: Mapping[str, Choice] = {REJECTED: Choice.REJECT, DEFERRED: Choice.DEFER}
"""Whose reasons the record keeps of a round that came to this."""


def end_round(
    deed: Deed,
    item: WorkItem,
    round_: rows.Round,
    verdict: Verdict,
    ballots: Sequence[Ballot],
) -> None:
    """Write what the round has come to, and let the process go on with it.

    Raises ProcessFault when the process itself fails after the decision.
    """
    outcome = _RESULTS[verdict.outcome]
    deed.closed_rounds.append(ClosedRound(round_.id, outcome, verdict.reason))
    deed.line(
        "decided_round",
        item.element,
        name=item.name,
        outcome=outcome,
        because=verdict.reason,
        conditions=list(verdict.conditions),
        rule=round_.rule,
        round=round_.revision,
    )
    deed.change(round_.result_field, outcome, item.element)
    _keep_words(deed, item.element, outcome, verdict, ballots)
    voters = [name for it in ballots for name in (it.person, it.instead_of) if name]
    deed.complete(item, list(dict.fromkeys(voters)))
    deed.run(CompleteWorkItem(item.token))


def _keep_words(
    deed: Deed, element: str, outcome: str, verdict: Verdict, ballots: Sequence[Ballot]
) -> None:
    """Why it was not approved, and on which conditions it was, stand in the record.

    Where the diagram names a field for it; what an earlier round said goes.
    """
    info = deed.deployed.elements[element]
    said = [it for it in ballots if it.choice is _REASONED.get(outcome)]
    reasons = [f"{it.person}: {it.reason}" for it in said]
    if outcome == UNDECIDED:
        reasons = [verdict.reason]
    if info.reasons is not None:
        deed.change(info.reasons, "\n".join(reasons) or None, element)
    if info.conditions is not None:
        approving = ballots if outcome == APPROVED else ()
        conditions = [f"{it.person}: {each}" for it in approving for each in it.conditions]
        shape = deed.deployed.record_schema.fields.get(info.conditions, {})
        is_list = shape.get("type") == "array"
        text = "\n".join(conditions) or None
        deed.change(info.conditions, conditions if is_list else text, element)
