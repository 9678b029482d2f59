// Keeps what is not saved yet in this browser, so that neither a crash nor a lost line loses it.

const STORE = "unsaved";
const LEAVING = 2_000;

export class Kept {
  /** `about` tells entries apart: {draft, path, by}. */
  constructor(about) {
    this.about = about;
    this.tab = String(crypto.getRandomValues(new Uint32Array(2)).join("-"));
    this.working = true;
    this._hold();
  }

  /** Keeps the state of the file; answers whether that worked. */
  async keep({ etag, before, after }) {
    const entry = { ...this.about, key: this._key(), tab: this.tab, etag, before, after, at: Date.now() };
    this.working = await this._do("readwrite", (store) => store.put(entry)).then(
      () => true,
      () => false,
    );
    return this.working;
  }

  async forget(key = this._key()) {
    await this._do("readwrite", (store) => store.delete(key)).catch(() => {});
  }

  /** What earlier pages of this person left unsaved, the newest first. */
  async left() {
    const all = await this._do("readonly", (store) => store.getAll()).catch(() => []);
    const mine = all.filter((one) => ["draft", "path", "by"].every((name) => one[name] === this.about[name]));
    const closed = await Promise.all(mine.map(({ tab }) => isClosed(tab)));
    return mine.filter((_, index) => closed[index]).sort((one, other) => other.at - one.at);
  }

  _key() {
    return `${this.about.draft} ${this.about.path} ${this.tab}`;
  }

  // A page that is open holds a lock of its name: what it has not saved is its own affair.
  _hold() {
    navigator.locks?.request(lockName(this.tab), () => new Promise(() => {})).catch(() => {});
  }

  async _do(mode, work) {
    this._database ??= opened();
    const database = await this._database;
    // Kept is what is on the disk: a browser that is killed a moment later must find it again.
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const asked = work(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

// A page that was left a moment ago may still hold its lock, such as when this one is its reload.
async function isClosed(tab) {
  if (!navigator.locks) return true;
  const signal = AbortSignal.timeout(LEAVING);
  return navigator.locks.request(lockName(tab), { signal }, () => true).catch(() => false);
}

function lockName(tab) {
  return `clearway-editor ${tab}`;
}

function opened() {
  const asked = indexedDB.open("clearway-editor", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
