"""Find out whether a PDF page consists of nothing but one picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pikepdf

from scan.sources.pdf_streams import page_content

MAX_PARSED_BYTES = 1024**2
"""A page with more instructions than this is no scan; drawing it is quicker than parsing it."""

Matrix = tuple[float, float, float, float, float, float]
"""PDF's a, b, c, d, e, f: from the unit square of a picture to points on the page."""

_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_COLOURS = frozenset({"g", "G", "rg", "RG", "k", "K", "cs", "CS"})

_LINES = frozenset({"w", "J", "j", "M", "d", "i", "ri"})

_TEXT = frozenset({"BT", "ET", "Tf", "Td", "TD", "Tm", "T*", "Tc", "Tw", "Tz", "TL", "Ts"})

_MARKED = frozenset({"BMC", "EMC", "MP"})

_PAINT_NOTHING = _COLOURS | _LINES | _TEXT | _MARKED
"""Operators that set something up or only mark a part."""

_SHOW_TEXT = frozenset({"Tj", "TJ", "'", '"'})

INVISIBLE_TEXT = 3
"""Rendering mode of the text that searchable scans lay over the picture."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture object's name on a page and where it is drawn."""

    name: str
    matrix: Matrix


@dataclass(slots=True)
class _Walk:
    """The state while reading a page's instructions."""

    states: pikepdf.Object | None
    matrix: Matrix = _UNIT
    text_mode: int = 0
    saved: list[tuple[Matrix, int]] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)

    def accept(self, operator: str, operands: Sequence[pikepdf.Object]) -> bool:
        """Follow one instruction; False if it may paint or hide something."""
        match operator:
            case "q":
                self.saved.append((self.matrix, self.text_mode))
            case "Q":
                self.matrix, self.text_mode = self.saved.pop() if self.saved else (_UNIT, 0)
            case "cm":
                self.matrix = _times(_matrix(operands), self.matrix)
            case "Do":
                self.drawn.append(Drawn(str(operands[0]), self.matrix))
            case "Tr":
                self.text_mode = int(operands[0])
            case _:
                return self._changes_nothing(operator, operands)
        return True

    def _changes_nothing(self, operator: str, operands: Sequence[pikepdf.Object]) -> bool:
        if operator in _SHOW_TEXT:
            return self.text_mode == INVISIBLE_TEXT
        if operator in {"BDC", "DP"}:
            return operands[0] != pikepdf.Name.OC  # optional content may be hidden
        if operator == "gs":
            return self.states is not None and _is_plain(self.states[str(operands[0])])
        return operator in _PAINT_NOTHING


def _matrix(operands: Sequence[pikepdf.Object]) -> Matrix:
    a, b, c, d, e, f = (float(number) for number in operands)
    return a, b, c, d, e, f


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _is_plain(state: pikepdf.Object) -> bool:
    """Whether a graphics state leaves pictures opaque and unchanged."""
    return (
        state.get("/SMask", pikepdf.Name("/None")) == pikepdf.Name("/None")
        and float(state.get("/ca", 1)) == 1.0
        and state.get("/BM", pikepdf.Name.Normal) in (pikepdf.Name.Normal, pikepdf.Name.Compatible)
        and not {"/TR", "/TR2"} & set(state.keys())
    )


def only_picture(page: pikepdf.Page) -> Drawn | None:
    """Find the one picture that a page consists of.

    Invisible text, as in searchable scans, does not count. Notes and stamps that
    were laid over the page do.

    Returns
    -------
    Drawn or None
        None if the page draws anything else, nothing, or several pictures.
    """
    annotations = page.obj.get("/Annots")
    if annotations is not None and len(annotations):
        return None
    if len(page_content(page)) > MAX_PARSED_BYTES:
        return None
    walk = _Walk(page.resources.get("/ExtGState"))
    for instruction in pikepdf.parse_content_stream(page):
        if not walk.accept(str(instruction.operator), instruction.operands):  # type: ignore[arg-type]
            return None
    return walk.drawn[0] if len(walk.drawn) == 1 else None
