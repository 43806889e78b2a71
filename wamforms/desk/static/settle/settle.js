// Settle: cards, one after the other; a key decides, the next card stands at once, and the
// decision is stored behind it.

import { ask, wordsOf, DeskError } from "../desk.js";
import { afresh } from "./afresh.js";
import { drawPage, drawRow, drawScans, drawTyped, element } from "./drawing.js";
import { Keys } from "./keys.js";
import { Pictures } from "./pictures.js";
import { Sending } from "./sending.js";

const DEAL = 20;          // cards that are dealt together
const LOW = 10;           // so few dealt ones ahead ask for more
const LISTEN_MS = 5000;   // how often to hear what other windows decided
const HOLD_MS = 300;      // a key held longer than that was not tapped
const HISTORY = 5;

const root = document.getElementById("settle");
const say = wordsOf(root);
const at = (id) => document.getElementById(id);
const by = root.dataset.by;
const windowName = crypto.randomUUID();
const labels = new Map();
for (let i = 0; root.hasAttribute(`data-group-${i}`); i += 1) {
  labels.set(root.getAttribute(`data-group-${i}`), root.getAttribute(`data-label-${i}`));
}

const keys = new Keys(JSON.parse(root.dataset.keys));
const pictures = new Pictures(say);
const dealt = new Set();
const mine = new Set();   // numbers of decisions of this window
let queue = [];           // cards that wait, in order
let here = 0;             // which of them is on the stage
let parked = [];
let done = [];            // what this person decided, the latest last
let heard = 0;            // the newest decision this window knows
let moved = "";           // changes when pages come or go
let takenBack = new Set();  // pages whose code was taken back
let sent = 0;             // decisions of this window
let shownAt = 0;
let decidedHere = 0;
let startedAt = 0;
let pageHeldSince = 0;

const sending = new Sending({ changed: tellSaved, stored, refused });
const isRtl = () => document.documentElement.dir === "rtl";
const current = () => queue[here];

// What is on the screen.

function show() {
  if (here >= queue.length) here = 0;
  const card = current();
  for (const id of ["card", "tools"]) at(id).hidden = !card;
  at("empty").hidden = Boolean(card);
  at("whole").hidden = true;
  at("whole").replaceChildren();
  at("note").hidden = true;
  pressed("page", false);
  pressed("sentence", false);
  tally();
  if (!card) return;
  draw(card);
  at("card").focus({ preventScroll: true });
  shownAt = performance.now();
  prepare();
}

function draw(card) {
  const images = pictures.of(card);
  const stage = at("stage");
  const isRow = card.kind === "row";
  at("card").dataset.card = card.id;
  seen(card);
  at("answers").hidden = !isRow;
  if (isRow) {
    const name = card.number ? say("item", { number: card.number }) : say("consent");
    stage.replaceChildren(element("h2", {}, name), drawRow(card, images.row, decide));
    at("suggestion").textContent = card.suggestion;
  } else if (card.kind === "scans") {
    const hands = { choose: (index) => decide(String(card.scans[index].page)), see: (page) => togglePage(page) };
    stage.replaceChildren(element("h2", {}, card.whose), drawScans(card, images, say, hands));
  } else {
    const cannot = card.kind === "code" ? [["cannot", "unreadable"]] : [["noDate", "none"], ["cannot", "none"]];
    const hands = { check: (typed) => checkTyped(card, typed), save: decide, cannot };
    stage.replaceChildren(drawTyped(card, images.code ?? images.date, say, hands));
    queueMicrotask(() => at("typed")?.focus());
  }
  for (const image of Object.values(images)) {
    image.ready.then((isThere) => {
      if (isThere) return;
      image.replaceWith(element("p", { class: "wrong" }, say("broken")));
      listen();  // the page may be gone
    });
  }
  at("notes").replaceChildren(...card.notes.map((note) => element("li", {}, note)));
  pressed("rescan", card.is_rescan);
  at("park-word").textContent = at("park-word").dataset[card.is_parked ? "on" : "off"];
}

/** Mark when the card can be decided on: as soon as its picture stands there. */
async function seen(card) {
  at("card").dataset.shown = pictures.isReady(card) ? "yes" : "no";
  if (at("card").dataset.shown === "yes") return;
  await pictures.ready(card);
  if (card !== current() || !pictures.isReady(card)) return;
  at("card").dataset.shown = "yes";
  shownAt = performance.now();
}

