"""Trying a decision of a draft as it is on the screen: what it asks for, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from clearway.decisions import (
    DecisionError,
    Decisions,
    MissingInput,
    RulesOverlap,
    WrongValue,
    evaluate,
    explain,
)
from clearway.decisions.check.names import required_names
from clearway.decisions.evaluation import Evaluation
from clearway.decisions.explain import in_order
from clearway.decisions.json_values import context_from_json
from clearway.engine.examine import checked_decisions
from clearway.engine.record_types import record_type
from clearway.errors import ClearwayError
from clearway.feel import feel_text
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Refusal
from clearway.service.workshop.record_schema import record_schema
from clearway.service.workshop.table_asks import Ask, asks_of, context_of
from clearway.service.workshop.table_marks import marks_of

_NOTHING: Mapping[str, object] = {"decisions": [], "marks": []}


def looked_at(
    house: House, actor: Actor, process: str, draft_id: int, path: str, text: str
) -> Mapping[str, object] | Refusal:
    """What each decision of the file asks for, and where its findings are, ready for the page.

    A file that cannot be read has none of both: the gate says why.
    """
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal
    record = record_schema(house, actor, process, draft_id)
    if isinstance(record, Refusal):
        return record
    try:
        decisions, findings = checked_decisions(text.encode(), path, record_type(record))
    except ClearwayError:
        return _NOTHING
    return {
        "decisions": [_told(decisions, it, record) for it in decisions.ids],
        "marks": [asdict(it) for it in marks_of(decisions, findings)],
    }


def tried(
    house: House,
    actor: Actor,
    process: str,
    draft_id: int,
    path: str,
    text: str,
    decision: str,
    given: Mapping[str, str],
) -> Mapping[str, object] | Refusal:
    """What the decision answers to what was typed, by path; nothing is kept of it.

    `made` is the answer, or `refused` says why there is none; `problems` say by path what is
    wrong with the values.
    """
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal
    record = record_schema(house, actor, process, draft_id)
    if isinstance(record, Refusal):
        return record
    try:
        decisions, _ = checked_decisions(text.encode(), path, record_type(record))
        decisions.get(decision)
    except ClearwayError as error:
        return Refusal("invalid", f"The table cannot be tried: {error}", "Mend it first.")
    asks = asks_of(decisions, decision, record)
    context, problems = context_of(asks, given)
    if problems:
        return {"made": None, "refused": None, "problems": problems}
    try:
        found = evaluate(
            decisions, decision, context_from_json(decisions, context), now=house.now()
        )
        return {"made": _made(found), "refused": None, "problems": {}}
    except DecisionError as error:
        return {"made": None, "refused": _refused(error), "problems": _at_input(error, asks)}
    except ClearwayError as error:
        refused: Mapping[str, object] = {
            "text": str(error),
            "remedy": "Correct the values or the table.",
            "fired": (),
        }
        return {"made": None, "refused": refused, "problems": {}}


def _told(decisions: Decisions, decision_id: str, record: Mapping[str, Any]) -> dict[str, object]:
    decision = decisions.decisions[decision_id]
    asks = asks_of(decisions, decision_id, record)
    names = sorted({it.path.partition(".")[0] for it in asks if not it.path.startswith("record.")})
    return {
        "id": decision_id,
        "name": decision.name,
        "broken": bool(decision.broken),
        "inputs": [asdict(it) for it in asks],
        "names": sorted({*names, *required_names(decisions, decision.needs)}),
    }


def _made(found: Evaluation) -> dict[str, object]:
    outputs = [{"name": name, "value": feel_text(it)} for name, it in found.outputs.items()]
    fired = [{"decision": it.decision, "rules": it.rules} for it in in_order(found)]
    return {"outputs": outputs, "fired": fired, "explanation": explain(found)}


def _refused(error: DecisionError) -> dict[str, object]:
    rules: Sequence[int] = error.rules if isinstance(error, RulesOverlap) else ()
    if not rules and error.place.rule is not None:
        rules = (error.place.rule,)
    where = f"{error.place.within}: " if error.place.within else ""
    return {
        "text": f"{where}{error.cause}.",
        "remedy": error.remedy,
        "fired": [{"decision": error.decision, "rules": rules}],
    }


def _at_input(error: DecisionError, asks: Sequence[Ask]) -> dict[str, str]:
    """The input that the error is about, where there is one."""
    if isinstance(error, MissingInput):
        paths = [it.path for it in asks if it.path.partition(".")[0] == error.name]
        return dict.fromkeys(paths[:1], "It is missing.")
    if isinstance(error, WrongValue) and error.place.rule is None:
        labelled = [it.path for it in asks if it.label == error.place.column]
        return {labelled[0]: f"{error.cause}."} if len(labelled) == 1 else {}
    return {}
