// Small comforts: filters apply at once, menus close, receipts leave the address, buttons wait.

export function comforts() {
  for (const field of document.querySelectorAll("[data-submit]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
  closeMenus();
  tidyAddress();
  once();
  focusRefusal();
  weighFiles();
  document.addEventListener("clearway:fresh", weighFiles);
}

// The server refuses it too, but only once it is on its way; `data-most` is in MiB.
function weighFiles() {
  for (const field of document.querySelectorAll("input[type=file][data-most]")) {
    field.addEventListener("change", () => {
      const most = Number(field.dataset.most) * 1024 * 1024;
      const large = [...field.files].find((file) => file.size > most);
      const size = large && Math.ceil((large.size * 10) / (1024 * 1024)) / 10;
      const told = large ? `${large.name} has ${size} MiB; at most ${field.dataset.most} MiB are taken. ${field.dataset.remedy}` : "";
      field.setCustomValidity(told);
      field.reportValidity();
    });
  }
}

// `/inbox?said=claimed` would say it again after a reload.
function tidyAddress() {
  const here = new URL(location.href);
  if (!here.searchParams.has("said")) return;
  here.searchParams.delete("said");
  history.replaceState(null, "", here);
}

function closeMenus() {
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.drop[open]")) {
      if (!open.contains(event.target) && !open.querySelector("[aria-invalid], .notice")) open.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.activeElement?.closest("details.drop[open], details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
}

// A second click on a form under way does nothing; the server would answer the same anyway.
function once() {
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.defaultPrevented) return;
    if (event.target.dataset.sent) {
      event.preventDefault();
      return;
    }
    event.target.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });
}

function focusRefusal() {
  if (document.querySelector("[autofocus]")) return;
  document.querySelector(".notice[role=alert]")?.focus();
}
