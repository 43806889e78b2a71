"""What a study knows of its own paper, as the reader wants to be told."""

from layouts.sheetcode import SheetCode
from records.study import Study
from scan.known import KnownForms


def known_forms(study: Study) -> KnownForms:
    """Tell the reader everything that this study ever printed, page by page."""
    layouts = study.store.layouts()
    prints = (
        SheetCode(one.fingerprint, one.dyad, one.role, one.wave, page.number, one.serial)
        for one in study.store.prints()
        for page in layouts[one.fingerprint].pages
    )
    return KnownForms(study.key, layouts, tuple(prints))
