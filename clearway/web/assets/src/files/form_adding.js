// How a form gets another field: one of the record, or a new one that the record gets as well.
import { h } from "../editor/dom.js";
import { NEW_KINDS, readChoices, spoken } from "./form_kinds.js";
import { button, control, focusAt } from "./form_parts.js";

const KEPT = [
  { value: "", label: "In the record" },
  { value: "public", label: "As a public comment" },
  { value: "internal", label: "As an internal comment" },
  { value: "only", label: "In history only" },
];

/** The place where fields are added; what is typed there is kept in `form.typing` while it is drawn. */
export function addingSection(form) {
  return h(
    "section",
    { class: "form-section form-adding", "aria-labelledby": "form-adding" },
    h("h2", { id: "form-adding" }, "Add a field"),
    ofRecord(form),
    fresh(form),
  );
}

function ofRecord(form) {
  const free = form.choices.fields.filter((one) => !form.fields.some((it) => it.name === one.name));
  if (!form.choicesKnown) return h("p", { class: "quiet" }, "The fields of the record are being read.");
  if (free.length === 0) return h("p", { class: "quiet" }, "Every field of the record is in the form.");
  const options = free.map(({ name, title }) => ({ value: name, label: `${title || spoken(name)} (${name})` }));
  const which = control({ at: "add:record", kind: "select", label: "Field of the record", options, keeps: true });
  const shown = control({ at: "add:shown", kind: "check", label: "Only shown, not changed", keeps: true });
  const add = () => {
    const one = free.find(({ name }) => name === which.querySelector("select").value);
    insert(form, one.name, copied(one.schema, shown.querySelector("input").checked));
  };
  return h("div", { class: "form-add-row" }, which, shown, button("Add field", "add:record:do", add, { style: "btn-outline" }));
}

// What the record alone decides is left there.
function copied(schema, isShown) {
  const { readOnly: _readOnly, "x-merge": _merge, ...rest } = schema;
  return isShown ? { ...rest, readOnly: true } : rest;
}

function insert(form, name, shape) {
  form.open({ field: name }, false);
  form.say("fields", (json) => json.set(["properties", name], shape), "add");
  focusAt(form.body, `${name}:title`);
}

function fresh(form) {
  const { typing } = form;
  const kind = NEW_KINDS.find((one) => one.value === typing.kind) ?? NEW_KINDS[0];
  const keep = (key, redraws) => (now) => {
    typing[key] = now;
    if (redraws) form.draw();
  };
  const problem = h("div", { class: "field-error", role: "status" });
  const add = async () => {
    problem.textContent = (await addNew(form, kind)) ?? "";
  };
  const asks = {
    choices: () => control({ at: "new:choices", kind: "area", label: "Choices", value: typing.choices, help: "One on each line: the value, and after = the words for it, such as low = Can wait.", set: keep("choices") }),
    link: () => control({ at: "new:link", kind: "select", label: "How it is linked", value: typing.link, options: form.choices.links.map((value) => ({ value, label: value.replaceAll("_", " ") })), set: keep("link") }),
  };
  return h(
    "details",
    { class: "more", open: typing.isOpen, ontoggle: (event) => (typing.isOpen = event.target.open) },
    h("summary", {}, "A new field"),
    h(
      "div",
      { class: "form-grid" },
      control({ at: "new:title", label: "Title", value: typing.title, set: keep("title") }),
      control({ at: "new:name", label: "Name", isCode: true, value: typing.name, help: "A word that expressions and history know it by, such as room_number. It stays.", set: keep("name") }),
      control({ at: "new:kind", kind: "select", label: "Kind", value: kind.value, options: NEW_KINDS.map(({ value, label }) => ({ value, label })), set: keep("kind", true) }),
      control({ at: "new:kept", kind: "select", label: "Where it is kept", value: typing.kept, options: KEPT, set: keep("kept") }),
      asks[kind.asks]?.(),
    ),
    h("p", { class: "field-help" }, "A field that is kept in the record is written into record.json of this draft as well."),
    button("Add new field", "new:do", add, { style: "btn-outline" }),
    problem,
  );
}

/** Adds a new field, first to the record where it is kept there; answers a problem in words. */
async function addNew(form, kind) {
  const { typing } = form;
  const name = typing.name.trim();
  const title = typing.title.trim();
  if (!title) return "Write a title: what people read above the field.";
  if (!/^[a-z][a-z0-9_]*$/.test(name)) return "The name begins with a small letter, then small letters, digits and underscores.";
  if (form.fields.some((one) => one.name === name)) return `The form has a field ${name} already.`;
  if (form.choices.fields.some((one) => one.name === name) && !typing.kept) return `The record has a field ${name} already: add it above.`;
  if (kind.asks === "link" && typing.kept) return "What is not kept in the record links nothing: keep it in the record.";
  let asked = { choices: [], link: typing.link || form.choices.links[0] };
  try {
    if (kind.asks === "choices") asked = { ...asked, choices: readChoices(typing.choices) };
  } catch (error) {
    return error.message;
  }
  const shape = { title, ...kind.record(asked) };
  if (!typing.kept && !(await intoRecord(form, name, shape))) return "The form was not changed: record.json could not be saved.";
  const kept = { "": {}, only: { "x-only": true } }[typing.kept] ?? { "x-comment": typing.kept };
  Object.assign(typing, { title: "", name: "", choices: "" });
  insert(form, name, { ...shape, ...(kind.form?.(asked) ?? {}), ...kept });
  form.note(typing.kept ? `“${title}” is added to the form.` : `“${title}” is added to the form and to record.json. Undo takes it out of the form only.`);
  return null;
}

async function intoRecord(form, name, shape) {
  const add = (json) => {
    if (json.at(["properties", name])) throw new Error(`It has a field ${name} already.`);
    return [(now) => now.set(["properties", name], shape)];
  };
  const done = await form.inRecord(add, `“${shape.title}”`);
  if (done && !form.choices.fields.some((one) => one.name === name)) form.choices.fields.push({ name, title: shape.title, type: shape.type, schema: shape });
  return done;
}
