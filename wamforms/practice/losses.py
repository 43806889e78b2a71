"""What takes parts of a sheet away or hides them: staples, holes, scissors, other sheets.

All functions change a page in place; severities go from 0 (nothing) to 1.
Corners are where forms carry their markers, 14 mm from the edges.
"""

import cv2
import numpy as np

from wamforms.practice.ink import Gray

HOLE_MM = 6.0
"""Diameter of a punch hole (ISO 838)."""

STAPLE_MM = 12.0
"""Width of an office staple (24/6)."""

MOST_CUT_MM = 14.0
"""A strip that scissors or a scanner's edge takes; more is another page size."""

CORNER_MM = 14.0
"""Distance of the middle of a corner marker from both edges, as forms are drawn."""


def _corner(page: Gray, px_per_mm: float, number: int, inset_mm: float) -> tuple[float, float]:
    """Say where the point `inset_mm` from both edges of corner 0 to 3 lies, in pixels."""
    rows, columns = page.shape
    inset = inset_mm * px_per_mm
    return (
        columns - inset if number in (1, 2) else inset,
        rows - inset if number in (2, 3) else inset,
    )


def staple(page: Gray, px_per_mm: float, severity: float, rng: np.random.Generator) -> None:
    """Staple a corner: a shiny wire, its shadow, and the crease where pages were leafed over."""
    x, y = _corner(page, px_per_mm, int(rng.integers(4)), float(rng.uniform(9.0, 18.0)))
    angle = np.deg2rad(rng.choice((0.0, 45.0, -45.0)) + rng.normal(0.0, 8.0))
    arm = np.array([np.cos(angle), np.sin(angle)]) * STAPLE_MM / 2 * px_per_mm
    middle = np.array([x, y])
    wire_px = max(1, round(0.5 * px_per_mm))
    layer = np.zeros(page.shape, np.uint8)
    below = np.array([0.5, 0.8]) * px_per_mm
    ends = [tuple(np.rint(middle + side * arm + below).astype(int).tolist()) for side in (-1, 1)]
    cv2.line(layer, ends[0], ends[1], 255, round(2.2 * wire_px), cv2.LINE_AA)
    layer = np.asarray(cv2.GaussianBlur(layer, (0, 0), 0.45 * px_per_mm), np.uint8)
    page[...] = np.rint(page * (1.0 - layer.astype(np.float32) / 255 * np.float32(0.6 * severity)))
    wire = page.copy()
    ends = [tuple(np.rint(middle + side * arm).astype(int).tolist()) for side in (-1, 1)]
    cv2.line(wire, ends[0], ends[1], 120, wire_px, cv2.LINE_AA)
    cv2.line(wire, ends[0], ends[1], 235, max(1, wire_px // 3), cv2.LINE_AA)
    cv2.addWeighted(wire, severity, page, 1.0 - severity, 0.0, dst=page)


def punch_corners(
    page: Gray, px_per_mm: float, severity: float, backdrop: int, rng: np.random.Generator
) -> None:
    """Punch one or two holes near corner markers; the worse, the nearer to their middles."""
    corners = rng.permutation(4)[: int(rng.integers(1, 3))]
    away_mm = 11.0 - 7.0 * severity
    for number in corners.tolist():
        x, y = _corner(page, px_per_mm, number, CORNER_MM)
        angle = rng.uniform(0, 2 * np.pi)
        place = (
            round(x + away_mm * px_per_mm * float(np.cos(angle))),
            round(y + away_mm * px_per_mm * float(np.sin(angle))),
        )
        radius = round(HOLE_MM / 2 * px_per_mm)
        cv2.circle(page, place, radius, min(backdrop, 238), -1, cv2.LINE_AA)
        cv2.ellipse(page, place, (radius, radius), 0, 150, 330, 150, 2, cv2.LINE_AA)


def cut_margin(
    page: Gray, px_per_mm: float, severity: float, backdrop: int, rng: np.random.Generator
) -> None:
    """Cut a strip off one side, a little aslant."""
    side = int(rng.integers(4))
    rows, columns = page.shape
    width = MOST_CUT_MM * severity * px_per_mm
    start, end = width * rng.uniform(0.8, 1.0, 2)
    length = rows if side % 2 else columns
    strip = np.array([[-9, -9], [length + 9, -9], [length + 9, end], [-9, start]])
    if side == 1:
        strip = np.stack([columns - 1 - strip[:, 1], strip[:, 0]], axis=1)
    elif side == 2:
        strip = np.stack([strip[:, 0], rows - 1 - strip[:, 1]], axis=1)
    elif side == 3:
        strip = strip[:, ::-1]
    points = np.rint(strip).astype(np.int32)[:, None, :]
    cv2.fillPoly(page, [points], backdrop, cv2.LINE_AA)


def lose_corner(
    page: Gray, px_per_mm: float, severity: float, backdrop: int, rng: np.random.Generator
) -> None:
    """Tear a corner off so far in that its marker is damaged or goes along."""
    _tear_off(page, px_per_mm, int(rng.integers(4)), severity, backdrop, rng)


def lose_two_corners(
    page: Gray, px_per_mm: float, severity: float, backdrop: int, rng: np.random.Generator
) -> None:
    """Tear two of the four corners off, as far as `lose_corner` does."""
    for number in rng.permutation(4)[:2].tolist():
        _tear_off(page, px_per_mm, number, severity, backdrop, rng)


def cut_all_corners(page: Gray, px_per_mm: float, severity: float, backdrop: int) -> None:
    """Cut all four corners off with scissors: always the markers' outer half at least.

    At the worst the cut passes close by the printed codes.
    """
    rows, columns = page.shape
    leg = (22.0 + 8.0 * severity) * px_per_mm
    for x, y in ((0, 0), (columns, 0), (columns, rows), (0, rows)):
        inward = np.sign(columns / 2 - x), np.sign(rows / 2 - y)
        outline = np.array([[x, y], [x + leg * inward[0], y], [x, y + leg * inward[1]]])
        cv2.fillPoly(page, [np.rint(outline).astype(np.int32)[:, None, :]], backdrop, cv2.LINE_AA)


def _tear_off(
    page: Gray,
    px_per_mm: float,
    number: int,
    severity: float,
    backdrop: int,
    rng: np.random.Generator,
) -> None:
    # The marker's middle lies on the tear for legs of 28 mm; 40 mm take all of it.
    across, down = (14.0 + 26.0 * severity) * rng.uniform(0.85, 1.15, 2)
    t = np.linspace(0.0, 1.0, 15)
    ragged = rng.normal(0.0, 0.8, (15, 2)).cumsum(axis=0) * 0.5
    edge = np.stack([across * (1 - t), down * t], axis=1) + ragged * np.sin(np.pi * t)[:, None]
    outline = np.vstack([[-5.0, -5.0], [across, -5.0], edge, [-5.0, down]]) * px_per_mm
    x, y = _corner(page, px_per_mm, number, 0.0)
    outline[:, 0] = x - outline[:, 0] if number in (1, 2) else outline[:, 0]
    outline[:, 1] = y - outline[:, 1] if number in (2, 3) else outline[:, 1]
    points = np.rint(outline).astype(np.int32)[:, None, :]
    cv2.fillPoly(page, [points], backdrop, cv2.LINE_AA)
    cv2.polylines(page, [points[2:-1]], False, 190, max(1, round(0.3 * px_per_mm)), cv2.LINE_AA)


def overlap(page: Gray, px_per_mm: float, severity: float, rng: np.random.Generator) -> None:
    """Let a second form lie on part of the page, as when a feeder pulls two at once.

    The second looks like the first; it covers up to half of the page from any
    side, with its own edge, markers and codes.
    """
    rows, columns = page.shape
    way = np.array([(0, 1), (0, -1), (1, 0), (-1, 0)][int(rng.integers(4))], np.float64)
    off = way * np.array([columns, rows]) * (1.0 - severity * rng.uniform(0.3, 0.5))
    middle = (columns / 2, rows / 2)
    turn = np.asarray(cv2.getRotationMatrix2D(middle, float(rng.normal(0.0, 1.5)), 1.0), np.float64)
    turn[:, 2] += off + way[::-1] * rng.normal(0.0, 4.0) * px_per_mm
    other = cv2.warpAffine(page, turn, (columns, rows), borderValue=(255,))
    sheet = cv2.warpAffine(np.full_like(page, 255), turn, (columns, rows), borderValue=(0,))
    shadow = cv2.GaussianBlur(sheet, (0, 0), 1.2 * px_per_mm).astype(np.float32) / 255
    page[...] = np.rint(page * (1.0 - 0.35 * shadow))
    np.copyto(page, other, where=sheet > 127)
