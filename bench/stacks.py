"""Stacks to measure with: a study whose forms were printed, filled in and scanned."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path
from shutil import copytree

import numpy as np

from layouts.dyadcode import new_dyad_code
from records.settings import Settings, read_settings
from records.settings_text import write_settings
from records.study import Study, create_study, open_study
from records.study_folder import SETTINGS_FILE
from wamforms.caseload import CaseloadLine, write_caseload
from wamforms.practice.answers import draw_answers
from wamforms.practice.effects import OFFICE, Ink1Bit
from wamforms.practice.ink import Gray
from wamforms.practice.people import answer_page, any_respondent
from wamforms.practice.render import render
from wamforms.practice.scanner import MM_PER_INCH, scan
from wamforms.practice.stack import write_pdf, write_tiff_g4
from wamforms.tasks.forms import instruments_of
from wamforms.tasks.printing import PrintOrder, print_wave

DOMAIN = "probation"
"""One domain is enough to measure: all forms have the same number of marks."""

SEED = 20
"""Any number; the same one gives the same people and the same scanner."""


class Kind(StrEnum):
    """How the office scanner saves its pages."""

    GREY = "grey JPEG PDF"
    FAX = "G4 TIFF"


@dataclass(frozen=True, slots=True)
class Stack:
    """A scanned stack on disk."""

    kind: Kind
    dpi: int
    pages: int
    path: Path


def new_study(folder: Path, dyads: int, passphrase: str | None = None) -> tuple[Study, Path]:
    """Make a study of one domain and a caseload with this many new dyads for it."""
    settings = Settings("Measured study", "nl", "a4", (DOMAIN,), ("start",))
    study = create_study(folder, settings, passphrase=passphrase)
    lines = [CaseloadLine(new_dyad_code(), DOMAIN, "nl", "office", "") for _ in range(dyads)]
    caseload = folder.parent / f"{folder.name}.caseload.csv"
    caseload.write_text(write_caseload(lines), encoding="utf-8")
    return study, caseload


class Bench:
    """A folder with a printed study and the stacks scanned from it, each made once.

    Parameters
    ----------
    folder
        Where they are kept between runs; None takes the system's temporary folder.
    pages
        Forms that are printed, the longest stack there can be.
    passphrase
        Of an encrypted study; None for a plain one.
    public
        Research keys to which every study that is handed out is sealed.
    """

    def __init__(
        self,
        folder: Path | None,
        pages: int,
        *,
        passphrase: str | None = None,
        public: tuple[str, ...] = (),
    ) -> None:
        self._public = public
        home = folder or Path(tempfile.gettempdir()) / "wamforms-bench"
        self._home = home / (f"of-{pages}" if passphrase is None else f"sealed-of-{pages}")
        self._passphrase = passphrase
        self._forms = self._home / "forms.pdf"
        self._print(pages)

    def _print(self, pages: int) -> None:
        if self._forms.exists():
            return
        self._home.mkdir(parents=True)
        study, caseload = new_study(self._home / "printed", (pages + 1) // 2, self._passphrase)
        with study:
            print_wave(study, PrintOrder("1", caseload, out=self._forms))

    def empty_study(self, folder: Path) -> Study:
        """Open a copy of the printed study into which nothing was scanned yet."""
        copytree(self._home / "printed", folder)
        if self._public:
            with open_study(folder, passphrase=self._passphrase) as study:
                study.store.seal_to(self._public)
            path = folder / SETTINGS_FILE
            write_settings(path, replace(read_settings(path), sealed_to=self._public))
        return open_study(folder, passphrase=self._passphrase)

    def stack(self, kind: Kind, dpi: int, pages: int) -> Stack:
        """Return a stack of the first forms, filled in and scanned; made if need be."""
        ending = "pdf" if kind is Kind.GREY else "tif"
        path = self._home / f"{pages}-pages-{dpi}-dpi.{ending}"
        if not path.exists():
            part = path.with_name(f"part-{path.name}")
            write = write_pdf if kind is Kind.GREY else write_tiff_g4
            write(self._scanned(kind, dpi, pages), part, dpi)
            part.replace(path)
        return Stack(kind, dpi, pages, path)

    def _scanned(self, kind: Kind, dpi: int, pages: int) -> Iterator[Gray]:
        """Yield the scans of filled forms, as an office scanner sees them."""
        rng = np.random.default_rng(SEED)
        px_per_mm = dpi / MM_PER_INCH
        with open_study(self._home / "printed", passphrase=self._passphrase) as study:
            layouts = study.store.layouts()
            prints = study.store.prints()[:pages]
            (instrument,) = instruments_of(study).values()
        people = draw_answers(instrument, (pages + 1) // 2, 1, rng)
        sheets = islice(render(self._forms, dpi), 1, None)  # the first page is the separator
        for printed, person, sheet in zip(prints, people, sheets, strict=False):
            if printed.role != person.role:
                raise ValueError("forms are printed in another order than people answer")
            page = layouts[printed.fingerprint].pages[0]
            filled = answer_page(page, person.values, any_respondent(rng), rng)
            effects = OFFICE.varied(rng)
            if kind is Kind.FAX:
                effects = replace(effects, one_bit=Ink1Bit.THRESHOLD)
            yield scan(filled.on(sheet, px_per_mm), px_per_mm, effects, rng, dpi)
