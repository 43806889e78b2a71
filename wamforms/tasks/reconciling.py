"""Reconcile a batch: every page that went in has to be in exactly one pile."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from layouts.dyadcode import shown
from records.batch_entries import Batch, BatchFile, FileCame
from records.entries import Snapshot, StoredPage
from records.study import Study
from scan.adjudicate import Place
from scan.results import Fault, PageRead, PageRefused
from wamforms.tasks.page_lines import Became, PageLine, line_of
from wamforms.tasks.reconciliation import FileLine, PaperLine, Pile, Reconciliation, WaveLine
from wamforms.tasks.settling import Question, ScansQuestion, open_questions

FOREIGN = frozenset({Fault.FOREIGN_CODE, Fault.FOREIGN_STUDY, Fault.UNKNOWN_FORM})
"""Faults of pages that have a readable code which is not one of this study's forms."""

_PILES = {
    Became.READ: Pile.READ,
    Became.WAITING: Pile.WAITING,
    Became.CONFLICT: Pile.CONFLICT,
    Became.AGAIN: Pile.DUPLICATE,
    Became.DUPLICATE: Pile.DUPLICATE,
    Became.BLANK: Pile.BLANK,
    Became.SEPARATOR: Pile.SEPARATOR,
    Became.REFUSED: Pile.REFUSED,
}


@dataclass(frozen=True, slots=True)
class _Books:
    """A batch with what the study knew at its end."""

    batch: Batch
    snapshot: Snapshot
    mine: tuple[StoredPage, ...]
    others: tuple[StoredPage, ...]
    withdrawn: Mapping[str, int]

    def withdrawn_from(self, file: BatchFile) -> int:
        """Count the pages of a file that were removed since."""
        if file.came is FileCame.WITHDRAWN:
            return file.pages
        return self.withdrawn.get(file.sha256 or "", 0) if file.came is FileCame.SCANNED else 0


def batch_numbers(study: Study) -> tuple[int, ...]:
    """List the numbers of all batches, the oldest first."""
    return study.store.batches()


def reconcile(study: Study, number: int | None = None) -> Reconciliation:
    """Add up a batch; the last one if no number is given.

    Raises
    ------
    UsageError
        If there is no such batch.
    """
    snapshot = study.store.snapshot()
    batch = study.store.batch(number)
    books = _books(batch, snapshot, study.store.withdrawn_pages())
    files = tuple(_file_line(file, books) for file in batch.files)
    piles = _piles(books)
    pages = sum(file.pages for file in batch.files)
    lines = [(page, line_of(page)) for page in books.mine]
    numbers = {page.id for page in books.mine}
    return Reconciliation(
        study=study.settings.title,
        batch=batch.number,
        program=batch.program,
        at=batch.at,
        ended=batch.end.at if batch.end else None,
        pages=pages,
        piles={pile.value: piles[pile] for pile in Pile},
        faults=tuple(_faults(batch, files, pages - piles.total())),
        files=files,
        waves=_waves(books, study.settings.waves),
        answers=sum(_answers(page, line) for page, line in lines),
        waiting_now=sum(1 for one in open_questions(study) if numbers & _pages_of(one)),
        rescan=(*_unreadable(batch), *_to_rescan(lines, snapshot)),
        foreign=tuple(
            PaperLine(line.source, _form(line), line.reason)
            for page, line in lines
            if _pile(page, line) is Pile.FOREIGN
        ),
        log_head=study.store.log.head().text,
        sealed=sum(1 for page in books.mine if page.is_closed),
    )


def _books(batch: Batch, snapshot: Snapshot, withdrawn: Mapping[str, int]) -> _Books:
    mine = set(batch.pages)
    last = batch.end.last_page if batch.end else max((p.id for p in snapshot.pages), default=0)
    known = [page for page in snapshot.pages if page.id <= last]
    return _Books(
        batch,
        snapshot,
        mine=tuple(page for page in known if page.id in mine),
        others=tuple(page for page in known if page.id not in mine),
        withdrawn=withdrawn,
    )


def _pile(page: StoredPage, line: PageLine) -> Pile:
    pile = _PILES[line.became]
    outcome = page.outcome
    is_foreign = isinstance(outcome, PageRefused) and outcome.fault in FOREIGN
    if isinstance(outcome, PageRefused) and outcome.fault is Fault.WITHDRAWN:
        return Pile.WITHDRAWN
    return Pile.FOREIGN if pile is Pile.REFUSED and is_foreign else pile


