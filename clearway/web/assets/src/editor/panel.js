// The properties panel: shows the groups of the selected element, and keeps them true to the drawing.
import { h } from "./dom.js";
import { goOn, makeField } from "./fields.js";
import { groupsOf, kindOf } from "./groups.js";

export class Panel {
  /** `desk` is what the descriptions work with; see page.js. */
  constructor(place, desk) {
    Object.assign(this, { place, desk, shape: "", parts: new Map() });
    const { modeler } = desk;
    modeler.on(["selection.changed", "elements.changed", "import.done", "root.set", "element.updateId"], () => this._soon());
  }

  /** The choices changed: show them. */
  refresh() {
    this._draw();
  }

  /** Puts the cursor into the first field of what is selected now. */
  focus() {
    this._draw();
    this.place.querySelector("input, textarea, select")?.focus();
  }

  // Several events come for one change; one drawing is enough.
  _soon() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this._draw();
    });
  }

  _draw() {
    const element = this._element();
    if (!element) return this._empty();
    const groups = groupsOf(element, this.desk).filter((group) => group.fields.length > 0);
    const shape = JSON.stringify([element.id, groups.map((one) => [one.title, one.fields.map((field) => [field.id, field.kind])])]);
    if (shape === this.shape) {
      for (const field of groups.flatMap((group) => group.fields)) this.parts.get(field.id).update(field);
      this.title.textContent = titleOf(element);
      return undefined;
    }
    const writing = this._finish();
    // What was typed may have changed what there is to show.
    if (writing) return this._build(element, groupsOf(element, this.desk).filter((group) => group.fields.length > 0), shape, writing);
    return this._build(element, groups, shape, null);
  }

  /** Takes over what is being typed before its field goes away; answers where that was. */
  _finish() {
    const control = document.activeElement;
    if (!this.place.contains(control) || control === this.place) return null;
    const field = control.closest("[data-field]")?.dataset.field;
    const at = [control.selectionStart, control.selectionEnd];
    control.blur();
    return { field, at };
  }

  _build(element, groups, shape, writing) {
    this.shape = shape;
    this.parts = new Map();
    this.title = h("p", { class: "panel-name" }, titleOf(element));
    const sections = groups.map((group) => this._section(group));
    this.place.replaceChildren(h("div", { class: "panel-head" }, h("p", { class: "panel-kind" }, kindOf(element)), this.title), ...sections);
    if (writing && element.id === this.shown) this._goOn(writing);
    this.shown = element.id;
  }

  _goOn({ field, at }) {
    const control = field && this.place.querySelector(`[data-field="${CSS.escape(field)}"] :is(input, select, textarea, button)`);
    if (!control) return;
    goOn(() => control.focus());
    if (at[0] !== null && at[0] !== undefined && control.setSelectionRange) control.setSelectionRange(...at);
  }

  _section(group) {
    const fields = group.fields.map((field) => {
      const part = makeField(field, this._placeOf(field));
      this.parts.set(field.id, part);
      return part.node;
    });
    const section = h("details", { class: "panel-group", open: !closed.has(group.title) }, h("summary", {}, group.title), fields);
    section.addEventListener("toggle", () => (section.open ? closed.delete(group.title) : closed.add(group.title)));
    return section;
  }

  _placeOf() {
    const { desk } = this;
    return {
      names: (field) => desk.namesAt(this._element()?.id, field.place),
      check: (field, text) => desk.checkFeel(this._element(), field.place, text, field.part),
    };
  }

  _element() {
    const { modeler } = this.desk;
    const chosen = modeler.get("selection").get();
    if (chosen.length > 1) return null;
    const one = chosen[0] ?? modeler.get("canvas").getRootElement();
    return one?.businessObject ? (one.labelTarget ?? one) : null;
  }

  _empty() {
    this._finish();
    this.shape = "";
    const many = this.desk.modeler.get("selection").get().length;
    this.place.replaceChildren(h("p", { class: "quiet panel-note" }, many > 1 ? `${many} elements are selected. Select one to see what it says.` : "Select an element to see what it says."));
  }
}

const closed = new Set();

function titleOf(element) {
  const { businessObject: node } = element;
  return node.name?.replace(/\s+/g, " ").trim() || node.id;
}
