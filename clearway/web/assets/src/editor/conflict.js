// Two people saved the same file: nobody's work is lost unseen.
import { choose, download } from "./dialogs.js";
import { clockTime } from "./status.js";

/** Tells who saved when, and lets the reader choose. */
export async function meetTheirs(saving) {
  const { changed_by: who, changed_at: when } = saving.theirs ?? {};
  const what = `this ${saving.medium.noun}`;
  const by = `${who ?? "Somebody"} saved ${what}`;
  const at = when ? ` at ${clockTime(when)}` : "";
  for (;;) {
    const answer = await choose({
      title: `Somebody else saved ${what}`,
      text: [`${by}${at}, after you had opened it. Yours is not saved yet; it is kept in this browser.`],
      buttons: [
        ["look", "Look at theirs (new tab)"],
        ["copy", "Keep mine as a new draft", "btn-primary"],
        ["over", "Put mine over theirs", "btn-outline-danger"],
        ["later", "Decide later"],
      ],
    });
    if (answer === "look") {
      window.open(location.href, "_blank", "noopener");
      continue;
    }
    if (answer === "copy" && !(await offerCopy(saving))) continue;
    if (answer === "over" && !(await putOver(saving, by + at))) continue;
    return;
  }
}

async function putOver(saving, told) {
  const answer = await choose({
    title: "Put yours over theirs?",
    text: [`${told}. What they changed in it is replaced by yours. The earlier save stays in the list of saves of this draft.`],
    buttons: [
      ["over", "Put mine over theirs", "btn-danger"],
      ["", "Go back"],
    ],
  });
  if (answer !== "over") return false;
  try {
    const stored = await saving.server.read(saving.path);
    if (await saving.overwrite(stored)) return true;
  } catch {
    // Told below: whatever it was, nothing was put over theirs.
  }
  if (saving.stopped === "conflict") return true;
  await choose({ title: "That did not work", text: ["What is stored now cannot be read or was not answered. Nothing was replaced."], buttons: [["", "Go back"]] });
  return false;
}

/** Makes a new draft with what stands here, and goes there; false when that did not work. */
export async function offerCopy(saving) {
  const { server, path } = saving;
  try {
    const mine = await saving.write();
    const base = await server.newDraft();
    await copyOthers(server, path, base);
    const stored = await server.read(path, base);
    const before = await saving.medium.writtenFor(stored.text);
    await saving.medium.send(server, path, { before, after: mine, etag: stored.etag, base });
    saving.dirty = false;
    saving.keepPause.stop();
    await saving.kept.forget();
    location.assign(`${base}/edit${location.search}`);
    return true;
  } catch (error) {
    const answer = await choose({
      title: "That did not work",
      text: [`No new draft was saved: ${error.message} Yours is still here, and kept in this browser.`],
      buttons: [["get", "Download mine"], ["", "Go back"]],
    });
    if (answer === "get") download(await saving.write(), path.split("/").pop());
    return false;
  }
}

// The new draft begins with the newest version: the other files of this draft go along.
async function copyOthers(server, path, base) {
  const there = new Map((await server.list(base)).map((file) => [file.path, file.etag]));
  for (const file of await server.list()) {
    if (file.path === path || there.get(file.path) === file.etag) continue;
    const { text } = await server.read(file.path);
    await server.saveFile(file.path, text, there.get(file.path), { base });
  }
}
