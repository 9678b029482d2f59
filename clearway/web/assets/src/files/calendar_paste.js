// Reads pasted lines as holidays: a date and a name in each; the midnight of a spreadsheet is no name.

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)(.*)$/;
const DOTS = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)(.*)$/;
const TIME = /^(?:T|[\s,;|]*)(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AP]M\b)?(?:Z|[+-]\d{2}:?\d{2})?)(?![\d:])/i;
const MIDNIGHT = /^(?:0{1,2}:00(?::00(?:[.,]0+)?)?(?:\s*AM)?|12:00(?::00)?\s*AM)$/i;

/** `{items, problem}`: [{date, name}], or which line cannot be read and why; never both. */
export function pasted(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const items = [];
  for (const [at, line] of lines.entries()) {
    if (line === "") continue;
    const item = read(line);
    if (!item) return { items: [], problem: `Line ${at + 1}: "${line.slice(0, 40)}" does not begin with a date such as 2026-12-25 or 25.12.2026.` };
    if (item.time) return { items: [], problem: `Line ${at + 1}: "${line.slice(0, 40)}" has the time ${item.time}, and a holiday is a whole day. Take the time out of the line.` };
    items.push(item);
  }
  return items.length > 0 ? { items, problem: "" } : { items, problem: "Paste at least one line." };
}

// Dates with slashes mean different days in different countries, so they are refused.
function read(line) {
  const iso = ISO.exec(line);
  const dots = DOTS.exec(line);
  const [year, month, day, rest] = iso ? iso.slice(1) : dots ? [dots[3], dots[2], dots[1], dots[4]] : [];
  if (year === undefined) return null;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const isDay = new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date);
  if (!isDay) return null;
  const time = TIME.exec(rest);
  if (time && !MIDNIGHT.test(time[1])) return { time: time[1] };
  const name = time ? rest.slice(time[0].length) : rest;
  return { date, name: name.replace(/^[\s,;:|-]+/, "").replace(/^"(.*)"$/, "$1").trim() };
}
