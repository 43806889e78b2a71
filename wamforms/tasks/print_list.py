"""The print list: what is on every page of a run's PDF, as a file beside it."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from layouts.dyadcode import shown
from records.entries import Dyad
from records.wholefiles import write_whole
from wamforms.tasks.print_files import side_files


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """One page of the PDF; everything but `page` and `officer` is None on a separator."""

    page: int
    kind: str
    officer: str
    dyad: str | None = None
    role: str | None = None
    wave: int | None = None
    wave_label: str | None = None
    domain: str | None = None
    language: str | None = None
    fingerprint: str | None = None
    form_page: int | None = None
    serial: int | None = None
    code: str | None = None


def write_list(pdf: Path, pages: Sequence[PrintedPage], dyads: Sequence[Dyad]) -> Path:
    """Keep the print list, notes included; it stays with the PDF and goes nowhere else."""
    notes = {shown(dyad.code): dyad.notes for dyad in dyads}
    text = io.StringIO()
    names = [*asdict(pages[0]), "notes"]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for page in pages:
        if page.kind == "form":
            writer.writerow({**asdict(page), "notes": notes[page.dyad or ""]})
    path = side_files(pdf)[0]
    write_whole(path, text.getvalue().encode())
    return path


def listed_pages(print_list: Path) -> Iterator[PrintedPage]:
    """Read the pages of a run back from its print list, with the separators between them."""
    rows = csv.DictReader(io.StringIO(print_list.read_text(encoding="utf-8"), newline=""))
    before = 0
    for row in rows:
        page = _PAGES.validate_python({k: v for k, v in row.items() if k != "notes"})
        if page.page > before + 1:
            yield PrintedPage(page.page - 1, "separator", page.officer)
        before = page.page
        yield page


_PAGES = TypeAdapter(PrintedPage)
