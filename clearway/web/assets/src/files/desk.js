// What the view of a file works with: its text, the draft around it, and a place to tell something.

const NOTHING = { roles: [], groups: [], forms: [], decisions: [], rules: [], steps: [], states: [], templates: [], calendars: [], fields: [], processes: [], called: [], built_in: [] };

export function makeDesk({ server, path, process, sheet }) {
  const etags = new Map();
  return {
    server,
    path,
    process,
    sheet,
    choices: NOTHING,
    known: { everywhere: [], at: {} },

    /** The file as it is now. */
    get text() {
      return sheet.text;
    },

    /** The reader changed it: the whole text; changes in a row with one key are one undo step. */
    change: (text, key) => sheet.change(text, key),

    /** Another file of the draft: {text, etag}, or null when there is none. */
    async readOther(other) {
      try {
        const found = await server.read(other);
        etags.set(other, found.etag);
        return found;
      } catch (error) {
        if (error.status !== 404) throw error;
        etags.delete(other);
        return null;
      }
    },

    /** Saves another file as it was read; throws Refused when somebody saved it meanwhile. */
    async saveOther(other, text) {
      const { etag } = await server.saveFile(other, text, etags.get(other));
      etags.set(other, etag);
      await this.reload();
      this.problems?.now();
    },

    /** Asks again what there is to choose from. */
    async reload() {
      try {
        this.choices = { ...NOTHING, ...(await server.choices()) };
      } catch (error) {
        this.tell(`What can be chosen is not known: ${error.message}`);
      }
    },

    /** One sentence for the reader. */
    tell: (text) => (document.getElementById("editor-note").textContent = text),
  };
}
