// A trial in place: each doing swaps the page's main part; and what scenarios pass, on the picture.
import "./trying.css";

const PLACE = "trial";

// A refusal is an answer to be read, not a page that failed.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== PLACE || !event.detail.xhr.responseText) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

document.addEventListener("htmx:afterSettle", () => {
  const place = document.getElementById(PLACE);
  if (!place || place.dataset.settled) return;
  place.dataset.settled = "1";
  document.dispatchEvent(new Event("clearway:fresh"));
  (place.querySelector(".notice[role=alert]") ?? place.querySelector("h1"))?.focus();
});

document.addEventListener("clearway:drawn", ({ target, detail }) => {
  if (!target.dataset.covered) return;
  const canvas = detail.get("canvas");
  const registry = detail.get("elementRegistry");
  const overlays = detail.get("overlays");
  const rules = JSON.parse(target.dataset.rules);
  for (const [element, count] of Object.entries(JSON.parse(target.dataset.covered))) {
    const drawn = registry.get(element);
    if (!drawn) continue;
    canvas.addMarker(element, count > 0 ? "covered" : "missed");
    overlays.add(element, { position: placeOf(drawn), html: badge(count, Boolean(drawn.waypoints)) });
    if (rules[element]) overlays.add(element, { position: { bottom: 8, left: 4 }, html: rulesBadge(...rules[element]) });
  }
});

// A flow has no corner: its badge lies on the middle of its way.
function placeOf(drawn) {
  if (!drawn.waypoints) return { top: -10, right: 12 };
  const middle = drawn.waypoints[Math.floor(drawn.waypoints.length / 2)];
  const before = drawn.waypoints[Math.floor(drawn.waypoints.length / 2) - 1];
  const left = Math.min(...drawn.waypoints.map((point) => point.x));
  const top = Math.min(...drawn.waypoints.map((point) => point.y));
  return { left: (middle.x + before.x) / 2 - left - 8, top: (middle.y + before.y) / 2 - top - 8 };
}

function rulesBadge(passed, of) {
  const made = document.createElement("div");
  made.className = `cover-badge ${passed === of ? "is-covered" : "is-missed"}`;
  made.title = `${passed} of ${of} rules of its table are passed`;
  made.textContent = `${passed === of ? "✓" : "✕"} ${passed}/${of} rules`;
  return made;
}

function badge(count, isFlow) {
  const made = document.createElement("div");
  made.className = `cover-badge ${count > 0 ? "is-covered" : "is-missed"}${isFlow ? " is-flow" : ""}`;
  const scenarios = count === 1 ? "1 scenario" : `${count} scenarios`;
  made.title = count > 0 ? `Passed by ${scenarios}` : "No scenario passes it";
  made.textContent = count > 0 ? `✓${isFlow ? "" : ` ${count}`}` : "✕";
  return made;
}

// What is downloaded leaves the page where it is, with its button free again.
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("form[data-download]")) return;
  setTimeout(() => {
    delete target.dataset.sent;
    for (const button of target.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }, 1000);
});

for (const place of document.querySelectorAll(`#${PLACE}`)) place.dataset.settled = "1";
