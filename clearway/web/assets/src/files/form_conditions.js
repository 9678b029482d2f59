// The conditions of a form: which of them can be said in words, and how each is changed in the text.
import { plain } from "./form_kinds.js";

const PLAIN = ["$schema", "$id", "$comment", "title", "description", "type", "properties", "required"];

/**
 * The conditions in the order of the file. Each has `path` and `kind`:
 * rule: when `field` passes `test` ({how: is, not, filled; values}), then `required` are needed;
 * with: when `field` is filled in, then `required` are; any: at least one of `required` is;
 * more: something that is not shown in words (`what`). `more` on the others: there is more in it.
 */
export function conditionsOf(json) {
  const found = [];
  const top = json.get([]);
  if ("if" in top) found.push(ruleAt(json, [], top));
  else for (const key of ["then", "else"]) if (key in top) found.push({ kind: "more", path: [key], what: key });
  if ("allOf" in top) found.push(...listed(json, top.allOf));
  if ("dependentRequired" in top) found.push(...together(json, top.dependentRequired));
  if ("anyOf" in top) found.push(anyOf(top.anyOf));
  for (const key of Object.keys(top)) {
    if (![...PLAIN, "if", "then", "else", "allOf", "dependentRequired", "anyOf", "additionalProperties"].includes(key)) found.push({ kind: "more", path: [key], what: key });
  }
  if (typeof top.additionalProperties === "object") found.push({ kind: "more", path: ["additionalProperties"], what: "additionalProperties" });
  return found;
}

function listed(json, rules) {
  if (!Array.isArray(rules)) return [{ kind: "more", path: ["allOf"], what: "allOf" }];
  return rules.map((rule, at) => {
    const isRule = isObject(rule) && "if" in rule && Object.keys(rule).every((key) => ["if", "then"].includes(key));
    return isRule ? ruleAt(json, ["allOf", at], rule) : { kind: "more", path: ["allOf", at], what: `allOf, number ${at + 1}` };
  });
}

function ruleAt(json, path, rule) {
  const unsaid = { kind: "more", path: path.length ? path : ["if"], what: path.length ? `allOf, number ${path[1] + 1}` : "if" };
  const asked = "else" in rule ? null : asks(rule.if);
  const then = rule.then ?? {};
  if (!asked || !isObject(then) || Object.keys(then).some((key) => !["required", "properties"].includes(key))) return unsaid;
  const required = then.required ?? [];
  if (!isNames(required) || !isObject(then.properties ?? {})) return unsaid;
  const more = Object.entries(then.properties ?? {}).filter(([name, shape]) => !required.includes(name) || !isNotEmpty(shape));
  return { kind: "rule", path, ...asked, required, more: more.map(([name]) => name) };
}

/** What an `if` asks, or null where it is of another shape. */
function asks(test) {
  if (!isObject(test) || !isNames(test.required) || test.required.length !== 1) return null;
  const [field] = test.required;
  const keys = Object.keys(test);
  if (keys.length === 1) return { field, test: { how: "filled", values: [] } };
  const names = Object.keys(test.properties ?? {});
  if (keys.length !== 2 || !isObject(test.properties) || names.length !== 1 || names[0] !== field) return null;
  const said = test.properties[field];
  const isNot = isObject(said) && Object.keys(said).length === 1 && isObject(said.not);
  const values = valuesOf(isNot ? said.not : said);
  return values ? { field, test: { how: isNot ? "not" : "is", values } } : null;
}

function valuesOf(said) {
  if (!isObject(said) || Object.keys(said).length !== 1) return null;
  if ("const" in said && typeof said.const !== "object") return [said.const];
  return Array.isArray(said.enum) && said.enum.length > 0 && said.enum.every((one) => typeof one !== "object") ? said.enum : null;
}

function together(json, pairs) {
  const isFit = isObject(pairs) && Object.values(pairs).every(isNames);
  if (!isFit) return [{ kind: "more", path: ["dependentRequired"], what: "dependentRequired" }];
  return json.keys(["dependentRequired"]).map((field) => ({ kind: "with", path: ["dependentRequired", field], field, required: pairs[field], more: [] }));
}

