"""Who does what: the lanes of a process and the roles they name."""

from clearway.engine.markup import BPMN, Element
from clearway.engine.model import Node, Scope

ROLE = "{urn:clearway:bpmn:1}role"


def place_in_lanes(scope: Scope, element: Element) -> None:
    """Give each node of a process the lane it lies in and that lane's role.

    What lies in a subprocess lies in the lane of the subprocess. An inner lane without a role
    has the role of the lane around it.
    """
    for lane_set in element.findall(BPMN + "laneSet"):
        _place(scope, lane_set, None)
    for node in scope.nodes.values():
        _hand_down(node)
    for walked in scope.walk():
        for node in walked.nodes.values():
            host = walked.nodes.get(node.attached_to or "")
            if host is not None:
                node.lane, node.role = node.lane or host.lane, node.role or host.role


def lanes_without_role(element: Element) -> list[str]:
    """Ids of the innermost lanes that name no role, neither themselves nor around them."""
    found: list[str] = []
    for lane in element.iter(BPMN + "lane"):
        holds_lanes = lane.find(BPMN + "childLaneSet") is not None
        around = [lane, *lane.iterancestors(BPMN + "lane")]
        if not holds_lanes and not any(one.get(ROLE) for one in around):
            found.append(lane.get("id", ""))
    return found


def lanes_with_many_roles(element: Element) -> list[str]:
    """Ids of the lanes that name more than one role."""
    return [
        lane.get("id", "")
        for lane in element.iter(BPMN + "lane")
        if len((lane.get(ROLE) or "").split()) > 1
    ]


def _place(scope: Scope, lane_set: Element, role: str | None) -> None:
    for lane in lane_set.findall(BPMN + "lane"):
        scope.has_lanes = True
        own = lane.get(ROLE) or role
        for reference in lane.findall(BPMN + "flowNodeRef"):
            node = scope.nodes.get((reference.text or "").strip().rpartition(":")[2])
            if node is not None:
                node.lane, node.role = lane.get("name") or lane.get("id"), own
        for inner in lane.findall(BPMN + "childLaneSet"):
            _place(scope, inner, own)


def _hand_down(node: Node) -> None:
    if node.inner is None:
        return
    node.inner.has_lanes = node.scope.has_lanes
    for inner in node.inner.nodes.values():
        inner.lane, inner.role = inner.lane or node.lane, inner.role or node.role
        _hand_down(inner)
