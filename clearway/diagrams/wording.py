"""What an element of a diagram is and waits for, in words."""

import re
from collections.abc import Mapping

from clearway.diagrams.source import BPMN, Element

OWN = "{urn:clearway:bpmn:1}"
_WORDS = {
    "subProcess": "subprocess",
    "adHocSubProcess": "ad hoc subprocess",
    "transaction": "transaction",
    "callActivity": "call of another process",
    "participant": "pool",
    "textAnnotation": "note",
    "dataObjectReference": "data object",
    "dataStoreReference": "data store",
    "businessRuleTask": "decision task",
    "serviceTask": "automated task",
}
_EVENT_WORDS = {"compensate": "compensation", "conditional": "condition", "": "plain"}
_TIMERS = {"timeDate": "at", "timeDuration": "after", "timeCycle": "every"}
_REFERENCES = ("messageRef", "signalRef", "errorRef", "escalationRef")


def in_words(name: str) -> str:
    """`exclusiveGateway` as `exclusive gateway`."""
    return _WORDS.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def label(element: Element) -> str:
    """Its name in one line, or its id where it has none."""
    return " ".join(element.get("name").split()) or element.get("id")


def definitions_of(element: Element) -> list[Element]:
    """What an event catches or throws."""
    return [
        it
        for it in element.children
        if it.tag.startswith(BPMN) and it.local.endswith("EventDefinition")
    ]


def events_of(element: Element) -> list[str]:
    """The kinds of events that an event catches or throws, as BPMN names them: `timer`."""
    kinds = [it.local[: -len("EventDefinition")] for it in definitions_of(element)]
    return kinds + ["other" for it in element.children if it.local == "eventDefinitionRef"]


def kind_of(element: Element, by_id: Mapping[str, Element]) -> str:
    """`user task`, `timer boundary event on Approve, which does not interrupt`."""
    name = element.local
    if name.endswith("Event"):
        return _event(element, by_id)
    words = in_words(name)
    if is_true(element, "triggeredByEvent"):
        words = "event subprocess"
    if is_true(element, "isForCompensation"):
        words += ", which undoes"
    return words + _repeats(element)


def is_true(element: Element, name: str, otherwise: bool = False) -> bool:
    """Whether a boolean attribute holds."""
    return {"true": True, "1": True, "false": False, "0": False}.get(element.get(name), otherwise)


def plain(reference: str) -> str:
    """The id in a reference, without the prefix of a namespace."""
    return reference.strip().rpartition(":")[2]


def texts(element: Element, name: str) -> list[str]:
    """The texts of the BPMN children with this name."""
    found = [it.text.strip() for it in element.children if it.tag == BPMN + name]
    return [it for it in found if it]


def waits_for(
    element: Element, by_id: Mapping[str, Element], forms: Mapping[str, str]
) -> list[str]:
    """What happens there or has to happen before it goes on; one phrase for each thing."""
    own = {it.key[len(OWN) :]: it.value for it in element.attributes if it.key.startswith(OWN)}
    found: list[str] = []
    if element.get("id") in forms:
        found.append(f"form {forms[element.get('id')]}")
    elif element.local == "userTask":
        found.append("a person")
    for name, words in (("step", "step"), ("decision", "decision"), ("notice", "notice")):
        if own.get(name):
            found.append(f"{words} {own[name]}")
    if element.local == "callActivity" and element.get("calledElement"):
        found.append(f"process {plain(element.get('calledElement'))}")
    found += [f"script {it}" for it in texts(element, "script")]
    if element.get("messageRef"):
        found.append(f"message {_named(element.get('messageRef'), by_id)}")
    for definition in definitions_of(element):
        found += _definition(definition, by_id)
    return found


def _definition(definition: Element, by_id: Mapping[str, Element]) -> list[str]:
    kind = definition.local[: -len("EventDefinition")]
    if kind == "timer":
        return [
            f"timer: {_TIMERS[it.local]} {it.text.strip()}"
            for it in definition.children
            if it.local in _TIMERS
        ] or ["timer"]
    if kind == "conditional":
        return [f"condition {it}" for it in texts(definition, "condition")] or ["condition"]
    word = _EVENT_WORDS.get(kind, kind)
    if kind == "link":
        return [f"link {definition.get('name')}".strip()]
    if kind == "compensate" and definition.get("activityRef"):
        return [f"compensation of {_named(definition.get('activityRef'), by_id)}"]
    for name in _REFERENCES:
        if definition.get(name):
            return [f"{word} {_named(definition.get(name), by_id)}"]
    return [word]


def _named(reference: str, by_id: Mapping[str, Element]) -> str:
    element = by_id.get(plain(reference))
    if element is None:
        return plain(reference)
    code = element.get("errorCode") or element.get("escalationCode")
    return label(element) + (f" ({code})" if code and code != label(element) else "")


def _event(element: Element, by_id: Mapping[str, Element]) -> str:
    kinds = [_EVENT_WORDS.get(it, it) for it in events_of(element)]
    joint = " and " if is_true(element, "parallelMultiple") else " or "
    first = f"{joint.join(kinds)} " if kinds else ""
    words = first + in_words(element.local)
    if element.local == "boundaryEvent":
        host = by_id.get(plain(element.get("attachedToRef")))
        words += f" on {label(host)}" if host is not None else ""
        if not is_true(element, "cancelActivity", otherwise=True):
            words += ", which does not interrupt"
    if element.local == "startEvent" and not is_true(element, "isInterrupting", otherwise=True):
        words += ", which does not interrupt"
    return words


def _repeats(element: Element) -> str:
    for it in element.children:
        if it.tag == BPMN + "standardLoopCharacteristics":
            told = texts(it, "loopCondition")
            return ", repeated" + (f" while {told[0]}" if told else "")
        if it.tag == BPMN + "multiInstanceLoopCharacteristics":
            how = "one after the other" if is_true(it, "isSequential") else "all at once"
            told = texts(it, "loopCardinality") + texts(it, "loopDataInputRef")
            return f", for several{' (' + ', '.join(told) + ')' if told else ''}, {how}"
    return ""
