// Which groups of fields the panel shows for an element.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { activityGroups, loopGroup } from "./groups_activities.js";
import { eventGroups } from "./groups_events.js";
import { drawingGroup } from "./groups_drawing.js";
import { flowGroups } from "./groups_flow.js";
import { processGroups } from "./groups_process.js";
import { own } from "./properties.js";

const KINDS = {
  "bpmn:UserTask": "User task",
  "bpmn:ServiceTask": "Service task",
  "bpmn:ScriptTask": "Script task",
  "bpmn:BusinessRuleTask": "Business rule task",
  "bpmn:SendTask": "Send task",
  "bpmn:ReceiveTask": "Receive task",
  "bpmn:ManualTask": "Manual task",
  "bpmn:CallActivity": "Call activity",
  "bpmn:SubProcess": "Subprocess",
  "bpmn:AdHocSubProcess": "Ad-hoc subprocess",
  "bpmn:ExclusiveGateway": "Exclusive gateway",
  "bpmn:ParallelGateway": "Parallel gateway",
  "bpmn:InclusiveGateway": "Inclusive gateway",
  "bpmn:EventBasedGateway": "Event gateway",
  "bpmn:Participant": "Pool",
  "bpmn:SequenceFlow": "Flow",
};

/** What an element is, in the reader's words. */
export function kindOf(element) {
  const type = element.businessObject.$type;
  if (KINDS[type]) return KINDS[type];
  const words = type.replace("bpmn:", "").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The groups of one element: [{title, fields}]. */
export function groupsOf(element, desk) {
  const general = { title: "General", fields: generalFields(element, desk) };
  const found = [general];
  if (is(element, "bpmn:Activity")) found.push(...activityGroups(element, desk), loopGroup(element, desk));
  if (is(element, "bpmn:Event")) found.push(...eventGroups(element, desk));
  if (is(element, "bpmn:SequenceFlow") || is(element, "bpmn:Gateway")) found.push(...flowGroups(element, desk));
  if (["bpmn:Process", "bpmn:Participant", "bpmn:Lane", "bpmn:Collaboration"].some((type) => is(element, type))) {
    found.push(...processGroups(element, desk));
  }
  found.push(drawingGroup(element, desk));
  return found;
}

function generalFields(element, desk) {
  const node = element.businessObject;
  const fields = [];
  if (is(node, "bpmn:TextAnnotation")) fields.push(own(desk, element, "text", "Text", { kind: "area" }));
  else if (!is(node, "bpmn:Collaboration")) fields.push(own(desk, element, "name", "Name", { whole: false }));
  fields.push(idField(element, desk), documentationField(element, desk));
  if (is(node, "bpmn:Activity") || is(node, "bpmn:Event")) {
    fields.push(
      own(desk, element, "clearway:state", "State", {
        kind: "suggest",
        options: () => desk.choices.states,
        help: "What the record shows while a token is here.",
      }),
    );
  }
  return fields;
}

function idField(element, desk) {
  const node = element.businessObject;
  return {
    id: "id",
    kind: "text",
    label: "Id",
    whole: true,
    help: is(node, "bpmn:UserTask") ? "History, its form and the scenarios know it by this word." : "History and the scenarios know it by this word.",
    value: () => node.id,
    refuse: (text) => idProblem(text.trim(), node, desk),
    set: (text) => desk.rename(element, text.trim()),
  };
}

function idProblem(text, node, desk) {
  if (text === node.id) return null;
  if (!/^[A-Za-z_][\w.-]*$/.test(text)) return "Begin with a letter, then letters, digits and underscores.";
  return desk.modeler.get("moddle").ids.assigned(text) ? "Another element has this id." : null;
}

function documentationField(element, desk) {
  const node = element.businessObject;
  const first = () => node.get("documentation")[0];
  return {
    id: "documentation",
    kind: "area",
    label: "Documentation",
    value: () => first()?.text ?? "",
    set: (text, typing) => {
      const rest = node.get("documentation").slice(1);
      if (first() && text) return desk.changes.apply([{ element, of: first(), properties: { text } }], typing);
      const made = text ? [desk.changes.create("bpmn:Documentation", { text }, node)] : [];
      return desk.changes.apply([{ element, of: node, properties: { documentation: [...made, ...rest] } }], typing);
    },
  };
}
