"""What BPMN means and would run otherwise here: refused in whatever is to run, proof or process."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from clearway.engine.compile_context import CompileContext
from clearway.engine.findings import Findings
from clearway.engine.gate.say import Say
from clearway.engine.markup import BPMN, TRUTHS, is_true
from clearway.engine.model import FLOW_NODES, Node, Reading

_PEOPLE = ("performer", "humanPerformer", "potentialOwner", "resourceRole")
_PLACES = FLOW_NODES | {"sequenceFlow", "process"}
_BOOLEAN = (
    "isForCompensation",
    "cancelRemainingInstances",
    "cancelActivity",
    "isInterrupting",
    "isSequential",
    "isExecutable",
    "instantiate",
    "parallelMultiple",
    "testBefore",
    "triggeredByEvent",
    "waitForCompletion",
)
_EXPRESSIONS = tuple(
    BPMN + tag
    for tag in (
        "conditionExpression",
        "condition",
        "completionCondition",
        "loopCondition",
        "loopCardinality",
    )
)
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_EXPRESSION_TYPES = ("tExpression", "tFormalExpression")
_THE_TIME = re.compile(r"(?<![.\w])(now|today)\b")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')

Check = Callable[[Any, str | None, Say], None]


def check(reading: Reading, roots: Mapping[str, Any], findings: Findings) -> None:
    """Refuse what the markup of the process and of those that it calls says beyond the drawing."""
    for process in reading.called():
        say = Say(reading.files[process.id], findings)
        root = roots[say.file]
        for drawn in root.findall(BPMN + "process"):
            if drawn.get("id") == process.id:
                _check_extensions(root, process.id, say)
                _check_default_language(root, drawn, say)
                for element in drawn.iter(f"{BPMN}*"):
                    _check_element(element, say)


def check_conditions(reading: Reading, context: CompileContext, findings: Findings) -> None:
    """A condition is looked at when the record changes, not when time passes."""
    timed = {
        formula.element
        for _, formula, _ in context.formulas_found
        if formula.role == "condition" and _THE_TIME.search(_TEXT.sub("", formula.text))
    }
    for process in reading.called():
        for node in process.all_nodes():
            if node.id in timed and any(event.kind == "conditional" for event in node.events):
                _refuse_time(node, Say(reading.files[process.id], findings))


def _refuse_time(node: Node, say: Say) -> None:
    say.refuse(
        node,
        "condition-now",
        "waits for a condition about the time, which nobody looks at while time passes",
        "Draw a timer event.",
    )


def _check_element(element: Any, say: Say) -> None:
    place = _place(element)
    check_one = _CHECKS.get(element.tag.removeprefix(BPMN))
    if check_one is not None:
        check_one(element, place, say)
    _check_type(element, place, say)
    _check_quantity(element, place, say)
    _check_language(element, place, say)
    if element.get("operationRef") is not None:
        _refuse_operation(element, place, say)
    for name in _BOOLEAN:
        value = element.get(name)
        if value is not None and value.strip() not in TRUTHS:
            say.error(
                place,
                "attribute-value",
                f"Its {name} is `{value}`, which is neither true nor false.",
                "Write true or false.",
            )


def _check_type(element: Any, place: str | None, say: Say) -> None:
    """`xsi:type` can make something else of an element than its name says."""
    name = element.tag.removeprefix(BPMN)
    made = element.get(_XSI_TYPE)
    plain = f"t{name[:1].upper()}{name[1:]}"
    if made is not None and made.rpartition(":")[2].strip() not in (plain, *_EXPRESSION_TYPES):
        say.error(
            place,
            "element-type",
            f"A `{name}` is said to be a `{made}` by xsi:type.",
            "Draw the element that is meant, and take xsi:type out.",
        )


def _check_script(element: Any, place: str | None, say: Say) -> None:
    if any(isinstance(child.tag, str) for child in element):
        say.error(
            place,
            "script-markup",
            "Its script has markup in it, which is no FEEL.",
            "Write the expression alone; `<` is written as &lt;.",
        )


def _check_event_gateway(element: Any, place: str | None, say: Say) -> None:
    kind = element.get("eventGatewayType", "Exclusive")
    if kind != "Exclusive":
        say.error(
            place,
            "event-gateway-type",
            f"Its eventGatewayType is {kind}: all its events are to come, but here the first one "
            "decides.",
            "Draw a parallel gateway with a catch event on each branch, or set it to Exclusive.",
        )


def _check_subprocess(element: Any, place: str | None, say: Say) -> None:
    """The schema lets an event trigger each kind; only the plain one has rules for it."""
    if is_true(element, "triggeredByEvent"):
        say.error(
            place,
            "event-subprocess",
            "It is triggered by an event, but is a transaction or an ad-hoc subprocess.",
            "Draw an event subprocess, and in it the transaction or the ad-hoc subprocess.",
        )


def _check_transaction(element: Any, place: str | None, say: Say) -> None:
    method = element.get("method", "##Compensate").strip()
    if method.removeprefix("##").lower() != "compensate":
        say.error(
            place,
            "transaction-method",
            f"Its method is {method}, but a cancelled transaction is undone by its handlers here.",
            "Draw what undoes its activities, and set the method to ##Compensate or remove it.",
        )
    _check_subprocess(element, place, say)


def _check_people(_: Any, place: str | None, say: Say) -> None:
    say.error(
        place,
        "performer",
        "It names its people in a way that is not read here.",
        "Say it with the lane's clearway:role, clearway:group or clearway:assignee.",
    )


def _check_correlation(_: Any, place: str | None, say: Say) -> None:
    say.error(
        place,
        "correlation",
        "It tells messages apart by their content, which is not read here.",
        "Send the message to the record itself: name its key in clearway:to.",
    )


def _check_association(element: Any, place: str | None, say: Say) -> None:
    if any(element.find(BPMN + tag) is not None for tag in ("assignment", "transformation")):
        say.error(
            place,
            "data-mapping",
            "It copies data by an association, which does not run here.",
            "Write the field with a script task, or with clearway:input and clearway:output.",
        )


def _refuse_operation(_: Any, place: str | None, say: Say) -> None:
    say.error(
        place,
        "operation",
        "It names an operation of an interface (operationRef), which nobody here calls.",
        "Say what is done with clearway:step, a notice or a message, and remove operationRef.",
    )


def _check_quantity(element: Any, place: str | None, say: Say) -> None:
    for name in ("startQuantity", "completionQuantity"):
        text = element.get(name, "1")
        if text.strip().lstrip("+0") != "1":
            say.error(
                place,
                "quantity",
                f"Its {name} is {text}, but one token comes and one goes here.",
                "Draw a parallel gateway, or a repeated activity.",
            )


def _check_language(element: Any, place: str | None, say: Say) -> None:
    language = element.get("language") or element.get("expressionLanguage")
    if language and not _is_ours(language):
        say.error(
            place,
            "expression-language",
            f"An expression is written in {language}.",
            "Write it in FEEL and remove the language.",
        )


def _check_default_language(root: Any, process: Any, say: Say) -> None:
    """The language of every expression that names none itself."""
    language = root.get("expressionLanguage")
    if not language or _is_ours(language):
        return
    if any((it.text or "").strip() and not it.get("language") for it in process.iter(_EXPRESSIONS)):
        say.error(
            process.get("id"),
            "expression-language",
            f"The file says that its expressions are written in {language}.",
            "Write them in FEEL and remove expressionLanguage from <definitions>.",
        )


def _check_extensions(root: Any, process: str, say: Say) -> None:
    for extension in root.findall(BPMN + "extension"):
        if is_true(extension, "mustUnderstand"):
            say.error(
                process,
                "extension",
                f"It must be read with the extension {extension.get('definition') or ''}, which "
                "is not known here.",
                "Say it with clearway attributes and remove the <extension>.",
            )


def _is_ours(language: str) -> bool:
    return any(word in language.lower() for word in ("feel", "dmn"))


def _place(element: Any) -> str | None:
    """The node, flow or process to which the element belongs."""
    while element is not None:
        if element.get("id") and element.tag.removeprefix(BPMN) in _PLACES:
            return element.get("id")
        element = element.getparent()
    return None


_CHECKS: Mapping[str, Check] = {
    "script": _check_script,
    "eventBasedGateway": _check_event_gateway,
    "transaction": _check_transaction,
    "adHocSubProcess": _check_subprocess,
    "correlationSubscription": _check_correlation,
    "dataInputAssociation": _check_association,
    "dataOutputAssociation": _check_association,
    "operationRef": _refuse_operation,
    **dict.fromkeys(_PEOPLE, _check_people),
}
