// A list of dates in a calendar: its holidays, or the days that are open besides the week.
import { fresh, h } from "../editor/dom.js";
import { pasted } from "./calendar_paste.js";
import { dateType, Field, listed, mark } from "./calendar_parts.js";

const WORDS = {
  holidays: { title: "Holidays", one: "holiday", help: "Nothing opens on these dates; a night that began the day before still ends.", none: "No holidays yet. Add one below, or paste a list." },
  extra: { title: "Extra open days", one: "extra day", help: "Open besides the week, on a holiday too.", none: "No extra days yet." },
};

export class ListRoom {
  constructor(field, does) {
    Object.assign(this, { field, does, drawn: null, open: new Set([String(new Date().getFullYear())]) });
    const { title, help } = WORDS[field];
    const id = fresh("list");
    this.general = h("div", { class: "texts-problems", role: "status" });
    this.list = h("div", {});
    this.sort = h("button", { type: "button", class: "btn btn-sm btn-quiet", hidden: true, onclick: () => does.sort() }, "Sort by date");
    this.room = h("section", { "aria-labelledby": id }, h("h2", { class: "texts-title", id }, title), h("p", { class: "field-help" }, help), this.general, this.list, this.sort, this._adding());
  }

  show(said) {
    const items = said[this.field];
    this.isFixed = said.fixed.includes(this.field);
    this.adding.disabled = this.isFixed;
    this.sort.hidden = this.isFixed || items.every((it, at) => at === 0 || items[at - 1].date <= it.date);
    // The rows stay while only their texts change: somebody may be in one of them.
    const shape = JSON.stringify([this.isFixed, items.map(({ date }) => [year(date), dateType(date)])]);
    if (shape !== this.drawn) this._redraw(items, shape);
    items.forEach((item, at) => this._put(this.rows[at], item));
  }

  mark(problems) {
    const [here, rest] = [new Map(), []];
    for (const one of problems) {
      const at = this.rows.findIndex(({ date }) => one.part && date.input.value === one.part);
      if (at >= 0) here.set(at, [...(here.get(at) ?? []), one]);
      else rest.push(one);
    }
    mark(this.general, rest);
    this.rows.forEach((row, at) => row.date.mark(here.get(at) ?? []));
    for (const at of here.keys()) this.rows[at].room.closest("details")?.setAttribute("open", "");
  }

  /** Draws the rows anew; whoever was in one of them is in it again. */
  _redraw(items, shape) {
    const parts = ["date", "hours", "name"];
    const inputs = (row) => parts.map((part) => row?.[part]?.input);
    const at = (this.rows ?? []).findIndex((row) => inputs(row).includes(document.activeElement));
    const part = at >= 0 ? inputs(this.rows[at]).indexOf(document.activeElement) : -1;
    if (at >= 0 && items[at]) this.open.add(year(items[at].date));
    this._rows(items, shape);
    if (at >= 0) inputs(this.rows[at])[part]?.focus();
  }

  _rows(items, shape) {
    this.drawn = shape;
    for (const details of this.list.querySelectorAll("details[open]")) this.open.add(details.dataset.year);
    this.rows = items.map((item, at) => this._row(item, at));
    const years = [...new Set(items.map(({ date }) => year(date)))];
    const parts = years.map((one) => {
      const rows = this.rows.filter((_, at) => year(items[at].date) === one).map(({ room }) => room);
      return h("details", { "data-year": one, open: years.length === 1 || this.open.has(one) }, h("summary", {}, `${one} (${rows.length})`), rows);
    });
    this.list.replaceChildren(...(parts.length > 0 ? parts : [h("p", { class: "quiet" }, WORDS[this.field].none)]));
  }

