// The panel's fields of what is told and what is heard: notices, messages, signals, errors.
import { chosen, formula, inputs, outputs, own, recordField, words } from "./properties.js";

const ROOTS = {
  messageRef: { type: "bpmn:Message", one: "message", word: "name" },
  signalRef: { type: "bpmn:Signal", one: "signal", word: "name" },
  errorRef: { type: "bpmn:Error", one: "error", word: "errorCode" },
  escalationRef: { type: "bpmn:Escalation", one: "escalation", word: "escalationCode" },
};

export function messageField(element, desk, of) {
  return rootFields(element, desk, of, "messageRef", "None")[0];
}

/** A choice of what the file declares, with the way to declare a new one, and its code. */
export function rootFields(element, desk, of, reference, none) {
  const { type, one, word } = ROOTS[reference];
  const all = () => desk.changes.definitions().get("rootElements").filter((root) => root.$type === type);
  const now = of.get(reference);
  const label = one.charAt(0).toUpperCase() + one.slice(1);
  const fields = [
    {
      id: reference,
      kind: "select",
      label,
      none,
      options: () => [...all().map((root) => ({ value: root.id, label: told(root, word) })), { value: " new", label: `New ${one} …` }],
      value: () => of.get(reference)?.id ?? "",
      set: (id) => (id === " new" ? declare(element, desk, of, reference, all()) : refer(element, desk, of, reference, all().find((root) => root.id === id))),
    },
  ];
  if (!now) return fields;
  fields.push(own(desk, element, "name", `Name of the ${one}`, { of: now, id: `${reference}.name` }));
  if (word !== "name") fields.push(own(desk, element, word, "Code", { of: now, id: `${reference}.code` }));
  return fields;
}

function told(root, word) {
  const code = root.get(word);
  return code && code !== root.name && root.name ? `${root.name} (${code})` : code || root.name || root.id;
}

function refer(element, desk, of, reference, root) {
  desk.changes.apply([{ element, of, properties: { [reference]: root } }]);
}

// Declared and chosen in one command.
function declare(element, desk, of, reference, all) {
  const { type, one, word } = ROOTS[reference];
  const definitions = desk.changes.definitions();
  const taken = new Set(all.map((root) => root.get(word)));
  let number = 1;
  const name = () => (one === "message" || one === "signal" ? `${desk.process}.${one}_${number}` : `${one}_${number}`);
  while (taken.has(name())) number += 1;
  const made = desk.changes.create(type, { name: name(), ...(word === "name" ? {} : { [word]: name() }) }, definitions);
  desk.changes.apply([
    { element, of: definitions, properties: { rootElements: [...definitions.get("rootElements"), made] } },
    { element, of, properties: { [reference]: made } },
  ]);
}

const INVITATIONS = [
  { value: "true", label: "Yes, with an invitation for calendars" },
  { value: "cancel", label: "Takes the invitation back" },
];

/** What a send task, a throw or an end event tells; `of` holds the message. */
export function tellingGroup(element, desk, of) {
  const node = element.businessObject;
  const hasMessage = Boolean(of.get("messageRef"));
  const fields = rootFields(element, desk, of, "messageRef", "None: it is a notice to people");
  if (!hasMessage || node.get("clearway:notice")) {
    fields.push(chosen(desk, element, "clearway:notice", "Template of the notice", () => desk.choices.templates));
    const template = node.get("clearway:notice");
    if (template) fields.push(chosen(desk, element, "clearway:invitation", "Invites to the planned time", () => INVITATIONS, { none: "No" }));
    const places = [desk.process, "shared"].map((folder) => `${folder}/messages/${template}.md.j2`);
    if (template) fields.push({ id: "notice-edit", kind: "action", label: "Edit the message", run: () => desk.goToFile(...places) });
  }
  fields.push(
    formula(desk, element, "clearway:to", hasMessage ? "To which record (its key)" : "To whom", "to", {
      help: hasMessage ? "Empty: this record itself." : "A person, a group, an address, or a list of them.",
    }),
  );
  if (hasMessage || node.get("clearway:start")) {
    fields.push(
      chosen(desk, element, "clearway:start", "Or opens a record of", () => desk.choices.processes, { none: "None" }),
      own(desk, element, "clearway:expires", "Expires after", { kind: "feel", place: "expires", help: "A duration such as P2D." }),
    );
  }
  fields.push(inputs(desk, element));
  return { title: hasMessage ? "Message" : "Notice", fields };
}

/** Who may send a message that is waited for, and what of it is kept. */
export function catchingFields(element, desk, { opens = false } = {}) {
  const node = element.businessObject;
  const fields = [own(desk, element, "clearway:action", "Button with which a person sends it")];
  if (!node.get("clearway:action")) {
    fields.push(own(desk, element, "clearway:channel", "Channels that may send it from outside", { help: "Roles of their tokens. None: only other records send it." }));
  }
  if (opens) return [...fields, outputs(desk, element)];
  if (node.get("clearway:action") || ["role", "group", "only", "also"].some((name) => node.get(`clearway:${name}`))) {
    fields.push(
      words(desk, element, "clearway:role", "Roles that may (none: that of the lane)", () => desk.choices.roles),
      recordField(desk, element, "clearway:group", "Only the group in", { none: "Any" }),
      recordField(desk, element, "clearway:only", "Only the person in", { none: "Anybody with the role" }),
      recordField(desk, element, "clearway:also", "Also the person in", { none: "Nobody else" }),
    );
  }
  fields.push(outputs(desk, element, { help: "What the message carries is called message." }));
  return fields;
}
