// The controls of the form editor: labelled, with their problem beside them, and found again by name.
import { fresh, h } from "../editor/dom.js";

/**
 * A control from its description: `at` is its name in the page, `value` what stands in it, `set(value)`
 * changes the form; a text that cannot be taken is refused by `refuse(text)` with a sentence. What
 * stands in a control that `keeps` belongs to no field yet: it stays while the page is drawn anew.
 */
export function control(one) {
  return MADE[one.kind ?? "text"](one);
}

const MADE = { text: typed, area: typed, number: typed, check, select, checks };

/** The control of a text or a number: each letter is a change, one stretch of them one undo step. */
function typed(one) {
  const { id, help, describedBy } = around(one);
  const problem = h("div", { class: "field-error", id: `${id}-error`, role: "status" });
  const isArea = one.kind === "area";
  const input = h(isArea ? "textarea" : "input", {
    id,
    "data-at": one.at,
    class: `form-control form-control-sm${one.kind === "number" ? " narrow" : ""}${one.isCode ? " code" : ""}`,
    value: one.value ?? "",
    rows: isArea ? 2 : null,
    type: isArea ? null : "text",
    inputmode: one.kind === "number" ? "decimal" : null,
    list: one.list?.id,
    "data-keeps": one.keeps,
    autocomplete: "off",
    "aria-describedby": `${describedBy ?? ""} ${id}-error`.trim(),
  });
  input.addEventListener("input", () => {
    const refused = refusal(one, input.value);
    problem.textContent = refused ?? "";
    if (refused) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    if (!refused && one.set) one.set(one.kind === "number" && input.value.trim() ? Number(input.value) : input.value);
  });
  return h("div", { class: "form-part" }, h("label", { class: "field-label", for: id }, one.label), input, one.list, help, problem);
}

function refusal(one, text) {
  if (one.kind === "number" && text.trim()) {
    if (!/^-?\d+(\.\d+)?$/.test(text.trim())) return "Write a number, such as 3 or 2.5.";
    const number = Number(text);
    if (one.isWhole && !Number.isSafeInteger(number)) return "Write a whole number.";
    if (one.least !== undefined && number < one.least) return `Write at least ${one.least}.`;
  }
  return one.refuse?.(text) ?? null;
}

function check(one) {
  const { id, help, describedBy } = around(one);
  const box = h("input", { id, type: "checkbox", class: "form-check-input", "data-at": one.at, "data-keeps": one.keeps, "aria-describedby": describedBy });
  box.checked = Boolean(one.value);
  box.addEventListener("change", () => one.set?.(box.checked));
  return h("div", { class: "form-part" }, h("label", { class: "option", for: id }, box, h("span", {}, one.label)), help);
}

/** `options`: [{value, label}]; `none` says what it means that nothing is chosen. */
function select(one) {
  const { id, help, describedBy } = around(one);
  const known = one.options.some(({ value }) => value === one.value);
  const all = [
    ...(one.none === undefined ? [] : [{ value: "", label: one.none }]),
    ...one.options,
    ...(one.value && !known ? [{ value: one.value, label: `${one.value} (not there)` }] : []),
  ];
  const list = h("select", { id, class: "form-select form-select-sm", "data-at": one.at, "data-keeps": one.keeps, "aria-describedby": describedBy }, all.map(({ value, label }) => h("option", { value }, label)));
  if (one.value !== undefined || one.none !== undefined) list.value = one.value ?? "";
  list.addEventListener("change", () => one.set?.(list.value));
  return h("div", { class: "form-part" }, h("label", { class: "field-label", for: id }, one.label), list, help);
}

/** Several of a set; `value` is what is chosen, in its order. */
function checks(one) {
  const { help, describedBy } = around(one);
  const lost = one.value.filter((value) => !one.options.some((it) => it.value === value)).map((value) => ({ value, label: `${value} (not there)` }));
  const boxes = [...one.options, ...lost].map(({ value, label }) => {
    const box = h("input", { type: "checkbox", class: "form-check-input", "data-at": `${one.at}:${value}` });
    box.checked = one.value.includes(value);
    box.addEventListener("change", () => one.set(box.checked ? [...one.value, value] : one.value.filter((it) => it !== value), value));
    return h("label", { class: "option" }, box, h("span", {}, label));
  });
  const body = boxes.length ? boxes : [h("p", { class: "quiet" }, one.empty ?? "There is none yet.")];
  return h("fieldset", { class: "form-part form-checks", "aria-describedby": describedBy }, h("legend", { class: "field-label" }, one.label), h("div", { class: "form-checks-room" }, body), help);
}

function around(one) {
  const id = fresh("form-part");
  const help = one.help ? h("div", { class: "field-help", id: `${id}-help` }, one.help) : null;
  return { id, help, describedBy: help ? `${id}-help` : null };
}

/** A button that does something at once; `about` is read aloud after its word. */
export function button(word, at, run, { about = "", style = "btn-quiet", disabled = false, expanded = null } = {}) {
  const more = about ? h("span", { class: "visually-hidden" }, ` ${about}`) : null;
  return h("button", { type: "button", class: `btn btn-sm ${style}`, "data-at": at, onclick: run, disabled, "aria-expanded": expanded === null ? null : String(expanded) }, word, more);
}

/** Says that something is kept in the file which is not shown. */
export function moreNote(what, keys = []) {
  const named = keys.length ? ` (${keys.join(", ")})` : "";
  return h("p", { class: "form-more" }, `${what} has more than is shown here${named}: see Source. It is kept.`);
}

/** Draws anew; what is only begun stays, and the focus goes back to the part of the same name. */
export function redraw(place, draw) {
  const active = place.contains(document.activeElement) ? document.activeElement : null;
  const at = active?.dataset.at;
  const range = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  const begun = [...place.querySelectorAll("[data-keeps]")];
  draw();
  for (const one of begun) keep(place.querySelector(`[data-at="${CSS.escape(one.dataset.at)}"]`), one);
  if (!at) return;
  const found = place.querySelector(`[data-at="${CSS.escape(at)}"]`);
  if (!found) return;
  found.focus({ preventScroll: true });
  if (range && found.setSelectionRange && found.type === "text") found.setSelectionRange(...range);
}

function keep(now, before) {
  if (!now) return;
  if (now.type === "checkbox") now.checked = before.checked;
  else if (now.tagName !== "SELECT" || [...now.options].some((one) => one.value === before.value)) now.value = before.value;
}

/** Brings the focus to the part of this name, and shows it. */
export function focusAt(place, at) {
  place.querySelector(`[data-at="${CSS.escape(at)}"]`)?.focus();
}