def _piles(books: _Books) -> Counter[Pile]:
    """Count the pages of each pile; those of files scanned before are duplicates, all of them."""
    piles = Counter(_pile(page, line_of(page)) for page in books.mine)
    for file in books.batch.files:
        piles[Pile.WITHDRAWN] += books.withdrawn_from(file)
        if file.came is FileCame.KNOWN:
            piles[Pile.DUPLICATE] += file.pages
        elif file.came is FileCame.SCANNED:
            piles[Pile.OTHER_RUN] += _scans_of(file, books.others)
    return piles


def _scans_of(file: BatchFile, pages: Iterable[StoredPage]) -> int:
    return sum(1 for page in pages if page.file == file.sha256 and page.typed is None)


def _file_line(file: BatchFile, books: _Books) -> FileLine:
    stored = _scans_of(file, (*books.mine, *books.others))
    stored += books.withdrawn_from(file)
    missing = 0 if file.came is FileCame.UNREADABLE else file.pages - stored
    return FileLine(file.name, file.sha256, file.came, file.pages, missing, file.reason)


def _faults(batch: Batch, files: Iterable[FileLine], difference: int) -> Iterable[str]:
    """Say what does not add up, file by file and in all."""
    if batch.end is None:
        yield "the scan was stopped before its end; scan the same files again to go on"
    for file in files:
        if file.missing > 0:
            yield f"{file.name}: {file.missing} of {file.pages} pages are in no pile"
        elif file.missing < 0:
            yield f"{file.name}: {-file.missing} pages more than it was listed to hold"
    if difference:
        yield f"the piles hold {abs(difference)} pages {'less' if difference > 0 else 'more'}"


def _pages_of(question: Question) -> set[int]:
    pages = question.scans if isinstance(question, ScansQuestion) else (question.page,)
    return {page.id for page in pages}


def _answers(page: StoredPage, line: PageLine) -> int:
    outcome = page.outcome
    is_first = line.became in (Became.READ, Became.WAITING)
    return len(outcome.items) if is_first and isinstance(outcome, PageRead) else 0


def _places(pages: Iterable[StoredPage]) -> set[Place]:
    return {Place.of(one.outcome.code) for one in pages if isinstance(one.outcome, PageRead)}


def _waves(books: _Books, labels: Sequence[str]) -> tuple[WaveLine, ...]:
    """Hold what is in against the print list, for the waves that the batch brought."""
    end = books.batch.end
    expected = {
        Place(one.dyad, one.role, one.wave, page.number)
        for one in books.snapshot.prints
        if end is None or one.serial <= end.last_print
        for page in books.snapshot.layouts[one.fingerprint].pages
    }
    before, now = _places(books.others), _places(books.mine)
    brought = {place.wave for place in now} or {place.wave for place in expected}
    kinds = sorted({(place.wave, place.role) for place in expected if place.wave in brought})
    lines = []
    for wave, role in kinds:
        these = {place for place in expected if (place.wave, place.role) == (wave, role)}
        missing = these - before - now
        lines.append(
            WaveLine(
                wave=wave,
                label=labels[wave - 1] if wave <= len(labels) else f"wave {wave}",
                role=role,
                expected=len(these),
                before=len(these & before),
                came=len(these & now - before),
                missing=tuple(sorted({shown(place.dyad) for place in missing})),
            )
        )
    return tuple(lines)


def _unreadable(batch: Batch) -> Iterable[PaperLine]:
    return (
        PaperLine(file.name, "", file.reason)
        for file in batch.files
        if file.came is FileCame.UNREADABLE
    )


def _to_rescan(
    lines: Iterable[tuple[StoredPage, PageLine]], snapshot: Snapshot
) -> Iterable[PaperLine]:
    """List refused pages of our own; what has been read since is marked as settled."""
    typed = {one.page for one in snapshot.typed_codes if one.code is not None}
    read = _places(snapshot.pages)
    for page, line in lines:
        if _pile(page, line) is Pile.REFUSED:
            is_settled = page.id in typed or (page.place is not None and page.place in read)
            yield PaperLine(line.source, _form(line), line.reason, is_settled)


def _form(line: PageLine) -> str:
    return f"{line.dyad} {line.role} wave {line.wave}" if line.dyad else ""
