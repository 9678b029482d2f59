// The fields of the properties panel: each kind makes its element and knows how to show a new value.
import { fresh, h, later } from "./dom.js";
import { feelField } from "./feel_field.js";

const PAUSE = 500;

/** A field from its description; answers {node, update(description)}. */
export function makeField(description, place) {
  return KINDS[description.kind ?? "text"](description, place);
}

const KINDS = { text, area: text, suggest: text, select, flag, many, feel, list, note, action, pick };

function framed(description, control, id, more = []) {
  const helpId = description.help ? `${id}-help` : null;
  const label = h("label", { class: "field-label", for: id }, description.label);
  const help = helpId ? h("p", { class: "field-help", id: helpId }, description.help) : null;
  return h("div", { class: "panel-field", "data-field": description.id }, label, control, more, help);
}

function ids(description) {
  const id = fresh(`field-${description.id.replace(/\W/g, "-")}`);
  return { id, helpId: description.help ? `${id}-help` : null };
}

let stretch = { field: "", token: null };
let isGoingOn = false;

/** Gives the focus back by `focus()` to a field that was made anew while somebody typed in it. */
export function goOn(focus) {
  isGoingOn = true;
  focus();
  isGoingOn = false;
}

// One stretch of typing in a field is one command: see `changes.apply`.
function typing(description) {
  const state = { now: description, token: null };
  const begin = () => {
    const goesOn = isGoingOn && stretch.field === description.id;
    state.token = goesOn ? stretch.token : fresh(`typing-${description.id}`);
    stretch = { field: description.id, token: state.token };
  };
  return {
    state,
    begin,
    set: (value) => state.now.set(value, state.token ?? undefined),
  };
}

function text(description) {
  const { id, helpId } = ids(description);
  const typed = typing(description);
  const options = description.kind === "suggest" ? h("datalist", { id: `${id}-list` }) : null;
  const control = h(description.kind === "area" ? "textarea" : "input", {
    id,
    class: "form-control form-control-sm",
    value: description.value(),
    rows: description.kind === "area" ? 3 : null,
    type: description.kind === "area" ? null : "text",
    list: options?.id,
    autocomplete: "off",
    "aria-describedby": helpId,
  });
  const problem = h("p", { class: "field-problem", role: "status" });
  const commit = later(PAUSE, () => {
    const refused = description.refuse?.(control.value) ?? null;
    problem.textContent = refused ?? "";
    control.classList.toggle("is-invalid", Boolean(refused));
    if (!refused) typed.set(control.value);
  });
  control.addEventListener("focus", typed.begin);
  // An id is changed when it is finished, not while it is typed.
  control.addEventListener(description.whole ? "change" : "input", () => commit());
  control.addEventListener("blur", () => commit.now());
  control.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && description.kind !== "area") control.blur();
  });
  suggest(options, description);
  return {
    node: framed(description, control, id, [options, problem]),
    update(now) {
      typed.state.now = now;
      suggest(options, now);
      if (document.activeElement !== control && !commit.waits()) control.value = now.value();
    },
  };
}

function suggest(list, description) {
  if (!list) return;
  const wanted = description.options();
  if (list.children.length === wanted.length && wanted.every((one, at) => list.children[at].value === one)) return;
  list.replaceChildren(...wanted.map((value) => h("option", { value })));
}

function select(description) {
  const { id, helpId } = ids(description);
  let now = description;
  const control = h("select", { id, class: "form-select form-select-sm", "aria-describedby": helpId });
  const fill = () => {
    const value = now.value();
    const options = now.options().map((one) => (typeof one === "string" ? { value: one, label: one } : one));
    const known = options.some((one) => one.value === value);
    const all = [
      ...(now.none === undefined ? [] : [{ value: "", label: now.none }]),
      ...options,
      ...(value && !known ? [{ value, label: `${value} (not there)` }] : []),
    ];
    control.replaceChildren(...all.map((one) => h("option", { value: one.value }, one.label)));
    control.value = value ?? "";
  };
  control.addEventListener("change", () => now.set(control.value));
  fill();
  return {
    node: framed(description, control, id),
    update(next) {
      now = next;
      fill();
    },
  };
}

function flag(description) {
  const { id, helpId } = ids(description);
  let now = description;
  const control = h("input", { id, type: "checkbox", class: "form-check-input", "aria-describedby": helpId });
  control.checked = description.value();
  control.addEventListener("change", () => now.set(control.checked));
  const help = helpId ? h("p", { class: "field-help", id: helpId }, description.help) : null;
  const label = h("label", { class: "option", for: id }, control, h("span", {}, description.label));
  return {
    node: h("div", { class: "panel-field", "data-field": description.id }, label, help),
    update(next) {
      now = next;
      control.checked = next.value();
    },
  };
}

