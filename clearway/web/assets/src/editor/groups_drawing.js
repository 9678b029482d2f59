// The panel's way to draw without a mouse: add what follows, connect, attach, remove.
import { is } from "bpmn-js/lib/util/ModelUtil";

const AFTER = [
  ["bpmn:UserTask", "User task"],
  ["bpmn:ServiceTask", "Service task"],
  ["bpmn:BusinessRuleTask", "Business rule task"],
  ["bpmn:ScriptTask", "Script task"],
  ["bpmn:SendTask", "Send task"],
  ["bpmn:ExclusiveGateway", "Exclusive gateway"],
  ["bpmn:ParallelGateway", "Parallel gateway"],
  ["bpmn:InclusiveGateway", "Inclusive gateway"],
  ["bpmn:EndEvent", "End event"],
].map(([value, label]) => ({ value, label }));

export function drawingGroup(element, desk) {
  const { modeler } = desk;
  const fields = [];
  if (is(element, "bpmn:FlowNode") && element.parent && !is(element, "bpmn:EndEvent")) {
    fields.push({ id: "draw-after", kind: "pick", label: "Add after it", does: "Add", options: () => AFTER, run: (type) => append(element, desk, type) });
    const targets = targetsOf(element, modeler);
    if (targets.length > 0) {
      fields.push({ id: "draw-flow", kind: "pick", label: "Connect with", does: "Connect", options: () => targets, run: (id) => connect(element, desk, id) });
    }
  }
  if (element.parent) fields.push({ id: "draw-remove", kind: "action", label: "Remove it", run: () => modeler.get("modeling").removeElements([element]) });
  return { title: "Drawing", fields };
}

function append(element, desk, type) {
  const { modeler } = desk;
  const shape = modeler.get("autoPlace").append(element, modeler.get("elementFactory").createShape({ type }));
  desk.tell(`Added after ${element.businessObject.name || element.id}; it is selected.`);
  modeler.get("selection").select(shape);
  desk.focusPanel();
}

function connect(element, desk, id) {
  const target = desk.modeler.get("elementRegistry").get(id);
  const flow = desk.modeler.get("modeling").connect(element, target);
  desk.tell(flow ? `Connected with ${target.businessObject.name || id}.` : "These two cannot be connected.");
}

function targetsOf(element, modeler) {
  const already = new Set(element.outgoing.map((flow) => flow.target));
  const scope = element.businessObject.$parent;
  return modeler
    .get("elementRegistry")
    .filter((one) => one !== element && !one.labelTarget && is(one, "bpmn:FlowNode") && one.businessObject.$parent === scope)
    .filter((one) => !already.has(one) && !is(one, "bpmn:StartEvent") && !is(one, "bpmn:BoundaryEvent"))
    .map((one) => ({ value: one.id, label: one.businessObject.name?.replace(/\s+/g, " ") || one.id }));
}
