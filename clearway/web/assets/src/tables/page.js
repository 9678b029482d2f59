// The page of the table editor: opens the file, and puts views, problems, trying and saving together.
import { Kept } from "../editor/kept.js";
import { Server } from "../editor/net.js";
import { Problems } from "../editor/problems.js";
import { offerLeft } from "../editor/recovery.js";
import { Saving } from "../editor/saving.js";
import { Status } from "../editor/status.js";
import { asked } from "./feel_cell.js";
import { Ground } from "./ground.js";
import { known, problemOf } from "./known.js";
import { makeModeler, onChange, open, part, tables, viewOf, written, writtenFor } from "./modeler.js";
import { rememberChoice } from "./rules.js";
import { notShown, Tabs } from "./tabs.js";
import { toolbar } from "./toolbar.js";
import { notUnderstood } from "../editor/trouble.js";
import { cannotOpen } from "./trouble.js";
import { joinTyping } from "./typing.js";
import { Trying } from "./trying.js";

const NOTHING = { fields: [], built_in: [] };

export async function openTables(place) {
  const server = new Server(place);
  const path = place.dataset.path;
  const status = new Status(document.getElementById("editor-status"), place.dataset.zone);
  const kept = new Kept({ draft: place.dataset.base, path, by: place.dataset.actor });
  const modeler = makeModeler(document.getElementById("editor-canvas"));
  const desk = makeDesk({ server, path, modeler, process: place.dataset.process });
  onChange(modeler, () => {
    for (const heard of desk.heard) heard();
  });
  rememberChoice(desk, document.getElementById("editor-canvas"));
  joinTyping(modeler, place);
  // Tests and the console of whoever looks for a fault reach the modeler here.
  Object.assign(place, { modeler, tables: { open, written, writtenFor } });
  const medium = tables(modeler);
  const saving = new Saving({ server, path, medium, kept, status, tell: desk.tell });
  desk.saving = saving;

  const read = () => server.read(path);
  const first = await read().catch((error) => ({ error }));
  if (first.error) return cannotOpen({ desk, status, error: first.error });
  const { left, stored } = await offerLeft({ kept, stored: first, medium, read, tell: desk.tell });
  const opened = await open(modeler, left?.after ?? stored.text).catch((error) => ({ error }));
  if (opened.error) return cannotOpen({ desk, status, error: opened.error, stored });
  if (left) saving.begin({ etag: left.etag, before: left.before });
  else saving.begin({ etag: stored.etag, before: opened.before });
  begin(desk, place, opened.warnings);
  if (left) await saving.takeUp(left);
  return undefined;
}

function begin(desk, place, warnings) {
  const { modeler, saving } = desk;
  desk.listen(() => saving.changed());
  desk.listen(() => desk.trying.stale());
  desk.trying = new Trying(document.getElementById("editor-panel"), desk);
  desk.ground = new Ground(desk);
  desk.problems = new Problems({
    server: desk.server,
    saving,
    path: desk.path,
    ground: desk.ground,
    place: document.getElementById("editor-problems"),
    count: document.getElementById("editor-count"),
    after: (answer) => {
      desk.names = answer.names ?? desk.names;
    },
  });
  desk.tabs = new Tabs(document.getElementById("table-tabs"), document.getElementById("table-shown"), desk);
  desk.viewed = () => {
    desk.ground.again();
    desk.trying.viewed();
  };
  asked.names = (at) => known(desk, at);
  asked.check = (at, text) => problemOf(desk, at, text);
  toolbar(desk, place);
  saving.status.show("opened", "Open; nothing changed yet");
  tellWhatIsKept(desk, warnings);
  loadChoices(desk);
  desk.problems.now();
  const wanted = decodeURIComponent(location.hash.slice(1));
  const view = wanted && viewOf(modeler, wanted);
  if (view) desk.tabs.open(view);
  place.dataset.ready = "yes";
}

function tellWhatIsKept(desk, warnings) {
  const hidden = notShown(desk.modeler);
  const told = [];
  if (warnings.length > 0) told.push(notUnderstood(warnings));
  if (hidden.length > 0) told.push(`Not shown as a table or an expression: ${hidden.join(", ")}.`);
  if (told.length > 0) desk.tell(`${told.join(" ")} A save keeps them as they are.`);
}

async function loadChoices(desk) {
  const place = document.getElementById("editor");
  try {
    desk.choices = { ...NOTHING, ...(await desk.server.choices()) };
    place.dataset.choices = "there";
  } catch (error) {
    desk.tell(`The fields of the record are not known: ${error.message}`);
    place.dataset.choices = "unknown";
  }
}

/** What the parts of the page work with. */
function makeDesk({ server, path, modeler, process }) {
  const desk = {
    server,
    path,
    modeler,
    process,
    choices: NOTHING,
    names: { everywhere: [], at: {} },
    looked: { decisions: [], marks: [] },
    heard: [],
    chosen: "",
    listen: (heard) => desk.heard.push(heard),
    write: () => written(modeler),
    part: (name) => part(modeler, name),
    tell: (text) => (document.getElementById("editor-note").textContent = text),
    show: (id) => show(modeler, id),
  };
  return desk;
}

/** Opens the view of a decision; answers whether there is one. */
async function show(modeler, id) {
  const view = viewOf(modeler, id);
  if (!view) return false;
  if (modeler.getActiveView()?.element !== view.element) await modeler.open(view);
  return true;
}
