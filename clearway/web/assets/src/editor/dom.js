// Makes elements of a page: never from text that could be HTML.

/** An element with attributes (`on...` are listeners, `null` is left out) and children. */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

let made = 0;

/** An id that no other element has. */
export function fresh(word) {
  made += 1;
  return `${word}-${made}`;
}

/** A text in which what stands between backticks is set as code. */
export function coded(text) {
  return text.split("`").map((part, at) => (at % 2 ? h("code", {}, part) : part));
}

/** Waits until nothing came for so long; `now()` runs at once what waits. */
export function later(milliseconds, work) {
  let timer = 0;
  const run = () => {
    clearTimeout(timer);
    timer = 0;
    return work();
  };
  return Object.assign(
    () => {
      clearTimeout(timer);
      timer = setTimeout(run, milliseconds);
    },
    { now: () => (timer ? run() : undefined), stop: () => clearTimeout(timer), waits: () => timer !== 0 },
  );
}
