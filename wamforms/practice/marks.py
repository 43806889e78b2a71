"""Marks as people put them into, over and beside answer bubbles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from layouts.geometry import PointMm
from wamforms.practice.pens import Hand, Pen
from wamforms.practice.strokes import Points, Stroke, along, line, zigzag


class MarkKind(StrEnum):
    """The shape of a mark."""

    CROSS = "cross"
    BIG_CROSS = "big cross"
    TICK = "tick"
    DASH = "dash"
    FILL = "fill"
    SLOPPY_FILL = "sloppy fill"
    SCRIBBLE = "scribble"
    DOT = "dot"
    CIRCLE = "circle"
    FAINT_CROSS = "faint cross"
    FAINT_FILL = "faint fill"
    TOUCH = "touch"
    STRAY = "stray"


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """What one pen left in one place.

    Attributes
    ----------
    texture
        Seed of the grain, so that a mark looks the same each time it is drawn.
    strength
        Share of the ink still there; below 1 after rubbing out.
    smear_mm
        How far it was smeared.
    """

    kind: MarkKind
    pen: Pen
    strokes: tuple[Stroke, ...]
    texture: int
    strength: float = 1.0
    smear_mm: float = 0.0

    def rubbed_out(self, rng: np.random.Generator) -> "Mark":
        """Return the trace an eraser leaves of it."""
        return replace(
            self,
            strength=float(rng.uniform(0.05, 0.18)),
            smear_mm=float(rng.uniform(0.1, 0.35)),
        )


def draw(
    kind: MarkKind, centre: PointMm, radius_mm: float, hand: Hand, rng: np.random.Generator
) -> Mark:
    """Put a mark of a kind on the bubble at `centre`, as that hand would."""
    aim = np.array([centre.x_mm, centre.y_mm]) + _miss(kind, hand, rng) * radius_mm
    if kind in (MarkKind.FAINT_CROSS, MarkKind.FAINT_FILL):  # dry, or hardly pressed
        hand = replace(hand, pen=hand.pen.faded(float(rng.uniform(0.28, 0.5))))
    strokes = tuple(
        replace(stroke, points_mm=stroke.points_mm + aim)
        for stroke in _SHAPES[kind](radius_mm, hand, rng)
    )
    return Mark(kind, hand.pen, strokes, texture=int(rng.integers(2**31)))


def _miss(kind: MarkKind, hand: Hand, rng: np.random.Generator) -> Points:
    """Say how far from the middle it lands, in radii; nobody misses a bubble by half."""
    spread = 0.04 + 0.14 * hand.sloppiness
    if kind in (MarkKind.FILL, MarkKind.FAINT_FILL):
        spread *= 0.5
    return np.clip(rng.normal(0.0, spread, 2), -0.4, 0.4)


def _turned(points: Points, degrees: float) -> Points:
    angle = np.deg2rad(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[cosine, sine], [-sine, cosine]]), np.float64)


def _crossed(reach: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Cross two strokes near the middle, at times joined by a pen not quite lifted."""
    strokes = []
    for slope in (1.0, -1.0):
        arm = reach * rng.uniform(0.85, 1.12, 2)
        angle = hand.lean_deg + rng.normal(0.0, 4.0 + 9.0 * hand.sloppiness)
        ends = np.array([[-arm[0], -slope * arm[0]], [arm[1], slope * arm[1]]]) / np.sqrt(2.0)
        ends = _turned(ends, angle) + rng.normal(0.0, 0.08 * hand.sloppiness, 2) * reach
        strokes.append(line(ends[0], ends[1], hand, rng))
    if rng.random() < 0.35 * hand.sloppiness:
        light = replace(hand, pressure=hand.pressure * rng.uniform(0.25, 0.7))
        joint = line(strokes[0].points_mm[-1], strokes[1].points_mm[0], light, rng)
        strokes.insert(1, joint)
    return strokes


