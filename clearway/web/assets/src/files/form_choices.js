// The choices of a field: their values and words in order, changed, moved, added and removed.
import { fresh, h } from "../editor/dom.js";
import { control, button, moreNote } from "./form_parts.js";
import { plain, spoken } from "./form_kinds.js";

/** The rows of the choices of a field, and the place to add one. */
export function choiceRows(field, form) {
  const { choices, name } = field;
  const title = h("h3", { class: "small-title" }, "Choices");
  const isFit = !field.more.some((key) => key.endsWith("x-titles"));
  const isPlain = isFit && choices.every(({ value }) => ["string", "number"].includes(typeof value));
  if (!isPlain) return h("div", {}, title, moreNote("This list"));
  const rows = choices.map((choice, at) => row(field, form, choice, at));
  return h("section", { class: "form-choices", "aria-label": `Choices of ${field.title}` }, title, h("ol", { class: "form-choice-list" }, rows), addRow(field, form), isKept(field) ? recordNote(name, form) : null);
}

function row(field, form, { value, text, words }, at) {
  const { choices, name, choicesPath } = field;
  const titled = [...choicesPath, "x-titles", text];
  const set = (now) => form.say(`field:${name}:choice:${text}`, (json) => (now.trim() ? json.set(titled, now) : json.remove(titled)), "text");
  const move = (by) => {
    const order = choices.map((_one, here) => here);
    [order[at], order[at + by]] = [order[at + by], order[at]];
    form.say(`field:${name}:choices`, (json) => json.reorder([...choicesPath, "enum"], order), "move");
  };
  const remove = () => {
    form.say(`field:${name}:choices`, (json) => json.remove([...choicesPath, "enum", at]), (json) => json.remove(titled), "remove");
    form.note(`The choice “${words}” is removed. Undo brings it back.`);
  };
  return h(
    "li",
    { class: "form-choice" },
    h("code", {}, plain(value)),
    control({ at: `${name}:choice:${text}`, label: `Words for ${text}`, value: words, set }),
    h(
      "span",
      { class: "form-row-buttons" },
      button("Up", `${name}:choice-up:${text}`, () => move(-1), { about: words, disabled: at === 0 }),
      button("Down", `${name}:choice-down:${text}`, () => move(1), { about: words, disabled: at === choices.length - 1 }),
      button("Remove", `${name}:choice-drop:${text}`, remove, { about: words, disabled: choices.length === 1 }),
    ),
  );
}

function addRow(field, form) {
  const others = offered(field, form);
  const list = h("datalist", { id: fresh("choices") }, others.map((text) => h("option", { value: text })));
  const value = control({ at: `${field.name}:choice-new`, label: "Value of a new choice", list, keeps: true });
  const words = control({ at: `${field.name}:choice-new-words`, label: "Words for it", keeps: true });
  const problem = h("div", { class: "field-error", role: "status" });
  const add = async () => {
    problem.textContent = (await added(field, form, read(value), read(words), [value, words])) ?? "";
  };
  return h("div", { class: "form-choice-add" }, value, words, button("Add choice", `${field.name}:choice-add`, add, { style: "btn-outline" }), problem);
}

function read(part) {
  return part.querySelector("input").value.trim();
}

/** Adds a choice, in record.json as well where the record does not hold it yet; answers a problem. */
async function added(field, form, text, words, parts) {
  const { choices, choicesPath, name } = field;
  if (!text) return "Write the value that is kept, such as low.";
  if (choices.some((one) => one.text === text)) return "This choice is there already.";
  const isNumber = choices.length > 0 && choices.every((one) => typeof one.value === "number");
  if (isNumber && !/^-?\d+(\.\d+)?$/.test(text)) return "The other choices are numbers: write a number.";
  const value = isNumber ? Number(text) : text;
  const steps = (path) => [
    (json) => (json.at([...path, "enum"]) ? json.set([...path, "enum", json.keys([...path, "enum"]).length], value) : json.set([...path, "enum"], [value])),
    words && words !== spoken(text) ? (json) => json.set([...path, "x-titles", text], words) : null,
  ];
  if (isKept(field) && !inRecord(field, form).includes(text)) {
    const done = await form.inRecord((json) => (json.at([...choicesPath, "enum"]) ? steps(choicesPath) : []), `The choice ${text}`);
    if (!done) return "Nothing was changed: record.json could not be saved.";
  }
  for (const part of parts) part.querySelector("input").value = "";
  form.say(`field:${name}:choices`, ...steps(choicesPath), "add");
  return null;
}

function isKept({ shape }) {
  return !shape["x-only"] && !shape["x-comment"];
}

function inRecord({ name, kind }, form) {
  const schema = form.choices.fields.find((one) => one.name === name)?.schema ?? {};
  return ((kind === "several" ? schema.items?.enum : schema.enum) ?? []).map(plain);
}

function offered(field, form) {
  return inRecord(field, form).filter((text) => !field.choices.some((one) => one.text === text));
}

function recordNote(name, form) {
  const isThere = form.choices.fields.some((one) => one.name === name);
  return isThere ? h("p", { class: "field-help" }, "A value that the record does not hold yet is added to record.json as well.") : null;
}
