"""What people put aside instead of deciding."""

import sqlite3

from layouts.errors import UsageError
from layouts.model import ItemId
from records.card_entries import CardMark, Marked
from records.database import transaction
from records.envelopes import Envelope
from records.stamps import named, now

NOTE_LENGTH = 500
"""A sentence or two; a note is no place for a letter."""


def _insist_on_no_content(item: ItemId, mark: CardMark, text: str) -> None:
    """Let nothing be written in the open of what may be a client's sheet in a sealed study."""
    if item or text or mark not in (CardMark.RESCAN, CardMark.NO_RESCAN):
        raise UsageError(
            "notes and parked questions lie open, and this sheet is sealed",
            advice="Decide, or leave the question where it is; the page can be scanned again.",
        )


class CardMemory:
    """The part of the study's memory that knows parked questions, rescans and notes."""

    _db: sqlite3.Connection
    _envelope: Envelope | None

    def add_mark(self, page: int, item: ItemId, mark: CardMark, text: str = "", *, by: str) -> None:
        """Add what somebody said of a question, or of a page if there is no item.

        Raises
        ------
        UsageError
            If there is no such page, or the note is too long.
        """
        by = named(by)
        if len(text) > NOTE_LENGTH:
            raise UsageError(
                f"a note of {len(text)} characters is too long",
                advice=f"Say it in at most {NOTE_LENGTH} characters.",
            )
        with transaction(self._db):
            found = self._db.execute(
                "SELECT outcome = 'read' AND role = 'professional' FROM pages WHERE id = ?", (page,)
            ).fetchone()
            if found is not None and not found[0] and self._envelope is not None:
                _insist_on_no_content(item, mark, text)
            if found is None:
                raise UsageError(
                    f"there is no page {page}", advice="Take the page from the list of what waits."
                )
            self._db.execute(
                "INSERT INTO card_marks (page, item, mark, text, by, at) VALUES (?, ?, ?, ?, ?, ?)",
                (page, item, mark, text.strip(), by, now()),
            )

    def marks(self) -> tuple[Marked, ...]:
        """Return all of them, in the order of coming."""
        found = self._db.execute(
            "SELECT number, page, item, mark, text, by, at FROM card_marks ORDER BY number"
        )
        return tuple(
            Marked(number, page, ItemId(item), CardMark(mark), *rest)
            for number, page, item, mark, *rest in found
        )