def _cross(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    reach = min(hand.size * rng.uniform(0.72, 1.0), 1.15)
    return _crossed(radius_mm * reach, hand, rng)


def _big_cross(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    return _crossed(radius_mm * rng.uniform(1.15, 1.6), hand, rng)


def _tick(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Down into the bubble, round a soft corner, and out to the upper right."""
    low = np.array([rng.uniform(-0.25, 0.05), rng.uniform(0.35, 0.7)])
    start = low - np.array([rng.uniform(0.3, 0.65), rng.uniform(0.35, 0.75)])
    end = low + np.array([rng.uniform(0.7, 1.25), -rng.uniform(1.0, 1.7)]) * hand.size
    turn = np.linspace(0.0, 1.0, 5)[:, None]
    before, after = low + 0.15 * (start - low), low + 0.12 * (end - low)
    corner = (1 - turn) ** 2 * before + 2 * turn * (1 - turn) * low + turn**2 * after
    path = np.concatenate(([start], corner, [end])) * radius_mm
    return [along(_turned(path, hand.lean_deg), hand, rng)]


def _dash(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    arm = radius_mm * rng.uniform(0.55, 1.05, 2) * hand.size
    ends = np.array([[-arm[0], 0.0], [arm[1], 0.0]])
    ends = _turned(ends, rng.normal(-6.0, 5.0 + 8.0 * hand.sloppiness))
    return [line(ends[0], ends[1], hand, rng)]


def _hatched(half_mm: Points, gap_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Go back and forth over an ellipse; the turns overshoot as they do when one is quick."""
    levels = np.arange(-half_mm[1] + gap_mm / 2, half_mm[1], gap_mm)
    levels = levels + rng.normal(0.0, 0.12, len(levels)) * gap_mm
    room = np.clip(1.0 - (levels / half_mm[1]) ** 2, 0.06, 1.0)
    spill = 1.0 + rng.normal(0.0, 0.03 + 0.10 * hand.sloppiness, len(levels))
    sides = half_mm[0] * np.sqrt(room) * spill
    sides[1::2] *= -1.0
    angle = rng.choice([-35.0, -50.0, 5.0, 60.0]) + rng.normal(0.0, 12.0)
    corners = _turned(np.stack([sides, levels], axis=1), angle)
    return zigzag(corners, hand, rng)


def _spiral(reach_mm: float, gap_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Go round and round between rim and middle, each turn a little beside the last."""
    turns = max(1.0, reach_mm / gap_mm)
    count = int(10 * turns) + 8
    t = np.linspace(0.0, 1.0, count)
    knots = np.linspace(0.0, 1.0, int(2 * turns) + 3)
    unsteady = 0.02 + 0.13 * (t * hand.sloppiness + t * (1.0 - t))
    away, across, down = (
        np.interp(t, knots, rng.normal(0.0, 1.0, len(knots))) * unsteady for _ in range(3)
    )
    angle = 2 * np.pi * (turns * t + rng.random())
    radius = np.clip(1.0 - 0.93 * t + away, 0.03, 1.05)
    path = np.stack([radius * np.cos(angle) + across, radius * np.sin(angle) + down], axis=1)
    runs = np.linspace(0, count - 1, int(turns) + 2).astype(int)
    whole = path * reach_mm
    return [along(whole[start : end + 1], hand, rng) for start, end in pairwise(runs.tolist())]


def _loops(reach_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Go round in small loops that wander; the middle is often left lighter."""
    turns = int(rng.integers(4, 9))
    t = np.linspace(0.0, 1.0, 11 * turns)
    knots = np.linspace(0.0, 1.0, turns + 2)
    size = rng.uniform(0.45, 0.75)
    wander = rng.normal(0.0, 0.6 * (1.0 - size), (2, len(knots)))
    loop = np.interp(t, knots, size * rng.uniform(0.75, 1.25, len(knots)))
    angle = 2 * np.pi * (turns * t + rng.random())
    across, down = (np.interp(t, knots, one) for one in wander)
    path = np.stack([loop * np.cos(angle) + across, loop * np.sin(angle) + down], axis=1)
    runs = range(0, len(t) - 1, 11)
    return [along(path[start : start + 12] * reach_mm, hand, rng) for start in runs]


def _fill(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Cover the bubble to its rim so that nobody can doubt that it was meant."""
    gap_mm = 0.6 * min(hand.pen.width_mm, 0.25 * radius_mm)
    reach = radius_mm * rng.uniform(0.97, 1.04) - hand.pen.width_mm / 2
    rim = _spiral(reach, reach, replace(hand, neatness=1.0), rng)[:1]
    if rng.random() < 0.35:
        return rim + _spiral(reach, 0.8 * gap_mm, replace(hand, neatness=1.0), rng)
    return rim + _hatched(np.array([reach, reach]), gap_mm, hand, rng)


def _sloppy_fill(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Cover most of it, leave white and spill over the rim."""
    hand = replace(hand, neatness=0.4 * hand.neatness)
    gap_mm = hand.pen.width_mm * rng.uniform(1.0, 1.45)
    reach = radius_mm * rng.uniform(0.72, 1.1, 2)
    if rng.random() < 0.5:
        return _loops(float(reach[0]), hand, rng)
    return _hatched(reach, gap_mm, hand, rng)


def _scribble(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Scrawl a quick zigzag of a few lines."""
    hand = replace(hand, neatness=0.5 * hand.neatness)
    reach = radius_mm * rng.uniform(0.7, 1.1, 2)
    gap_mm = max(radius_mm * rng.uniform(0.2, 0.38), 1.15 * hand.pen.width_mm)
    return _hatched(reach, float(gap_mm), hand, rng)


def _dot(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Press the pen down and turn it on the spot."""
    reach = max(radius_mm * rng.uniform(0.10, 0.26), hand.pen.width_mm * 0.5)
    return _spiral(float(reach), 0.5 * hand.pen.width_mm, hand, rng)


def _circle(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Ring the bubble instead of marking inside it; the ends never quite meet."""
    t = np.linspace(0.0, 1.0 + rng.uniform(-0.03, 0.18), 36)
    angle = -2 * np.pi * (t + 0.25 + rng.normal(0.0, 0.06))
    away = radius_mm * (rng.uniform(1.2, 1.5) + rng.normal(0.0, 0.12) * (t - 0.5))
    wide = 1.0 + abs(rng.normal(0.0, 0.12))
    path = np.stack([wide * away * np.cos(angle), away * np.sin(angle)], axis=1)
    return [along(_turned(path, hand.lean_deg), hand, rng)]


def _touch(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Rest the pen on the paper while thinking."""
    start = rng.uniform(-0.5, 0.5, 2) * radius_mm
    hand = replace(hand, pressure=hand.pressure * rng.uniform(0.2, 0.7))
    return [line(start, start + rng.uniform(-0.35, 0.35, 2), hand, rng)]


def _stray(radius_mm: float, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Slip with the pen: begin at the aim and run off."""
    length_mm = radius_mm * rng.choice([0.15, 0.5, 1.6])
    angle = rng.uniform(0.0, 2 * np.pi)
    end = length_mm * np.array([np.cos(angle), np.sin(angle)])
    return [line(np.zeros(2), end, hand, rng)]


_SHAPES: Mapping[MarkKind, Callable[[float, Hand, np.random.Generator], list[Stroke]]] = (
    MappingProxyType(
        {
            MarkKind.CROSS: _cross,
            MarkKind.BIG_CROSS: _big_cross,
            MarkKind.TICK: _tick,
            MarkKind.DASH: _dash,
            MarkKind.FILL: _fill,
            MarkKind.SLOPPY_FILL: _sloppy_fill,
            MarkKind.SCRIBBLE: _scribble,
            MarkKind.DOT: _dot,
            MarkKind.CIRCLE: _circle,
            MarkKind.FAINT_CROSS: _cross,
            MarkKind.FAINT_FILL: _fill,
            MarkKind.TOUCH: _touch,
            MarkKind.STRAY: _stray,
        }
    )
)
