"""What people write with, and the hand that holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Self

import numpy as np


@dataclass(frozen=True, slots=True)
class Pen:
    """A writing tool as a grey scanner sees its line.

    Attributes
    ----------
    grey
        Grey level of its full tone, 0 (black) to 255 (white).
    width_mm
        Width of its line at normal pressure.
    opacity
        Share of the full tone that one stroke reaches; crossing strokes add up.
    yielding
        Share of its tone that goes when it is hardly pressed: all of it for
        graphite, almost nothing for a felt tip.
    grain
        Share of a light stroke that the hollows of the paper leave white.
    skips
        Chance per millimetre that the line breaks off for a moment.
    bleed_mm
        How far the ink spreads into the paper.
    erasable
        True for graphite: mistakes are rubbed out and leave a trace.
    """

    name: str
    grey: int
    width_mm: float
    opacity: float = 0.92
    yielding: float = 0.7
    grain: float = 0.1
    skips: float = 0.0
    bleed_mm: float = 0.0
    erasable: bool = False

    def varied(self, rng: np.random.Generator) -> Self:
        """Return another copy of the same kind: no two pens write alike."""
        return replace(
            self,
            grey=int(np.clip(self.grey + rng.normal(0.0, 9.0), 0, 190)),
            width_mm=float(self.width_mm * np.exp(rng.normal(0.0, 0.12))),
        )

    def faded(self, left: float) -> Self:
        """Return the pen when only that share of its tone is left."""
        return replace(self, opacity=self.opacity * left)


BALLPOINT_BLUE = Pen("blue ballpoint", grey=78, width_mm=0.40, skips=0.035)
BALLPOINT_BLACK = Pen("black ballpoint", grey=40, width_mm=0.40, skips=0.035)
BALLPOINT_RED = Pen("red ballpoint", grey=118, width_mm=0.40, skips=0.035)
GEL = Pen(
    "gel pen",
    grey=22,
    width_mm=0.55,
    opacity=0.97,
    yielding=0.35,
    grain=0.03,
    skips=0.01,
    bleed_mm=0.03,
)
FELT_TIP = Pen(
    "felt tip", grey=28, width_mm=1.15, opacity=0.96, yielding=0.15, grain=0.05, bleed_mm=0.12
)
PENCIL_SOFT = Pen(
    "soft pencil",
    grey=70,
    width_mm=0.65,
    opacity=0.75,
    yielding=1.0,
    grain=0.6,
    bleed_mm=0.02,
    erasable=True,
)
PENCIL = replace(PENCIL_SOFT, name="pencil", grey=112, width_mm=0.55, opacity=0.72, bleed_mm=0.0)
PENCIL_HARD = replace(PENCIL, name="hard pencil", grey=155, width_mm=0.48, opacity=0.70)

PENS = (
    BALLPOINT_BLUE,
    BALLPOINT_BLACK,
    BALLPOINT_RED,
    GEL,
    FELT_TIP,
    PENCIL_SOFT,
    PENCIL,
    PENCIL_HARD,
)
"""Every kind of pen that the practice people own."""

SHARES = (0.40, 0.24, 0.04, 0.08, 0.05, 0.06, 0.09, 0.04)
"""How often each is picked up: offices and visiting rooms lie full of ballpoints."""


@dataclass(frozen=True, slots=True)
class Colour:
    """Reflected light of a full line, each from 0 to 255."""

    red: int
    green: int
    blue: int

    def grey(self, shares: tuple[float, float, float]) -> int:
        """Say which grey a scanner makes of it that weighs red, green and blue so."""
        red, green, blue = shares
        return round(red * self.red + green * self.green + blue * self.blue)


COLOURS: Mapping[str, Colour] = MappingProxyType(
    {
        BALLPOINT_BLUE.name: Colour(58, 74, 158),
        BALLPOINT_BLACK.name: Colour(52, 50, 56),
        BALLPOINT_RED.name: Colour(196, 62, 70),
    }
)
"""Ballpoint paste as colour scanners show the middle of a line; makes differ by 20 or so."""

LAMPS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "luma": (0.299, 0.587, 0.114),
        "luma of HDTV": (0.2126, 0.7152, 0.0722),
        "mean": (1 / 3, 1 / 3, 1 / 3),
        "green light": (0.0, 1.0, 0.0),
        "red light": (1.0, 0.0, 0.0),
    }
)
"""How scanners come to grey: from three colours (ITU-R BT.601 or BT.709, or plainly their
mean), or by lighting the page with one colour only. Red light makes red ink pale; it is
sold as a way to drop red print."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A pen in a hand with its own habits, the same through a whole form.

    Attributes
    ----------
    neatness
        1 draws straight, in the middle and lifts the pen; 0 does none of it.
    size
        How large this hand makes its marks against what is usual.
    lean_deg
        How far its strokes are turned.
    pressure
        1 is usual; 0.3 hardly touches the paper.
    """

    pen: Pen
    neatness: float = 0.7
    size: float = 1.0
    lean_deg: float = 0.0
    pressure: float = 1.0

    @property
    def sloppiness(self) -> float:
        """The opposite of neatness, 0 to 1."""
        return 1.0 - self.neatness


def any_pen(rng: np.random.Generator) -> Pen:
    """Pick up a pen as it lies about."""
    return PENS[int(rng.choice(len(PENS), p=SHARES))].varied(rng)


def any_hand(rng: np.random.Generator) -> Hand:
    """Draw a hand and what it holds."""
    return Hand(
        pen=any_pen(rng),
        neatness=float(rng.beta(3.0, 1.6)),
        size=float(np.exp(rng.normal(0.0, 0.12))),
        lean_deg=float(rng.normal(0.0, 7.0)),
        pressure=float(np.clip(rng.normal(0.95, 0.12), 0.6, 1.2)),
    )
