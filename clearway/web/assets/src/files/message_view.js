// The view of a message: its subject and text, what they may say, and the mail that comes of them.
import { coded, fresh, h, later } from "../editor/dom.js";
import { Names } from "../editor/feel_field.js";
import { MessagePreview } from "./message_preview.js";
import { placeIn, readMessage, withBody, withSubject } from "./message_text.js";
import "./texts.css";

const PAUSE = 300;
/** So long after the last key, what is typed next is a step of its own to undo. */
const STEP = 1500;

export class MessageView {
  constructor(place, desk) {
    this.desk = desk;
    this.findings = [];
    this.answer = null;
    this.asked = 0;
    this.step = 0;
    this.rests = later(STEP, () => (this.step += 1));
    this.look = later(PAUSE, () => this.ask());
    this.subject = this._writing("input", "Subject", "subject", { type: "text" });
    this.body = this._writing("textarea", "Text", "body", { rows: 12 });
    this.last = this.body;
    this.names = h("div", {});
    this.senders = h("div", {});
    this.preview = new MessagePreview(desk, () => this.ask());
    place.replaceChildren(
      h(
        "div",
        { class: "texts" },
        h(
          "div",
          { class: "texts-edit" },
          this.subject.room,
          this.body.room,
          h("p", { class: "field-help" }, "Text is Markdown: **bold**, lists, tables. A value stands in {{ }}, a condition in {% if %} and {% endif %}. Ctrl and Space offer what may stand there."),
          this.names,
          this.senders,
        ),
        this.preview.room,
      ),
    );
  }

  show(text) {
    const { subject, body } = readMessage(text);
    this.text = text;
    put(this.subject.area, subject);
    put(this.body.area, body);
    this.ask();
  }

  tell(findings) {
    this.findings = findings;
    this._say();
  }

  /** Where a finding of the gate is to be mended. */
  place({ message }) {
    const line = lineOf(message);
    if (line === 1) return { name: "Subject", go: () => this.subject.area.focus() };
    return line ? { name: `Line ${line}`, go: () => this._go(line) } : null;
  }

  /** Asks for the preview of what is on the screen now. */
  async ask() {
    const mine = (this.asked += 1);
    const { sender, record, values } = this.preview.wanted();
    const body = { path: this.desk.path, text: this.text, sender, record, values };
    try {
      const answer = await this.desk.server.ask("message", body);
      if (mine !== this.asked) return;
      this.answer = answer;
      this.preview.show(answer);
      this._say();
      this._offer(answer);
    } catch (error) {
      if (mine === this.asked) this.preview.refuse(error.message);
    }
  }

  /** An input with its label, its problems and the list of names that completes it. */
  _writing(tag, label, key, attributes) {
    const [id, list, told] = [fresh(key), fresh("names"), fresh("told")];
    const area = h(tag, {
      id,
      class: `form-control texts-${key}`,
      spellcheck: "true",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-controls": list,
      "aria-describedby": told,
      ...attributes,
    });
    const box = h("ul", { id: list, class: "feel-names", role: "listbox", "aria-label": "What may stand here", hidden: true });
    const problems = h("div", { id: told, class: "texts-problems", role: "status" });
    const names = new InTags(area, box, () => this._named(area));
    area.addEventListener("focus", () => (this.last = this[key]));
    area.addEventListener("blur", () => names.close());
    area.addEventListener("keydown", (event) => names.key(event));
    area.addEventListener("input", () => {
      this._typed(key, area.value);
      names.offer();
    });
    const room = h("div", { class: "texts-field" }, h("label", { for: id, class: "field-label" }, label), h("div", { class: "feel-field" }, area, box), problems);
    return { area, room, problems, key };
  }

  _typed(key, value) {
    const text = key === "subject" ? withSubject(this.text, value) : withBody(this.text, value);
    if (text === this.text) return;
    this.text = text;
    this.desk.change(text, `${key}-${this.step}`);
    this.rests();
    this.look();
  }

  _named(area) {
    if (!this.answer) return [];
    if (placeIn(before(area)) === "filter") return this.answer.filters.map((name) => ({ name, about: "filter" }));
    return this.answer.names.map(({ name, about, only }) => ({ name, about: only.length > 0 ? `${about}; only from ${only.join(", ")}` : about }));
  }

