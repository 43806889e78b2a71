"""A second reader answers again, blind; only where the two differ does the question come back.

The second reader sees the same rows in an order of their own, without what the first one or
the machine said. Some rows among them are known: the machine read them for certain, and how
many of those the reader gets right tells about the reader.
"""

import random
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from layouts.errors import UsageError
from records.places import places_of
from records.second_readings import NewSecondCard, SecondAnswer, SecondCard, SecondRound
from records.study import Study
from scan.markup import strip_places
from scan.results import Status
from wamforms.tasks.outcomes import answer_of, meaning_of

KNOWN_SHARE = 0.02
"""So many rows of a round are known ones; at least one, or nothing would be known."""

SHARES = (0.1, 0.25, 1.0)
"""How much of what was decided is read again: a sample, a larger one, or all of it."""


@dataclass(frozen=True, slots=True)
class BlindCard:
    """A row to answer again: where it is, and nothing that was said of it."""

    number: int
    page: int
    item: str
    places: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that two people answered differently, and that nobody has decided since."""

    page: int
    item: str
    after: int
    first: str
    first_by: str
    second: str
    second_by: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SecondResult:
    """What a round has shown so far.

    Attributes
    ----------
    agreement
        Share of rows on which both say the same: 0 to 1; None without any.
    kappa
        Cohen's, over all answers given; None where chance explains everything.
    known_right
        Of `known`, how many the second reader answered as they are.
    seconds
        Median of the second reader's time for a row, and of the first ones' by initials.
    """

    by: str
    share: float
    at: str
    rows: int
    answered: int
    compared: int
    agreement: float | None
    kappa: float | None
    known: int
    known_right: int
    seconds: float | None
    first_seconds: tuple[tuple[str, float], ...]
    differences: tuple[Difference, ...]

    @property
    def is_done(self) -> bool:
        """Whether every row was answered."""
        return self.answered == self.rows


def begin_second_reading(study: Study, share: float, *, by: str, seed: str = "") -> int:
    """Draw rows that others decided, and return how many there are to read again.

    Raises
    ------
    UsageError
        If nobody else has decided anything, or the share is none.
    """
    if not 0 < share <= 1:
        raise UsageError("the share to read again lies between 0 and 1", advice="Choose 0.1 or 1.")
    snapshot = study.store.snapshot()
    decided: list[NewSecondCard] = []
    certain: list[NewSecondCard] = []
    for record in places_of(snapshot):
        last = {one.item: one for one in record.verdicts}
        # What is drawn, and what the second reader says of it, lies open: nothing sealed is drawn.
        for answer in () if record.is_open or record.counted.is_sealed else record.answers:
            page, item, meaning = record.counted.id, answer.item, answer.meaning
            if meaning is None:
                continue
            if answer.by is not None and answer.by != by and item in last:
                number = last[item].number
                decided.append(NewSecondCard(page, item, number, meaning, answer.value))
            elif answer.status is Status.READ:
                certain.append(NewSecondCard(page, item, None, meaning, answer.value))
    if not decided:
        raise UsageError(
            "nobody else has decided anything yet",
            advice="Let the first reader settle the doubts, and then give your own initials.",
        )
    seed = seed or secrets.token_hex(8)
    chance = random.Random(seed)
    drawn = chance.sample(decided, ceil(share * len(decided)))
    drawn += chance.sample(certain, min(len(certain), ceil(KNOWN_SHARE * len(drawn))))
    chance.shuffle(drawn)
    study.store.begin_round(share, seed, drawn, by=by)
    return len(drawn)


def blind_cards(study: Study) -> tuple[BlindCard, ...]:
    """List the rows of the last round that are not answered yet."""
    last = study.store.last_round()
    if last is None:
        return ()
    answered = {one.card for one in last.answers}
    layouts = study.store.layouts()
    found = []
    for card in last.cards:
        code = study.store.page(card.page).code if card.number not in answered else None
        if code is not None:
            page = layouts[code.fingerprint].pages[code.page - 1]
            places = tuple(strip_places(page, card.item).items())
            found.append(BlindCard(card.number, card.page, card.item, places))
    return tuple(found)


def answer_again(study: Study, card: int, answer: str, *, by: str, took_ms: int | None) -> None:
    """Store what the second reader says of a row; the latest answer holds.

    Raises
    ------
    UsageError
        If the row is not one of the round, or the round is somebody else's.
    """
    last = study.store.last_round()
    if last is None or all(card != one.number for one in last.cards):
        raise UsageError("this row is not in the round", advice="Load the page anew.")
    if last.by != by:
        raise UsageError(
            f"this round is being read by {last.by}", advice="Give your own initials, or theirs."
        )
    meaning, value = meaning_of(answer)
    study.store.add_second_answer(card, meaning, value, by=by, took_ms=took_ms)


def second_result(study: Study) -> SecondResult | None:
    """Hold the last round against what was decided first; None if there was none."""
    last = study.store.last_round()
    if last is None:
        return None
    answers = {one.card: one for one in last.answers}
    pairs = [
        (answer_of(card.meaning, card.value), answer_of(again.meaning, again.value), card)
        for card in last.cards
        if (again := answers.get(card.number)) is not None
    ]
    compared = [(first, second) for first, second, card in pairs if card.verdict is not None]
    known = [first == second for first, second, card in pairs if card.verdict is None]
    times = sorted(one.took_ms for one in answers.values() if one.took_ms is not None)
    spent = study.store.seconds_spent()
    return SecondResult(
        by=last.by,
        share=last.share,
        at=last.at,
        rows=len(last.cards),
        answered=len(answers),
        compared=len(compared),
        agreement=sum(a == b for a, b in compared) / len(compared) if compared else None,
        kappa=kappa_of(compared),
        known=len(known),
        known_right=sum(known),
        seconds=median(times) / 1000 if times else None,
        first_seconds=tuple((by, seconds) for by, (_, seconds) in spent.items()),
        differences=tuple(_differences(study, last, answers)),
    )


def _differences(
    study: Study, last: SecondRound, answers: dict[int, SecondAnswer]
) -> list[Difference]:
    found = []
    for card in last.cards:
        again = answers.get(card.number)
        if again is None or card.verdict is None or _same(card, again):
            continue
        now = study.store.last_verdict(card.page, card.item)
        if now is None or now.number != card.verdict:
            continue  # somebody has looked a third time
        found.append(
            Difference(
                page=card.page,
                item=card.item,
                after=card.verdict,
                first=answer_of(card.meaning, card.value),
                first_by=now.by,
                second=answer_of(again.meaning, again.value),
                second_by=again.by,
                values=study.store.page(card.page).options_of(card.item),
            )
        )
    return found


def _same(card: SecondCard, again: SecondAnswer) -> bool:
    return (card.meaning, card.value) == (again.meaning, again.value)


def kappa_of(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Compute Cohen's kappa of pairs of answers; None where chance alone would agree."""
    if not pairs:
        return None
    total = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[one] * second[one] for one in first) / total**2
    observed = sum(a == b for a, b in pairs) / total
    return None if chance >= 1 else (observed - chance) / (1 - chance)
