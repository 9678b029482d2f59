// Draws the path of a record: flows that were taken and how often, what waits for whom, what stopped.
import { LARGE, badge, middle } from "./heat.js";

const MOST_NUMBERS = 4;

export function trace(viewer, told) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  for (const [id, count] of Object.entries(JSON.parse(told.flows))) {
    const flow = registry.get(id);
    if (!flow) continue;
    canvas.addMarker(flow, "passed");
    if (count > 1) badge(viewer, flow, "flow-figure", `× ${count}`, middle(flow), LARGE);
  }
  for (const [id, count] of Object.entries(JSON.parse(told.completed))) {
    const element = registry.get(id);
    if (element && count > 1) badge(viewer, element, "times", `× ${count}`, { top: -10, right: 14 }, LARGE);
  }
  const tokens = JSON.parse(told.tokens);
  for (const [id, texts] of Object.entries(JSON.parse(told.waiting))) {
    const element = registry.get(id);
    if (element && tokens[id]) badge(viewer, element, "waiting-for", texts.join("; "), { bottom: -4, left: 0 }, LARGE);
  }
  for (const [id, texts] of Object.entries(JSON.parse(told.faults))) {
    const element = registry.get(id);
    if (!element) continue;
    canvas.addMarker(element, "stopped");
    badge(viewer, element, "stop", `stopped: ${texts.length}`, { top: -12, left: -6 });
  }
}

// On request: the numbers of the steps on each element, the last ones when there are many.
export function toggleOrder(viewer, place, button) {
  const overlays = viewer.get("overlays");
  const isShown = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!isShown));
  if (isShown) {
    overlays.remove({ type: "order" });
    return;
  }
  const registry = viewer.get("elementRegistry");
  for (const [id, numbers] of Object.entries(JSON.parse(place.dataset.order))) {
    const element = registry.get(id);
    if (!element) continue;
    const shown = numbers.slice(-MOST_NUMBERS).join(", ");
    const it = document.createElement("div");
    it.className = "order";
    it.textContent = numbers.length > MOST_NUMBERS ? `… ${shown}` : shown;
    overlays.add(element, "order", { position: { bottom: 8, right: 10 }, html: it });
  }
}
