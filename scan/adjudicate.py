"""Readings and what people decided make answers; nothing is ever overwritten.

Three kinds of fact lie side by side: what the machine read on each scan of a
page, what a person decided about one item (`Verdict`), and which of several
scans a person chose (`SheetVerdict`). Answers are computed from them each time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from layouts.model import DyadCode, ItemId, Role
from layouts.sheetcode import SheetCode
from scan.results import Doubt, ItemReading, PageRead, Status


class Meaning(StrEnum):
    """What an answer amounts to once nobody has to look any more."""

    VALUE = "value"
    BLANK = "blank"
    SEVERAL = "several"
    UNREADABLE = "unreadable"
    WITHDRAWN = "withdrawn"
    """Only in a verdict: takes the person's earlier verdicts on the item back."""


class Standing(StrEnum):
    """How a scan stands beside the earlier scans of the same page."""

    FIRST = "first"
    DUPLICATE = "duplicate"
    AGAIN = "again"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One page that a study expects once: whose, which wave, which page."""

    dyad: DyadCode
    role: Role
    wave: int
    page: int

    @classmethod
    def of(cls, code: SheetCode) -> "Place":
        """Take the place out of a printed code; any print of the page has the same."""
        return cls(code.dyad, code.role, code.wave, code.page)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about one item of one scanned page.

    Attributes
    ----------
    number
        Order of the decisions; the highest on an item holds, whatever the clocks say.
    page
        Number of the scan the person looked at.
    value
        The answer if `meaning` is VALUE, else None.
    """

    number: int
    page: int
    item: ItemId
    meaning: Meaning
    value: int | None
    by: str
    at: str

    def __post_init__(self) -> None:
        """Refuse a value without its meaning; that is a bug, not a user error."""
        if (self.value is None) == (self.meaning is Meaning.VALUE):
            raise ValueError(f"a verdict of {self.meaning} cannot have the value {self.value}")


@dataclass(frozen=True, slots=True)
class SheetVerdict:
    """Which scan of a place counts, decided by a person.

    Attributes
    ----------
    chosen
        Number of the scan that counts.
    seen
        Number of the newest scan of the place that the person was shown. A
        conflicting scan that arrives later opens the question again.
    """

    number: int
    place: Place
    chosen: int
    seen: int
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Scan:
    """One stored reading of a page; `image` is the SHA-256 of its picture."""

    id: int
    image: str | None
    standing: Standing
    page: PageRead


@dataclass(frozen=True, slots=True)
class Answer:
    """What is scored, or why it waits.

    Attributes
    ----------
    value
        None when blank, in doubt, or decided to have no value.
    doubts
        Why a person had to look; they stay named after the answer is settled.
    fill
        Ink of the answered bubble, or of the darkest one: 0 to 1.
    by
        Who settled it; None if the machine's reading stands.
    meaning
        None while it waits.
    probability
        How sure the machine was of its reading, or of the likeliest answer where a
        person had to look; None if that was not kept.
    """

    item: ItemId
    value: int | None
    status: Status
    doubts: tuple[Doubt, ...]
    fill: float
    by: str | None
    meaning: Meaning | None
    probability: float | None = None


def settle(page: PageRead, verdicts: Iterable[Verdict]) -> tuple[Answer, ...]:
    """Join a page's readings with the latest verdict on each row, that of consent included.

    Every verdict given is taken to be about this page. A verdict overrides a
    certain reading too.
    """
    latest: dict[ItemId, Verdict] = {}
    for verdict in sorted(verdicts, key=lambda one: one.number):
        latest[verdict.item] = verdict
    return tuple(_answer(reading, latest.get(reading.item)) for reading in page.rows)


def agree(first: PageRead, second: PageRead) -> bool:
    """Tell whether two scans show the same print without two different sure answers.

    Surely nothing marked is a sure answer too: a row filled in between two
    scans makes them differ.
    """
    if first.code != second.code:
        return False
    sure = _sure(first)
    return all(sure.get(item, value) == value for item, value in _sure(second).items())


