// A message as text: its subject, its body, and changes that leave line ends as they are.

/** The subject and the body as they are shown; `bodyAt` is where the body begins, -1 for none. */
export function readMessage(text) {
  const end = text.indexOf("\n");
  const first = end < 0 ? text : text.slice(0, end);
  return {
    subject: first.replace(/^\uFEFF+/, "").replace(/\r$/, ""),
    body: end < 0 ? "" : shown(text.slice(end + 1)),
    bodyAt: end < 0 ? -1 : end + 1,
  };
}

export function withSubject(text, subject) {
  const marks = /^\uFEFF*/.exec(text)[0].length;
  const { subject: before } = readMessage(text);
  return text.slice(0, marks) + subject + text.slice(marks + before.length);
}

export function withBody(text, body) {
  const { bodyAt } = readMessage(text);
  if (bodyAt < 0) return body === "" ? text : `${text}\n${body}`;
  return text.slice(0, bodyAt) + spliced(text.slice(bodyAt), body, breakOf(text));
}

function breakOf(text) {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function shown(text) {
  return text.replace(/\r\n?/g, "\n");
}

/** The stored text with what changed between what was shown of it and what is typed now. */
function spliced(stored, typed, newline) {
  const before = shown(stored);
  const shorter = Math.min(before.length, typed.length);
  let same = 0;
  while (same < shorter && before[same] === typed[same]) same += 1;
  let after = 0;
  while (after < shorter - same && before.at(-1 - after) === typed.at(-1 - after)) after += 1;
  const places = storedPlaces(stored);
  const middle = typed.slice(same, typed.length - after).replace(/\n/g, newline);
  return stored.slice(0, places[same]) + middle + stored.slice(places[before.length - after]);
}

/** Where each character that is shown stands in the stored text, and where that ends. */
function storedPlaces(stored) {
  const places = [];
  for (let at = 0; at < stored.length; at += 1) {
    places.push(at);
    if (stored[at] === "\r" && stored[at + 1] === "\n") at += 1;
  }
  return [...places, stored.length];
}

/** Whether a tag is open before this place: what may be typed there, "value", "filter" or "". */
export function placeIn(before) {
  const opens = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%"));
  const closes = Math.max(before.lastIndexOf("}}"), before.lastIndexOf("%}"));
  if (opens < 0 || closes > opens) return "";
  return /\|\s*\w*$/.test(before.slice(opens)) ? "filter" : "value";
}
