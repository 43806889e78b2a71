"""Show the paper behind a value: the row's strip, or the page with what was read on it."""

from typing import cast

from layouts.errors import WamError
from layouts.model import ItemId
from records.entries import StoredPage
from records.log import Action
from records.study import Study
from scan.markup import marked_page, row_strip
from scan.picture import Gray
from scan.results import PageRead
from scan.sources import PageUnreadable, TakenPage, decode
from scan.sources.model import Suffix


def strip(study: Study, page: StoredPage, item: ItemId) -> bytes:
    """Cut the row of an item out of a stored page, as PNG bytes."""
    read, gray = _read(page), page_gray(study, page)
    layout = study.store.layouts()[read.code.fingerprint]
    return row_strip(gray, read.fit, layout.pages[read.code.page - 1], item)


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