def standing_of(
    image: str | None,
    page: PageRead,
    earlier: Sequence[Scan],
    decided: SheetVerdict | None,
) -> Standing:
    """Say how a new scan stands beside the earlier ones of its place.

    Where a person has chosen between scans, the newcomer is held against the
    chosen one and what came later; the rejected ones are out of the question.
    """
    if not earlier:
        return Standing.FIRST
    if image is not None and any(scan.image == image for scan in earlier):
        return Standing.DUPLICATE
    rivals = [
        scan
        for scan in earlier
        if decided is None or scan.id == decided.chosen or scan.id > decided.seen
    ]
    if all(agree(scan.page, page) for scan in rivals):
        return Standing.AGAIN
    return Standing.CONFLICT


def is_open(scans: Iterable[Scan], decided: SheetVerdict | None) -> bool:
    """Tell whether a conflict between scans of one place waits for a person."""
    seen = 0 if decided is None else decided.seen
    return any(scan.standing is Standing.CONFLICT and scan.id > seen for scan in scans)


def counting(scans: Sequence[Scan], decided: SheetVerdict | None) -> Scan:
    """Return the scan that counts: the chosen one, or else the first."""
    if decided is None:
        return min(scans, key=lambda scan: scan.id)
    return next(scan for scan in scans if scan.id == decided.chosen)


def answers_of_place(
    scans: Sequence[Scan],
    decided: SheetVerdict | None,
    verdicts: Sequence[Verdict],
) -> tuple[Answer, ...]:
    """Compute the one set of answers of a place from all its scans and verdicts.

    The row of consent is among them where the page has one. While a conflict is
    open no row has a value, whatever was decided about single ones before. A
    verdict is about the paper: it holds for every scan of the same print that
    shows no other sure answers.

    Parameters
    ----------
    scans : sequence of Scan
        Every readable scan of the place; at least one.
    decided : SheetVerdict or None
        The latest choice between them.
    verdicts : sequence of Verdict
        Verdicts on items of any of these scans.
    """
    if is_open(scans, decided):
        return _all_waiting(scans)
    counted = counting(scans, decided)
    same_paper = {scan.id for scan in scans if agree(scan.page, counted.page)}
    return settle(counted.page, (one for one in verdicts if one.page in same_paper))


def _sure(page: PageRead) -> Mapping[ItemId, int | None]:
    return {one.item: one.value for one in page.rows if one.status is not Status.DOUBT}


def _all_waiting(scans: Sequence[Scan]) -> tuple[Answer, ...]:
    readings: dict[ItemId, ItemReading] = {}
    for scan in sorted(scans, key=lambda one: one.id):
        for reading in scan.page.rows:
            readings.setdefault(reading.item, reading)
    return tuple(
        Answer(
            item=item,
            value=None,
            status=Status.DOUBT,
            doubts=(Doubt.SCANS_DIFFER,),
            fill=_fill(reading, reading.value),
            by=None,
            meaning=None,
            probability=reading.probability,
        )
        for item, reading in readings.items()
    )


def _answer(reading: ItemReading, verdict: Verdict | None) -> Answer:
    if verdict is None or verdict.meaning is Meaning.WITHDRAWN:
        return Answer(
            item=reading.item,
            value=reading.value,
            status=reading.status,
            doubts=reading.doubts,
            fill=_fill(reading, reading.value),
            by=None,
            meaning=_MACHINE[reading.status],
            probability=reading.probability,
        )
    return Answer(
        item=reading.item,
        value=verdict.value,
        status=Status.SETTLED,
        doubts=reading.doubts,
        fill=_fill(reading, verdict.value),
        by=verdict.by,
        meaning=verdict.meaning,
        probability=reading.probability,
    )


_MACHINE = {
    Status.READ: Meaning.VALUE,
    Status.CORRECTED: Meaning.VALUE,
    Status.BLANK: Meaning.BLANK,
    Status.DOUBT: None,
}
"""What a reading of each status amounts to without a person; the machine never settles."""


def _fill(reading: ItemReading, value: int | None) -> float:
    answered = [bubble.fill for bubble in reading.bubbles if bubble.value == value]
    return max(answered or [bubble.fill for bubble in reading.bubbles], default=0.0)
