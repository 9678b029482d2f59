"""Turns the XML of a BPMN file into our own picture of it."""

from collections.abc import Iterator

from clearway.engine.event_reader import plain, read_events
from clearway.engine.findings import Findings
from clearway.engine.lanes import place_in_lanes
from clearway.engine.markup import BPMN, OWN, Element, is_true, own_text
from clearway.engine.model import FLOW_NODES, Diagram, Flow, Loop, Node, Scope, SeatDrawing

DRAWN_ONLY = frozenset(
    [
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "laneSet",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "textAnnotation",
        "association",
        "group",
        "auditing",
        "monitoring",
        "property",
        "ioSpecification",
        "dataInputAssociation",
        "dataOutputAssociation",
        "supportedInterfaceRef",
        "correlationSubscription",
        "categoryValueRef",
        "completionCondition",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "dataInput",
        "dataOutput",
        "inputSet",
        "outputSet",
        "resourceRole",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "supports",
        "artifact",
    ]
)


def read_diagram(root: Element, file: str, findings: Findings) -> Diagram:
    """The diagram of a schema-valid file; what cannot run in it is added to `findings`."""
    diagram = Diagram(file)
    for child in root:
        tag = local(child)
        identifier = child.get("id", "")
        if tag == "message":
            diagram.messages[identifier] = child.get("name") or identifier
        elif tag == "signal":
            diagram.signals[identifier] = child.get("name") or identifier
        elif tag == "error":
            diagram.errors[identifier] = code_of(child, "errorCode")
        elif tag == "escalation":
            diagram.escalations[identifier] = code_of(child, "escalationCode")
    for child in root:
        if local(child) == "process":
            _add_process(diagram, child, findings)
        elif local(child) in ("choreography", "globalChoreographyTask"):
            findings.error(
                file,
                child.get("id"),
                "choreography",
                "A choreography does not run.",
                "Draw a process instead.",
            )
    return diagram


def local(element: Element) -> str:
    """The name of a BPMN element; empty for elements of other namespaces."""
    tag = element.tag
    return tag[len(BPMN) :] if isinstance(tag, str) and tag.startswith(BPMN) else ""


def code_of(element: Element, attribute: str) -> str:
    """What tells one error or escalation from another: its code, else its name, else its id."""
    return element.get(attribute) or element.get("name") or element.get("id", "")


def text_of(element: Element, name: str) -> str | None:
    """The text of the first BPMN child with this name, or None."""
    child = element.find(BPMN + name)
    return None if child is None else own_text(child)


def _documentation(element: Element) -> str:
    """Documentation may hold markup of its own, and its text counts."""
    child = element.find(BPMN + "documentation")
    return "" if child is None else "".join(child.itertext()).strip()


def _add_process(diagram: Diagram, element: Element, findings: Findings) -> None:
    scope = Scope(
        element.get("id", ""),
        "process",
        name=element.get("name", ""),
        documentation=_documentation(element),
        executable=is_true(element, "isExecutable"),
        readers=tuple(element.get(f"{OWN}readers", "").split()),
    )
    _fill(scope, element, diagram, findings)
    place_in_lanes(scope, element)
    if scope.id in diagram.processes:
        findings.error(
            diagram.file,
            scope.id,
            "process-twice",
            "Two processes have this id.",
            "Give one of them another id.",
        )
    diagram.processes[scope.id] = scope


def _fill(scope: Scope, element: Element, diagram: Diagram, findings: Findings) -> None:
    for child in element:
        tag = local(child)
        if tag == "sequenceFlow":
            flow = _flow(child)
            _check_id(flow.id, tag, child, diagram, findings)
            scope.flows.append(flow)
        elif tag in FLOW_NODES:
            node = _node(child, scope, diagram, findings)
            _check_id(node.id, tag, child, diagram, findings)
            scope.nodes[node.id] = node
        elif tag and tag not in DRAWN_ONLY:
            findings.error(
                diagram.file,
                child.get("id"),
                "construct",
                f"A <{tag}> does not run here.",
                "Draw it with tasks, subprocesses, call activities, gateways and events.",
            )
    _associate(scope, element)


def _check_id(
    identifier: str, tag: str, element: Element, diagram: Diagram, findings: Findings
) -> None:
    """The schema says so too, but files that break it are read as well."""
    if not identifier or identifier in diagram.ids:
        findings.error(
            diagram.file,
            identifier or None,
            "duplicate-id",
            f"A <{tag}> has no id of its own (line {element.sourceline}).",
            "Give each element another id.",
        )
    diagram.ids.add(identifier)


def _flow(element: Element) -> Flow:
    # Editors leave an empty condition behind when its text is deleted.
    condition = text_of(element, "conditionExpression") or None
    return Flow(
        element.get("id", ""),
        element.get("sourceRef", ""),
        element.get("targetRef", ""),
        condition,
        element.get("name", ""),
    )


def _node(element: Element, scope: Scope, diagram: Diagram, findings: Findings) -> Node:
    node = Node(
        element.get("id", ""),
        local(element),
        scope,
        name=element.get("name", ""),
        documentation=_documentation(element),
        line=element.sourceline or 0,
        own={str(k)[len(OWN) :]: v for k, v in element.attrib.items() if str(k).startswith(OWN)},
        events=read_events(element, diagram, findings),
        default=element.get("default"),
        attached_to=plain(element.get("attachedToRef")),
        loop=_loop(element),
        script=text_of(element, "script"),
        script_format=element.get("scriptFormat"),
        called=plain(element.get("calledElement")),
        message_ref=plain(element.get("messageRef")),
        for_compensation=is_true(element, "isForCompensation"),
        instantiates=is_true(element, "instantiate"),
        parallel_multiple=is_true(element, "parallelMultiple"),
        activation=text_of(element, "activationCondition"),
    )
    node.message = diagram.messages.get(node.message_ref or "")
    node.interrupting = _interrupts(element)
    _extend(node, element, diagram, findings)
    if node.kind in ("subProcess", "transaction", "adHocSubProcess"):
        node.inner = _inner(node, element, diagram, findings)
    return node


