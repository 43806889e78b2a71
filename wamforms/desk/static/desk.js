// What every page of the desk can do: ask the server, tell the person, lock when left alone.

const token = document.querySelector('meta[name="desk-token"]')?.content ?? "";

export class DeskError extends Error {
  constructor(status, said) {
    super(said.error ?? "");
    this.status = status;
    this.advice = said.advice ?? "";
    this.said = said;
  }
}

/** Send a decision or ask a question; what comes back is JSON. */
export async function ask(address, data, { byItself = false, last = false } = {}) {
  const headers = { Accept: "application/json" };
  if (byItself) headers["X-Desk-By-Itself"] = "1";
  const options = { headers, credentials: "same-origin", cache: "no-store", keepalive: last };
  if (data !== undefined) {
    options.method = "POST";
    options.body = JSON.stringify(data);
    headers["Content-Type"] = "application/json";
    headers["X-Desk-Token"] = token;
  }
  const answer = await fetch(address, options);
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 403 && said.error === "locked") window.location.assign("/locked");
  if (!answer.ok) throw new DeskError(answer.status, said);
  return said;
}

/** Send a file as it is. */
export function send(address, body) {
  return fetch(address, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-Desk-Token": token },
    credentials: "same-origin",
  });
}

/** Words of a page that its script needs: data-say-NAME attributes of an element. */
export function wordsOf(element) {
  return (name, values = {}) =>
    (element.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? name).replace(
      /\{(\w+)\}/g,
      (whole, key) => values[key] ?? whole,
    );
}

// Pages of clients may stand on the screen: after a while without a hand on it, they go.
// The server forgets the session after 15 minutes on its own clock; the page is not later.
const IDLE_MS = 15 * 60 * 1000;
let touched = Date.now();
let told = Date.now();
for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
  window.addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true });
}
if (token) {
  setInterval(() => {
    const now = Date.now();
    if (now - touched > IDLE_MS) window.location.assign("/locked");
    else if (touched > told && now - told > 60_000) {
      told = now;
      ask("/here").catch(() => {});
    }
  }, 5_000);
}
