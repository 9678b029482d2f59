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
  for (const failed of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failed, ({ detail }) => forget(detail.elt?.closest(".planning")));
  }
}

/** What was found for other times does not hold for these: say that nobody looked. */
function forget(section) {
  if (!section) return;
  for (const told of [...section.children].slice(1)) told.remove();
  const said = document.createElement("p");
  said.setAttribute("role", "alert");
  said.textContent = "Nobody could look for collisions just now: change a time, or send the form, to look again.";
  section.append(said);
}

function put(id, value) {
  const field = document.getElementById(id);
  if (!field) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
