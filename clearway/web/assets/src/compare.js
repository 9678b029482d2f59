// Two versions of a diagram side by side: moved together, marked, and led by the list of changes.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import { COLOURS, bar, fit, hasOwnGround } from "./canvas.js";
import { drawingChoice, drawingOf, drawingWith, drawingsOf } from "./drawings.js";
import "./viewer.css";
import "./compare.css";

const READABLE = 0.7;
const SIGNS = { added: "+", removed: "−", changed: "~", moved: "→", renamed: "~" };

const sides = {};
let isFollowing = false;

start();

async function start() {
  const places = [...document.querySelectorAll("[data-compare]")];
  await Promise.all(places.map((place) => show(place).catch((error) => tell(place, error))));
  for (const [own, other] of [["before", "after"], ["after", "before"]]) {
    if (sides[own] && sides[other]) follow(sides[own], sides[other]);
  }
  if (Object.keys(sides).length === 0) return;
  document.querySelectorAll("[data-pick-after]").forEach(pickable);
  fitAll();
}

async function show(place) {
  const answer = await fetch(place.dataset.address, { credentials: "same-origin" });
  if (answer.status === 404) {
    place.textContent = "This version has no such diagram.";
    return;
  }
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const xml = await answer.text();
  place.replaceChildren();
  place.classList.add("ready");
  const viewer = new NavigatedViewer({ container: place, bpmnRenderer: COLOURS });
  await viewer.importXML(xml);
  const marks = JSON.parse(place.dataset.marks);
  mark(viewer, marks);
  const choice = drawingChoice(viewer, () => {
    mark(viewer, marks);
    together(() => fit(viewer));
    openTheSame(place.dataset.compare);
  });
  bar(place, [
    ["+", "Larger", () => viewer.get("zoomScroll").stepZoom(1)],
    ["–", "Smaller", () => viewer.get("zoomScroll").stepZoom(-1)],
    ["Fit", "Fit the whole diagram", fitAll],
  ], choice);
  viewer.on("element.click", ({ element }) => goToLine(place.dataset.compare, element.id));
  sides[place.dataset.compare] = { viewer, place };
}

// Two drawings that are not of the same thing cannot be compared by moving them together.
function openTheSame(side) {
  const [own, other] = [sides[side], sides[side === "before" ? "after" : "before"]];
  const shows = (drawing) => drawing?.plane.bpmnElement.id;
  if (!own || !other) return;
  const wanted = shows(drawingOf(own.viewer));
  const same = drawingsOf(other.viewer).find((one) => shows(one) === wanted);
  if (same && shows(drawingOf(other.viewer)) !== wanted) other.viewer.open(same);
}

function tell(place, error) {
  place.classList.remove("ready");
  place.textContent = `The picture cannot be drawn (${error.message}). The list of changes says the same.`;
}

function mark(viewer, marks) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  for (const element of registry.filter(hasOwnGround)) canvas.addMarker(element, "own-ground");
  for (const [id, kind] of Object.entries(marks)) {
    const element = registry.get(id);
    if (!element || !element.parent) continue;
    canvas.addMarker(id, `became-${kind}`);
    // A node, never text: the overlay would take text for HTML.
    const badge = document.createElement("div");
    badge.className = `compare-badge became-${kind}`;
    badge.textContent = SIGNS[kind];
    badge.title = kind;
    viewer.get("overlays").add(id, { position: corner(element), html: badge });
  }
}

// A shape has it at its upper left; a flow in its middle.
function corner(element) {
  if (!element.waypoints) return { top: -10, left: -10 };
  const box = around(element);
  const half = Math.floor((element.waypoints.length - 1) / 2);
  const [one, other] = element.waypoints.slice(half, half + 2);
  return { left: (one.x + other.x) / 2 - box.x - 9, top: (one.y + other.y) / 2 - box.y - 9 };
}

