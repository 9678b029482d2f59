// Asks the server for one draft: what it answers as values, what it refuses with reason and remedy.

const LONGEST_WAIT = 30_000;

/** Why something did not work: `status` is 0 when no answer came. */
export class Refused extends Error {
  constructor(status, text, body = {}) {
    super(text);
    Object.assign(this, { status, body });
  }
}

export class Server {
  constructor(place) {
    this.base = place.dataset.base;
    this.csrf = place.dataset.csrf;
    this.drafts = place.dataset.drafts;
    this.actor = place.dataset.actor;
  }

  /** `{text, etag}` of a stored file. */
  async read(path, base = this.base) {
    const answer = await this._ask(`${base}/files/${encoded(path)}`, {});
    return { text: decoded(await answer.arrayBuffer()), etag: answer.headers.get("ETag") };
  }

  async list(base = this.base) {
    return (await this._ask(`${base}/files`, {})).json();
  }

  /** Saves a drawing: what the editor wrote for the stored file, and what it writes now. */
  async saveDrawing(path, { before, after, etag, keepalive = false, base = this.base }) {
    return this._put(`${base}/drawing/${encoded(path)}`, JSON.stringify({ before, after }), {
      "Content-Type": "application/json",
      "If-Match": etag,
    }, keepalive);
  }

  /** Saves a file as it is; without `etag` only when there is none of this name yet. */
  async saveFile(path, text, etag, { base = this.base, keepalive = false } = {}) {
    const only = etag ? { "If-Match": etag } : { "If-None-Match": "*" };
    return this._put(`${base}/files/${encoded(path)}`, text, { "Content-Type": "application/octet-stream", ...only }, keepalive);
  }

  /** Takes a file out of the draft if it is still as it was opened. */
  async removeFile(path, etag) {
    const headers = { "X-CSRF-Token": this.csrf, "If-Match": etag };
    await this._ask(`${this.base}/files/${encoded(path)}`, { method: "DELETE", headers });
  }

  /** Asks a question about what is not saved yet. */
  async ask(what, body) {
    const answer = await this._ask(`${this.base}/${what}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRF-Token": this.csrf },
    });
    return answer.json();
  }

  async choices() {
    return (await this._ask(`${this.base}/choices`, {})).json();
  }

  /** Makes a new draft of the process; answers the address of its pages. */
  async newDraft() {
    const form = new URLSearchParams({ csrf: this.csrf });
    const answer = await this._ask(this.drafts, { method: "POST", body: form });
    return new URL(answer.url).pathname.replace(/\/edit$/, "");
  }

  /**
   * After somebody signed in again: takes the token of the new session and answers {isNew}. False
   * when nobody did, `{other}` when it is another person than the one who opened this page.
   */
  async renew() {
    const answer = await this._ask(`${this.base}/files`, {});
    const token = answer.headers.get("X-CSRF-Token");
    const name = decodeURIComponent(answer.headers.get("X-Signed-In-As") ?? "");
    if (!token) return false;
    if (name !== this.actor) return { other: name };
    const isNew = token !== this.csrf;
    this.csrf = token;
    return { isNew };
  }

  async _put(address, body, headers, keepalive) {
    const answer = await this._ask(address, {
      method: "PUT",
      body,
      keepalive,
      headers: { "X-CSRF-Token": this.csrf, ...headers },
    });
    return answer.json();
  }

  async _ask(address, options) {
    let answer;
    try {
      const signal = AbortSignal.timeout(LONGEST_WAIT);
      answer = await fetch(address, { credentials: "same-origin", cache: "no-store", signal, ...options });
    } catch (error) {
      if (error.name === "TimeoutError") throw new Refused(0, "The server did not answer in time.");
      throw new Refused(0, "There is no connection to the server.");
    }
    if (answer.redirected && new URL(answer.url).pathname === "/login") {
      throw new Refused(401, "You were signed out.");
    }
    if (!answer.ok) throw await refusal(answer);
    return answer;
  }
}

async function refusal(answer) {
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  const body = isJson ? await answer.json().catch(() => ({})) : {};
  const text = [body.detail, body.remedy].filter(Boolean).join(" ");
  return new Refused(answer.status, text || `The server answered ${answer.status}.`, body);
}

function encoded(path) {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Text in the encoding that the file declares. */
function decoded(buffer) {
  const head = new TextDecoder("latin1").decode(buffer.slice(0, 200));
  const declared = head.match(/encoding=["']([\w-]+)["']/)?.[1];
  const sixteen = /^(\xff\xfe|\xfe\xff)/.exec(head)?.[0];
  const label = sixteen ? (sixteen === "\xff\xfe" ? "utf-16le" : "utf-16be") : declared;
  try {
    return new TextDecoder(label ?? "utf-8").decode(buffer);
  } catch {
    return new TextDecoder().decode(buffer);
  }
}
