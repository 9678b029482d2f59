// Shows a diagram with its tokens; reads the BPMN from the address in `data-diagram`.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import { COLOURS, bar, fit, hasOwnGround } from "./canvas.js";
import { drawingChoice, drawingWith } from "./drawings.js";
import "./viewer.css";
import { badge, paint } from "./heat.js";
import { toggleOrder, trace } from "./trace.js";

const READABLE = 0.7;
const TOO_SMALL = 0.2;

showAll();
document.addEventListener("clearway:fresh", showAll);

function showAll() {
  for (const place of document.querySelectorAll("[data-diagram]:not(.ready)")) {
    show(place).catch((error) => {
      place.classList.remove("ready");
      place.textContent = `The picture cannot be drawn (${error.message}). The outline says the same.`;
    });
  }
}

async function show(place) {
  const answer = await fetch(place.dataset.diagram, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const xml = await answer.text();
  place.replaceChildren();
  place.classList.add("ready");
  const viewer = new NavigatedViewer({ container: place, bpmnRenderer: COLOURS });
  await viewer.importXML(xml);
  const choice = drawingChoice(viewer, () => draw(viewer, place));
  const first = choice && drawingOfTokens(viewer, place);
  if (first) await viewer.open(first);
  else draw(viewer, place);
  controls(viewer, place, choice);
  place.dispatchEvent(new CustomEvent("clearway:drawn", { bubbles: true, detail: viewer }));
}

function draw(viewer, place) {
  if (place.dataset.heat) paint(viewer, JSON.parse(place.dataset.heat));
  else mark(viewer, place);
  if (place.dataset.heat) openHeat(viewer, JSON.parse(place.dataset.heat));
  else open(viewer, JSON.parse(place.dataset.tokens));
}

// Of several drawings, the one on which the work stands.
function drawingOfTokens(viewer, place) {
  const [here] = Object.keys(JSON.parse(place.dataset.tokens ?? "{}"));
  return here && drawingWith(viewer, here);
}

function mark(viewer, place) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const tokens = JSON.parse(place.dataset.tokens);
  for (const element of registry.filter(hasOwnGround)) canvas.addMarker(element, "own-ground");
  for (const element of Object.keys(JSON.parse(place.dataset.completed))) {
    if (registry.get(element)) canvas.addMarker(element, "passed");
  }
  for (const [element, count] of Object.entries(tokens)) {
    if (!registry.get(element)) continue;
    canvas.addMarker(element, "here");
    badge(viewer, registry.get(element), "token", count > 1 ? `here × ${count}` : "here", { top: -12, left: -6 });
  }
  if (place.dataset.flows) trace(viewer, place.dataset);
}

// A large diagram with a token opens at the token, readable; everything else opens whole.
function open(viewer, tokens) {
  const canvas = viewer.get("canvas");
  fit(viewer);
  const registry = viewer.get("elementRegistry");
  const here = Object.keys(tokens).find((element) => registry.get(element));
  if (canvas.zoom() >= READABLE || !here) return;
  canvas.zoom(READABLE);
  const { width, height } = canvas.getSize();
  const element = registry.get(here);
  // As much room around it as there is: more than fits would push it over the edge.
  const beside = Math.min(300, room(width, element.width));
  const above = Math.min(150, room(height, element.height));
  canvas.scrollToElement(here, { top: above, bottom: above, left: beside, right: beside });
}

// Where the whole drawing would be too small for figures, it opens at the hottest element.
function openHeat(viewer, painted) {
  const hottest = Object.entries(painted.nodes).sort(([, one], [, other]) => other.level - one.level)[0];
  fit(viewer);
  if (hottest && viewer.get("canvas").zoom() < TOO_SMALL) open(viewer, { [hottest[0]]: 1 });
}

// One pixel less than half of what the element leaves free: the viewer wants it to be smaller.
function room(all, own) {
  return Math.max(1, (all - own * READABLE) / 2 - 1);
}

function controls(viewer, place, choice) {
  const steps = [
    ["+", "Larger", () => viewer.get("zoomScroll").stepZoom(1)],
    ["–", "Smaller", () => viewer.get("zoomScroll").stepZoom(-1)],
    ["Fit", "Fit the whole diagram", () => fit(viewer)],
    ["Full", "Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : place.requestFullscreen())],
  ];
  if (place.dataset.order) steps.unshift(["Order", "Show the order of the path", (button) => toggleOrder(viewer, place, button)]);
  bar(place, steps, choice);
}
