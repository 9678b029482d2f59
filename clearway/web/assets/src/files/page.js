// The page of one file: opens it, and puts view, source, problems and saving together.
import { choose, download } from "../editor/dialogs.js";
import { h } from "../editor/dom.js";
import { Kept } from "../editor/kept.js";
import { Server } from "../editor/net.js";
import { Problems } from "../editor/problems.js";
import { offerLeft } from "../editor/recovery.js";
import { Saving } from "../editor/saving.js";
import { Status } from "../editor/status.js";
import { makeDesk } from "./desk.js";
import { Ground } from "./ground.js";
import { plainText, Sheet } from "./sheet.js";
import { SourceView } from "./source_view.js";
import { Tabs } from "./tabs.js";
import { VIEWS } from "./views.js";

export async function openSheet(place) {
  const { path, base, actor, kind } = place.dataset;
  const server = new Server(place);
  const status = new Status(document.getElementById("editor-status"), place.dataset.zone);
  const kept = new Kept({ draft: base, path, by: actor });
  const sheet = new Sheet();
  const desk = makeDesk({ server, path, process: place.dataset.process, sheet });
  const medium = plainText(sheet);
  const saving = new Saving({ server, path, medium, kept, status, tell: desk.tell });
  desk.saving = saving;

  const read = () => server.read(path);
  const first = await read().catch((error) => ({ error }));
  if (first.error) return cannotOpen(place, status, server, first.error);
  const { left, stored } = await offerLeft({ kept, stored: first, medium, read, tell: desk.tell });
  sheet.begin(left?.after ?? stored.text);
  saving.begin(left ? { etag: left.etag, before: left.before } : { etag: stored.etag, before: stored.text });
  await desk.reload();
  begin(desk, place, kind, status);
  if (left) await saving.takeUp(left);
  return undefined;
}

function begin(desk, place, kind, status) {
  const rooms = new Rooms(desk, VIEWS[kind]);
  const { sheet, saving } = desk;
  sheet.listen(({ by }) => {
    saving.changed();
    if (by === "undo") rooms.draw();
  });
  desk.problems = new Problems({
    server: desk.server,
    saving,
    path: desk.path,
    ground: new Ground(desk, rooms),
    place: document.getElementById("editor-problems"),
    count: document.getElementById("editor-count"),
    after: (answer) => (desk.known = answer.names ?? desk.known),
  });
  bar(desk, place);
  status.show("opened", "Open; nothing changed yet");
  rooms.open();
  desk.problems.now();
  place.sheet = sheet;
  place.dataset.ready = "yes";
}

/** The view and the source: one of them is seen. */
class Rooms {
  constructor(desk, known) {
    this.desk = desk;
    const [viewRoom, sourceRoom] = ["sheet-view", "sheet-source"].map((id) => document.getElementById(id));
    this.trouble = document.getElementById("sheet-trouble");
    this.source = new SourceView(sourceRoom, desk);
    this.view = known ? new known.View(viewRoom, desk) : null;
    const tabs = [{ name: "source", label: "Source", room: sourceRoom }];
    if (this.view) tabs.unshift({ name: "view", label: known.title, room: viewRoom });
    this.tabs = new Tabs(document.getElementById("sheet-tabs"), tabs, (name) => this._enter(name));
  }

  open() {
    if (!this.view || !this._enters("view")) this.tabs.go("source");
  }

  _enters(name) {
    this.tabs.go(name);
    return this.tabs.now === name;
  }

  /** Shows the text as it is now, where the reader is. */
  draw() {
    if (this.tabs.now === "view" && !this._shown()) this.tabs.go("source");
    if (this.tabs.now === "source") this.source.show(this.desk.text);
  }

  _enter(name) {
    if (name === "view") return this._shown();
    this.source.show(this.desk.text);
    return true;
  }

  _shown() {
    try {
      this.view.show(this.desk.text);
    } catch (error) {
      this.trouble.textContent = `It can only be shown as text: ${error.message}`;
      this.trouble.hidden = false;
      return false;
    }
    this.trouble.hidden = true;
    return true;
  }

  goToLine(line) {
    this.tabs.go("source");
    this.source.goTo(line);
  }
}

function bar(desk, place) {
  const { sheet, saving } = desk;
  const runs = {
    undo: () => sheet.undo(),
    redo: () => sheet.redo(),
    download: () => download(sheet.text, desk.path.split("/").pop()),
    remove: () => remove(desk),
  };
  const buttons = [...place.querySelectorAll("[data-do]")];
  for (const button of buttons) button.addEventListener("click", () => runs[button.dataset.do]());
  const enable = () => {
    for (const button of buttons) {
      if (button.dataset.do === "undo") button.disabled = sheet.past.length === 0;
      if (button.dataset.do === "redo") button.disabled = sheet.future.length === 0;
    }
  };
  sheet.listen(enable);
  enable();
  document.addEventListener(
    "keydown",
    (event) => {
      if (document.querySelector("dialog[open]") || !(event.ctrlKey || event.metaKey)) return;
      const key = event.shiftKey ? `shift ${event.key.toLowerCase()}` : event.key.toLowerCase();
      const does = { s: () => saving.save(), z: runs.undo, y: runs.redo, "shift z": runs.redo }[key];
      if (!does) return;
      event.preventDefault();
      does();
    },
    true,
  );
}

async function remove(desk) {
  const answer = await choose({
    title: "Remove this file?",
    text: [`${desk.path} is taken out of the draft. An earlier save of the draft still has it and can be restored.`],
    buttons: [
      ["remove", "Remove the file", "btn-danger"],
      ["", "Go back"],
    ],
  });
  if (answer !== "remove") return;
  try {
    await desk.saving.save();
    await desk.server.removeFile(desk.path, desk.saving.etag);
    location.assign(desk.server.base);
  } catch (error) {
    desk.tell(`It was not removed: ${error.message}`);
  }
}

function cannotOpen(place, status, server, error) {
  const text = error.status === 404 ? "The draft or this file is not there any more." : error.message;
  const way = h("a", { class: "btn btn-outline", href: server.base }, "Go to the draft: its files and earlier saves");
  const told = h("div", { class: "editor-trouble", role: "alert" }, h("h2", {}, "The file cannot be opened"), h("p", {}, text), h("p", {}, "Nothing was changed."), way);
  document.getElementById("sheet-view").replaceChildren(told);
  status.show("failed", "Not open: nothing is saved from this page");
  place.dataset.ready = "failed";
}
