// Inputs of the calendar's view that keep their place: a problem below, and a value that is put in.
import { coded, fresh, h } from "../editor/dom.js";

const FIRST = "1900-01-01";
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** An input with its label; `type(value)` is told what stands there when the reader leaves it. */
export class Field {
  constructor({ label, value = "", help = "", type, attributes = {}, isHidden = false, describedBy = "" }) {
    const [id, told, about] = [fresh("field"), fresh("told"), fresh("about")];
    this.problem = h("div", { id: told, class: "texts-problems" });
    const described = [help ? about : "", told, describedBy].filter(Boolean).join(" ");
    this.input = h("input", { id, class: "form-control form-control-sm", autocomplete: "off", "aria-describedby": described, value, ...attributes });
    this.input.addEventListener("change", () => {
      // While a year is typed, a picker already tells of the years 2, 20 and 202.
      if (this.input.type === "date" && this.input.value !== "" && this.input.value < FIRST) return;
      type?.(this.input.value.trim());
    });
    this.room = h(
      "div",
      { class: "texts-field" },
      h("label", { for: id, class: isHidden ? "visually-hidden" : "field-label" }, label),
      this.input,
      help ? h("p", { id: about, class: "field-help" }, help) : null,
      this.problem,
    );
  }

  /** What the file says now; what somebody types at this moment stays. */
  put(value, { isFixed = false } = {}) {
    if (this.input.value !== value) this.input.value = value;
    this.input.disabled = isFixed;
  }

  mark(problems) {
    const isWrong = problems.some((one) => one.isWrong);
    mark(this.problem, problems);
    this.input.classList.toggle("is-invalid", isWrong);
    if (isWrong) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}

/** Writes problems (what stops) and notes (what is seldom meant) into their place. */
export function mark(place, problems) {
  place.replaceChildren(...problems.map(({ text, isWrong }) => h("p", { class: isWrong ? "field-problem" : "texts-note" }, coded(text))));
}

/** A picker where the text is a date or nothing; else the text itself, so that it can be mended. */
export function dateType(value) {
  return value === "" || DATE.test(value) ? "date" : "text";
}

/** "9-12, 13:00-17:00" as a list of openings, each as it was typed. */
export function listed(text) {
  return text.split(/[,;]/).map((part) => part.trim().replace(/\s*[-–]\s*/, "-")).filter(Boolean);
}