def _interrupts(element: Element) -> bool:
    word = "cancelActivity" if local(element) == "boundaryEvent" else "isInterrupting"
    return is_true(element, word, otherwise=True)


def _inner(node: Node, element: Element, diagram: Diagram, findings: Findings) -> Scope:
    kind = "event" if is_true(element, "triggeredByEvent") else node.kind
    inner = Scope(
        node.id,
        kind,  # pyright: ignore[reportArgumentType] one of the three tags or `event`
        name=node.name,
        parent=node.scope,
        owner=node,
        ordering=element.get("ordering", "Parallel"),
        completion=text_of(element, "completionCondition"),
        cancel_remaining=is_true(element, "cancelRemainingInstances", otherwise=True),
    )
    _fill(inner, element, diagram, findings)
    return inner


def _loop(element: Element) -> Loop | None:
    standard = element.find(BPMN + "standardLoopCharacteristics")
    if standard is not None:
        return Loop(
            "standard",
            condition=text_of(standard, "loopCondition"),
            test_before=is_true(standard, "testBefore"),
            maximum=standard.get("loopMaximum"),
        )
    several = element.find(BPMN + "multiInstanceLoopCharacteristics")
    if several is None:
        return None
    return Loop(
        "sequential" if is_true(several, "isSequential") else "parallel",
        condition=text_of(several, "completionCondition"),
        cardinality=text_of(several, "loopCardinality"),
        collection=text_of(several, "loopDataInputRef"),
        item=_item(several, "inputDataItem"),
        output_collection=text_of(several, "loopDataOutputRef"),
        output_item=_item(several, "outputDataItem"),
        behavior=several.get("behavior", "All"),
    )


def _item(several: Element, tag: str) -> str | None:
    item = several.find(BPMN + tag)
    return None if item is None else item.get("name") or item.get("id")


def _extend(node: Node, element: Element, diagram: Diagram, findings: Findings) -> None:
    inputs: list[tuple[str, str]] = []
    outputs: list[tuple[str, str]] = []
    seats: list[SeatDrawing] = []
    for child in _own_children(element):
        tag = str(child.tag)[len(OWN) :]
        _check_own(node, tag, child, diagram.file, findings)
        if tag == "input":
            inputs.append((child.get("name", ""), child.get("value", "")))
        elif tag == "output":
            outputs.append((child.get("field", ""), child.get("value", "")))
        elif tag == "seat":
            seats.append(_seat(child))
        else:
            findings.error(
                diagram.file,
                node.id,
                "own-element",
                f"There is no <clearway:{tag}>.",
                "Use clearway:input, clearway:output or clearway:seat.",
            )
    node.inputs, node.outputs, node.seats = tuple(inputs), tuple(outputs), tuple(seats)


_OWN_ATTRIBUTES = {
    "input": frozenset(("name", "value")),
    "output": frozenset(("field", "value")),
    "seat": frozenset(("id", "role", "person", "mandatory", "veto", "chair")),
}
_YES_OR_NO = frozenset(("mandatory", "veto", "chair"))


def _check_own(node: Node, tag: str, child: Element, file: str, findings: Findings) -> None:
    """What our own elements say is understood, or refused."""
    known = _OWN_ATTRIBUTES.get(tag)
    if known is None:
        return
    for name, value in child.attrib.items():
        if name not in known:
            findings.error(
                file,
                node.id,
                "own-attribute",
                f"<clearway:{tag}> has no attribute `{name}`.",
                f"Remove it; it has {', '.join(sorted(known))}.",
            )
        elif name in _YES_OR_NO and value not in ("true", "false"):
            findings.error(
                file,
                node.id,
                "own-attribute",
                f"`{name}` of <clearway:{tag}> is `{value}`.",
                "Write true or false.",
            )


def _own_children(element: Element) -> Iterator[Element]:
    extensions = element.find(BPMN + "extensionElements")
    if extensions is None:
        return
    for child in extensions:
        if isinstance(child.tag, str) and child.tag.startswith(OWN):
            yield child


def _seat(element: Element) -> SeatDrawing:
    return SeatDrawing(
        element.get("id", ""),
        element.get("role"),
        element.get("person"),
        mandatory=element.get("mandatory") == "true",
        veto=element.get("veto") == "true",
        chair=element.get("chair") == "true",
    )


def _associate(scope: Scope, element: Element) -> None:
    """Compensation handlers hang on their boundary event by an association."""
    for child in element:
        if local(child) != "association":
            continue
        source, target = plain(child.get("sourceRef")) or "", plain(child.get("targetRef")) or ""
        for event, activity in ((source, target), (target, source)):
            drawn = scope.nodes.get(event)
            handler = scope.nodes.get(activity)
            if drawn is None or handler is None or not handler.for_compensation:
                continue
            if drawn.kind != "boundaryEvent" or drawn.event.kind != "compensate":
                continue
            if scope.handlers.setdefault(event, activity) != activity:
                scope.other_handlers[activity] = event
