"""The date in the comb boxes: six digits, each read by itself, and then held against the calendar.

The calendar checks and never corrects: a digit is not more likely because it
would make a day.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from layouts.geometry import BoxMm
from scan.date_reading import DateDoubt, DateReading
from scan.digits.recogniser import Guess, recogniser
from scan.digits.shape import Shares, is_empty, shape_of
from scan.picture import Gray, Points, sample
from scan.register import Placement

PER_MM = 10.0
"""Resolution in which the boxes are looked at: that of a scan of 250 dpi."""

FRAME_MM = 0.6
"""Cut off along every side: the printed frame and the error of the fit."""

PAPER_SHARE = 0.75
"""Paper is the level that a quarter of a box's pixels exceed: a digit takes a fifth."""

CENTURY = 2000
"""Printed before the year."""


def read_date(
    picture: Gray, boxes: tuple[BoxMm, ...], placement: Placement, contrast: float
) -> DateReading | None:
    """Read the date on a page; None if it has no boxes for one.

    Parameters
    ----------
    picture
        The page.
    boxes
        Comb boxes of the day, the month and the year, two digits each.
    placement
        Where the paper lies in the picture.
    contrast
        Grey levels from the black of the page's print to its paper.
    """
    if not boxes:
        return None
    inks = [_ink(patch, contrast) for patch in _patches(picture, boxes, placement)]
    return date_of([_guessed(ink) for ink in inks])


def date_of(guesses: Sequence[Guess | None]) -> DateReading:
    """Make a date of six guesses, None for each empty box."""
    digits = tuple(None if one is None else one.digit for one in guesses)
    confidence = tuple(1.0 if one is None else round(one.confidence, 4) for one in guesses)
    if not any(guesses):
        return DateReading(digits, confidence, None, None)
    if not all(guesses):
        return DateReading(digits, confidence, None, DateDoubt.PARTLY)
    if not all(one is not None and one.is_sure for one in guesses):
        return DateReading(digits, confidence, None, DateDoubt.DIGIT)
    found = day_of("".join(map(str, digits)))
    doubt = DateDoubt.IMPOSSIBLE if found is None else None
    return DateReading(digits, confidence, found, doubt)


def day_of(digits: str) -> str | None:
    """Turn `231126` into `2026-11-23`; None if there is no such day."""
    try:
        day = date(CENTURY + int(digits[4:6]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return None
    return day.isoformat()


def box_places(boxes: tuple[BoxMm, ...], placement: Placement) -> Points:
    """Find the middles of the boxes where the paper is bent; shape (n, 2)."""
    centres = np.array([[box.centre.x_mm, box.centre.y_mm] for box in boxes])
    return placement.bent(centres)


def _patches(picture: Gray, boxes: tuple[BoxMm, ...], placement: Placement) -> Gray:
    half = (boxes[0].width_mm / 2 - FRAME_MM, boxes[0].height_mm / 2 - FRAME_MM)
    places = box_places(boxes, placement)
    return sample(picture, placement.matrix, places, half, PER_MM)


def _ink(patch: Gray, contrast: float) -> Shares:
    """Turn grey levels into ink on the scale of this page."""
    paper = float(np.quantile(patch, PAPER_SHARE))
    share = (paper - patch.astype(np.float32)) / np.float32(contrast)
    return np.asarray(np.clip(share, 0.0, 1.0), dtype=np.float32)


def _guessed(ink: Shares) -> Guess | None:
    if is_empty(ink):
        return None
    shape = shape_of(ink)
    return Guess(None, 0.0) if shape is None else recogniser().guess(shape)
