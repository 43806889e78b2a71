"""A page whose two symbols are both unreadable: what is left of them, and the printed text.

Two weak witnesses, neither of which decides on its own word:

- the *text* beside the symbols, as an OCR engine reads it, names a page only if
  the print list has exactly one entry that fits and no other comes near;
- the *squares* that are left of a symbol name the entry they resemble most,
  and only if the text, however damaged, is nearest to that same entry.

If they name different pages, or neither is sure, a person types the code.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layouts.geometry import BoxMm
from layouts.sheetcode import PageCode
from scan.codesquares import Resemblance, resemblance
from scan.codetext import TextEvidence, evidence
from scan.known import Frame, KnownForms
from scan.ocr import INSTALL, LineReader
from scan.picture import Gray, Matrix, sample
from scan.results import CodeRoute

LINE_PX = 48
"""Height of the line pictures that PP-OCR's recogniser was trained on."""

BESIDE_MM = 0.3
"""White cut out with a line, for the error of the first fit."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """What the witnesses agreed on.

    Attributes
    ----------
    code
        The entry of the print list; None if they are not sure.
    route
        Which witness named it.
    remark
        What to tell the person who has to type it.
    """

    code: PageCode | None
    route: CodeRoute
    remark: str = ""


def rescued(
    picture: Gray,
    placed: Sequence[tuple[Frame, Matrix]],
    forms: KnownForms,
    reader: LineReader | None,
) -> Rescued:
    """Find out which page of the print list a picture shows.

    Parameters
    ----------
    picture
        The page in any orientation.
    placed
        Every place where codes may stand, with the markers' fit to it.
    forms
        What the study knows; without its print list nothing is found.
    reader
        Reads a line of print; None if no OCR engine is installed.
    """
    heard = [_heard(picture, frame, matrix, forms, reader) for frame, matrix in placed]
    sure = {one.code: one for one in heard if one.code is not None}
    if len(sure) == 1:
        return next(iter(sure.values()))
    remarks = [one.remark for one in heard if one.remark]
    if reader is None:
        remarks.append(f"with {INSTALL} the printed text is read too")
    return Rescued(None, CodeRoute.TEXT, "; ".join(dict.fromkeys(remarks)))


def squares_name(
    picture: Gray, placed: Sequence[tuple[Frame, Matrix]], forms: KnownForms
) -> PageCode | None:
    """Return the one entry that what is left of the symbols clearly resembles, if any."""
    found = [
        resemblance(picture, matrix, frame.codes, forms.prints_on(frame), forms.key)
        for frame, matrix in placed
    ]
    clear = [one for one in found if one is not None and one.is_clear]
    return max(clear, key=lambda one: one.score).code if clear else None


def _heard(
    picture: Gray,
    frame: Frame,
    matrix: Matrix,
    forms: KnownForms,
    reader: LineReader | None,
) -> Rescued:
    codes = forms.prints_on(frame)
    squares = resemblance(picture, matrix, frame.codes, codes, forms.key)
    if squares is None:
        return Rescued(None, CodeRoute.TEXT)
    texts = [] if reader is None else _texts(picture, frame, matrix, reader)
    return agreed(squares if squares.is_clear else None, evidence(texts, codes))


def agreed(squares: Resemblance | None, text: TextEvidence) -> Rescued:
    """Let the two witnesses name one page, or none."""
    named = text.named()
    if squares is None:
        return Rescued(named, CodeRoute.TEXT)
    if named not in (None, squares.code):
        return Rescued(None, CodeRoute.TEXT, "the squares and the text name different sheets")
    if text.supports(squares.code):
        return Rescued(squares.code, CodeRoute.MATCHED)
    likely = f"what is left of the squares looks like {squares.code.for_people()}"
    return Rescued(None, CodeRoute.MATCHED, likely)


def _texts(picture: Gray, frame: Frame, matrix: Matrix, reader: LineReader) -> list[str]:
    return [
        " ".join(reader(line_picture(picture, matrix, line)) for line in copy)
        for copy in frame.code_texts
    ]


def line_picture(picture: Gray, matrix: Matrix, line: BoxMm) -> Gray:
    """Cut one printed line out of the picture, upright, 48 pixels high."""
    box = line.grown(BESIDE_MM)
    centre = np.array([[box.centre.x_mm, box.centre.y_mm]])
    half = (box.width_mm / 2, box.height_mm / 2)
    return np.ascontiguousarray(sample(picture, matrix, centre, half, LINE_PX / box.height_mm)[0])
