"""Before anything is printed: for whom, how much paper that takes, and what it looks like."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from layouts.dyadcode import check_character, parse_dyad_code
from layouts.errors import UsageError
from layouts.model import DyadCode, Role
from layouts.sheetcode import SheetCode
from records.entries import Dyad
from records.study import Study
from scan.markup import png
from wamforms.compose import Form
from wamforms.draw import FormsPdf, PrintedSheet
from wamforms.practice.render import render
from wamforms.tasks.forms import FormShelf, instruments_of, paper_of, wave_number
from wamforms.tasks.printing import PrintOrder, PrintRun, print_wave

PREVIEW_DPI = 110.0
"""Fine enough to read the smallest print on a screen, small enough to come at once."""

SPECIMEN = DyadCode("0000000" + check_character("0000000"))
"""Stands on a preview in place of a dyad's code; nobody has it."""

NO_KEY = bytes(32)
"""Signs the codes of a preview: whoever prints and scans one gets a page of no study."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to print for; empty is everybody.

    Attributes
    ----------
    role
        Whose forms; empty is both.
    codes
        Dyad codes as a person types them, between spaces or commas.
    only_new
        Leave out dyads that have all of these forms of this wave printed already.
    """

    wave: str
    domain: str = ""
    language: str = ""
    officer: str = ""
    role: str = ""
    codes: str = ""
    only_new: bool = True

    @property
    def roles(self) -> tuple[Role, ...]:
        """Whose forms."""
        return tuple(role for role in Role if self.role in ("", role.value))


@dataclass(frozen=True, slots=True)
class Edition:
    """One form that will be printed, and how often."""

    domain: str
    role: Role
    language: str
    forms: int
    pages_each: int


@dataclass(frozen=True, slots=True)
class PrintPlan:
    """What a print run would be.

    Attributes
    ----------
    pages
        Of forms; the separators of `officers` piles come on top.
    printed_before
        Forms that an earlier run has printed too.
    left_out
        Dyads that fit and have everything printed already.
    """

    wave: int
    label: str
    dyads: tuple[DyadCode, ...]
    editions: tuple[Edition, ...]
    forms: int
    pages: int
    officers: int
    printed_before: int
    left_out: int

    @property
    def sheets(self) -> int:
        """Sheets of paper, printed on one side."""
        return self.pages + self.officers


def plan_of(study: Study, wish: Wish) -> PrintPlan:
    """Work out a print run; nothing is stored or written.

    Raises
    ------
    UsageError
        If the wave or a code is not of this study.
    """
    wave = wave_number(study.settings, wish.wave)
    shelf = FormShelf(instruments_of(study), paper_of(study.settings))
    before = {(one.dyad, one.role) for one in study.store.prints() if one.wave == wave}
    fitting = list(_fitting(study, wish))
    chosen = [
        one
        for one in fitting
        if not wish.only_new or any((one.code, role) not in before for role in wish.roles)
    ]
    counted = Counter((one.domain, role, one.language) for one in chosen for role in wish.roles)
    editions = tuple(
        Edition(*key, forms, len(shelf.form(*key).layout.pages))
        for key, forms in sorted(counted.items())
    )
    return PrintPlan(
        wave=wave,
        label=study.settings.waves[wave - 1],
        dyads=tuple(one.code for one in chosen),
        editions=editions,
        forms=sum(one.forms for one in editions),
        pages=sum(one.forms * one.pages_each for one in editions),
        officers=len({one.officer for one in chosen}),
        printed_before=sum((one.code, role) in before for one in chosen for role in wish.roles),
        left_out=len(fitting) - len(chosen),
    )


def print_planned(study: Study, wish: Wish, out: Path | None = None) -> PrintRun:
    """Print what was wished for.

    Raises
    ------
    WamError
        As `print_wave` does, and if the wish leaves nobody to print for.
    """
    plan = plan_of(study, wish)
    if not plan.dyads:
        raise UsageError(
            "there is nobody to print for", advice="Choose more, or enrol somebody first."
        )
    return print_wave(study, PrintOrder(str(plan.wave), None, plan.dyads, wish.roles, out))


def preview(study: Study, edition: tuple[str, str, str], wave: str, page: int) -> bytes:
    """Draw a page as the printer gets it, as PNG bytes.

    Parameters
    ----------
    edition
        Domain, role and language.
    page : int
        From 1.

    Raises
    ------
    UsageError
        If the study has no such form, wave or page.
    """
    number = wave_number(study.settings, wave)
    form = _form(study, *edition)
    _check_page(form, page)
    codes = tuple(
        SheetCode(form.fingerprint, SPECIMEN, Role(edition[1]), number, one.number, 0)
        for one in form.layout.pages
    )
    settings = study.settings
    with TemporaryDirectory(prefix="wamforms-preview-") as folder:
        path = Path(folder) / "preview.pdf"
        pdf = FormsPdf(path, paper_of(settings), settings.title, settings.language, NO_KEY)
        pdf.add_sheet(PrintedSheet(form, codes, settings.waves[number - 1]))
        pdf.save()
        pictures = list(render(path.read_bytes(), PREVIEW_DPI))
    return png(pictures[page - 1])


def pages_of(study: Study, edition: tuple[str, str, str], page: int) -> int:
    """Count the pages of a form that has this one.

    Raises
    ------
    UsageError
        If the study has no such form or page.
    """
    form = _form(study, *edition)
    _check_page(form, page)
    return len(form.layout.pages)


def _check_page(form: Form, page: int) -> None:
    if not 1 <= page <= len(form.layout.pages):
        raise UsageError(f"this form has no page {page}", advice="Choose another page.")


def _form(study: Study, domain: str, role: str, language: str) -> Form:
    instruments = instruments_of(study)
    if role not in set(Role) or domain not in instruments:
        raise UsageError(f"the study has no form of {domain} for {role}")
    if language not in instruments[domain].languages:
        raise UsageError(f"{domain} has no language {language!r}")
    return FormShelf(instruments, paper_of(study.settings)).form(domain, Role(role), language)


def _fitting(study: Study, wish: Wish) -> Iterator[Dyad]:
    dyads = study.store.dyads()
    wanted = {parse_dyad_code(text) for text in wish.codes.replace(",", " ").split()}
    if unknown := wanted - {one.code for one in dyads}:
        raise UsageError(
            f"not enrolled in this study: dyad {', '.join(sorted(unknown))}",
            advice="Check the code.",
        )
    for one in dyads:
        fits = (
            wish.domain in ("", one.domain)
            and wish.language in ("", one.language)
            and wish.officer in ("", one.officer)
        )
        if fits and (not wanted or one.code in wanted):
            yield one
