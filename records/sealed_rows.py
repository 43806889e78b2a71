"""Rows of a sealed study: what of them is closed, and how SQLite opens it with the key.

`rows.PAGES`, `rows.TOLD` and `rows.CROPS` call functions of the connection; without the
research key they give nothing, and what is left of a row says only that a sheet came in.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from layouts.model import CONSENT, ItemId
from records import rows
from records.entries import NewPage, StoredPage
from records.envelopes import READING_BYTES, VERDICT_BYTES, Envelope, sealed_error
from scan.adjudicate import Meaning, Place, Scan, SheetVerdict, standing_of
from scan.results import PageRead
from scan.secrecy import is_clients, without_content

_READING, _VERDICT = b"reading", b"verdict"


def open_with(db: sqlite3.Connection, envelope: Envelope | None) -> None:
    """Teach a connection to open what is sealed, as far as somebody gave the key."""

    @lru_cache(maxsize=64)  # a verdict is asked for four columns
    def opened(sealed: bytes, what: bytes) -> Sequence[str]:
        if envelope is None or not envelope.opens:
            return ()
        text = envelope.open(sealed, what)  # one that was changed stays closed; `check` names it
        return () if text is None else text.decode().split("\n")

    def part(number: int) -> Callable[[bytes | None], str | None]:
        return lambda sealed: (opened(sealed, _READING) or (None, None))[number] if sealed else None

    def verdict(sealed: bytes | None, column: str) -> str | int | None:
        told = opened(sealed, _VERDICT) if sealed else ()
        found: str | int | None = json.loads(told[0])[column] if told else None
        return found

    db.create_function("opened_reading", 1, part(0), deterministic=True)
    db.create_function("opened_crops", 1, part(1), deterministic=True)
    db.create_function("opened_verdict", 2, verdict, deterministic=True)


def as_stored(envelope: Envelope | None, new: NewPage) -> tuple[NewPage, bytes | None]:
    """Return a page as its row says it, and the rest in an envelope if it is a client's."""
    if envelope is None or not isinstance(new.outcome, PageRead) or not is_clients(new.outcome):
        return new, None
    crops = json.dumps([(one.region, one.image, one.suffix) for one in new.crops])
    text = f"{rows.reading_text(new)}\n{crops}".encode()
    closed = envelope.close(text, _READING, READING_BYTES)
    return replace(new, outcome=without_content(new.outcome), crops=()), closed


def as_scanned(new: PageRead, earlier: StoredPage) -> StoredPage:
    """Return an earlier scan as a new one is held against it: both open, or both closed."""
    read = earlier.outcome
    if new.is_closed and isinstance(read, PageRead) and earlier.is_sealed:
        return replace(earlier, outcome=without_content(read))
    return earlier


def closed_verdict(
    envelope: Envelope, item: ItemId, meaning: Meaning, value: int | None, took_ms: int | None
) -> bytes:
    """Put a decision about one row into an envelope; all of them are of one length."""
    told = {"item": item, "meaning": meaning.value, "value": value, "took_ms": took_ms}
    return envelope.close(json.dumps(told).encode(), _VERDICT, VERDICT_BYTES)


def is_told_openly(page: StoredPage, item: ItemId) -> bool:
    """Tell whether a decision about a row may lie open: what a client allows stays known."""
    return not page.is_sealed or item == CONSENT


def insist_on_open(page: StoredPage) -> None:
    """Make sure that a person can have seen what is on a page.

    Raises
    ------
    LockedError
        If its content is sealed and nobody gave the research key.
    """
    if page.is_closed:
        raise sealed_error(f"page {page.id}, a client's sheet,")


def with_true_standings(
    db: sqlite3.Connection, pages: Iterable[StoredPage]
) -> tuple[StoredPage, ...]:
    """Return pages with the standing that an open study would have given them when they came.

    Without the key nobody can tell whether two scans of a sealed sheet differ, so the stored
    standing of the second says only that it came again. With it every scan is held against the
    earlier ones once more, and against the choice that held when it came.

    Parameters
    ----------
    pages : iterable of StoredPage
        Every scan of each place that occurs, the oldest first.
    """
    found = tuple(pages)
    if not any(page.is_sealed and not page.is_closed for page in found):
        return found
    choices: dict[Place, list[_Choice]] = {}
    for *row, taken_back in db.execute(_CHOICES):
        one = rows.sheet_verdict(tuple(row))
        choices.setdefault(one.place, []).append((one, taken_back))
    earlier: dict[Place, list[Scan]] = {}
    return tuple(_restood(page, earlier, choices) for page in found)


_Choice = tuple[SheetVerdict, str | None]
"""A choice between scans, and when it was taken back."""

_CHOICES = (
    "SELECT made.number, dyad, role, wave, page, chosen, seen, made.by, made.at, taken_back.at"
    " FROM sheet_verdicts AS made LEFT JOIN taken_back ON taken_back.choice = made.number"
    " ORDER BY made.number"
)


def _restood(
    page: StoredPage,
    earlier: dict[Place, list[Scan]],
    choices: Mapping[Place, Sequence[_Choice]],
) -> StoredPage:
    if not page.is_sealed or page.is_closed or not isinstance(page.outcome, PageRead):
        return page
    place = Place.of(page.outcome.code)
    before = earlier.setdefault(place, [])
    held = [
        one
        for one, taken_back in choices.get(place, ())
        if one.seen < page.id and (taken_back is None or taken_back > page.at)
    ]
    standing = standing_of(page.image, page.outcome, before, held[-1] if held else None)
    before.append(Scan(page.id, page.image, standing, page.outcome))
    return replace(page, standing=standing)