  _row(item, at) {
    const of = item.date || `line ${at + 1}`;
    const date = new Field({ label: `Date, ${of}`, isHidden: true, attributes: { type: dateType(item.date) }, type: (value) => this.does.change(at, "date", value) });
    const name = new Field({ label: `Name, ${of}`, isHidden: true, attributes: { placeholder: "Name" }, type: (value) => this.does.change(at, "name", value) });
    const hours = this.field === "extra" ? new Field({ label: `Hours, ${of}`, isHidden: true, attributes: { placeholder: "09:00-12:00, 13:00-17:00" }, type: (value) => this.does.change(at, "hours", listed(value)) }) : null;
    const remove = h("button", { type: "button", class: "btn btn-sm btn-quiet", "aria-label": `Remove ${of}`, onclick: () => this._remove(at) }, "Remove");
    return { date, name, hours, remove, room: h("div", { class: "texts-row" }, date.room, hours?.room, name.room, remove) };
  }

  _put({ date, name, hours, remove }, item) {
    date.put(item.date, { isFixed: this.isFixed });
    name.put(item.name, { isFixed: this.isFixed });
    hours?.put(item.hours.join(", "), { isFixed: this.isFixed });
    remove.disabled = this.isFixed;
  }

  _remove(at) {
    this.does.remove(at);
    const next = this.rows[Math.min(at, this.rows.length - 1)];
    (next?.remove ?? this.adding.querySelector("input")).focus();
  }

  _adding() {
    const { one } = WORDS[this.field];
    const date = new Field({ label: "Date", attributes: { type: "date" } });
    const name = new Field({ label: "Name" });
    const hours = this.field === "extra" ? new Field({ label: "Hours", attributes: { placeholder: "09:00-12:00" } }) : null;
    const add = () => {
      if (!date.input.value) return date.mark([{ text: "Choose a date.", isWrong: true }]);
      if (hours && !hours.input.value.trim()) return hours.mark([{ text: "Write hours such as 09:00-12:00.", isWrong: true }]);
      for (const it of [date, hours]) it?.mark([]);
      const item = { date: date.input.value, name: name.input.value.trim() };
      this.open.add(year(item.date));
      this.does.add([hours ? { ...item, hours: listed(hours.input.value) } : item]);
      for (const it of [date, name, hours]) if (it) it.input.value = "";
      return date.input.focus();
    };
    const button = h("button", { type: "button", class: "btn btn-sm btn-outline", onclick: add }, `Add the ${one}`);
    this.adding = h("fieldset", { class: "texts-adding" }, h("legend", { class: "visually-hidden" }, `Add a ${one}`), h("div", { class: "texts-row" }, date.room, hours?.room, name.room, button), hours ? null : this._pasting());
    return this.adding;
  }

  _pasting() {
    const [id, help] = [fresh("paste"), fresh("help")];
    const area = h("textarea", { id, class: "form-control form-control-sm", rows: 4, "aria-describedby": help });
    const told = h("p", { class: "field-problem", role: "status" });
    const take = () => {
      const { items, problem } = pasted(area.value);
      told.textContent = problem;
      if (problem) return;
      // A list that is pasted every year has most of its days already.
      const there = new Set(this.rows.map(({ date }) => date.input.value));
      const added = items.filter(({ date }) => !there.has(date) && there.add(date));
      for (const { date } of items) this.open.add(year(date));
      if (added.length > 0) this.does.add(added);
      if (added.length < items.length) told.textContent = `${items.length - added.length} of ${items.length} dates were there already and were left out.`;
      area.value = "";
    };
    return h(
      "details",
      {},
      h("summary", {}, "Paste several"),
      h("label", { for: id, class: "field-label" }, "One holiday a line: its date, then its name"),
      area,
      h("p", { id: help, class: "field-help" }, "Dates as 2026-12-25 or 25.12.2026. Nothing is added while a line cannot be read."),
      told,
      h("button", { type: "button", class: "btn btn-sm btn-outline", onclick: take }, "Add these lines"),
    );
  }
}

function year(date) {
  return /^\d{4}/.exec(date)?.[0] ?? "Without a year";
}
