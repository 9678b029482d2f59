// Typing in one cell is one step of undo, however many letters it has.

/** Lets the views that `modeler` makes put letters of one stretch of typing together. */
export function joinTyping(modeler, place) {
  let stretch = 0;
  place.addEventListener("focusin", () => (stretch += 1), true);
  modeler.on("viewer.created", ({ viewer }) => {
    const stack = viewer.get("commandStack", false);
    if (!stack) return;
    viewer.on("commandStack.element.updateProperties.postExecuted", ({ context }) => {
      context.typed = textOf(context) && `${stretch} ${context.element.id} ${textOf(context)}`;
    });
    // After a change: the one before it is a part of it when it was the same typing.
    viewer.on("commandStack.changed", 2000, ({ trigger }) => {
      if (trigger === "execute") join(stack);
    });
  });
}

/** The one property that is a text, as letters change it; nothing for other changes. */
function textOf({ properties }) {
  const names = Object.keys(properties);
  return names.length === 1 && typeof properties[names[0]] === "string" ? names[0] : "";
}

function join(stack) {
  const last = stack._stack[stack._stackIdx];
  const before = stack._stack[stack._stackIdx - 1];
  if (!last?.context.typed || last.context.typed !== before?.context.typed) return;
  // A change that took others with it stays by itself.
  const alone = [last, before].every((one) => stack._stack.filter(({ id }) => id === one.id).length === 1);
  if (!alone) return;
  last.context.oldProperties = before.context.oldProperties;
  stack._stack.splice(stack._stackIdx - 1, 1);
  stack._stackIdx -= 1;
}
