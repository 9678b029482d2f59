// The tabs of a sheet: its view, and the text itself.
import { h } from "../editor/dom.js";

export class Tabs {
  /** `tabs`: [{name, label, room}]; `chosen(name)` is called when the reader goes to another. */
  constructor(place, tabs, chosen) {
    Object.assign(this, { tabs, chosen });
    this.buttons = tabs.map(({ name, label, room }) => {
      room.setAttribute("role", "tabpanel");
      room.setAttribute("aria-labelledby", `tab-${name}`);
      return h(
        "button",
        { type: "button", role: "tab", id: `tab-${name}`, class: "btn btn-sm btn-quiet", "aria-controls": room.id, onclick: () => this.go(name) },
        label,
      );
    });
    place.replaceChildren(...this.buttons);
    place.addEventListener("keydown", (event) => this._key(event));
  }

  go(name) {
    if (this.now === name) return;
    const from = this.now;
    if (this.chosen(name) === false) return;
    this.now = name;
    this.tabs.forEach(({ name: one, room }, at) => {
      room.hidden = one !== name;
      this.buttons[at].setAttribute("aria-selected", String(one === name));
      this.buttons[at].tabIndex = one === name ? 0 : -1;
    });
    if (from && document.activeElement?.getAttribute("role") !== "tab") this.buttons[this._at(name)].focus();
  }

  _at(name) {
    return this.tabs.findIndex((one) => one.name === name);
  }

  _key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    const next = (this._at(this.now) + by + this.tabs.length) % this.tabs.length;
    this.go(this.tabs[next].name);
    this.buttons[this._at(this.now)].focus();
  }
}
