"""What a study knows of its own paper, as the reader wants to be told."""

from layouts.papernumber import dyad_numbers
from layouts.sheetcode import SheetCode
from records.study import Study
from scan.known import KnownForms, Owner


def known_forms(study: Study) -> KnownForms:
    """Tell the reader everything that this study ever printed, page by page."""
    layouts = study.store.layouts()
    prints = (
        SheetCode(one.fingerprint, one.dyad, one.role, one.wave, page.number, one.serial)
        for one in study.store.prints()
        for page in layouts[one.fingerprint].pages
    )
    return KnownForms(study.key, layouts, tuple(prints), _owners(study))


def _owners(study: Study) -> dict[str, Owner]:
    """Say whose every paper number is; a study without masters needs none."""
    layouts = study.store.layouts().values()
    if not any(page.written for layout in layouts for page in layout.pages):
        return {}
    domains = {dyad.code: dyad.domain for dyad in study.store.dyads()}
    numbers = dyad_numbers(list(domains), study.key)
    return {digits: Owner(code, domains[code]) for digits, code in numbers.items()}