function tally() {
  const card = current();
  at("group").textContent = card ? labels.get(card.group) ?? card.group : "";
  let left = say("left", { left: queue.length, done: done.length });
  if (decidedHere >= 5 && queue.length) {
    const each = (performance.now() - startedAt) / decidedHere;
    left += ` · ${say("minutes", { minutes: Math.max(1, Math.round((each * queue.length) / 60000)) })}`;
  }
  at("left").textContent = left;
  at("progress").max = Math.max(1, queue.length + done.length);
  at("progress").value = done.length;
  at("parked").hidden = !parked.length;
  at("show-parked").textContent = at("parked-words").dataset.say.replace("{count}", parked.length);
  const last = done.slice(-HISTORY).reverse();
  at("history").hidden = !last.length;
  at("last").replaceChildren(...last.map((entry) => {
    const button = element("button", { type: "button", class: "quiet" }, `${nameOf(entry.card)} → ${spoken(entry.answer)}`);
    button.addEventListener("click", () => reopen(entry));
    return button;
  }));
}

const nameOf = (card) => (card.kind === "row" ? say("item", { number: card.number }) : labels.get(card.group) ?? card.kind);
const spoken = (answer) => (["blank", "several", "unreadable", "none", "open"].includes(answer) ? say(answer) : answer);

function tellSaved() {
  const line = at("saved");
  if (sending.waiting) {
    line.textContent = say(sending.isTrying ? "trying" : "saving", { count: sending.waiting });
    line.classList.toggle("wrong", sending.isTrying);
  }
}

function tell(text, ...more) {
  at("said").replaceChildren(text, ...more);
}

// Decisions.

function decide(answer) {
  const card = current();
  if (!card || !pictures.isReady(card)) return;
  const pressedAt = performance.now();
  if (!startedAt) startedAt = shownAt;
  const entry = { card, answer, before: card.answer || "open", took: Math.round(pressedAt - shownAt) };
  queue.splice(here, 1);
  done.push(entry);
  decidedHere += 1;
  tell(alsoMarked(card, answer));
  show();
  requestAnimationFrame(() => requestAnimationFrame(() => {
    performance.measure("next card", { start: pressedAt });
  }));
  send(entry, answer);
}

function send(entry, answer, isUndo = false) {
  const { card } = entry;
  sent += 1;
  sending.add({
    entry,
    isUndo,
    make: () => ({
      kind: card.kind,
      page: card.page,
      item: card.item,
      answer,
      after: card.after,
      shown: card.scans.map((scan) => scan.page),
      took_ms: isUndo ? null : entry.took,
    }),
  });
}

function alsoMarked(card, answer) {
  if (card.kind !== "row" || !/^\d+$/.test(answer)) return "";
  const others = card.bubbles.filter((bubble) => bubble.is_dark && String(bubble.value) !== answer);
  return others.length ? say("also", { number: card.number, values: others.map((bubble) => bubble.value).join(", ") }) : "";
}

function stored(job, said) {
  const { card } = job.entry;
  card.after = said.after;
  card.answer = said.answer === "open" ? "" : said.answer;
  if (card.kind === "row") mine.add(said.after);
  const time = new Date().toLocaleTimeString(document.documentElement.lang);
  at("saved").classList.remove("wrong");
  if (!sending.waiting) at("saved").textContent = say("saved", { time });
  if (!queue.includes(card)) pictures.forget(card);
}

async function refused(job, error) {
  const { card, answer } = job.entry;
  done = done.filter((entry) => entry !== job.entry);
  if (error.said.is_stored === false) {
    card.after = error.said.after;
    card.answer = error.said.answer;
    const told = { number: card.number, by: error.said.by, answer: spoken(error.said.answer), mine: spoken(answer) };
    const again = element("button", { type: "button", class: "plain" }, say("lookAgain"));
    again.addEventListener("click", () => reopen(job.entry));
    tell(say("meanwhile", told), " ", again);
    if (error.said.answer === "open" && !queue.includes(card)) queue.push(card);
  } else {
    const stands = job.isUndo || await catchUp(card);
    if (!stands) {
      if (takenBack.has(card.page)) tell(say("codeGoneUnsaved", { mine: spoken(answer) }));
      else tell(say("cardGone"));
      return tally();
    }
    tell(`${error.message}. ${error.advice}`);
    if (job.isUndo) {  // it holds as before
      queue = queue.filter((one) => one !== card);
      done.push(job.entry);
    } else if (!queue.includes(card)) queue.splice(here, 0, card);
    show();
  }
  tally();
}

function undo() {
  const entry = done.pop();
  if (!entry) return tell(say("nothingToUndo"));
  takeBack(entry);
}

/** A row gets the answer it had before; of anything else, what was decided before holds again. */
function takeBack(entry) {
  const { card } = entry;
  queue.splice(here, 0, card);
  send(entry, card.kind === "row" ? entry.before : "open", true);
  tell(say("undone"));
  decidedHere = Math.max(0, decidedHere - 1);
  show();
}

