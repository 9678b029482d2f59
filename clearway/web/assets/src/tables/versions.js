// The versions of DMN: the library reads 1.3 only; a file of another version is read as that, and
// written with its own namespaces again.

const READ = "20191111";
const VERSIONS = { 20151101: "1.1", 20180521: "1.2", 20191111: "1.3", 20211108: "1.4", 20230324: "1.5" };
const OPENED = ["1.3", "1.4", "1.5"];
const NAMED = /(xmlns(?::[\w.-]+)?\s*=\s*)(["'])https?:\/\/www\.omg\.org\/spec\/DMN\/(\d{8})\/(MODEL|DMNDI)\/\2/g;
const OLD = /["']http:\/\/www\.omg\.org\/spec\/DMN\/(20151101\/dmn\.xsd|20180521\/MODEL\/)["']/;

/** A file that is not opened here; the message is a sentence. */
export class NotOpened extends Error {}

/** `{xml, version}`: the text as the library reads it, and what `written` puts back. */
export function readable(text) {
  const dates = { MODEL: new Set(), DMNDI: new Set() };
  for (const [, , , date, kind] of text.matchAll(NAMED)) dates[kind].add(date);
  const [model, ...more] = dates.MODEL;
  if (model === undefined || OLD.test(text)) throw new NotOpened(unknown(text));
  if (!OPENED.includes(VERSIONS[model])) throw new NotOpened(`The file is written in ${spoken(model)}; files of DMN ${OPENED.join(", ")} are opened here.`);
  if (more.length > 0) throw new NotOpened(`The file mixes ${[model, ...more].map(spoken).join(" and ")}.`);
  const drawn = [...dates.DMNDI].filter((date) => date === model);
  if (model !== READ && dates.DMNDI.has(READ)) throw new NotOpened(`The file is ${spoken(model)}, and its drawing ${spoken(READ)}.`);
  const version = { model, isDrawn: drawn.length > 0 };
  return { xml: renamed(text, model, READ), version };
}

/** What the library wrote, with the namespaces of the file's own version. */
export function written(xml, { model }) {
  return renamed(xml, READ, model);
}

function renamed(text, from, to) {
  if (from === to) return text;
  return text.replace(NAMED, (whole, start, quote, date, kind) =>
    date === from ? `${start}${quote}https://www.omg.org/spec/DMN/${to}/${kind}/${quote}` : whole,
  );
}

function spoken(date) {
  return VERSIONS[date] ? `DMN ${VERSIONS[date]}` : `a version of DMN that is not known here (${date})`;
}

function unknown(text) {
  const old = OLD.exec(text)?.[1];
  if (old) return `The file is written in ${spoken(old.slice(0, 8))}; files of DMN ${OPENED.join(", ")} are opened here.`;
  return "The file has no DMN in it, or says it in a way that is not known here.";
}
