// The mail that a message makes: with values of an example or of a record, each of them to be changed.
import { fresh, h, later } from "../editor/dom.js";

const PAUSE = 300;

export class MessagePreview {
  constructor(desk, ask) {
    Object.assign(this, { desk, ask, typed: {}, sender: "", record: "", drawn: "" });
    this.again = later(PAUSE, ask);
    this.problem = h("p", { class: "field-problem", role: "status" });
    this.senderRoom = h("div", { class: "texts-field", hidden: true });
    this.recordRoom = this._recordRoom();
    this.values = h("div", {});
    this.mail = h("div", { class: "texts-mail" }, h("p", { class: "quiet" }, "Asking"));
    this.room = h(
      "section",
      { class: "texts-preview", "aria-labelledby": "texts-preview-title" },
      h("h2", { class: "texts-title", id: "texts-preview-title" }, "Preview"),
      this.senderRoom,
      this.recordRoom,
      this.problem,
      this.mail,
      this.values,
    );
  }

  /** What the reader chose: the element, the record, and values typed over those found. */
  wanted() {
    return { sender: this.sender, record: this.record, values: this.typed };
  }

  refuse(text) {
    this.problem.textContent = text;
  }

  show(answer) {
    this.problem.textContent = answer.stopped ?? "";
    this._drawSenders(answer);
    if (!answer.wrong) this._drawValues(answer);
    if (answer.mail) this._drawMail(answer.mail);
    else if (answer.wrong) this.mail.replaceChildren(h("p", { class: "quiet" }, "There is a preview once the text can be read: see what is said at it."));
    else this.mail.replaceChildren(h("p", { class: "quiet" }, "It cannot be written like this."));
  }

  _recordRoom() {
    const [id, list, help] = [fresh("record"), fresh("records"), fresh("help")];
    const options = h("datalist", { id: list });
    const found = later(PAUSE, async () => options.replaceChildren(...(await this._records(input.value))));
    const input = h("input", { id, class: "form-control form-control-sm", list, autocomplete: "off", placeholder: "An example", "aria-describedby": help });
    input.addEventListener("focus", found, { once: true });
    input.addEventListener("input", found);
    input.addEventListener("change", () => {
      this.record = input.value.trim();
      this.typed = {};
      this.ask();
    });
    return h("div", { class: "texts-field" }, h("label", { for: id, class: "field-label" }, "Record to show it with"), input, options, h("p", { id: help, class: "field-help" }, "Choose or type a key. Left empty, the values are examples made from the fields."));
  }

  async _records(words) {
    try {
      const { records } = await this.desk.server.ask("message/records", { words });
      return records.map(({ key, title }) => h("option", { value: key }, title));
    } catch {
      return [];
    }
  }

  _drawSenders({ senders, sender }) {
    this.senderRoom.hidden = senders.length < 2;
    const known = JSON.stringify(senders.map(({ element }) => element));
    if (this.senderRoom.dataset.known === known) return;
    this.senderRoom.dataset.known = known;
    const id = fresh("sender");
    const options = senders.map(({ element, name }) => h("option", { value: element, selected: element === sender }, name));
    const choice = h("select", { id, class: "form-select form-select-sm" }, options);
    choice.addEventListener("change", () => {
      this.sender = choice.value;
      this.typed = {};
      this.ask();
    });
    this.senderRoom.replaceChildren(h("label", { for: id, class: "field-label" }, "As sent by"), choice);
  }

  _drawValues({ values, used, sender, record }) {
    const shown = used.filter((name) => name in values);
    const drawn = JSON.stringify([shown, sender, record]);
    if (drawn === this.drawn) return this._refresh(shown, values);
    this.drawn = drawn;
    this.inputs = new Map();
    const fields = shown.map((name) => this._value(name, values[name]));
    const title = h("h3", { class: "texts-title" }, "Values in this preview");
    const none = h("p", { class: "quiet" }, "The message uses no values.");
    const back = h("button", { type: "button", class: "btn btn-sm btn-quiet", onclick: () => this._forget() }, "Take back what I typed over them");
    return this.values.replaceChildren(title, ...(fields.length > 0 ? [...fields, back] : [none]));
  }

  _refresh(shown, values) {
    for (const name of shown) {
      const input = this.inputs.get(name);
      if (input && input !== document.activeElement && !(name in this.typed)) input.value = said(values[name]);
    }
  }

  _value(name, value) {
    const id = fresh("value");
    const isWhole = value !== null && typeof value === "object";
    const input = isWhole
      ? h("textarea", { id, class: "form-control form-control-sm feel", rows: 3, value: said(value) })
      : h("input", { id, class: "form-control form-control-sm", value: said(value) });
    const told = h("p", { class: "field-problem", role: "status" });
    this.inputs.set(name, input);
    input.addEventListener("input", () => {
      const read = typedValue(input.value, value);
      told.textContent = read === undefined ? "This is no JSON." : "";
      if (read === undefined) return;
      this.typed[name] = read;
      this.again();
    });
    const help = value === null ? "No value" : typeof value === "boolean" ? "true or false" : null;
    return h("div", { class: "texts-value" }, h("label", { for: id }, name, help ? h("span", { class: "quiet" }, ` ${help}`) : null), input, told);
  }

  _forget() {
    this.typed = {};
    this.drawn = "";
    this.ask();
  }

  _drawMail({ subject, text, html }) {
    if (!this.frame) {
      this.subject = h("p", { class: "texts-mail-subject" });
      this.plain = h("pre", { class: "texts-plain", tabindex: "0", "aria-label": "The mail as plain text" });
      // No permission at all: nothing in it runs, and it reaches nothing.
      this.frame = h("iframe", { class: "texts-frame", sandbox: "", title: "The mail as HTML" });
    }
    this.subject.textContent = subject || "(no subject)";
    this.plain.textContent = text;
    if (this.html !== html) {
      this.html = html;
      this.frame.srcdoc = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail</title><body>${html}`;
    }
    if (this.frame.isConnected) return;
    this.mail.replaceChildren(
      h("h3", { class: "texts-title" }, "Subject"),
      this.subject,
      h("h3", { class: "texts-title" }, "As HTML"),
      this.frame,
      h("h3", { class: "texts-title" }, "As plain text"),
      this.plain,
      h("p", { class: "field-help" }, "A link to the record follows, unless the text has it. Nothing is sent by looking."),
    );
  }
}

function said(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

/** What was typed, in the kind of the value before; undefined when it cannot be read as that. */
function typedValue(text, before) {
  if (text === "") return null;
  if (before !== null && typeof before === "object") {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }
  if (typeof before === "boolean" && /^(true|false|yes|no)$/i.test(text)) return /^(true|yes)$/i.test(text);
  return typeof before === "number" && Number.isFinite(Number(text)) ? Number(text) : text;
}
