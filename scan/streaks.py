"""Find the lines that dirt on a scanner's glass draws along the feed, through row after row."""

import numpy as np
import numpy.typing as npt

from scan.picture import Gray, Points

LOOKS = 96
"""Lines of pixels looked at across the feed, evenly over the rows of answers."""

LEAST_DARKER = 0.035
"""Contrast of a streak against the paper on both sides, as a share of black to paper."""

SHARE = 0.55
"""A streak shows in this share of all lines; marks in one column, however tall, do not,
because a third of the page is white between the rows."""

BESIDE = 0.5
"""Paper is looked for this many radii left and right: a streak is a fine line."""

NEAR = 1.1
"""A streak this many radii from a bubble's middle runs through it or along its outline."""

PARTS, WHOLE, IN_PART = 10, 8, 0.40
"""A streak runs through the whole picture, as dirt stays where it is while paper passes: of
ten parts along the feed it shows in eight, each in this share of its lines. Simulated
streaks showed in half of every part; print that shines through ends with its lines."""

PLAIN = 0.75
"""A line across the rows that shows in so much of the answers needs no more proof: dirt may
come loose in the middle of a page. A line along the rows does: it may be one of text."""


def streak_through_bubbles(
    gray: Gray, centres_px: Points, radius_px: float, contrast: float
) -> bool:
    """Tell whether a line along the feed runs through the bubbles of a page.

    Works in the picture and not on the paper, because a streak is straight in the
    picture however crooked the paper went in; both feed directions are tried.

    Parameters
    ----------
    gray
        The picture.
    centres_px
        Middles of all answer bubbles, row after row, shape (n, 2).
    radius_px
        Their radius in the picture.
    contrast
        Grey levels from this page's black to its paper.
    """
    darker = LEAST_DARKER * contrast
    along, across = np.abs(centres_px[1] - centres_px[0])
    return _along_columns(
        gray, centres_px, radius_px, darker, crosses_rows=along > across
    ) or _along_columns(gray.T, centres_px[:, ::-1], radius_px, darker, crosses_rows=across > along)


def _along_columns(
    gray: Gray, centres_px: Points, radius_px: float, darker: float, *, crosses_rows: bool
) -> bool:
    beside = max(2, round(BESIDE * radius_px))
    room = round(2 * radius_px) + beside
    left, top = np.floor(centres_px.min(axis=0)).astype(int)
    right, bottom = np.ceil(centres_px.max(axis=0)).astype(int)
    first, last = max(beside, int(left) - room), int(right) + room
    columns = np.arange(first, min(last, gray.shape[1] - beside))
    rows = np.linspace(max(0, top), min(gray.shape[0] - 1, bottom), LOOKS).astype(int)
    share = _darker(gray, rows, columns, beside, darker).mean(axis=0)
    apart = np.abs(centres_px[:, :1] - columns[None, :]).min(axis=0)
    near = (share >= SHARE) & (apart <= NEAR * radius_px)
    if crosses_rows and (near & (share >= PLAIN)).any():
        return True
    return bool(near.any()) and _is_whole(gray, columns[near], beside, darker)


def _darker(
    gray: Gray,
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    beside: int,
    darker: float,
) -> npt.NDArray[np.bool_]:
    """Tell where a picture is darker than what is beside it, shape (rows, columns)."""
    lines = gray[rows].astype(np.int16)
    paper = np.minimum(lines[:, columns - beside], lines[:, columns + beside])
    return np.asarray(paper - lines[:, columns] > darker)


def _is_whole(gray: Gray, columns: npt.NDArray[np.int64], beside: int, darker: float) -> bool:
    """Tell whether one of several lines runs through the whole picture."""
    rows = np.linspace(0, gray.shape[0] - 1, 2 * LOOKS).astype(int)
    shown = _darker(gray, rows, columns, beside, darker)
    parts = [part.mean(axis=0) >= IN_PART for part in np.array_split(shown, PARTS)]
    return bool((np.sum(parts, axis=0) >= WHOLE).any())
