"""Runs cases of the DMN Technology Compatibility Kit and tells which results came out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from clearway.decisions.errors import NotUnderstood, Place
from clearway.decisions.evaluation import ServiceFunction, Session
from clearway.decisions.files import decisions_at
from clearway.decisions.markup import Element, child, children, own_text, read_xml
from clearway.decisions.purse import Purse
from clearway.decisions.reader import Decisions
from clearway.errors import ClearwayError
from clearway.feel import DEFAULT_LIMITS, feel_text
from clearway.feel.limits import Run
from clearway.feel.logic import equal
from clearway.feel.temporal import at_literal
from clearway.feel.values import is_context, is_list, number_of
from clearway.now import system_time

NAMESPACES = ("http://www.omg.org/spec/DMN/20160719/testcase",)
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
NUMBERS = ("decimal", "integer", "double", "float", "int", "long")
TEMPORAL = ("date", "time", "dateTime", "duration", "dayTimeDuration", "yearMonthDuration")
# The kit gives results of divisions and roots with as few as eight digits.
CLOSE = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expected result; `why` is empty when it came out."""

    file: str
    case: str
    node: str
    why: str


def run_folder(folder: Path) -> Iterator[Outcome]:
    """The outcome of every expected result in the files `*-test-*.xml` below a folder."""
    for tests in sorted(folder.rglob("*-test-*.xml")):
        yield from run_file(tests)


def run_file(tests: Path) -> Iterator[Outcome]:
    """The outcomes of one file; the model lies beside it, with the models it may import.

    A file of cases or a model that cannot be used is one outcome, whose case and node are empty.
    """
    try:
        root = read_xml(tests.read_bytes(), tests.name, NAMESPACES)
        model = _model_beside(tests, root)
        decisions = decisions_at(model)
    except (OSError, ClearwayError) as error:
        yield Outcome(tests.name, "", "", _told(error))
        return
    nodes = [
        (case, node) for case in children(root, "testCase") for node in children(case, "resultNode")
    ]
    if not nodes:
        yield Outcome(tests.name, "", "", "the file expects no result: add a case, or remove it.")
    for case, node in nodes:
        why = _difference(case, node, decisions)
        yield Outcome(tests.name, case.get("id"), node.get("name"), why)


def _model_beside(tests: Path, root: Element) -> Path:
    name = own_text(child(root, "modelName"))
    if name is None:
        cause = "the file names no model, or is no file of cases"
        raise NotUnderstood(Place(tests.name), cause, "Name one as its `modelName`.")
    model = tests.parent / name
    if not model.is_file():
        cause = f"the model {name} is not there"
        raise NotUnderstood(Place(tests.name), cause, "Put it beside the file of cases.")
    return model


def _told(error: OSError | ClearwayError) -> str:
    if isinstance(error, OSError):
        return f"the file cannot be read: {error.strerror or error}. Let it be read, or remove it."
    return str(error)


def _difference(case: Element, node: Element, decisions: Decisions) -> str:
    if not _knows(case, node.get("name"), decisions):
        return f"nothing in {decisions.file} answers this: correct the name, or remove the result."
    expects_error = node.get("errorResult") == "true"
    try:
        expected = child(node, "expected")
        wanted = _value(expected) if expected is not None else None
    except (ClearwayError, ArithmeticError) as error:
        return f"the expected value cannot be held: {error}"
    try:
        inputs = {each.get("name"): _value(each) for each in children(case, "inputNode")}
        got = _answer(case, node.get("name"), decisions, inputs)
    except ClearwayError as error:
        # The standard has null where Clearway refuses with a reason.
        return "" if expects_error or wanted is None else f"{feel_text(wanted)} expected: {error}"
    except ArithmeticError:
        return "a number of the inputs cannot be held: correct the case."
    except RecursionError:
        return "the decisions it needs nest too deep."
    if _close(got, wanted) or (expects_error and got is None):
        return ""
    return f"{feel_text(wanted)} expected, got {feel_text(got)}"


def _knows(case: Element, name: str, decisions: Decisions) -> bool:
    if case.get("type") == "decisionService":
        return case.get("invocableName") in [each.name for each in decisions.services.values()]
    return name in [each.name for each in decisions.decisions.values()]


def _answer(case: Element, name: str, decisions: Decisions, inputs: Mapping[str, object]) -> object:
    purse = Purse(DEFAULT_LIMITS, system_time(), strict=False)
    if case.get("type") == "decisionService":
        return _service_answer(case.get("invocableName"), name, decisions, inputs, purse)
    missing: dict[str, object] = {each.name: None for each in decisions.inputs.values()}
    for identity in decisions.ids:
        if decisions.get(identity).name == name:
            session = Session(decisions, {**missing, **inputs}, purse)
            return session.evaluation(identity).value
    return None


def _service_answer(
    service: str, name: str, decisions: Decisions, inputs: Mapping[str, object], purse: Purse
) -> object:
    for each in decisions.services.values():
        if each.name == service:
            value = ServiceFunction(decisions, each).call_named(purse, inputs)
            return value[name] if is_context(value) and name in value else value
    return None


def _close(got: object, wanted: object) -> bool:
    if isinstance(got, Decimal) and isinstance(wanted, Decimal):
        return abs(got - wanted) <= CLOSE * max(1, abs(wanted))
    if is_list(got) and is_list(wanted):
        return len(got) == len(wanted) and all(map(_close, got, wanted))
    if is_context(got) and is_context(wanted):
        return got.keys() == wanted.keys() and all(_close(got[key], wanted[key]) for key in got)
    return equal(Run(DEFAULT_LIMITS, None), got, wanted) is True


def _value(node: Element) -> object:
    if node.get(NIL) == "true":
        return None
    components = children(node, "component")
    if components:
        return {each.get("name"): _value(each) for each in components}
    items = child(node, "list")
    if items is not None:
        null = items.get(NIL) == "true"
        return None if null else [_value(each) for each in children(items, "item")]
    value = child(node, "value")
    if value is None or value.get(NIL) == "true":
        return None
    return _scalar(value.text, value.get(TYPE, "string").rpartition(":")[2])


def _scalar(text: str, kind: str) -> object:
    if kind == "boolean":
        return text.strip() == "true"
    if kind in NUMBERS:
        return number_of(text.strip())
    return at_literal(text.strip()) if kind in TEMPORAL else text
