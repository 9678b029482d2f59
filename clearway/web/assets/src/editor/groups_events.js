// The panel's groups of events: what they wait for or throw, and when.
import { isInterrupting } from "bpmn-js/lib/util/DiUtil";
import { is } from "bpmn-js/lib/util/ModelUtil";
import { flagOf } from "./groups_activities.js";
import { catchingFields, rootFields, tellingGroup } from "./groups_messages.js";
import { chosen, expressed, own, outputs, recordField } from "./properties.js";

const TIMERS = [
  { value: "timeDuration", label: "After a duration" },
  { value: "timeDate", label: "At an instant" },
  { value: "timeCycle", label: "Again and again" },
];
const EXAMPLES = { timeDuration: "PT4H, or FEEL.", timeDate: "2026-05-01T09:00:00Z, or FEEL.", timeCycle: "R3/PT1H, or FEEL." };

export function eventGroups(element, desk) {
  const node = element.businessObject;
  const throws = is(node, "bpmn:ThrowEvent");
  const definitions = node.get("eventDefinitions") ?? [];
  const groups = definitions.flatMap((one, at) => definitionGroups(element, desk, one, throws, at));
  if (definitions.length === 0 && throws) groups.push(noticeGroup(element, desk));
  return [...groups, ...placeGroups(element, desk)];
}

function noticeGroup(element, desk) {
  // Without a definition there is no message: the panel offers a notice only.
  const nothing = { get: () => undefined };
  const group = tellingGroup(element, desk, nothing);
  return { ...group, fields: group.fields.filter((field) => field.id !== "messageRef") };
}

function definitionGroups(element, desk, definition, throws, at) {
  const kind = definition.$type.replace("bpmn:", "").replace("EventDefinition", "");
  const make = { Timer: timer, Message: message, Signal: signal, Error: error, Escalation: escalation, Conditional: conditional, Link: link, Compensate: compensate }[kind];
  if (!make) return [];
  const group = make(element, desk, definition, throws);
  const fields = at === 0 ? group.fields : group.fields.map((field) => ({ ...field, id: `${field.id}#${at}` }));
  return [{ ...group, fields }];
}

function timer(element, desk, definition) {
  const kind = TIMERS.map((one) => one.value).find((name) => definition.get(name)) ?? "timeDuration";
  const choose = (next) => {
    const text = definition.get(kind)?.body ?? "";
    const made = desk.changes.expression(text || " ", definition) ?? desk.changes.create("bpmn:FormalExpression", { body: "" }, definition);
    const properties = { timeDuration: undefined, timeDate: undefined, timeCycle: undefined, [next]: made };
    desk.changes.apply([{ element, of: definition, properties }]);
  };
  const calendar = element.businessObject.get("clearway:calendar");
  const edit = calendar && {
    id: "calendar-edit",
    kind: "action",
    label: "Edit the calendar",
    run: () => desk.goToFile(`shared/calendars/${calendar}.yaml`, `${desk.process}/calendars/${calendar}.yaml`),
  };
  return {
    title: "Timer",
    fields: [
      { id: "timer", kind: "select", label: "Comes", options: () => TIMERS, value: () => kind, set: choose },
      expressed(desk, element, definition, kind, "When", kind, { id: "when", help: EXAMPLES[kind] }),
      chosen(desk, element, "clearway:calendar", "Counted in the time of", () => desk.choices.calendars, { none: "All hours" }),
      edit,
      chosen(desk, element, "clearway:missed", "Missed while all stood still", () => MISSED, { none: "Once (as usual)" }),
    ].filter(Boolean),
  };
}

const MISSED = [
  { value: "once", label: "Once" },
  { value: "all", label: "As often as it was missed" },
  { value: "skip", label: "Not at all" },
];

function message(element, desk, definition, throws) {
  if (throws) return tellingGroup(element, desk, definition);
  const node = element.businessObject;
  const opens = is(node, "bpmn:StartEvent") && is(node.$parent, "bpmn:Process");
  return {
    title: "Message",
    fields: [...rootFields(element, desk, definition, "messageRef", "–"), ...catchingFields(element, desk, { opens })],
  };
}

function signal(element, desk, definition) {
  return { title: "Signal", fields: rootFields(element, desk, definition, "signalRef", "–") };
}

function error(element, desk, definition, throws) {
  const fields = rootFields(element, desk, definition, "errorRef", throws ? "–" : "Any error");
  if (!throws) fields.push(outputs(desk, element, { help: "What went wrong is called error." }));
  return { title: "Error", fields };
}

function escalation(element, desk, definition, throws) {
  return { title: "Escalation", fields: rootFields(element, desk, definition, "escalationRef", throws ? "–" : "Any escalation") };
}

function conditional(element, desk, definition) {
  return { title: "Condition", fields: [expressed(desk, element, definition, "condition", "Comes when", "condition")] };
}

function link(element, desk, definition) {
  return { title: "Link", fields: [own(desk, element, "name", "Name of the link", { of: definition, id: "link.name" })] };
}

function compensate(element, desk, definition, throws) {
  if (!throws) return { title: "Undoing", fields: [] };
  const beside = () =>
    desk.modeler
      .get("elementRegistry")
      .filter((one) => is(one, "bpmn:Activity") && one.businessObject.$parent === element.businessObject.$parent)
      .map((one) => ({ value: one.id, label: one.businessObject.name || one.id }));
  return {
    title: "Undoing",
    fields: [
      {
        id: "activityRef",
        kind: "select",
        label: "Undoes",
        none: "Everything that was done",
        options: beside,
        value: () => definition.get("activityRef")?.id ?? "",
        set: (id) => desk.changes.apply([{ element, of: definition, properties: { activityRef: desk.modeler.get("elementRegistry").get(id)?.businessObject } }]),
      },
      flagOf(desk, element, definition, "waitForCompletion", "Goes on when it is undone", true),
    ],
  };
}

function placeGroups(element, desk) {
  const node = element.businessObject;
  if (is(node, "bpmn:BoundaryEvent")) {
    return [{ title: "At the border", fields: [flagOf(desk, element, node, "cancelActivity", "Ends the activity", true)] }];
  }
  if (!is(node, "bpmn:StartEvent")) return [];
  if (node.$parent?.get("triggeredByEvent")) {
    return [{ title: "Event subprocess", fields: [{ ...flagOf(desk, element, node, "isInterrupting", "Ends what runs around it", true), value: () => isInterrupting(element) }] }];
  }
  if (!is(node.$parent, "bpmn:Process")) return [];
  return [
    {
      title: "Who opens it",
      fields: [
        chosen(desk, element, "clearway:role", "Role", () => desk.choices.roles, { none: "That of its lane" }),
        recordField(desk, element, "clearway:holder", "Field for who opened it", { none: "None" }),
      ],
    },
  ];
}
