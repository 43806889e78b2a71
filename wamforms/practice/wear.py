"""What else happens to a sheet between the pen and the scanner, each from 0 to 1.

0 leaves the sheet as it is; 1 is about the worst that anybody still feeds in.
"""

from dataclasses import astuple, dataclass

import numpy as np

from wamforms.practice.crumple import Bend, crumple
from wamforms.practice.ink import Gray
from wamforms.practice.losses import (
    cut_all_corners,
    cut_margin,
    lose_corner,
    lose_two_corners,
    overlap,
    punch_corners,
    staple,
)
from wamforms.practice.overlays import bleed_through, coffee, moire


@dataclass(frozen=True, slots=True)
class Wear:
    """How badly a sheet was treated, each from 0 (not at all) to 1.

    Attributes
    ----------
    crumple
        Crumpled and flattened: bends to 0.4 mm, shaded facets, creases.
    bleed_through
        A printed page shines through from the back.
    coffee
        A ring of a cup, right through the answers.
    staple
        A staple in a corner, its shadow and the dog-ear it leaves.
    holes
        Punch holes beside or in the corner markers.
    moire
        The interference of a copier's screen with the scanner's cells.
    cut
        A strip of up to 14 mm missing along one side.
    corner
        A torn-off corner that takes its marker along.
    overlap
        A second form lies on up to half of the page.
    two_corners
        Two corners torn off like `corner`.
    all_corners
        All four corners cut off, and the markers with them.
    """

    crumple: float = 0.0
    bleed_through: float = 0.0
    coffee: float = 0.0
    staple: float = 0.0
    holes: float = 0.0
    moire: float = 0.0
    cut: float = 0.0
    corner: float = 0.0
    overlap: float = 0.0
    two_corners: float = 0.0
    all_corners: float = 0.0

    def __post_init__(self) -> None:
        """Refuse severities that mean nothing; these are bugs, not user errors."""
        if not all(0.0 <= one <= 1.0 for one in astuple(self)):
            raise ValueError("wear goes from 0 to 1")


UNWORN = Wear()
"""A sheet that nothing happened to."""


def wear_paper(
    page: Gray, px_per_mm: float, wear: Wear, backdrop: int, rng: np.random.Generator
) -> Bend | None:
    """Treat a sheet in place before it is copied; tell how it bent, None if it did not."""
    bent = crumple(page, px_per_mm, wear.crumple, rng) if wear.crumple else None
    if wear.bleed_through:
        bleed_through(page, px_per_mm, wear.bleed_through, rng)
    if wear.coffee:
        coffee(page, px_per_mm, wear.coffee, rng)
    if wear.holes:
        punch_corners(page, px_per_mm, wear.holes, backdrop, rng)
    if wear.staple:
        staple(page, px_per_mm, wear.staple, rng)
    return bent


def wear_copy(
    page: Gray, px_per_mm: float, wear: Wear, backdrop: int, rng: np.random.Generator
) -> None:
    """Do in place what happens at or after the copier: moire, lost parts, a second sheet."""
    if wear.moire:
        moire(page, px_per_mm, wear.moire, rng)
    if wear.cut:
        cut_margin(page, px_per_mm, wear.cut, backdrop, rng)
    if wear.corner:
        lose_corner(page, px_per_mm, wear.corner, backdrop, rng)
    if wear.two_corners:
        lose_two_corners(page, px_per_mm, wear.two_corners, backdrop, rng)
    if wear.all_corners:
        cut_all_corners(page, px_per_mm, wear.all_corners, backdrop)
    if wear.overlap:
        overlap(page, px_per_mm, wear.overlap, rng)
