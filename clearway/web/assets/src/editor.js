// The diagram editor: the entry of its page.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-codes.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "./editor/editor.css";
import { openEditor } from "./editor/page.js";

const place = document.getElementById("editor");
if (place) openEditor(place);
