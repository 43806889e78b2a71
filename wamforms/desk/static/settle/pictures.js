// Pictures of the next cards, decoded before their turn comes.

const AHEAD = 12;

function load(address, alt) {
  const image = new Image();
  image.alt = alt;
  image.decoding = "sync";
  image.draggable = false;
  image.src = address;
  image.ready = image.decode().then(() => true, () => false);
  return image;
}

/** The address of a row's picture. */
export const rowAddress = (page, item, whole) =>
  `/settle/row/${page}/${encodeURIComponent(item)}${whole ? "?whole=1" : ""}`;

export const sheetAddress = (card, page) =>
  `/settle/sheet/${page}${card.item ? `?item=${encodeURIComponent(card.item)}` : ""}`;

export class Pictures {
  constructor(say) {
    this.say = say;
    this.kept = new Map();
  }

  /** All pictures of a card, made once. */
  of(card) {
    if (!this.kept.has(card.id)) this.kept.set(card.id, this.#make(card));
    return this.kept.get(card.id);
  }

  /** Wait until they can be painted at once. */
  async ready(card) {
    await Promise.all(Object.values(this.of(card)).map((image) => image.ready));
  }

  /** Whether they are there to be seen; nothing is decided on a picture that is not. */
  isReady(card) {
    return Object.values(this.of(card)).every((image) => image.complete && image.naturalWidth > 0);
  }

  forget(card) { this.kept.delete(card.id); }

  /** Load the next ones, the nearest first, a few at a time. */
  async ahead(cards) {
    for (const card of cards.slice(0, AHEAD)) await this.ready(card);
  }

  row(page, item, number, whole = false) {
    return load(rowAddress(page, item, whole), this.say("row", { number }));
  }

  #make(card) {
    if (card.kind === "row") return { row: this.row(card.page, card.item, card.number) };
    if (card.kind === "code") return { code: load(`/settle/code/${card.page}`, this.say("code")) };
    if (card.kind === "date") return { date: load(`/settle/date/${card.page}`, this.say("date")) };
    const found = {};
    for (const scan of card.scans) {
      for (const [item, number] of card.differing.slice(0, 6)) {
        found[`${scan.page}/${item}`] = this.row(scan.page, item, number);
      }
      if (!card.differing.length) found[scan.page] = load(sheetAddress(card, scan.page), "");
    }
    return found;
  }
}
