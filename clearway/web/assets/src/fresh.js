// Shows a record that changed as it is now: quietly while nobody types, else with a notice.
import htmx from "htmx.org";

// The server answers with a notice when the record changed since the page was made.
export function fresh() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (!target.matches("[data-record]") || !xhr.responseText.trim() || !target.dataset.fresh || isEdited()) return;
    event.detail.shouldSwap = false;
    renew(target.dataset.fresh).then((done) => {
      if (!done) htmx.swap(target, xhr.responseText, { swapStyle: "innerHTML" });
    });
  });
}

/** Puts the page as it is now in place of this one; false when it cannot be had, or is wanted no more. */
async function renew(address) {
  const page = await load(address);
  const main = document.querySelector("main");
  const now = page?.querySelector("main");
  if (!now?.querySelector("[data-record]") || isEdited()) return false;
  const receipt = main.querySelector("[data-receipt]");
  const opened = new Set(openParts(main).map(title));
  main.replaceChildren(...(receipt ? [receipt] : []), ...now.childNodes);
  for (const part of main.querySelectorAll("details")) part.open ||= opened.has(title(part));
  document.title = page.title;
  document.getElementById("live-note").textContent = "The page shows the record as it is now.";
  htmx.process(main);
  document.dispatchEvent(new Event("clearway:fresh"));
  return true;
}

async function load(address) {
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

// Whoever is in a field, or has sent a form, must not lose it under their hands.
function isEdited() {
  if (document.activeElement?.matches("main :is(input, select, textarea)")) return true;
  if (document.querySelector("main form[data-sent]")) return true;
  return [...document.querySelectorAll("main :is(input, select, textarea)")].some(isTouched);
}

function isTouched(field) {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.files.length > 0;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  const chosen = [...field.options].findLastIndex((one) => one.defaultSelected);
  return field.selectedIndex !== Math.max(chosen, 0);
}

function openParts(main) {
  return [...main.querySelectorAll("details[open]")];
}

function title(part) {
  return part.querySelector("summary").textContent.trim();
}
