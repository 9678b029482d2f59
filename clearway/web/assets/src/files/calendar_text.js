// A calendar as text: what its YAML says, in texts and lists. How it is changed: calendar_edit.js.
import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
export const FIELDS = ["name", "description", "tz", "week", "day", "until", "holidays", "extra"];
const SCALARS = ["name", "description", "tz", "day", "until"];

/** The tree of the text; throws an Error with a sentence when it cannot be shown as a calendar. */
export function parsed(text) {
  // PyYAML, which reads the file on the server, follows YAML 1.1.
  const tree = parseDocument(text, { version: "1.1", merge: false, logLevel: "silent" });
  const [wrong] = tree.errors;
  if (wrong) {
    const line = wrong.linePos?.[0].line ?? 1;
    throw new Error(`Line ${line}: this is no YAML: ${wrong.message.split("\n")[0].replace(/ at line \d+.*$/, "").replace(/[.:]$/, "")}.`);
  }
  if (!isMap(tree.contents)) throw new Error("This is no calendar: write names with their values, such as tz: Europe/Berlin.");
  if (isShared(tree)) throw new Error("This calendar uses anchors, tags or merged keys of YAML, which can be changed in Source only.");
  return tree.contents;
}

function isShared(tree) {
  let found = false;
  visit(tree, (_key, node) => {
    if (isAlias(node) || node?.anchor || (node?.tag && !node.tag.startsWith("tag:yaml.org,2002:"))) found = true;
    if (isScalar(node) && node.source === "<<") found = true;
    return found ? visit.BREAK : undefined;
  });
  return found;
}

/**
 * What a calendar says: `name`, `description`, `tz`, `day`, `until` are texts ("" when not given);
 * `week` has seven lists of openings as texts; `holidays` [{date, name}]; `extra` [{date, hours,
 * name}]. `fixed` names what can only be changed in Source, `more` the fields that nobody knows.
 */
export function readCalendar(text) {
  const map = parsed(text);
  const fixed = [];
  const said = { fixed, more: [] };
  for (const name of SCALARS) {
    const node = pairOf(map, name)?.value;
    said[name] = textOf(node) ?? "";
    if (node && (textOf(node) === null || said[name].includes("\n") || node.type?.startsWith("BLOCK"))) fixed.push(name);
  }
  said.week = readWeek(pairOf(map, "week")?.value, fixed);
  said.holidays = readList(pairOf(map, "holidays")?.value, "holidays", ["date", "name"], fixed);
  said.extra = readList(pairOf(map, "extra")?.value, "extra", ["date", "hours", "name"], fixed);
  said.more = map.items.map((pair) => textOf(pair.key)).filter((name) => !FIELDS.includes(name));
  return said;
}

export function pairOf(map, name) {
  return map.items.find((pair) => textOf(pair.key) === name);
}

/** The text of a scalar as it was written; "" for nothing, null for lists and mappings. */
export function textOf(node) {
  if (node === null || node === undefined) return "";
  if (!isScalar(node)) return null;
  return node.source ?? (node.value === null ? "" : String(node.value));
}

function readWeek(node, fixed) {
  const week = DAYS.map(() => []);
  if (!node || textOf(node) === "") return week;
  if (!isMap(node)) {
    fixed.push("week");
    return week;
  }
  const seen = new Set();
  for (const pair of node.items) {
    const days = weekdays(textOf(pair.key));
    const windows = windowsOf(pair.value);
    if (!days || !windows || days.some((day) => seen.has(day))) {
      if (!fixed.includes("week")) fixed.push("week");
      continue;
    }
    for (const day of days) {
      seen.add(day);
      week[day] = windows;
    }
  }
  return week;
}

/** "mon-fri" -> [0, 1, 2, 3, 4]; null when it names no weekdays. */
export function weekdays(key) {
  const text = String(key).trim().toLowerCase();
  if (/^[0-6]$/.test(text)) return [Number(text)];
  const at = text.indexOf("-");
  const first = weekday(at < 0 ? text : text.slice(0, at));
  const last = at < 0 ? first : weekday(text.slice(at + 1));
  if (first < 0 || last < first) return null;
  return DAYS.map((_, day) => day).slice(first, last + 1);
}

function weekday(text) {
  const word = text.trim();
  return DAYS.findIndex((day) => word === day || word === day.slice(0, 3));
}

/** The openings of a day as texts; null when they are written in a way that is not shown here. */
export function windowsOf(node) {
  if (isScalar(node) && textOf(node) !== "") return [textOf(node)];
  if (!isSeq(node)) return null;
  const texts = node.items.map((item) => (isScalar(item) ? textOf(item) : minutes(item)));
  return texts.includes(null) ? null : texts;
}

function minutes(node) {
  if (!isSeq(node) || node.items.length !== 2) return null;
  const [opens, closes] = node.items.map((item) => (isScalar(item) ? item.value : null));
  if (!Number.isInteger(opens) || !Number.isInteger(closes)) return null;
  if (opens < 0 || opens >= 1440 || closes <= opens || closes >= opens + 1440) return null;
  return `${clock(opens)}-${clock(closes > 1440 ? closes - 1440 : closes)}`;
}

function clock(minute) {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

function readList(node, field, names, fixed) {
  if (!node || textOf(node) === "") return [];
  if (!isSeq(node)) {
    fixed.push(field);
    return [];
  }
  return node.items.map((item) => readItem(item, field, names, fixed));
}

function readItem(item, field, names, fixed) {
  const read = { date: "", name: "" };
  if (names.includes("hours")) read.hours = [];
  const isOdd = fill(read, item, names);
  if (isOdd && !fixed.includes(field)) fixed.push(field);
  return read;
}

function fill(read, item, names) {
  if (isScalar(item)) {
    read.date = textOf(item);
    return names.includes("hours");
  }
  if (!isMap(item)) return true;
  let isOdd = false;
  for (const { key, value } of item.items) {
    const name = textOf(key);
    const found = name === "hours" ? windowsOf(value) : textOf(value);
    if (!names.includes(name) || found === null) isOdd = true;
    else read[name] = found;
  }
  return isOdd;
}
