// The second reader's rows: blind, one after the other.

import { ask, DeskError, wordsOf } from "../desk.js";
import { drawRow } from "./drawing.js";
import { Keys } from "./keys.js";
import { Pictures } from "./pictures.js";

const LOW = 6;
const root = document.getElementById("second");
const at = (id) => document.getElementById(id);
const pictures = new Pictures(wordsOf(root));
const keys = new Keys({});
const say = wordsOf(root);
let queue = [];
let done = [];
let left = 0;
let shownAt = 0;
let sending = Promise.resolve();

async function more() {
  const said = await ask("/second/cards", {});
  const known = new Set([...queue, ...done].map((card) => card.number));
  const fresh = said.cards.filter((card) => !known.has(card.number));
  left = said.left;
  queue.push(...fresh.map((card) => ({
    ...card,
    id: `row/${card.page}/${card.item}`,
    kind: "row",
    bubbles: card.places.map(([value, place]) => ({ value, at: place })),
  })));
  pictures.ahead(queue);
}

async function show() {
  const card = queue[0];
  if (!card) {
    await sending;
    await more();
    if (!queue.length) return window.location.reload();
    return show();
  }
  at("left").textContent = say("left", { left: Math.max(left, queue.length) });
  at("card").dataset.card = card.id;
  at("stage").replaceChildren(drawRow(card, pictures.of(card).row, decide));
  at("card").focus({ preventScroll: true });
  await pictures.ready(card);
  shownAt = performance.now();
}

function decide(answer) {
  if (!queue.length || !pictures.isReady(queue[0])) return;
  const card = queue.shift();
  done.push(card);
  left -= 1;
  const data = { card: card.number, answer, took_ms: Math.round(performance.now() - shownAt) };
  sending = sending.then(() => keep(data));
  if (queue.length < LOW && left > queue.length) sending = sending.then(more).catch(() => {});
  show();
}

async function keep(data) {
  for (;;) {
    try {
      await ask("/second/answer", data);
      at("said").textContent = "";
      return;
    } catch (error) {
      if (error instanceof DeskError) {
        at("said").textContent = `${error.message}. ${error.advice}`;
        return;
      }
      at("said").textContent = say("trying");
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

function back() {
  const card = done.pop();
  if (!card) return;
  queue.unshift(card);
  left += 1;
  show();
}

function press(found) {
  if (found.action === "undo" || found.action === "back") return back();
  if (found.action === "empty") return decide("blank");
  if (["several", "unreadable"].includes(found.action)) return decide(found.action);
  if (found.action !== "digit" || !queue.length) return;
  if (queue[0].bubbles.some((one) => one.value === found.value)) decide(String(found.value));
  else if (found.value === 0) decide("blank");
}

document.addEventListener("keydown", (event) => {
  const found = keys.action(event, document.documentElement.dir === "rtl");
  if (!found || event.repeat || ["suggestion", "enter"].includes(found.action)) return;
  press(found);
});
document.addEventListener("click", (event) => {
  const answer = event.target.closest("[data-answer]")?.dataset.answer;
  if (answer === "back") back();
  else if (answer) decide(answer);
});

more().then(show).then(() => { root.dataset.ready = "yes"; });
