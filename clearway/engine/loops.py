"""Repeated activities: multi-instance, in parallel or one after the other, and standard loops."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from clearway.engine import ledger, limits, loop_names
from clearway.engine.expressions import Formula
from clearway.engine.model import Loop
from clearway.engine.names import assign
from clearway.engine.spiff import STARTED
from clearway.engine.token import Token
from clearway.engine.values import ProcessFault, Value
from clearway.feel import decode, encode, feel_text
from clearway.feel.values import is_list

if TYPE_CHECKING:
    from clearway.engine.instance import Instance


@dataclass(frozen=True, slots=True)
class LoopRule:
    """A loop as it runs."""

    drawn: Loop
    cardinality: Formula | None = None
    collection: Formula | None = None
    condition: Formula | None = None
    maximum: int | None = None


def begin(token: Token, rule: LoopRule) -> bool:
    """The body of a loop begins: True when there is nothing to do."""
    instance: Instance = token.workflow.top_workflow
    kept: dict[str, Any] = {"done": 0}
    token.internal_data["loop"] = kept
    if rule.drawn.kind == "standard":
        if rule.drawn.test_before and not _goes_on(instance, token, rule, 0):
            return True
        _spawn(token, 0)
        return False
    count = _count(instance, token, rule, kept)
    kept["count"] = count
    if count == 0:
        _hand_over(instance, token, rule)
        return True
    token.set_state(STARTED)
    for index in range(count if rule.drawn.kind == "parallel" else 1):
        _spawn(token, index)
    return False


def round_done(token: Token, rule: LoopRule) -> None:
    """One round has completed: collect what it brought and see what follows."""
    instance: Instance = token.workflow.top_workflow
    body = instance.tokens[token.internal_data["body"]]
    kept = body.internal_data["loop"]
    index: int = token.internal_data["round"]
    kept["done"] += 1
    if token.internal_data.get("ledger"):
        ledger.extend(body.internal_data.setdefault("ledger", []), token.internal_data["ledger"])
    if rule.drawn.kind == "standard":
        if _goes_on(instance, body, rule, kept["done"], token):
            _spawn(body, kept["done"])
        else:
            body.complete()
        return
    _collect(instance, token, rule, kept, index)
    if _is_enough(instance, body, token, rule, kept):
        for other in _rounds(body):
            instance.cancel_token(other)
    elif kept["done"] < kept["count"]:
        if rule.drawn.kind == "sequential":
            _spawn(body, kept["done"])
        return
    _hand_over(instance, body, rule)
    body.complete()


def _spawn(body: Token, index: int) -> None:
    if not body.has_state(STARTED):
        body.set_state(STARTED)
    body.workflow.top_workflow.spawn(
        body.workflow, body.task_spec, {"body": body.id, "round": index}
    )


def _rounds(body: Token) -> list[Token]:
    return [t for t in body.workflow.live if t.internal_data.get("body") == body.id and t.is_live]


def _count(instance: "Instance", token: Token, rule: LoopRule, kept: dict[str, Any]) -> int:
    name = token.task_spec.name
    if rule.collection is not None:
        items: Any = instance.value(rule.collection, token)
        if not is_list(items):
            raise ProcessFault(
                name,
                f"`{rule.collection.text}` is not a list to go through.",
                "Correct the data, or the collection in the diagram.",
            )
        kept["items"] = [encode(item) for item in items]
        count = len(items)
    else:
        number = None if rule.cardinality is None else instance.value(rule.cardinality, token)
        if not isinstance(number, Decimal) or number < 0 or number != number.to_integral_value():
            raise ProcessFault(
                name,
                f"The number of rounds is {feel_text(number)}, which is no whole number.",
                "Correct the data, or the cardinality in the diagram.",
            )
        count = int(min(number, Decimal(limits.LOOP_INSTANCES + 1)))
    if count > limits.LOOP_INSTANCES:
        raise ProcessFault(
            name,
            f"It would run more than {limits.LOOP_INSTANCES} times at once.",
            "Split the collection into several records.",
        )
    return count


def _collect(
    instance: "Instance", token: Token, rule: LoopRule, kept: dict[str, Any], index: int
) -> None:
    if rule.drawn.output_item is not None:
        value = loop_names.local_names(instance, token)[rule.drawn.output_item]
        kept.setdefault("out", {})[str(index)] = encode(value)


def _collected(kept: Mapping[str, Any]) -> list[Value]:
    out: Mapping[str, Any] = kept.get("out", {})
    return [decode(out[index]) for index in sorted(out, key=int)]


def _is_enough(
    instance: "Instance", body: Token, token: Token, rule: LoopRule, kept: Mapping[str, Any]
) -> bool:
    if rule.condition is None:
        return False
    return instance.holds(rule.condition, token, counters(rule, body, kept))


def counters(rule: LoopRule, body: Token, kept: Mapping[str, Any]) -> dict[str, Value]:
    """What a completion condition may ask: how many rounds there are, and what they brought."""
    found: dict[str, Value] = {
        "numberOfInstances": Decimal(kept["count"]),
        "numberOfCompletedInstances": Decimal(kept["done"]),
        "numberOfActiveInstances": Decimal(len(_rounds(body))),
        "numberOfTerminatedInstances": Decimal(0),
    }
    target = rule.drawn.output_collection
    if target is not None and not target.startswith("record."):
        found[target] = _collected(kept)
    return found


def _hand_over(instance: "Instance", body: Token, rule: LoopRule) -> None:
    if rule.drawn.output_collection is not None:
        collected: list[Value] = _collected(body.internal_data["loop"])
        assign(instance, body, rule.drawn.output_collection, collected)


def _goes_on(
    instance: "Instance", body: Token, rule: LoopRule, done: int, token: Token | None = None
) -> bool:
    if rule.maximum is not None and done >= rule.maximum:
        return False
    if rule.condition is None:
        return True
    extra: dict[str, Value] = {} if token is not None else {"loopCounter": Decimal(done)}
    return instance.holds(rule.condition, token or body, extra)
