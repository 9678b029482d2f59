// Offers what an earlier page left unsaved: take it, look at it, or throw it away.
import { choose, download } from "./dialogs.js";
import { clockTime } from "./status.js";

/** The unsaved state that the reader takes, or null. */
export async function offerLeft({ kept, stored, medium }) {
  for (const left of await kept.left()) {
    const now = await medium.writtenFor(stored.text);
    // It reached the server after all, or says what is stored anyway.
    if (left.after === now || left.after === left.before) {
      await kept.forget(left.key);
      continue;
    }
    if (await isTaken(left, stored, kept, medium)) return left;
  }
  return null;
}

async function isTaken(left, stored, kept, medium) {
  const moved = left.etag !== stored.etag;
  const text = [`There are changes of ${when(left.at)} that were not saved.`];
  if (moved) text.push(`Since then this ${medium.noun} was saved by somebody. If you take them, you choose what counts before anything is replaced.`);
  for (;;) {
    const answer = await choose({
      title: "Changes that were not saved",
      text,
      buttons: [
        ["take", "Take them", "btn-primary"],
        ["look", "Look (download)"],
        ["drop", "Throw them away", "btn-outline-danger"],
        ["later", "Decide later"],
      ],
    });
    if (answer === "take") return true;
    if (answer === "look") download(left.after, `unsaved-${left.path.split("/").pop()}`);
    else if (answer === "drop" && (await isSure(left))) {
      await kept.forget(left.key);
      return false;
    } else if (answer !== "drop") return false;
  }
}

async function isSure(left) {
  const answer = await choose({
    title: "Throw them away?",
    text: [`The unsaved changes of ${when(left.at)} are gone after this.`],
    buttons: [
      ["drop", "Throw them away", "btn-danger"],
      ["", "Go back"],
    ],
  });
  return answer === "drop";
}

function when(instant) {
  const day = new Date(instant).toDateString() === new Date().toDateString() ? "" : `${new Date(instant).toLocaleDateString("en-GB")}, `;
  return `${day}${clockTime(instant)}`;
}
