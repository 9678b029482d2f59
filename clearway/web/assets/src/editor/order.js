// Keeps the order in which the file has its elements: moving something on the canvas is no reason
// to write it elsewhere.

const LISTS = ["rootElements", "flowElements", "artifacts", "laneSets", "lanes", "flowNodeRef", "participants", "messageFlows", "incoming", "outgoing", "planeElement"];

export class TheirOrder {
  constructor(modeler) {
    this.lists = new Map();
    modeler.on("import.parse.complete", ({ definitions }) => this._learn(definitions));
    modeler.on("saveXML.start", () => this._restore());
  }

  _learn(definitions) {
    this.lists = new Map();
    if (!definitions) return;
    const seen = new Set();
    const open = [definitions];
    while (open.length > 0) {
      const one = open.pop();
      if (seen.has(one)) continue;
      seen.add(one);
      const known = LISTS.filter((name) => Array.isArray(one[name]) && one[name].length > 1);
      if (known.length > 0) this.lists.set(one, new Map(known.map((name) => [name, [...one[name]]])));
      for (const { name, isReference } of one.$descriptor?.properties ?? []) {
        const value = isReference ? null : one.get(name);
        for (const part of Array.isArray(value) ? value : [value]) if (part?.$descriptor) open.push(part);
      }
    }
  }

  /** What was there stands as it stood; what is new stands behind it, in the order of its making. */
  _restore() {
    for (const [one, lists] of this.lists) {
      for (const [name, before] of lists) {
        const now = one[name];
        if (!Array.isArray(now)) continue;
        const there = new Set(now);
        const known = new Set(before);
        const wanted = [...before.filter((part) => there.has(part)), ...now.filter((part) => !known.has(part))];
        if (wanted.length === now.length && wanted.some((part, at) => part !== now[at])) now.splice(0, now.length, ...wanted);
      }
    }
  }
}
