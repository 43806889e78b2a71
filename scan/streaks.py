"""Find the lines that dirt on a scanner's glass draws along the feed, through row after row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from scan.picture import Gray, Points

Whole = npt.NDArray[np.int64]

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


JOINED_PX = 2
"""Lines of pixels with at most this gap between them are one streak."""

MOST_WIDTH = 0.2
"""A streak wider than this many radii, 0.5 mm, may hide a mark."""

LEAST_LIGHT = 0.45
"""Share of the light that dirt must let through, so that a mark under it still shows."""

STEADY = 0.06
"""Dirt takes the same share of light from line to line, up to the noise of a scan."""


@dataclass(frozen=True, slots=True)
class Streak:
    """A line along the feed through the bubbles of a page.

    Attributes
    ----------
    first, last
        Its first and last column of pixels; rows, if it is not upright.
    is_upright
        Whether it runs along the columns of the picture.
    is_whole
        Whether it runs through the whole picture.
    """

    first: int
    last: int
    is_upright: bool
    is_whole: bool


def streaks_through_bubbles(
    gray: Gray, centres_px: Points, radius_px: float, contrast: float
) -> tuple[Streak, ...]:
    """Find the lines along the feed that run through the bubbles of a page.

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
    sideways = _Look(gray.T, centres_px[:, ::-1], radius_px, darker)
    return (
        *_found(_Look(gray, centres_px, radius_px, darker), True, crosses_rows=along > across),
        *_found(sideways, False, crosses_rows=across > along),
    )


def without_streaks(gray: Gray, streaks: Sequence[Streak], radius_px: float) -> Gray | None:
    """Give back the light that dirt on the glass took; None if that is not certain.

    What lies under a streak is kept: light is multiplied, nothing is painted over.
    """
    clean = gray.copy()
    for one in streaks:
        is_narrow = one.last - one.first < MOST_WIDTH * radius_px
        if not (
            one.is_whole and is_narrow and _lightened(clean if one.is_upright else clean.T, one)
        ):
            return None
    return clean


def _lightened(gray: Gray, streak: Streak) -> bool:
    """Lighten one streak in place; tell whether it is as pale and as steady as it must be."""
    edge = 2
    first, last = streak.first - edge, streak.last + edge
    if first < 1 or last + 1 >= gray.shape[1]:
        return False
    lines = gray[:, first : last + 1].astype(np.float64)
    paper = np.maximum((gray[:, first - 1].astype(np.float64) + gray[:, last + 1]) / 2, 1.0)
    shares = lines / paper[:, None]
    light = np.median(shares, axis=0)
    spread = 1.48 * np.median(np.abs(shares - light), axis=0)
    if light.min() < LEAST_LIGHT or spread.max() > STEADY:
        return False
    gray[:, first : last + 1] = np.rint(np.minimum(lines / np.minimum(light, 1.0), 255.0))
    return True


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A picture in which streaks would be upright, with what is known of its page."""

    gray: Gray
    centres_px: Points
    radius_px: float
    darker: float

    @property
    def beside(self) -> int:
        return max(2, round(BESIDE * self.radius_px))

    def shown(self, rows: Whole, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Tell where the picture is darker than what is beside it.

        Returns
        -------
        array of bool
            Shape (rows, columns), of the columns from `first` to `last`, both included.
        """
        lines = self.gray[rows, first - self.beside : last + self.beside + 1]
        here = slice(self.beside, -self.beside)
        paper = np.minimum(lines[:, : -2 * self.beside], lines[:, 2 * self.beside :])
        return np.asarray(cv2.subtract(paper, lines[:, here]) > int(self.darker))


def _found(look: _Look, is_upright: bool, *, crosses_rows: bool) -> Iterator[Streak]:
    room = round(2 * look.radius_px) + look.beside
    left, top = np.floor(look.centres_px.min(axis=0)).astype(int)
    right, bottom = np.ceil(look.centres_px.max(axis=0)).astype(int)
    height, width = look.gray.shape
    first, end = max(look.beside, int(left) - room), min(int(right) + room, width - look.beside)
    if end <= first:
        return
    columns = np.arange(first, end)
    rows = np.linspace(max(0, top), min(height - 1, bottom), LOOKS).astype(int)
    share = np.count_nonzero(look.shown(rows, first, end - 1), axis=0) / LOOKS
    lines = np.flatnonzero(share >= SHARE)
    for line in np.split(lines, np.flatnonzero(np.diff(lines) > JOINED_PX) + 1):
        if not len(line) or not _is_near(look, columns[line]):
            continue
        is_whole = _is_whole(look, columns[line])
        if is_whole or (crosses_rows and share[line].max() >= PLAIN):
            yield Streak(int(columns[line[0]]), int(columns[line[-1]]), is_upright, is_whole)


def _is_near(look: _Look, columns: Whole) -> bool:
    apart = np.abs(look.centres_px[:, :1] - columns[None, :])
    return bool((apart <= NEAR * look.radius_px).any())


def _is_whole(look: _Look, columns: Whole) -> bool:
    """Tell whether one of several lines side by side runs through the whole picture."""
    rows = np.linspace(0, look.gray.shape[0] - 1, 2 * LOOKS).astype(int)
    first, last = int(columns[0]), int(columns[-1])
    shown = look.shown(rows, first, last)[:, columns - first]
    parts = [part.mean(axis=0) >= IN_PART for part in np.array_split(shown, PARTS)]
    return bool((np.sum(parts, axis=0) >= WHOLE).any())
