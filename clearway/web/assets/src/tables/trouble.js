// When a file of decisions cannot be opened: says why, and the way out.
import { download } from "../editor/dialogs.js";
import { h } from "../editor/dom.js";
import { NotOpened } from "./versions.js";

/** Shows why it did not open. */
export function cannotOpen({ desk, status, error, stored }) {
  const name = desk.path.split("/").pop();
  const actions = stored ? [h("button", { type: "button", class: "btn btn-outline", onclick: () => download(stored.text, name) }, "Download the file")] : [];
  actions.push(h("a", { class: "btn btn-outline", href: desk.server.base }, "Go to the draft: its files and earlier saves"));
  document.getElementById("table-shown").replaceChildren(
    h("div", { class: "editor-trouble", role: "alert" }, h("h2", {}, "The table cannot be opened"), h("p", {}, reason(error)), h("p", {}, "Nothing was changed."), h("div", { class: "editor-dialog-buttons" }, actions)),
  );
  document.getElementById("editor-panel").replaceChildren();
  status.show("failed", "Not open: nothing is saved from this page");
  document.getElementById("editor").dataset.ready = "failed";
  return undefined;
}

function reason(error) {
  if (error instanceof NotOpened) return error.message;
  if (error.status === 404) return "The draft or its table is not there any more.";
  if (error.status !== undefined) return error.message;
  const line = /line: (\d+)/.exec(error.message)?.[1];
  const first = error.message.split("\n")[0];
  return `The XML cannot be read${line ? ` (near line ${Number(line) + 1})` : ""}: ${first}.`;
}
