// Names of values where the library expects elements of the file.

/** Here these name a value (`record.approvers`), not an element of the file. */
export const NAMES = ["bpmn:loopDataInputRef", "bpmn:loopDataOutputRef"];

/** The library would drop a name that is no element of the file; everything else is kept anyway. */
export function keepReferences({ references, elementsById }) {
  for (const { element, property, id } of references ?? []) {
    if (NAMES.includes(property) && !elementsById[id]) element.set(property, named(id));
  }
}

/** A name as the library keeps it where it expects an element. */
export function named(id) {
  return { id, $type: "bpmn:ItemAwareElement" };
}
