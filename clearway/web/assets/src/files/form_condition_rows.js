// The conditions of a form on the page: each a sentence, opened to change it.
import { h } from "../editor/dom.js";
import { adding, asking, conditionsOf, inWords, needing, removing, wordFor } from "./form_conditions.js";
import { button, control, focusAt } from "./form_parts.js";

const HOW = [
  { value: "is", label: "is" },
  { value: "not", label: "is anything but" },
  { value: "filled", label: "is filled in" },
];

/** The section with all conditions; `form.openCondition` is the number of the opened one. */
export function conditionSection(form) {
  const all = conditionsOf(form.json);
  const rows = all.map((one, at) => row(form, one, at));
  const body = rows.length ? h("ol", { class: "form-list" }, rows) : h("p", { class: "quiet" }, "There is no condition. Add one where a field is needed only after a certain answer.");
  return h(
    "section",
    { class: "form-section", "aria-labelledby": "form-conditions" },
    h("h2", { id: "form-conditions" }, "Conditions"),
    h("p", { class: "field-help" }, "All fields are always on the page. A condition says what else must be filled in; it is checked when the form is sent."),
    body,
    button("Add condition", "condition:add", () => add(form, all.length), { style: "btn-outline", disabled: form.fields.length === 0 }),
  );
}

function titled(form) {
  return (name) => {
    const found = form.fields.find((one) => one.name === name);
    return found ? `“${found.title}”` : `“${name}” (not in this form)`;
  };
}

function row(form, one, at) {
  const isOpen = form.openCondition === at && one.kind !== "more";
  const worded = (name, value) => `“${wordFor(form.fields.find((it) => it.name === name), value)}”`;
  const words = inWords(one, titled(form), worded);
  const more = one.kind !== "more" && one.more.length ? h("span", { class: "form-more" }, ` It says more of ${one.more.map(titled(form)).join(", ")}: see Source. That is kept.`) : null;
  const open = () => form.open({ condition: isOpen ? null : at });
  const drop = () => {
    form.open({ condition: null }, false);
    form.say("conditions", ...removing(one), "remove");
    form.note("The condition is removed. Undo brings it back.");
    focusAt(form.body, "condition:add");
  };
  const buttons = h(
    "span",
    { class: "form-row-buttons" },
    one.kind === "more" ? null : button(isOpen ? "Close" : "Change", `condition:${at}:open`, open, { about: `condition ${at + 1}`, expanded: isOpen }),
    one.kind === "more" ? null : button("Remove", `condition:${at}:drop`, drop, { about: `condition ${at + 1}` }),
  );
  return h("li", { class: "form-row form-condition" }, h("div", { class: "form-row-head" }, h("p", { class: `form-words${one.kind === "more" ? " form-more" : ""}` }, words, more), buttons), isOpen ? editor(form, one, at) : null);
}

function add(form, at) {
  const first = form.fields.find((one) => ["choice", "boolean"].includes(one.kind) && !one.shape.readOnly) ?? form.fields[0];
  form.open({ condition: at }, false);
  form.say("conditions", adding(first.name, { how: first.kind === "choice" || first.kind === "boolean" ? "is" : "filled", values: [firstValue(first)] }), "add");
  focusAt(form.body, `condition:${at}:field`);
}

function firstValue(field) {
  if (field?.kind === "boolean") return true;
  return field?.choices.length && field.kind === "choice" ? field.choices[0].value : "";
}

function editor(form, one, at) {
  const others = form.fields.filter((it) => it.name !== one.field && !it.shape.readOnly);
  const needs = control({
    at: `condition:${at}:needs`,
    kind: "checks",
    label: one.kind === "any" ? "At least one of these must be filled in" : "Then these must be filled in",
    value: one.required,
    options: others.map((it) => ({ value: it.name, label: it.title })),
    empty: "The form has no other field to fill in.",
    set: (now, name) => form.say("conditions", ...needing(one, name, now.includes(name)), "checks"),
  });
  return h("div", { class: "form-field-body" }, one.kind === "rule" ? test(form, one, at) : null, needs);
}

function test(form, one, at) {
  const field = form.fields.find((it) => it.name === one.field);
  const ask = (name, now, how = "select") => form.say("conditions", ...asking(one, name, now), how);
  const choose = (name) => {
    const next = form.fields.find((it) => it.name === name);
    const value = firstValue(next);
    ask(name, value === "" ? { how: "filled", values: [] } : { how: "is", values: [value] });
  };
  const turn = (how) => {
    const values = how === "filled" ? [] : one.test.values.length ? one.test.values : [firstValue(field)];
    ask(one.field, { how, values });
  };
  return h(
    "div",
    { class: "form-grid" },
    control({ at: `condition:${at}:field`, kind: "select", label: "When", value: one.field, options: form.fields.map(({ name, title }) => ({ value: name, label: title })), set: choose }),
    control({ at: `condition:${at}:how`, kind: "select", label: "Its answer", value: one.test.how, options: HOW, set: turn }),
    one.test.how === "filled" ? null : values(form, one, at, field, ask),
  );
}

function values(form, one, at, field, ask) {
  const { how, values: now } = one.test;
  if (field?.kind === "boolean") {
    return control({ at: `condition:${at}:value`, kind: "select", label: "Answer", value: String(now[0]), options: [{ value: "true", label: "Yes" }, { value: "false", label: "No" }], set: (text) => ask(one.field, { how, values: [text === "true"] }) });
  }
  if (field?.kind === "choice") {
    const all = [...field.choices.map((it) => it.value), ...now.filter((value) => !field.choices.some((it) => it.value === value))];
    const set = (texts) => ask(one.field, { how, values: all.filter((value) => texts.includes(String(value))) }, "checks");
    return control({ at: `condition:${at}:value`, kind: "checks", label: "One of these answers", value: now.map(String), options: field.choices.map(({ text, words }) => ({ value: text, label: words })), help: "At least one.", set: (texts) => (texts.length ? set(texts) : form.draw()) });
  }
  const isNumber = ["integer", "number"].includes(field?.kind);
  const set = (text) => {
    const lines = text.split("\n").filter((line) => line.trim());
    if (lines.length) ask(one.field, { how, values: isNumber ? lines.map(Number) : lines }, "text");
  };
  const refuse = (text) => (!text.trim() ? "Write at least one answer." : isNumber && text.split("\n").some((line) => line.trim() && !Number.isFinite(Number(line))) ? "Write numbers." : null);
  return control({ at: `condition:${at}:value`, kind: "area", label: "One of these answers", value: now.map(String).join("\n"), help: "One on each line.", refuse, set });
}
