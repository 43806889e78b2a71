"""A sealed study at work: what is known of client sheets without the research key, and with it."""

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from layouts.errors import UsageError
from output.consent import Seal
from records import age_files
from records.entries import Arrivals, Crop
from records.places import PlaceRecord, places_of
from records.study import Study
from scan.crops import cuttings
from scan.results import PageRead
from scan.sources import pages_of
from wamforms.tasks.codes import waiting_codes
from wamforms.tasks.digests import digest_of
from wamforms.tasks.envelopes import envelope_of, put_into
from wamforms.tasks.pictures import page_gray


def public_keys(files: Iterable[Path]) -> tuple[str, ...]:
    """Read the public keys that a study is to be sealed to.

    Raises
    ------
    UsageError
        If a file holds none, a secret one, or one of another kind.
    """
    found = dict.fromkeys(key for file in files for key in age_files.read_recipients(file))
    for key in found:
        if not age_files.is_public_key(key):
            raise UsageError(
                f"{key[:40]} is no key that a study can be sealed to",
                advice="Make a pair with: wamforms researcher-key FILE",
            )
    return tuple(found)


def seal_of(study: Study) -> Seal:
    """Say how far a study's client sheets are sealed at this moment."""
    if not study.is_sealed:
        return Seal.NONE
    return Seal.CLOSED if study.hides_clients else Seal.OPENED


def closed_records(snapshot: Arrivals) -> tuple[PlaceRecord, ...]:
    """List the pages that are in, and of which nobody here knows what they say."""
    if not snapshot.is_closed:
        return ()
    return tuple(one for one in places_of(snapshot) if one.is_closed)


def closed_forms(snapshot: Arrivals) -> int:
    """Count the clients' forms of which a page is in, and sealed."""
    return len(
        {(one.place.dyad, one.place.role, one.place.wave) for one in closed_records(snapshot)}
    )


def in_words(forms: int) -> str:
    """Say for people how many forms are sealed; empty if none is."""
    if not forms:
        return ""
    what = "1 client's form is sealed" if forms == 1 else f"{forms} clients' forms are sealed"
    came = "it came in" if forms == 1 else "they came in"
    return f"{what}: {came}, and what was answered is read with --research-key FILE only"


def closed_codes(snapshot: Arrivals) -> int:
    """Count the pages without a readable code that are sealed, for they may be clients'."""
    return len(waiting_codes(snapshot)) if snapshot.is_closed else 0


def told_sealed(snapshot: Arrivals) -> tuple[str, ...]:
    """Say what of a study only the research key opens, a sentence each; none if nothing is."""
    codes = closed_codes(snapshot)
    pages = "1 page has" if codes == 1 else f"{codes} pages have"
    unread = f"{pages} no readable code and may be a client's: scan again, or give the research key"
    return tuple(filter(None, (in_words(closed_forms(snapshot)), unread if codes else "")))


def cutting_opener(study: Study, crops: Iterable[Crop]) -> Callable[[str, str], bytes]:
    """Give what opens cuttings of handwriting; those of sealed pages are cut anew each time."""
    where = {one.image: one for one in crops}

    def picture(digest: str, suffix: str) -> bytes:
        crop = where[digest]
        page = study.store.page(crop.page)
        if not page.is_sealed or not isinstance(page.outcome, PageRead):
            return study.images.open(digest, suffix)
        cut = cuttings(page_gray(study, page), page.outcome)
        return next(islice(cut, crop.number - 1, None))

    return picture


def seal_stacks(study: Study, paths: Iterable[Path]) -> tuple[Path, ...]:
    """Replace every scanned file that was read to its end by one that the research key opens.

    Raises
    ------
    UsageError
        If the study is not sealed.
    """
    if not study.is_sealed:
        raise UsageError(
            "the stacks of this study cannot be sealed, for the study is not",
            advice="Leave --seal-stacks away.",
        )
    whole = {file.sha256 for file in study.store.arrivals().files if file.is_complete}
    files = dict.fromkeys(one.file for one in pages_of(list(paths)))
    return tuple(_put_away(study, file) for file in files if digest_of(file) in whole)


def _put_away(study: Study, path: Path) -> Path:
    envelope = envelope_of(path, path.parent)
    put_into(envelope, path, study.settings.sealed_to)
    return envelope