/** Several of a set, kept as words parted by blanks. */
function many(description) {
  const { id } = ids(description);
  let now = description;
  const body = h("div", { class: "panel-many" });
  const fill = () => {
    const chosen = now.value();
    const options = now.options().map((one) => (typeof one === "string" ? { value: one, label: one } : one));
    const known = new Set(options.map((one) => one.value));
    const lost = chosen.filter((one) => !known.has(one)).map((one) => ({ value: one, label: `${one} (not there)` }));
    const boxes = [...options, ...lost].map(({ value, label }) => {
      const box = h("input", { type: "checkbox", class: "form-check-input", "data-value": value });
      box.checked = chosen.includes(value);
      box.addEventListener("change", () => {
        const left = now.value().filter((one) => one !== value);
        now.set(box.checked ? [...left, value] : left);
      });
      return h("label", { class: "option" }, box, h("span", {}, label));
    });
    const focused = document.activeElement?.closest("[data-value]")?.dataset.value;
    const mine = body.contains(document.activeElement);
    body.replaceChildren(...(boxes.length ? boxes : [h("p", { class: "quiet" }, description.empty ?? "There is none yet.")]));
    if (mine) body.querySelector(`[data-value="${CSS.escape(focused)}"]`)?.focus();
  };
  fill();
  const help = description.help ? h("p", { class: "field-help" }, description.help) : null;
  return {
    node: h("fieldset", { class: "panel-field", id, "data-field": description.id }, h("legend", { class: "field-label" }, description.label), body, help),
    update(next) {
      now = next;
      fill();
    },
  };
}

function feel(description, place) {
  const { id, helpId } = ids(description);
  const typed = typing(description);
  const made = feelField({
    id,
    value: description.value(),
    describedBy: helpId,
    names: () => place.names(typed.state.now),
    check: (written) => place.check(typed.state.now, written),
    type: (written) => typed.set(written),
  });
  made.field.addEventListener("focusin", () => typed.state.token ?? typed.begin());
  made.field.addEventListener("focusout", () => (typed.state.token = null));
  made.look();
  return {
    node: framed({ ...description, label: description.label }, made.field, id),
    update(next) {
      typed.state.now = next;
      made.set(next.value());
    },
  };
}

/** Rows of fields: inputs, outputs, seats. `columns(row, at, change)` describes one row. */
function list(description, place) {
  let now = description;
  let rows = [];
  const body = h("ol", { class: "panel-rows" });
  const change = (at, part, token) => {
    const items = now.value().map((item, here) => (here === at ? { ...item, ...part } : item));
    now.set(items, token);
  };
  const fill = () => {
    const items = now.value();
    if (items.length === rows.length) {
      rows.forEach((row, at) => row.forEach((field, column) => field.update(now.columns(items[at], at, change)[column])));
      return;
    }
    rows = items.map((item, at) => now.columns(item, at, change).map((one) => makeField(one, place)));
    const drop = (at) => now.set(now.value().filter((_item, here) => here !== at));
    body.replaceChildren(
      ...rows.map((row, at) =>
        h(
          "li",
          { class: "panel-row", "aria-label": `${now.one} ${at + 1}` },
          row.map((field) => field.node),
          h("button", { type: "button", class: "btn btn-sm btn-quiet panel-drop", onclick: () => drop(at), "aria-label": `Remove ${now.one} ${at + 1}` }, "Remove"),
        ),
      ),
    );
  };
  const add = h("button", { type: "button", class: "btn btn-sm btn-outline" }, `Add ${description.one}`);
  add.addEventListener("click", () => {
    now.set([...now.value(), now.fresh(now.value())]);
    body.lastElementChild?.querySelector("input, select, textarea")?.focus();
  });
  fill();
  const help = description.help ? h("p", { class: "field-help" }, description.help) : null;
  return {
    node: h("div", { class: "panel-field panel-list", "data-field": description.id, role: "group", "aria-label": description.label }, h("p", { class: "field-label" }, description.label), body, add, help),
    update(next) {
      now = next;
      fill();
    },
  };
}

function note(description) {
  const told = h("p", { class: `panel-note ${description.tone ?? ""}` }, description.value());
  return {
    node: h("div", { class: "panel-field", "data-field": description.id }, told),
    update: (now) => (told.textContent = now.value()),
  };
}

function action(description) {
  let now = description;
  const button = h("button", { type: "button", class: "btn btn-sm btn-outline", onclick: () => now.run() }, description.label);
  const help = description.help ? h("p", { class: "field-help" }, description.help) : null;
  return {
    node: h("div", { class: "panel-field", "data-field": description.id }, button, help),
    update(next) {
      now = next;
      button.textContent = next.label;
    },
  };
}

/** A choice that is carried out by a button: arrow keys alone change nothing. */
function pick(description) {
  const { id } = ids(description);
  let now = description;
  const control = h("select", { id, class: "form-select form-select-sm" });
  const fill = () => {
    const chosen = control.value;
    control.replaceChildren(...now.options().map((one) => h("option", { value: one.value }, one.label)));
    if (now.options().some((one) => one.value === chosen)) control.value = chosen;
  };
  const button = h("button", { type: "button", class: "btn btn-sm btn-outline", onclick: () => control.value && now.run(control.value) }, description.does);
  fill();
  const label = h("label", { class: "field-label", for: id }, description.label);
  return {
    node: h("div", { class: "panel-field", "data-field": description.id }, label, h("div", { class: "panel-pick" }, control, button)),
    update(next) {
      now = next;
      fill();
    },
  };
}
