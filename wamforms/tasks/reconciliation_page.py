"""The reconciliation of a batch on one page, to be signed and filed with the paper."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from layouts.errors import UsageError
from records.stamps import program
from records.wholefiles import write_whole
from wamforms.record_page import (
    Part,
    banner,
    heading,
    line,
    moment,
    one_page,
    printable,
    signatures,
    table,
    title,
)
from wamforms.tasks.reconciliation import PaperLine, Reconciliation, WaveLine

MOST_LINES = 6
"""Rows of a list on the page, which has to stay readable; the JSON has all of them."""

MOST_CODES = 16
"""Codes of missing forms on the page."""

HEAD_CHARACTERS = 12
"""Of a file's SHA-256: 48 bits tell the files of a study apart, and can be compared by eye."""


def equation(found: Reconciliation) -> str:
    """Write the whole sum on one line."""
    parts = [f"{count} {pile}" for pile, count in found.piles.items() if count]
    went_in = "1 page" if found.pages == 1 else f"{found.pages} pages"
    return f"{went_in} in = {' + '.join(parts) or 'nothing'}"


def write_reconciliation(found: Reconciliation, path: Path) -> None:
    """Write the page as PDF; an older one of the same name is replaced.

    Raises
    ------
    UsageError
        If the file cannot be written there.
    """
    foot = f"wamforms {program()} · read by wamforms {found.program}"
    pdf = one_page(f"Reconciliation of batch {found.batch}", _parts(found), foot)
    try:
        write_whole(path, pdf)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror})", advice="Choose another name with --pdf."
        ) from error


def _parts(found: Reconciliation) -> Iterator[Part]:
    ended = f"to {moment(found.ended)}" if found.ended else "and not ended"
    yield from title(
        f"Reconciliation of batch {found.batch}",
        f"{found.study} · scanned {moment(found.at)} {ended}",
    )
    yield from banner(
        "Every page is accounted for" if found.adds_up else "THIS BATCH DOES NOT ADD UP",
        is_alarm=not found.adds_up,
    )
    for fault in found.faults[:MOST_LINES]:
        yield line(f"• {fault}", is_bold=True)
    if len(found.faults) > MOST_LINES:
        yield line(f"• and {len(found.faults) - MOST_LINES} more", is_bold=True)
    yield heading("Pages")
    yield from table(_sum(found), (0.75, 0.25), last_is_sum=True)
    yield line(f"{found.answers} answers were read; {_questions(found.waiting_now)}.")
    if found.sealed:
        yield line(f"{sealed_pages(found.sealed)}.")
    yield heading("Against the print list")
    yield from table(_against(found.waves), (0.4, 0.15, 0.15, 0.15, 0.15))
    yield from _missing(found.waves)
    yield from _paper("To scan again", found.rescan, "Nothing has to be scanned again.")
    if found.foreign:
        yield from _paper("To take out of the stack", found.foreign, "")
    yield heading("Files")
    yield from table(_files(found), (0.56, 0.24, 0.2))
    yield line(f"Newest entry of the study's log: {found.log_head}")
    yield from signatures("Scanned by", "Checked by")


def sealed_pages(count: int) -> str:
    """Say how many pages came in sealed; nothing else is known of them."""
    what = (
        "1 page of a client's sheet is" if count == 1 else f"{count} pages of clients' sheets are"
    )
    return f"{what} sealed: in, and neither answers nor questions on them are counted here"


def _questions(count: int) -> str:
    return "1 question is open now" if count == 1 else f"{count} questions are open now"


def _sum(found: Reconciliation) -> Iterator[Sequence[str]]:
    yield ("went in, as counted before reading", str(found.pages))
    for pile, count in found.piles.items():
        if count:
            yield (pile, str(count))
    yield ("together", str(sum(found.piles.values())))


def _against(waves: Iterable[WaveLine]) -> Iterator[Sequence[str]]:
    yield ("wave and role", "expected", "in before", "came now", "missing")
    for one in waves:
        missing = one.expected - one.before - one.came
        numbers = (one.expected, one.before, one.came, missing)
        yield (f"{one.label}, {one.role}", *map(str, numbers))


def _missing(waves: Iterable[WaveLine]) -> Iterator[Part]:
    for one in waves:
        if one.missing:
            more = len(one.missing) - MOST_CODES
            tail = f" and {more} more" if more > 0 else ""
            codes = " ".join(one.missing[:MOST_CODES])
            yield line(f"Missing, {one.label}, {one.role}: {codes}{tail}")


def _paper(name: str, lines: Sequence[PaperLine], otherwise: str) -> Iterator[Part]:
    yield heading(name)
    if not lines:
        yield line(otherwise)
        return
    rows = [
        (one.source, one.form or "code not read", one.reason, "done" if one.is_settled else "")
        for one in sorted(lines, key=lambda one: one.is_settled)[:MOST_LINES]
    ]
    yield from table([("page", "form", "reason", "since then"), *rows], (0.24, 0.24, 0.4, 0.12))
    if len(lines) > MOST_LINES:
        yield line(f"and {len(lines) - MOST_LINES} more; wamforms reconcile --json lists them all")


def _files(found: Reconciliation) -> Iterator[Sequence[str]]:
    yield ("file", "SHA-256 begins", "pages")
    for file in found.files[:MOST_LINES]:
        head = (file.sha256 or "could not be opened")[: HEAD_CHARACTERS if file.sha256 else None]
        yield (printable(file.name), head, str(file.pages))
    if len(found.files) > MOST_LINES:
        rest = found.files[MOST_LINES:]
        yield (f"and {len(rest)} more files", "", str(sum(file.pages for file in rest)))
