// A time that fits goes into the form at once; without this the server puts it in.

export function planning() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-slot], [data-look]");
    if (!button?.form) return;
    event.preventDefault();
    if ("slot" in button.dataset) {
      put(button.dataset.begins, button.dataset.beginsValue);
      put(button.dataset.ends, button.dataset.endsValue);
      document.getElementById(button.dataset.begins)?.focus();
    }
    button.form.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function put(id, value) {
  const field = document.getElementById(id);
  if (!field) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
