// Scan: files go to the desk one after the other; what becomes of each page comes back.

import { ask, send, wordsOf } from "./desk.js";

const SHOWN = 200;   // thumbnails on the page; the batch has all of them

const root = document.getElementById("scan");
const say = wordsOf(root);
const at = (id) => document.getElementById(id);
const labels = new Map();
for (let i = 0; root.hasAttribute(`data-outcome-${i}`); i += 1) {
  labels.set(root.getAttribute(`data-outcome-${i}`), root.getAttribute(`data-label-${i}`));
}
let counts = new Map();
let total = 0;

function state(text) { at("state").textContent = text; }

async function take(files) {
  if (!files.length) return;
  at("progress").hidden = false;
  let kept = 0;
  for (const file of files) {
    state(say("sending", { name: file.name }));
    try {
      const answer = await send(`/scan/files?name=${encodeURIComponent(file.name)}`, file);
      if (answer.ok) kept += 1;
      else {
        const said = await answer.json().catch(() => ({}));
        note(`${said.error ?? answer.status}. ${said.advice ?? ""}`);
      }
    } catch {
      note(say("away"));
    }
  }
  if (kept) await ask("/scan/start", {}).catch(() => note(say("away")));
  else state("");
}

function note(text, more = "") {
  const line = document.createElement("li");
  line.textContent = text;
  for (const reason of more ? more.split("\n") : []) {
    const under = document.createElement("div");
    under.textContent = reason;
    line.append(under);
  }
  at("files-said").append(line);
  at("progress").hidden = false;
}

function begin() {
  counts = new Map();
  total = 0;
  at("progress").hidden = false;
  at("after").hidden = true;
  at("counts").replaceChildren();
  at("pages").replaceChildren();
  at("files-said").replaceChildren();
  state(say("running"));
}

function page(event) {
  total += 1;
  counts.set(event.became, (counts.get(event.became) ?? 0) + 1);
  at("counts").replaceChildren(...[...counts].map(([became, count]) => {
    const line = document.createElement("li");
    line.dataset.became = became;
    const number = document.createElement("b");
    number.textContent = count;
    line.append(number, ` ${labels.get(became) ?? became}`);
    return line;
  }));
  const entry = document.createElement("li");
  entry.dataset.became = event.became;
  const image = new Image();
  image.loading = "lazy";
  image.alt = "";
  image.src = `/scan/thumb/${event.page}`;
  const word = document.createElement("span");
  word.textContent = labels.get(event.became) ?? event.became;
  const source = document.createElement("small");
  source.textContent = event.source;
  entry.append(image, word, source);
  if (event.reason) entry.title = event.reason;
  at("pages").prepend(entry);
  while (at("pages").childElementCount > SHOWN) at("pages").lastElementChild.remove();
}

function batch(event) {
  state(say("done"));
  at("after").hidden = false;
  at("sheet").href = `/scan/batch/${event.batch}`;
  at("sheet").textContent = say("sheet", { number: event.batch });
  for (const name of event.known) note(say("known", { name }));
  for (const one of event.unreadable) note(say("unreadable", one));
}

const hear = {
  begin,
  page,
  batch,
  file: (event) => {
    const fate = say(`fate${event.fate[0].toUpperCase()}${event.fate.slice(1)}`, { to: event.to });
    note(say("file", { name: event.name, fate }), event.fate === "done" ? "" : event.reason);
  },
  trouble: (event) => note(`${event.text}. ${event.advice}`),
};
const source = new EventSource("/scan/events");
source.onmessage = (message) => {
  const event = JSON.parse(message.data);
  hear[event.kind]?.(event);
};
source.onerror = () => { if (source.readyState === EventSource.CLOSED) state(say("away")); };

const drop = at("drop");
for (const kind of ["dragover", "dragenter"]) {
  window.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
window.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
window.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take([...event.dataTransfer.files]);
});
at("files").addEventListener("change", async (event) => {
  await take([...event.target.files]);
  event.target.value = "";
});
drop.addEventListener("submit", (event) => event.preventDefault());