  _say() {
    const wrong = this.answer?.wrong ? [this.answer.wrong] : this.findings.map(({ message, remedy }) => ({ text: `${message} ${remedy ?? ""}`.trim(), line: lineOf(message) }));
    for (const writing of [this.subject, this.body]) {
      const mine = wrong.filter(({ line }) => (writing === this.subject) === (line === 1));
      writing.problems.replaceChildren(...mine.map(({ text, line }) => this._problem(text, line)));
      writing.area.classList.toggle("is-invalid", mine.length > 0);
      if (mine.length > 0) writing.area.setAttribute("aria-invalid", "true");
      else writing.area.removeAttribute("aria-invalid");
    }
  }

  _problem(text, line) {
    const go = line > 1 ? h("button", { type: "button", class: "btn btn-sm btn-quiet", onclick: () => this._go(line) }, "Go there") : null;
    return h("p", { class: "field-problem" }, coded(text), go);
  }

  _go(line) {
    const { area } = this.body;
    const lines = area.value.split("\n");
    const from = lines.slice(0, line - 2).join("\n").length + (line > 2 ? 1 : 0);
    area.focus();
    area.setSelectionRange(from, from + (lines[line - 2]?.length ?? 0));
  }

  _offer({ names, fields, senders, is_understood: isUnderstood }) {
    const known = JSON.stringify([names, fields, senders, isUnderstood]);
    if (known === this.known) return;
    this.known = known;
    this.names.replaceChildren(
      h("h2", { class: "texts-title" }, "Values to insert"),
      h("ul", { class: "texts-names" }, names.map((one) => this._name(one))),
      fields.length > 0 && senders.length > 0 ? left(fields) : "",
    );
    this.senders.replaceChildren(h("h2", { class: "texts-title" }, "Sent by"), sentBy(this.desk, senders, isUnderstood));
  }

  _name({ name, about, only }) {
    const insert = () => this._insert(name);
    return h(
      "li",
      {},
      h("button", { type: "button", class: "btn btn-sm btn-outline", "aria-label": `Insert ${name}`, onclick: insert }, name),
      h("span", { class: "quiet" }, about, only.length > 0 ? ` Only given by ${only.join(", ")}.` : ""),
    );
  }

  /** At the cursor of the input that was used last: the bare name inside of a tag, else a tag. */
  _insert(name) {
    const { area } = this.last;
    this.step += 1;
    const said = placeIn(before(area)) === "value" ? name : `{{ ${name} }}`;
    area.focus();
    area.setRangeText(said, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    this.step += 1;
  }
}

/** Completes names inside of tags only: elsewhere people write sentences. */
class InTags extends Names {
  offer(all = false) {
    return placeIn(before(this.area)) ? super.offer(all) : this.close();
  }
}

function before(area) {
  return area.value.slice(0, area.selectionStart);
}

function put(area, value) {
  if (area.value === value) return;
  const at = area.selectionStart;
  area.value = value;
  if (document.activeElement === area) area.setSelectionRange(at, at);
}

function lineOf(message) {
  const found = /\bline (\d+)/i.exec(message);
  return found ? Number(found[1]) : 0;
}

function left(fields) {
  return h(
    "details",
    {},
    h("summary", {}, `Fields of the record that are not given (${fields.length})`),
    h("p", { class: "field-help" }, "To write one of them, first give it to the message: in the diagram, at the element that sends it, under Values."),
    h("ul", { class: "texts-names" }, fields.map(({ name, title }) => h("li", {}, h("code", {}, name), h("span", { class: "quiet" }, title)))),
  );
}

function sentBy(desk, senders, isUnderstood) {
  if (!isUnderstood) return h("p", { class: "quiet" }, "The diagram cannot be read as it is, so that it is not known who sends this message.");
  if (senders.length === 0) return h("p", { class: "quiet" }, "No element of the diagram sends this message yet. Choose it at a send task.");
  const address = ({ file, element }) => `${desk.server.base}/edit?file=${encodeURIComponent(file)}#${encodeURIComponent(element)}`;
  return h("ul", { class: "texts-list" }, senders.map((one) => h("li", {}, h("a", { href: address(one) }, one.name), one.to ? h("span", { class: "quiet" }, " to ", h("code", {}, one.to)) : null)));
}
