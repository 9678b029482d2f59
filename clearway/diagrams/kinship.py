"""Which elements of BPMN and DMN stand in one ordered list of their parent, and which in another.

An editor keeps the order inside such a list and writes the lists one after the other, so only
the order inside of a list means something.
"""

from clearway.diagrams.source import BPMN, BPMNDI, Element

_FLOW = (
    "task userTask manualTask serviceTask scriptTask businessRuleTask sendTask receiveTask "
    "callActivity subProcess transaction adHocSubProcess exclusiveGateway parallelGateway "
    "inclusiveGateway eventBasedGateway complexGateway startEvent endEvent boundaryEvent "
    "intermediateCatchEvent intermediateThrowEvent implicitThrowEvent event sequenceFlow "
    "dataObject dataObjectReference dataStoreReference choreographyTask subChoreography "
    "callChoreography"
)
_ARTIFACTS = "association textAnnotation group"
_ROOTS = (
    "process collaboration choreography globalConversation message signal error escalation "
    "itemDefinition dataStore interface resource partnerEntity partnerRole category "
    "correlationProperty endPoint globalTask globalUserTask globalManualTask globalScriptTask "
    "globalBusinessRuleTask globalChoreographyTask messageEventDefinition timerEventDefinition "
    "signalEventDefinition errorEventDefinition escalationEventDefinition "
    "compensateEventDefinition conditionalEventDefinition linkEventDefinition "
    "cancelEventDefinition terminateEventDefinition eventDefinition"
)
_RESOURCES = "resourceRole performer humanPerformer potentialOwner"
_CONVERSATIONS = "conversation subConversation callConversation conversationNode"
_DMN = (
    "decision inputData businessKnowledgeModel knowledgeSource decisionService itemDefinition "
    "elementCollection organizationUnit performanceIndicator"
)

_LISTS = {
    name: word
    for word, names in (
        ("flow", _FLOW),
        ("artifact", _ARTIFACTS),
        ("root", _ROOTS),
        ("resource", _RESOURCES),
        ("conversation", _CONVERSATIONS),
    )
    for name in names.split()
}


def list_of(element: Element, parent: Element) -> str:
    """The list of `parent` in which an element stands: its name, which means nothing more."""
    if parent.tag == BPMNDI + "BPMNPlane":
        return "drawn"
    if parent.local == "extensionElements" or not _is_known(parent):
        return "all"
    if element.tag.startswith(BPMN):
        if element.local in _LISTS:
            return _LISTS[element.local]
    elif parent.local == "definitions" and element.local in _DMN.split():
        return "root"
    return element.tag


def _is_known(element: Element) -> bool:
    """Whether the editor knows what stands in it; in all else it keeps one list."""
    return "omg.org/spec/" in element.tag


_CONTAINERS = (
    "definitions extensionElements laneSet childLaneSet lane collaboration participant "
    "BPMNDiagram BPMNPlane BPMNShape BPMNEdge BPMNLabel Bounds waypoint DMNDI DMNDiagram DMNShape "
    "DMNEdge"
)


def holds_no_text(element: Element) -> bool:
    """Whether white space in an element that is otherwise empty means nothing."""
    if not _is_known(element):
        return False
    return element.local in _CONTAINERS.split() or element.local in _LISTS
