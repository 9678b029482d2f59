// The panel's groups of activities: what is done, by whom, with what, and how often.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { named } from "./references.js";
import { formGroup } from "./forms.js";
import { tellingGroup, catchingFields, messageField } from "./groups_messages.js";
import { cell, chosen, doneByPeople, expressed, formula, inputs, outputs, own, ownList, recordField, words } from "./properties.js";

export function activityGroups(element, desk) {
  if (is(element, "bpmn:UserTask")) return userTask(element, desk);
  if (is(element, "bpmn:ServiceTask")) return [step(element, desk)];
  if (is(element, "bpmn:ScriptTask")) return [script(element, desk)];
  if (is(element, "bpmn:BusinessRuleTask")) return [decision(element, desk)];
  if (is(element, "bpmn:SendTask")) return [tellingGroup(element, desk, element.businessObject)];
  if (is(element, "bpmn:ReceiveTask")) return [receive(element, desk)];
  if (is(element, "bpmn:CallActivity")) return [called(element, desk)];
  if (is(element, "bpmn:AdHocSubProcess")) return [adHoc(element, desk)];
  return [];
}

function userTask(element, desk) {
  const other = doneByPeople(desk, element.id);
  const who = {
    title: "Who does it",
    fields: [
      chosen(desk, element, "clearway:role", "Role", () => desk.choices.roles, { none: "That of its lane" }),
      formula(desk, element, "clearway:group", "Group that may claim it", "group"),
      formula(desk, element, "clearway:assignee", "Given at once to", "assignee"),
      recordField(desk, element, "clearway:holder", "Field that follows who has it", { none: "None" }),
      formula(desk, element, "clearway:due", "Due after", "due", { help: 'A duration such as duration("PT4H"), or an instant.' }),
      words(desk, element, "clearway:not-same-person-as", "Not the same person as", () => other),
    ],
  };
  return [formGroup(element, desk), who, approval(element, desk)];
}

function approval(element, desk) {
  const has = element.businessObject.get("clearway:rule");
  const fields = [chosen(desk, element, "clearway:rule", "Approval rule", () => desk.choices.rules, { none: "It is no approval" })];
  const seats = seatsField(element, desk);
  if (!has && seats.value().length === 0) return { title: "Approval", fields };
  fields.push(
    seats,
    recordField(desk, element, "clearway:result", "Field for the result", { none: "–" }),
    recordField(desk, element, "clearway:reasons", "Field for the reasons", { none: "None" }),
    recordField(desk, element, "clearway:conditions", "Field for the conditions", { none: "None" }),
    formula(desk, element, "clearway:excluded", "Who may not vote", "excluded"),
    formula(desk, element, "clearway:deadline", "Late after", "deadline"),
    own(desk, element, "clearway:remind", "Reminders, as parts of that time (0.5 0.75)"),
    chosen(desk, element, "clearway:at-deadline", "At the deadline", () => ["conclude"], { none: "It goes on" }),
    chosen(desk, element, "clearway:may-defer", "May be deferred", () => ["true"], { none: "No" }),
  );
  return { title: "Approval", fields };
}

function seatsField(element, desk) {
  const truth = (row, at, change, name, label) => ({
    id: `seats.${at}.${name}`,
    kind: "flag",
    label,
    value: () => row[name] === "true",
    set: (on) => change(at, { [name]: on ? "true" : undefined }),
  });
  return ownList(desk, element, "clearway:Seat", {
    id: "seats",
    label: "Seats",
    one: "seat",
    help: "Each seat is for a role or for a person. The rule says how many must agree.",
    columns: (row, at, change) => [
      cell(`seats.${at}.id`, "text", "Id", row.id, (id, typing) => change(at, { id }, typing)),
      cell(`seats.${at}.role`, "select", "Role", row.role, (role) => change(at, { role: role || undefined }), { options: () => desk.choices.roles, none: "–" }),
      cell(`seats.${at}.person`, "feel", "Or person", row.person, (person, typing) => change(at, { person: person || undefined }, typing), { place: "person", part: row.id }),
      truth(row, at, change, "mandatory", "Must vote"),
      truth(row, at, change, "veto", "Has a veto"),
      truth(row, at, change, "chair", "Takes the chair"),
    ],
    fresh: (seats) => ({ id: `seat_${seats.length + 1}` }),
  });
}

