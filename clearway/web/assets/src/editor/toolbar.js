// The buttons above the canvas, and the keys of the editor.
import { choose } from "./dialogs.js";
import { h } from "./dom.js";
import { fit, undrawn } from "./modeler.js";

const KEYS = [
  ["Ctrl Z, Ctrl Y", "Undo and redo"],
  ["Ctrl C, Ctrl X, Ctrl V", "Copy, cut and paste, also into a diagram that is open in another tab"],
  ["Ctrl A", "Select all"],
  ["Ctrl F", "Find an element"],
  ["Ctrl S", "Save now"],
  ["Delete", "Remove what is selected"],
  ["Arrow keys", "Move what is selected; with Ctrl: move the canvas"],
  ["E", "Write the name"],
  ["H, L, S, C", "Hand, lasso, space and connect tools"],
  ["R", "Change the kind of the element"],
  ["Ctrl +, Ctrl −, Ctrl 0", "Larger, smaller, real size"],
  ["F6, Shift F6", "Next and previous part: canvas, properties, problems"],
  ["Alt N", "Select the next element in the order of the flow"],
  ["Ctrl Space", "In an expression: the names that exist there"],
  ["?", "This list"],
];

export function toolbar(desk, place) {
  const { modeler } = desk;
  const stack = modeler.get("commandStack");
  const actions = modeler.get("editorActions");
  const runs = {
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    find: () => actions.trigger("find"),
    fit: () => fit(modeler),
    outline: () => desk.outline.toggle(),
    tidy: () => tidy(desk),
    keys: () => keys(),
    map: () => modeler.get("minimap").toggle(),
    save: () => desk.saving.save(),
    "align-left": () => actions.trigger("alignElements", { type: "left" }),
    "align-center": () => actions.trigger("alignElements", { type: "center" }),
    "align-top": () => actions.trigger("alignElements", { type: "top" }),
    "align-middle": () => actions.trigger("alignElements", { type: "middle" }),
    "spread-horizontal": () => actions.trigger("distributeElements", { type: "horizontal" }),
    "spread-vertical": () => actions.trigger("distributeElements", { type: "vertical" }),
  };
  place.querySelector(".djs-container svg").setAttribute("aria-label", "Drawing; its outline and the list of problems say the same in words");
  for (const button of place.querySelectorAll("[data-do]")) button.addEventListener("click", () => runs[button.dataset.do]());
  const enable = () => {
    place.querySelector("[data-do=undo]").disabled = !stack.canUndo();
    place.querySelector("[data-do=redo]").disabled = !stack.canRedo();
    const chosen = modeler.get("selection").get().length;
    for (const button of place.querySelectorAll("[data-several]")) button.disabled = chosen < Number(button.dataset.several);
  };
  modeler.on(["commandStack.changed", "selection.changed", "import.render.complete"], enable);
  enable();
  listen(desk, place, runs);
}

function listen(desk, place, runs) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const typed = event.target.closest("input, textarea, select");
    const ctrl = event.ctrlKey || event.metaKey;
    const done =
      (ctrl && event.key === "s" && runs.save) ||
      (ctrl && event.key === "f" && !desk.outline.isOpen && runs.find) ||
      (event.key === "F6" && (() => nextPart(desk, place, event.shiftKey ? -1 : 1))) ||
      (!typed && event.key === "?" && runs.keys) ||
      (event.altKey && event.key === "n" && (() => nextElement(desk)));
    if (!done) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    done();
  }, true);
}

const FIELDS = "input:not(:disabled), select:not(:disabled), textarea:not(:disabled), button:not(:disabled)";

function nextPart(desk, place, by) {
  const parts = [...place.querySelectorAll("[data-part]")];
  const at = parts.findIndex((part) => part.contains(document.activeElement));
  const next = parts[(at + by + parts.length) % parts.length];
  // The library hears keys only while its drawing has the focus.
  if (next.dataset.part === "canvas" && desk.outline.isOpen) return desk.outline.focus();
  if (next.dataset.part === "canvas") return desk.modeler.get("canvas").focus();
  return (next.querySelector(FIELDS) ?? next).focus();
}

// For the keyboard: a canvas has no Tab order of its own.
function nextElement(desk) {
  const { modeler } = desk;
  const all = modeler.get("elementRegistry").filter((one) => one.parent && !one.labelTarget && !one.waypoints);
  const inOrder = all.sort((one, other) => one.x - other.x || one.y - other.y);
  const [now] = modeler.get("selection").get();
  const next = inOrder[(inOrder.indexOf(now) + 1) % inOrder.length];
  if (!next) return;
  modeler.get("selection").select(next);
  modeler.get("canvas").scrollToElement(next, 100);
  desk.tell(`Selected: ${next.businessObject.name || next.id}`);
}

async function tidy(desk) {
  try {
    const { xml } = await desk.server.ask("layout", { xml: await undrawn(desk.modeler, await desk.write()) });
    const moved = await desk.modeler.get("tidy").apply(xml);
    desk.tell(moved ? `${moved} elements were moved. Undo takes it back.` : "Everything lies where it would be put.");
    fit(desk.modeler);
  } catch (error) {
    desk.tell(`It could not be laid out: ${error.message}`);
  }
}

function keys() {
  const list = h("dl", { class: "keys-list editor-keys" }, KEYS.map(([key, does]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, does))));
  return choose({ title: "Keys of the editor", text: [], more: [list], buttons: [["", "Close", "btn-primary"]] });
}
