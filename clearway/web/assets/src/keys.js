// Single keys: `/` search, `g i` and others to go, `j` `k` Enter in lists, `?` help.
// Off inside fields, with modifiers, and wherever the reader switched them off (WCAG 2.1.4).

const OFF = "clearway.keys-off";
let going = 0;

export function keys() {
  const dialog = document.getElementById("keys");
  const off = document.querySelector("[data-keys-off]");
  if (off) {
    off.checked = localStorage.getItem(OFF) === "1";
    off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "1" : "0"));
  }
  document.addEventListener("keydown", (event) => {
    if (!isOurs(event)) return;
    const done = isGoing() ? go(event.key) : press(event.key, dialog);
    if (done) event.preventDefault();
  });
}

function isOurs(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (localStorage.getItem(OFF) === "1" || document.querySelector("dialog[open]")) return false;
  return !event.target.closest("input, textarea, select, [contenteditable]");
}

function isGoing() {
  return Date.now() - going < 1200;
}

function press(key, dialog) {
  switch (key) {
    case "/":
      return focusSearch();
    case "g":
      going = Date.now();
      return true;
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "?":
      dialog?.showModal();
      return Boolean(dialog);
    default:
      return false;
  }
}

function go(key) {
  going = 0;
  const link = document.querySelector(`[data-key-go="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
  return Boolean(link);
}

function focusSearch() {
  const visible = [...document.querySelectorAll("main input[type=search], [data-key-search]")].find(
    (field) => field.offsetParent !== null,
  );
  visible?.focus();
  visible?.select();
  return Boolean(visible);
}

// The line's own link gets the focus, so Enter opens it and a screen reader reads it.
function step(by) {
  const links = [...document.querySelectorAll("[data-list] a.row-link")];
  if (links.length === 0) return false;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
  return true;
}
