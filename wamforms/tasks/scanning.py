"""Scan a stack: read every page, store every outcome, count what became of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Protocol

from layouts.errors import FaultyFileError, UsageError
from records.batch_entries import BatchFile, FileCame
from records.entries import NewCrop, NewPage
from records.study import Study
from records.study_folder import SETTINGS_FILE
from scan.adjudicate import Standing
from scan.batch import Desk, ScannedPage, StackReader
from scan.crops import SUFFIX
from scan.known import KnownForms
from scan.results import PageOutcome, PageRead
from scan.sources import PageRef, UnreadableFile, pages_of
from scan.thresholds import Thresholds
from wamforms.tasks.digests import digest_if_readable, digest_of
from wamforms.tasks.page_lines import Became, PageLine, line_of
from wamforms.tasks.paper import known_forms
from wamforms.tasks.withdrawn import without_withdrawn

TOGETHER = 16
"""Pages stored in one step: a commit costs 9 ms, whether for one page or for many."""

EMPTY_FOLDER = "The folder holds no PDF, TIFF, PNG or JPEG file; check the name."


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What became of a stack.

    Attributes
    ----------
    batch
        Number of this run; `reconcile` adds it up at any later time.
    known_files
        Files that had been scanned before and were skipped.
    unreadable
        Files that gave no pages, each with a sentence.
    pages
        One line for each page, in the order of the stack.
    sealed
        Pages of clients' sheets that were read into an envelope, so that nobody here knows
        what they say, and whether a question about them waits.
    """

    batch: int
    known_files: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]
    pages: tuple[PageLine, ...]
    answers: int
    doubts: int
    counts: dict[str, int] = field(default_factory=dict)
    sealed: int = 0


class Progress(Protocol):
    """Anything that wants to hear that a page is done."""

    def page_done(self, line: PageLine) -> None:
        """Hear about one page, in the order of the stack."""


class Silence:
    """Progress for nobody: pipes, tests and `--quiet`."""

    def page_done(self, line: PageLine) -> None:
        """Do nothing."""


def thresholds_of(study: Study) -> Thresholds:
    """Return the study's limits: the tested ones, with what `study.toml` changes.

    Raises
    ------
    FaultyFileError
        If `study.toml` names a limit that does not exist.
    """
    known = set(Thresholds.__slots__)
    wrong = sorted(set(study.settings.thresholds) - known)
    if wrong:
        choices = ", ".join(sorted(known))
        raise FaultyFileError(
            SETTINGS_FILE,
            [f"thresholds.{name}: no such limit; use one of: {choices}" for name in wrong],
        )
    return replace(Thresholds(), **study.settings.thresholds)


def scan_stack(
    study: Study, paths: Sequence[Path], *, workers: int, progress: Progress | None = None
) -> ScanReport:
    """Read files and folders of scans into the study.

    A file that was read before is skipped, one whose reading was interrupted
    goes on where it stopped, and a broken one leaves a line in the report.

    Raises
    ------
    UsageError
        If the study has not printed any form yet.
    """
    forms = known_forms(study)
    if not forms.layouts:
        raise UsageError(
            "this study has not printed any forms yet, so no page can be one of its own",
            advice="Print them first: wamforms print STUDY --wave WAVE --caseload FILE.csv",
        )
    desk = reading_desk(study, forms)
    with StackReader(desk, workers) as reader:
        return _Stack(study, reader, progress or Silence()).read(paths)


def reading_desk(study: Study, forms: KnownForms) -> Desk:
    """Give the readers what they need; in a sealed study they hide what may be a client's."""
    hide = study.images.hide if study.is_sealed else None
    return Desk(forms, thresholds_of(study), study.images.keep, hide)


