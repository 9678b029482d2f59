"""Activities as they run: tasks, subprocesses and their loops."""

from collections.abc import Callable, Mapping

from clearway.engine.compile_context import CompileContext
from clearway.engine.compile_events import calendar_of, message_catch, telling_of
from clearway.engine.loops import LoopRule
from clearway.engine.model import Node
from clearway.engine.process_spec import ScopeSpec
from clearway.engine.specs.activities import (
    ActivitySpec,
    DecisionSpec,
    InsideSpec,
    ReceiveSpec,
    ScriptSpec,
    SendSpec,
    ServiceSpec,
    UserSpec,
)
from clearway.engine.wanted import a_count, a_due_time, a_list, a_name, a_truth, names
from clearway.engine.work_items import Asking, SeatRule


def activity(scope: ScopeSpec, node: Node, context: CompileContext) -> ActivitySpec:
    """The spec of an activity."""
    make = _MAKERS.get(node.kind, _plain)
    spec = make(scope, node, context)
    spec.loop = _loop(node, context)
    return spec


def _plain(scope: ScopeSpec, node: Node, _context: CompileContext) -> ActivitySpec:
    return ActivitySpec(scope, node)


def _user(scope: ScopeSpec, node: Node, context: CompileContext) -> ActivitySpec:
    spec, own = UserSpec(scope, node), node.own
    spec.asking = Asking(
        group=context.formula(own.get("group"), node.id, "group", a_name),
        assignee=context.formula(own.get("assignee"), node.id, "assignee", a_name),
        due=context.formula(own.get("due"), node.id, "due time", a_due_time),
        calendar=calendar_of(node, context),
        not_same_person_as=tuple(own.get("not-same-person-as", "").split()),
        form=context.form_of(node.id),
        rule=own.get("rule"),
        excluded=context.formula(own.get("excluded"), node.id, "list of excluded people", names),
        deadline=context.formula(own.get("deadline"), node.id, "deadline", a_due_time),
        result=own.get("result", "").removeprefix("record."),
        seats=tuple(
            SeatRule(
                seat.id,
                seat.role,
                context.formula(seat.person, node.id, f"seat `{seat.id}`", names),
                seat.mandatory,
                seat.veto,
                seat.chair,
            )
            for seat in node.seats
        ),
    )
    return spec


def _service(scope: ScopeSpec, node: Node, context: CompileContext) -> ActivitySpec:
    spec = ServiceSpec(scope, node)
    spec.inputs_of = context.formulas(node.inputs, node.id, "input")
    spec.outputs_of = context.formulas(node.outputs, node.id, "output")
    return spec


def _script(scope: ScopeSpec, node: Node, context: CompileContext) -> ActivitySpec:
    spec = ScriptSpec(scope, node)
    spec.target = node.own.get("result", "")
    spec.formula = context.formula(node.script, node.id, "script") or spec.formula
    spec.outputs_of = context.formulas(node.outputs, node.id, "output")
    if spec.target and not spec.target.startswith("record."):
        context.variables.add(spec.target)
    return spec


def _decision(scope: ScopeSpec, node: Node, context: CompileContext) -> ActivitySpec:
    spec = DecisionSpec(scope, node)
    spec.decision = node.own.get("decision", "")
    if spec.decision not in context.decisions:
        known = ", ".join(sorted(context.decisions)) or "none"
        context.findings.error(
            context.file,
            node.id,
            "decision-missing",
            f"There is no decision `{spec.decision}` in the folder.",
            f"Add a .dmn file that holds it, or name one of these in clearway:decision: {known}.",
        )
    spec.outputs_of = context.formulas(node.outputs, node.id, "output")
    return spec


def _send(scope: ScopeSpec, node: Node, context: CompileContext) -> ActivitySpec:
    spec = SendSpec(scope, node)
    spec.telling = telling_of(node, context)
    return spec


def _receive(scope: ScopeSpec, node: Node, context: CompileContext) -> ActivitySpec:
    spec = ReceiveSpec(scope, node)
    spec.catches = message_catch(node)
    spec.message_outputs = context.formulas(node.outputs, node.id, "output")
    return spec


def _inside(scope: ScopeSpec, node: Node, _context: CompileContext) -> ActivitySpec:
    return InsideSpec(scope, node, node.id)


def _call(scope: ScopeSpec, node: Node, _context: CompileContext) -> ActivitySpec:
    return InsideSpec(scope, node, node.called or "")


_MAKERS: Mapping[str, Callable[[ScopeSpec, Node, CompileContext], ActivitySpec]] = {
    "userTask": _user,
    "serviceTask": _service,
    "scriptTask": _script,
    "businessRuleTask": _decision,
    "sendTask": _send,
    "receiveTask": _receive,
    "subProcess": _inside,
    "transaction": _inside,
    "adHocSubProcess": _inside,
    "callActivity": _call,
}


def _loop(node: Node, context: CompileContext) -> LoopRule | None:
    drawn = node.loop
    if drawn is None:
        return None
    target = drawn.output_collection
    if target is not None and not target.startswith("record."):
        context.variables.add(target)
    maximum = drawn.maximum
    return LoopRule(
        drawn,
        cardinality=context.formula(drawn.cardinality, node.id, "number of rounds", a_count),
        collection=context.formula(drawn.collection, node.id, "collection", a_list),
        condition=context.formula(drawn.condition, node.id, "condition of the loop", a_truth),
        maximum=int(maximum) if maximum is not None and maximum.isdigit() else None,
    )
