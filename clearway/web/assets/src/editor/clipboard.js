// What was copied, for every editor that the same person has open in this browser.
import { NAMES, named } from "./references.js";

const PLACE = "clearway-editor-copied";
// What a message, error, escalation or signal means to a process is its name and its code.
const MEANT = ["name", "errorCode", "escalationCode"];
const REFERENCES = { "bpmn:Message": "messageRef", "bpmn:Error": "errorRef", "bpmn:Escalation": "escalationRef", "bpmn:Signal": "signalRef" };
const PASTED = "-clearway-pasted-roots";

class SharedClipboard {
  static $inject = ["moddle", "actor"];

  constructor(moddle, actor) {
    Object.assign(this, { moddle, actor, text: null, tree: undefined });
  }

  set(tree) {
    this.tree = tree;
    this.text = JSON.stringify({ by: this.actor, tree }, asValue);
    try {
      localStorage.setItem(PLACE, this.text);
    } catch {
      // Too much for the browser: it can be pasted on this page only, and nothing older elsewhere.
      localStorage.removeItem(PLACE);
    }
  }

  get() {
    const text = localStorage.getItem(PLACE);
    if (text !== null && text !== this.text) this._take(text);
    return this.tree;
  }

  isEmpty() {
    return this.get() === undefined;
  }

  clear() {
    const tree = this.get();
    Object.assign(this, { text: null, tree: undefined });
    localStorage.removeItem(PLACE);
    return tree;
  }

  _take(text) {
    let copied;
    try {
      copied = JSON.parse(text, (_, value) => this._element(value));
    } catch {
      return;
    }
    if (copied.by === this.actor) Object.assign(this, { text, tree: copied.tree });
  }

  _element(value) {
    if (!value?.$type) return value;
    const { $type, ...given } = value;
    for (const name of NAMES.map(plain)) if (given[name]) given[name] = named(given[name]);
    return this.moddle.create($type, given);
  }
}

// The library leaves references out: what names a value instead of an element has to be said.
function asValue(_, value) {
  if (!value?.$type) return value;
  const told = NAMES.map(plain).filter((name) => value[name]);
  return told.length === 0 ? value : { ...value, ...Object.fromEntries(told.map((name) => [name, value[name].id])) };
}

function plain(name) {
  return name.replace("bpmn:", "");
}

/** What is pasted names the messages, errors and signals of the file into which it is pasted. */
class RootsOfThisFile {
  static $inject = ["eventBus", "bpmnjs", "bpmnFactory", "moddle"];

  constructor(eventBus, bpmnjs, bpmnFactory, moddle) {
    Object.assign(this, { bpmnjs, bpmnFactory, ids: moddle.ids });
    // Names of values are no references, whatever the standard calls them.
    eventBus.on("moddleCopy.canCopyProperty", 1500, ({ propertyName, property }) =>
      property && NAMES.map(plain).includes(plain(propertyName ?? "")) ? property : undefined,
    );
    eventBus.on("copyPaste.pasteElement", 600, ({ cache, descriptor }) => {
      const { businessObject, referencedRootElement: root } = descriptor;
      if (!root) return;
      delete descriptor.referencedRootElement;
      const holder = businessObject.eventDefinitions?.[0] ?? businessObject;
      holder.set(REFERENCES[root.$type], this._here(root, (cache[PASTED] ??= [])));
    });
  }

  _here(root, pasted) {
    const there = this.bpmnjs.getDefinitions().get("rootElements");
    if (there.includes(root)) return root;
    const same = [...there, ...pasted].find((one) => meansTheSame(one, root));
    if (same) return same;
    // An id of the other file may be something else's in this one.
    const { $type, id, ...given } = root;
    const isFree = !this.ids.assigned(id);
    const made = this.bpmnFactory.create($type, isFree ? { ...given, id } : given);
    if (isFree) this.ids.claim(id, made);
    pasted.push(made);
    return made;
  }
}

function meansTheSame(one, root) {
  return one.$type === root.$type && MEANT.every((name) => one[name] === root[name]);
}

export function clipboardOf(actor) {
  return {
    __init__: ["rootsOfThisFile"],
    actor: ["value", actor],
    clipboard: ["type", SharedClipboard],
    rootsOfThisFile: ["type", RootsOfThisFile],
  };
}
