// Tries a decision: the reader gives inputs, and sees what comes of them, which rules fired, and why.
import { fresh, h } from "../editor/dom.js";

export class Trying {
  constructor(place, desk) {
    Object.assign(this, { place, desk, given: {}, chosen: "" });
    this.title = h("h2", { class: "panel-name", id: "trying-title" }, "Try it");
    this.about = h("p", { class: "quiet panel-note" }, "Looking at what the file asks for");
    this.form = h("form", { class: "trying-form", novalidate: true, onsubmit: (event) => this._decide(event) });
    this.answer = h("div", { class: "trying-answer", role: "status" });
    place.replaceChildren(this.title, this.about, this.form, this.answer);
    // The rows are drawn anew by the library: what fired is shown again after it.
    new MutationObserver(() => this._light()).observe(document.getElementById("editor-canvas"), { childList: true, subtree: true });
  }

  /** What the file asks for is known, or known anew. */
  known() {
    const before = this.asked ?? [];
    // While a cell is half written its decision cannot be read: what it asked for before stays.
    this.asked = this.desk.looked.decisions.map((one) => (one.broken && before.find(({ id }) => id === one.id)) || one);
    this._draw();
  }

  /** Another view is open: its decision is the one to try. */
  viewed() {
    this.desk.enable?.();
    const id = this.desk.modeler.getActiveView()?.element.id;
    if ((this.asked ?? []).some((one) => one.id === id) && id !== this.chosen) {
      this.chosen = id;
      this._draw();
      this._forget();
    }
    this._light();
  }

  /** The table was changed: an answer from before does not hold any more. */
  stale() {
    this.desk.enable?.();
    if (!this.made) return;
    this.made = null;
    this._light();
    this.answer.replaceChildren(h("p", { class: "quiet" }, "The table was changed since: try it again."));
  }

  _forget() {
    this.made = null;
    this.answer.replaceChildren();
  }

  _draw() {
    const decisions = this.asked ?? [];
    this.chosen = decisions.some((one) => one.id === this.chosen) ? this.chosen : (decisions[0]?.id ?? "");
    const open = this.desk.modeler.getActiveView()?.element.id;
    if (!this.drawn && decisions.some((one) => one.id === open)) this.chosen = open;
    const decision = decisions.find((one) => one.id === this.chosen);
    const shape = JSON.stringify([decisions.map(({ id, name }) => [id, name]), decision?.inputs]);
    if (shape === this.drawn) return;
    this.drawn = shape;
    if (!decision) {
      this.about.textContent = "There is no decision to try yet, or the file cannot be read: see Problems.";
      this.form.replaceChildren();
      return;
    }
    this.about.textContent = "Nothing is saved or sent by this.";
    const focused = document.activeElement?.name;
    this.form.replaceChildren(
      ...(decisions.length > 1 ? [this._choice(decisions)] : []),
      ...decision.inputs.map((input) => this._field(input)),
      decision.inputs.length === 0 ? h("p", { class: "quiet" }, "It asks for nothing.") : "",
      h("button", { type: "submit", class: "btn btn-primary btn-sm" }, "Decide"),
    );
    if (focused) this.form.elements[focused]?.focus();
  }

  _choice(decisions) {
    const id = fresh("trying");
    const options = decisions.map((one) => h("option", { value: one.id, selected: one.id === this.chosen }, one.name || one.id));
    const change = (event) => {
      this.chosen = event.target.value;
      this._draw();
      this._forget();
      this.desk.show(this.chosen);
    };
    return h("div", { class: "panel-field" }, h("label", { class: "field-label", for: id }, "Decision"), h("select", { id, class: "form-select form-select-sm", onchange: change }, options));
  }

