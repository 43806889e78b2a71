// The cards of a window held against those of the study, after pages have come or gone: a code was
// typed or taken back, a dyad withdrawn.

/**
 * Keep what still waits in the order it had, put what is new behind it, and codes first.
 *
 * @param {{queue: object[], here: number, parked: object[], done: object[]}} held of this window
 * @param {{waiting: object[], settled: object[]}} deck as the study has it now
 */
export function afresh({ queue, here, parked, done }, deck) {
  const waiting = new Map(deck.waiting.map((card) => [card.id, card]));
  const known = new Set([...waiting.keys(), ...deck.settled.map((card) => card.id)]);
  const stays = (card) => known.has(card.id);
  const before = queue.slice(0, here).filter(stays);
  const after = queue.slice(here).filter(stays);
  const kept = { parked: parked.filter(stays), done: done.filter(({ card }) => stays(card) && !waiting.has(card.id)) };
  for (const card of [...before, ...after, ...kept.parked]) {
    const now = waiting.get(card.id);
    if (now) Object.assign(card, { after: now.after, answer: now.answer });
    waiting.delete(card.id);
  }
  const fresh = [...waiting.values()];
  kept.parked.push(...fresh.filter((card) => card.is_parked));
  const codes = fresh.filter((card) => !card.is_parked && card.kind === "code");
  const others = fresh.filter((card) => !card.is_parked && card.kind !== "code");
  const next = stays(queue[here] ?? {}) ? after.splice(0, 1) : [];
  return { ...kept, queue: [...before, ...next, ...codes, ...after, ...others], here: before.length };
}
