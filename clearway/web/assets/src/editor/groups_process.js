// The panel's groups of a process, its pool and its lanes: whose it is and who reads it.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { chosen, words, own } from "./properties.js";
import { flagOf } from "./groups_activities.js";

export function processGroups(element, desk) {
  const node = element.businessObject;
  if (is(node, "bpmn:Lane")) {
    return [
      {
        title: "Whose lane",
        fields: [chosen(desk, element, "clearway:role", "Role", () => desk.choices.roles, { help: "Its members do the lane's user tasks." })],
      },
    ];
  }
  const process = is(node, "bpmn:Process") ? node : node.get("processRef");
  if (!process || is(node, "bpmn:Collaboration")) return [];
  const fields = [
    flagOf(desk, element, process, "isExecutable", "Runs (is not a drawing only)"),
    words(desk, element, "clearway:readers", "Roles that may read all records", () => desk.choices.roles.filter((role) => role !== "requester"), { of: process }),
  ];
  if (process !== node) fields.unshift(own(desk, element, "name", "Name of the process", { of: process, id: "process.name" }));
  return [{ title: "Process", fields }];
}
