"""Find the lines that dirt on a scanner's glass draws along the feed, through row after row."""

import numpy as np

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
        Middles of all answer bubbles, shape (n, 2).
    radius_px
        Their radius in the picture.
    contrast
        Grey levels from this page's black to its paper.
    """
    darker = LEAST_DARKER * contrast
    return _along_columns(gray, centres_px, radius_px, darker) or _along_columns(
        gray.T, centres_px[:, ::-1], radius_px, darker
    )


def _along_columns(gray: Gray, centres_px: Points, radius_px: float, darker: float) -> bool:
    beside = max(2, round(BESIDE * radius_px))
    room = round(2 * radius_px) + beside
    left, top = np.floor(centres_px.min(axis=0)).astype(int)
    right, bottom = np.ceil(centres_px.max(axis=0)).astype(int)
    first = max(0, int(left) - room)
    rows = np.linspace(max(0, top), min(gray.shape[0] - 1, bottom), LOOKS).astype(int)
    lines = gray[rows, first : int(right) + room].astype(np.int16)
    paper = np.minimum(lines[:, : -2 * beside], lines[:, 2 * beside :])
    share = np.mean(paper - lines[:, beside:-beside] > darker, axis=0)
    found = np.flatnonzero(share >= SHARE) + first + beside
    if not len(found):
        return False
    apart = np.abs(centres_px[:, :1] - found[None, :])
    return bool((apart <= NEAR * radius_px).any())
