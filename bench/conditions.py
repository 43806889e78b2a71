"""What is done to pages in a campaign: named conditions, in named sets.

In-spec is what the program promises to read without a person: forms printed or
copied up to twice, filled in with office pens and pencils, scanned in grey at 150 to
300 dpi by a scanner in good order, lying any way up. Black and white is not in it: a
scanner's cut at one grey level loses light pencil altogether, and what left no
trace nobody can ask about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from bench.hands import Fill, any_style, anybody, coloured, hard, mixed, much_skipped, styled
from layouts.errors import UsageError
from wamforms.practice.effects import NAMED, OFFICE, ScanEffects, drawn
from wamforms.practice.hard_marks import HardMark
from wamforms.practice.marks import MarkKind
from wamforms.practice.pens import LAMPS
from wamforms.practice.troubles import TROUBLES, photographed
from wamforms.practice.wear import Wear

DPIS = (150.0, 200.0, 240.0, 300.0)
"""Resolutions that office scanners offer and that are in the promise."""

Draw = Callable[[np.random.Generator], ScanEffects]


@dataclass(frozen=True, slots=True)
class Condition:
    """How pages are filled in and scanned.

    Attributes
    ----------
    effects
        Draws what happens to one sheet.
    fill
        Fills one page in.
    dpis
        Resolutions to scan at, in turn. Photos have their own.
    blank_copies
        How often the form was photocopied before it was filled in.
    """

    effects: Draw
    fill: Fill = anybody
    dpis: tuple[float, ...] = DPIS
    blank_copies: int = 0


def office(rng: np.random.Generator) -> ScanEffects:
    """Draw a scan by a multifunction printer in good order, often saved as a JPEG."""
    return replace(
        OFFICE.varied(rng),
        scale=float(rng.uniform(0.985, 1.01)),
        feed=float(rng.uniform(0.998, 1.002)),
        turn_deg=180 if rng.random() < 0.1 else 0,
        backdrop=30 if rng.random() < 0.15 else 255,
        blur_mm=float(rng.uniform(0.03, 0.08)),
        paper=int(rng.uniform(243, 254)),
        black=int(rng.uniform(8, 30)),
        jpeg=int(rng.uniform(60, 93)) if rng.random() < 0.6 else None,
    )


def copied(generations: int) -> Draw:
    """Draw a filled-in sheet that was photocopied, then scanned."""

    def draw(rng: np.random.Generator) -> ScanEffects:
        toner = float(np.clip(rng.normal(0.5, 0.04), 0.42, 0.58))
        specks = int(rng.poisson(20 * generations))
        return replace(office(rng), copies=generations, toner=toner, specks=specks)

    return draw


def lying(rng: np.random.Generator) -> ScanEffects:
    """Draw a sheet that lies any way up, to 2 degrees aslant, printed to fit or enlarged."""
    return replace(
        office(rng),
        turn_deg=int(rng.choice((0, 90, 180, 270))),
        skew_deg=float(rng.uniform(-2.0, 2.0)),
        scale=float(rng.uniform(0.94, 1.03)),
        shift_mm=(float(rng.uniform(-2.5, 2.5)), float(rng.uniform(-2.5, 2.5))),
    )


def _worn(name: str, severity: float) -> Draw:
    return lambda rng: replace(office(rng), wear=Wear(**{name: severity}))


IN_SPEC: Mapping[str, Condition] = MappingProxyType(
    {
        **{f"print, {dpi:.0f} dpi": Condition(office, dpis=(dpi,)) for dpi in DPIS},
        **{f"first copy, {dpi:.0f} dpi": Condition(copied(1), dpis=(dpi,)) for dpi in DPIS},
        **{f"second copy, {dpi:.0f} dpi": Condition(copied(2), dpis=(dpi,)) for dpi in DPIS},
        "filled in on a second copy": Condition(office, blank_copies=2),
        "any way up, skewed, scaled": Condition(lying),
        "every style alike": Condition(office, any_style),
        "ballpoint in colour": Condition(
            office, coloured([name for name in LAMPS if name != "red light"])
        ),
        "pencil line of 1 mm": Condition(office, hard(HardMark.PENCIL_LINE, 0.0, 0.0)),
        "light pencil, grey 110 to 190": Condition(office, hard(HardMark.LIGHT_PENCIL, 0.0, 1.0)),
        "marks half outside": Condition(office, hard(HardMark.HALF_OUTSIDE, 0.0, 1.0)),
        "felt tip that bleeds": Condition(office, hard(HardMark.FELT_BLEED, 0.0, 1.0)),
        "every third row skipped": Condition(office, much_skipped),
    }
)

OUT_OF_SPEC: Mapping[str, Condition] = MappingProxyType(
    {
        "mixed office": Condition(lambda rng: drawn(rng, 0.35)),
        "mixed rough": Condition(lambda rng: drawn(rng, 0.8)),
        "scale 0.94 to 1.03": Condition(
            lambda rng: replace(OFFICE.varied(rng), scale=float(rng.uniform(0.94, 1.03)))
        ),
        "skew to 3 degrees": Condition(
            lambda rng: replace(OFFICE.varied(rng), skew_deg=float(rng.uniform(-3.0, 3.0)))
        ),
        **{
            name: Condition(lambda rng, name=name: NAMED[name].varied(rng))  # type: ignore[misc]
            for name in NAMED
        },
        "bilevel, 300 dpi": Condition(lambda rng: NAMED["bilevel"].varied(rng), dpis=(300.0,)),
        "coloured ballpoint under a red lamp": Condition(office, coloured(["red light"])),
        **{name: Condition(draw) for name, draw in TROUBLES.items()},
    }
)

PHONE: Mapping[str, Condition] = MappingProxyType(
    {
        "phone, held with care": Condition(lambda rng: photographed(rng, 0.3)),
        "phone": Condition(lambda rng: photographed(rng, 0.6)),
        "phone, to 20 degrees, uneven light": Condition(lambda rng: photographed(rng, 1.0)),
    }
)

PEER_MARKS: Mapping[str, MarkKind | None] = MappingProxyType(
    {
        **{
            kind.value: kind
            for kind in (
                MarkKind.CROSS,
                MarkKind.BIG_CROSS,
                MarkKind.TICK,
                MarkKind.FILL,
                MarkKind.SCRIBBLE,
                MarkKind.DOT,
                MarkKind.FAINT_CROSS,
            )
        },
        "blank": None,
    }
)
"""The marks that other programs were measured on."""

ALL_PEER_MARKS = "another mark in every row"

PEERS: Mapping[str, Condition] = MappingProxyType(
    {
        **{name: Condition(office, styled(kind), (300.0,)) for name, kind in PEER_MARKS.items()},
        ALL_PEER_MARKS: Condition(office, mixed(tuple(PEER_MARKS.values())), (300.0,)),
    }
)

SEVERITIES = (0.25, 0.5, 0.75, 1.0)

HARD: Mapping[str, Condition] = MappingProxyType(
    {
        **{
            f"{mark} at {severity}": Condition(office, hard(mark, severity, severity))
            for mark in HardMark
            for severity in SEVERITIES
        },
        **{
            f"{what} at {severity}": Condition(_worn(name, severity))
            for name, what in (
                ("bleed_through", "back shines through"),
                ("coffee", "coffee through bubbles"),
                ("crumple", "crumpled and flattened"),
            )
            for severity in SEVERITIES
        },
    }
)

SETS: Mapping[str, Mapping[str, Condition]] = MappingProxyType(
    {
        "in-spec": IN_SPEC,
        "out-of-spec": OUT_OF_SPEC,
        "phone": PHONE,
        "peers": PEERS,
        "hard": HARD,
    }
)


def set_of(names: Sequence[str]) -> str:
    """Find the set that has all these conditions.

    Raises
    ------
    UsageError
        If no set has them all.
    """
    for name, conditions in SETS.items():
        if all(one in conditions for one in names):
            return name
    unknown = [one for one in names if not any(one in conditions for conditions in SETS.values())]
    raise UsageError(
        f"No set has the conditions {', '.join(unknown or names)}.",
        advice="python -m bench.accuracy --list names them all.",
    )
