// Offers what an earlier page left unsaved: take it, look at it, or throw it away.
import { choose, download } from "./dialogs.js";
import { clockTime } from "./status.js";

// What was sent while its page was left arrives a moment later, if it does.
const ON_ITS_WAY = 5_000;
const LOOKS = 4;
const BETWEEN_LOOKS = 300;

/**
 * Answers {left, stored}: the unsaved state that the reader takes, or null, and what is stored by
 * then. `read()` reads that anew.
 */
export async function offerLeft({ kept, stored, medium, read, tell }) {
  let now = stored;
  const look = async () => {
    now = await read().catch(() => now);
  };
  const isThere = async ({ after }) => after === (await medium.writtenFor(now.text));
  for (const left of await kept.left()) {
    const { etag } = now;
    for (let looks = 0; looks < LOOKS && now.etag === etag && Date.now() - left.at < ON_ITS_WAY; looks += 1) {
      await pause(BETWEEN_LOOKS);
      await look();
    }
    // It reached the server after all, or says what is stored anyway.
    if (left.after === left.before || (await isThere(left))) {
      await kept.forget(left.key);
      continue;
    }
    const answer = await ask(left, now, kept, medium);
    await look();
    if (await isThere(left)) {
      await kept.forget(left.key);
      if (answer === "drop") tell("These changes were saved before you threw them away. The earlier saves of the draft bring back what was there.");
      continue;
    }
    if (answer === "take") return { left, stored: now };
  }
  return { left: null, stored: now };
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Answers take, drop or later. */
async function ask(left, stored, kept, medium) {
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
    if (answer === "look") download(left.after, `unsaved-${left.path.split("/").pop()}`);
    else if (answer !== "drop") return answer;
    else if (await isSure(left)) {
      await kept.forget(left.key);
      return answer;
    }
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
