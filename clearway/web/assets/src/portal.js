// What the portal's pages do beyond their HTML: live lists, keys, kept drafts, small comforts.
import "htmx.org";
import { keys } from "./keys.js";
import { live } from "./live.js";
import { fresh } from "./fresh.js";
import { drafts } from "./drafts.js";
import { comforts } from "./comforts.js";
import { planning } from "./planning.js";

live();
fresh();
keys();
drafts();
comforts();
planning();
