// The times of an opening as people type them and as a calendar's file has them.

const TYPED = /^(\d{1,2})(?:[:.]?(\d{2}))?$/;

/** The two ends of an opening as the file has it; "" where it lacks one. */
export function ends(window) {
  const at = window.indexOf("-");
  return at < 0 ? [window.trim(), ""] : [window.slice(0, at).trim(), window.slice(at + 1).trim()];
}

/** Why what was typed at one end is no time, in a sentence; "" when it is one. */
export function refused(text) {
  if (text === "") return "An opening has two times, such as 09:00 and 17:00. The file stays as it was: write both, or remove the opening.";
  const [, hour, minutes = "00"] = TYPED.exec(text) ?? [];
  const isTime = hour !== undefined && Number(minutes) < 60 && Number(hour) * 60 + Number(minutes) <= 24 * 60;
  return isTime ? "" : `"${text}" is no time, and the file stays as it was. Write one such as 09:00; from and to have a place each.`;
}

/** "9", "930" and "9:30" as clocks write them. */
export function padded(text) {
  const [, hour, minutes = "00"] = TYPED.exec(text);
  return `${hour.padStart(2, "0")}:${minutes}`;
}

/** The minute of the day of a time. */
export function minute(text) {
  const [hour, rest] = text.split(":").map(Number);
  return (hour || 0) * 60 + (rest || 0);
}
