// The view of a calendar: its facts, week, holidays and extra days, and what follows from them.
import { coded, h, later } from "../editor/dom.js";
import { sorted, withDay, withField, withItem, withItemChanged, withoutItem } from "./calendar_edit.js";
import { FactsRoom } from "./calendar_facts.js";
import { ListRoom } from "./calendar_list.js";
import { CalendarPreview } from "./calendar_preview.js";
import { readCalendar, weekdays } from "./calendar_text.js";
import { WeekRoom } from "./calendar_week.js";
import "./texts.css";

const PAUSE = 300;

export class CalendarView {
  constructor(place, desk) {
    this.desk = desk;
    this.asked = 0;
    this.look = later(PAUSE, () => this.ask());
    const change = (key, edit) => this._change(key, edit);
    this.general = h("div", { class: "texts-problems", role: "status" });
    this.facts = new FactsRoom(desk, (name, value) => change(name, (text) => withField(text, name, value)));
    this.week = new WeekRoom((day, windows) => change(`week-${day}`, (text) => withDay(text, day, windows)));
    this.holidays = this._list("holidays", change);
    this.extra = this._list("extra", change);
    this.preview = new CalendarPreview(() => this.ask());
    this.edit = h("div", { class: "texts-edit" }, this.general, this.facts.room, this.week.room, this.holidays.room, this.extra.room);
    place.replaceChildren(h("div", { class: "texts" }, this.edit, this.preview.room));
  }

  show(text) {
    this.said = readCalendar(text);
    this.text = text;
    this._draw();
    this.ask();
  }

  /** Where the gate's finding is to be mended, as the last look at the text knows it. */
  place({ rule }) {
    const field = rule === "calendar" ? this.wrong?.field : "";
    const input = () => this.edit.querySelector("input[aria-invalid=true]") ?? this.edit.querySelector("input");
    return field ? { name: field, go: () => input().focus() } : null;
  }

  /** Asks what follows from the text on the screen. */
  async ask() {
    const mine = (this.asked += 1);
    try {
      const answer = await this.desk.server.ask("calendar", { path: this.desk.path, text: this.text, ...this.preview.wanted() });
      if (mine !== this.asked) return;
      this.wrong = answer.wrong;
      this._mark(answer.wrong ? [answer.wrong] : [], answer.notes ?? []);
      this.preview.show(answer, this.desk);
    } catch (error) {
      if (mine === this.asked) this.preview.refuse(error.message);
    }
  }

  _list(field, change) {
    return new ListRoom(field, {
      add: (items) => change(`${field}-add-${Date.now()}`, (text) => items.reduce((now, item) => withItem(now, field, item), text)),
      change: (at, name, value) => change(`${field}-${at}-${name}`, (text) => withItemChanged(text, field, at, name, value)),
      remove: (at) => {
        const { date } = this.said[field][at];
        if (change(`${field}-remove-${Date.now()}`, (text) => withoutItem(text, field, at))) this.desk.tell(`${date || "The line"} is removed. Undo brings it back.`);
      },
      sort: () => change(`${field}-sort`, (text) => sorted(text, field)),
    });
  }

  /** Whether the text was changed; what cannot be changed with certainty is said and left. */
  _change(key, edit) {
    let text;
    try {
      text = edit(this.text);
    } catch (error) {
      this.desk.tell(error.message);
      this._draw();
      return false;
    }
    if (text === this.text) return false;
    this.said = readCalendar(text);
    this.text = text;
    this.desk.change(text, key);
    this._draw();
    this.look();
    return true;
  }

  _draw() {
    const { fixed, more } = this.said;
    for (const room of [this.facts, this.week, this.holidays, this.extra]) room.show(this.said);
    const unknown = more.length > 0 ? [`The file has more than is shown here (${more.join(", ")}): see Source.`] : [];
    this.held = [...unknown, ...(fixed.length > 0 ? [`Written in a way that is kept and can only be changed in Source: ${fixed.join(", ")}.`] : [])];
    this._general([]);
  }

  _general(texts) {
    this.general.replaceChildren(...texts.map((text) => h("p", { class: "field-problem" }, coded(text))), ...this.held.map((text) => h("p", { class: "field-help" }, text)));
  }

  /** Says each problem at its input; what belongs to none stands above them all. */
  _mark(problems, notes) {
    const every = [...problems.map(({ reason, field, part }) => ({ text: reason, field, part, isWrong: true })), ...notes];
    this.facts.mark(every.filter(({ field }) => FactsRoom.HAS.includes(field)));
    this.week.mark(every.filter(({ field }) => field === "week"), (part) => weekdays(part) ?? []);
    for (const list of [this.holidays, this.extra]) list.mark(every.filter(({ field }) => field === list.field));
    this._general(every.filter(({ field }) => !field).map(({ text }) => text));
  }
}