function step(element, desk) {
  const about = desk.choices.steps.find((one) => one.value === element.businessObject.get("clearway:step"));
  return {
    title: "Step",
    fields: [
      chosen(desk, element, "clearway:step", "Step", () => desk.choices.steps.map((one) => one.value), { help: about?.about }),
      own(desk, element, "clearway:retries", "Tried again (3 times when empty)"),
      inputs(desk, element),
      outputs(desk, element, { help: "What the step answers is called result." }),
    ],
  };
}

function script(element, desk) {
  const node = element.businessObject;
  const into = () => desk.choices.fields.map((field) => `record.${field.name}`);
  return {
    title: "Expression",
    fields: [
      {
        ...formula(desk, element, "script", "Expression", "script"),
        set: (text, typing) =>
          desk.changes.apply([{ element, of: node, properties: { script: text.trim() || undefined, scriptFormat: "feel" } }], typing),
      },
      own(desk, element, "clearway:result", "Its value goes to", { kind: "suggest", options: into, help: "A name of your own, or a field: record.priority." }),
      outputs(desk, element),
    ],
  };
}

function decision(element, desk) {
  const options = () => desk.choices.decisions.map((one) => ({ value: one.id, label: `${one.name || one.id} (${one.id})` }));
  const chosenOne = desk.choices.decisions.find((one) => one.id === element.businessObject.get("clearway:decision"));
  const asks = chosenOne && {
    id: "asks",
    kind: "note",
    value: () => `Asks: ${chosenOne.inputs.join(", ") || "nothing"}. Gives: ${chosenOne.outputs.join(", ") || "one value"}.`,
  };
  const edit = chosenOne && { id: "decision-edit", kind: "action", label: "Edit the table", run: () => desk.goToFile(chosenOne.file) };
  return {
    title: "Decision",
    fields: [
      chosen(desk, element, "clearway:decision", "Decision", options),
      asks,
      edit,
      outputs(desk, element, { help: "Without outputs the record's fields of the same names are written." }),
    ].filter(Boolean),
  };
}

function receive(element, desk) {
  const node = element.businessObject;
  return { title: "Message", fields: [messageField(element, desk, node), ...catchingFields(element, desk)] };
}

function called(element, desk) {
  return {
    title: "Called process",
    fields: [chosen(desk, element, "calledElement", "Process", () => desk.choices.called)],
  };
}

function adHoc(element, desk) {
  const node = element.businessObject;
  return {
    title: "Ad hoc",
    fields: [
      expressed(desk, element, node, "completionCondition", "Done when", "completion"),
      flagOf(desk, element, node, "cancelRemainingInstances", "What still runs then is cancelled", true),
    ],
  };
}

/** A box for a truth value of BPMN's own; `usual` is what holds when the file says nothing. */
export function flagOf(desk, element, of, name, label, usual = false) {
  return {
    id: name,
    kind: "flag",
    label,
    value: () => of.get(name) ?? usual,
    set: (on) => desk.changes.apply([{ element, of, properties: { [name]: on } }]),
  };
}

const LOOPS = [
  { value: "standard", label: "Until a condition holds no more" },
  { value: "sequential", label: "For each, one after the other" },
  { value: "parallel", label: "For each, all at once" },
];

