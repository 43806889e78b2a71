"""Photocopy masters: one blank form for each edition, and the numbers to fill in on the copies."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from layouts.dyadcode import shown
from layouts.errors import UsageError
from layouts.model import Role
from layouts.papernumber import dyad_numbers, paper_number, shown_number
from layouts.sheetcode import MasterCode
from records.entries import Dyad
from records.handover import handing_over, taken
from records.study import Study
from records.wholefiles import write_whole
from wamforms.compose import Form, compose_master
from wamforms.draw import FormsPdf, PrintedSheet, Separator
from wamforms.instrument import Instrument
from wamforms.tasks.forms import instruments_of, paper_of
from wamforms.tasks.print_files import free_path, numbers_file, order_digest
from wamforms.tasks.printing import PRINT_FOLDER
from wamforms.tasks.whom import wanted_dyads

LINES_A_PAGE = 48
"""Numbers on one page of the list: two columns of the separator's lines."""


@dataclass(frozen=True, slots=True)
class MasterOrder:
    """What to print masters for.

    Attributes
    ----------
    caseload
        CSV file of dyads; None takes everybody who is enrolled.
    roles
        Whose forms.
    out
        The PDF to write; None chooses a name in the study's print folder.
    """

    caseload: Path | None = None
    roles: tuple[Role, ...] = tuple(Role)
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class NumberLine:
    """What is copied onto the form of one person of a dyad at one wave."""

    paper_number: str
    dyad: str
    role: str
    wave: int
    wave_label: str
    domain: str
    language: str
    officer: str
    notes: str


@dataclass(frozen=True, slots=True)
class MasterRun:
    """What a run of masters left behind.

    Attributes
    ----------
    pdf
        The masters, and after them the paper numbers as pages to send along.
    numbers
        The same numbers as a CSV file.
    masters
        How many forms.
    pages
        Pages of masters; those of numbers follow.
    was_interrupted
        As of a print run.
    """

    pdf: Path
    numbers: Path
    masters: int
    pages: int
    new_dyads: int
    dyads: int
    was_interrupted: bool = False


def print_masters(study: Study, order: MasterOrder) -> MasterRun:
    """Enrol who is new, and write the masters of everybody's editions with the numbers.

    Nothing is drawn for a copy and no print is counted: only who is enrolled
    has a number.

    Raises
    ------
    WamError
        If caseload or output file are not usable, or a form does not fit;
        nothing is enrolled or printed then.
    """
    asked = order_digest(order.caseload, order.out, "masters", order.roles)
    if (stored := taken(study.folder, asked)) is not None:
        pdf = Path(stored.target) / stored.files[-1]
        masters, pages, new, all_dyads = (int(stored.said[name]) for name in _SAID)
        return MasterRun(pdf, numbers_file(pdf), masters, pages, new, all_dyads, True)
    instruments = instruments_of(study)
    fresh = wanted_dyads(study, instruments, order.caseload)
    known = {dyad.code for dyad in study.store.dyads()}
    editions = sorted({(one.domain, one.language) for one in fresh})
    forms = _forms(study, instruments, editions, order.roles)
    place = study.plain_file(order.out or _usual(study), "with --out FILE.pdf")
    pdf = free_path(place, is_chosen=order.out is not None)
    with handing_over(study.folder, study.store, pdf.parent, asked) as stage:
        study.store.enrol(fresh)
        chosen = {one.code for one in fresh}
        dyads = [one for one in study.store.dyads() if one.code in chosen]
        for form in forms:
            study.store.add_form(form.layout)
        lines = _lines(study, dyads, order.roles)
        staged = stage.folder / pdf.name
        pages = _write_pdf(study, staged, forms, lines)
        _write_numbers(numbers_file(staged), lines)
        new = sum(1 for one in dyads if one.code not in known)
        done = MasterRun(pdf, numbers_file(pdf), len(forms), pages, new, len(dyads))
        said = {name: getattr(done, name) for name in _SAID}
        stage.store((numbers_file(staged), staged), said)
    return done


_SAID = ("masters", "pages", "new_dyads", "dyads")


def _usual(study: Study) -> Path:
    folder = study.folder / PRINT_FOLDER
    runs = len(list(folder.glob("masters-*.pdf"))) + 1
    return folder / f"masters-{runs:03d}.pdf"


def _forms(
    study: Study,
    instruments: Mapping[str, Instrument],
    editions: Sequence[tuple[str, str]],
    roles: Sequence[Role],
) -> tuple[Form, ...]:
    paper = paper_of(study.settings)
    gone = sorted({domain for domain, _ in editions} - set(instruments))
    if gone:
        raise UsageError(
            f"the study has dyads in {', '.join(gone)}, which study.toml no longer names",
            advice="Put it back into 'domains', or print for a caseload without them.",
        )
    waves = len(study.settings.waves)
    return tuple(
        compose_master(instruments[domain], role, language, paper, waves)
        for domain, language in editions
        for role in roles
    )


def _lines(study: Study, dyads: Sequence[Dyad], roles: Sequence[Role]) -> tuple[NumberLine, ...]:
    """List the numbers wave by wave, officer by officer."""
    digits = {
        code: number
        for number, code in dyad_numbers(
            [dyad.code for dyad in study.store.dyads()], study.key
        ).items()
    }
    ordered = sorted(dyads, key=lambda one: (one.officer.casefold(), one.officer, one.code))
    return tuple(
        NumberLine(
            paper_number=shown_number(paper_number(digits[dyad.code], role, wave)),
            dyad=shown(dyad.code),
            role=role.value,
            wave=wave,
            wave_label=label,
            domain=dyad.domain,
            language=dyad.language,
            officer=dyad.officer,
            notes=dyad.notes,
        )
        for wave, label in enumerate(study.settings.waves, 1)
        for dyad in ordered
        for role in roles
    )


def _write_pdf(study: Study, path: Path, forms: Sequence[Form], lines: Sequence[NumberLine]) -> int:
    """Write the masters and the pages of numbers; return how many pages are masters."""
    settings = study.settings
    pdf = FormsPdf(path, paper_of(settings), settings.title, settings.language, study.key)
    for form in forms:
        codes = tuple(MasterCode(form.fingerprint, page.number) for page in form.layout.pages)
        pdf.add_sheet(PrintedSheet(form, codes, ""))
    masters = pdf.pages
    for wave, label in enumerate(settings.waves, 1):
        here = [line for line in lines if line.wave == wave]
        for start in range(0, len(here), LINES_A_PAGE):
            part = here[start : start + LINES_A_PAGE]
            pdf.add_separator(_numbers_page(f"{wave} · {label}", part))
    pdf.save()
    return masters


def _numbers_page(wave: str, lines: Sequence[NumberLine]) -> Separator:
    """Write numbers for one wave: whose, in which role, and what to copy."""
    shown_lines = tuple(
        f"{line.dyad}  {line.role[0].upper()}{line.wave}   {line.paper_number}"
        + (f"   {line.officer}" if line.officer else "")
        for line in lines
    )
    return Separator(wave, "dyad · who and wave · paper number · officer", shown_lines)


def _write_numbers(path: Path, lines: Sequence[NumberLine]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(NumberLine.__slots__)
    writer.writerows([getattr(line, name) for name in NumberLine.__slots__] for line in lines)
    write_whole(path, text.getvalue().encode())
