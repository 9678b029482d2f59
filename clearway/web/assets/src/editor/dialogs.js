// Asks the reader something before the page goes on: a dialog with buttons, and downloads.
import { fresh, h } from "./dom.js";

/**
 * Shows a dialog; answers the value of the button that was pressed, or "" when it was closed.
 *
 * `buttons`: [[value, label, style]]; `more`: further elements below the text.
 */
export function choose({ title, text, buttons, more = [] }) {
  const id = fresh("dialog");
  const paragraphs = [text].flat().map((one) => h("p", {}, one));
  const row = buttons.map(([value, label, style = "btn-outline"]) =>
    h("button", { class: `btn ${style}`, value, type: "submit" }, label),
  );
  const dialog = h(
    "dialog",
    { class: "editor-dialog", "aria-labelledby": id },
    h("form", { method: "dialog" }, h("h2", { id }, title), paragraphs, more, h("div", { class: "editor-dialog-buttons" }, row)),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const answer = dialog.returnValue;
      dialog.remove();
      resolve(answer);
    });
  });
}

/** Hands a text to the reader as a file. */
export function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/xml" }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
