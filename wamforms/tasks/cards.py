"""Questions as a person sees them: one card each."""

from dataclasses import dataclass
from enum import StrEnum


class CardKind(StrEnum):
    """What is asked."""

    CODE = "code"
    SCANS = "scans"
    ROW = "row"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class CardBubble:
    """One bubble of a row.

    Attributes
    ----------
    at
        Where it stands in the picture of the row: a share of the width, from the left.
    ink
        How much of it is covered: 0 to 1.
    is_dark
        Whether the reader saw a mark, or a trace of one.
    """

    value: int
    at: float
    ink: float
    is_dark: bool


@dataclass(frozen=True, slots=True)
class CardScan:
    """One of several scans of a page."""

    page: int
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class Card:
    """One question.

    Attributes
    ----------
    id
        Kind, page and item; the same as long as the question is.
    group
        Kind of a row's doubt, or the kind of the card.
    number
        Number of the item as printed on the form; 0 if it is about none.
    whose
        Code, role and wave, where the question is about a whole page.
    suggestion
        The darkest bubble's value: where to look first, never an answer.
    after
        Number of the decision that holds; 0 if there is none.
    answer, by, at
        What holds now, who said it, and when; empty if it waits.
    differing
        Items in which several scans differ, with their numbers.
    """

    id: str
    kind: CardKind
    group: str
    page: int
    item: str = ""
    number: int = 0
    whose: str = ""
    remark: str = ""
    why: tuple[str, ...] = ()
    bubbles: tuple[CardBubble, ...] = ()
    suggestion: int | None = None
    after: int = 0
    answer: str = ""
    by: str = ""
    at: str = ""
    scans: tuple[CardScan, ...] = ()
    differing: tuple[tuple[str, int], ...] = ()
    is_copy: bool = False
    is_parked: bool = False
    is_rescan: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deck:
    """All cards of a moment.

    Attributes
    ----------
    waiting
        In the order to take them.
    settled
        What was decided, the latest decision last.
    taken_back
        Pages that are none any more, for the code they were read with was taken back.
    """

    waiting: tuple[Card, ...]
    settled: tuple[Card, ...]
    taken_back: tuple[int, ...] = ()
