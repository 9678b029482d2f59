"""How a business rule task asks the decision room, and what it does with the answer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clearway.decisions import DecisionError, evaluate
from clearway.engine.token import Token
from clearway.engine.values import ProcessFault, Value
from clearway.feel import feel_text

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
    details: dict[str, Any] = {
        "decision": decision,
        "inputs": found.inputs,
        "rules": found.rules,
        "outputs": found.outputs,
        "hit_policy": found.hit_policy,
    }
    instance.happen("decided", token.task_spec.node, details)
    return found.outputs


def fields_of(element: str, result: Value) -> Mapping[str, Value]:
    """The outputs by name, as they are written to fields of the same names."""
    if isinstance(result, Mapping):
        return {str(name): value for name, value in result.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] a context of FEEL
    raise ProcessFault(
        element,
        f"The decision answers {feel_text(result)}, which has no names to write it to.",
        "Say in the diagram with clearway:output which field receives it.",
    )
