// How each kind of file is shown and changed: its name on the tab, and the view.
import { CalendarView } from "./calendar_view.js";
import { MessageView } from "./message_view.js";
import { FormView } from "./form_view.js";

/**
 * A view is made with `new View(place, desk)`. `show(text)` draws the text and throws an Error
 * with a sentence when it cannot; `tell(findings)`, if there is one, marks what the gate finds;
 * `place(finding)`, if there is one, answers {name, go} for a finding that it can lead to.
 */
export const VIEWS = {
  calendar: { title: "Calendar", View: CalendarView },
  message: { title: "Message", View: MessageView },
  form: { title: "Form", View: FormView },
};
