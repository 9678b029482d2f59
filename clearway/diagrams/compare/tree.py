"""XML as values that are equal when they mean the same, whatever prefixes and blanks it has."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from clearway.engine import limits, xml_worker
from clearway.engine.markup import BPMN, OWN, TRUTHS, Element
from clearway.errors import ClearwayError

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
LISTS = frozenset((f"{OWN}not-same-person-as",))
"""Attributes that hold several ids, parted by blanks."""
REFERENCES = frozenset(
    (
        "activityRef", "attachedToRef", "bpmnElement", "calledChoreographyRef",
        "calledCollaborationRef", "calledElement", "categoryValueRef", "correlationKeyRef",
        "correlationPropertyRef", "dataObjectRef", "dataStoreRef", "default",
        "definitionalCollaborationRef", "errorRef", "escalationRef", "evaluatesToTypeRef",
        "implementationRef", "initiatingParticipantRef", "innerConversationNodeRef",
        "innerMessageFlowRef", "inputDataRef", "itemRef", "itemSubjectRef", "messageRef",
        "noneBehaviorEventRef", "oneBehaviorEventRef", "operationRef", "outerConversationNodeRef",
        "outerMessageFlowRef", "outputDataRef", "parameterRef", "partitionElementRef", "processRef",
        "signalRef", "sourceRef", "structureRef", "targetRef",
    )
)  # fmt: skip
"""Attributes of the BPMN schema that hold the id of something, perhaps behind a prefix."""
INNER_REFERENCES = frozenset(
    (
        "categoryValueRef", "choreographyRef", "correlationPropertyRef", "dataInputRefs",
        "dataOutputRefs", "endPointRef", "errorRef", "eventDefinitionRef", "flowNodeRef",
        "inMessageRef", "incoming", "innerParticipantRef", "inputSetRefs", "interfaceRef",
        "loopDataInputRef", "loopDataOutputRef", "messageFlowRef", "operationRef",
        "optionalInputRefs", "optionalOutputRefs", "outMessageRef", "outerParticipantRef",
        "outgoing", "outputSetRefs", "participantRef", "resourceRef", "source", "sourceRef",
        "supportedInterfaceRef", "supports", "target", "targetRef", "whileExecutingInputRefs",
        "whileExecutingOutputRefs",
    )
)  # fmt: skip
"""Elements of the BPMN schema whose text is such an id."""
DEFAULTS = {
    "associationDirection": "None", "behavior": "All", "cancelActivity": "true",
    "cancelRemainingInstances": "true", "completionQuantity": "1", "eventGatewayType": "Exclusive",
    "expressionLanguage": "http://www.w3.org/1999/XPath", "gatewayDirection": "Unspecified",
    "instantiate": "false", "isClosed": "false", "isCollection": "false",
    "isForCompensation": "false", "isInterrupting": "true", "isSequential": "false",
    "isUnlimited": "true", "itemKind": "Information", "loopType": "None", "method": "##Compensate",
    "mustUnderstand": "false", "parallelMultiple": "false", "processType": "None",
    "startQuantity": "1", "testBefore": "false", "textFormat": "text/plain",
    "triggeredByEvent": "false", "typeLanguage": "http://www.w3.org/2001/XMLSchema",
}  # fmt: skip
"""What the BPMN schema says where an attribute is not written."""
_YES_OR_NO = {name for name, value in DEFAULTS.items() if value in TRUTHS} | {"isExecutable"}


class NotComparable(ClearwayError):
    """A file cannot be read: which, why, and what to do."""

    def __init__(self, file: str, cause: str, remedy: str) -> None:
        super().__init__(f"{file}: {cause} {remedy}")
        self.file = file
        self.cause = cause
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Part:
    """An element: `{namespace}name`, attributes in order of their names, text, children."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    children: "tuple[Part, ...]"

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition("}")[2]

    @property
    def is_bpmn(self) -> bool:
        """Whether it is an element of BPMN itself."""
        return self.name.startswith(BPMN)

    def get(self, name: str) -> str | None:
        """An attribute."""
        return next((value for key, value in self.attributes if key == name), None)

    def without(self, gone: "Iterable[Part]") -> "Part":
        """The same, but for these very children."""
        ids = {id(each) for each in gone}
        return replace(self, children=tuple(it for it in self.children if id(it) not in ids))

    def walk(self) -> "Iterator[Part]":
        """It, and all that is in it."""
        yield self
        for each in self.children:
            yield from each.walk()


