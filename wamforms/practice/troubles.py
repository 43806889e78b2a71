"""Hard conditions by plain names, drawn anew for each sheet: for benchmarks and practice."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType

import numpy as np

from wamforms.practice.effects import OFFICE, ScanEffects
from wamforms.practice.photo import Photo
from wamforms.practice.wear import Wear

LETTER_MM = (215.9, 279.4)
"""Width and height of US Letter paper."""

Draw = Callable[[np.random.Generator], ScanEffects]


def photographed(rng: np.random.Generator, severity: float) -> ScanEffects:
    """Draw a phone photo of a sheet, saved as a JPEG as phones do."""
    quality = int(92 - rng.uniform(0.0, 25.0) * severity)
    return ScanEffects(photo=Photo.drawn(rng, severity), jpeg=quality)


def third_generation(rng: np.random.Generator) -> ScanEffects:
    """Draw a copy of a copy of a copy, scanned at 150 dpi."""
    return replace(
        OFFICE.varied(rng),
        copies=3,
        toner=float(np.clip(rng.normal(0.5, 0.05), 0.40, 0.60)),
        sampled_dpi=150.0,
        specks=int(rng.poisson(40)),
    )


def fitted_on_letter(rng: np.random.Generator) -> ScanEffects:
    """Draw an A4 form printed on Letter, made to fit by the printer."""
    return replace(OFFICE.varied(rng), glass_mm=LETTER_MM, scale=float(rng.uniform(0.92, 0.941)))


def cut_by_letter(rng: np.random.Generator) -> ScanEffects:
    """Draw an A4 form printed on Letter in full size: 17.6 mm of its height are lost."""
    down_mm = float(rng.choice((-8.8, 0.0, 8.8)))
    return replace(
        OFFICE.varied(rng), glass_mm=LETTER_MM, shift_mm=(float(rng.normal(0, 1)), down_mm)
    )


def _worn(rng: np.random.Generator, name: str) -> ScanEffects:
    severity = float(rng.uniform(0.2, 1.0))
    backdrop = 30 if rng.random() < 0.4 else 255
    return replace(OFFICE.varied(rng), wear=Wear(**{name: severity}), backdrop=backdrop)


_WEAR_NAMES = {
    "crumple": "crumpled and flattened",
    "bleed_through": "back shines through",
    "coffee": "coffee through bubbles",
    "staple": "staple and its shadow",
    "holes": "holes near markers",
    "moire": "moire of a copier",
    "cut": "margin cut off",
    "corner": "corner torn off with its marker",
    "overlap": "second page on top",
    "two_corners": "two corners torn off",
    "all_corners": "all four corners cut off",
}

TROUBLES: Mapping[str, Draw] = MappingProxyType(
    {
        "phone photo": lambda rng: photographed(rng, 0.6),
        "phone photo at 20 degrees": lambda rng: photographed(rng, 1.0),
        **{
            _WEAR_NAMES[one.name]: lambda rng, name=one.name: _worn(rng, name)  # type: ignore[misc]
            for one in fields(Wear)
        },
        "third copy at 150 dpi": third_generation,
        "A4 fitted on Letter": fitted_on_letter,
        "A4 cut off by Letter": cut_by_letter,
    }
)
"""Conditions by name; each call draws how bad it is for one sheet."""
