"""What printing, folding, copying and scanning do to a page, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Self

import numpy as np

from wamforms.practice.photo import Photo
from wamforms.practice.wear import UNWORN, Wear


class Ink1Bit(StrEnum):
    """How a scanner turns grey into black and white."""

    NO = "no"
    THRESHOLD = "threshold"
    ADAPTIVE = "adaptive"
    DIFFUSED = "diffused"


@dataclass(frozen=True, slots=True)
class ScanEffects:
    """Everything that happens between the filled sheet and the picture of it.

    The defaults do nothing. Lengths are on the paper, so that one set of
    effects looks alike at every resolution.

    Attributes
    ----------
    skew_deg, shift_mm, scale
        How the sheet lay: turned clockwise, moved right and down, enlarged.
    feed
        Stretch along the feeding direction only.
    wave_mm
        Uneven feeding: the largest distance along the feed that a line is off.
    turn_deg
        0, 90, 180 or 270 clockwise: which way the sheet went in.
    backdrop
        Grey level behind the sheet: 255 a white lid, about 30 a black one.
    copies, toner
        Photocopies of photocopies; `toner` is the last copies' darkness, 0.5 is even.
    folds_mm, fold_depth
        Heights of the creases; how dark they are, in grey levels.
    holes, torn_mm, stain
        Two punch holes on the left; the size of a corner that is torn off; how
        many grey levels a ring of coffee takes.
    blur_mm, noise, shade
        Standard deviation of the softness; of the sensor's noise and the depth
        of uneven light, both in grey levels.
    paper, black
        Grey levels that white paper and full black come out as.
    specks, streaks
        Dust on the glass; lines along the feed from a dirty sensor.
    one_bit, threshold
        Black-and-white scanning and its cut.
    jpeg
        Quality of the scanner's own compression; None if there is none.
    wear
        What else the sheet went through.
    photo
        How it was photographed; None if it was scanned. A photo has no glass,
        so how the sheet lay and what the scanner does have no effect on it.
    glass_mm
        Width and height of the copied sheet or glass; None if the page's own.
    sampled_dpi
        Resolution of the picture if other than asked for.
    """

    skew_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    feed: float = 1.0
    wave_mm: float = 0.0
    turn_deg: int = 0
    backdrop: int = 255
    copies: int = 0
    toner: float = 0.5
    folds_mm: tuple[float, ...] = ()
    fold_depth: float = 50.0
    holes: bool = False
    torn_mm: float = 0.0
    stain: float = 0.0
    blur_mm: float = 0.0
    noise: float = 0.0
    shade: float = 0.0
    paper: int = 255
    black: int = 0
    specks: int = 0
    streaks: int = 0
    one_bit: Ink1Bit = Ink1Bit.NO
    threshold: int = 165
    jpeg: int | None = None
    wear: Wear = UNWORN
    photo: Photo | None = None
    glass_mm: tuple[float, float] | None = None
    sampled_dpi: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no feeder does; these are bugs, not user errors."""
        if self.turn_deg not in (0, 90, 180, 270):
            raise ValueError(f"a sheet cannot go in turned by {self.turn_deg} degrees")
        if self.copies < 0 or self.scale <= 0 or self.feed <= 0:
            raise ValueError("copies must not be negative; scale and feed must be positive")

    def varied(self, rng: np.random.Generator) -> Self:
        """Return the same treatment for the next sheet: it lies a little differently."""
        return replace(
            self,
            skew_deg=float(self.skew_deg * rng.uniform(-1.0, 1.0)),
            shift_mm=(
                float(self.shift_mm[0] * rng.uniform(-1.0, 1.0)),
                float(self.shift_mm[1] * rng.uniform(-1.0, 1.0)),
            ),
            wave_mm=float(self.wave_mm * rng.uniform(0.3, 1.0)),
            noise=float(self.noise * rng.uniform(0.7, 1.2)),
            specks=int(rng.poisson(self.specks)),
        )


OFFICE = ScanEffects(
    skew_deg=0.6,
    shift_mm=(1.2, 1.2),
    feed=1.001,
    blur_mm=0.05,
    noise=2.5,
    shade=6.0,
    paper=250,
    black=18,
    specks=4,
)
"""A well-kept multifunction printer with a sheet feeder."""

COPIER = replace(OFFICE, copies=1, noise=4.0, specks=25, paper=246)
"""A form that was photocopied once after it was filled in."""

_FOLDS_MM = (99.0, 148.5, 198.0)

