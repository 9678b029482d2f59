"""Every attribute and part that BPMN 2.0 gives to what runs: honoured, harmless here, or refused.

The keys are the types of the schema, each with what it declares itself. A test goes through the
schema and misses whatever stands in none of the three tables, or in two of them.
"""

from collections.abc import Mapping

Words = Mapping[str, frozenset[str]]


def _words(**types: str) -> Words:
    return {name: frozenset(words.split()) for name, words in types.items()}


HONOURED: Words = _words(
    tBaseElement="id documentation extensionElements",
    tFlowElement="name",
    tActivity="isForCompensation default loopCharacteristics",
    tAdHocSubProcess="completionCondition cancelRemainingInstances",
    tBoundaryEvent="cancelActivity attachedToRef",
    tCallActivity="calledElement",
    tCatchEvent="eventDefinition",
    tThrowEvent="eventDefinition",
    tSendTask="messageRef",
    tReceiveTask="messageRef",
    tScriptTask="script",
    tStartEvent="isInterrupting",
    tSubProcess="laneSet flowElement artifact",
    tComplexGateway="default",
    tExclusiveGateway="default",
    tInclusiveGateway="default",
    tCompensateEventDefinition="waitForCompletion activityRef",
    tConditionalEventDefinition="condition",
    tErrorEventDefinition="errorRef",
    tEscalationEventDefinition="escalationRef",
    tLinkEventDefinition="name",
    tMessageEventDefinition="messageRef",
    tSignalEventDefinition="signalRef",
    tTimerEventDefinition="timeDate timeDuration timeCycle",
    tMultiInstanceLoopCharacteristics="isSequential loopCardinality loopDataInputRef "
    "loopDataOutputRef inputDataItem outputDataItem completionCondition",
    tStandardLoopCharacteristics="testBefore loopMaximum loopCondition",
    tSequenceFlow="sourceRef targetRef conditionExpression",
    tCallableElement="name",
    tProcess="isExecutable laneSet flowElement artifact",
    tDefinitions="rootElement",
    tError="name errorCode",
    tEscalation="name escalationCode",
    tMessage="name",
    tSignal="name",
)
"""What the reader reads: it does here what the standard says."""

HARMLESS: Words = _words(
    tBaseElementWithMixedContent="id documentation extensionElements",
    tFlowElement="auditing monitoring categoryValueRef",
    tFlowNode="incoming outgoing",
    tActivity="ioSpecification property",
    tEvent="property",
    tCatchEvent="dataOutput outputSet",
    tThrowEvent="dataInput inputSet",
    tBusinessRuleTask="implementation",
    tReceiveTask="implementation",
    tSendTask="implementation",
    tServiceTask="implementation",
    tUserTask="implementation rendering",
    tGateway="gatewayDirection",
    tLinkEventDefinition="source target",
    tMultiInstanceLoopCharacteristics="oneBehaviorEventRef noneBehaviorEventRef "
    "complexBehaviorDefinition",
    tSequenceFlow="isImmediate",
    tFormalExpression="evaluatesToTypeRef",
    tCallableElement="supportedInterfaceRef ioSpecification ioBinding",
    tProcess="processType isClosed definitionalCollaborationRef auditing monitoring property "
    "supports",
    tDefinitions="name targetNamespace typeLanguage exporter exporterVersion id import BPMNDiagram "
    "relationship",
    tError="structureRef",
    tEscalation="structureRef",
    tMessage="itemRef",
    tSignal="structureRef",
)
"""What may be in the file and changes nothing here; why stands in docs/reference/constructs.md."""

REFUSED: Words = _words(
    tActivity="startQuantity completionQuantity resourceRole dataInputAssociation "
    "dataOutputAssociation",
    tAdHocSubProcess="ordering",
    tCatchEvent="parallelMultiple eventDefinitionRef dataOutputAssociation",
    tThrowEvent="eventDefinitionRef dataInputAssociation",
    tReceiveTask="instantiate operationRef",
    tSendTask="operationRef",
    tServiceTask="operationRef",
    tScriptTask="scriptFormat",
    tSubProcess="triggeredByEvent",
    tTransaction="method",
    tComplexGateway="activationCondition",
    tEventBasedGateway="instantiate eventGatewayType",
    tMessageEventDefinition="operationRef",
    tMultiInstanceLoopCharacteristics="behavior",
    tFormalExpression="language",
    tProcess="resourceRole correlationSubscription",
    tDefinitions="expressionLanguage extension",
)
"""What would mean something else than what runs here; only the values that run rightly pass."""
