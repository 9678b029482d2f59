// The panel's groups of flows and gateways: which way a token goes.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { expressed } from "./properties.js";

const DECIDES = ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway", "bpmn:ComplexGateway", "bpmn:Activity"];

export function flowGroups(element, desk) {
  return is(element, "bpmn:SequenceFlow") ? flow(element, desk) : gateway(element, desk);
}

function flow(element, desk) {
  const node = element.businessObject;
  const source = node.sourceRef;
  const decides = DECIDES.some((type) => is(source, type));
  if (!decides && !node.get("conditionExpression")) return [];
  const isDefault = source.get("default") === node;
  const fields = [];
  if (!isDefault || node.get("conditionExpression")) {
    fields.push(expressed(desk, element, node, "conditionExpression", "Taken when", "condition", { id: "condition", part: node.id }));
  }
  if (decides) {
    fields.push({
      id: "is-default",
      kind: "flag",
      label: "Taken when no other is (default)",
      value: () => source.get("default") === node,
      set: (on) => setDefault(desk, element, source, on ? node : undefined),
    });
  }
  return [{ title: "Condition", fields }];
}

// The default flow has no condition: what stood there goes with the same command.
export function setDefault(desk, element, source, flow) {
  const registry = desk.modeler.get("elementRegistry");
  const changes = [{ element: registry.get(source.id), of: source, properties: { default: flow } }];
  if (flow?.get("conditionExpression")) {
    changes.push({ element: registry.get(flow.id), of: flow, properties: { conditionExpression: undefined } });
  }
  desk.changes.apply(changes);
}

function gateway(element, desk) {
  const node = element.businessObject;
  if (!DECIDES.some((type) => is(node, type))) return [];
  const flows = node.get("outgoing") ?? [];
  if (flows.length < 2) return [];
  return [
    {
      title: "Default flow",
      fields: [
        {
          id: "default",
          kind: "select",
          label: "Taken when no other is",
          none: "None",
          options: () => flows.map((one) => ({ value: one.id, label: `${one.name || "to"} → ${one.targetRef?.name?.replace(/\s+/g, " ") || one.targetRef?.id}` })),
          value: () => node.get("default")?.id ?? "",
          set: (id) => setDefault(desk, element, node, flows.find((one) => one.id === id)),
        },
      ],
    },
  ];
}
