"""What a second reader answers, round by round."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from layouts.model import ItemId
from records.database import transaction
from records.stamps import named, now, program
from scan.adjudicate import Meaning


@dataclass(frozen=True, slots=True)
class NewSecondCard:
    """A question to be answered again.

    Attributes
    ----------
    verdict
        The first decision; None for a card whose answer is known beforehand.
    meaning, value
        The first answer, or the known one.
    """

    page: int
    item: ItemId
    verdict: int | None
    meaning: Meaning
    value: int | None


@dataclass(frozen=True, slots=True)
class SecondCard(NewSecondCard):
    """One as remembered, in the round's own order."""

    number: int
    position: int


@dataclass(frozen=True, slots=True)
class SecondAnswer:
    """What the second reader answered; the latest on a card holds."""

    number: int
    card: int
    meaning: Meaning
    value: int | None
    took_ms: int | None
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class SecondRound:
    """A round of second reading.

    Attributes
    ----------
    share
        Share of the doubts that are read again: 0 to 1.
    seed
        What the sample and its order were drawn with.
    """

    number: int
    share: float
    seed: str
    by: str
    at: str
    program: str
    cards: tuple[SecondCard, ...]
    answers: tuple[SecondAnswer, ...]


class SecondMemory:
    """The part of the study's memory that knows second readers."""

    _db: sqlite3.Connection

    def begin_round(
        self, share: float, seed: str, cards: Iterable[NewSecondCard], *, by: str
    ) -> int:
        """Remember what a second reader is going to answer, and return the round's number."""
        by = named(by)
        with transaction(self._db):
            number = self._db.execute(
                "INSERT INTO second_rounds (share, seed, by, at, program) VALUES (?, ?, ?, ?, ?)",
                (share, seed, by, now(), program()),
            ).lastrowid
            self._db.executemany(
                "INSERT INTO second_cards (round, position, page, item, verdict, meaning, value)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (number, position, one.page, one.item, one.verdict, one.meaning, one.value)
                    for position, one in enumerate(cards, 1)
                ),
            )
        return number or 0

    def add_second_answer(
        self, card: int, meaning: Meaning, value: int | None, *, by: str, took_ms: int | None = None
    ) -> int:
        """Add what the second reader says, and return its number."""
        by = named(by)
        with transaction(self._db):
            added = self._db.execute(
                "INSERT INTO second_answers (card, meaning, value, took_ms, by, at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (card, meaning, value, took_ms, by, now()),
            )
        return added.lastrowid or 0

    def last_round(self) -> SecondRound | None:
        """Return the newest round with its answers; None if there was none."""
        ask = self._db.execute
        with transaction(self._db, reading=True):
            row = ask(
                "SELECT number, share, seed, by, at, program FROM second_rounds"
                " ORDER BY number DESC LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            cards = ask(
                "SELECT page, item, verdict, meaning, value, number, position FROM second_cards"
                " WHERE round = ? ORDER BY position",
                (row[0],),
            ).fetchall()
            answers = ask(
                "SELECT number, card, meaning, value, took_ms, by, at FROM second_answers"
                " WHERE card IN (SELECT number FROM second_cards WHERE round = ?) ORDER BY number",
                (row[0],),
            ).fetchall()
        number, share, seed, by, at, made_by = row
        return SecondRound(
            *(number, share, seed, by, at, made_by),
            cards=tuple(
                SecondCard(page, ItemId(item), verdict, Meaning(meaning), *rest)
                for page, item, verdict, meaning, *rest in cards
            ),
            answers=tuple(
                SecondAnswer(answer, card, Meaning(meaning), *rest)
                for answer, card, meaning, *rest in answers
            ),
        )
