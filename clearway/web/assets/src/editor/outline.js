// The drawing as a list to read: equal to the canvas for keyboards and screen readers.
import { drawingWith } from "../drawings.js";
import { h, later } from "./dom.js";
import { show } from "./modeler.js";

const PAUSE = 500;

export class Outline {
  constructor(place, button, desk) {
    Object.assign(this, { place, button, desk, isOpen: false, looks: 0 });
    button.setAttribute("aria-pressed", "false");
    this.look = later(PAUSE, () => this._look());
    // In blocks: a listener that answers anything keeps the event from all after it.
    desk.modeler.on("commandStack.changed", () => {
      if (this.isOpen) this.look();
    });
    desk.modeler.on("selection.changed", () => {
      if (this.isOpen) this._mark();
    });
  }

  async toggle() {
    this.isOpen = !this.isOpen;
    this.button.setAttribute("aria-pressed", String(this.isOpen));
    this.place.hidden = !this.isOpen;
    document.getElementById("editor-canvas").inert = this.isOpen;
    if (!this.isOpen) return;
    await this._look();
    this.focus();
  }

  focus() {
    (this.place.querySelector("[aria-current] button, .outline-line button") ?? this.place).focus();
  }

  async _look() {
    this.looks += 1;
    const mine = this.looks;
    try {
      const { items } = await this.desk.server.ask("outline", { xml: await this.desk.write() });
      // A later question may be answered sooner.
      if (mine !== this.looks) return;
      const focused = this.place.contains(document.activeElement) && document.activeElement.dataset.element;
      this.place.replaceChildren(h("h2", { class: "outline-title" }, "Outline"), h("ul", { class: "outline-list" }, items.map((item) => this._line(item))));
      this._mark();
      if (focused) this.place.querySelector(`[data-element="${CSS.escape(focused)}"]`)?.focus();
    } catch (error) {
      this.place.replaceChildren(h("p", { class: "panel-note" }, `The outline cannot be shown: ${error.message}`));
    }
  }

  _line(item) {
    const { modeler } = this.desk;
    const known = modeler.get("elementRegistry").get(item.element) ?? drawingWith(modeler, item.element);
    const name = item.name || item.element;
    const label = known
      ? h("button", { type: "button", class: "problem-place", "data-element": item.element, onclick: () => this._go(item.element) }, name)
      : h("span", {}, name);
    const facts = [item.who, item.state && `shows ${item.state}`, ...item.waits_for.map((what) => `waits for ${what}`)].filter(Boolean);
    const ways = item.next.map((way) => h("li", {}, told(way)));
    return h(
      "li",
      { class: "outline-line", style: null, "data-level": Math.min(item.level, 6), "data-line": item.element },
      h("span", { class: "quiet" }, `${item.kind} `),
      label,
      facts.length ? h("span", { class: "quiet" }, ` – ${facts.join("; ")}`) : null,
      ways.length ? h("ul", { class: "outline-ways" }, ways) : null,
    );
  }

  async _go(element) {
    await show(this.desk.modeler, element);
    this.desk.focusPanel();
  }

  _mark() {
    const [chosen] = this.desk.modeler.get("selection").get();
    for (const line of this.place.querySelectorAll("[data-line]")) {
      if (line.dataset.line === chosen?.id) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  }
}

function told(way) {
  const when = way.is_default ? " (when no other is taken)" : way.condition ? ` when ${way.condition}` : "";
  return `then ${way.to || way.element}${way.name ? ` – ${way.name}` : ""}${when}`;
}
