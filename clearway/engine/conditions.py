"""What is looked at when all is quiet: inclusive joins, conditional events, ad-hoc subprocesses."""

from typing import TYPE_CHECKING

from clearway.engine import catching
from clearway.engine.spiff import WAITING
from clearway.engine.token import Token
from clearway.engine.values import ProcessFault

if TYPE_CHECKING:
    from clearway.engine.instance import Instance, Running


def fire_join(instance: "Instance") -> bool:
    """Let one inclusive join go on that nothing can reach any more; False when there is none."""
    for scope in instance.scopes():
        for spec in scope.spec.inclusive_joins:
            here = [t for t in scope.live if t.task_spec is spec and t.state == WAITING]
            others = [t for t in scope.live if t not in here]
            if here and spec.is_complete(here, others):
                spec.fire(here)
                return True
    return False


def fire(instance: "Instance") -> bool:
    """Let one conditional event happen whose condition has become true."""
    if not instance.blueprint.has_conditions:
        return False
    for each in catching.subscriptions(instance):
        formula = each.catch.condition
        if formula is None or each.catch.kind != "conditional":
            continue
        is_true = instance.holds(formula, each.holder)
        repeats = _repeats(each)
        if is_true and not (repeats and each.arms.get(each.catch.key)):
            if repeats:
                each.arms[each.catch.key] = True
            catching.fire(instance, each, {"condition": formula.text})
            return True
        if repeats and not is_true:
            each.arms.pop(each.catch.key, None)
    return False


def _repeats(each: catching.Subscription) -> bool:
    """Whether the event may happen again: then only a change from false to true counts."""
    return (
        each.spec.node.kind in ("boundaryEvent", "startEvent") and not each.spec.node.interrupting
    )


def after_completion(instance: "Instance", token: Token) -> None:
    """An activity of an ad-hoc subprocess has completed: the rest may be superfluous now."""
    scope: Running = token.workflow
    formula = scope.spec.completion
    if formula is None or not token.task_spec.reports_start:
        return
    if instance.holds(formula, scope):
        scope.fulfilled = True
        if scope.spec.scope.cancel_remaining:
            instance.cancel_all(scope)


def check_ad_hoc(instance: "Instance", scope: "Running") -> None:
    """An ad-hoc subprocess is empty; raises ProcessFault when its condition never held."""
    formula = scope.spec.completion
    if formula is None or scope.interrupted or instance.holds(formula, scope):
        return
    if not scope.fulfilled:
        raise ProcessFault(
            scope.spec.name,
            f"Everything in it is done, but its completion condition `{formula.text}` is not true.",
            "Correct the data and try again, or correct the condition in the diagram.",
        )
