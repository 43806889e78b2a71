"""What a study's folder holds of a dyad outside its memory: print runs, old copies, anything."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pikepdf
import pypdfium2

from layouts.dyadcode import shown
from layouts.model import DyadCode
from records.plain_view import plain_view
from records.study import Study
from records.study_folder import STORE_FILE
from records.wholefiles import temporary_name, write_whole
from scan.pdfium import PDFIUM
from wamforms.tasks.print_files import side_files
from wamforms.tasks.printing import PRINT_FOLDER

_BLOCK = 1 << 20

_DIGITS = re.compile(rb"[0-9-]+")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file that still holds something of a dyad; `file` is seen from the study's folder."""

    file: str
    what: str


def clean_copies(folder: Path) -> tuple[str, ...]:
    """Delete the copies of the database that were kept when it was upgraded."""
    found = sorted(folder.glob(f"{STORE_FILE}.format-*"))
    for path in found:
        path.unlink()
    return tuple(path.name for path in found)


def clean_prints(folder: Path, code: DyadCode) -> tuple[str, ...]:
    """Take a dyad out of the print runs that lie in the study.

    Its pages in a PDF, and the separators that list it, become blank, so that all others
    stay where the print list says. Done again after an interruption, it changes nothing.

    Returns
    -------
    tuple of str
        Files that were changed.
    """
    shelf = folder / PRINT_FOLDER
    changed = []
    for pdf in sorted(shelf.glob("*.pdf")):
        numbers = _pages_of(side_files(pdf)[0], code)
        if numbers:
            _blank(pdf, numbers)
            changed.append(pdf.name)
    for path in sorted(shelf.glob("*.csv")):  # after the PDFs: the print list is their index
        if _without(path, code):
            changed.append(path.name)
    return tuple(changed)


def leftovers(study: Study, code: DyadCode, digests: Collection[str]) -> tuple[Leftover, ...]:
    """Look through every file of a study's folder for a dyad's code and for its pictures.

    Parameters
    ----------
    study : Study
        Open; what it has encrypted is decrypted to look at it.
    code : DyadCode
        Looked for as printed and as stored, in names, bytes, PDF text and ZIP files.
    digests : collection of str
        SHA-256 of its pictures; looked for as text, and as the digest of a file.
    """
    words = [word.encode() for word in (code, shown(code), *digests)]
    found = []
    for path in sorted(one for one in study.folder.rglob("*") if one.is_file()):
        name = path.relative_to(study.folder).as_posix()
        found += [Leftover(name, what) for what in _held(study, path, words, digests)]
    return tuple(found)


def _held(
    study: Study, path: Path, words: Sequence[bytes], digests: Collection[str]
) -> Iterator[str]:
    if _mentions(io.BytesIO(path.name.encode()), words):
        yield "its name holds the code"
    opened = plain_view(study, path)
    if opened is None:
        yield "is encrypted with another key, so nobody can tell what is in it"
        return
    with opened as file:
        if _mentions(file, words):
            yield "holds the code, or the digest of a picture"
        file.seek(0)
        if _digest(file) in digests:
            yield "is a picture of a sheet"
    yield from _unpacked(path, words)


def _unpacked(path: Path, words: Sequence[bytes]) -> Iterator[str]:
    """Look into files that pack what they hold."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    if _mentions(member, words):
                        yield f"{name} in it holds the code, or the digest of a picture"
    elif path.suffix.lower() == ".pdf" and _in_text(path, words):
        yield "holds the code on a page"


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _mentions(file: IO[bytes], words: Sequence[bytes]) -> bool:
    """Look for words in any capitals, also where they run from one block into the next."""
    longest = max(map(len, words)) + 2  # with what stands before and behind
    before = b""
    wanted = [word.upper() for word in words]
    while block := file.read(_BLOCK):
        text = (before + block).upper()
        if any(_stands_in(text, word) for word in wanted):
            return True
        before = text[-longest:]
    return any(before.endswith(word) and _stands_in(before + b" ", word) for word in wanted)


def _stands_in(text: bytes, word: bytes) -> bool:
    """Tell whether a word stands in a text, and more of the text behind it.

    A code may be all digits. Inside a longer number, such as 0000000120 in a PDF, or behind
    the point of a fraction it is nobody's.
    """
    if word not in text:
        return False
    if not _DIGITS.fullmatch(word):
        return True
    return re.search(rb"(?<![0-9.])" + re.escape(word) + rb"(?=[^0-9])", text) is not None


def _in_text(path: Path, words: Sequence[bytes]) -> bool:
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError:
            return False  # its bytes were looked through already
        try:
            texts = (page.get_textpage().get_text_bounded() for page in document)
            return any(_mentions(io.BytesIO(text.encode()), words) for text in texts)
        finally:
            document.close()


def _pages_of(print_list: Path, code: DyadCode) -> tuple[int, ...]:
    """Return the pages of a print run that name a dyad, from 1: its forms and its separator."""
    if not print_list.is_file():
        return ()
    rows = list(csv.DictReader(io.StringIO(_text(print_list), newline="")))
    mine = [row for row in rows if row["dyad"] == shown(code)]
    officers = {row["officer"] for row in mine}
    separators = {
        min(int(row["page"]) for row in rows if row["officer"] == officer) - 1
        for officer in officers
    }
    return tuple(sorted({int(row["page"]) for row in mine} | separators))


def _blank(path: Path, numbers: Iterable[int]) -> None:
    with _replaced(path) as part, pikepdf.open(path) as pdf:
        for number in numbers:
            page = pdf.pages[number - 1]
            for key in ("/Contents", "/Resources", "/Annots"):
                if key in page:
                    del page[key]
        pdf.save(part)


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """Lend a name for the new content of a file, and put it there in one step."""
    part = path.parent / temporary_name()
    try:
        yield part
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(path)


def _without(path: Path, code: DyadCode) -> bool:
    """Take the lines that name a dyad out of a table; tell whether there were any."""
    rows = list(csv.reader(io.StringIO(_text(path), newline="")))
    words = [word.encode() for word in (code, shown(code))]
    kept = [
        row for row in rows if not any(_mentions(io.BytesIO(cell.encode()), words) for cell in row)
    ]
    if len(kept) == len(rows):
        return False
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(kept)
    write_whole(path, text.getvalue().encode())
    return True


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", errors="replace")
