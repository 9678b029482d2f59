// The kinds of fields that a form may have, and which keywords say what of each.

const COMMON = ["type", "title", "description", "readOnly", "x-comment", "x-only", "x-why", "x-other-than", "x-material", "x-merge"];
const LINK = ["x-link", "x-of", "x-in", "x-open"];
const NAMED = ["x-suggest", "x-new", "x-does", "x-decider", ...LINK];
const TEXT = ["minLength", "maxLength", "pattern", "examples", "x-among", "x-voice", ...NAMED];
const LIST = ["items", "minItems", "maxItems", "uniqueItems", ...NAMED];
const OF_DECIDER = { service: isText, group: isText, "apart-from": isTexts, roles: isTexts };

/** What each kind is called, and the keywords that its controls show. */
const KINDS = {
  text: ["Text", [...TEXT, "x-multiline"]],
  email: ["Mail address", [...TEXT, "format"]],
  uri: ["Web address", [...TEXT, "format"]],
  date: ["Date", ["format"]],
  "date-time": ["Date and time", ["format", "x-ahead", "x-past", "x-after"]],
  integer: ["Whole number", ["minimum", "maximum", "multipleOf"]],
  number: ["Number", ["minimum", "maximum", "multipleOf"]],
  boolean: ["Yes or no", []],
  choice: ["Choice of one", ["enum", "x-titles"]],
  several: ["Several of a list", LIST],
  lines: ["List of lines", LIST],
  other: ["Another kind", []],
};
/** The kinds of which a form can say what they begin with. */
export const HAS_DEFAULT = ["text", "email", "uri", "integer", "number", "boolean", "choice"];
const FORMATS = ["email", "uri", "date", "date-time"];
const OF_ITEMS = { several: ["type", "enum", "x-titles"], lines: ["type", "minLength", "maxLength", "x-suggest"] };

/** One field of a form: what the text says of it. */
export function fieldOf(json, name) {
  const path = ["properties", name];
  const shape = json.get(path);
  const isObject = typeof shape === "object" && shape !== null && !Array.isArray(shape);
  const kind = isObject ? kindOf(shape) : "other";
  const required = json.get(["required"]);
  return {
    name,
    path,
    isObject,
    shape: isObject ? shape : {},
    kind,
    called: KINDS[kind][0],
    title: isObject && typeof shape.title === "string" ? shape.title : spoken(name),
    required: Array.isArray(required) && required.includes(name),
    more: isObject ? more(shape, kind) : ["it is no object"],
    choices: kind === "choice" ? choicesAt(json, path) : kind === "several" ? choicesAt(json, [...path, "items"]) : [],
    choicesPath: kind === "several" ? [...path, "items"] : path,
  };
}

/** Which control a field gets: as the page of the task decides it. */
export function kindOf(shape) {
  if (Array.isArray(shape.enum)) return "choice";
  if (constants(shape.oneOf) || constants(shape.anyOf)) return "other";
  const type = plainType(shape);
  if (type === "string") return FORMATS.includes(shape.format) ? shape.format : "text";
  if (type === "array") return ofItems(shape.items);
  return ["integer", "number", "boolean"].includes(type) ? type : "other";
}

function ofItems(items) {
  if (Array.isArray(items?.enum)) return "several";
  return ["string", "integer", "number"].includes(items?.type) ? "lines" : "other";
}

function plainType(shape) {
  const found = shape.type ?? "string";
  return Array.isArray(found) ? (found.find((one) => one !== "null") ?? "string") : found;
}

function constants(listed) {
  return Array.isArray(listed) && listed.length > 0 && listed.every((one) => one && typeof one === "object" && "const" in one);
}

/** The keywords that no control shows. */
function more(shape, kind) {
  const known = new Set([...COMMON, ...KINDS[kind][1], ...(HAS_DEFAULT.includes(kind) ? ["default"] : [])]);
  const found = Object.keys(shape).filter((key) => !known.has(key) || isUnfit(key, shape));
  if (kind === "other" && found.length === 0) found.push("type");
  const items = OF_ITEMS[kind];
  if (items && "x-titles" in shape.items && isUnfit("x-titles", shape.items)) found.push("items: x-titles");
  if (items) found.push(...Object.keys(shape.items).filter((key) => !items.includes(key)).map((key) => `items: ${key}`));
  return found;
}

