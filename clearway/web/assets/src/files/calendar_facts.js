// The facts of a calendar: what it is called, where its clocks are, how long a day is, until when.
import { fresh, h } from "../editor/dom.js";
import { dateType, Field } from "./calendar_parts.js";

export class FactsRoom {
  static HAS = ["name", "description", "tz", "day", "until"];

  constructor(desk, change) {
    const file = desk.path.split("/").at(-1).replace(/\.ya?ml$/, "");
    const zones = fresh("zones");
    const options = h("datalist", { id: zones });
    const field = (name, label, help, attributes) => new Field({ label, help, attributes, type: (value) => change(name, name === "day" ? duration(value) : value) });
    this.fields = {
      name: field("name", "Name", `Diagrams name it by its file: ${file}.`),
      description: field("description", "Description", ""),
      tz: field("tz", "Time zone", "Type a part of the name, such as Berlin.", { list: zones }),
      day: field("day", "Length of a business day", "In hours, such as 8 or 7:30. Left empty: as long as the open weekdays, when they are all alike."),
      until: field("until", "Holidays are complete until", "No question about a later date is answered, so that no holiday is forgotten. Left empty: there is no such date.", { type: "date" }),
    };
    this.fields.tz.input.addEventListener("focus", () => offerZones(desk, options), { once: true });
    this.room = h("section", { "aria-label": "Facts" }, Object.values(this.fields).map((it) => it.room), options);
  }

  show(said) {
    for (const [name, field] of Object.entries(this.fields)) {
      if (name === "until") field.input.type = dateType(said.until);
      field.put(name === "day" ? hours(said.day) : said[name], { isFixed: said.fixed.includes(name) });
    }
  }

  mark(problems) {
    for (const [name, field] of Object.entries(this.fields)) field.mark(problems.filter((one) => one.field === name));
  }
}

async function offerZones(desk, options) {
  const { zones } = await desk.server.ask("calendar/zones", {}).catch(() => ({ zones: [] }));
  options.replaceChildren(...zones.map((value) => h("option", { value })));
}

/** "PT7H30M" -> "7:30"; what is no such text stays as it is. */
function hours(text) {
  const found = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(text);
  if (!found || text === "PT") return text;
  const [whole, minutes] = [Number(found[1] ?? 0), Number(found[2] ?? 0)];
  return minutes === 0 ? String(whole) : `${whole + Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

function duration(text) {
  const found = /^(\d{1,4})(?::([0-5]\d))?$/.exec(text);
  if (!found) return text;
  return `PT${Number(found[1])}H${Number(found[2] ?? 0) ? `${Number(found[2])}M` : ""}`;
}
