// Which drawings a file has, where it has several: how they are called, and which one shows what.

/** The drawings to choose from; that of a collapsed subprocess is reached through the subprocess. */
export function drawingsOf(viewer) {
  const all = viewer.getDefinitions()?.diagrams ?? [];
  return all.filter(({ plane }) => plane?.bpmnElement && !plane.bpmnElement.$instanceOf("bpmn:SubProcess"));
}

/** The drawing on which the element of this id is, or undefined. */
export function drawingWith(viewer, id) {
  return drawingsOf(viewer).find(({ plane }) => (plane.planeElement ?? []).some(({ bpmnElement }) => bpmnElement?.id === id));
}

/** The drawing that is open. */
export function drawingOf(viewer) {
  const root = viewer.get("canvas").getRootElement();
  return drawingsOf(viewer).find(({ plane }) => plane === root.di);
}

export function nameOf(drawing) {
  const shown = drawing.plane.bpmnElement;
  return drawing.name || shown.name || poolsOf(shown) || shown.id;
}

function poolsOf({ participants = [] }) {
  return participants.map(({ name }) => name).filter(Boolean).join(", ");
}

/**
 * A field to choose the drawing by, or null when there is only one. `opened` is called each time
 * that another drawing was opened, whoever did it.
 */
export function drawingChoice(viewer, opened) {
  const drawings = drawingsOf(viewer);
  if (drawings.length < 2) return null;
  const field = document.createElement("select");
  field.className = "form-select form-select-sm drawing-choice";
  field.setAttribute("aria-label", "Drawing");
  field.title = `This file has ${drawings.length} drawings`;
  field.append(...drawings.map((one, at) => new Option(nameOf(one), at)));
  field.addEventListener("change", () => viewer.open(drawings[field.value]));
  viewer.on("import.render.complete", () => {
    const at = drawings.indexOf(drawingOf(viewer));
    if (at >= 0) field.value = String(at);
    opened();
  });
  return field;
}
