"""A picture with fewer than three corner markers: still a page of ours, or what else it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from layouts.sheetcode import SEPARATOR_TEXT, SheetCode
from scan.corners import find_corners
from scan.identify import Corners, Identified, identify_symbol
from scan.known import KnownForms
from scan.locate import locate
from scan.pagecode import Symbol, find_symbols
from scan.picture import Gray, Matrix
from scan.results import CodeRoute, Fault, PageBlank, PageRefused

BLANK_INK = 0.004
"""A side with less ink than this is empty: a form has 20 times more."""


@dataclass(frozen=True, slots=True, eq=False)
class Unmarked:
    """A page that was found without its corner markers.

    Attributes
    ----------
    matrix
        Homography from paper to picture, which codes and ticks agree on.
    """

    found: Identified
    matrix: Matrix


def find_unmarked(
    source: str,
    picture: Gray,
    corners: Corners,
    forms: KnownForms,
    typed: SheetCode | None,
) -> Unmarked | PageRefused | PageBlank:
    """Find a page by its codes and ticks, or say why there is none.

    Parameters
    ----------
    corners
        The markers found, two at most.
    typed
        The code that a person read off the paper, if one did.
    """
    if _is_blank(picture):
        return PageBlank(source)
    symbols = find_symbols(picture)
    if any(one.text == SEPARATOR_TEXT for one in symbols):
        return PageBlank(source, is_separator=True)
    located = _located(source, picture, corners, symbols, forms, typed)
    return located or _what_else(source, picture)


def _located(
    source: str,
    picture: Gray,
    corners: Corners,
    symbols: Sequence[Symbol],
    forms: KnownForms,
    typed: SheetCode | None,
) -> Unmarked | None:
    """Lay the page that all symbols name on the picture; None if it does not fit."""
    if len({one.text for one in symbols}) != 1:
        return None
    found = identify_symbol(source, symbols[0].text, forms, typed)
    if isinstance(found, PageRefused):
        return None
    located = locate(picture, corners, symbols, found.page)
    if located is None:
        return None
    if found.route is CodeRoute.ELSEWHERE:
        route = CodeRoute.FIRST if located.has_first_code else CodeRoute.SECOND
        found = replace(found, route=route)
    return Unmarked(found, located.matrix)


def _is_blank(picture: Gray) -> bool:
    small = cv2.resize(picture, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = float(np.percentile(small, 90))
    rows, columns = small.shape
    middle = small[rows // 25 : -rows // 25, columns // 25 : -columns // 25]
    return paper > 100 and float(np.mean(middle < paper - 40)) < BLANK_INK


def _what_else(source: str, picture: Gray) -> PageRefused:
    """Tell a foreign page from one of ours that was scanned wrongly."""
    if len(find_corners(np.ascontiguousarray(picture[:, ::-1]))) >= 3:
        return PageRefused(source, Fault.MIRRORED, "scan it again the right way round")
    if len(find_corners(255 - picture)) >= 3:
        return PageRefused(source, Fault.INVERTED, "scan it again as black on white")
    return PageRefused(source, Fault.NO_MARKERS, "no page of ours, or its corners are missing")
