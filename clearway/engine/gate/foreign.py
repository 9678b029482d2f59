"""What other tools write into a diagram that would not run here as it does there."""

from typing import Any

from clearway.engine.gate.say import Say
from clearway.engine.markup import BPMN, OWN
from clearway.engine.model import Scope

HARMLESS = (
    "{http://bpmn.io/schema/bpmn",
    "{http://www.w3.org/",
    "{http://www.omg.org/spec/",
    "{http://camunda.org/schema/modeler",
)


def check(process: Scope, root: Any, say: Say) -> None:
    """Refuse data mappings and other languages; tell of what other engines' attributes would do."""
    for element in root:
        if element.tag == BPMN + "process" and element.get("id") == process.id:
            for inner in element.iter():
                _check_element(inner, say)
            _tell_of_foreign(element, say)
    for other in root.findall(BPMN + "process"):
        runs = (
            other.get("isExecutable") == "true" and other.find(f".//{BPMN}startEvent") is not None
        )
        if runs and other.get("id") != process.id:
            _tell_of_other(other, process, root, say)


def _tell_of_other(other: Any, process: Scope, root: Any, say: Say) -> None:
    called = {each.get("calledElement") for each in root.iter(BPMN + "callActivity")}
    if other.get("id") in called:
        return
    say.warning(
        other.get("id"),
        "process-other",
        f"The process `{other.get('id')}` in the same file does not run with `{process.id}`.",
        "Give it a folder of its own, and let the two tell each other by messages.",
    )


def _check_element(element: Any, say: Say) -> None:
    if not isinstance(element.tag, str):
        return
    tag = element.tag.removeprefix(BPMN)
    place = _place(element)
    if tag in ("dataInputAssociation", "dataOutputAssociation") and (
        element.find(BPMN + "assignment") is not None
        or element.find(BPMN + "transformation") is not None
    ):
        say.error(
            place,
            "data-mapping",
            "It copies data by an association, which does not run here.",
            "Write the field with a script task, or with clearway:input and clearway:output.",
        )
    language = element.get("language") or element.get("expressionLanguage")
    if language and "feel" not in language.lower() and "dmn" not in language.lower():
        say.error(
            place,
            "expression-language",
            f"An expression is written in {language}.",
            "Write it in FEEL and remove the language.",
        )


def _tell_of_foreign(process: Any, say: Say) -> None:
    """One warning for each foreign namespace, at the first element that uses it."""
    first: dict[str, str | None] = {}
    words: dict[str, set[str]] = {}
    for element in process.iter():
        if not isinstance(element.tag, str):
            continue
        for name in (element.tag, *map(str, element.attrib)):
            if name.startswith("{") and not name.startswith((BPMN, OWN, *HARMLESS)):
                namespace, _, word = name[1:].partition("}")
                first.setdefault(namespace, _place(element))
                words.setdefault(namespace, set()).add(word)
    for namespace, place in first.items():
        some = ", ".join(sorted(words[namespace])[:8])
        say.warning(
            place,
            "foreign",
            f"Parts were written for another engine ({namespace}): {some}.",
            "They do nothing here. Say the same with clearway attributes, or remove them.",
        )


def _place(element: Any) -> str | None:
    while element is not None:
        if element.get("id"):
            return element.get("id")
        element = element.getparent()
    return None
