// Reads [text, ...] and answers what is read of each when it is pasted into the list of holidays.
import { pasted } from "../../clearway/web/assets/src/files/calendar_paste.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);

process.stdout.write(JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()).map(pasted)));
