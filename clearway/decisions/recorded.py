"""Evaluations of the past: what two versions of a file of decisions make of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from clearway.decisions.by_label import NotRecorded, Recorded
from clearway.decisions.errors import DecisionError, MissingInput
from clearway.decisions.evaluation import evaluate
from clearway.decisions.json_values import context_from_json
from clearway.decisions.reader import Decisions
from clearway.errors import ClearwayError
from clearway.feel import DEFAULT_LIMITS, FeelError, Range, feel_text, from_json, to_plain
from clearway.feel.limits import Run
from clearway.feel.logic import equal
from clearway.feel.temporal import at_literal
from clearway.feel.values import is_context, is_list

LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


class NotACase(ClearwayError):
    """What is given is no recorded evaluation."""


@dataclass(frozen=True, slots=True)
class Case:
    """A recorded evaluation: plain JSON, with decimals as numbers.

    Either `inputs` by the labels of the table's columns, as history keeps them, or the whole
    `context`. `at` is when it was made, if that is known, and `record` whose it was.
    """

    id: str
    decision: str
    inputs: Mapping[str, object] | None
    context: Mapping[str, object] | None
    outputs: Mapping[str, object] | None
    record: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one version says to a case: outputs with the rules that fired, or why it refuses."""

    outputs: Mapping[str, object]
    rules: tuple[int, ...]
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and both verdicts; `unjudged` says why there are none.

    `otherwise`: the outputs differ, or one version refuses what the other decides.
    `recorded_otherwise`: the outputs on record are not those of the first version.
    """

    case: Case
    before: Verdict | None = None
    after: Verdict | None = None
    otherwise: bool = False
    recorded_otherwise: bool = False
    unjudged: str = ""


class Judge:
    """Decides recorded cases by two versions of a file."""

    def __init__(self, before: Decisions, after: Decisions) -> None:
        self._versions = {
            "first": Recorded(before, before),
            "second": Recorded(after, before),
        }

    def judged(self, case: Case) -> Judged:
        """Both verdicts of a case, or why it cannot be judged."""
        verdicts: list[Verdict] = []
        for name, version in self._versions.items():
            try:
                verdicts.append(_verdict(version, case))
            except ClearwayError as error:
                return Judged(case, unjudged=f"The {name} version: {error}")
        before, after = verdicts
        recorded = None if case.outputs is None else dict(case.outputs)
        differs = recorded is not None and not is_recorded(recorded, dict(before.outputs))
        return Judged(case, before, after, not _same_verdict(before, after), differs)


def case_of(value: object, number: int) -> Case:
    """A recorded evaluation from JSON; raises NotACase with what is missing.

    `number` counts from 1 and stands for an `id` that is not given.
    """
    if not isinstance(value, dict):
        raise NotACase(f"case {number} is no JSON object: give one with `decision` and `inputs`.")
    found = cast("dict[str, object]", value)
    identity = str(number if found.get("id") is None else found["id"])
    decision, inputs, context = (found.get(name) for name in ("decision", "inputs", "context"))
    if not isinstance(decision, str) or not decision:
        raise NotACase(f"case {identity} names no decision: give its id as `decision`.")
    if isinstance(inputs, dict) == isinstance(context, dict):
        raise NotACase(
            f"case {identity} needs one of two JSON objects: `inputs`, the values by the labels of "
            "the columns, or `context`, all that the decision sees."
        )
    outputs = found.get("outputs")
    if outputs is not None and not isinstance(outputs, dict):
        raise NotACase(f"case {identity} has `outputs` that are no JSON object by output name.")
    return Case(
        identity,
        decision,
        _values(inputs, identity),
        _values(context, identity),
        _values(cast("object", outputs), identity),
        str(found.get("record") or ""),
        _instant(found.get("at"), identity),
    )


def _values(given: object, identity: str) -> Mapping[str, object] | None:
    try:
        return None if given is None else cast("dict[str, object]", from_json(given))
    except FeelError as error:
        raise NotACase(f"case {identity} holds what FEEL cannot: {error}.") from error


def is_recorded(recorded: object, value: object) -> bool:
    """Whether JSON stands for a value; dates, times, durations and ranges are text there."""
    if is_list(recorded) and is_list(value):
        return len(recorded) == len(value) and all(map(is_recorded, recorded, value))
    if is_context(recorded) and is_context(value):
        return recorded.keys() == value.keys() and all(
            is_recorded(recorded[key], value[key]) for key in recorded
        )
    if isinstance(recorded, str) and isinstance(value, Range):
        return recorded == feel_text(value)
    if isinstance(recorded, str) and value is not None and not isinstance(value, str):
        return same(at_literal(recorded), value)
    return same(from_json(recorded), value)


def same(one: object, other: object) -> bool:
    """Whether two values are equal; those of different kinds never are."""
    return equal(Run(DEFAULT_LIMITS, None), one, other) is True


def _instant(text: object, identity: str) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise NotACase(
        f"case {identity} has an `at` that is no instant: write it as 2026-01-31T10:30:00Z, or "
        "leave it out."
    )


def _verdict(version: Recorded, case: Case) -> Verdict:
    """What a version says; raises NotRecorded or MissingInput for what nobody knows any more."""
    found = _attempt(version, case, case.at)
    # Without a time, what asks for one is refused: whether it does is seen by giving any.
    if case.at is None and found.refusal and _attempt(version, case, LONG_AGO) != found:
        cause = "it asks what time it is: give the case its `at`"
        raise NotRecorded(f"{version.decisions.file}, decision {case.decision}: {cause}.")
    return found


def _attempt(version: Recorded, case: Case, now: datetime | None) -> Verdict:
    version.decisions.get(case.decision)
    if case.inputs is not None:
        decisions, context = version.opened(case.decision, case.inputs)
    else:
        decisions = version.decisions
        context = context_from_json(decisions, case.context or {})
    try:
        found = evaluate(decisions, case.decision, context, now=now)
    except MissingInput:
        raise
    except DecisionError as error:
        if isinstance(error.__cause__, NotRecorded):
            raise NotRecorded(f"{error.place}: {error.__cause__.cause}.") from error
        return Verdict({}, (), str(error))
    # A function among the outputs can be neither told nor compared: it is refused here.
    to_plain(found.outputs)
    return Verdict(found.outputs, found.rules)


def _same_verdict(before: Verdict, after: Verdict) -> bool:
    if before.refusal or after.refusal:
        return bool(before.refusal) == bool(after.refusal)
    one, other = before.outputs, after.outputs
    return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
