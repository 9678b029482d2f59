"""How a business rule task asks the decision room, and what it does with the answer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clearway.decisions import DecisionError, Evaluation, evaluate
from clearway.decisions.explain import in_order
from clearway.engine.token import Token
from clearway.engine.values import ProcessFault, Value
from clearway.feel import Function, Range, feel_text
from clearway.feel.values import is_context, is_list

if TYPE_CHECKING:
    from clearway.engine.instance import Instance


def decide(token: Token, decision: str) -> Value:
    """Evaluate a decision with all names the token sees; raises ProcessFault without an answer."""
    instance: Instance = token.workflow.top_workflow
    names = instance.names(token)
    context: dict[str, Value] = {name: names[name] for name in names}
    decisions = instance.blueprint.decisions[decision]
    try:
        found = evaluate(decisions, decision, context, now=instance.world.now)
    except DecisionError as error:
        raise ProcessFault(
            token.task_spec.name,
            f"The decision `{decision}` cannot decide: {error}",
            "Correct the data and try again. Or correct the table, deploy it, and try again; a "
            "record that is open already is moved to that version before (`clearway migrate`).",
        ) from error
    instance.happen("decided", token.task_spec.node, kept_evaluation(found))
    return found.outputs


def kept_evaluation(found: Evaluation) -> dict[str, Value]:
    """An evaluation as history keeps it, in values that JSON can hold.

    `needed` lists the evaluations of the decisions it needed, directly or not, each once and in
    the order in which they were made.
    """
    *needed, made = in_order(found)
    return {**_kept(made), "needed": [_kept(each) for each in needed]}


def _kept(made: Evaluation) -> dict[str, Value]:
    return {
        "decision": made.decision,
        "hit_policy": made.hit_policy,
        "inputs": _plain(made.inputs),
        "rules": list(made.rules),
        "outputs": _plain(made.outputs),
        "notes": list(made.notes),
    }


def _plain(value: object) -> Value:
    """The value, in which ranges and functions, which JSON has not, are their FEEL text."""
    if is_list(value):
        return [_plain(item) for item in value]
    if is_context(value):
        return {key: _plain(item) for key, item in value.items()}
    return feel_text(value) if isinstance(value, Range | Function) else value


def fields_of(element: str, result: Value) -> Mapping[str, Value]:
    """The outputs by name, as they are written to fields of the same names."""
    if isinstance(result, Mapping):
        return {str(name): value for name, value in result.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] a context of FEEL
    raise ProcessFault(
        element,
        f"The decision answers {feel_text(result)}, which has no names to write it to.",
        "Say in the diagram with clearway:output which field receives it.",
    )