NAMED: Mapping[str, ScanEffects] = MappingProxyType(
    {
        "clean": ScanEffects(),
        "office": OFFICE,
        "feeder": replace(OFFICE, skew_deg=1.8, feed=1.008, wave_mm=0.6, streaks=1),
        "copier": COPIER,
        "photocopy": replace(COPIER, copies=2, scale=0.97, toner=0.56, specks=60),
        "pale copy": replace(COPIER, copies=2, toner=0.40, specks=30),
        "bilevel": replace(OFFICE, one_bit=Ink1Bit.THRESHOLD, threshold=175),
        "adaptive": replace(OFFICE, one_bit=Ink1Bit.ADAPTIVE, specks=20),
        "diffused": replace(OFFICE, one_bit=Ink1Bit.DIFFUSED),
        "fax": replace(
            OFFICE, blur_mm=0.14, noise=14.0, skew_deg=1.2, one_bit=Ink1Bit.THRESHOLD, specks=80
        ),
        "faint": replace(OFFICE, paper=240, black=115, noise=3.0),
        "dim": replace(OFFICE, paper=205, black=30, shade=45.0),
        "soft": replace(OFFICE, blur_mm=0.22),
        "jpeg": replace(OFFICE, jpeg=35),
        "upside down": replace(OFFICE, turn_deg=180),
        "sideways": replace(OFFICE, turn_deg=90),
        "fit to page": replace(OFFICE, scale=0.941),
        "black lid": replace(OFFICE, skew_deg=1.5, backdrop=28, shift_mm=(2.0, 2.0)),
        "folded": replace(OFFICE, folds_mm=_FOLDS_MM),
        "punched": replace(OFFICE, holes=True),
        "pocket": replace(
            OFFICE, folds_mm=_FOLDS_MM, fold_depth=80.0, torn_mm=14.0, stain=45.0, specks=40
        ),
        "streaks": replace(OFFICE, streaks=3),
    }
)
"""Treatments by name; `varied` makes the next sheet of a batch from one."""


def drawn(rng: np.random.Generator, severity: float) -> ScanEffects:
    """Draw what may happen to one sheet.

    Parameters
    ----------
    severity
        0 is a careful office, 1 is about the worst that still reaches a scanner.
    """
    if not 0.0 <= severity <= 1.0:
        raise ValueError(f"severity {severity} is not between 0 and 1")
    skew, right, down, feed = np.clip(rng.normal(size=4), -2.0, 2.0).tolist()
    lying = ScanEffects(
        skew_deg=skew * (0.15 + 1.35 * severity),
        shift_mm=(right * (0.3 + severity), down * (0.3 + severity)),
        scale=_scale(rng, severity),
        feed=1.0 + feed * (0.0005 + 0.004 * severity),
        wave_mm=float(rng.uniform(0.0, 0.8)) * severity,
        turn_deg=int(rng.choice((180, 90, 270))) if rng.random() < 0.2 * severity else 0,
        backdrop=30 if rng.random() < 0.1 + 0.1 * severity else 255,
    )
    return _dirtied(_exposed(lying, rng, severity), rng, severity)


def _scale(rng: np.random.Generator, severity: float) -> float:
    """Print dialogues that fit A4 to Letter, to a printable area, or Letter to A4."""
    if rng.random() < 0.25 * severity:
        return float(rng.choice((0.941, 0.960, 0.973)))
    return float(1.0 + rng.uniform(-1.0, 1.0) * (0.001 + 0.012 * severity))


def _exposed(effects: ScanEffects, rng: np.random.Generator, severity: float) -> ScanEffects:
    one_bit = Ink1Bit.NO
    if rng.random() < 0.25 * severity:
        one_bit = Ink1Bit(str(rng.choice(list(Ink1Bit)[1:])))
    return replace(
        effects,
        blur_mm=float(0.03 + rng.uniform(0.0, 0.13) * severity),
        noise=float(1.0 + rng.uniform(0.0, 9.0) * severity),
        shade=float(3.0 + rng.uniform(0.0, 42.0) * severity),
        paper=int(253 - rng.uniform(0.0, 45.0) * severity),
        black=int(8 + rng.uniform(0.0, 90.0) * severity),
        one_bit=one_bit,
        threshold=int(rng.uniform(150, 190)),
        jpeg=int(rng.uniform(30, 75)) if rng.random() < 0.3 * severity else None,
    )


def _dirtied(effects: ScanEffects, rng: np.random.Generator, severity: float) -> ScanEffects:
    folds_mm = ((148.5,), (99.0, 198.0))[int(rng.integers(2))]
    return replace(
        effects,
        copies=int(rng.binomial(2, 0.3 * severity)),
        toner=float(np.clip(rng.normal(0.5, 0.06), 0.38, 0.62)),
        folds_mm=folds_mm if rng.random() < 0.5 * severity else (),
        fold_depth=float(rng.uniform(20, 90)),
        holes=bool(rng.random() < 0.2 * severity),
        torn_mm=float(rng.uniform(5, 20)) if rng.random() < 0.08 * severity else 0.0,
        stain=float(rng.uniform(15, 60)) if rng.random() < 0.08 * severity else 0.0,
        specks=int(rng.poisson(1 + 60 * severity * rng.random())),
        streaks=int(rng.binomial(3, 0.08 * severity)),
    )
