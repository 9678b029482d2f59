// Saves a file by itself, and says in words whether that worked and what to do when not.
import { choose, download } from "./dialogs.js";
import { later } from "./dom.js";
import { meetTheirs, offerCopy } from "./conflict.js";

const PAUSE = 1200;
const KEEP_PAUSE = 250;
const AGAIN = [3_000, 10_000, 30_000];
const SIGNED_OUT_AGAIN = 4_000;
// Browsers send at most this much of a page that is going away.
const KEEPALIVE_BYTES = 60_000;

export class Saving {
  /**
   * `medium`: see medium.js; `status.show(word, text, actions)` tells the reader; `kept` keeps it
   * in the browser meanwhile.
   */
  constructor({ server, path, medium, kept, status, tell }) {
    Object.assign(this, { server, path, medium, kept, status, tell, write: () => medium.write() });
    this.failures = 0;
    this.busy = null;
    this.stopped = "";
    this.heard = [];
    // How many changes there were, and up to which they are kept or saved.
    this.changes = 0;
    this.keptTo = 0;
    this.pause = later(PAUSE, () => this.save());
    this.keepPause = later(KEEP_PAUSE, () => this.keep());
    this._listen();
  }

  /** The stored state, and what the medium writes for it. */
  begin({ etag, before }) {
    Object.assign(this, { etag, before, dirty: false, stopped: "" });
  }

  /** What is edited was changed. */
  changed() {
    this.dirty = true;
    this.changes += 1;
    this.keepPause();
    if (this.stopped) return;
    this.pause();
    if (this.failures === 0) this.status.show("waits", "Changed; saved in a moment");
  }

  /** What an earlier page left unsaved is this page's from now on. */
  async takeUp(left) {
    this.changed();
    await this.keep();
    await this.kept.forget(left.key);
  }

  /** Saves now what is not saved; answers whether all is. */
  async save({ keepalive = false } = {}) {
    if (this.stopped) return false;
    if (this.busy) {
      await this.busy;
      if (!this.dirty) return true;
    }
    this.pause.stop();
    this.busy = this._save(keepalive);
    await this.busy;
    this.busy = null;
    if (this.savedAs) for (const hear of this.heard) hear();
    return !this.dirty;
  }

  /** The tag of the stored file, when that is what is on the screen; else null. */
  get savedAs() {
    return this.dirty || this.busy || this.stopped ? null : (this.etag ?? null);
  }

  /** Calls `hear` each time that everything is saved. */
  whenSaved(hear) {
    this.heard.push(hear);
  }

  async _save(keepalive) {
    const { changes } = this;
    const after = await this.write();
    if (after === this.before) return this._saved({}, after, changes);
    // Whether it arrives is not known until the answer is there: until then it is kept here.
    const kept = this._keep(after);
    if (!keepalive) await kept;
    this.dirty = false;
    this.status.show("saving", "Saving");
    const size = this.before.length + after.length;
    try {
      const answer = await this.medium.send(this.server, this.path, {
        before: this.before,
        after,
        etag: this.etag,
        keepalive: keepalive && size < KEEPALIVE_BYTES,
      });
      return this._saved(answer, after, changes);
    } catch (error) {
      this.dirty = true;
      await this.keep();
      return this._failed(error);
    }
  }

  async _saved(answer, after, changes = this.changes) {
    this.failures = 0;
    this.keptTo = Math.max(this.keptTo, changes);
    if (answer.etag) this.etag = answer.etag;
    // Such as that an approval does not count any more.
    if (answer.notice) this.tell(answer.notice);
    this.before = after;
    if (this.dirty && (await this.write()) !== after) {
      this.pause();
      return;
    }
    this.dirty = false;
    this.keepPause.stop();
    await this.kept.forget();
    this.status.saved(answer.saved_at);
  }

  async _failed(error) {
    this.failures += 1;
    const kept = this.kept.working
      ? "It is kept in this browser."
      : "This browser keeps nothing: download it before you leave.";
    const answers = {
      401: () => this._signedOut(kept),
      404: () => this._gone(),
      410: () => this._gone(),
      409: () => this._closed(error),
      412: () => this._conflict(error),
      403: () => this._forbidden(error, kept),
      413: () => this._refused(error, kept),
      422: () => this._notGrafted(error, kept),
    };
    if (answers[error.status]) return answers[error.status]();
    const wait = AGAIN[Math.min(this.failures, AGAIN.length) - 1];
    this._retry(wait, `Not saved: ${sentence(error.message)} ${kept} It is tried again by itself.`);
  }

  _retry(wait, text, actions = []) {
    clearTimeout(this.again);
    this.again = setTimeout(() => this.save(), wait);
    this.status.show("failed", text, actions);
  }

  _signedOut(kept) {
    clearTimeout(this.again);
    this.signedOut = true;
    this.again = setTimeout(() => this._tryRenewed(), SIGNED_OUT_AGAIN);
    const link = ["Sign in in a new tab", "/login", "link"];
    this.status.show("failed", `Not saved: you were signed out; sign in in a new tab and it is saved. ${kept}`, [link]);
  }

