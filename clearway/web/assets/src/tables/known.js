// What a FEEL cell may name, and what is wrong with what stands in it.

/** The names at this place, each with a word about it. */
export function known(desk, { use }) {
  const fields = desk.choices.fields.map(({ name, type, title }) => ({ name: `record.${name}`, about: title || type }));
  const builtIn = desk.choices.built_in.map((name) => ({ name, about: "function" }));
  const value = use === "test" ? [{ name: "?", about: "the value of this input" }] : [];
  return [...value, ...names(desk).map((name) => ({ name, about: "" })), ...fields, ...builtIn];
}

/** What is wrong with the text at this place, as the engine reads it; null for nothing. */
export async function problemOf(desk, { element, use }, text) {
  const { wrong } = await desk.server.ask("feel", { text, place: use, element, known: names(desk) });
  return wrong ?? null;
}

function names(desk) {
  const id = desk.modeler.getActiveView()?.element.id;
  const own = desk.looked.decisions.find((one) => one.id === id)?.names ?? [];
  return [...new Set([...own, ...desk.names.everywhere])];
}
