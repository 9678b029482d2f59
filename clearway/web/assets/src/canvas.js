// What every picture of a diagram shares: its colours, how it fits, and what brought its own ground.

// Variables, not values: the drawing follows when the theme changes.
export const COLOURS = { defaultFillColor: "var(--cw-raised)", defaultStrokeColor: "var(--cw-ink)" };

export function hasOwnGround(element) {
  const drawn = element.labelTarget ? undefined : element.di;
  return Boolean(drawn?.get("color:background-color") || drawn?.get("bioc:fill"));
}

export function fit(viewer) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() > 1.1) canvas.zoom(1, "auto");
}

// At the top right: the bpmn.io mark at the bottom right has to stay free. `choice`: a field before
// the buttons, or null.
export function bar(place, steps, choice = null) {
  const made = document.createElement("div");
  made.className = "diagram-bar";
  if (choice) made.append(choice);
  for (const [label, title, run] of steps) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-quiet";
    button.textContent = label;
    button.title = title;
    button.setAttribute("aria-label", title);
    button.addEventListener("click", () => run(button));
    made.append(button);
  }
  place.append(made);
}
