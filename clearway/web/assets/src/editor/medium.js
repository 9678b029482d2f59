// What is edited, as saving, recovery and conflicts know it: how it is written, read and sent.
import { written, writtenFor } from "./modeler.js";

/** A diagram: the server puts the difference of two writings onto the stored bytes. */
export function drawing(modeler) {
  return {
    noun: "diagram",
    isGrafted: true,
    write: () => written(modeler),
    writtenFor: (text) => writtenFor(modeler, text),
    send: (server, path, what) => server.saveDrawing(path, what),
  };
}
