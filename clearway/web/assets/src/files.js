// The editor of forms, messages, calendars and texts: the entry of its page.
import "./editor/editor.css";
import "./files/files.css";
import { openSheet } from "./files/page.js";

const place = document.getElementById("sheet");
if (place) openSheet(place);
