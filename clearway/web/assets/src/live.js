// Listens for changes and tells the page: an event `clearway:changed` on the body.
// Without the stream (a proxy, an old browser) the page looks by itself every half minute.

const EVERY = 30_000;
let lastNews = 0;

export function live() {
  const address = document.body.dataset.live;
  if (!address || !document.querySelector("[hx-trigger*='clearway:']")) return;
  let source = listen(address);
  setInterval(() => {
    if (document.visibilityState === "visible" && Date.now() - lastNews >= EVERY) changed([]);
  }, EVERY);
  // A page in the background gives its connection back: browsers have only a few for each host.
  document.addEventListener("visibilitychange", () => {
    source.close();
    if (document.visibilityState !== "visible") return;
    source = listen(address);
    changed([]);
  });
  addEventListener("pagehide", () => source.close());
}

function listen(address) {
  const source = new EventSource(address);
  source.addEventListener("changed", (event) => changed(JSON.parse(event.data)));
  return source;
}

// No keys: something may have changed, nobody knows what.
function changed(keys) {
  lastNews = Date.now();
  tell("clearway:record", keys, document.querySelector("[data-record]")?.dataset.record);
  // A list that somebody is working in keeps still until they have left it.
  if (!document.activeElement?.closest("main form, [data-list]")) tell("clearway:changed", keys);
}

// A page may show several records: their keys are parted by blanks.
function tell(name, keys, only) {
  if (only !== undefined && keys.length > 0 && !only.split(" ").some((key) => keys.includes(key))) return;
  document.body.dispatchEvent(new CustomEvent(name, { detail: { keys } }));
}
