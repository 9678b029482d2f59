// Changes of the drawing as commands: each can be undone by one step.

/** Runs several changes of properties as one command of the stack. */
class ChangeHandler {
  static $inject = ["modeling"];

  constructor(modeling) {
    this._modeling = modeling;
  }

  preExecute({ changes }) {
    for (const { element, of, properties } of changes) {
      if (of === element.businessObject) this._modeling.updateProperties(element, properties);
      else this._modeling.updateModdleProperties(element, of, properties);
    }
  }
}

class Changes {
  static $inject = ["commandStack", "bpmnFactory", "bpmnjs", "eventBus"];

  constructor(commandStack, bpmnFactory, bpmnjs, eventBus) {
    Object.assign(this, { commandStack, bpmnFactory, bpmnjs });
    commandStack.registerHandler("clearway.change", ChangeHandler);
    this.eventBus = eventBus;
  }

  /**
   * Carries out `[{element, of, properties}]` as one command.
   *
   * `typing` names one stretch of typing in one field: what it changed before is taken back first,
   * so that undo takes back the whole of it and not each pause.
   */
  apply(changes, typing) {
    const wanted = changes.filter(changesSomething);
    if (wanted.length === 0) return;
    const stack = this.commandStack;
    if (typing && this._last()?.context?.typing === typing) stack.undo();
    const left = typing ? changes.filter(changesSomething) : wanted;
    if (left.length > 0) stack.execute("clearway.change", { changes: left, typing });
  }

  /** A new part of the drawing, already placed under its parent. */
  create(type, properties, parent) {
    const made = this.bpmnFactory.create(type, properties);
    if (parent) made.$parent = parent;
    return made;
  }

  /** A FEEL expression as BPMN keeps it; undefined for nothing. */
  expression(text, parent) {
    const trimmed = text.trim();
    return trimmed ? this.create("bpmn:FormalExpression", { body: trimmed }, parent) : undefined;
  }

  definitions() {
    return this.bpmnjs.getDefinitions();
  }

  _last() {
    return this.commandStack._stack[this.commandStack._stackIdx];
  }
}

function changesSomething({ of, properties }) {
  return Object.entries(properties).some(([name, value]) => {
    const now = of.get(name);
    return Array.isArray(now) && Array.isArray(value)
      ? now.length !== value.length || now.some((one, at) => one !== value[at])
      : now !== value;
  });
}

/** The changes that set our own list of elements (`clearway:Input` and so on) of a node. */
export function listChange(changes, element, type, items) {
  const node = element.businessObject;
  const holder = node.get("extensionElements");
  const others = (holder?.get("values") ?? []).filter((one) => one.$type !== type);
  if (holder) {
    const made = items.map((item) => changes.create(type, item, holder));
    return [{ element, of: holder, properties: { values: [...others, ...made] } }];
  }
  if (items.length === 0) return [];
  const fresh = changes.create("bpmn:ExtensionElements", {}, node);
  fresh.values = items.map((item) => changes.create(type, item, fresh));
  return [{ element, of: node, properties: { extensionElements: fresh } }];
}

/** Our own elements of this type on a node, as plain values. */
export function listOf(element, type) {
  const values = element.businessObject.get("extensionElements")?.get("values") ?? [];
  return values.filter((one) => one.$type === type).map((one) => plain(one));
}

function plain(one) {
  const found = {};
  for (const { name, ns } of one.$descriptor.properties) {
    const value = one.get(ns?.name ?? name);
    if (value !== undefined && typeof value === "string") found[ns?.localName ?? name] = value;
  }
  return found;
}

export const changesModule = { __init__: ["changes"], changes: ["type", Changes] };
