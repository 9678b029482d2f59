// The form of a user task: a file of its own that goes by the task's id.
import { choose } from "./dialogs.js";
import { h } from "./dom.js";
import { fieldLabel } from "./properties.js";

/** Where the form of an element lies. */
export function formPath(desk, id) {
  return `${desk.process}/forms/${id}.json`;
}

export function formGroup(element, desk) {
  const path = formPath(desk, element.id);
  const form = desk.choices.forms.find((one) => one.path === path);
  const fields = [
    {
      id: "form",
      kind: "note",
      value: () => (form ? `It asks for: ${form.fields.join(", ") || "nothing"}.` : "It has no form: the person only says that it is done."),
    },
  ];
  if (form) fields.push({ id: "form-edit", kind: "action", label: "Edit the form", run: () => desk.goToFile(path) });
  else fields.push({ id: "form-new", kind: "action", label: "Add a form", run: () => addForm(element, desk) });
  return { title: "Form", fields };
}

async function addForm(element, desk) {
  const boxes = desk.choices.fields.map((field) =>
    h("label", { class: "option" }, h("input", { type: "checkbox", class: "form-check-input", name: "field", value: field.name }), h("span", {}, fieldLabel(field))),
  );
  const list = h("fieldset", { class: "editor-boxes" }, h("legend", { class: "field-label" }, "Fields of the record"), boxes);
  const answer = await choose({
    title: "Add a form",
    text: ["Which fields does the person fill in? Order, conditions and help are set in the form itself afterwards."],
    more: [list],
    buttons: [
      ["add", "Add the form", "btn-primary"],
      ["", "Cancel"],
    ],
  });
  if (answer !== "add") return;
  const names = [...list.querySelectorAll("input:checked")].map((box) => box.value);
  await desk.addFile(formPath(desk, element.id), formOf(element, names, desk), "The form");
}

function formOf(element, names, desk) {
  const chosen = desk.choices.fields.filter((field) => names.includes(field.name));
  const form = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: element.businessObject.name?.replace(/\s+/g, " ") || element.id,
    type: "object",
    properties: Object.fromEntries(chosen.map(({ name, schema: { readOnly, ...schema } }) => [name, schema])),
  };
  return `${JSON.stringify(form, null, 2)}\n`;
}
