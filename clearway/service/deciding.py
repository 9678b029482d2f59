"""Making a decision of a version for whoever asks, and saying why it gives no answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from clearway.decisions import (
    DecisionError,
    MissingInput,
    NoRuleMatched,
    RulesOverlap,
    WrongValue,
    evaluate,
)
from clearway.decisions.json_values import context_from_json
from clearway.engine.decisions import kept_evaluation
from clearway.feel import FeelError, feel_text
from clearway.service.deployed import Deployed
from clearway.service.explained import explanation
from clearway.service.values import Refusal
from clearway.store import jsonb
from clearway.store.jsonb import NotJson

_LONGEST = 60
_SAID = ("decision", "version", "hit_policy", "inputs", "rules", "outputs", "notes", "needed")


@dataclass(frozen=True)
class Made:
    """An evaluation as history keeps it (`kept`) and as it is answered: an EvaluationView."""

    kept: Mapping[str, object]
    answer: Mapping[str, object]


def evaluated(
    deployed: Deployed,
    decision: str,
    context: Mapping[str, object],
    brought: Mapping[str, object],
    now: datetime,
    *,
    record: str | None = None,
) -> Made | Refusal:
    """Make a decision of this version.

    `context` is JSON, in which the inputs that the file declares get their types. `brought` are
    names that stand beside it as they are; what the context says itself counts.
    """
    decisions = deployed.blueprint.decisions.get(decision)
    if decisions is None:
        return _unknown(deployed, decision)
    try:
        names = {**brought, **context_from_json(decisions, context)}
        found = evaluate(decisions, decision, names, now=now)
        table = deployed.table_of(decision)
        kept = cast(Mapping[str, object], jsonb.exact({**kept_evaluation(found), **table}))
    except DecisionError as error:
        return _refused(error)
    except FeelError as error:
        told = f"The context cannot be used: {error}."
        return Refusal("invalid", told, "Correct the values.", {"context": str(error)})
    except NotJson as error:
        return Refusal("undecided", str(error), "Correct the values or the table.")
    answer = {
        "process": deployed.process,
        **{name: kept[name] for name in _SAID},
        "explanation": explanation(kept, deployed),
        "record": record,
    }
    return Made(kept, answer)


def _unknown(deployed: Deployed, decision: str) -> Refusal:
    known = ", ".join(sorted(deployed.blueprint.decisions)) or "none"
    told = f"Version {deployed.number} of {deployed.process} has no decision {decision}."
    return Refusal("not_found", told, f"It has {known}.", {"decision": told})


def _refused(error: DecisionError) -> Refusal:
    """Why there is no answer, with its place; `fields` name each value that led there."""
    told = f"{error.place}: {error.cause}."
    if isinstance(error, MissingInput):
        missing = {f"context.{error.name}": "It is missing."} if error.name else {}
        if error.seen is not None:
            missing = {f"context.{name}": _short(value) for name, value in error.seen.items()}
        return Refusal("invalid", told, error.remedy, missing)
    if isinstance(error, WrongValue) and error.place.rule is None:
        return Refusal("invalid", told, error.remedy, {_column(error): error.cause})
    fields: dict[str, str] = {}
    if isinstance(error, NoRuleMatched | RulesOverlap):
        fields = {f"inputs.{label}": _short(value) for label, value in error.inputs.items()}
    if isinstance(error, RulesOverlap):
        fields["rules"] = " and ".join(map(str, error.rules))
    return Refusal("undecided", told, error.remedy, fields)


def _column(error: WrongValue) -> str:
    return f"inputs.{error.place.column}" if error.place.column else "context"


def _short(value: object) -> str:
    text = feel_text(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