function reopen(entry) {
  const { card } = entry;
  if (card.kind === "code") {  // a page has one code: the next one is typed when this one is gone
    done = done.filter((one) => one !== entry);
    return takeBack(entry);
  }
  if (!queue.includes(card)) queue.splice(here, 0, card);
  here = queue.indexOf(card);
  tell(say("again"));
  show();
}

async function checkTyped(card, typed) {
  try {
    const said = await ask("/settle/check", { kind: card.kind, page: card.page, typed });
    return { isRight: true, text: say("is", { means: said.means }) };
  } catch (error) {
    if (!(error instanceof DeskError)) return { isRight: false, text: say("trying", { count: 0 }) };
    return { isRight: false, text: `${error.message}. ${error.advice}` };
  }
}

// Other things to do with a card.

async function aside(mark, text = "") {
  const card = current();
  if (!card) return;
  try {
    await ask("/settle/aside", { page: card.page, item: card.item, mark, text });
  } catch (error) {
    return tell(error instanceof DeskError ? `${error.message}. ${error.advice}` : say("trying", { count: 1 }));
  }
  if (mark === "note") card.notes.push(text);
  if (mark === "parked") {
    card.is_parked = true;
    queue = queue.filter((one) => one !== card);
    parked.push(card);
  }
  if (mark === "unparked") card.is_parked = false;
  if (mark === "rescan" || mark === "no rescan") card.is_rescan = mark === "rescan";
  tell(say({ parked: "parked", unparked: "unparked", rescan: "rescan", "no rescan": "noRescan", note: "noted" }[mark]));
  show();
}

function togglePage(page = current()?.page) {
  const whole = at("whole");
  const isOpen = whole.hidden;
  whole.hidden = !isOpen;
  pressed("page", isOpen);
  if (isOpen) whole.replaceChildren(drawPage(current(), page, say));
}

function toggleSentence() {
  const card = current();
  if (card?.kind !== "row") return;
  const isOpen = !at("stage").querySelector(".strip.whole");
  pressed("sentence", isOpen);
  const images = pictures.of(card);
  if (!isOpen) return draw(card);
  images.whole ??= pictures.row(card.page, card.item, card.number, true);
  const strip = element("div", { class: "strip whole", dir: "ltr" }, images.whole);
  at("stage").querySelector("h2").after(strip);
}

function pressed(name, isOn) {
  document.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-pressed", String(isOn));
}

function help() {
  const panel = at("keys");
  panel.hidden = !panel.hidden;
  at("help").setAttribute("aria-expanded", String(!panel.hidden));
}

function move(step) {
  if (queue.length) here = (here + step + queue.length) % queue.length;
  tell("");
  show();
}

const actions = {
  blank: () => decide("blank"),
  empty: () => decide("blank"),
  several: () => decide("several"),
  unreadable: () => decide("unreadable"),
  suggestion: () => decide(String(current().suggestion)),
  back: () => move(-1),
  skip: () => move(1),
  undo,
  page: () => togglePage(),
  sentence: toggleSentence,
  park: () => aside(current()?.is_parked ? "unparked" : "parked"),
  rescan: () => aside(current()?.is_rescan ? "no rescan" : "rescan"),
  note: () => { at("note").hidden = false; at("note-text").value = ""; at("note-text").focus(); },
  help,
  close: () => {
    at("note").hidden = true;
    at("keys").hidden = true;
    at("help").setAttribute("aria-expanded", "false");
    if (!at("whole").hidden) togglePage();
    at("card").focus({ preventScroll: true });
  },
};
const ANSWERS = new Set(["blank", "empty", "several", "unreadable", "suggestion"]);

function press(found) {
  const card = current();
  if (found.action === "digit") {
    if (card?.kind === "scans") return card.scans[found.value - 1] && decide(String(card.scans[found.value - 1].page));
    if (card?.kind !== "row") return;
    if (card.bubbles.some((bubble) => bubble.value === found.value)) return decide(String(found.value));
    return found.value === 0 ? decide("blank") : undefined;
  }
  if (ANSWERS.has(found.action) && card?.kind !== "row") {
    if (found.action === "unreadable" && card?.kind === "code") decide("unreadable");
    return;
  }
  if (!card && !["undo", "help", "close"].includes(found.action)) return;
  actions[found.action]?.();
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select");
  const found = keys.action(event, isRtl());
  if (!found || found.action === "enter" || (isTyping && found.action !== "close")) return;
  if (found.action === "suggestion" && event.target.closest("button, a")) return;
  event.preventDefault();
  if (event.repeat && !["back", "skip"].includes(found.action)) return;
  if (found.action === "page" && at("whole").hidden) pageHeldSince = performance.now();
  press(found);
});
document.addEventListener("keyup", (event) => {
  if (!pageHeldSince || keys.action(event, isRtl())?.action !== "page") return;
  if (performance.now() - pageHeldSince > HOLD_MS && !at("whole").hidden) togglePage();
  pageHeldSince = 0;
});
document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-do]")?.dataset.do;
  if (name) press({ action: name });
});
at("help").addEventListener("click", help);
at("note").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("note-text").value.trim();
  if (text) aside("note", text);
});
at("show-parked").addEventListener("click", () => {
  queue.unshift(...parked);
  parked = [];
  here = 0;
  show();
});
at("key-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = Object.fromEntries(new FormData(event.target));
  for (const name of Object.keys(chosen)) chosen[name] = chosen[name].toLowerCase();
  chosen.on = at("keys-on").checked ? "yes" : "no";
  keys.set(chosen);
  nameKeys();
  await ask("/settle/keys", { keys: chosen });
  tell(say("keysSaved"));
});

