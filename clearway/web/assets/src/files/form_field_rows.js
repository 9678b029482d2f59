// The fields of a form as a list: opened, moved with buttons or by dragging, and removed.
import { coded, h } from "../editor/dom.js";
import { namers } from "./form_conditions.js";
import { fieldEditor } from "./form_field.js";
import { button, focusAt } from "./form_parts.js";

/** The section with all fields in their order. */
export function fieldRows(form) {
  const rows = form.fields.map((field, at) => row(form, field, at));
  const body = rows.length ? h("ol", { class: "form-list", "aria-label": "Fields in their order" }, rows) : h("p", { class: "empty" }, "The form has no field yet: people only confirm. Add a field below.");
  return h("section", { class: "form-section", "aria-labelledby": "form-fields" }, h("h2", { id: "form-fields" }, "Fields"), body);
}

function row(form, field, at) {
  const { name, title } = field;
  const isOpen = form.openField === name;
  const findings = h("div", { "data-findings-of": name });
  const head = h(
    "div",
    { class: "form-row-head" },
    handle(form, at),
    h("span", { class: "form-row-title" }, h("strong", { "data-title-of": name }, title), h("span", { class: "quiet" }, ` ${field.called}`), marks(field)),
    h(
      "span",
      { class: "form-row-buttons" },
      button("Up", `${name}:up`, () => move(form, at, at - 1), { about: title, disabled: at === 0 }),
      button("Down", `${name}:down`, () => move(form, at, at + 1), { about: title, disabled: at === form.fields.length - 1 }),
      button(isOpen ? "Close" : "Change", `${name}:open`, () => form.open({ field: isOpen ? null : name }), { about: title, expanded: isOpen }),
      button("Remove", `${name}:drop`, () => remove(form, field, at), { about: title }),
    ),
  );
  const item = h("li", { class: "form-row", "data-field": name }, head, findings, field.more.length && !isOpen ? h("p", { class: "form-more" }, "It has more than is shown here: see Source.") : null, isOpen ? fieldEditor(field, form) : null);
  takesDrops(form, item, at);
  return item;
}

function marks({ required, shape, name }) {
  const words = [
    required ? "must be filled in" : null,
    shape.readOnly ? "only shown" : null,
    shape["x-comment"] ? `${shape["x-comment"]} comment` : null,
    shape["x-only"] ? "history only" : null,
    shape["x-link"] ? "links" : null,
  ].filter(Boolean);
  return [h("code", { class: "form-row-name" }, name), ...words.map((word) => h("span", { class: "form-mark" }, word))];
}

/** Shows at each field what the gate finds about it; nothing else on the page changes. */
export function markFindings(place, findings) {
  for (const room of place.querySelectorAll("[data-findings-of]")) {
    const found = findings.filter((one) => one.message.includes(`\`${room.dataset.findingsOf}\``));
    room.replaceChildren(...found.map(finding));
    room.closest(".form-row").classList.toggle("has-finding", found.length > 0);
  }
}

function finding({ severity, message, remedy }) {
  return h("p", { class: `form-finding tone-${severity === "error" ? "danger" : "warn"}` }, h("strong", {}, severity === "error" ? "Error: " : "Warning: "), coded(message), " ", coded(remedy));
}

function move(form, from, to) {
  const order = form.fields.map((_one, at) => at);
  order.splice(to, 0, ...order.splice(from, 1));
  const { name, title } = form.fields[from];
  form.say("fields", (json) => json.reorder(["properties"], order), "move");
  form.note(`“${title}” is number ${to + 1} of ${order.length} now.`);
  const isStuck = document.activeElement?.disabled || !form.body.contains(document.activeElement);
  if (isStuck) focusAt(form.body, to === 0 ? `${name}:down` : `${name}:up`);
}

function remove(form, { name, title, required }, at) {
  const who = namers(form.json, name, form.fields);
  if (who.length > 0) {
    form.note(`“${title}” is named by ${who.join(" and ")}. Change that first, then remove it.`);
    return;
  }
  const needed = required ? form.json.get(["required"]).indexOf(name) : -1;
  form.say("fields", (json) => json.remove(["properties", name]), needed >= 0 ? (json) => json.remove(["required", needed]) : null, "remove");
  form.note(`“${title}” is removed from the form. Undo brings it back.`);
  const next = form.fields[Math.min(at, form.fields.length - 1)];
  focusAt(form.body, next ? `${next.name}:drop` : "add:record");
}

// Dragging is for the mouse only: the buttons do the same for everybody.
function handle(form, at) {
  const grip = h("span", { class: "form-grip", draggable: "true", "aria-hidden": "true", title: "Drag to move" }, "⠿");
  grip.addEventListener("dragstart", (event) => {
    form.dragged = at;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", form.fields[at].title);
    event.dataTransfer.setDragImage(grip.closest(".form-row-head"), 8, 8);
  });
  grip.addEventListener("dragend", () => (form.dragged = null));
  return grip;
}

function takesDrops(form, item, at) {
  const isMeant = () => typeof form.dragged === "number" && form.dragged !== at;
  item.addEventListener("dragover", (event) => {
    if (!isMeant()) return;
    event.preventDefault();
    item.classList.add("is-over");
  });
  item.addEventListener("dragleave", () => item.classList.remove("is-over"));
  item.addEventListener("drop", (event) => {
    if (!isMeant()) return;
    event.preventDefault();
    const from = form.dragged;
    form.dragged = null;
    move(form, from, at);
  });
}
