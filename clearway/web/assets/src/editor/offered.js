// What the palette, the context pad and the menu offer: only what the gate lets run.

const CREATE = [
  ["create.start-event", "event", "bpmn:StartEvent", "bpmn-icon-start-event-none", "Start event"],
  ["create.intermediate-event", "event", "bpmn:IntermediateThrowEvent", "bpmn-icon-intermediate-event-none", "Intermediate or boundary event"],
  ["create.end-event", "event", "bpmn:EndEvent", "bpmn-icon-end-event-none", "End event"],
  ["create.exclusive-gateway", "gateway", "bpmn:ExclusiveGateway", "bpmn-icon-gateway-xor", "Gateway"],
  ["create.user-task", "activity", "bpmn:UserTask", "bpmn-icon-user-task", "User task: a person does it"],
  ["create.service-task", "activity", "bpmn:ServiceTask", "bpmn-icon-service-task", "Service task: a step that runs by itself"],
  ["create.rule-task", "activity", "bpmn:BusinessRuleTask", "bpmn-icon-business-rule-task", "Business rule task: a table decides"],
  ["create.send-task", "activity", "bpmn:SendTask", "bpmn-icon-send-task", "Send task: tell somebody"],
];
// Tools of the library's palette that stay as they are.
const TOOLS = ["hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "tool-separator"];
const KEPT = [...TOOLS, "create.subprocess-expanded", "create.participant-expanded", "create.group"];

// What the gate refuses wherever it stands, by the names that the library's menu uses.
const NEVER = [
  "replace-with-timer-start",
  "replace-with-conditional-start",
  "replace-with-signal-start",
  "replace-with-task",
  "toggle-participant-multiplicity",
  "replace-with-parallel-multiple-intermediate-catch",
];

class Offered {
  static $inject = ["palette", "popupMenu", "contextPad", "create", "elementFactory", "autoPlace", "injector"];

  constructor(palette, popupMenu, contextPad, create, elementFactory, autoPlace) {
    Object.assign(this, { create, elementFactory, autoPlace });
    palette.registerProvider(500, this);
    contextPad.registerProvider(500, this);
    popupMenu.registerProvider("bpmn-replace", 500, this);
  }

  getPaletteEntries() {
    return (entries) => {
      const offered = {};
      for (const name of TOOLS) if (entries[name]) offered[name] = entries[name];
      for (const [name, group, type, className, title] of CREATE) {
        const start = (event) => this.create.start(event, this.elementFactory.createShape({ type }));
        offered[name] = { group, className, title, action: { dragstart: start, click: start } };
      }
      for (const name of KEPT) if (entries[name]) offered[name] ??= entries[name];
      return offered;
    };
  }

  getContextPadEntries() {
    return (entries) => {
      const plain = entries["append.append-task"];
      if (!plain) return entries;
      const rest = { ...entries };
      delete rest["append.append-task"];
      return {
        ...rest,
        "append.user-task": this._append("bpmn:UserTask", "bpmn-icon-user-task", "Append a user task"),
      };
    };
  }

  getMultiElementContextPadEntries() {
    return (entries) => entries;
  }

  getPopupMenuEntries() {
    return (entries) => without(entries);
  }

  getPopupMenuHeaderEntries() {
    return (entries) => without(entries);
  }

  _append(type, className, title) {
    const shape = () => this.elementFactory.createShape({ type });
    return {
      group: "model",
      className,
      title,
      action: {
        dragstart: (event, source) => this.create.start(event, shape(), { source }),
        click: (_event, source) => this.autoPlace.append(source, shape()),
      },
    };
  }
}

function without(entries) {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !NEVER.includes(name)));
}

export const offeredModule = { __init__: ["offered"], offered: ["type", Offered] };
