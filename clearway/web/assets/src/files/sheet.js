// The text of one file while it is edited, with what was before and after each change.

const MOST_STEPS = 500;

export class Sheet {
  constructor() {
    Object.assign(this, { text: "", past: [], future: [], key: null, listeners: [] });
  }

  begin(text) {
    Object.assign(this, { text, past: [], future: [], key: null });
  }

  /** Calls `heard({by})` after each change; `by` is "reader" or "undo". */
  listen(heard) {
    this.listeners.push(heard);
  }

  /** The reader changed it; changes in a row with the same key are one step to undo. */
  change(text, key = null) {
    if (text === this.text) return;
    if (key === null || key !== this.key) this.past = [...this.past.slice(-MOST_STEPS), this.text];
    Object.assign(this, { text, key, future: [] });
    this._tell("reader");
  }

  undo() {
    this._step(this.past, this.future);
  }

  redo() {
    this._step(this.future, this.past);
  }

  _step(from, to) {
    if (from.length === 0) return;
    to.push(this.text);
    Object.assign(this, { text: from.pop(), key: null });
    this._tell("undo");
  }

  _tell(by) {
    for (const heard of this.listeners) heard({ by });
  }
}

/** A file of text, as saving knows it: what is written is what is stored. */
export function plainText(sheet) {
  return {
    noun: "file",
    isGrafted: false,
    write: async () => sheet.text,
    writtenFor: async (text) => text,
    send: (server, path, { after, etag, keepalive, base }) => server.saveFile(path, after, etag, { keepalive, base }),
  };
}
