// Paints figures on a drawing: a class of colour and the figure itself, so that neither stands alone.

// Figures stay readable however small the drawing is; those of flows wait until there is room.
const SMALLEST = 0.8;
export const LARGE = { minZoom: 0.45 };

export function paint(viewer, painted) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  for (const [id, { level, text }] of Object.entries(painted.nodes)) {
    const element = registry.get(id);
    if (!element) continue;
    canvas.addMarker(element, "heat");
    canvas.addMarker(element, `heat-level-${level}`);
    badge(viewer, element, `figure heat-${level}`, text, { bottom: 10, left: element.width / 2 - 18 });
  }
  for (const [id, text] of Object.entries(painted.flows)) {
    const element = registry.get(id);
    if (element) badge(viewer, element, "flow-figure", text, middle(element), LARGE);
  }
}

// A node, never text: the overlay would take text for HTML.
export function badge(viewer, element, kind, text, position, show = {}) {
  const it = document.createElement("div");
  it.className = kind;
  it.textContent = text;
  viewer.get("overlays").add(element, { position, html: it, scale: { min: SMALLEST }, show });
}

// The middle of the longest piece of a flow, from the top left of the box around it.
export function middle(flow) {
  const points = flow.waypoints;
  const length = (place) => Math.hypot(points[place + 1].x - points[place].x, points[place + 1].y - points[place].y);
  let longest = 0;
  for (let place = 1; place < points.length - 1; place += 1) if (length(place) > length(longest)) longest = place;
  const [from, to] = [points[longest], points[longest + 1]];
  const left = Math.min(...points.map((point) => point.x));
  const top = Math.min(...points.map((point) => point.y));
  return { left: (from.x + to.x) / 2 - left - 10, top: (from.y + to.y) / 2 - top - 9 };
}