class _Stack:
    """One stack on its way into a study."""

    def __init__(self, study: Study, reader: StackReader, progress: Progress) -> None:
        self._study = study
        self._reader = reader
        self._progress = progress
        self._batch = study.store.begin_batch()
        self._known_files: list[str] = []
        self._unreadable: list[tuple[str, str]] = []
        self._found: set[Path] = set()
        self._under_way: dict[Path, tuple[str, int]] = {}
        self._lines: list[PageLine] = []
        self._answers = 0

    def read(self, paths: Sequence[Path]) -> ScanReport:
        """Read all paths; files come out one after the other, as they went in."""
        scanned = self._reader.read(self._wanted(pages_of(paths)))
        for file, pages in groupby(scanned, key=lambda page: page.ref.file):
            self._store_file(file, pages)
        for path in paths:
            if path.is_dir() and not any(path in file.parents for file in self._found):
                self._no_pages(path, EMPTY_FOLDER)
        self._study.store.end_batch(self._batch)
        counts = Counter(line.became.value for line in self._lines)
        return ScanReport(
            batch=self._batch,
            known_files=tuple(self._known_files),
            unreadable=tuple(self._unreadable),
            pages=tuple(self._lines),
            answers=self._answers,
            doubts=sum(line.doubts for line in self._lines),
            counts={became.value: counts[became.value] for became in Became},
            sealed=sum(1 for line in self._lines if line.is_sealed),
        )

    def _wanted(self, found: Iterable[PageRef | UnreadableFile]) -> Iterator[PageRef]:
        """Pass on the pages that are not in the study yet, whole files at a time."""
        for file, group in groupby(found, key=lambda one: one.file):
            self._found.add(file)
            pages: list[PageRef] = []
            broken = False
            for one in group:
                if isinstance(one, UnreadableFile):
                    self._no_pages(file, one.reason)
                    broken = True
                else:
                    pages.append(one)
            if not broken:
                yield from self._not_yet_read(file, pages)

    def _no_pages(self, path: Path, reason: str) -> None:
        """Note a file or folder that gives no pages."""
        self._unreadable.append((path.name, reason))
        came = FileCame.UNREADABLE
        self._note(BatchFile(path.name, digest_if_readable(path), came, reason=reason))

    def _note(self, file: BatchFile) -> None:
        self._study.store.add_batch_file(self._batch, file)

    def _not_yet_read(self, file: Path, pages: Sequence[PageRef]) -> Iterator[PageRef]:
        digest = digest_of(file)
        stored = self._study.store.begin_file(digest, file.name)
        if stored.is_complete or digest in {known for known, _ in self._under_way.values()}:
            self._known_files.append(file.name)
            self._note(BatchFile(file.name, digest, FileCame.KNOWN, len(pages)))
            return
        self._under_way[file] = (digest, len(pages))
        done = self._study.store.numbers_read(digest)
        self._note(BatchFile(file.name, digest, FileCame.SCANNED, len(pages)))
        missing = [page for page in pages if page.index + 1 not in done]
        if missing:
            yield from missing
        else:
            self._study.store.end_file(digest, len(pages))

    def _store_file(self, file: Path, pages: Iterable[ScannedPage]) -> None:
        digest, length = self._under_way[file]
        batch: list[ScannedPage] = []
        for page in pages:
            batch.append(page)
            if len(batch) == TOGETHER:
                self._store_pages(digest, batch)
                batch = []
        self._store_pages(digest, batch)
        self._study.store.end_file(digest, length)

    def _store_pages(self, digest: str, batch: Sequence[ScannedPage]) -> None:
        store = self._study.store
        with store.step():
            ours = (without_withdrawn(self._study, page) for page in batch)
            stored = store.add_pages([_new_page(digest, page) for page in ours])
            store.add_batch_pages(self._batch, (page.id for page in stored))
        for line, page in zip(map(line_of, stored), stored, strict=True):
            self._lines.append(line)
            if isinstance(page.outcome, PageRead) and page.standing is Standing.FIRST:
                self._answers += len(page.outcome.items)
            self._progress.page_done(line)


def _new_page(digest: str, page: ScannedPage) -> NewPage:
    return NewPage(
        file=digest,
        index=page.ref.index + 1,
        image=page.image or None,
        suffix=page.suffix or None,
        outcome=page.outcome,
        crops=crops_of(page.outcome, page.crops),
    )


def crops_of(outcome: PageOutcome, kept: Sequence[str]) -> tuple[NewCrop, ...]:
    """Say of each kept cutting of a page where it comes from."""
    remarks = outcome.remarks if isinstance(outcome, PageRead) else ()
    return tuple(
        NewCrop(remark.region, image, SUFFIX) for remark, image in zip(remarks, kept, strict=True)
    )
