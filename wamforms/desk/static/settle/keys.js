// Keys to actions. Digits go by where the key is, so that the numeric pad and keyboards whose
// digits need Shift work; letters by what is printed on them.

const LETTERS = {
  several: "m", unreadable: "u", empty: "b", page: "p", sentence: "t", park: "k", rescan: "r", note: "n",
};
const OTHERS = {
  Space: "suggestion", Backspace: "undo", Escape: "close", Enter: "enter",
};

export class Keys {
  constructor(chosen) { this.set(chosen); }

  set(chosen) {
    this.on = chosen.on !== "no";
    this.letters = new Map(
      Object.entries(LETTERS).map(([name, key]) => [chosen[name] || key, name]),
    );
    this.chosen = chosen;
  }

  keyOf(name) {
    for (const [key, action] of this.letters) if (action === name) return key.toUpperCase();
    return "";
  }

  /** What a key does: {action, value}; null if it does nothing here. */
  action(event, isRtl) {
    if (event.isComposing || event.altKey) return null;
    if (event.ctrlKey || event.metaKey) {
      return event.key.toLowerCase() === "z" && !event.shiftKey ? { action: "undo" } : null;
    }
    if (event.key === "Escape") return { action: "close" };
    if (event.key === "?") return { action: "help" };
    if (!this.on) return null;
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
    if (digit) return { action: "digit", value: Number(digit[1]) };
    if (event.code === "ArrowRight") return { action: isRtl ? "back" : "skip" };
    if (event.code === "ArrowLeft") return { action: isRtl ? "skip" : "back" };
    if (event.code in OTHERS) return { action: OTHERS[event.code] };
    // A keyboard without Latin letters: take the key by its place.
    const key = event.key.toLowerCase();
    const letter = /^[\x21-\x7e]$/.test(key) ? key : event.code.replace(/^Key/, "").toLowerCase();
    const name = this.letters.get(letter);
    return name ? { action: name } : null;
  }
}
