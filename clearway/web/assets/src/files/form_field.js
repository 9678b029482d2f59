// One field of a form, opened: everything that can be said of it, each with its control.
import { h } from "../editor/dom.js";
import { choiceRows } from "./form_choices.js";
import { control, moreNote } from "./form_parts.js";
import { HAS_DEFAULT } from "./form_kinds.js";

const REGISTRY = [
  { value: "people", label: "People" },
  { value: "groups", label: "Groups" },
  { value: "services", label: "Services" },
  { value: "assets", label: "Devices and systems" },
];
const NUMBERS = ["integer", "number"];
const TEXTS = ["text", "email", "uri"];
const LISTS = ["several", "lines"];
const LINKED = ["x-link", "x-of", "x-in", "x-open"];

/** The controls of a field; `form` has its json, its fields, `say(key, ...steps)` and the choices. */
export function fieldEditor(field, form) {
  if (!field.isObject) return h("div", { class: "form-field-body" }, moreNote(`“${field.title}”`, field.more));
  const rows = [general(field, form), ofKind(field, form)];
  if (field.choices.length > 0 || ["choice", "several"].includes(field.kind)) rows.push(choiceRows(field, form));
  rows.push(beyond(field, form));
  if (field.more.length > 0) rows.push(moreNote(`“${field.title}”`, field.more));
  return h("div", { class: "form-field-body" }, rows.filter(Boolean));
}

/**
 * What a keyword says, with a control that sets it; nothing in it removes the keyword. There is none
 * for what a control cannot show.
 */
function part(field, form, key, description, path = [...field.path, key]) {
  if (field.more.includes(key)) return null;
  const value = form.json.get(path);
  return control({
    at: `${field.name}:${path.slice(2).join(".")}`,
    value,
    set: (now) => {
      const isNothing = now === "" || now === false;
      form.say(`field:${field.name}:${key}`, (json) => (isNothing ? json.remove(path) : json.set(path, now)), description.kind);
    },
    ...description,
  });
}

function general(field, form) {
  const note = field.required && field.shape.readOnly ? h("p", { class: "form-more" }, "It is only shown and must be filled in: the form cannot be sent while the record holds nothing here.") : null;
  return h(
    "div",
    { class: "form-grid" },
    part(field, form, "title", { label: "Title" }),
    part(field, form, "description", { label: "Help text", kind: "area" }),
    h(
      "div",
      { class: "form-part" },
      control({ at: `${field.name}:required`, kind: "check", label: "Must be filled in", value: field.required, help: field.kind === "boolean" ? "Then it asks with Yes and No." : "", set: (is) => form.require(field.name, is) }),
      part(field, form, "readOnly", { label: "Only shown, not changed", kind: "check" }),
    ),
    note,
  );
}

function ofKind(field, form) {
  const { kind, shape } = field;
  const parts = [];
  const add = (key, description, path) => parts.push(part(field, form, key, description, path));
  if (TEXTS.includes(kind)) textParts(field, add);
  if (NUMBERS.includes(kind)) {
    add("minimum", { label: "Least", kind: "number", isWhole: kind === "integer" });
    add("maximum", { label: "Most", kind: "number", isWhole: kind === "integer" });
    add("multipleOf", { label: "In steps of", kind: "number", refuse: (text) => (text.trim() && Number(text) <= 0 ? "Write a number above 0." : null) });
  }
  if (kind === "date-time") {
    parts.push(sideOfNow(field, form));
    const moments = form.fields.filter((one) => one.kind === "date-time" && one.name !== field.name);
    add("x-after", { label: "Must be later than", kind: "select", none: "Any other field", options: moments.map(named) });
  }
  if (LISTS.includes(kind)) {
    add("minItems", { label: "At least so many entries", kind: "number", isWhole: true, least: 0 });
    add("maxItems", { label: "At most so many entries", kind: "number", isWhole: true, least: 0 });
    if (kind === "lines" && shape.items.type === "string") add("maxLength", { label: "Longest entry", kind: "number", isWhole: true, least: 1, help: "In characters." }, [...field.path, "items", "maxLength"]);
    add("uniqueItems", { label: "Each entry only once", kind: "check" });
  }
  parts.push(beginsWith(field, form));
  const all = parts.filter(Boolean);
  return all.length ? h("div", { class: "form-grid" }, all) : null;
}

