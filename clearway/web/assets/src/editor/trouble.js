// When a drawing cannot be opened: says why, and the way out.
import { download } from "./dialogs.js";
import { h } from "./dom.js";
import { layOut } from "./drawn.js";

/** Shows why it did not open. Answers what was opened when a layout helped, else undefined. */
export async function cannotOpen({ desk, status, error, stored }) {
  const isUndrawn = /no diagram to display|no process or collaboration/i.test(error.message);
  if (stored && isUndrawn) {
    const laidOut = await layOut(desk, stored.text);
    if (laidOut) desk.tell("The file had no drawing: it was laid out by itself.");
    if (laidOut) return laidOut;
  }
  const name = desk.path.split("/").pop();
  const place = document.getElementById("editor-canvas");
  const actions = stored ? [h("button", { type: "button", class: "btn btn-outline", onclick: () => download(stored.text, name) }, "Download the file")] : [];
  actions.push(h("a", { class: "btn btn-outline", href: desk.server.base }, "Go to the draft: its files and earlier saves"));
  place.replaceChildren(
    h("div", { class: "editor-trouble", role: "alert" }, h("h2", {}, "The diagram cannot be opened"), h("p", {}, reason(error, isUndrawn)), h("p", {}, "Nothing was changed."), h("div", { class: "editor-dialog-buttons" }, actions)),
  );
  status.show("failed", "Not open: nothing is saved from this page");
  document.getElementById("editor").dataset.ready = "failed";
  return undefined;
}

function reason(error, isUndrawn) {
  if (isUndrawn) return "There is no process in the file, or nothing in it is drawn and it could not be laid out by itself.";
  if (error.status === 404) return "The draft or its diagram is not there any more.";
  if (error.status !== undefined) return error.message;
  // The library that writes the file cannot tell two namespaces of one prefix apart.
  if (/no namespace uri given/.test(error.message)) return "One prefix stands for two namespaces in the file, and the editor could not write that. Give one of them a prefix of its own, or change the file outside and upload it.";
  const line = /line: (\d+)/.exec(error.message)?.[1];
  const first = error.message.split("\n")[0];
  return `The XML cannot be read${line ? ` (near line ${Number(line) + 1})` : ""}: ${first}.`;
}

const MOST_NAMED = 3;
const NESTED = /nested error: (.*)/;

/** The warnings that say something: a loop over an expression names no element, and that is right. */
export function strange(warnings) {
  return warnings.filter(({ property }) => !/loopDataInputRef$/.test(property ?? ""));
}

/** What the library that reads the file does not understand, in a sentence. */
export function notUnderstood(warnings) {
  const named = warnings.slice(0, MOST_NAMED).map(({ message }) => NESTED.exec(message)?.[1] ?? message.split("\n")[0]);
  const more = warnings.length > MOST_NAMED ? ` and ${warnings.length - MOST_NAMED} more` : "";
  return `Not understood in this file: ${named.join("; ")}${more}.`;
}