function anyOf(choices) {
  const isFit = Array.isArray(choices) && choices.every((one) => isObject(one) && Object.keys(one).length === 1 && isNames(one.required) && one.required.length === 1);
  return isFit ? { kind: "any", path: ["anyOf"], required: choices.map((one) => one.required[0]), more: [] } : { kind: "more", path: ["anyOf"], what: "anyOf" };
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNames(value) {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isNotEmpty(shape) {
  return isObject(shape) && Object.keys(shape).length === 1 && shape.minLength === 1;
}

/** Another question of a rule: the whole `if` is written anew. */
export function asking({ path }, field, test) {
  return [(json) => json.set([...path, "if"], question(field, test))];
}

function question(field, { how, values }) {
  if (how === "filled") return { required: [field] };
  const said = values.length === 1 ? { const: values[0] } : { enum: values };
  return { properties: { [field]: how === "not" ? { not: said } : said }, required: [field] };
}

/** The steps that make a condition need `name`, or no longer. */
export function needing({ kind, path, required }, name, is) {
  const at = required.indexOf(name);
  if (is === at >= 0) return [];
  if (kind === "any" && !is && required.length === 1) return removing({ kind, path });
  if (kind === "any") return [(json) => (is ? json.set([...path, required.length], { required: [name] }) : json.remove([...path, at]))];
  const list = kind === "with" ? path : [...path, "then", "required"];
  if (is) return [(json) => (json.at(list) ? json.set([...list, required.length], name) : json.set(list, [name]))];
  const shape = [...path, "then", "properties", name];
  return [
    (json) => json.remove([...list, at]),
    kind === "rule" ? (json) => (isNotEmpty(json.get(shape)) ? json.remove(shape) : json.text) : null,
    kind === "rule" ? (json) => (json.keys(shape.slice(0, -1)).length === 0 ? json.remove(shape.slice(0, -1)) : json.text) : null,
    // What a rule says of other fields stands without an empty list of those that it needs.
    kind === "rule" ? (json) => (json.get(list).length === 0 && json.keys([...path, "then"]).length > 1 ? json.remove(list) : json.text) : null,
  ];
}

/** The steps that remove a condition, and the list that it was the last of. */
export function removing({ path, kind }) {
  if (kind === "rule" && path.length === 0) return [(json) => json.remove(["then"]), (json) => json.remove(["if"])];
  const drop = (json) => json.remove(path);
  if (path.length < 2) return [drop];
  return [drop, (json) => (json.keys([path[0]]).length === 0 ? json.remove([path[0]]) : json.text)];
}

/** The step that adds a rule about this field, which needs nothing yet. */
export function adding(field, test) {
  const rule = { if: question(field, test), then: { required: [] } };
  return (json) => (json.at(["allOf"]) ? json.set(["allOf", json.keys(["allOf"]).length], rule) : json.set(["allOf"], [rule]));
}

/** The conditions and fields that name this field, in words: it cannot go while they do. */
export function namers(json, name, fields) {
  const own = fields.filter((one) => one.name !== name && ["x-after", "x-why", "x-other-than"].some((key) => one.shape[key] === name)).map((one) => `“${one.title}”`);
  const conditions = conditionsOf(json).filter((one) => (one.kind === "more" ? mentions(json.get(one.path), name) : one.field === name || one.required.includes(name) || one.more.includes(name)));
  return conditions.length ? [...own, conditions.length === 1 ? "a condition" : `${conditions.length} conditions`] : own;
}

function mentions(value, name) {
  if (Array.isArray(value)) return value.some((one) => mentions(one, name));
  if (isObject(value)) return Object.entries(value).some(([key, one]) => key === name || mentions(one, name));
  return value === name;
}

/** A condition as a sentence; `titled(name)` says what a field is called, `worded` a value. */
export function inWords(one, titled, worded) {
  if (one.kind === "more") return `A condition has more than is shown here (${one.what}): see Source. It is kept.`;
  const needed = one.required.length ? joined(one.required.map(titled), "and") : "nothing yet";
  if (one.kind === "any") return `At least one of ${joined(one.required.map(titled), "and")} must be filled in.`;
  const then = `then ${needed} must be filled in.`;
  if (one.kind === "with" || one.test.how === "filled") return `When ${titled(one.field)} is filled in, ${then}`;
  const values = joined(one.test.values.map((value) => worded(one.field, value)), "or");
  return `When ${titled(one.field)} is ${one.test.how === "not" ? "anything but " : ""}${values}, ${then}`;
}

function joined(words, last) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** A value in the words of its field. */
export function wordFor(field, value) {
  if (typeof value === "boolean") return value ? "Yes" : "No";
  return field?.choices.find((one) => one.value === value)?.words ?? plain(value);
}
