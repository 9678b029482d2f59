// Where in a file of text the gate's findings are: at a part of its view, or at a line.

const LINE = /\bline (\d+)/i;

/** The ground of the list of problems (see problems.js) that is a sheet. */
export class Ground {
  constructor(desk, rooms) {
    Object.assign(this, { desk, rooms });
  }

  listen(changed) {
    this.desk.sheet.listen(() => changed());
  }

  async unsaved() {
    return { [this.desk.path]: this.desk.text };
  }

  place(finding) {
    const found = this.rooms.view?.place?.(finding);
    if (found) return { name: found.name, go: () => (this.rooms.tabs.go("view"), found.go()) };
    const line = Number(LINE.exec(finding.message)?.[1] ?? 0);
    return line ? { name: `Line ${line}`, go: () => this.rooms.goToLine(line) } : null;
  }

  fix() {
    return false;
  }

  mark(findings) {
    this.rooms.view?.tell?.(findings.filter((one) => one.file === this.desk.path));
  }
}
