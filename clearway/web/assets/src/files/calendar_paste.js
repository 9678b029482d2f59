// Reads pasted lines as holidays: a date and a name in each.

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)(.*)$/;
const DOTS = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)(.*)$/;

/** `{items, problem}`: [{date, name}], or which line cannot be read and why; never both. */
export function pasted(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const items = [];
  for (const [at, line] of lines.entries()) {
    if (line === "") continue;
    const item = read(line);
    if (!item) return { items: [], problem: `Line ${at + 1}: "${line.slice(0, 40)}" does not begin with a date such as 2026-12-25 or 25.12.2026.` };
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
  return isDay ? { date, name: rest.replace(/^[\s,;:|-]+/, "").replace(/^"(.*)"$/, "$1").trim() } : null;
}
