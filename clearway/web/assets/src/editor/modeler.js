// The modeler: bpmn-js with what this portal's processes can run, and our own words in the XML.
import Modeler from "bpmn-js/lib/Modeler";
import minimapModule from "diagram-js-minimap";
import clearway from "./clearway.json";
import { changesModule } from "./changes.js";
import { offeredModule } from "./offered.js";
import { tidyModule } from "./tidy.js";

const COLOURS = { defaultFillColor: "var(--cw-raised)", defaultStrokeColor: "var(--cw-ink)" };

export function makeModeler(container) {
  const modeler = new Modeler({
    container,
    bpmnRenderer: COLOURS,
    moddleExtensions: { clearway },
    additionalModules: [minimapModule, changesModule, offeredModule, tidyModule],
  });
  modeler.on("import.parse.complete", keepReferences);
  return modeler;
}

// Here these name a value (`record.approvers`), not an element of the file.
const NAMES = ["bpmn:loopDataInputRef", "bpmn:loopDataOutputRef"];

/** The library would drop a name that is no element of the file; everything else is kept anyway. */
function keepReferences({ references, elementsById }) {
  for (const { element, property, id } of references ?? []) {
    if (NAMES.includes(property) && !elementsById[id]) element.set(property, named(id));
  }
}

/** A name as the library keeps it where it expects an element. */
export function named(id) {
  return { id, $type: "bpmn:ItemAwareElement" };
}

/** Opens `xml`; answers what the modeler writes for it before anything is changed. */
export async function open(modeler, xml) {
  const { warnings } = await modeler.importXML(xml);
  const before = await written(modeler);
  return { before, warnings };
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

export function fit(modeler) {
  const canvas = modeler.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() > 1) canvas.zoom(1, "auto");
  // The palette lies over the left edge.
  const box = canvas.viewbox();
  canvas.viewbox({ ...box, x: box.x - 90 / box.scale });
}

/** Selects an element and moves it into sight; answers whether it is drawn. */
export function show(modeler, id) {
  const element = modeler.get("elementRegistry").get(id);
  if (!element) return false;
  const canvas = modeler.get("canvas");
  const root = canvas.findRoot(element);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  if (element !== root) {
    canvas.scrollToElement(element, 120);
    modeler.get("selection").select(element);
  }
  return true;
}
