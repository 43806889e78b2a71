"""What people say of a question without answering it, as plain values."""

from dataclasses import dataclass
from enum import StrEnum

from layouts.model import ItemId


class CardMark(StrEnum):
    """What somebody did with a question instead of answering it."""

    PARKED = "parked"
    UNPARKED = "unparked"
    RESCAN = "rescan"
    NO_RESCAN = "no rescan"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Marked:
    """One such act; the latest of a pair such as parked and unparked holds.

    Attributes
    ----------
    item
        Empty if it is about the whole page.
    text
        What a note says; else empty.
    """

    number: int
    page: int
    item: ItemId
    mark: CardMark
    text: str
    by: str
    at: str
