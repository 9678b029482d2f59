// The form editor: a form file as a list of fields, its conditions, and the page it becomes.
import "./form_view.css";
import { h } from "../editor/dom.js";
import { addingSection } from "./form_adding.js";
import { conditionSection } from "./form_condition_rows.js";
import { fieldRows, markFindings } from "./form_field_rows.js";
import { fieldOf } from "./form_kinds.js";
import { control, focusAt, redraw } from "./form_parts.js";
import { FormPreview } from "./form_preview.js";
import { changed, JsonText } from "./json_text.js";
import { usesOf } from "./form_uses.js";

const NOTHING = { fields: [], links: [], processes: [] };
// While one of these is typed in, the page around it stays as it is.
const TYPED = [undefined, "text", "area", "number"];

export class FormView {
  constructor(place, desk) {
    Object.assign(this, { room: place, desk, json: null, fields: [], findings: [], openField: null, openCondition: null, wide: new Set() });
    this.typing = { title: "", name: "", kind: "line", kept: "", choices: "", link: "", isOpen: false };
    this.uses = h("div", { class: "form-uses" }, h("p", { class: "quiet" }, "Looking for who meets this form."));
    this.body = h("div", { class: "form-body" });
    const preview = h("aside", { class: "form-preview", "aria-label": "Preview" });
    place.classList.add("form-view");
    place.append(h("div", { class: "form-main" }, this.uses, this.body), preview);
    this.preview = new FormPreview(preview, desk, (uses) => this.uses.replaceChildren(...usesOf(uses, desk)));
  }

  /** What there is to choose from; it may come later than the form. */
  get choices() {
    const { choices } = this.desk;
    if (!this._choices || this._of !== choices) {
      this._of = choices;
      this._choices = { ...NOTHING, ...choices, fields: [...(choices?.fields ?? [])] };
    }
    return this._choices;
  }

  get choicesKnown() {
    return Boolean(this.desk.choices?.fields);
  }

  show(text) {
    if (this.json?.text === text && this.drawn) {
      this.draw();
      return;
    }
    this.drawn = false;
    this.preview.show(text, { now: this.json === null });
    const json = new JsonText(text);
    if (json.root.type !== "object") throw new Error("This is JSON, but no form. Begin it in Source with { and end it with }.");
    const fields = json.at(["properties"]);
    if (fields && fields.type !== "object") throw new Error(`Line ${json.line(fields.offset)}: “properties” is no object. Write the fields in it as names with objects, in Source.`);
    const required = json.at(["required"]);
    if (required && required.type !== "array") throw new Error(`Line ${json.line(required.offset)}: “required” is no list. Write the names of the fields in it, in Source.`);
    this.json = json;
    this.draw();
    this.drawn = true;
  }

  tell(findings) {
    this.findings = findings;
    markFindings(this.body, findings);
  }

  /** Where a finding leads to: the first field that it names. */
  place({ file, message }) {
    if (file !== this.desk.path) return null;
    const field = this.fields.find((one) => message.includes(`\`${one.name}\``));
    if (!field) return null;
    const go = () => {
      this.open({ field: field.name });
      focusAt(this.body, `${field.name}:open`);
    };
    return { name: field.title, go };
  }

  /**
   * Changes the form by these steps; the last word says by what: typing leaves the page as it is,
   * everything else draws it anew.
   */
  say(key, ...parts) {
    const how = typeof parts.at(-1) === "function" || parts.at(-1) === null ? undefined : parts.pop();
    if (!this._isNewest()) return;
    const text = changed(this.json.text, ...parts);
    if (text === this.json.text) return;
    this.json = new JsonText(text);
    this.desk.change(text, TYPED.includes(how) ? key : `${key}:${(this.steps = (this.steps ?? 0) + 1)}`);
    if (TYPED.includes(how)) this._retitle();
    else this.draw();
    this.preview.show(text);
  }

  // What had to wait for the server must not undo what was changed meanwhile in Source.
  _isNewest() {
    if (this.desk.text === this.json.text) return true;
    try {
      this.show(this.desk.text);
      return true;
    } catch (error) {
      this.note(`The form was not changed: ${error.message}`);
      return false;
    }
  }

  /** Says that a field must be filled in, or need not. */
  require(name, is) {
    const list = this.json.get(["required"]) ?? [];
    if (is) this.say(`field:${name}:required`, (json) => (json.at(["required"]) ? json.set(["required", list.length], name) : json.set(["required"], [name])), "check");
    else this.say(`field:${name}:required`, (json) => json.remove(["required", list.indexOf(name)]), "check");
  }

  /** Changes record.json of the draft by the steps that `plan(json)` answers; says when it failed. */
  async inRecord(plan, what) {
    const path = `${this.desk.process}/record.json`;
    try {
      const other = await this.desk.readOther(path);
      if (!other) throw new Error("There is no such file.");
      const steps = plan(new JsonText(other.text));
      if (steps.length > 0) await this.desk.saveOther(path, changed(other.text, ...steps));
      return true;
    } catch (error) {
      this.note(`${what} was not added to ${path}: ${error.message}`);
      return false;
    }
  }

  /** One sentence for the reader. */
  note(text) {
    this.desk.tell(text);
  }

  /** Opens one field or one condition, and closes the one that was open. */
  open(which, draws = true) {
    if ("field" in which) this.openField = which.field;
    if ("condition" in which) this.openCondition = which.condition;
    if (draws) this.draw();
  }

  isWide(name) {
    return this.wide.has(name);
  }

  widen(name, is) {
    if (is) this.wide.add(name);
    else this.wide.delete(name);
  }

  draw() {
    this.fields = this.json.keys(["properties"]).map((name) => fieldOf(this.json, name));
    redraw(this.body, () => this.body.replaceChildren(this._head(), fieldRows(this), addingSection(this), conditionSection(this)));
    markFindings(this.body, this.findings);
  }

  _head() {
    const part = (key, label, kind, help) =>
      control({ at: `form:${key}`, label, kind, help, value: this.json.get([key]), set: (text) => this.say(`form:${key}`, (json) => (text ? json.set([key], text) : json.remove([key])), "text") });
    return h("section", { class: "form-section", "aria-label": "The form itself" }, h("div", { class: "form-grid" }, part("title", "Title of the form", "text"), part("description", "What it says at its top", "area")));
  }

  // The titles of the rows while they are typed.
  _retitle() {
    this.fields = this.json.keys(["properties"]).map((name) => fieldOf(this.json, name));
    for (const field of this.fields) {
      const shown = this.body.querySelector(`[data-title-of="${CSS.escape(field.name)}"]`);
      if (shown) shown.textContent = field.title;
    }
  }
}
