// Rules and columns of the table that is open: added and moved, each as one step that can be undone.

/** A new rule at the end, with these tests in its input cells; null where no table is open. */
export function addRule(desk, tests = []) {
  const root = rootOf(desk);
  if (!root) return null;
  const factory = desk.part("elementFactory");
  const row = factory.create("row", { type: "dmn:DecisionRule" });
  root.cols.forEach((col, at) => {
    const cell = factory.create("cell", { row, col });
    if (tests[at] !== undefined) cell.businessObject.text = tests[at];
    row.cells[at] = cell;
  });
  desk.part("modeling").addRow(row);
  return row;
}

/** Moves the rule of the cell that was chosen last by so many places; answers what was done. */
export function moveRule(desk, by) {
  const root = rootOf(desk);
  const row = chosen(desk)?.row;
  const at = root?.rows.indexOf(row) ?? -1;
  if (at < 0) return "Choose a cell of the rule first.";
  if (!root.rows[at + by]) return `Rule ${at + 1} is the ${by < 0 ? "first" : "last"} one.`;
  desk.part("modeling").moveRow(row, at + by);
  return `Rule ${at + 1} is rule ${at + by + 1} now. Undo takes it back.`;
}

/** Moves the column of the cell that was chosen last, among its kind. */
export function moveColumn(desk, by) {
  const root = rootOf(desk);
  const col = chosen(desk)?.col;
  const at = root?.cols.indexOf(col) ?? -1;
  if (at < 0) return "Choose a cell of the column first.";
  const next = root.cols[at + by];
  if (next?.businessObject.$type !== col.businessObject.$type) return "It is the last of its kind on that side.";
  desk.part("modeling").moveCol(col, at + by);
  return "The column was moved. Undo takes it back.";
}

/** Remembers the cell that was chosen last: a button above the table takes the choice away. */
export function rememberChoice(desk, canvas) {
  const remember = ({ target }) => {
    const cell = target.closest("[data-element-id], [data-col-id]");
    if (cell) desk.chosen = cell.dataset.elementId || cell.dataset.colId;
  };
  // Before the library, which keeps it to itself.
  canvas.addEventListener("focusin", remember, true);
  canvas.addEventListener("click", remember);
}

function chosen(desk) {
  const found = desk.part("elementRegistry")?.get(desk.chosen);
  return found?.row ? found : { col: found };
}

function rootOf(desk) {
  return desk.modeler.getActiveView()?.type === "decisionTable" ? desk.part("sheet").getRoot() : null;
}
