// The views of a file of decisions as tabs: its diagram, and each decision that can be shown.
import { h } from "../editor/dom.js";

const KINDS = { drd: "Diagram", decisionTable: "Table", literalExpression: "Expression", boxedExpression: "Function" };

export class Tabs {
  /** `place` is the list of tabs, `shown` the element they show their views in. */
  constructor(place, shown, desk) {
    Object.assign(this, { place, shown, desk });
    desk.modeler.on("views.changed", () => this.draw());
    place.addEventListener("keydown", (event) => this._key(event));
    this.draw();
  }

  draw() {
    const views = this.desk.modeler.getViews();
    const active = this.desk.modeler.getActiveView();
    const isFocused = this.place.contains(document.activeElement);
    this.place.replaceChildren(
      ...views.map((view) => {
        const isActive = view.element === active?.element;
        return h(
          "button",
          {
            type: "button",
            role: "tab",
            id: `tab-${view.id}`,
            class: "table-tab",
            "aria-selected": String(isActive),
            "aria-controls": this.shown.id,
            tabindex: isActive ? "0" : "-1",
            onclick: () => this.open(view),
          },
          view.type === "drd" ? "Diagram" : view.name || view.id,
          view.type === "drd" ? null : h("span", { class: "quiet" }, ` ${KINDS[view.type]}`),
        );
      }),
    );
    const tab = this.place.querySelector("[aria-selected=true]");
    if (tab) this.shown.setAttribute("aria-labelledby", tab.id);
    if (isFocused) tab?.focus();
    this.desk.viewed?.();
  }

  async open(view) {
    try {
      await this.desk.modeler.open(view);
    } catch (error) {
      this.desk.tell(`${view.name || view.id} cannot be shown: ${error.message}`);
    }
  }

  _key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const views = this.desk.modeler.getViews();
    const now = views.findIndex((view) => view.element === this.desk.modeler.getActiveView()?.element);
    this.open(views[(now + by + views.length) % views.length]);
  }
}

/** Decisions that have something which no view shows: told, and kept by every save. */
export function notShown(modeler) {
  const shown = new Set(modeler.getViews().map((view) => view.element));
  return (modeler.getDefinitions().get("drgElement") ?? [])
    .filter((one) => /^dmn:(Decision|BusinessKnowledgeModel)$/.test(one.$type) && !shown.has(one))
    .map((one) => one.name || one.id);
}