  _field(input) {
    const id = fresh("trying");
    const told = fresh("told");
    const common = {
      id,
      name: input.path,
      "aria-describedby": told,
      oninput: (event) => (this.given[input.path] = event.target.value),
    };
    const now = this.given[input.path] ?? "";
    const field = input.values.length
      ? h("select", { ...common, class: "form-select form-select-sm" }, h("option", { value: "" }, "No value"), input.values.map((one) => h("option", { value: one, selected: one === now }, one)))
      : h("input", { ...common, class: "form-control form-control-sm", value: now, autocomplete: "off", inputmode: input.kind === "number" ? "decimal" : null });
    const more = input.label === input.path ? HELP[input.kind] : `${input.path}. ${HELP[input.kind]}`;
    return h(
      "div",
      { class: "panel-field", "data-input": input.path },
      h("label", { class: "field-label", for: id }, input.label),
      field,
      h("p", { class: "field-help", id: told }, input.values.length ? input.path : more),
      h("p", { class: "field-problem", id: `${told}-problem` }),
    );
  }

  async _decide(event) {
    event.preventDefault();
    const { path, server } = this.desk;
    const inputs = (this.asked ?? []).find((one) => one.id === this.chosen)?.inputs ?? [];
    const given = Object.fromEntries(inputs.map((one) => [one.path, this.form.elements[one.path]?.value ?? ""]));
    try {
      const text = await this.desk.write();
      this._tell(await server.ask("decide", { path, text, decision: this.chosen, given }));
    } catch (error) {
      this._forget();
      this.answer.replaceChildren(h("p", { class: "field-problem" }, error.message));
    }
  }

  _tell({ made, refused, problems }) {
    for (const field of this.form.querySelectorAll("[data-input]")) {
      const told = problems[field.dataset.input] ?? "";
      const control = field.querySelector("input, select");
      field.querySelector(".field-problem").textContent = told;
      control.classList.toggle("is-invalid", Boolean(told));
      if (told) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      control.setAttribute("aria-describedby", field.querySelector(".field-help").id + (told ? ` ${field.querySelector(".field-problem").id}` : ""));
    }
    this.made = made ?? refused;
    this.answer.replaceChildren(...(made ? this._made(made) : this._refused(refused, problems)));
    this.form.querySelector("[aria-invalid]")?.focus();
    this._light();
  }

  _made(made) {
    const outputs = made.outputs.map(({ name, value }) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
    return [
      h("h3", { class: "small-title" }, "Answer"),
      h("dl", { class: "trying-outputs" }, outputs),
      h("h3", { class: "small-title" }, "How it came about"),
      h("ul", { class: "trying-why" }, made.explanation.map((one) => h("li", {}, one))),
    ];
  }

  _refused(refused, problems) {
    if (!refused) return [h("p", { class: "field-problem" }, `Not decided: ${Object.keys(problems).length === 1 ? "one input has" : "some inputs have"} to be corrected.`)];
    return [h("h3", { class: "small-title" }, "No answer"), h("p", { class: "field-problem" }, refused.text), h("p", { class: "quiet" }, refused.remedy)];
  }

  /** Shows the rules that fired in the table that is open. */
  _light() {
    const id = this.desk.modeler.getActiveView()?.element.id;
    const fired = new Set((this.made?.fired ?? []).filter((one) => one.decision === id).flatMap((one) => one.rules));
    const rows = this.desk.part("sheet")?.getRoot()?.rows ?? [];
    rows.forEach((row, at) => {
      const cell = row.cells?.[0] && document.querySelector(`#editor-canvas [data-element-id="${CSS.escape(row.cells[0].id)}"]`);
      const line = cell?.closest("tr");
      if (!line) return;
      const is = fired.has(at + 1);
      if (line.classList.contains("fired") !== is) line.classList.toggle("fired", is);
    });
  }
}

const HELP = {
  number: "A number, such as 1.5.",
  text: "A text.",
  truth: "true or false.",
  day: "A day, such as 2026-01-31.",
  instant: "A day and a time, such as 2026-01-31T10:00:00Z.",
  time: "A time, such as 10:00:00.",
  duration: "A duration, such as P2D or PT4H.",
  feel: 'As FEEL: 5, "a text", true, [1, 2], {a: 1}.',
};
