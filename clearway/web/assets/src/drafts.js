// Keeps what is typed into a long form in this tab until it is sent, so that a reload loses nothing.

const PREFIX = "clearway.draft.";
const SECRET = new Set(["csrf", "once", "resumable", "draft"]);

export function drafts() {
  forgetSent();
  attend();
  document.addEventListener("clearway:fresh", attend);
}

function attend() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("submit", () => sessionStorage.setItem(sentMark(form), "1"));
  }
}

function keep(form) {
  const fields = [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && !SECRET.has(name),
  );
  sessionStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify(fields));
}

// The server's own texts win where it shows a form again.
function restore(form) {
  const kept = sessionStorage.getItem(PREFIX + form.dataset.draft);
  if (!kept || form.querySelector("[aria-invalid]") || form.noValidate) return;
  let changed = false;
  for (const [name, value] of JSON.parse(kept)) {
    for (const field of form.elements) {
      if (field.name !== name || field.type === "hidden") continue;
      if (field.type === "radio" || field.type === "checkbox") {
        if (field.value === value && !field.checked) field.checked = changed = true;
      } else if (field.value === field.defaultValue && field.value !== value && field.tagName !== "BUTTON") {
        field.value = value;
        changed = true;
      }
    }
  }
  if (changed) tell(form);
}

function tell(form) {
  const note = document.createElement("p");
  note.className = "field-help";
  note.setAttribute("role", "status");
  note.textContent = "What you typed here before is kept. ";
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "link-button";
  clear.textContent = "Start again";
  clear.addEventListener("click", () => {
    sessionStorage.removeItem(PREFIX + form.dataset.draft);
    form.reset();
    note.remove();
  });
  note.append(clear);
  form.prepend(note);
}

function sentMark(form) {
  return `clearway.sent.${form.dataset.draft}`;
}

// A form that was sent was accepted when it is not shown again, or beside a receipt, as a vote is:
// its draft has done its work, and must be gone before forms look for theirs.
function forgetSent() {
  const shown = new Set([...document.querySelectorAll("form[data-draft]")].map((form) => form.dataset.draft));
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith("clearway.sent.")) continue;
    const name = key.slice("clearway.sent.".length);
    if (!shown.has(name) || document.querySelector("[data-receipt]")) {
      sessionStorage.removeItem(PREFIX + name);
    }
    sessionStorage.removeItem(key);
  }
}
