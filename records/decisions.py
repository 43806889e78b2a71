"""What people decide, on its way into the study's memory; all runs inside a transaction."""

import sqlite3
from collections.abc import Iterable

from layouts.errors import UsageError
from layouts.model import ItemId
from layouts.sheetcode import SheetCode
from records import rows
from records.entries import NewCrop, NewPage, StoredPage
from records.sealed_rows import insist_on_open
from scan.results import PageRead


def check_item(db: sqlite3.Connection, page: int, item: ItemId, value: int | None) -> StoredPage:
    """Return a page that has an item, and the item an answer.

    Raises
    ------
    UsageError
        If the page has no such item, or the item no such answer.
    LockedError
        If the page is sealed and nobody gave the research key.
    """
    row = db.execute(f"{rows.PAGES} WHERE id = ?", (page,)).fetchone()
    found = None if row is None else rows.page(row)
    if found is not None:
        insist_on_open(found)
    options = () if found is None else found.options_of(item)
    if found is None or not options:
        raise UsageError(
            f"page {page} has no item {item!r} that was read",
            advice="Take page and item from the list of what waits.",
        )
    if value is not None and value not in options:
        raise UsageError(
            f"item {item} has no answer {value}",
            advice=f"Choose one of {', '.join(map(str, options))}.",
        )
    return found


def waiting_page(db: sqlite3.Connection, page: int) -> StoredPage:
    """Find a page that waits for its code.

    Raises
    ------
    UsageError
        If it does not wait for one, or does not any more.
    """
    row = db.execute(f"{rows.PAGES} WHERE id = ?", (page,)).fetchone()
    answered = db.execute(f"{rows.TYPED_CODES} WHERE page = ?", (page,)).fetchone()
    found = None if row is None else rows.page(row)
    if found is None or answered is not None or not found.lacks_code:
        raise UsageError(
            f"page {page} does not wait for its code",
            advice="Take the page from the list of what waits.",
        )
    return found


def add_typed_code(
    db: sqlite3.Connection, page: int, code: SheetCode | None, by: str, at: str
) -> int:
    """Add what was typed, None if nobody can tell; return its number."""
    shown = None if code is None else code.for_people()
    added = db.execute(rows.ADD_TYPED_CODE, (page, shown, by, at))
    return int(added.lastrowid or 0)


def read_again(page: StoredPage, read: PageRead, crops: Iterable[NewCrop]) -> NewPage:
    """Make the row of the second reading: the same picture, at the same place of its file."""
    return NewPage(page.file, page.index, page.image, page.suffix, read, tuple(crops))
