// The name by which other expressions know a decision follows its title only where both were the same.
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor";
import { getBusinessObject } from "dmn-js-shared/lib/util/ModelUtil";

// Told at the first change of a title: while one types, both may be the same by chance.
const follows = new WeakMap();

class VariableNames extends CommandInterceptor {
  static $inject = ["eventBus", "modeling"];

  constructor(eventBus, modeling) {
    super(eventBus);
    const commands = ["element.updateProperties", "element.updateLabel"];
    this.preExecute(commands, ({ context }) => {
      const one = getBusinessObject(context.element);
      if (one?.variable && !follows.has(one)) follows.set(one, one.variable.name === one.name);
    });
    this.postExecuted(commands, ({ context }) => {
      const one = getBusinessObject(context.element);
      const isNamed = "newLabel" in context || "name" in (context.properties ?? {});
      if (isNamed && one?.variable && follows.get(one) && one.variable.name !== one.name) {
        modeling.updateProperties(one.variable, { name: one.name });
      }
    });
  }
}

/** Stands in the place of the library's own, which lets it follow always. */
export const namesModule = { nameChangeBehavior: ["type", VariableNames] };
