// The file as the text that it is, with the numbers of its lines.
import { h } from "../editor/dom.js";

export class SourceView {
  constructor(place, desk) {
    this.desk = desk;
    this.lines = h("div", { class: "source-lines", "aria-hidden": "true" });
    this.area = h("textarea", {
      id: "source-text",
      class: "source-text",
      "aria-label": `Text of ${desk.path}`,
      spellcheck: "false",
      autocapitalize: "off",
      autocomplete: "off",
      wrap: "off",
    });
    this.area.addEventListener("input", () => {
      this._number();
      desk.change(this.area.value, "source");
    });
    this.area.addEventListener("scroll", () => (this.lines.scrollTop = this.area.scrollTop));
    place.replaceChildren(h("div", { class: "source" }, this.lines, this.area));
  }

  show(text) {
    if (this.area.value === text) return;
    this.area.value = text;
    this._number();
  }

  _number() {
    const count = this.area.value.split("\n").length;
    if (this.count === count) return;
    this.count = count;
    this.lines.textContent = Array.from({ length: count }, (_, at) => at + 1).join("\n");
    this.lines.scrollTop = this.area.scrollTop;
  }

  /** Puts the cursor at the beginning of a line, counted from one. */
  goTo(line) {
    const before = this.area.value.split("\n").slice(0, line - 1).join("\n").length;
    const at = line > 1 ? before + 1 : 0;
    this.area.focus();
    this.area.setSelectionRange(at, at);
    const height = parseFloat(getComputedStyle(this.area).lineHeight);
    this.area.scrollTop = Math.max(0, (line - 4) * height);
  }

  focus() {
    this.area.focus();
  }
}
