// What follows from a calendar: its months, when an amount of its time ends, and what it touches.
import { fresh, h } from "../editor/dom.js";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEK = [["Mo", "Monday"], ["Tu", "Tuesday"], ["We", "Wednesday"], ["Th", "Thursday"], ["Fr", "Friday"], ["Sa", "Saturday"], ["Su", "Sunday"]];

export class CalendarPreview {
  constructor(ask) {
    const today = new Date();
    Object.assign(this, { ask, year: today.getFullYear(), month: today.getMonth() + 1, isYear: false });
    this.problem = h("p", { class: "field-problem", role: "status" });
    this.title = h("h3", { class: "texts-month-title", "aria-live": "polite" });
    this.months = h("div", {});
    this.about = h("p", { class: "quiet" });
    this.touches = h("div", {});
    this.room = h(
      "section",
      { class: "texts-preview", "aria-labelledby": "texts-preview-title" },
      h("h2", { class: "texts-title", id: "texts-preview-title" }, "Preview"),
      this.problem,
      this._turning(),
      this.about,
      this.months,
      legend(),
      this._reckoning(),
      h("h2", { class: "texts-title" }, "What a change here touches"),
      this.touches,
    );
  }

  /** Which part of the calendar is looked at, and which amount of time is asked for. */
  wanted() {
    const { amount, unit, begin } = this.reckon;
    const isAsked = Number(amount.value) > 0 && begin.value !== "";
    return { year: this.year, month: this.isYear ? null : this.month, amount: isAsked ? said(amount.value, unit.value) : "", begin: begin.value };
  }

  refuse(text) {
    this.problem.textContent = text;
  }

  show(answer, desk) {
    this.problem.textContent = answer.wrong ? "The preview comes back when what is wrong is mended." : "";
    this._drawTouches(answer, desk);
    for (const it of [this.months, this.about]) it.hidden = Boolean(answer.wrong);
    this.title.textContent = this.isYear ? String(this.year) : `${MONTHS[this.month - 1]} ${this.year}`;
    this.reckon.result.textContent = "";
    if (answer.wrong) return;
    this.about.textContent = `Times of ${answer.zone}. ${answer.day ? `A business day is ${answer.day}.` : "A business day has no length: the days differ, so say one."}`;
    this.months.className = this.isYear ? "texts-year" : "";
    this.months.replaceChildren(...answer.months.map((month) => (this.isYear ? small(month, answer.today) : large(month, answer.today))));
    const { reckoned } = answer;
    this.reckon.result.textContent = !reckoned ? "" : (reckoned.wrong ?? `Ends on ${reckoned.ends}.`);
    this.reckon.result.className = reckoned?.wrong ? "field-problem" : "texts-ends";
  }

  _turning() {
    const button = (label, text, turn) => h("button", { type: "button", class: "btn btn-sm btn-outline", "aria-label": label, onclick: () => this._turn(turn) }, text);
    const whole = h("button", { type: "button", class: "btn btn-sm btn-outline", "aria-pressed": "false", onclick: () => {
      this.isYear = !this.isYear;
      whole.setAttribute("aria-pressed", String(this.isYear));
      this.ask();
    } }, "Whole year");
    return h("div", { class: "texts-turn" }, button("Earlier", "‹", -1), this.title, button("Later", "›", 1), whole);
  }

  _turn(by) {
    const at = this.year * 12 + this.month - 1 + (this.isYear ? 12 * by : by);
    if (at < 1900 * 12 || at >= 2200 * 12) return;
    Object.assign(this, { year: Math.floor(at / 12), month: (at % 12) + 1 });
    this.ask();
  }