// A keyword that is known, but says something here that its control cannot show.
function isUnfit(key, shape) {
  const value = shape[key];
  if (key === "type") return Array.isArray(value);
  if (key === "default") return typeof value === "object";
  if (key === "x-titles") return typeof value !== "object" || value === null || Array.isArray(value);
  if (key === "examples") return !Array.isArray(value) || value.length > 1 || value.some((one) => typeof one !== "string");
  if (["x-of", "x-in"].includes(key)) return !isTexts(value);
  if (key === "x-decider") return typeof value !== "object" || value === null || Object.entries(value).some(([part, said]) => !OF_DECIDER[part]?.(said));
  if (["title", "description", "pattern", "x-link", "x-suggest", "x-new", "x-after", "x-why", "x-other-than", "x-comment", "x-among", "x-does", "x-voice"].includes(key)) return !isText(value);
  if (/^(min|max|multipleOf)/.test(key)) return typeof value !== "number";
  if (["readOnly", "x-only", "x-ahead", "x-past", "x-open", "x-multiline", "uniqueItems"].includes(key)) return value !== true;
  return false;
}

function isText(value) {
  return typeof value === "string";
}

function isTexts(value) {
  return Array.isArray(value) && value.every(isText);
}

function choicesAt(json, path) {
  const titles = json.get([...path, "x-titles"]) ?? {};
  return (json.get([...path, "enum"]) ?? []).map((value) => {
    const text = plain(value);
    return { value, text, words: Object.hasOwn(titles, text) ? String(titles[text]) : spoken(text) };
  });
}

/** A plain value as its name among the words of a choice. */
export function plain(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A name made readable: `hold_reason` is Hold reason. */
export function spoken(name) {
  const words = String(name).replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * What a new field may be: `record` is what record.json says of it, `form` what only the form adds.
 * Those with `asks` need choices, or the kind of link.
 */
export const NEW_KINDS = [
  { value: "line", label: "One line of text", record: () => ({ type: "string", maxLength: 160 }) },
  { value: "lines", label: "Several lines of text", record: () => ({ type: "string", maxLength: 8000 }) },
  { value: "number", label: "Number", record: () => ({ type: "number" }) },
  { value: "integer", label: "Whole number", record: () => ({ type: "integer" }) },
  { value: "boolean", label: "Yes or no", record: () => ({ type: "boolean" }) },
  { value: "date", label: "Date", record: () => ({ type: "string", format: "date" }) },
  { value: "moment", label: "Date and time", record: () => ({ type: "string", format: "date-time" }) },
  { value: "choice", label: "Choice of one", asks: "choices", record: (asked) => ({ type: "string", ...listed(asked) }) },
  { value: "several", label: "Several of a list", asks: "choices", record: (asked) => ({ type: "array", items: { type: "string", ...listed(asked) }, uniqueItems: true }) },
  { value: "list", label: "List, one entry on each line", record: () => ({ type: "array", items: { type: "string", maxLength: 160 }, maxItems: 100 }) },
  { value: "email", label: "Mail address", record: () => ({ type: "string", format: "email", maxLength: 160 }) },
  { value: "uri", label: "Web address", record: () => ({ type: "string", format: "uri", maxLength: 500 }) },
  { value: "people", label: "Person of the registry", record: registered, form: () => ({ "x-suggest": "people" }) },
  { value: "groups", label: "Group of the registry", record: registered, form: () => ({ "x-suggest": "groups" }) },
  { value: "services", label: "Service of the registry", record: registered, form: () => ({ "x-suggest": "services" }) },
  { value: "assets", label: "Device or system of the registry", record: registered, form: () => ({ "x-suggest": "assets" }) },
  { value: "link", label: "Another record, by its key", asks: "link", record: registered, form: (asked) => ({ "x-link": asked.link }) },
];

function registered() {
  return { type: "string", maxLength: 100 };
}

function listed({ choices }) {
  const titled = choices.filter(([value, words]) => words && words !== spoken(value));
  return { enum: choices.map(([value]) => value), ...(titled.length ? { "x-titles": Object.fromEntries(titled) } : {}) };
}

/** Lines such as `low = Not urgent` as pairs of value and words; an Error says which is wrong. */
export function readChoices(text) {
  const pairs = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
    const [value, ...words] = line.split("=");
    return [value.trim(), words.join("=").trim()];
  });
  if (pairs.length === 0) throw new Error("Write at least one choice, one on each line.");
  const twice = pairs.find(([value], at) => pairs.findIndex((one) => one[0] === value) !== at);
  if (twice) throw new Error(`“${twice[0]}” stands there twice.`);
  if (pairs.some(([value]) => !value)) throw new Error("Before the = stands the value.");
  return pairs;
}