def read(data: bytes, file: str) -> Part:
    """The root of an XML file; raises NotComparable for a hostile or broken one."""
    if len(data) > limits.XML_BYTES:
        cause = f"the file has {limits.mebibytes(len(data))}."
        raise NotComparable(file, cause, f"Keep it below {limits.mebibytes(limits.XML_BYTES)}.")
    etree = xml_worker.etree
    try:
        root = etree.fromstring(data, xml_worker.hardened_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        problem = xml_worker.syntax_problem(data, error)
    else:
        problem = xml_worker.shape_problem(root, limits.XML_DEPTH, limits.XML_ELEMENTS)
        if problem is None:
            return _part(root, root.get("targetNamespace"))
    place = f" (line {problem[1]})" if problem[1] else ""
    raise NotComparable(file, f"{problem[2]}{place}", "Save it again with its editor.")


def with_ids(part: Part, renamed: Mapping[str, str]) -> Part:
    """The same under other ids: those of the elements, and wherever something refers to them."""
    if not renamed:
        return part
    attributes = tuple((key, _refer(part, key, value, renamed)) for key, value in part.attributes)
    is_reference = part.is_bpmn and part.local in INNER_REFERENCES
    return Part(
        part.name,
        attributes,
        renamed.get(part.text, part.text) if is_reference else part.text,
        tuple(with_ids(each, renamed) for each in part.children),
    )


def references(part: Part) -> set[str]:
    """All ids that something in it refers to."""
    found: set[str] = set()
    for each in part.walk():
        if each.is_bpmn and each.local in INNER_REFERENCES:
            found.add(each.text)
        for key, value in each.attributes:
            if key in LISTS:
                found.update(value.split())
            elif key in REFERENCES and each.name.startswith((BPMN, BPMNDI)):
                found.add(value)
    return found


def _refer(part: Part, key: str, value: str, renamed: Mapping[str, str]) -> str:
    if key in LISTS:
        return " ".join(renamed.get(each, each) for each in value.split())
    is_reference = (key in REFERENCES or key == "id") and part.name.startswith((BPMN, BPMNDI))
    return renamed.get(value, value) if is_reference else value


def _part(element: Element, target: str | None) -> Part:
    name = str(element.tag)
    is_bpmn = name.startswith(BPMN)
    attributes = {
        str(key): _value(element, str(key), str(value), is_bpmn, target)
        for key, value in element.attrib.items()
    }
    if is_bpmn:
        attributes = {key: it for key, it in attributes.items() if DEFAULTS.get(key) != it}
    children = [each for each in element if isinstance(each.tag, str)]
    chunks = [element.text or "", *(each.tail or "" for each in children)]
    chunks = [each.strip() for each in chunks]
    text = " <> ".join(chunks) if any(chunks) else ""
    if is_bpmn and name[len(BPMN) :] in INNER_REFERENCES:
        text = _resolved(element, text, target)
    inside = tuple(_part(each, target) for each in children)
    return Part(name, tuple(sorted(attributes.items())), text, inside)


def _value(element: Element, key: str, value: str, is_bpmn: bool, target: str | None) -> str:
    if key == f"{XSI}type":
        prefix, _, local = value.strip().rpartition(":")
        uri = element.nsmap.get(prefix or None)
        return f"{{{uri}}}{local}" if uri else value.strip()
    if key in LISTS:
        return " ".join(value.split())
    if key in REFERENCES and (is_bpmn or element.tag.startswith(BPMNDI)):
        return _resolved(element, value.strip(), target)
    if is_bpmn and key in _YES_OR_NO and value.strip() in TRUTHS:
        return "true" if TRUTHS[value.strip()] else "false"
    return value


def _resolved(element: Element, value: str, target: str | None) -> str:
    """An id behind a prefix: alone when it is of this file, else with its namespace."""
    prefix, colon, local = value.partition(":")
    uri = element.nsmap.get(prefix) if colon else None
    if uri is None:
        return value
    return local if uri == target else f"{{{uri}}}{local}"
