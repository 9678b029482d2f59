// What the gate finds while somebody draws: marks on the elements, and a list with remedies.
import { coded, h, later } from "./dom.js";
import { applyFix } from "./fixes.js";
import { show } from "./modeler.js";

const PAUSE = 600;
const WORDS = { error: "Error", warning: "Warning", info: "Note" };

export class Problems {
  /** `place` holds the list; `count` says how many there are; `after(answer)` hears each answer. */
  constructor({ desk, place, count, after }) {
    Object.assign(this, { desk, place, count, after, findings: [] });
    this.look = later(PAUSE, () => this._look());
    desk.modeler.on("commandStack.changed", () => this.look());
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
      const text = await this.desk.write();
      const answer = await this.desk.server.ask("lint", { files: { [this.desk.path]: text } });
      this.findings = answer.findings;
      this._draw();
      this.after(answer);
    } catch (error) {
      this.count.textContent = "Not checked";
      this.count.title = error.message;
    }
    this.asking = false;
    this.place.removeAttribute("aria-busy");
    if (this.again) {
      this.again = false;
      await this._look();
    }
  }

  _draw() {
    this._mark();
    const { findings } = this;
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
    const element = finding.element && this.desk.modeler.get("elementRegistry").get(finding.element);
    const here = finding.file === this.desk.path;
    const where = finding.element ?? finding.file;
    const place =
      element && here
        ? h("button", { type: "button", class: "problem-place", onclick: () => this._go(finding) }, nameOf(element))
        : h("span", { class: "problem-place" }, here ? where : `${finding.file}${finding.element ? ` · ${finding.element}` : ""}`);
    const fix = finding.fix
      ? h("button", { type: "button", class: "btn btn-sm btn-outline", onclick: () => this._fix(finding) }, finding.fix.label)
      : null;
    return h(
      "li",
      { class: `problem problem-${finding.severity}`, "data-finding": at, "data-rule": finding.rule },
      h("span", { class: "problem-word" }, WORDS[finding.severity]),
      place,
      h("span", { class: "problem-text" }, coded(finding.message), " ", h("span", { class: "quiet" }, coded(finding.remedy))),
      fix,
    );
  }

  _go(finding) {
    if (show(this.desk.modeler, finding.element)) this.desk.focusPanel();
  }

  _fix(finding) {
    if (applyFix(this.desk, finding)) this.now();
  }

  /** Shows the list's lines of one element. */
  open(element) {
    const line = this.findings.findIndex((one) => one.element === element && one.file === this.desk.path);
    const item = this.place.children[line];
    item?.scrollIntoView({ block: "nearest" });
    (item?.querySelector("button") ?? this.place).focus();
  }

  _mark() {
    const { modeler, path } = this.desk;
    const overlays = modeler.get("overlays");
    const registry = modeler.get("elementRegistry");
    overlays.remove({ type: "clearway-problem" });
    const byElement = new Map();
    for (const finding of this.findings) {
      if (finding.file !== path || !registry.get(finding.element)) continue;
      byElement.set(finding.element, [...(byElement.get(finding.element) ?? []), finding]);
    }
    for (const [id, found] of byElement) {
      const element = registry.get(id);
      if (element === modeler.get("canvas").getRootElement()) continue;
      overlays.add(id, "clearway-problem", { position: place(element), html: this._badge(element, found), scale: { min: 0.7, max: 1.2 } });
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
      this.open(element.id);
    });
    return badge;
  }
}

function place(element) {
  if (element.waypoints) return { top: -12, left: 0 };
  return { top: -11, right: 11 };
}

function nameOf(element) {
  return element.businessObject.name?.replace(/\s+/g, " ").trim() || element.id;
}

function counted(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
