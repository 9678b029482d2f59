// What the gate finds while somebody edits: a list with places, remedies and fixes.
import { coded, h, later } from "./dom.js";

const PAUSE = 600;
const AGAIN = 5_000;
const PASSING = [0, 401, 403, 503];
const WORDS = { error: "Error", warning: "Warning", info: "Note" };

/**
 * What the list asks of the editor around it (`ground`):
 *
 * `unsaved()` answers {path: text}, what is on the screen; `listen(changed)` calls `changed` after
 * each change; `mark(findings)` shows them at their places; `place(finding)` answers {name, go},
 * where `go()` leads there, or null; `fix(finding)` mends it and answers whether it could.
 */
export class Problems {
  /** `place` holds the list; `count` says how many there are; `after(answer)` hears each answer. */
  constructor({ server, saving, path, ground, place, count, after = () => {} }) {
    Object.assign(this, { server, saving, path, ground, place, count, after, findings: [] });
    this.look = later(PAUSE, () => this._look());
    this.later = later(AGAIN, () => this._look());
    ground.listen(() => this.look());
    // What the editor does not write is looked at in the file that is stored.
    saving.whenSaved(() => this.now());
  }

  /** Asks the gate at once. */
  now() {
    this.look.stop();
    return this._look();
  }

  // One question at a time: what changed meanwhile is asked when the answer is there.
  async _look() {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    this.place.setAttribute("aria-busy", "true");
    try {
      const files = await this.ground.unsaved();
      const { savedAs } = this.saving;
      const answer = await this.server.ask("lint", { files, saved: savedAs ? { [this.path]: savedAs } : {} });
      this.findings = answer.findings;
      this.draw();
      this.after(answer);
    } catch (error) {
      this.count.textContent = "Not checked";
      this.count.title = error.message;
      // Nobody is signed in, or no answer came: that passes.
      if (PASSING.includes(error.status)) this.later();
    }
    this.asking = false;
    this.place.removeAttribute("aria-busy");
    if (this.again) {
      this.again = false;
      await this._look();
    }
  }

  /** Shows the findings: in the list, and at their places. */
  draw() {
    const { findings } = this;
    this.ground.mark(findings);
    const errors = findings.filter((one) => one.severity === "error").length;
    const said = findings.length === 0 ? "No problems" : `${counted(errors, "error")}, ${counted(findings.length - errors, "warning")}`;
    this.count.textContent = said;
    this.count.title = "";
    this.count.dataset.tone = errors ? "danger" : findings.length ? "warn" : "ok";
    const focused = document.activeElement?.closest("[data-finding]")?.dataset.finding;
    this.place.replaceChildren(
      ...(findings.length ? findings.map((one, at) => this._line(one, at)) : [h("li", { class: "quiet problem-none" }, "The gate finds nothing wrong.")]),
    );
    if (focused !== undefined) (this.place.children[Math.min(Number(focused), this.place.children.length - 1)]?.querySelector("button") ?? this.place).focus();
  }

  _line(finding, at) {
    const fix = finding.fix && finding.file === this.path
      ? h("button", { type: "button", class: "btn btn-sm btn-outline", onclick: () => this._fix(finding) }, finding.fix.label)
      : null;
    return h(
      "li",
      { class: `problem problem-${finding.severity}`, "data-finding": at, "data-rule": finding.rule },
      h("span", { class: "problem-word" }, WORDS[finding.severity]),
      this._place(finding),
      h("span", { class: "problem-text" }, coded(finding.message), " ", h("span", { class: "quiet" }, coded(finding.remedy))),
      fix,
    );
  }

  _place(finding) {
    const here = finding.file === this.path;
    const found = here ? this.ground.place(finding) : null;
    if (found) return h("button", { type: "button", class: "problem-place", onclick: found.go }, found.name);
    const where = finding.element ?? finding.file;
    return h("span", { class: "problem-place" }, here ? where : `${finding.file}${finding.element ? ` · ${finding.element}` : ""}`);
  }

  _fix(finding) {
    if (this.ground.fix(finding)) this.now();
  }

  /** Shows the list's lines of one element. */
  open(element) {
    const line = this.findings.findIndex((one) => one.element === element && one.file === this.path);
    const item = this.place.children[line];
    item?.scrollIntoView({ block: "nearest" });
    (item?.querySelector("button") ?? this.place).focus();
  }
}

function counted(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
