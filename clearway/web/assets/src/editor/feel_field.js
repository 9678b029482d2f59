// A field for a FEEL expression: completion of the names that exist there, and errors as you type.
import { fresh, h, later } from "./dom.js";

const PAUSE = 350;
const MOST = 12;
const WORD = /(?<![\w.])[A-Za-z_][\w.]*$/;
// A time as ISO 8601 writes it, or the beginning of one, is no expression.
const ISO = /^\s*[-+]?(P\s*[T\d]|R\d*\/|\d+\s*[A-Za-z]?$)/i;
const KEYWORDS = new Set("if then else for in return some every satisfies and or between instance of function true false null".split(" "));

/**
 * `names()` answers [{name, about}] of the place; `check(text)` answers {problem, line, column,
 * hint} or null; `type(text)` is told what stands there after a pause and at the end.
 */
export function feelField({ id, value, describedBy, names, check, type, rows = 1 }) {
  const list = fresh("names");
  const told = fresh("told");
  const area = h("textarea", {
    id,
    class: "form-control form-control-sm feel",
    rows,
    value,
    spellcheck: "false",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-controls": list,
    "aria-describedby": [describedBy, told].filter(Boolean).join(" "),
  });
  const box = h("ul", { id: list, class: "feel-names", role: "listbox", "aria-label": "Names", hidden: true });
  const problem = h("p", { id: told, class: "feel-problem", role: "status" });
  const names_ = new Names(area, box, names);
  let asked = 0;

  const look = later(PAUSE, async () => {
    const mine = (asked += 1);
    type(area.value);
    const found = area.value.trim() ? await check(area.value).catch(() => null) : null;
    if (mine === asked) say(area, problem, found);
  });
  area.addEventListener("input", () => {
    grow(area);
    names_.offer();
    look();
  });
  area.addEventListener("keydown", (event) => names_.key(event));
  area.addEventListener("blur", () => {
    names_.close();
    look.now();
  });
  const field = h("div", { class: "feel-field" }, area, box, problem);
  requestAnimationFrame(() => grow(area));
  return {
    field,
    set(text) {
      if (area.value === text || document.activeElement === area) return;
      area.value = text;
      say(area, problem, null);
      grow(area);
    },
    look: () => area.value.trim() && check(area.value).then((found) => say(area, problem, found), () => {}),
  };
}

function grow(area) {
  area.rows = Math.min(8, Math.max(1, area.value.split("\n").length, Math.ceil(area.value.length / 34)));
}

function say(area, problem, found) {
  if (found) area.setAttribute("aria-invalid", "true");
  else area.removeAttribute("aria-invalid");
  area.classList.toggle("is-invalid", Boolean(found));
  if (!found) return problem.replaceChildren();
  const place = found.column ? `${found.line > 1 ? `Line ${found.line}, c` : "C"}olumn ${found.column}: ` : "";
  problem.replaceChildren(`${place}${found.problem} ${found.hint ?? ""}`.trim());
  if (found.column && found.line) {
    const button = h("button", { type: "button", class: "btn btn-sm btn-quiet", onclick: () => go(area, found) }, "Go there");
    problem.append(" ", button);
  }
}

function go(area, { line, column }) {
  const before = area.value.split("\n").slice(0, line - 1).join("\n");
  const at = (line > 1 ? before.length + 1 : 0) + column - 1;
  area.focus();
  area.setSelectionRange(at, Math.min(at + 1, area.value.length));
}

/** The list of names below the field: typed for, chosen with the arrow keys and Enter or Tab. */
export class Names {
  constructor(area, box, names) {
    Object.assign(this, { area, box, names, at: 0, found: [] });
  }

  offer(all = false) {
    const start = this._start();
    if (start === null && !all) return this.close();
    const word = this.area.value.slice(start ?? this.area.selectionStart, this.area.selectionStart).toLowerCase();
    const known = this.names();
    this.found = known
      .filter(({ name }) => name.toLowerCase().includes(word) && name.toLowerCase() !== word)
      .sort((one, other) => rank(one, word) - rank(other, word) || one.name.localeCompare(other.name))
      .slice(0, MOST);
    if (this.found.length === 0) return this.close();
    // What is whole already is never replaced unasked: then nothing is chosen beforehand.
    const isWhole = KEYWORDS.has(word) || known.some(({ name }) => name.toLowerCase() === word);
    const isMeant = rank(this.found[0], word) < 2 && !isWhole && !ISO.test(this.area.value);
    this.at = all || isMeant ? 0 : -1;
    this._draw();
    return undefined;
  }

  key(event) {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      return this.offer(true);
    }
    if (this.box.hidden) return undefined;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      const from = this.at < 0 && by < 0 ? 0 : this.at;
      this.at = (from + by + this.found.length) % this.found.length;
      this._draw();
    } else if (event.key === "Enter" || event.key === "Tab") {
      if (this.at < 0) return this.close();
      this._take(this.found[this.at].name);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return undefined;
    }
    event.stopPropagation();
    return event.preventDefault();
  }

  close() {
    this.box.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
  }

  _draw() {
    const lines = this.found.map(({ name, about }, at) =>
      h(
        "li",
        {
          id: `${this.box.id}-${at}`,
          role: "option",
          "aria-selected": String(at === this.at),
          onmousedown: (event) => {
            event.preventDefault();
            this._take(name);
          },
        },
        h("span", { class: "feel-name" }, name),
        about ? h("span", { class: "quiet" }, about) : null,
      ),
    );
    this.box.replaceChildren(...lines);
    this.box.hidden = false;
    if (this.at < 0) return this.area.removeAttribute("aria-activedescendant");
    this.area.setAttribute("aria-activedescendant", `${this.box.id}-${this.at}`);
    return lines[this.at].scrollIntoView({ block: "nearest" });
  }

  _take(name) {
    const start = this._start() ?? this.area.selectionStart;
    this.area.setRangeText(name, start, this.area.selectionStart, "end");
    this.close();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }

  _start() {
    const before = this.area.value.slice(0, this.area.selectionStart);
    const word = WORD.exec(before)?.[0];
    return word ? before.length - word.length : null;
  }
}

function rank({ name }, word) {
  const low = name.toLowerCase();
  if (low.startsWith(word)) return 0;
  return low.split(".").some((part) => part.startsWith(word)) ? 1 : 2;
}
