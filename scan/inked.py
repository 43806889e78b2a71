"""All bubbles of a page that lies where it should: cut out, freed from streaks, measured."""

from dataclasses import dataclass

import numpy as np

from layouts.model import ExampleKind, Layout, PageLayout
from scan.bubbles import cut_bubbles
from scan.joins import joins
from scan.light import Light, light_on
from scan.measure import Ink, Measures, Values, ink_of, measure
from scan.picture import MM_PER_INCH, Gray, to_px
from scan.register import Placement
from scan.streaks import Streak, streaks_through_bubbles, without_streaks
from scan.witness.looks import Reals, looks_of
from scan.witness.network import network

LEAST_BLACK = 0.5
"""Ink that the filled example must show at least to say what black looks like."""


@dataclass(frozen=True, slots=True, eq=False)
class Inked:
    """What was measured on a page.

    Attributes
    ----------
    picture
        The page, freed from streaks.
    light
        How bright its paper is.
    joins
        Lines from bubble to bubble, shape (answers,): `scan.joins`.
    witness
        What the second witness makes of each row, shape (rows, bubbles + 1).
    contrast
        Grey levels from the black of the page's print to its paper.
    has_black
        Whether the printed filled example is there to say what black is.
    was_streaked
        Whether a streak ran through the answers.
    """

    picture: Gray
    light: Light
    measures: Measures
    joins: Values
    witness: Reals
    contrast: float
    has_black: bool
    was_streaked: bool


def inked(picture: Gray, layout: Layout, page: PageLayout, placement: Placement) -> Inked | None:
    """Measure all bubbles; None if streaks run through them that cannot be taken off surely."""
    light, ink = _ink(picture, layout, page, placement)
    streaks = _streaks(picture, page, placement, ink.contrast)
    if streaks:
        radius_px = page.groups[0].bubbles[0].radius_mm * _per_mm(placement)
        clean = without_streaks(picture, streaks, radius_px)
        if clean is None or _streaks(clean, page, placement, ink.contrast):
            return None
        picture = clean
        light, ink = _ink(clean, layout, page, placement)
    measures = measure(ink)
    rows = len(page.groups)
    answers = sum(len(group.bubbles) for group in page.groups)
    witness = network().odds(looks_of(ink.share[:answers]), rows)
    lines = joins(picture, page, placement, ink, measures.fill[:answers])
    has_black = bool(measures.fill[_filled_example(page)] >= LEAST_BLACK)
    return Inked(
        *(picture, light, measures, lines, witness), ink.contrast, has_black, bool(streaks)
    )


def _ink(
    picture: Gray, layout: Layout, page: PageLayout, placement: Placement
) -> tuple[Light, Ink]:
    light = light_on(picture, sum(placement.dpi()) / 2)
    patches = cut_bubbles(picture, light, layout, page, placement)
    return light, ink_of(patches, page.groups[0].bubbles[0].radius_mm, _filled_example(page))


def _filled_example(page: PageLayout) -> int:
    """Tell which of a page's patches is the filled example, counted from the end."""
    kinds = [example.kind for example in page.examples]
    return kinds.index(ExampleKind.FILLED) - len(kinds)


def _streaks(
    picture: Gray, page: PageLayout, placement: Placement, contrast: float
) -> tuple[Streak, ...]:
    bubbles = [bubble for group in page.groups for bubble in group.bubbles]
    centres = np.array([[one.centre.x_mm, one.centre.y_mm] for one in bubbles])
    places = to_px(placement.matrix, placement.bent(centres))
    radius_px = bubbles[0].radius_mm * _per_mm(placement)
    return streaks_through_bubbles(picture, places, radius_px, contrast)


def _per_mm(placement: Placement) -> float:
    return sum(placement.dpi()) / 2 / MM_PER_INCH
