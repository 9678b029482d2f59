// The form as people will meet it, at the width of a phone, and what it says of what is filled in.
import { h, later } from "../editor/dom.js";

const PAUSE = 350;
const TALLEST = 720;

/** `uses(list)` is told which elements of the diagram the form belongs to. */
export class FormPreview {
  constructor(place, desk, uses) {
    Object.assign(this, { desk, uses, text: "", asked: 0 });
    this.soon = later(PAUSE, () => this._ask(false));
    this.said = h("p", { class: "form-preview-said", role: "status" });
    // Scripts and sending are off in it; it may only load the portal's own styles.
    this.frame = h("iframe", { class: "form-preview-frame", title: "Preview of the form", sandbox: "allow-same-origin", hidden: true });
    this.frame.addEventListener("load", () => this._loaded());
    const check = h("button", { type: "button", class: "btn btn-sm btn-outline", "data-at": "preview:check", onclick: () => this._ask(true) }, "Check what is filled in");
    const empty = h("button", { type: "button", class: "btn btn-sm btn-quiet", "data-at": "preview:empty", onclick: () => this._empty() }, "Begin again");
    this.row = h("div", { class: "actions-row" }, check, empty);
    place.append(
      h("h2", {}, "Preview"),
      h("p", { class: "field-help" }, "As on a phone. Fill it in to try it: nothing is sent or kept. Names and links are looked up only on the real page."),
      this.row,
      this.said,
      this.frame,
    );
  }

  /** The form has this text now. */
  show(text, { now = false } = {}) {
    this.text = text;
    if (now) this._ask(false);
    else this.soon();
  }

  _empty() {
    this.before = null;
    this.isFresh = true;
    this.said.textContent = "";
    this._ask(false);
  }

  async _ask(check) {
    this.soon.stop();
    const mine = ++this.asked;
    const typed = this.isFresh ? null : this._typed(check);
    const before = JSON.stringify(this._fields());
    this.isFresh = false;
    let answer;
    try {
      answer = await this.desk.server.ask("form", { path: this.desk.path, text: this.text, typed, check });
    } catch (error) {
      if (mine === this.asked) this._say(`There is no preview now: ${error.message}`, "warn");
      return;
    }
    if (mine !== this.asked) return;
    // What was filled in meanwhile would be lost by an answer to what stood there before.
    if (JSON.stringify(this._fields()) !== before) return this._ask(check);
    this.uses(answer.uses);
    // At a vote the form is only read: there is nothing to check.
    this.row.hidden = answer.uses[0]?.kind === "vote";
    if (answer.wrong) return this._say(`${answer.wrong.text} ${answer.wrong.remedy}`, "danger");
    this._draw(answer, check);
  }

  _say(text, tone) {
    this.said.textContent = text;
    this.said.className = `form-preview-said ${tone ? `tone-${tone}` : ""}`;
  }

  _draw({ html, errors }, check) {
    if (check) this._say(Object.keys(errors).length ? "The form would not take this: see what is marked." : "The form would take this.", Object.keys(errors).length ? "danger" : "ok");
    else this._say("", "");
    this.scrolled = this.frame.contentWindow?.scrollY ?? 0;
    this.wasTouched = check || this._typed(false) !== null;
    this.frame.hidden = false;
    this.frame.srcdoc = html;
  }

  _loaded() {
    const page = this.frame.contentDocument;
    if (!page?.body) return;
    this.before = this.wasTouched ? null : JSON.stringify(this._fields());
    this.frame.style.height = `${Math.min(page.documentElement.scrollHeight + 2, TALLEST)}px`;
    this.frame.contentWindow.scrollTo(0, this.scrolled ?? 0);
    this.frame.dataset.ready = "yes";
  }

  /** What stands in the fields, or null while nobody changed anything there. */
  _typed(always) {
    const fields = this._fields();
    const isTouched = this.frame.srcdoc && JSON.stringify(fields) !== this.before;
    return always || isTouched ? fields : null;
  }

  _fields() {
    const form = this.frame.contentDocument?.querySelector("form");
    return form ? [...new FormData(form)].filter(([, text]) => typeof text === "string") : [];
  }
}
