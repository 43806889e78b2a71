// One card on the stage.

import { sheetAddress } from "./pictures.js";

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** The row with the printed value under each bubble; the value is what to press. */
export function drawRow(card, image, press) {
  const values = element("div", { class: "values" });
  for (const bubble of card.bubbles) {
    const button = element("button", { class: "plain value", type: "button" }, String(bubble.value));
    button.style.left = `${bubble.at * 100}%`;
    button.addEventListener("click", () => press(String(bubble.value)));
    values.append(button);
  }
  return element("div", { class: "strip", dir: "ltr" }, image, values);
}

/** A picture and a field to type what stands on it, checked while typing. */
export function drawTyped(card, image, say, { check, save, cannot }) {
  const word = card.kind === "date" ? "date" : card.is_copy ? "copy" : "code";
  const field = element("input", { id: "typed", autocomplete: "off", spellcheck: "false", class: "typed" });
  const said = element("p", { id: "typed-said", role: "status", class: "soft" }, card.remark);
  field.setAttribute("aria-describedby", "typed-said");
  let turn = 0;
  field.addEventListener("input", async () => {
    const mine = ++turn;
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (mine !== turn || !field.value.trim()) return;
    const found = await check(field.value);
    if (mine !== turn) return;
    said.textContent = found.text;
    said.className = found.isRight ? "right" : "soft";
  });
  const form = element(
    "form", { class: "stack" },
    element("label", { for: "typed" }, say(word)), field, said,
    element(
      "div", { class: "row" },
      element("button", {}, say("save")),
      ...cannot.map(([label, answer]) => {
        const button = element("button", { class: "plain", type: "button" }, say(label));
        button.addEventListener("click", () => save(answer));
        return button;
      }),
    ),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    turn += 1;
    const found = await check(field.value);
    said.textContent = found.text;
    said.className = found.isRight ? "right" : "wrong";
    if (found.isRight) save(field.value.trim());
  });
  return element("div", { class: "typing" }, image, form);
}

/** Several scans of a page side by side: the rows in which they differ. */
export function drawScans(card, images, say, { choose, see }) {
  const columns = card.scans.map((scan, index) => {
    const number = index + 1;
    const rows = card.differing.length
      ? card.differing.slice(0, 6).map(([item, name]) =>
          element("figure", {}, element("figcaption", { class: "soft" }, say("item", { number: name })), images[`${scan.page}/${item}`]))
      : [images[scan.page]];
    const count = element("button", { type: "button" }, element("kbd", {}, String(number)), ` ${say("thisOne")}`);
    count.addEventListener("click", () => choose(index));
    const look = element("button", { type: "button", class: "quiet" }, say("see", { number }));
    look.addEventListener("click", () => see(scan.page));
    return element(
      "section", { class: "scan" },
      element("h3", {}, say("scan", { number })),
      element("p", { class: "soft" }, scan.source),
      ...rows,
      element("div", { class: "row" }, count, look),
    );
  });
  return element("div", { class: "scans" }, ...columns);
}

/** The whole page, with the row outlined. */
export function drawPage(card, page, say) {
  const image = element("img", { alt: say("page"), src: sheetAddress(card, page) });
  return image;
}
