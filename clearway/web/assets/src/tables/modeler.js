// The modeler of decisions: dmn-js for every version of DMN that our engine runs.
import Modeler from "dmn-js/lib/Modeler";
import { containsDi } from "dmn-js-shared/lib/util/DiUtil";
import { namesModule } from "./names.js";
import { readable, written as inItsVersion } from "./versions.js";

const VERSION = { model: "20191111" };
const COLOURS = { defaultFillColor: "var(--cw-raised)", defaultStrokeColor: "var(--cw-ink)", defaultLabelColor: "var(--cw-ink)" };

export function makeModeler(container) {
  // The library closes a list of choices when the focus leaves it: a click in it must not move the
  // focus to the page around it.
  container.addEventListener(
    "mousedown",
    (event) => {
      if (event.target.closest(".dms-select-options")) event.preventDefault();
    },
    true,
  );
  const own = { additionalModules: [namesModule] };
  return new Modeler({
    container,
    drd: { drdRenderer: COLOURS, ...own },
    decisionTable: own,
    literalExpression: own,
    boxedExpression: own,
  });
}

/** Calls `changed()` after every change that somebody makes in one of the views. */
export function onChange(modeler, changed) {
  modeler.on("viewer.created", ({ type, viewer }) => {
    viewer.on("commandStack.changed", ({ trigger }) => {
      if (trigger === "clear") return;
      // From now on the drawing that was made up for the page is somebody's own.
      if (type === "drd") modeler.isUndrawn = false;
      changed();
    });
  });
}

/**
 * Opens `text`; answers what the modeler writes for it before anything is changed, and the parts
 * that it does not know. Throws NotOpened, or what the library throws.
 */
export async function open(modeler, text) {
  const { xml, version } = readable(text);
  modeler.version = version;
  const { warnings } = await modeler.importXML(xml, { open: false });
  modeler.isUndrawn = !containsDi(modeler.getDefinitions());
  const views = modeler.getViews();
  const decided = views.filter((view) => view.type !== "drd");
  // A file with one decision begins with it; the diagram tells how several hang together.
  const first = decided.length === 1 || modeler.isUndrawn ? (decided[0] ?? views[0]) : views[0];
  if (!first) throw new Error("the file has nothing that could be shown");
  await modeler.open(first);
  return { before: await written(modeler), warnings };
}

/** What the modeler writes now, in the version of the file. */
export async function written(modeler) {
  const definitions = modeler.getDefinitions();
  const { dmnDI } = definitions;
  // A file without a drawing keeps none until somebody draws: the library makes one up to show it.
  if (modeler.isUndrawn) delete definitions.dmnDI;
  try {
    const writing = modeler.saveXML({ format: true });
    if (modeler.isUndrawn && dmnDI) definitions.dmnDI = dmnDI;
    const { xml } = await writing;
    return inItsVersion(xml, modeler.version ?? VERSION);
  } finally {
    if (dmnDI) definitions.dmnDI = dmnDI;
  }
}

/** What the modeler would write after opening `text`, without showing it; null when it cannot. */
export async function writtenFor(modeler, text) {
  try {
    const { xml, version } = readable(text);
    const { rootElement } = await modeler._moddle.fromXML(xml, "dmn:Definitions");
    const made = await modeler._moddle.toXML(rootElement, { format: true });
    return inItsVersion(made.xml, version);
  } catch {
    return null;
  }
}

/** The tables of decisions, as saving, recovery and conflicts know them. */
export function tables(modeler) {
  return {
    noun: "table",
    isGrafted: true,
    write: () => written(modeler),
    writtenFor: (text) => writtenFor(modeler, text),
    send: (server, path, what) => server.saveDrawing(path, what),
  };
}

/** The view of this decision or knowledge model, or undefined. */
export function viewOf(modeler, id) {
  return modeler.getViews().find((view) => view.element.id === id);
}

/** What the view that is open works with: a part of the library by its name, or null. */
export function part(modeler, name) {
  return modeler.getActiveViewer()?.get(name, false) ?? null;
}
