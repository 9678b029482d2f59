// Reads [[text, [edit, typed]], ...] and answers what each edit makes of the text of a message.
import * as edits from "../../clearway/web/assets/src/files/message_text.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);

const cases = JSON.parse(Buffer.concat(chunks).toString());
process.stdout.write(JSON.stringify(cases.map(([text, [edit, ...given]]) => edits[edit](text, ...given))));
