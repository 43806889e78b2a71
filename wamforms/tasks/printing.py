"""Print a wave: every dyad's forms in one PDF, sorted by officer, with a print list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from layouts.dyadcode import shown
from layouts.errors import FaultyFileError
from layouts.model import DyadCode, Role
from layouts.sheetcode import SheetCode
from records.entries import Dyad, NewDyad, NewPrint, Print
from records.handover import Handover, handing_over, taken
from records.study import Study
from records.study_folder import SETTINGS_FILE
from records.wholefiles import write_whole
from wamforms.caseload import CaseloadLine, write_caseload
from wamforms.draw import FormsPdf, PrintedSheet, Separator
from wamforms.slots import wave_faults
from wamforms.tasks.forms import FormShelf, instruments_of, paper_of, wave_number
from wamforms.tasks.print_files import free_path, order_digest, side_files
from wamforms.tasks.print_list import PrintedPage, listed_pages, write_list
from wamforms.tasks.whom import wanted_dyads

PRINT_FOLDER = "prints"
"""Folder of the study where print runs are kept: PDF, print list, caseload with codes."""


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """What to print.

    Attributes
    ----------
    caseload
        CSV file of dyads; None prints every enrolled dyad.
    roles
        Whose forms.
    out
        The PDF to write; None chooses a name in the study's print folder.
    """

    wave: str
    caseload: Path | None = None
    dyads: tuple[DyadCode, ...] = ()
    roles: tuple[Role, ...] = tuple(Role)
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class PrintRun:
    """What a print run left behind.

    Attributes
    ----------
    printed_before
        Forms of this run that an earlier run has printed too. If both prints come
        back filled in, a person has to choose between them.
    was_interrupted
        True if an earlier command of the same words made this run and was stopped before
        its files were in their places; they are now, and nothing was printed twice.
    """

    run: str
    pdf: Path
    print_list: Path
    caseload: Path
    new_dyads: int
    forms: int
    printed_before: int
    pages: tuple[PrintedPage, ...]
    was_interrupted: bool = False


def print_wave(study: Study, order: PrintOrder) -> PrintRun:
    """Enrol who is new, draw serials, write the PDF and its lists.

    Raises
    ------
    WamError
        If wave, caseload, dyads or output file are not usable; nothing is
        enrolled or printed then.
    """
    wave = wave_number(study.settings, order.wave)
    asked = order_digest(order.caseload, order.out, str(wave), order.dyads, order.roles)
    if (stored := taken(study.folder, asked)) is not None:
        return _run_of(stored)
    instruments = instruments_of(study)
    shelf = FormShelf(instruments, paper_of(study.settings))
    known = {dyad.code: dyad.domain for dyad in study.store.dyads()}
    fresh = wanted_dyads(study, instruments, order.caseload, order.dyads)
    # Compose before anything is stored: a form that does not fit must leave no trace.
    _check_forms(study, shelf, fresh, order.roles, wave)
    before = {(one.dyad, one.role, one.wave) for one in study.store.prints()}
    run = _next_run(study, wave)
    usual = study.folder / PRINT_FOLDER / f"{run}.pdf"
    place = study.plain_file(order.out or usual, "with --out FILE.pdf")
    pdf = free_path(place, is_chosen=order.out is not None)
    # One step: a full disk, Ctrl-C or a kill must not leave dyads enrolled that got no form,
    # or the same command again would enrol everybody twice.
    with handing_over(study.folder, study.store, pdf.parent, asked) as stage:
        study.store.enrol(fresh)
        dyads = _chosen(study, {dyad.code for dyad in fresh})
        prints = _draw_serials(study, shelf, dyads, order.roles, wave, run)
        staged = stage.folder / pdf.name
        pages = _write_pdf(study, shelf, staged, wave, dyads, prints)
        files = (write_list(staged, pages, dyads), _write_caseload(staged, dyads), staged)
        done = PrintRun(
            run=run,
            pdf=pdf,
            print_list=side_files(pdf)[0],
            caseload=side_files(pdf)[1],
            new_dyads=sum(1 for dyad in dyads if dyad.code not in known),
            forms=len(prints),
            printed_before=sum((one.dyad, one.role, one.wave) in before for one in prints),
            pages=pages,
        )
        stage.store(files, {name: getattr(done, name) for name in _SAID})
    return done


_SAID = ("run", "new_dyads", "forms", "printed_before")
"""What cannot be read from the files of a run."""


def _run_of(stored: Handover) -> PrintRun:
    """Tell of a run that an interrupted command has stored."""
    said = stored.said
    pdf = Path(stored.target) / stored.files[-1]
    return PrintRun(
        run=str(said["run"]),
        pdf=pdf,
        print_list=side_files(pdf)[0],
        caseload=side_files(pdf)[1],
        new_dyads=int(said["new_dyads"]),
        forms=int(said["forms"]),
        printed_before=int(said["printed_before"]),
        pages=tuple(listed_pages(side_files(pdf)[0])),
        was_interrupted=True,
    )


def _check_forms(
    study: Study, shelf: FormShelf, dyads: Sequence[NewDyad], roles: Sequence[Role], wave: int
) -> None:
    """Compose every form, and see whether the name of the wave fits each of them."""
    label = study.settings.waves[wave - 1]
    wanted = {(dyad.domain, role, dyad.language) for dyad in dyads for role in roles}
    forms = [shelf.form(*key) for key in sorted(wanted)]
    found = dict.fromkeys(fault for form in forms for fault in wave_faults(form, label))
    if found:
        raise FaultyFileError(
            SETTINGS_FILE, [f"waves.{wave}: {label!r} {fault}" for fault in found]
        )


def _chosen(study: Study, codes: set[DyadCode]) -> list[Dyad]:
    chosen = [dyad for dyad in study.store.dyads() if dyad.code in codes]
    # The officer twice: "de Vries" and "De Vries" stand together, but are two stacks.
    return sorted(
        chosen, key=lambda one: (one.officer.casefold(), one.officer, one.domain, one.code)
    )


def _next_run(study: Study, wave: int) -> str:
    runs = {one.run for one in study.store.prints()}
    return f"run-{len(runs) + 1:03d}-wave-{wave}"


def _draw_serials(
    study: Study,
    shelf: FormShelf,
    dyads: Sequence[Dyad],
    roles: Sequence[Role],
    wave: int,
    run: str,
) -> tuple[Print, ...]:
    wanted = []
    for dyad in dyads:
        for role in roles:
            form = shelf.form(dyad.domain, role, dyad.language)
            wanted.append(NewPrint(dyad.code, role, wave, form.fingerprint))
    used = {(dyad.domain, role, dyad.language) for dyad in dyads for role in roles}
    for key in sorted(used):
        study.store.add_form(shelf.form(*key).layout)
    return study.store.add_prints(wanted, run=run)


def _write_pdf(
    study: Study,
    shelf: FormShelf,
    path: Path,
    wave: int,
    dyads: Sequence[Dyad],
    prints: Sequence[Print],
) -> tuple[PrintedPage, ...]:
    """Write the PDF, and list what is on each of its pages."""
    label = study.settings.waves[wave - 1]
    pdf = FormsPdf(
        path,
        paper_of(study.settings),
        f"{study.settings.title} · {label}",
        study.settings.language,
        study.key,
    )
    by_code = {dyad.code: dyad for dyad in dyads}
    pages: list[PrintedPage] = []
    officer: str | None = None
    for printed in prints:
        dyad = by_code[printed.dyad]
        if dyad.officer != officer:
            officer = dyad.officer
            pdf.add_separator(_separator(officer, label, dyads, prints))
            pages.append(PrintedPage(pdf.pages, "separator", officer))
        form = shelf.form(dyad.domain, printed.role, dyad.language)
        codes = tuple(
            SheetCode(form.fingerprint, dyad.code, printed.role, wave, page.number, printed.serial)
            for page in form.layout.pages
        )
        first = pdf.pages + 1
        pdf.add_sheet(PrintedSheet(form, codes, label))
        pages += _described(first, codes, dyad, label)
    pdf.save()
    return tuple(pages)


def _described(
    first: int, codes: Sequence[SheetCode], dyad: Dyad, label: str
) -> Iterator[PrintedPage]:
    for number, code in enumerate(codes, first):
        yield PrintedPage(
            page=number,
            kind="form",
            officer=dyad.officer,
            dyad=shown(code.dyad),
            role=code.role,
            wave=code.wave,
            wave_label=label,
            domain=dyad.domain,
            language=dyad.language,
            fingerprint=code.fingerprint,
            form_page=code.page,
            serial=code.serial,
            code=code.for_people(),
        )


def _separator(
    officer: str, label: str, dyads: Sequence[Dyad], prints: Sequence[Print]
) -> Separator:
    mine = [dyad for dyad in dyads if dyad.officer == officer]
    codes = {dyad.code for dyad in mine}
    forms = sum(1 for one in prints if one.dyad in codes)
    listed = [f"{shown(dyad.code)}   {dyad.domain}   {dyad.language}" for dyad in mine]
    dyads_said = "1 dyad" if len(mine) == 1 else f"{len(mine)} dyads"
    forms_said = "1 form" if forms == 1 else f"{forms} forms"
    return Separator(officer or "—", f"{label} · {dyads_said} · {forms_said}", tuple(listed))


def _write_caseload(pdf: Path, dyads: Sequence[Dyad]) -> Path:
    lines = [
        CaseloadLine(dyad.code, dyad.domain, dyad.language, dyad.officer, dyad.notes)
        for dyad in dyads
    ]
    path = side_files(pdf)[1]
    write_whole(path, write_caseload(lines).encode())
    return path
