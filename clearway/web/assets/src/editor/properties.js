// Descriptions of fields that more than one group needs.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { listChange, listOf } from "./changes.js";

/** A field for one attribute; empty text removes it. */
export function own(desk, element, name, label, more = {}) {
  const of = more.of ?? element.businessObject;
  return {
    id: more.id ?? name,
    kind: "text",
    label,
    value: () => String(of.get(name) ?? ""),
    set: (text, typing) => {
      const value = text.trim() === "" ? undefined : text;
      desk.changes.apply([{ element, of, properties: { [name]: value } }], typing);
    },
    ...more,
  };
}

/** A field for one attribute that holds FEEL; `place` tells the server what it is for. */
export function formula(desk, element, name, label, place, more = {}) {
  return own(desk, element, name, label, { kind: "feel", place, ...more });
}

/** A field whose value is a FEEL expression of BPMN's own, such as a condition. */
export function expressed(desk, element, of, name, label, place, more = {}) {
  return {
    id: more.id ?? name,
    kind: "feel",
    label,
    place,
    value: () => of.get(name)?.body ?? "",
    set: (text, typing) => {
      const now = of.get(name);
      if (now && text.trim()) return desk.changes.apply([{ element, of: now, properties: { body: text } }], typing);
      const made = desk.changes.expression(text, of);
      return desk.changes.apply([{ element, of, properties: { [name]: made } }], typing);
    },
    ...more,
  };
}

/** A field for one choice of those that are there. */
export function chosen(desk, element, name, label, options, more = {}) {
  return own(desk, element, name, label, { kind: "select", options, none: "–", ...more });
}

/** A field that names fields of the record: `record.caller`. */
export function recordField(desk, element, name, label, more = {}) {
  const options = () => desk.choices.fields.map((field) => ({ value: `record.${field.name}`, label: fieldLabel(field) }));
  return chosen(desk, element, name, label, options, more);
}

export function fieldLabel({ name, type, title }) {
  return `${name}${title ? ` – ${title}` : ""} (${type})`;
}

/** Words parted by blanks as a set of boxes. */
export function words(desk, element, name, label, options, more = {}) {
  const of = more.of ?? element.businessObject;
  return {
    id: more.id ?? name,
    kind: "many",
    label,
    options,
    value: () => (of.get(name) ?? "").split(/\s+/).filter(Boolean),
    set: (list) => desk.changes.apply([{ element, of, properties: { [name]: list.join(" ") || undefined } }]),
    ...more,
  };
}

export function inputs(desk, element, more = {}) {
  return ownList(desk, element, "clearway:Input", {
    id: "inputs",
    label: "Inputs",
    one: "input",
    columns: (row, at, change) => [
      cell(`inputs.${at}.name`, "text", "Name", row.name, (name, typing) => change(at, { name }, typing)),
      cell(`inputs.${at}.value`, "feel", "Value", row.value, (value, typing) => change(at, { value }, typing), { place: "input", part: row.name }),
    ],
    fresh: () => ({ name: "", value: "" }),
    ...more,
  });
}

export function outputs(desk, element, more = {}) {
  const options = () => desk.choices.fields.map((field) => ({ value: field.name, label: fieldLabel(field) }));
  return ownList(desk, element, "clearway:Output", {
    id: "outputs",
    label: "Outputs",
    one: "output",
    columns: (row, at, change) => [
      cell(`outputs.${at}.field`, "select", "Field of the record", row.field, (field) => change(at, { field }), { options, none: "–" }),
      cell(`outputs.${at}.value`, "feel", "Value", row.value, (value, typing) => change(at, { value }, typing), { place: "output", part: row.field }),
    ],
    fresh: () => ({ field: "", value: "" }),
    ...more,
  });
}

/** A list of our own elements; what a row says is kept as attributes. */
export function ownList(desk, element, type, description) {
  return {
    kind: "list",
    value: () => listOf(element, type),
    set: (items, typing) => desk.changes.apply(listChange(desk.changes, element, type, items), typing),
    ...description,
  };
}

export function cell(id, kind, label, value, set, more = {}) {
  return { id, kind, label, value: () => value ?? "", set, ...more };
}

/** Elements whose person may be compared: user tasks, starts, and what a person sends. */
export function doneByPeople(desk, except) {
  return desk.modeler
    .get("elementRegistry")
    .filter((one) => !one.labelTarget && one.id !== except && isDoneByPeople(one))
    .map((one) => ({ value: one.id, label: one.businessObject.name?.replace(/\s+/g, " ") || one.id }));
}

function isDoneByPeople(element) {
  return is(element, "bpmn:UserTask") || is(element, "bpmn:StartEvent") || Boolean(is(element, "bpmn:FlowNode") && element.businessObject.get("clearway:action"));
}