  async _tryRenewed() {
    const renewed = await this.server.renew().catch(() => false);
    if (!renewed) return this._signedOut("It is kept in this browser.");
    if (renewed.other) return this._others(renewed.other);
    this.signedOut = false;
    return this.save();
  }

  // What one person wrote is not saved in the name of another.
  _others(name) {
    clearTimeout(this.again);
    this.signedOut = true;
    this.again = setTimeout(() => this._tryRenewed(), SIGNED_OUT_AGAIN);
    this.status.show("failed", `Not saved: ${name} is signed in in this browser now, and you wrote this as ${this.server.actor}. Sign in as ${this.server.actor} again and it is saved. It is kept in this browser.`, [
      ["Try again", () => this._tryRenewed()],
      ["Download", () => this.handOut()],
    ]);
  }

  // Another session than the page's: its token has to be fetched.
  async _forbidden(error, kept) {
    const renewed = await this.server.renew().catch(() => false);
    if (!renewed) return this._signedOut(kept);
    if (renewed.other) return this._others(renewed.other);
    if (!renewed.isNew) return this._refused(error, kept);
    this.again = setTimeout(() => this.save(), 0);
    return undefined;
  }

  _refused(error, kept) {
    this.status.show("failed", `Not saved: ${sentence(error.message)} ${kept}`, [
      ["Try again", () => this.save()],
      ["Download", () => this.handOut()],
    ]);
  }

  // The server cannot tell for certain where the change belongs in the stored file.
  _notGrafted(error, kept) {
    if (!this.medium.isGrafted) return this._refused(error, kept);
    this.status.show("failed", `Not saved: ${sentence(error.message)} ${kept}`, [
      ["Save the whole file anew", () => this._saveWhole()],
      ["Download", () => this.handOut()],
    ]);
  }

  async _saveWhole() {
    const answer = await choose({
      title: "Save the whole file anew?",
      text: ["The file is written as this editor writes it. Comments, the order of things, and parts that the editor does not know may be lost. The earlier save stays in the list of saves of this draft."],
      buttons: [
        ["whole", "Save the whole file", "btn-danger"],
        ["", "Go back"],
      ],
    });
    if (answer !== "whole") return;
    const after = await this.write();
    try {
      await this._saved(await this.server.saveFile(this.path, after, this.etag), after);
    } catch (error) {
      await this._failed(error);
    }
  }

  _gone() {
    this._stop("gone");
    this.status.show("failed", "Not saved: this draft or its process is gone. Nothing is saved here any more: download what you have.", [
      ["Download", () => this.handOut()],
    ]);
  }

  _closed(error) {
    this._stop("closed");
    this.status.show("failed", `Not saved: ${sentence(error.message)}`, [
      ["Keep mine as a new draft", () => offerCopy(this)],
      ["Try again", () => this.resume()],
      ["Download", () => this.handOut()],
    ]);
  }

  async _conflict(error) {
    if (await this._isOurs()) return;
    this._stop("conflict");
    this.theirs = error.body;
    this.status.show("failed", `Not saved: somebody else saved this ${this.medium.noun} meanwhile.`, [
      ["Choose what to do", () => meetTheirs(this)],
    ]);
    // Not awaited: what the reader chooses saves again, and this save has to end first.
    meetTheirs(this);
  }

  // A save whose answer was lost: what is stored is what was sent.
  async _isOurs() {
    try {
      const stored = await this.server.read(this.path);
      const sent = await this.write();
      if ((await this.medium.writtenFor(stored.text)) !== sent) return false;
      await this._saved({ etag: stored.etag }, sent);
      return true;
    } catch {
      return false;
    }
  }

  /** Puts what stands here over what is stored now, in one save. */
  async overwrite(stored) {
    const before = await this.medium.writtenFor(stored.text);
    if (before === null) return false;
    Object.assign(this, { before, etag: stored.etag, dirty: true });
    return this.resume();
  }

  resume() {
    this.stopped = "";
    return this.save();
  }

  async handOut() {
    download(await this.write(), this.path.split("/").pop());
  }

  _stop(why) {
    this.stopped = why;
    this.pause.stop();
    clearTimeout(this.again);
  }

  /** Keeps in the browser what is not saved. */
  async keep() {
    if (!this.dirty) return;
    const { changes } = this;
    if (await this._keep(await this.write())) this.keptTo = Math.max(this.keptTo, changes);
  }

  _keep(after) {
    return this.kept.keep({ etag: this.etag, before: this.before, after });
  }

  _listen() {
    const flush = () => {
      if (!this.dirty || this.stopped) return;
      this.keep();
      this.save({ keepalive: true });
    };
    window.addEventListener("blur", () => this.pause.now());
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") flush();
      else if (this.signedOut) this._tryRenewed();
    });
    window.addEventListener("online", () => this.failures && !this.stopped && this.save());
    window.addEventListener("beforeunload", (event) => {
      // A field that is left takes what is typed in it; later there is no time to keep it.
      document.activeElement?.blur();
      flush();
      if (this.dirty && (this.stopped || this.keptTo < this.changes)) event.preventDefault();
    });
  }
}

function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
