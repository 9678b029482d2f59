// Reads [[text, [[edit, ...arguments], ...]], ...] and answers what each edit makes of the text.
import * as edits from "../../clearway/web/assets/src/files/calendar_edit.js";
import { readCalendar } from "../../clearway/web/assets/src/files/calendar_text.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);

const answers = JSON.parse(Buffer.concat(chunks).toString()).map(([text, changes]) => {
  try {
    const changed = changes.reduce((now, [edit, ...given]) => edits[edit](now, ...given), text);
    return { text: changed, said: readCalendar(changed) };
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
