// Where on the drawing the gate's findings are: badges on the elements, and the way to them.
import { drawingWith } from "../drawings.js";
import { h } from "./dom.js";
import { applyFix } from "./fixes.js";
import { show } from "./modeler.js";

/** The ground of the list of problems (see problems.js) that is a drawing. */
export class Marks {
  constructor(desk) {
    this.desk = desk;
  }

  listen(changed) {
    // In a block: a listener that answers anything keeps the event from all after it.
    this.desk.modeler.on("commandStack.changed", () => {
      changed();
    });
  }

  async unsaved() {
    return { [this.desk.path]: await this.desk.write() };
  }

  place(finding) {
    if (!finding.element) return null;
    const { modeler } = this.desk;
    const element = modeler.get("elementRegistry").get(finding.element);
    if (!element && !drawingWith(modeler, finding.element)) return null;
    return { name: element ? nameOf(element) : finding.element, go: () => this._go(finding) };
  }

  async _go(finding) {
    if (await show(this.desk.modeler, finding.element)) this.desk.focusPanel();
  }

  fix(finding) {
    return applyFix(this.desk, finding);
  }

  mark(findings) {
    const { modeler, path } = this.desk;
    const overlays = modeler.get("overlays");
    const registry = modeler.get("elementRegistry");
    overlays.remove({ type: "clearway-problem" });
    const byElement = new Map();
    for (const finding of findings) {
      if (finding.file !== path || !registry.get(finding.element)) continue;
      byElement.set(finding.element, [...(byElement.get(finding.element) ?? []), finding]);
    }
    for (const [id, found] of byElement) {
      const element = registry.get(id);
      if (element === modeler.get("canvas").getRootElement()) continue;
      overlays.add(id, "clearway-problem", { position: corner(element), html: this._badge(element, found), scale: { min: 0.7, max: 1.2 } });
    }
  }

  _badge(element, found) {
    const worst = found.some((one) => one.severity === "error") ? "error" : "warning";
    const badge = h("button", {
      type: "button",
      class: `problem-badge problem-${worst}`,
      "aria-label": `${found.length === 1 ? "1 problem" : `${found.length} problems`} on ${nameOf(element)}`,
      title: found.map((one) => one.message).join("\n"),
    });
    badge.textContent = String(found.length);
    badge.addEventListener("click", () => {
      show(this.desk.modeler, element.id);
      this.desk.problems.open(element.id);
    });
    return badge;
  }
}

function corner(element) {
  if (element.waypoints) return { top: -12, left: 0 };
  return { top: -11, right: 11 };
}

function nameOf(element) {
  return element.businessObject.name?.replace(/\s+/g, " ").trim() || element.id;
}
