"""What other tools write into a diagram that would not run here as it does there."""

from typing import Any

from clearway.engine.gate.say import Say
from clearway.engine.markup import BPMN, OWN, is_true
from clearway.engine.model import Scope

HARMLESS = (
    "{http://bpmn.io/schema/bpmn",
    "{http://www.w3.org/",
    "{http://www.omg.org/spec/",
    "{http://camunda.org/schema/modeler",
)


def check(process: Scope, root: Any, say: Say) -> None:
    """Tell of what other engines' attributes would do, and of what runs by itself beside it."""
    for element in root:
        if element.tag == BPMN + "process" and element.get("id") == process.id:
            _tell_of_foreign(element, say)
    for other in root.findall(BPMN + "process"):
        runs = is_true(other, "isExecutable") and other.find(f".//{BPMN}startEvent") is not None
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
