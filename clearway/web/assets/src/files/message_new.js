// Begins a message: asks for its name, stores it in the draft and opens it.
import { choose } from "../editor/dialogs.js";
import { fresh, h } from "../editor/dom.js";

const NAME = /^[a-z][a-z0-9_]*$/;
const BEGINNING = "{{ key }}: what it is about\nWrite here what people are told.\n";

/** Asks for a name until one can be used or the reader gives up; opens what was made. */
export async function newMessage(desk, typed = "", problem = "") {
  const [id, help] = [fresh("name"), fresh("help")];
  const input = h("input", { id, class: "form-control", value: typed, autocomplete: "off", "aria-describedby": help, "aria-invalid": problem ? "true" : null });
  const answer = await choose({
    title: "New message",
    text: `It becomes a file of this draft: ${desk.process}/messages/NAME.md.j2. A send task of the diagram names it.`,
    more: [h("label", { for: id, class: "field-label" }, "Name"), input, h("p", { id: help, class: problem ? "field-problem" : "field-help" }, problem || "Small letters, digits and underscores, such as on_hold.")],
    buttons: [["make", "Make it", "btn-primary"], ["", "Cancel"]],
  });
  if (answer !== "make") return;
  const name = input.value.trim();
  if (!NAME.test(name)) return newMessage(desk, name, "A name begins with a small letter and has small letters, digits and underscores.");
  const path = `${desk.process}/messages/${name}.md.j2`;
  try {
    await desk.server.saveFile(path, BEGINNING, null);
  } catch (error) {
    return newMessage(desk, name, error.status === 412 ? `There is a message ${name} already.` : error.message);
  }
  location.assign(`${desk.server.base}/edit?file=${encodeURIComponent(path)}`);
}
