"""Paper of a withdrawn dyad that is scanned later: nothing of it is kept."""

from dataclasses import replace

from records.study import Study
from scan.batch import ScannedPage
from scan.crops import SUFFIX
from scan.results import Fault, PageBlank, PageRefused


def without_withdrawn(study: Study, page: ScannedPage) -> ScannedPage:
    """Return a page as it is; if its dyad was withdrawn, refused and without its picture.

    What is stored of it says neither whose it is nor what is on it.
    """
    outcome = page.outcome
    if isinstance(outcome, PageBlank) or outcome.code is None:
        return page
    if study.store.withdrawal_of(outcome.code.dyad) is None:
        return page
    known = study.store.pictures()
    kept = [(page.image, page.suffix)] if page.image else []
    for digest, suffix in (*kept, *((one, SUFFIX) for one in page.crops)):
        if (digest, suffix) not in known:
            study.images.path(digest, suffix).unlink(missing_ok=True)
    refused = PageRefused(page.ref.source, Fault.WITHDRAWN)
    return replace(page, image="", suffix="", crops=(), outcome=refused)