function textParts(field, add) {
  add("minLength", { label: "At least so many characters", kind: "number", isWhole: true, least: 0 });
  add("maxLength", { label: "At most so many characters", kind: "number", isWhole: true, least: 1, help: "Up to 200 it is one line, above it is a text area." });
  if (field.kind === "text") add("x-multiline", { label: "A text area although it is short", kind: "check" });
  add("pattern", { label: "Pattern", isCode: true, help: "A regular expression that must occur in it. Write ^ and $ for the whole text." });
  if ("pattern" in field.shape || "examples" in field.shape) add("examples", { label: "Example for the pattern", help: "Shown when the pattern is not met." }, [...field.path, "examples", 0]);
}

function sideOfNow(field, form) {
  const { shape, path, name, more } = field;
  if (more.includes("x-ahead") || more.includes("x-past")) return null;
  const value = shape["x-ahead"] ? "x-ahead" : shape["x-past"] ? "x-past" : "";
  const set = (now) => {
    const drop = value && value !== now ? (json) => json.remove([...path, value]) : null;
    form.say(`field:${name}:side`, drop ?? ((json) => json.text), now ? (json) => json.set([...path, now], true) : null, "select");
  };
  return control({ at: `${name}:side`, kind: "select", label: "Beside the present", none: "Any moment", value, options: [{ value: "x-ahead", label: "Must still be ahead" }, { value: "x-past", label: "Must be past" }], set });
}

function beginsWith(field, form) {
  const { kind, path, name, shape, choices } = field;
  if (!HAS_DEFAULT.includes(kind) || typeof shape.default === "object") return null;
  const at = [...path, "default"];
  const label = "Begins with";
  if (kind === "boolean" || kind === "choice") {
    const options = kind === "boolean" ? [{ value: "true", label: "Yes" }, { value: "false", label: "No" }] : choices.map(({ value, words }) => ({ value: JSON.stringify(value), label: words }));
    const set = (now) => form.say(`field:${name}:default`, (json) => (now ? json.set(at, JSON.parse(now)) : json.remove(at)), "select");
    return control({ at: `${name}:default`, kind: "select", label, none: "Nothing", value: "default" in shape ? JSON.stringify(shape.default) : "", options, set });
  }
  return part(field, form, "default", { label, kind: NUMBERS.includes(kind) ? "number" : "text", isWhole: kind === "integer" });
}

/** What goes beyond the field itself: where it is kept, names, links and the fields beside it. */
function beyond(field, form) {
  const { kind, shape, name } = field;
  const others = form.fields.filter((one) => one.name !== name).map(named);
  const parts = [whereKept(field, form)];
  const add = (key, description) => parts.push(part(field, form, key, description));
  if (!shape.readOnly || "x-why" in shape || "x-other-than" in shape) {
    add("x-why", { label: "A change is explained in", kind: "select", none: "Needs no reason", options: others });
    add("x-other-than", { label: "Must differ from", kind: "select", none: "May be the same", options: others });
  }
  if ([...TEXTS, ...LISTS].includes(kind)) nameParts(field, form, add, parts);
  const said = [shape["x-material"] && "A change of it voids an approval (the record says so).", shape["x-merge"] && "Two branches may write it; the later counts (the record says so)."].filter(Boolean);
  const body = [h("div", { class: "form-grid" }, parts.filter(Boolean)), ...said.map((text) => h("p", { class: "quiet" }, text))];
  return h("details", { class: "more form-beyond", open: form.isWide(name), ontoggle: (event) => form.widen(name, event.target.open) }, h("summary", {}, "Where it is kept, names, links, other fields"), body);
}

