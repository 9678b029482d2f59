// What of a file is drawn: a part without a place on the drawing can be neither seen nor changed.
import { choose } from "./dialogs.js";
import { open, undrawn, writtenFor } from "./modeler.js";

const NODES = ["bpmn:FlowNode", "bpmn:SequenceFlow"];

/**
 * The elements of the opened file that have no place on the drawing, or an impossible one, beside
 * others that have: what lies in a collapsed subprocess or in a pool's dark is left as it is.
 */
export function unseenIn(modeler) {
  const definitions = modeler.getDefinitions();
  const drawn = new Set();
  for (const diagram of definitions.diagrams ?? []) {
    for (const part of diagram.plane?.planeElement ?? []) if (isPlaced(part)) drawn.add(part.bpmnElement);
  }
  return unseenAmong(definitions.rootElements ?? [], drawn);
}

function unseenAmong(elements, drawn) {
  const own = elements.filter((one) => NODES.some((type) => one.$instanceOf(type)));
  const unseen = own.some((one) => drawn.has(one)) ? own.filter((one) => !drawn.has(one)) : [];
  return [...unseen, ...elements.flatMap((one) => unseenAmong(one.flowElements ?? [], drawn))];
}

function isPlaced(part) {
  if (part.waypoint) return part.waypoint.length > 1 && part.waypoint.every(({ x, y }) => isNear(x) && isNear(y));
  const { x, y, width, height } = part.bounds ?? {};
  return [x, y, width, height].every(isNear);
}

// Beyond this no canvas can go.
function isNear(number) {
  return Number.isFinite(number) && Math.abs(number) < 1e6;
}

/**
 * Offers to lay the whole drawing out anew when parts of it are missing; answers what was opened
 * then, or null when it stays as it is.
 */
export async function offerToDraw(desk, text) {
  const unseen = unseenIn(desk.modeler);
  if (unseen.length === 0) return null;
  const named = unseen.slice(0, 5).map((one) => one.name || one.id).join(", ");
  const answer = await choose({
    title: "Not all of it is drawn",
    text: [
      `${unseen.length === 1 ? "One element has" : `${unseen.length} elements have`} no place on the drawing, and cannot be seen or changed there: ${named}${unseen.length > 5 ? " and others" : ""}.`,
      "The whole drawing can be laid out anew. What the process does stays as it is.",
    ],
    buttons: [
      ["draw", "Lay it out anew", "btn-primary"],
      ["", "Leave it as it is"],
    ],
  });
  return answer === "draw" ? layOut(desk, text) : null;
}

/** The file with a drawing made by itself, opened; null when that does not work. */
export async function layOut(desk, text) {
  try {
    const { xml } = await desk.server.ask("layout", { xml: await undrawn(desk.modeler, text) });
    const opened = await open(desk.modeler, xml);
    return { ...opened, laidOut: true, stored: await writtenFor(desk.modeler, text) };
  } catch (error) {
    desk.tell(`It could not be laid out: ${error.message}`);
    return null;
  }
}
