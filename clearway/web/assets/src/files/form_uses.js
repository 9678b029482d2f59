// Who meets a form: the elements of the diagram that it belongs to, in words.
import { h } from "../editor/dom.js";

const WORDS = {
  task: "Form of the task",
  vote: "Shown at the vote",
  button: "Form of the button",
  start: "Form that opens a record, at",
  message: "Form of the message that begins a record, at",
};

/** A line for each element, with the way to it in the diagram. */
export function usesOf(uses, desk) {
  if (uses.length === 0) return [unused(desk.path)];
  return uses.map((use) =>
    h(
      "p",
      { class: "form-use" },
      `${WORDS[use.kind]} `,
      h("a", { href: `${desk.server.base}/edit?file=${encodeURIComponent(use.file)}#${encodeURIComponent(use.element)}` }, use.name),
      use.roles.length ? `, for ${use.roles.map((role) => role.replaceAll("_", " ")).join(" or ")}` : "",
      use.kind === "vote" ? ". Its fields are only read there." : ".",
    ),
  );
}

function unused(path) {
  const element = path.split("/").pop().replace(/\.json$/, "");
  return h("p", { class: "form-use tone-warn" }, "No task and no button uses this form: it would belong to an element with the id ", h("code", {}, element), ".");
}