function whereKept({ shape, path, name, more }, form) {
  if (more.includes("x-only") || more.includes("x-comment")) return null;
  const value = shape["x-only"] ? "only" : (shape["x-comment"] ?? "");
  const options = [
    { value: "public", label: "As a public comment" },
    { value: "internal", label: "As an internal comment" },
    { value: "only", label: "In history only" },
  ];
  const set = (now) => {
    const steps = ["x-only", "x-comment"].filter((key) => key in shape).map((key) => (json) => json.remove([...path, key]));
    if (now === "only") steps.push((json) => json.set([...path, "x-only"], true));
    else if (now) steps.push((json) => json.set([...path, "x-comment"], now));
    form.say(`field:${name}:kept`, ...steps, "select");
  };
  return control({ at: `${name}:kept`, kind: "select", label: "Where it is kept", none: "In the record", value, options, set });
}

function nameParts(field, form, add, parts) {
  const { shape, path, name, more } = field;
  const { choices } = form;
  add("x-suggest", { label: "Takes names of the registry", kind: "select", none: "No", options: REGISTRY });
  add("x-new", { label: "Gives a new name to one of", kind: "select", none: "No", options: REGISTRY });
  whoParts(field, form, add, parts);
  add("x-link", { label: "Links with the record that it names", kind: "select", none: "No", options: choices.links.map((value) => ({ value, label: value.replaceAll("_", " ") })) });
  if (!LINKED.some((key) => key in shape) || more.includes("x-of") || more.includes("x-in")) return;
  const listOf = (key, value) => form.say(`field:${name}:${key}`, (json) => (value.length ? json.set([...path, key], value) : json.remove([...path, key])), "checks");
  parts.push(control({ at: `${name}:x-of`, kind: "checks", label: "Of these processes", value: shape["x-of"] ?? [], options: choices.processes.map((value) => ({ value, label: value })), help: "None is chosen: of any process.", set: (now) => listOf("x-of", now) }));
  parts.push(control({ at: `${name}:x-in`, label: "In these states", value: (shape["x-in"] ?? []).join(" "), help: "Parted by blanks; empty: in any state.", set: (text) => form.say(`field:${name}:x-in`, (json) => (text.trim() ? json.set([...path, "x-in"], text.trim().split(/\s+/)) : json.remove([...path, "x-in"])), "text") }));
  add("x-open", { label: "Not one that has ended", kind: "check" });
}

/** Who or what may be named there, beyond that the registry knows it. */
function whoParts({ shape, path, name, more, kind }, form, add, parts) {
  if (TEXTS.includes(kind)) {
    const moments = form.fields.filter((one) => one.kind === "date-time").map(named);
    add("x-among", { label: "One of the list in", isCode: true, help: "The name of a field of the record with a list." });
    add("x-voice", { label: "Said yes by word, at the time in", kind: "select", none: "No", options: moments });
  }
  add("x-does", { label: "Gets the task", isCode: true, help: "The id of a task of the diagram: whoever is named has its role." });
  if (more.includes("x-decider") || (shape["x-suggest"] !== "people" && !("x-decider" in shape))) return;
  const at = [...path, "x-decider"];
  const said = shape["x-decider"] ?? {};
  const set = (key, value) => {
    const rest = Object.fromEntries(Object.entries({ ...form.json.get(at), [key]: value }).filter(([, one]) => one.length));
    form.say(`field:${name}:x-decider:${key}`, (json) => (Object.keys(rest).length ? json.set(at, rest) : json.remove(at)), "text");
  };
  const words = (text) => text.trim().split(/\s+/).filter(Boolean);
  const put = (key, label, help, read = (text) => text.trim()) => parts.push(control({ at: `${name}:x-decider:${key}`, isCode: true, label, help, value: [said[key] ?? []].flat().join(" "), set: (text) => set(key, read(text)) }));
  put("roles", "Decides in somebody's place, with one of the roles", "Parted by blanks; empty: this field names nobody who decides.", words);
  put("service", "In place of the owner of the service in", "The name of a field. The owner decides, unless they may not.");
  put("group", "In place of the lead of the group in", "The name of a field. The lead decides, unless they may not.");
  put("apart-from", "May not decide: who is named in", "Names of fields, parted by blanks. Nor may who stands in for them.", words);
}

function named({ name, title }) {
  return { value: name, label: `${title} (${name})` };
}
