// Changes a calendar's text: only the place that changes is written, and the result is read again.
import { isMap, isScalar, isSeq } from "yaml";
import { DAYS, FIELDS, pairOf, parsed, readCalendar, textOf, weekdays } from "./calendar_text.js";

const ITEM = ["date", "hours", "name"];
const UNSURE = "This cannot be changed here with certainty: change it in Source.";

/** Another value of a field; "" takes the field out. */
export function withField(text, name, value) {
  return checked(text, (map) => setPair(text, map, name, value, isPlain(name) ? plain : quotable), (said) => {
    said[name] = value;
  });
}

/** Other openings of one weekday, 0 for Monday. */
export function withDay(text, day, windows) {
  return checked(text, (map) => setDay(text, map, day, windows), (said) => {
    said.week[day] = windows;
  });
}

/** One more holiday or extra day: at its place by date where the list is in order, else last. */
export function withItem(text, field, item) {
  const { [field]: listed } = readCalendar(text);
  const isSorted = listed.every((it, at) => at === 0 || listed[at - 1].date <= it.date);
  const later = listed.findIndex((it) => it.date > item.date);
  const at = isSorted && later >= 0 ? later : listed.length;
  return checked(text, (map) => addItem(text, map, field, at, item), (said) => {
    said[field].splice(at, 0, { ...blank(field), ...item });
  });
}

/** Other values of a holiday or an extra day. */
export function withItemChanged(text, field, at, name, value) {
  return checked(text, (map) => changeItem(text, map, field, at, name, value), (said) => {
    said[field][at][name] = value;
  });
}

/** Without one holiday or extra day, and what stands in its lines. */
export function withoutItem(text, field, at) {
  return checked(text, (map) => removeItem(text, map, field, at), (said) => {
    said[field].splice(at, 1);
  });
}

/** The list in the order of its dates; a comment above a line goes with it. */
export function sorted(text, field) {
  return checked(text, (map) => sortItems(text, map, field), (said) => {
    said[field].sort((one, other) => (one.date < other.date ? -1 : one.date > other.date ? 1 : 0));
  });
}

function blank(field) {
  return field === "extra" ? { date: "", name: "", hours: [] } : { date: "", name: "" };
}

/** What `edit` makes of the text, if it then says what `expected` says and no comment is lost. */
function checked(text, edit, expected) {
  const said = readCalendar(text);
  const { text: changed, cut = "" } = edit(parsed(text)) ?? {};
  if (changed === undefined) throw new Error(UNSURE);
  expected(said);
  let found;
  try {
    found = readCalendar(changed);
  } catch {
    throw new Error(UNSURE);
  }
  if (ordered(found) !== ordered(said) || losesComment(text, changed, cut)) throw new Error(UNSURE);
  return changed;
}

function ordered({ name, description, tz, day, until, week, holidays, extra, fixed, more }) {
  const items = (list) => list.map((it) => [it.date, it.name, it.hours]);
  return JSON.stringify([name, description, tz, day, until, week, items(holidays), items(extra), fixed, more]);
}

