// What the list of problems asks of the table editor: where its findings are, and how a gap is closed.
import { addRule } from "./rules.js";

const CLOSED = "Add a rule for this input";

export class Ground {
  constructor(desk) {
    Object.assign(this, { desk, findings: [] });
    // The library draws rows anew whenever it likes: the marks go on again after it.
    new MutationObserver(() => this.again()).observe(canvas(), { childList: true, subtree: true });
  }

  /** What is on the screen; what the file asks for and where its findings are is known after it. */
  async unsaved() {
    const { desk } = this;
    const text = await desk.write();
    desk.looked = await desk.server.ask("table", { path: desk.path, text });
    desk.trying.known();
    return { [desk.path]: text };
  }

  listen(changed) {
    this.desk.listen(changed);
  }

  mark(findings) {
    const { looked, path } = this.desk;
    this.findings = findings.filter((one) => one.file === path);
    for (const finding of this.findings) {
      Object.assign(finding, markOf(looked.marks, finding));
      if (finding.tests?.length) finding.fix = { label: CLOSED };
    }
    findings.sort((one, other) => Number(other.file === path) - Number(one.file === path));
    this.again();
  }

  /** Where a finding is, and what leads there. */
  place(finding) {
    if (!finding.element) return null;
    const rules = (finding.rules ?? []).map((rule) => `rule ${rule}`);
    return { name: [finding.element, ...rules, finding.column].filter(Boolean).join(", "), go: () => this._go(finding) };
  }

  // The view may have to be opened first; the change itself asks the gate anew.
  fix(finding) {
    this._add(finding);
    return false;
  }

  /** Marks the cells and rules of the view that is open. */
  again() {
    // The library's corner of the table is a heading of nothing.
    canvas().querySelector("th.index-column:empty:not([role])")?.setAttribute("role", "cell");
    const open = this.desk.modeler.getActiveView()?.element.id;
    const wanted = new Map();
    for (const finding of this.findings.filter((one) => one.element === open)) {
      for (const cell of this._cells(finding)) wanted.set(cell, [...(wanted.get(cell) ?? []), finding]);
    }
    for (const cell of canvas().querySelectorAll("[data-problem]")) if (!wanted.has(cell)) unmark(cell);
    for (const [cell, found] of wanted) {
      const worst = found.some((one) => one.severity === "error") ? "error" : "warning";
      const told = found.map((one) => one.message).join("\n");
      if (cell.dataset.problem !== worst) cell.dataset.problem = worst;
      if (cell.title !== told) cell.title = told;
    }
  }

  async _go(finding) {
    if (!(await this.desk.show(finding.element))) return;
    this.again();
    const cell = this._cells(finding)[0];
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
    (cell?.querySelector("[contenteditable]") ?? cell?.closest("tr")?.querySelector("[contenteditable]"))?.focus();
  }

  async _add(finding) {
    if (!(await this.desk.show(finding.element))) return;
    const row = addRule(this.desk, finding.tests);
    if (!row) return;
    this.desk.tell(`Rule ${row.root.rows.length} was added at the end. Say what it answers; Undo takes it away.`);
    const output = row.cells.find((cell) => cell.col.businessObject.$type === "dmn:OutputClause");
    requestAnimationFrame(() => cellOf(output?.id)?.querySelector("[contenteditable]")?.focus());
  }

  /** The cells of a finding in the view that is open: single cells, or the numbers of its rules. */
  _cells({ rules = [], column, columnAt = -1 }) {
    const root = this.desk.part("sheet")?.getRoot();
    if (!root?.rows) return [];
    if (columnAt < 0 && column) columnAt = columnOf(root, column);
    const rows = rules.map((rule) => root.rows[rule - 1]).filter(Boolean);
    const found =
      columnAt < 0
        ? rows.map((row) => cellOf(row.cells[0]?.id)?.closest("tr")?.querySelector(".rule-index"))
        : rules.length
          ? rows.map((row) => cellOf(row.cells[columnAt]?.id))
          : [canvas().querySelector(`th[data-col-id="${CSS.escape(root.cols[columnAt]?.id ?? "")}"]`)];
    return found.filter(Boolean);
  }
}

/** The place of the column that is called so; -1 where none or several are. */
function columnOf(root, name) {
  const called = root.cols.map(({ businessObject: one }) => one.label || one.inputExpression?.text || one.name);
  return called.indexOf(name) === called.lastIndexOf(name) ? called.indexOf(name) : -1;
}

function unmark(cell) {
  delete cell.dataset.problem;
  cell.removeAttribute("title");
}

function canvas() {
  return document.getElementById("editor-canvas");
}

/** What shows this element of the library's table, or null. */
export function cellOf(id) {
  return id ? canvas().querySelector(`[data-element-id="${CSS.escape(id)}"]`) : null;
}

function markOf(marks, finding) {
  const mark = marks.find((one) => one.element === (finding.element ?? "") && one.rule === finding.rule && one.message === finding.message);
  return mark ? { rules: mark.rules, column: mark.column, columnAt: mark.column_at, tests: mark.tests } : {};
}
