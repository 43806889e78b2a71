"""Show the paper behind a value: the row's strip, or the page with what was read on it."""

from collections.abc import Iterable
from typing import cast

from layouts.errors import UsageError, WamError
from layouts.model import ItemId
from records.entries import StoredPage
from records.log import Action
from records.study import Study
from scan.markup import marked_page, outlined_page, plain_page, row_strip
from scan.picture import Gray
from scan.results import PageRead
from scan.sources import PageUnreadable, TakenPage, decode
from scan.sources.model import Suffix

THUMBNAIL_PX = 170
"""Longest side: a line of print is then about one pixel high."""


def strip(study: Study, page: StoredPage, item: ItemId) -> bytes:
    """Cut the row of an item out of a stored page, as PNG bytes."""
    read, gray = _read(page), page_gray(study, page)
    layout = study.store.layouts()[read.code.fingerprint]
    return row_strip(gray, read.fit, layout.pages[read.code.page - 1], item)


def row_picture(study: Study, page: int, item: str, *, whole_row: bool = False) -> bytes:
    """Cut the row of an item out of a page by its number, with its sentence if wanted; PNG."""
    stored = study.store.page(page)
    read, gray = _read(stored), page_gray(study, stored)
    layout = study.store.layouts()[read.code.fingerprint].pages[read.code.page - 1]
    if all(group.item != item for group in layout.rows):
        raise UsageError(f"page {page} has no item {item!r}", advice="Take it from the list.")
    return row_strip(gray, read.fit, layout, ItemId(item), whole_row=whole_row)


def sheet_picture(study: Study, page: int, item: str = "") -> bytes:
    """Show a whole page by its number, upright, with the row of an item outlined; JPEG."""
    stored = study.store.page(page)
    gray = page_gray(study, stored)
    if not isinstance(stored.outcome, PageRead):
        return plain_page(gray)
    code = stored.outcome.code
    layout = study.store.layouts()[code.fingerprint].pages[code.page - 1]
    wanted = next((group.item for group in layout.rows if group.item == item), None)
    return outlined_page(gray, stored.outcome.fit, layout, wanted)


def thumbnail(study: Study, page: int) -> bytes:
    """Show a page so small that nothing on it can be read, by its number; JPEG."""
    stored = study.store.page(page)
    if stored.image is None:
        raise UsageError(f"page {page} has no picture", advice="It could not be decoded.")
    return plain_page(page_gray(study, stored), THUMBNAIL_PX)


def note_views(study: Study, pages: Iterable[int], *, by: str) -> None:
    """Log in one step that a person is about to see pictures of pages."""
    with study.store.step():
        for page in pages:
            study.store.log.note(Action.VIEWED, f"page {page}", by=by)


def page_picture(study: Study, page: StoredPage) -> bytes:
    """Draw on a stored page what was read from it, as PNG bytes."""
    read, gray = _read(page), page_gray(study, page)
    layout = study.store.layouts()[read.code.fingerprint]
    return marked_page(gray, read, layout.pages[read.code.page - 1])


def note_view(study: Study, page: StoredPage, *, by: str) -> None:
    """Log that a person is about to see the picture of a page."""
    study.store.log.note(Action.VIEWED, f"page {page.id}", by=by)


def _read(page: StoredPage) -> PageRead:
    if not isinstance(page.outcome, PageRead):
        raise ValueError(f"page {page.id} was not read, so nothing can be shown on it")
    return page.outcome


def page_gray(study: Study, page: StoredPage) -> Gray:
    """Decode the kept picture of a stored page."""
    if page.image is None or page.suffix is None:
        raise ValueError(f"page {page.id} has no picture")
    data = study.images.open(page.image, page.suffix)
    taken = TakenPage(
        source=f"page {page.id}",
        data=data,
        suffix=cast("Suffix", page.suffix.removeprefix(".")),
        dpi=None,
        rendered=False,
    )
    try:
        return decode(taken).gray
    except PageUnreadable as error:
        raise WamError(
            f"the stored picture of page {page.id} cannot be decoded: {error.reason}",
            advice="Put the study's image folder back from a backup.",
        ) from error