function nameKeys() {
  for (const one of document.querySelectorAll("[data-key]")) one.textContent = keys.keyOf(one.dataset.key);
  at("keys-on").checked = keys.on;
}

// Dealing and listening.

let dealing = false;
async function prepare() {
  const ahead = [...queue.slice(here), ...queue.slice(0, here)];
  pictures.ahead(ahead.filter((card) => dealt.has(card.id)));
  const unknown = ahead.filter((card) => !dealt.has(card.id));
  if (dealing || !unknown.length || ahead.indexOf(unknown[0]) >= LOW) return;
  dealing = true;
  try {
    await deal(unknown.slice(0, DEAL));
  } finally {
    dealing = false;
  }
}

async function deal(cards) {
  const said = await ask("/settle/deal", { window: windowName, cards: cards.map((card) => card.id) });
  said.mine.forEach((id) => dealt.add(id));
  if (said.taken.length) {
    const taken = new Set(said.taken);
    const theirs = queue.filter((card) => taken.has(card.id));
    const keep = queue.filter((card) => !taken.has(card.id));
    if (keep.length) queue = [...keep, ...theirs];
    else if (theirs.length) tell(say("taken"));
  }
  return said;
}

async function listen() {
  const said = await ask(`/settle/since/${heard}`, undefined, { byItself: true }).catch(() => null);
  if (!said) return;
  for (const one of said.decided) {
    heard = Math.max(heard, one.number);
    if (mine.has(one.number) || sending.waiting) continue;
    const card = [...queue, ...parked].find((found) => found.id === `row/${one.page}/${one.item}`);
    if (!card || card.after >= one.number) continue;
    card.after = one.number;
    card.answer = one.answer === "open" ? "" : one.answer;
    if (one.answer === "open") continue;
    const wasHere = card === current();
    const index = queue.indexOf(card);
    if (index >= 0 && index < here) here -= 1;
    queue = queue.filter((found) => found !== card);
    parked = parked.filter((found) => found !== card);
    if (wasHere) {
      tell(say("gone", { by: one.by, answer: spoken(one.answer) }));
      show();
    } else tally();
  }
  if (said.moved !== moved) await catchUp();
}

/** Hold the cards against the study after pages came or went; say whether a refused card stands. */
async function catchUp(refusedCard) {
  const sentBefore = sent;
  const deck = await ask("/settle/deck", undefined, { byItself: true }).catch(() => null);
  if (!deck) return true;
  takenBack = new Set(deck.taken_back);
  const stands = [...deck.waiting, ...deck.settled].some((card) => card.id === refusedCard?.id);
  if (sending.waiting || sent !== sentBefore) return stands;  // answers are on their way: later
  if (refusedCard) deck.waiting = deck.waiting.filter((card) => card.id !== refusedCard.id);
  moved = deck.moved;
  const before = current();
  ({ queue, here, parked, done } = afresh({ queue, here, parked, done }, deck));
  if (before === current()) tally();
  else {
    await dealCurrent();
    if (before) tell(say(takenBack.has(before.page) ? "codeGone" : "cardGone"));
    show();
  }
  return stands;
}

/** Deal until the card on the stage may be seen. */
async function dealCurrent() {
  while (current() && !dealt.has(current().id)) {
    const said = await deal(queue.slice(here, here + DEAL));
    if (!said.mine.length) break;
  }
}

window.addEventListener("pagehide", () => {
  ask("/settle/release", { window: windowName }, { last: true }).catch(() => {});
});

async function start() {
  nameKeys();
  const deck = await ask("/settle/deck");
  ({ last: heard, moved } = deck);
  parked = deck.waiting.filter((card) => card.is_parked);
  queue = deck.waiting.filter((card) => !card.is_parked);
  done = deck.settled.map((card) => ({ card, answer: card.answer, before: "open" }));
  tally();
  await dealCurrent();
  if (current() && dealt.has(current().id)) await pictures.ready(current());
  show();
  setInterval(listen, LISTEN_MS);
  root.dataset.ready = "yes";
}

start();
