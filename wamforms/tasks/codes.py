"""Pages whose code the scanner could not read: a person reads it off the paper."""

from dataclasses import dataclass

from layouts.dyadcode import LENGTH, parse_dyad_code
from layouts.errors import UsageError
from layouts.sheetcode import MasterCode, SheetCode
from records.entries import Arrivals, StoredPage
from records.study import Study
from scan.adjudicate import Standing
from scan.codestrip import code_strip, copy_strip
from scan.codetext import folded, printed_as
from scan.known import KnownForms
from scan.read import read_page
from scan.results import PageRead, PageRefused
from wamforms.tasks.copies import typed_copy
from wamforms.tasks.paper import known_forms
from wamforms.tasks.pictures import page_gray
from wamforms.tasks.scanning import crops_of, reading_desk, thresholds_of

EXAMPLE = "K7Q4-2M9Y · C1 · p1 · 00A7"
"""How a code stands on the page."""

LEAST_LENGTH = LENGTH + 8
"""Characters of a whole code without its dots: dyad, C1, p1 and four of the serial."""

NOBODY_CAN_TELL = "unreadable"
"""Sets a page aside: it is none of the study's, or the paper is spoilt too."""


@dataclass(frozen=True, slots=True)
class CodeQuestion:
    """A page that waits for a person to type its code."""

    page: StoredPage

    @property
    def remark(self) -> str:
        """What the reader found out about it."""
        outcome = self.page.outcome
        return outcome.detail if isinstance(outcome, PageRefused) else ""

    @property
    def master(self) -> MasterCode | None:
        """Which form it is a photocopy of, None if its code was to be printed on it."""
        outcome = self.page.outcome
        return outcome.master if isinstance(outcome, PageRefused) else None

    def title(self) -> str:
        """Name the question for people."""
        return f"page {self.page.id}, {self.page.outcome.source}"


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """What a person typed, checked.

    Attributes
    ----------
    code, read
        The code, and the page as read with it; None if nobody can tell.
    """

    question: CodeQuestion
    code: SheetCode | None
    read: PageRead | None


def code_questions(snapshot: Arrivals) -> tuple[CodeQuestion, ...]:
    """List the pages that wait for their code; one picture asks once.

    In a sealed study such a page may be a client's, and only who has the key sees it.
    """
    if snapshot.is_closed:
        return ()
    return waiting_codes(snapshot)


def waiting_codes(snapshot: Arrivals) -> tuple[CodeQuestion, ...]:
    """List the pages whose code nobody has typed yet, whoever may see them."""
    answered = {one.page for one in snapshot.typed_codes}
    read = {page.image for page in snapshot.pages if isinstance(page.outcome, PageRead)}
    return tuple(
        CodeQuestion(page)
        for page in snapshot.pages
        if page.lacks_code
        and page.standing is not Standing.DUPLICATE
        and page.id not in answered
        and page.image not in read
    )


def code_picture(study: Study, question: CodeQuestion) -> bytes:
    """Show the places of the printed code, or what was filled in by hand, as PNG bytes."""
    if question.master is not None:
        layout = study.store.layouts()[question.master.fingerprint]
        page = layout.pages[question.master.page - 1]
        return copy_strip(page_gray(study, question.page), page, layout.paper)
    return code_strip(page_gray(study, question.page), known_forms(study))


def checked_code(study: Study, question: CodeQuestion, typed: str) -> CodeVerdict:
    """Read a page again with the code that a person typed; nothing is stored yet.

    Raises
    ------
    UsageError
        If the code is mistyped, not on the print list, or not that of this page.
    """
    forms = known_forms(study)
    master = question.master
    code = typed_code(typed, forms) if master is None else typed_copy(typed, master, forms)
    gray = page_gray(study, question.page)
    source = question.page.outcome.source
    outcome = read_page(source, gray, None, forms, thresholds_of(study), code)
    if not isinstance(outcome, PageRead):
        why = f"{outcome.fault}, {outcome.detail}" if isinstance(outcome, PageRefused) else "blank"
        raise UsageError(
            f"the page cannot be read as {code.for_people()}: {why.removesuffix(', ')}",
            advice="Compare the code with the picture; if it is right, scan the sheet again.",
        )
    return CodeVerdict(question, code, outcome)


def decide_code(study: Study, verdict: CodeVerdict, *, by: str) -> StoredPage | None:
    """Store what a person typed, and the page as read with it; None if nobody can tell."""
    page = verdict.question.page.id
    if verdict.code is None or verdict.read is None:
        study.store.set_aside(page, by=by)
        return None
    gray = page_gray(study, verdict.question.page)
    kept = reading_desk(study, known_forms(study)).cut(gray, verdict.read)
    crops = crops_of(verdict.read, kept)
    return study.store.add_typed_code(page, verdict.code, verdict.read, by=by, crops=crops)


def page_question(study: Study, page: int) -> CodeQuestion:
    """Find the question of a page that waits for its code.

    Raises
    ------
    UsageError
        If it does not wait for one, or does not any more.
    """
    for one in code_questions(study.store.arrivals()):
        if one.page.id == page:
            return one
    raise UsageError(
        f"page {page} does not wait for its code", advice="Take the next card; this one is done."
    )


def page_code_picture(study: Study, page: int) -> bytes:
    """Show where the code of a page stands, by the page's number; PNG bytes."""
    return code_picture(study, CodeQuestion(study.store.page(page)))


def check_page_code(study: Study, page: int, typed: str) -> str:
    """Say whose page it is if what was typed is its code; nothing is stored.

    Raises
    ------
    UsageError
        If the code is mistyped, not on the print list, or not that of this page.
    """
    code = checked_code(study, CodeQuestion(study.store.page(page)), typed).code
    return "" if code is None else code.for_people()


def store_page_code(study: Study, page: int, typed: str, *, by: str) -> None:
    """Store the code that a person typed, or `unreadable` if nobody can tell it.

    Raises
    ------
    UsageError
        If the page does not wait for its code any more, or the code is not its own.
    """
    question = page_question(study, page)
    verdict = (
        CodeVerdict(question, None, None)
        if typed == NOBODY_CAN_TELL
        else checked_code(study, question, typed)
    )
    decide_code(study, verdict, by=by)


def typed_code(typed: str, forms: KnownForms) -> SheetCode:
    """Find what a person typed on the print list; every character must be right.

    Raises
    ------
    UsageError
        If it is not a whole code, has a wrong check character, or was never printed.
    """
    text = folded(typed)
    if len(text) < LEAST_LENGTH:
        raise UsageError(
            f"{typed!r} is not the whole code",
            advice=f"Type all of the line, such as {EXAMPLE}.",
        )
    dyad = parse_dyad_code(text[:LENGTH])
    found = [code for code in forms.prints if printed_as(code) == text]
    if not found:
        known = any(code.dyad == dyad for code in forms.prints)
        what = "no such form of this dyad" if known else "no form for this dyad"
        raise UsageError(
            f"code {typed!r}: this study printed {what}",
            advice="Compare it with the form, the part after the dyad too.",
        )
    return found[0]
