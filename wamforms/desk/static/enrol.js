// A list of dyads goes to the desk as it is; the page then shows what became of it.

import { send, wordsOf } from "./desk.js";

const root = document.getElementById("list");
const say = wordsOf(root);
const state = document.getElementById("list-state");

async function take(file) {
  if (!file) return;
  state.hidden = false;
  state.className = "note";
  state.textContent = say("sending", { name: file.name });
  const answer = await send(`/study/list?name=${encodeURIComponent(file.name)}`, file).catch(() => null);
  const said = answer ? await answer.json().catch(() => ({})) : {};
  if (answer?.ok) {
    window.location.assign(said.go);
    return;
  }
  state.className = "note bad lines";
  state.textContent = answer ? `${said.error ?? answer.status}\n${said.advice ?? ""}` : say("away");
  state.focus();
}

const input = document.getElementById("list-file");
input.addEventListener("change", () => {
  take(input.files[0]);
  input.value = "";
});
root.addEventListener("dragover", (event) => {
  event.preventDefault();
  root.classList.add("over");
});
root.addEventListener("dragleave", () => root.classList.remove("over"));
root.addEventListener("drop", (event) => {
  event.preventDefault();
  root.classList.remove("over");
  take(event.dataTransfer.files[0]);
});