  _reckoning() {
    const ids = ["amount", "unit", "begin"].map(fresh);
    const now = new Date();
    const today = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}T09:00`;
    const amount = h("input", { id: ids[0], class: "form-control form-control-sm", type: "number", min: 0, step: "any", value: "8" });
    const unit = h("select", { id: ids[1], class: "form-select form-select-sm" }, [["H", "hours"], ["M", "minutes"], ["D", "business days"]].map(([value, label]) => h("option", { value }, label)));
    const begin = h("input", { id: ids[2], class: "form-control form-control-sm", type: "datetime-local", value: today });
    const result = h("p", { class: "texts-ends", role: "status" });
    this.reckon = { amount, unit, begin, result };
    for (const input of [amount, unit, begin]) input.addEventListener("change", () => this.ask());
    const field = (at, label, input) => h("div", {}, h("label", { for: ids[at], class: "field-label" }, label), input);
    return h("section", { "aria-labelledby": "texts-reckon" }, h("h2", { class: "texts-title", id: "texts-reckon" }, "When does it end?"), h("div", { class: "texts-reckon" }, field(0, "Amount", amount), field(1, "Of", unit), field(2, "From, in the calendar's zone", begin)), result);
  }

  _drawTouches({ used_by: used, copies, is_understood: isUnderstood }, desk) {
    const isShared = desk.path.startsWith("shared/");
    const address = ({ file, element }) => `${desk.server.base}/edit?file=${encodeURIComponent(file)}#${encodeURIComponent(element)}`;
    const by = !isUnderstood
      ? h("p", { class: "quiet" }, "The diagram cannot be read as it is, so that it is not known what counts by this calendar.")
      : used.length === 0
        ? h("p", { class: "quiet" }, `Nothing in the diagram of ${desk.process} counts by this calendar yet. Choose it at a timer.`)
        : h("div", {}, h("p", {}, `In ${desk.process} these count by it:`), h("ul", { class: "texts-list" }, used.map((one) => h("li", {}, h("a", { href: address(one) }, one.name)))));
    this.touches.replaceChildren(
      h("p", {}, `A release of this draft changes the calendar for ${desk.process} alone. Records that run keep the calendar of their version until they are moved to the new one.`),
      by,
      isShared ? others(copies, desk.process) : "",
    );
  }
}

function others(copies, process) {
  if (copies.length === 0) return h("p", { class: "quiet" }, `No other process has a copy of this file. A folder of files that is deployed brings its own.`);
  const lines = copies.map(({ process: name, version, is_same: isSame }) => h("li", {}, `${name}, version ${version}: `, isSame ? "the same as here" : "not the same as here"));
  return h("div", {}, h("p", {}, `The file is shared, but each version of a process keeps a copy of its own. These stay as they are, until they are changed in drafts of their own:`), h("ul", { class: "texts-list" }, lines), h("p", { class: "quiet" }, `So they can differ from ${process}.`));
}

function said(amount, unit) {
  const number = Number(amount);
  if (unit === "D") return Number.isInteger(number) ? `P${number}D` : `${amount} days`;
  return unit === "H" ? `PT${Math.round(number * 60)}M` : `PT${Math.round(number)}M`;
}

function legend() {
  const words = [["open", "Open"], ["closed", "Closed"], ["holiday", "Holiday"], ["extra", "Extra day"], ["clocks", "Clocks change"], ["unknown", "Not known: after the last date"]];
  return h("ul", { class: "texts-legend", "aria-label": "What the colours mean" }, words.map(([kind, label]) => h("li", {}, h("span", { class: `texts-swatch texts-${kind}`, "aria-hidden": "true" }), label)));
}

/** The days in rows of a week, empty places before the first and after the last. */
function weeks({ first, days }) {
  const places = [...Array(first).fill(null), ...days];
  while (places.length % 7 !== 0) places.push(null);
  return Array.from({ length: places.length / 7 }, (_, at) => places.slice(at * 7, at * 7 + 7));
}

function table(month, today, cell, className) {
  const head = WEEK.map(([short, long]) => h("th", { scope: "col", abbr: long }, short));
  const rows = weeks(month).map((week) => h("tr", {}, week.map((day) => (day ? h("td", { class: kinds(day), "aria-current": day.date === today ? "date" : null }, cell(day)) : h("td", {})))));
  return h("table", { class: className }, h("caption", {}, `${MONTHS[month.month - 1]} ${month.year}`), h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows));
}

function kinds(day) {
  if (!day.is_known) return "texts-unknown";
  const found = [day.hours.length > 0 ? "texts-open" : "texts-closed"];
  if (day.holiday !== null) found.push("texts-holiday");
  if (day.is_extra) found.push("texts-extra");
  if (day.clocks) found.push("texts-clocks");
  return found.join(" ");
}

function number({ date }) {
  return String(Number(date.slice(8)));
}

function large(month, today) {
  return table(month, today, (day) => [
    h("span", { class: "texts-number" }, number(day)),
    ...(day.is_known ? words(day) : ["Not known"]).map((word) => h("span", { class: "texts-word" }, word)),
  ], "texts-month");
}

function words({ hours, open, holiday, is_extra: isExtra, clocks }) {
  const found = hours.length > 0 ? [...hours, open] : ["Closed"];
  if (holiday !== null) found.push(holiday || "Holiday");
  if (isExtra) found.push("Extra");
  if (clocks) found.push(clocks);
  return found;
}

function small(month, today) {
  const text = (day) => (day.is_known ? words(day).join(", ") : "Not known");
  return table(month, today, (day) => [number(day), h("span", { class: "visually-hidden" }, ` ${text(day)}`)], "texts-small");
}
