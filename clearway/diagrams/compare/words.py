"""How differences of a diagram are called: what of an element they are about."""

from clearway.diagrams.compare.changes import OTHER
from clearway.diagrams.compare.parts import ORDER, TEXT, Difference
from clearway.diagrams.compare.tree import Part

INTERRUPTING = "interrupting"
_WORDS = {
    "@name": ("name", ""),
    "documentation": ("documentation", ""),
    "conditionExpression": ("condition", ""),
    "condition": ("condition", ""),
    "timer": ("timer", ""),
    "script": ("script", "expression"),
    "text": ("text", ""),
    "event definition": ("event definition", "trigger"),
    "loop": ("loop", ""),
    "@sourceRef": ("source", ""),
    "@targetRef": ("target", ""),
    "@attachedToRef": ("attachment", ""),
    "@default": ("default flow", ""),
    "@cancelActivity": (INTERRUPTING, "mark `interrupting`"),
    "@isInterrupting": (INTERRUPTING, "mark `interrupting`"),
    "@messageRef": ("message", ""),
    "@signalRef": ("signal", ""),
    "@errorRef": ("error", ""),
    "@escalationRef": ("escalation", ""),
    "@activityRef": ("compensated activity", ""),
    "@calledElement": ("called process", ""),
    "@processRef": ("process", ""),
    "@dataObjectRef": ("data object", ""),
    "@isExecutable": ("executable", "mark `executable`"),
    "@triggeredByEvent": ("triggered by event", "mark `triggered by an event`"),
    "@errorCode": ("code", "error code"),
    "@escalationCode": ("code", "escalation code"),
    "@clearway:role": ("role", ""),
    "@clearway:readers": ("readers", "list of readers"),
    "@clearway:state": ("state", ""),
    "@clearway:group": ("group", ""),
    "@clearway:assignee": ("assignee", ""),
    "@clearway:holder": ("holder", "holder's field"),
    "@clearway:due": ("due", "due time"),
    "@clearway:not-same-person-as": ("segregation of duties", "rule `not the same person as`"),
    "@clearway:rule": ("approval rule", ""),
    "@clearway:excluded": ("excluded", "list of those who may not vote"),
    "@clearway:deadline": ("deadline", ""),
    "@clearway:remind": ("reminders", "times of reminders"),
    "@clearway:at-deadline": ("end at the deadline", "rule `ends at its deadline`"),
    "@clearway:may-defer": ("may be deferred", "mark `may be deferred`"),
    "@clearway:result": ("result", "field of the result"),
    "@clearway:reasons": ("reasons", "field of the reasons"),
    "@clearway:conditions": ("conditions", "field of the conditions"),
    "@clearway:step": ("step", ""),
    "@clearway:retries": ("retries", "number of retries"),
    "@clearway:notice": ("notice", ""),
    "@clearway:invitation": ("invitation", "whether it invites"),
    "@clearway:to": ("receiver", ""),
    "@clearway:start": ("started process", "process that it starts"),
    "@clearway:expires": ("expiry", "expiry of its message"),
    "@clearway:decision": ("decision", ""),
    "@clearway:action": ("button", "button's text"),
    "@clearway:only": ("only", "field of the one person who may send it"),
    "@clearway:also": ("also", "field of one more person who may send it"),
    "@clearway:channel": ("channel", "channel that may send it"),
    "@clearway:calendar": ("calendar", ""),
    "@clearway:missed": ("missed timers", "rule for missed timers"),
    "clearway:seat": ("seat", ""),
    "clearway:input": ("input", ""),
    "clearway:output": ("output", ""),
}
KINDS = {
    "task": "task",
    "userTask": "user task",
    "manualTask": "manual task",
    "serviceTask": "service task",
    "sendTask": "send task",
    "receiveTask": "receive task",
    "scriptTask": "script task",
    "businessRuleTask": "business rule task",
    "callActivity": "called process",
    "subProcess": "subprocess",
    "transaction": "transaction",
    "adHocSubProcess": "ad hoc subprocess",
    "startEvent": "start event",
    "endEvent": "end event",
    "boundaryEvent": "boundary event",
    "intermediateCatchEvent": "intermediate event",
    "intermediateThrowEvent": "sending event",
    "implicitThrowEvent": "sending event",
    "exclusiveGateway": "exclusive gateway",
    "inclusiveGateway": "inclusive gateway",
    "parallelGateway": "parallel gateway",
    "eventBasedGateway": "event-based gateway",
    "complexGateway": "complex gateway",
    "sequenceFlow": "flow",
    "messageFlow": "message flow",
    "participant": "pool",
    "laneSet": "set of lanes",
    "childLaneSet": "set of lanes",
    "textAnnotation": "note",
    "dataObjectReference": "data object",
    "dataStoreReference": "data store",
    "dataObject": "data",
    "definitions": "file",
}
OURS = "{urn:clearway:bpmn:1}"
_TIMES = frozenset(("timeDuration", "timeDate", "timeCycle"))
_LOOPS = frozenset(("multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "loop"))
_NO_STEPS = frozenset((TEXT, "extensionElements"))


def what_of(difference: Difference) -> tuple[str, str]:
    """What a difference is about in one word of ours, and how a sentence calls it."""
    steps = [it for it in difference.way if it not in _NO_STEPS]
    if not steps:
        return "text", "text"
    if steps[0] in _LOOPS:
        return "loop", "loop" if len(steps) == 1 else f"loop (`{_path(steps[1:])}`)"
    definition = steps[0].endswith("EventDefinition")
    if definition and len(steps) == 1:
        return "event definition", "trigger"
    if definition and steps[1] in _TIMES and len(steps) == 2:
        return "timer", "timer"
    inner = steps[1:] if definition else steps
    if len(inner) == 1 and (inner[0] in _WORDS or inner[0] in _TIMES):
        word, phrase = _WORDS.get(inner[0], ("timer", ""))
        return word, phrase or word
    if inner[0].startswith("clearway:") and inner[0] in _WORDS:
        return _detail_of(inner, difference.key)
    return OTHER, f"`{_path(steps)}`"


def said_of(part: Part) -> str:
    """What a new element says of itself in our words, and its condition, as a sentence."""
    told = [
        f"{_WORDS[f'@clearway:{key}'][0]} `{value}`"
        for key, value in ((name.removeprefix(OURS), value) for name, value in part.attributes)
        if f"@clearway:{key}" in _WORDS
    ]
    told += [
        f"condition `{' '.join(it.text.split())}`"
        for it in part.children
        if it.local == "conditionExpression"
    ]
    return f" It has the {', the '.join(told)}." if told else ""


def kind_of(name: str) -> str:
    """An element's kind for people."""
    return KINDS.get(name) or "".join(f" {it.lower()}" if it.isupper() else it for it in name)


def _detail_of(steps: list[str], key: str) -> tuple[str, str]:
    word, _ = _WORDS[steps[0]]
    if steps[1:] == [ORDER]:
        return word, f"order of the {word}s"
    own = f"{word} `{key}`" if key else word
    if len(steps) == 1:
        return word, own
    return word, f"{_path(steps[1:])} of the {own}"


def _path(steps: list[str]) -> str:
    words = {TEXT: "text", ORDER: "order"}
    return "/".join(words.get(it, it.removeprefix("@")) for it in steps)
