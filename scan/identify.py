"""Which sheet is this? Every route from a picture to a page code, the surest first."""

from collections.abc import Mapping
from dataclasses import dataclass

from layouts.model import Layout, PageLayout
from layouts.sheetcode import MasterCode, PageCode, SheetCode, is_page_code, read_page_code
from scan.known import Frame, KnownForms
from scan.ocr import line_reader
from scan.pagecode import FoundCode, read_any_code, read_printed_code
from scan.picture import Gray, Matrix, Points
from scan.register import fit
from scan.rescue import rescued, squares_name
from scan.results import CodeRoute, Fault, PageRefused

Corners = Mapping[int, Points]
"""The corner markers found, each by its number."""

_ROUTES = (CodeRoute.ELSEWHERE, CodeRoute.FIRST, CodeRoute.SECOND)
"""By the place of a symbol on the page, 0 for anywhere else."""


@dataclass(frozen=True, slots=True)
class Identified:
    """A page whose code is known and checked, and how it became known.

    Attributes
    ----------
    code
        A `MasterCode` says which form it is; whose it is, is filled in by hand.
    """

    code: PageCode
    layout: Layout
    route: CodeRoute

    @property
    def page(self) -> PageLayout:
        """The page of the form that the code names."""
        return self.layout.pages[self.code.page - 1]


def identify(
    source: str, picture: Gray, corners: Corners, forms: KnownForms
) -> Identified | PageRefused:
    """Read the page code: a symbol, else what is left of the symbols and the printed text."""
    placed = placements(corners, forms)
    found = _symbol(picture, placed)
    if found is not None:
        return _checked(source, found, forms)
    witness = rescued(picture, placed, forms, line_reader())
    if witness.code is None:
        detail = "neither printed code could be read"
        return PageRefused(
            source, Fault.NO_CODE, f"{detail}; {witness.remark}" if witness.remark else detail
        )
    return _known(source, witness.code, witness.route, forms)


def identify_typed(
    source: str, picture: Gray, corners: Corners, forms: KnownForms, typed: SheetCode
) -> Identified | PageRefused:
    """Believe a code that a person typed, unless the page itself says another one."""
    placed = placements(corners, forms)
    found = _symbol(picture, placed)
    read = None if found is None else read_page_code(found.text, forms.key)
    other = read or squares_name(picture, placed, forms)
    if other is not None and not _may_be(other, typed):
        return _other_code(source, other)
    return _known(source, typed, CodeRoute.TYPED, forms)


def identify_symbol(
    source: str, text: str, forms: KnownForms, typed: SheetCode | None
) -> Identified | PageRefused:
    """Take the code of a symbol found on the page, or what a person typed if that fits it."""
    found = _checked(source, FoundCode(text, 0), forms)
    if typed is None or isinstance(found, PageRefused):
        return found
    if not _may_be(found.code, typed):
        return _other_code(source, found.code)
    return _known(source, typed, CodeRoute.TYPED, forms)


def _other_code(source: str, printed: PageCode) -> PageRefused:
    return PageRefused(source, Fault.NO_CODE, f"its symbol says {printed.for_people()}")


def _may_be(printed: PageCode, typed: SheetCode) -> bool:
    """Tell whether what is printed leaves room for what a person typed."""
    if isinstance(printed, MasterCode):
        return printed == MasterCode(typed.fingerprint, typed.page)
    return printed == typed


def placements(corners: Corners, forms: KnownForms) -> tuple[tuple[Frame, Matrix], ...]:
    """Fit the paper to the markers for every place where codes may stand."""
    fits = ((frame, fit(corners, frame.fiducials)) for frame in forms.frames())
    return tuple((frame, matrix) for frame, matrix in fits if matrix is not None)


def _symbol(picture: Gray, placed: tuple[tuple[Frame, Matrix], ...]) -> FoundCode | None:
    """Read a symbol where any form known has it, then anywhere."""
    for frame, matrix in placed:
        if found := read_printed_code(picture, matrix, frame.codes):
            return found
    return read_any_code(picture)


def _checked(source: str, found: FoundCode, forms: KnownForms) -> Identified | PageRefused:
    code = read_page_code(found.text, forms.key)
    if code is None:
        fault = Fault.FOREIGN_STUDY if is_page_code(found.text) else Fault.FOREIGN_CODE
        return PageRefused(source, fault)
    return _known(source, code, _ROUTES[found.place], forms)


def _known(
    source: str, code: PageCode, route: CodeRoute, forms: KnownForms
) -> Identified | PageRefused:
    page = forms.page_of(code)
    sheet = code if isinstance(code, SheetCode) else None
    if page is None or (sheet is None and page.written is None):
        return PageRefused(source, Fault.UNKNOWN_FORM, f"form {code.fingerprint}", sheet)
    return Identified(code, forms.layouts[code.fingerprint], route)