function losesComment(before, after, cut) {
  const left = comments(after);
  for (const one of comments(cut)) left.push(one);
  return comments(before).some((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

// What only looks like a comment, in a quoted text, is kept as any other text; so this may be coarse.
function comments(text) {
  return text.split("\n").flatMap((line) => /(?:^|\s)(#.*)$/.exec(line)?.[1].trimEnd() ?? []);
}

// --- scalars -----------------------------------------------------------------------------------

function isPlain(name) {
  return ["tz", "day", "until", "date"].includes(name);
}

function plain(value) {
  return /^[A-Za-z0-9][\w+/:.-]*$/.test(value) ? value : JSON.stringify(value);
}

function quoted(value) {
  return JSON.stringify(value);
}

// Words that YAML 1.1 takes for truth or nothing, and all that begins like a number, go in quotes.
function quotable(value) {
  const isSafe = /^[A-Za-z][\w ,.'()&/äöüÄÖÜß-]*$/.test(value) && !/\s$/.test(value);
  return isSafe && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value) ? value : quoted(value);
}

function openings(windows) {
  const texts = windows.map(quoted);
  return texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
}

function replaced(text, from, to, by, cut = "") {
  return { text: text.slice(0, from) + by + text.slice(to), cut };
}

function lineStart(text, at) {
  return text.lastIndexOf("\n", at - 1) + 1;
}

function lineEnd(text, at) {
  const found = text.indexOf("\n", at);
  return found < 0 ? text.length : found;
}

function breakOf(text) {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** Where the last thing that a node says ends. */
function endOf(text, node) {
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) {
    const last = node.items.at(-1);
    return isMap(node) ? endOfPair(text, last) : endOf(text, last);
  }
  const [from, to] = node.range;
  return from + text.slice(from, to).trimEnd().length;
}

function endOfPair(text, { key, value }) {
  const isThere = value?.range && value.range[1] > value.range[0];
  return isThere ? endOf(text, value) : endOfKey(text, { key });
}

function endOfKey(text, { key }) {
  return text.indexOf(":", key.range[1]) + 1;
}

/** A pair of a mapping gets this value, is added, or goes when the value is "". */
function setPair(text, map, name, value, style, order = FIELDS) {
  const pair = pairOf(map, name);
  if (!pair) return value === "" ? { text } : addPair(text, map, name, ` ${style(value)}`, order);
  if (pair.value && !isScalar(pair.value)) return undefined;
  if (value === "") return removePair(text, map, pair);
  const end = endOfPair(text, pair);
  const from = pair.value && end > pair.value.range[0] ? pair.value.range[0] : end;
  return replaced(text, from, end, `${/\s$/.test(text.slice(0, from)) ? "" : " "}${kept(pair.value, value, style)}`);
}

/** Another value behind the colon, in its line unless a comment stands between them. */
function otherValue(text, pair, written) {
  const [key, from, end] = [endOfKey(text, pair), pair.value.range[0], endOfPair(text, pair)];
  const isFar = text.slice(key, from).includes("\n") && text.slice(key, from).trim() === "";
  return isFar ? replaced(text, key, end, ` ${written}`) : replaced(text, from, end, written);
}

/** In quotes where it stood in quotes. */
function kept(node, value, style) {
  return node?.type?.startsWith("QUOTE") && typeof value === "string" ? quoted(value) : style(value);
}

function removePair(text, map, pair) {
  if (map.flow) {
    const at = map.items.indexOf(pair);
    if (map.items.length === 1) return undefined;
    const last = at === map.items.length - 1;
    const from = last ? endOfPair(text, map.items[at - 1]) : pair.key.range[0];
    return replaced(text, from, last ? endOfPair(text, pair) : map.items[at + 1].key.range[0], "");
  }
  const from = lineStart(text, pair.key.range[0]);
  const end = lineEnd(text, endOfPair(text, pair));
  if (text.slice(from, pair.key.range[0]).trim() !== "") return undefined;
  return replaced(text, from, Math.min(end + 1, text.length), "");
}

/** One more pair, after those that come before it in `order`; `rest` is what follows the colon. */
function addPair(text, map, name, rest, order = FIELDS) {
  const last = map.items.at(-1);
  if (!last) return undefined;
  if (map.flow) return replaced(text, endOfPair(text, last), endOfPair(text, last), `, ${name}:${rest}`);
  const first = map.items[0].key.range[0];
  const indent = " ".repeat(first - lineStart(text, first));
  const earlier = map.items.filter(({ key }) => rank(key, order) < order.indexOf(name)).at(-1);
  if (earlier) return newLine(text, endOfPair(text, earlier), `${indent}${name}:${rest}`);
  return indent === "" ? replaced(text, first, first, `${name}:${rest}${breakOf(text)}`) : undefined;
}

function rank(key, order) {
  const at = order.indexOf(textOf(key));
  return at < 0 ? order.length : at;
}

/** One more line after the one in which this place is. */
function newLine(text, place, line) {
  const end = lineEnd(text, place);
  const at = text[end - 1] === "\r" ? end - 1 : end;
  return replaced(text, at, at, breakOf(text) + line);
}

// --- the week ----------------------------------------------------------------------------------

function setDay(text, map, day, windows) {
  const week = pairOf(map, "week");
  const said = openings(windows);
  const line = `${breakOf(text)}  ${DAYS[day].slice(0, 3)}: ${said}`;
  if (!week) return addPair(text, map, "week", line);
  if (!week.value || textOf(week.value) === "") return replaced(text, endOfPair(text, week), endOfPair(text, week), line);
  if (!isMap(week.value)) return undefined;
  const pair = week.value.items.find(({ key }) => weekdays(textOf(key))?.includes(day));
  if (!pair) return addDay(text, week.value, day, said);
  const days = weekdays(textOf(pair.key));
  if (days.length === 1) return otherValue(text, pair, said);
  return splitDays(text, week.value, pair, days, day, said);
}

function addDay(text, week, day, said) {
  const name = DAYS[day].slice(0, 3);
  if (week.items.length === 0) return replaced(text, week.range[0], week.range[1], `{${name}: ${said}}`);
  const end = endOfPair(text, week.items.at(-1));
  if (week.flow) return replaced(text, end, end, `, ${name}: ${said}`);
  const from = week.items[0].key.range[0];
  return newLine(text, end, `${text.slice(lineStart(text, from), from)}${name}: ${said}`);
}

/** "mon-fri" becomes up to three: the days before, the day itself, the days after. */
function splitDays(text, week, pair, days, day, said) {
  const [from, end] = [pair.key.range[0], endOfPair(text, pair)];
  const rest = text.slice(pair.key.range[1], end);
  const isLong = textOf(pair.key).split("-")[0].trim().length > 3;
  const named = (index) => (isLong ? DAYS[index] : DAYS[index].slice(0, 3));
  const range = (some) => (some.length === 1 ? named(some[0]) : `${named(some[0])}-${named(some.at(-1))}`);
  const [before, after] = [days.filter((it) => it < day), days.filter((it) => it > day)];
  const parts = [];
  if (before.length > 0) parts.push(range(before) + rest);
  parts.push(`${named(day)}: ${said}`);
  if (after.length > 0) parts.push(range(after) + rest);
  const indent = text.slice(lineStart(text, from), from);
  if (!week.flow && indent.trim() !== "") return undefined;
  return replaced(text, from, end, parts.join(week.flow ? ", " : breakOf(text) + indent));
}

// --- lists -------------------------------------------------------------------------------------

function inFlow(item) {
  const pairs = [`date: ${plain(item.date)}`];
  if (item.hours) pairs.push(`hours: ${openings(item.hours)}`);
  if (item.name) pairs.push(`name: ${quoted(item.name)}`);
  return `{${pairs.join(", ")}}`;
}

function addItem(text, map, field, at, item) {
  const pair = pairOf(map, field);
  const list = pair?.value;
  // One item a line, as the files of the house have them.
  const line = `${breakOf(text)}  - ${inFlow(item)}`;
  if (!pair) return addPair(text, map, field, line);
  if (!list || textOf(list) === "") return replaced(text, endOfPair(text, pair), endOfPair(text, pair), line);
  if (!isSeq(list)) return undefined;
  if (list.flow && list.items.length === 0) return replaced(text, endOfKey(text, pair), list.range[1], line);
  if (list.flow) return addToFlow(text, list, at, item);
  const indent = dash(text, list.items[0]);
  if (indent === null) return undefined;
  if (at === list.items.length) return newLine(text, endOf(text, list), `${indent}- ${inFlow(item)}`);
  const from = lineStart(text, list.items[at].range[0]);
  return replaced(text, from, from, `${indent}- ${inFlow(item)}${breakOf(text)}`);
}

function addToFlow(text, list, at, item) {
  if (at < list.items.length) return replaced(text, list.items[at].range[0], list.items[at].range[0], `${inFlow(item)}, `);
  const end = endOf(text, list.items.at(-1));
  return replaced(text, end, end, `, ${inFlow(item)}`);
}

/** What stands before the dash of an item; null when more than the dash stands before it. */
function dash(text, item) {
  const found = /^(\s*)-\s+$/.exec(text.slice(lineStart(text, item.range[0]), item.range[0]));
  return found ? found[1] : null;
}

function changeItem(text, map, field, at, name, value) {
  const item = pairOf(map, field)?.value?.items?.[at];
  if (isScalar(item)) {
    const date = name === "date" ? value : textOf(item);
    const written = name === "date" ? plain(value) : inFlow({ date, name: value });
    return replaced(text, item.range[0], endOf(text, item), written);
  }
  if (!isMap(item)) return undefined;
  if (name === "hours") {
    const pair = pairOf(item, "hours");
    if (!pair) return addPair(text, item, "hours", ` ${openings(value)}`, ITEM);
    return otherValue(text, pair, openings(value));
  }
  return setPair(text, item, name, value, isPlain(name) ? plain : quoted, ITEM);
}

function removeItem(text, map, field, at) {
  const pair = pairOf(map, field);
  const list = pair?.value;
  if (!isSeq(list) || !list.items[at]) return undefined;
  const item = list.items[at];
  if (list.flow) {
    const isLast = at === list.items.length - 1;
    const from = isLast && at > 0 ? endOf(text, list.items[at - 1]) : item.range[0];
    return replaced(text, from, isLast ? endOf(text, item) : list.items[at + 1].range[0], "");
  }
  if (dash(text, item) === null) return undefined;
  const [from, end] = [lineStart(text, item.range[0]), lineEnd(text, endOf(text, item))];
  const cut = text.slice(from, end);
  if (list.items.length === 1) {
    const key = endOfKey(text, pair);
    return { text: `${text.slice(0, key)} []${text.slice(key, from).trimEnd()}${text.slice(end)}`, cut };
  }
  return replaced(text, from, Math.min(end + 1, text.length), "", cut);
}

function sortItems(text, map, field) {
  const list = pairOf(map, field)?.value;
  if (!isSeq(list) || list.items.length < 2) return { text };
  const dated = (item) => textOf(isMap(item) ? pairOf(item, "date")?.value : item) ?? "";
  const pieces = list.flow ? flowPieces(text, list) : linePieces(text, list);
  if (!pieces) return undefined;
  const order = list.items
    .map((item, at) => ({ date: dated(item), piece: pieces.parts[at] }))
    .sort((one, other) => (one.date < other.date ? -1 : one.date > other.date ? 1 : 0));
  return replaced(text, pieces.from, pieces.to, order.map(({ piece }) => piece).join(pieces.between));
}

function flowPieces(text, list) {
  const parts = list.items.map((item) => text.slice(item.range[0], endOf(text, item)));
  return { parts, between: ", ", from: list.items[0].range[0], to: endOf(text, list.items.at(-1)) };
}

function linePieces(text, list) {
  if (list.items.some((item) => dash(text, item) === null)) return undefined;
  const from = lineStart(text, list.items[0].range[0]);
  const ends = list.items.map((item) => lineEnd(text, endOf(text, item)));
  const parts = ends.map((end, at) => text.slice(at === 0 ? from : ends[at - 1] + 1, end).replace(/\r$/, ""));
  const to = ends.at(-1) - (text[ends.at(-1) - 1] === "\r" ? 1 : 0);
  return { parts, between: breakOf(text), from, to };
}
