// The buttons above the table, and the keys of its editor.
import { choose } from "../editor/dialogs.js";
import { h } from "../editor/dom.js";
import { addRule, moveColumn, moveRule } from "./rules.js";

const KEYS = [
  ["Ctrl Z, Ctrl Y", "Undo and redo in the view that is open"],
  ["Enter, Shift Enter", "The cell below, above; a new rule after the last one"],
  ["Ctrl Enter", "A new line in a cell"],
  ["Ctrl C, Ctrl X, Ctrl V", "Copy, cut and paste the rule or column of the cell"],
  ["Shift F10", "The menu of a cell: rules, columns, their order"],
  ["Ctrl Space", "In a cell: the names that exist there"],
  ["Ctrl S", "Save now"],
  ["F6, Shift F6", "Next and previous part: views, table, try it, problems"],
];

export function toolbar(desk, place) {
  const runs = {
    undo: () => desk.part("commandStack")?.undo(),
    redo: () => desk.part("commandStack")?.redo(),
    rule: () => addRule(desk),
    up: () => desk.tell(moveRule(desk, -1)),
    down: () => desk.tell(moveRule(desk, 1)),
    left: () => desk.tell(moveColumn(desk, -1)),
    right: () => desk.tell(moveColumn(desk, 1)),
    keys: () => keys(),
    save: () => desk.saving.save(),
  };
  for (const button of place.querySelectorAll("[data-do]")) button.addEventListener("click", () => runs[button.dataset.do]());
  const enable = () => {
    const stack = desk.part("commandStack");
    place.querySelector("[data-do=undo]").disabled = !stack?.canUndo();
    place.querySelector("[data-do=redo]").disabled = !stack?.canRedo();
    for (const button of place.querySelectorAll("[data-table]")) button.disabled = desk.modeler.getActiveView()?.type !== "decisionTable";
  };
  desk.modeler.on("views.changed", enable);
  desk.enable = enable;
  enable();
  listen(place, runs);
}

function listen(place, runs) {
  document.addEventListener(
    "keydown",
    (event) => {
      if (document.querySelector("dialog[open]")) return;
      const ctrl = event.ctrlKey || event.metaKey;
      const done = (ctrl && event.key === "s" && runs.save) || (event.key === "F6" && (() => nextPart(place, event.shiftKey ? -1 : 1)));
      if (!done) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      done();
    },
    true,
  );
}

const FIELDS = "[contenteditable], input:not(:disabled), select:not(:disabled), textarea:not(:disabled), button:not(:disabled):not([tabindex='-1'])";

function nextPart(place, by) {
  const parts = [...place.querySelectorAll("[data-part]")];
  const at = parts.findIndex((one) => one.contains(document.activeElement));
  const next = parts[(at + by + parts.length) % parts.length];
  (next.querySelector(FIELDS) ?? next).focus();
}

function keys() {
  const list = h("dl", { class: "keys-list editor-keys" }, KEYS.map(([key, does]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, does))));
  return choose({ title: "Keys of the table editor", text: [], more: [list], buttons: [["", "Close", "btn-primary"]] });
}
