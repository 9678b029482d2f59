// Carries out what the gate offers as a fix, as one command that can be undone.
import { listChange, listOf } from "./changes.js";
import { setDefault } from "./groups_flow.js";
import { show } from "./modeler.js";

/** Carries out the fix of a finding; answers whether anything was changed. */
export function applyFix(desk, finding) {
  const { fix } = finding;
  const registry = desk.modeler.get("elementRegistry");
  const element = registry.get(fix.element ?? finding.element);
  if (!element) return false;
  if (fix.kind === "set") setAttributes(desk, element, fix.set);
  else if (fix.kind === "word") replaceWord(desk, element, fix.from, fix.to);
  else if (fix.kind === "default") setDefault(desk, element, element.businessObject, registry.get(fix.flow)?.businessObject);
  else if (fix.kind === "remove-condition") {
    desk.changes.apply([{ element, of: element.businessObject, properties: { conditionExpression: undefined } }]);
  } else return false;
  show(desk.modeler, element.id);
  return true;
}

function setAttributes(desk, element, set) {
  const node = element.businessObject;
  const of = node.$type === "bpmn:Participant" && "isExecutable" in set ? node.processRef : node;
  const properties = Object.fromEntries(Object.entries(set).map(([name, value]) => [name, value ?? undefined]));
  desk.changes.apply([{ element, of, properties }]);
}

// A name that was meant otherwise: in every expression of the element that uses it.
function replaceWord(desk, element, from, to) {
  const word = new RegExp(`(?<![\\w.])${from.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\w)`, "g");
  const mended = (text) => outsideTexts(text, (part) => part.replace(word, to));
  const node = element.businessObject;
  const changes = [];
  for (const { of, name } of expressions(node, element)) {
    const now = of.get(name);
    if (typeof now === "string" && mended(now) !== now) changes.push({ element, of, properties: { [name]: mended(now) } });
  }
  for (const [type, part] of [["clearway:Input", "value"], ["clearway:Output", "value"], ["clearway:Seat", "person"]]) {
    const items = listOf(element, type);
    const next = items.map((item) => (item[part] ? { ...item, [part]: mended(item[part]) } : item));
    if (next.some((item, at) => item[part] !== items[at][part])) changes.push(...listChange(desk.changes, element, type, next));
  }
  desk.changes.apply(changes);
}

const FORMULAS = ["group", "assignee", "due", "excluded", "deadline", "to", "expires"];

function* expressions(node, element) {
  for (const name of FORMULAS) yield { of: node, name: `clearway:${name}` };
  if (node.script) yield { of: node, name: "script" };
  const holders = [node, node.loopCharacteristics, ...(node.eventDefinitions ?? [])].filter(Boolean);
  const names = ["conditionExpression", "condition", "timeDate", "timeDuration", "timeCycle", "loopCondition", "loopCardinality", "completionCondition"];
  for (const of of [...holders, ...(element.outgoing ?? []).map((flow) => flow.businessObject)]) {
    for (const name of names) if (of.get(name)?.body) yield { of: of.get(name), name: "body" };
  }
}

function outsideTexts(text, work) {
  return text
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, at) => (at % 2 ? part : work(part)))
    .join("");
}