export function loopGroup(element, desk) {
  const node = element.businessObject;
  const loop = node.get("loopCharacteristics");
  const fields = [
    { id: "loop", kind: "select", label: "Repeated", none: "No", options: () => LOOPS, value: () => loopKind(loop), set: (kind) => setLoop(element, desk, kind) },
  ];
  if (!loop) return { title: "Repetition", fields };
  if (is(loop, "bpmn:StandardLoopCharacteristics")) {
    fields.push(
      expressed(desk, element, loop, "loopCondition", "Again while", "loop"),
      flagOf(desk, element, loop, "testBefore", "Asked before the first time too"),
      numberField(desk, element, loop),
    );
  } else fields.push(...severalFields(element, desk, loop));
  return { title: "Repetition", fields };
}

function severalFields(element, desk, loop) {
  return [
    expressed(desk, element, loop, "loopCardinality", "How often", "cardinality", { help: "Either this, or a list." }),
    nameField(desk, element, loop, "loopDataInputRef", "For each of this list", { help: "For example record.approvers." }),
    itemField(desk, element, loop, "inputDataItem", "Each one is called"),
    nameField(desk, element, loop, "loopDataOutputRef", "Collected in", { help: "A name of your own, or a field: record.answers." }),
    itemField(desk, element, loop, "outputDataItem", "What is collected of each"),
    expressed(desk, element, loop, "completionCondition", "Enough when", "enough"),
  ];
}

function loopKind(loop) {
  if (!loop) return "";
  if (is(loop, "bpmn:StandardLoopCharacteristics")) return "standard";
  return loop.isSequential ? "sequential" : "parallel";
}

function setLoop(element, desk, kind) {
  const node = element.businessObject;
  const now = node.get("loopCharacteristics");
  if (now && kind !== "standard" && is(now, "bpmn:MultiInstanceLoopCharacteristics") && kind) {
    return desk.changes.apply([{ element, of: now, properties: { isSequential: kind === "sequential" } }]);
  }
  const types = { standard: "bpmn:StandardLoopCharacteristics", sequential: "bpmn:MultiInstanceLoopCharacteristics", parallel: "bpmn:MultiInstanceLoopCharacteristics" };
  const made = kind ? desk.changes.create(types[kind], kind === "sequential" ? { isSequential: true } : {}, node) : undefined;
  return desk.changes.apply([{ element, of: node, properties: { loopCharacteristics: made } }]);
}

function numberField(desk, element, loop) {
  return {
    id: "loopMaximum",
    kind: "text",
    label: "At most so often",
    value: () => String(loop.get("loopMaximum") ?? ""),
    refuse: (text) => (/^\d*$/.test(text.trim()) ? null : "Write a whole number."),
    set: (text, typing) => desk.changes.apply([{ element, of: loop, properties: { loopMaximum: text.trim() ? Number(text) : undefined } }], typing),
  };
}

// Where BPMN points to an element, a name stands here: see `named`.
function nameField(desk, element, loop, name, label, more) {
  return {
    id: name,
    kind: "suggest",
    label,
    options: () => desk.choices.fields.filter((field) => field.type === "array").map((field) => `record.${field.name}`),
    value: () => loop.get(name)?.id ?? "",
    set: (text, typing) => {
      if ((loop.get(name)?.id ?? "") === text.trim()) return;
      desk.changes.apply([{ element, of: loop, properties: { [name]: text.trim() ? named(text.trim()) : undefined } }], typing);
    },
    ...more,
  };
}

function itemField(desk, element, loop, name, label) {
  const type = name === "inputDataItem" ? "bpmn:DataInput" : "bpmn:DataOutput";
  return {
    id: name,
    kind: "text",
    label,
    value: () => loop.get(name)?.get("name") ?? loop.get(name)?.id ?? "",
    set: (text, typing) => {
      const now = loop.get(name);
      if (now && text.trim()) return desk.changes.apply([{ element, of: now, properties: { name: text.trim() } }], typing);
      const made = text.trim() ? desk.changes.create(type, { name: text.trim() }, loop) : undefined;
      return desk.changes.apply([{ element, of: loop, properties: { [name]: made } }], typing);
    },
  };
}
