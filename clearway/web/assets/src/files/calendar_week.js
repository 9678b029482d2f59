// The week of a calendar: for each weekday its openings, each from one time to another. What is typed
// and is no time stays where it was typed, with a sentence; the file gets an opening when it is one.
import { fresh, h } from "../editor/dom.js";
import { mark } from "./calendar_parts.js";
import { DAYS } from "./calendar_text.js";
import { ends, minute, padded, refused } from "./calendar_times.js";

export class WeekRoom {
  constructor(change) {
    this.change = change;
    this.general = h("div", { class: "texts-problems" });
    this.days = DAYS.map((day, at) => this._day(day, at));
    this.room = h(
      "section",
      { "aria-labelledby": "texts-week" },
      h("h2", { class: "texts-title", id: "texts-week" }, "Weekly hours"),
      h("p", { class: "field-help" }, "A night that ends on the next day is written as it is: 22:00 to 06:00. 24:00 is the end of the day."),
      this.general,
      h("div", { class: "texts-week" }, this.days.map((it) => it.room)),
    );
  }

  show({ week, fixed }) {
    this.week = week;
    this.days.forEach((day, at) => this._draw(day, week[at], fixed.includes("week")));
  }

  mark(problems, daysOf) {
    const at = problems.map((one) => ({ ...one, days: daysOf(one.part) }));
    mark(this.general, at.filter(({ days }) => days.length === 0));
    this.days.forEach((day, index) => {
      const mine = at.filter(({ days }) => days.includes(index));
      Object.assign(day, { said: mine.filter(({ days }) => days[0] === index), isWrong: mine.length > 0 });
      this._tell(day);
    });
  }

  /** Says what is wrong with a day: what was typed in it and is no time, then what the file says. */
  _tell(day) {
    const typed = day.typed.flatMap((it) => (it ? [it.from, it.to].map(refused).filter(Boolean) : []));
    mark(day.problem, [...typed.map((text) => ({ text, isWrong: true })), ...day.said]);
    [...day.list.querySelectorAll(".texts-window")].forEach((row, index) => {
      const own = day.typed[index];
      const inputs = row.querySelectorAll("input");
      [own?.from, own?.to].forEach((value, place) => {
        const isWrong = day.isWrong || (own && refused(value) !== "");
        inputs[place].classList.toggle("is-invalid", Boolean(isWrong));
        inputs[place].setAttribute("aria-invalid", String(Boolean(isWrong)));
      });
    });
  }

  _day(name, at) {
    const told = fresh("told");
    const title = name[0].toUpperCase() + name.slice(1);
    const list = h("div", { class: "texts-windows" });
    const problem = h("div", { id: told, class: "texts-problems" });
    const add = h("button", { type: "button", class: "btn btn-sm btn-quiet", onclick: () => this._add(at), "aria-label": `Add hours on ${title}` }, "Add hours");
    const room = h("fieldset", { class: "texts-day" }, h("legend", {}, title), list, add, problem);
    // `typed`: for each opening what stands in its inputs and is not in the file, with what it was.
    return { room, list, add, problem, told, title, at, drawn: null, typed: [], said: [], isWrong: false };
  }

  _draw(day, windows, isFixed) {
    day.add.disabled = isFixed;
    if (day.drawn !== windows.length) {
      day.drawn = windows.length;
      day.list.replaceChildren(...windows.map((_, index) => this._window(day, index)));
      if (windows.length === 0) day.list.replaceChildren(h("span", { class: "quiet" }, "Closed"));
    }
    day.typed = windows.map((window, index) => (day.typed[index]?.was === window ? day.typed[index] : null));
    windows.forEach((window, index) => {
      const [from, to] = day.typed[index] ? [day.typed[index].from, day.typed[index].to] : ends(window);
      const [first, last] = day.list.children[index].querySelectorAll("input");
      for (const [input, value] of [[first, from], [last, to]]) {
        if (input.value !== value) input.value = value;
        input.disabled = isFixed;
      }
      day.list.children[index].querySelector("button").disabled = isFixed;
      day.list.children[index].querySelector(".texts-next").hidden = !(/^\d{1,2}:\d\d$/.test(to) && minute(to) <= minute(from));
    });
    this._tell(day);
  }

  _window(day, index) {
    const input = (word) => h("input", { class: "form-control form-control-sm texts-time", inputmode: "numeric", autocomplete: "off", placeholder: "00:00", "aria-describedby": day.told, "aria-label": `${day.title}, ${index + 1}. opening, ${word}` });
    const [from, to] = [input("from"), input("to")];
    const tell = () => this._set(day, index, from.value.trim(), to.value.trim());
    from.addEventListener("change", tell);
    to.addEventListener("change", tell);
    const remove = h("button", { type: "button", class: "btn btn-sm btn-quiet", onclick: () => this._remove(day, index), "aria-label": `Remove the ${index + 1}. opening of ${day.title}` }, "Remove");
    return h("div", { class: "texts-window" }, from, h("span", { "aria-hidden": "true" }, "to"), to, h("span", { class: "texts-next quiet", hidden: true }, "next day"), remove);
  }

  _set(day, index, from, to) {
    const windows = this.week[day.at];
    const isRight = refused(from) === "" && refused(to) === "";
    day.typed[index] = isRight ? null : { was: windows[index], from, to };
    if (isRight) this.change(day.at, windows.map((window, place) => (place === index ? `${padded(from)}-${padded(to)}` : window)));
    this._draw(day, this.week[day.at], false);
  }

  _add(at) {
    const last = this.week[at].at(-1);
    const begins = last ? Math.min(minute(ends(last)[1]) + 60, 22 * 60) : 9 * 60;
    const ending = last ? Math.min(begins + 180, 24 * 60) : 17 * 60;
    this.change(at, [...this.week[at], `${clock(begins)}-${clock(ending)}`]);
    this.days[at].list.querySelector(".texts-window:last-child input")?.focus();
  }

  _remove(day, index) {
    day.typed.splice(index, 1);
    this.change(day.at, this.week[day.at].filter((_, place) => place !== index));
    day.add.focus();
  }
}

function clock(minutes) {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
