// Stands where dmn-js expects its own FEEL editor: a field with the names of this portal and the
// errors of the engine that runs the tables.
import { feelField } from "../editor/feel_field.js";
import { fresh } from "../editor/dom.js";

/** What the fields of the page ask; the page sets it. */
export const asked = {
  /** The names that may be used at this place: [{name, about}]. */
  names: () => [],
  /** What is wrong with the text, or null. */
  check: async () => null,
};

/** The part of the library's editor that its components use. */
export default class FeelCell {
  constructor({ container, value, onChange, contentAttributes = {} }) {
    const place = placeOf(container);
    const { field, set, look } = feelField({
      id: fresh("cell"),
      value: value ?? "",
      names: () => asked.names(place),
      check: (text) => asked.check(place, text),
      type: () => {},
    });
    Object.assign(this, { set, look });
    this.area = field.querySelector("textarea");
    this.area.setAttribute("aria-label", contentAttributes["aria-label"] || "Expression");
    this.area.addEventListener("input", () => onChange(this.area.value));
    // A click beside the text is a click into it: the library would take it for the end.
    field.addEventListener("mousedown", (event) => {
      if (event.target !== field) return;
      event.preventDefault();
      this.area.focus();
    });
    container.append(field);
  }

  focus(position = this.area.value.length) {
    this.area.focus();
    this.area.setSelectionRange(position, position);
  }

  setValue(value) {
    const text = value ?? "";
    if (this.area.value === text) return;
    // Also while it has the focus: undo changed it.
    this.area.value = text;
    this.set(text);
    this.look();
  }

  setVariables() {
    // The names come from the page.
  }
}

/** `{element, use}`: the id of the cell, and whether it tests, answers or asks. */
function placeOf(container) {
  const cell = container.closest("[data-element-id]");
  if (container.closest(".input-cell")) return { element: cell?.dataset.elementId ?? "", use: "test" };
  if (container.closest(".output-cell")) return { element: cell?.dataset.elementId ?? "", use: "answer" };
  return { element: "", use: "formula" };
}

// What else dmn-js takes from the packages in whose place this stands.
export const EditorView = { lineWrapping: [] };
export const DmnVariableResolverModule = {};