function around(element) {
  if (!element.waypoints) return element;
  const xs = element.waypoints.map((it) => it.x);
  const ys = element.waypoints.map((it) => it.y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function follow(own, other) {
  own.viewer.on("canvas.viewbox.changed", ({ viewbox }) => {
    if (isFollowing) return;
    together(() => {
      const { x, y, width, height } = viewbox;
      other.viewer.get("canvas").viewbox({ x, y, width, height });
    });
  });
}

// What one diagram does because of the other must not come back to it.
function together(move) {
  isFollowing = true;
  try {
    move();
  } finally {
    isFollowing = false;
  }
}

// Both in the same frame: the one that needs more room says how large.
function fitAll() {
  const canvases = Object.values(sides).map(({ viewer }) => viewer.get("canvas"));
  together(() => {
    Object.values(sides).forEach(({ viewer }) => fit(viewer));
    const boxes = canvases.map((it) => it.viewbox());
    const widest = boxes.reduce((one, other) => (one.scale <= other.scale ? one : other));
    const { x, y, width, height } = widest;
    canvases.forEach((it) => it.viewbox({ x, y, width, height }));
  });
}

// A line of the list becomes a button when one of the diagrams shows what it tells of.
function pickable(line) {
  const ids = { before: line.dataset.pickBefore, after: line.dataset.pickAfter };
  const drawn = Object.keys(sides).filter((side) => elementOf(side, ids[side]) ?? drawingWith(sides[side].viewer, ids[side]));
  if (drawn.length === 0) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "change-pick";
  button.setAttribute("aria-pressed", "false");
  button.append(...line.childNodes);
  line.append(button);
  button.addEventListener("click", () => pick(button, ids, drawn));
}

function elementOf(side, id) {
  const element = sides[side]?.viewer.get("elementRegistry").get(id);
  return element?.parent ? element : undefined;
}

async function pick(button, ids, drawn) {
  for (const side of drawn) {
    const { viewer } = sides[side];
    if (!elementOf(side, ids[side])) await viewer.open(drawingWith(viewer, ids[side]));
  }
  for (const one of document.querySelectorAll(".change-pick")) {
    one.setAttribute("aria-pressed", String(one === button));
  }
  together(() => {
    for (const [side, { viewer }] of Object.entries(sides)) select(viewer, elementOf(side, ids[side]));
    // Where it is in one version only, the other shows the same place.
    const boxes = drawn.map((side) => centre(sides[side].viewer, elementOf(side, ids[side])));
    for (const [side, { viewer }] of Object.entries(sides)) {
      if (!drawn.includes(side)) viewer.get("canvas").viewbox(boxes[0]);
    }
  });
  const said = drawn.length === 2 ? "Shown in both diagrams." : `Only in the diagram ${drawn[0]} the change.`;
  document.getElementById("picked").textContent = said;
  document.querySelector(".compare-pictures").scrollIntoView({ block: "nearest" });
}

function select(viewer, element) {
  const canvas = viewer.get("canvas");
  for (const one of viewer.get("elementRegistry").filter((it) => canvas.hasMarker(it, "picked"))) {
    canvas.removeMarker(one, "picked");
  }
  if (element) canvas.addMarker(element, "picked");
}

function centre(viewer, element) {
  const canvas = viewer.get("canvas");
  const root = canvas.findRoot(element);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  const scale = Math.max(canvas.zoom(), READABLE);
  const { width, height } = canvas.getSize();
  const box = around(element);
  const seen = { width: width / scale, height: height / scale };
  const view = {
    x: box.x + box.width / 2 - seen.width / 2,
    y: box.y + box.height / 2 - seen.height / 2,
    ...seen,
  };
  canvas.viewbox(view);
  return view;
}

function goToLine(side, id) {
  const name = side === "before" ? "pickBefore" : "pickAfter";
  const line = [...document.querySelectorAll("[data-pick-after]")].find((it) => it.dataset[name] === id);
  line?.querySelector(".change-pick")?.focus();
}
