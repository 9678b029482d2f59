// The modeler: bpmn-js with what this portal's processes can run, and our own words in the XML.
import Modeler from "bpmn-js/lib/Modeler";
import minimapModule from "diagram-js-minimap";
import clearway from "./clearway.json";
import { changesModule } from "./changes.js";
import { drawingWith } from "../drawings.js";
import { clipboardOf } from "./clipboard.js";
import { offeredModule } from "./offered.js";
import { TheirOrder } from "./order.js";
import { keepReferences } from "./references.js";
import { tidyModule } from "./tidy.js";

const COLOURS = { defaultFillColor: "var(--cw-raised)", defaultStrokeColor: "var(--cw-ink)" };

// The library sorts all shapes anew at each save; here what is drawn stays where it stands in the
// file, so that a change of one name is a change of one line.
const IN_THEIR_ORDER = { bpmnDiOrdering: ["value", null] };

/** `actor`: whose page it is; what they copy can be pasted on their other pages. */
export function makeModeler(container, actor) {
  const modeler = new Modeler({
    container,
    bpmnRenderer: COLOURS,
    moddleExtensions: { clearway },
    additionalModules: [minimapModule, changesModule, offeredModule, tidyModule, clipboardOf(actor), IN_THEIR_ORDER],
  });
  modeler.on("import.parse.complete", keepReferences);
  new TheirOrder(modeler);
  const theirs = new WeakSet();
  modeler.on("import.parse.complete", ({ definitions }) => {
    for (const shape of shapesOf(definitions)) if (shape.label) theirs.add(shape.label);
  });
  modeler.on("saveXML.start", ({ definitions }) => {
    for (const shape of shapesOf(definitions)) if (isEmpty(shape.label) && !theirs.has(shape.label)) delete shape.label;
  });
  return modeler;
}

// The library adds an empty label to whatever it renames: that says nothing, and is left out.
function isEmpty(label) {
  return label && !label.bounds && !label.id && !label.labelStyle && !label.extension;
}

function shapesOf(definitions) {
  return (definitions?.diagrams ?? []).flatMap((diagram) => diagram.plane?.planeElement ?? []);
}

// The library lets a drawing that names nothing of the file show its process.
const MENDED = /^correcting missing bpmnElement/;

/** Opens `xml`; answers what the modeler writes for it before anything is changed. */
export async function open(modeler, xml) {
  const { warnings } = await modeler.importXML(xml);
  const told = warnings.filter(({ message }) => !MENDED.test(message));
  // What the library mended is a change.
  const before = told.length < warnings.length ? await writtenFor(modeler, xml) : await written(modeler);
  return { before, warnings: told };
}

export async function written(modeler) {
  const { xml } = await modeler.saveXML({ format: true });
  return xml;
}

/**
 * What the modeler would write after opening `xml`, without showing it; null when it cannot be
 * read.
 */
export async function writtenFor(modeler, xml) {
  try {
    const moddle = modeler.get("moddle");
    const read = await moddle.fromXML(xml);
    keepReferences(read);
    const { xml: text } = await moddle.toXML(read.rootElement, { format: true });
    return text;
  } catch {
    return null;
  }
}

// The palette lies over the left edge of the canvas.
const PALETTE = 112;
const EDGE = 16;
const READABLE = 0.7;

/** The same file without its drawing. */
export async function undrawn(modeler, xml) {
  const moddle = modeler.get("moddle");
  const read = await moddle.fromXML(xml);
  keepReferences(read);
  read.rootElement.diagrams = [];
  return (await moddle.toXML(read.rootElement, { format: true })).xml;
}

/** The whole drawing, beside the palette. */
export function fit(modeler) {
  const canvas = modeler.get("canvas");
  const { inner, outer } = canvas.viewbox();
  const wide = outer.width - PALETTE - EDGE;
  const high = outer.height - 2 * EDGE;
  if (wide < 50 || high < 50 || !inner.width || !inner.height) return;
  const scale = Math.min(1, wide / inner.width, high / inner.height);
  place(canvas, scale, inner.x - PALETTE / scale, inner.y - (outer.height / scale - inner.height) / 2);
}

/** As it is opened: whole where that can be read, else its beginning. */
export function begin(modeler) {
  fit(modeler);
  const canvas = modeler.get("canvas");
  if (canvas.zoom() >= READABLE) return;
  const { inner, outer } = canvas.viewbox();
  const first = modeler.get("elementRegistry").find((one) => one.type === "bpmn:StartEvent" && one.parent);
  const middle = first ? first.y + first.height / 2 : inner.y + inner.height / 2;
  const top = Math.max(inner.y - EDGE / READABLE, middle - outer.height / READABLE / 2);
  place(canvas, READABLE, (first ? Math.max(inner.x, first.x - 80) : inner.x) - PALETTE / READABLE, top);
}

function place(canvas, scale, x, y) {
  const { outer } = canvas.viewbox();
  canvas.viewbox({ x, y, width: outer.width / scale, height: outer.height / scale });
}

/**
 * Selects an element and moves it into sight, on the drawing that has it; answers whether one has.
 */
export async function show(modeler, id) {
  const there = modeler.get("elementRegistry");
  const elsewhere = there.get(id) ? undefined : drawingWith(modeler, id);
  if (elsewhere) await modeler.open(elsewhere);
  const element = there.get(id);
  if (!element) return false;
  const canvas = modeler.get("canvas");
  const root = canvas.findRoot(element);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  if (element !== root) {
    if (canvas.zoom() < READABLE) canvas.zoom(READABLE, element.waypoints ? element.waypoints[0] : "auto");
    canvas.scrollToElement(element, 120);
    modeler.get("selection").select(element);
  }
  return true;
}
