// The editor's page: opens the drawing, and puts canvas, panel, problems and saving together.
import { drawingChoice } from "../drawings.js";
import { offerToDraw } from "./drawn.js";
import { Kept } from "./kept.js";
import { Marks } from "./marks.js";
import { drawing } from "./medium.js";
import { begin as beginAt, makeModeler, open, show, written } from "./modeler.js";
import { Server } from "./net.js";
import { Outline } from "./outline.js";
import { Panel } from "./panel.js";
import { Problems } from "./problems.js";
import { offerLeft } from "./recovery.js";
import { Saving } from "./saving.js";
import { Status } from "./status.js";
import { toolbar } from "./toolbar.js";
import { cannotOpen, notUnderstood, strange } from "./trouble.js";
import { formPath } from "./forms.js";

const NOTHING = { roles: [], groups: [], forms: [], decisions: [], rules: [], steps: [], states: [], templates: [], calendars: [], fields: [], processes: [], called: [] };

export async function openEditor(place) {
  const server = new Server(place);
  const path = place.dataset.path;
  const status = new Status(document.getElementById("editor-status"), place.dataset.zone);
  const kept = new Kept({ draft: place.dataset.base, path, by: place.dataset.actor });
  const modeler = makeModeler(document.getElementById("editor-canvas"), place.dataset.actor);
  const desk = makeDesk({ server, path, modeler, process: place.dataset.process });
  // Tests and the console of whoever looks for a fault reach the modeler here.
  place.modeler = modeler;
  const medium = drawing(modeler);
  const saving = new Saving({ server, path, medium, kept, status, tell: desk.tell });
  desk.saving = saving;

  const read = () => server.read(path);
  const first = await read().catch((error) => ({ error }));
  if (first.error) return cannotOpen({ desk, status, error: first.error });
  const { left, stored } = await offerLeft({ kept, stored: first, medium, read, tell: desk.tell });
  const opened = await opening(desk, left?.after ?? stored.text, status, stored);
  if (!opened) return undefined;
  if (left) saving.begin({ etag: left.etag, before: left.before });
  else saving.begin({ etag: stored.etag, before: opened.laidOut ? opened.stored : opened.before });
  begin(desk, place, saving, status);
  if (left) await saving.takeUp(left);
  else if (opened.laidOut) saving.changed();
  return undefined;
}

async function opening(desk, text, status, stored) {
  try {
    const opened = await open(desk.modeler, text);
    const drawn = await offerToDraw(desk, text);
    if (drawn) return drawn;
    const warnings = strange(opened.warnings);
    if (warnings.length > 0) desk.tell(`${notUnderstood(warnings)} A save keeps them as they are.`);
    return opened;
  } catch (error) {
    return cannotOpen({ desk, status, error, stored: { ...stored, text } });
  }
}

function begin(desk, place, saving, status) {
  const { modeler } = desk;
  beginAt(modeler);
  modeler.on("commandStack.changed", () => saving.changed());
  desk.panel = new Panel(document.getElementById("editor-panel"), desk);
  desk.problems = new Problems({
    server: desk.server,
    saving,
    path: desk.path,
    ground: new Marks(desk),
    place: document.getElementById("editor-problems"),
    count: document.getElementById("editor-count"),
    after: (answer) => {
      desk.known = answer.names ?? desk.known;
    },
  });
  desk.outline = new Outline(document.getElementById("editor-outline"), place.querySelector("[data-do=outline]"), desk);
  toolbar(desk, place);
  const choice = drawingChoice(modeler, () => {
    beginAt(modeler);
    desk.problems.draw();
  });
  if (choice) place.querySelector(".crumbs").after(choice);
  new ResizeObserver(() => modeler.get("canvas").resized()).observe(document.getElementById("editor-canvas"));
  status.show("opened", "Open; nothing changed yet");
  loadChoices(desk);
  desk.problems.now();
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted) show(modeler, wanted);
  place.dataset.ready = "yes";
}

async function loadChoices(desk) {
  try {
    desk.choices = { ...NOTHING, ...(await desk.server.choices()) };
    desk.panel.refresh();
    tellChoices("there");
  } catch (error) {
    desk.tell(`What can be chosen is not known: ${error.message}`);
    tellChoices("unknown");
  }
}

function tellChoices(how) {
  document.getElementById("editor").dataset.choices = how;
}

/** What the parts of the page work with. */
function makeDesk({ server, path, modeler, process }) {
  const desk = {
    server,
    path,
    modeler,
    process,
    choices: NOTHING,
    known: { everywhere: [], at: {} },
    changes: modeler.get("changes"),
    write: () => written(modeler),
    tell: (text) => (document.getElementById("editor-note").textContent = text),
    focusPanel: () => desk.panel.focus(),
    namesAt: (id, use) => names(desk, id, use),
    checkFeel: (element, use, text, part) => checkFeel(desk, element, use, text, part),
    rename: (element, id) => rename(desk, element, id),
    addFile: (where, text, what) => addFile(desk, where, text, what),
    goToFile: (...where) => goToFile(desk, where),
  };
  return desk;
}

/** What an expression at this place may ask for. */
function names(desk, id, use) {
  const fields = desk.choices.fields.map(({ name, type, title }) => ({ name: `record.${name}`, about: title || type }));
  const plain = [...desk.known.everywhere, ...(desk.known.at[id] ?? []), ...(use === "output" ? ["result", "message", "error"] : [])];
  const builtIn = desk.choices.built_in ?? [];
  return [...fields, ...[...new Set(plain)].map((name) => ({ name, about: "" })), ...builtIn.map((name) => ({ name, about: "function" }))];
}

async function checkFeel(desk, element, place, text, part) {
  const body = { text, place, part: part ?? "", element: element?.id ?? "", known: [...desk.known.everywhere, ...(desk.known.at[element?.id] ?? [])] };
  const { wrong } = await desk.server.ask("feel", body);
  return wrong ?? null;
}

// The form goes by the id of its task: it gets a copy under the new one.
async function rename(desk, element, id) {
  const before = element.businessObject.id;
  if (before === id) return;
  const form = desk.choices.forms.find((one) => one.path === formPath(desk, before));
  desk.modeler.get("modeling").updateProperties(element, { id });
  if (!form) return;
  try {
    const { text } = await desk.server.read(form.path);
    await addFile(desk, formPath(desk, id), text, "A copy of its form");
  } catch (error) {
    desk.tell(`The form ${form.path} was not copied: ${error.message}`);
  }
}

async function addFile(desk, where, text, what) {
  try {
    await desk.server.saveFile(where, text, null);
    desk.tell(`${what} is saved as ${where}.`);
  } catch (error) {
    const there = error.status === 412;
    desk.tell(there ? `${where} is there already.` : `${what} was not saved: ${error.message}`);
  }
  await loadChoices(desk);
  desk.problems.now();
}

// Only when all is saved: what is not would be left behind. `where`: places, the first that is there.
async function goToFile(desk, where) {
  if (!(await desk.saving.save())) return desk.tell("What you changed here is not saved yet: the other file was not opened.");
  try {
    const there = new Set((await desk.server.list()).map((file) => file.path));
    const path = where.find((one) => there.has(one));
    if (!path) return desk.tell(`There is no file ${where[0]} in this draft.`);
    return location.assign(`${desk.server.base}/edit?file=${encodeURIComponent(path)}`);
  } catch (error) {
    return desk.tell(`The other file was not opened: ${error.message}`);
  }
}
