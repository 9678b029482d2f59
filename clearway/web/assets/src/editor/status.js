// Says in words how the saving stands, to eyes and to screen readers.
import { h } from "./dom.js";

let zone;

/** A time of day in the reader's zone, as the rest of the portal shows it. */
export function clockTime(instant) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  return new Intl.DateTimeFormat("en-GB", options).format(new Date(instant ?? Date.now()));
}

export class Status {
  constructor(place, readerZone) {
    this.place = place;
    zone = readerZone || undefined;
  }

  saved(instant) {
    this.show("saved", `Saved at ${clockTime(instant)}`);
  }

  /** `actions`: [[label, function]] or [[label, address, "link"]]. */
  show(state, text, actions = []) {
    if (this.place.dataset.state === state && this.text === text) return;
    this.text = text;
    this.place.dataset.state = state;
    const told = h("span", { class: "editor-status-text" }, text);
    this.place.replaceChildren(told, ...actions.map(button));
  }
}

function button([label, does, kind]) {
  if (kind === "link") return h("a", { class: "btn btn-sm btn-outline", href: does, target: "_blank", rel: "noopener" }, label);
  return h("button", { type: "button", class: "btn btn-sm btn-outline", onclick: does }, label);
}
