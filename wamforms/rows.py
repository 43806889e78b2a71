"""Where the rows of answers stand on a page: even, in small groups, clear of folds."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from layouts.check import FOLD_MM

MOST_IN_A_GROUP = 5
"""More rows without a break make people slip a line (Dillman-style grouping)."""

GROUP_GAP_MM = 2.2
"""Extra air between two groups that no fold separates."""

LEAST_GROUP_GAP_MM = 1.0
"""The same where the rows stand as close as they may and would not fit otherwise."""

WIDEST_PITCH_MM = 10.4
"""Two lines of 11 pt with air; more would look scattered (facts, paper numbers)."""

_STEP_MM = 0.1


@dataclass(frozen=True, slots=True)
class Band:
    """The part of a page that rows may take, edge to edge."""

    top_mm: float
    bottom_mm: float
    folds_mm: tuple[float, ...]
    radius_mm: float
    gap_mm: float = GROUP_GAP_MM


@dataclass(frozen=True, slots=True)
class Rows:
    """Heights of the rows' centres, group by group."""

    pitch_mm: float
    groups: tuple[tuple[float, ...], ...]

    @property
    def centres_mm(self) -> tuple[float, ...]:
        """All heights from the top."""
        return tuple(centre for group in self.groups for centre in group)


def place_rows(count: int, band: Band, least_pitch_mm: float) -> Rows | None:
    """Place `count` rows as far apart as the band allows, None if they do not fit."""
    steps = math.floor((WIDEST_PITCH_MM - least_pitch_mm) / _STEP_MM) + 1
    candidates = [(WIDEST_PITCH_MM - step * _STEP_MM, band) for step in range(steps)]
    for pitch_mm, tried in [*candidates, (least_pitch_mm, band), (least_pitch_mm, _tight(band))]:
        room = _rooms(tried, pitch_mm)
        if sum(room) >= count:
            return _filled(count, tried, room, round(pitch_mm, 3))
    return None


def capacity(band: Band, pitch_mm: float) -> int:
    """Count the rows that a band holds at a given distance."""
    return sum(_rooms(_tight(band), pitch_mm))


def _tight(band: Band) -> Band:
    return replace(band, gap_mm=LEAST_GROUP_GAP_MM)


def _rooms(band: Band, pitch_mm: float) -> list[int]:
    """Count the rows that each zone of a band holds."""
    return [_capacity(zone, pitch_mm, band.gap_mm) for zone in _zones(band, pitch_mm)]


_Zone = tuple[float, float]


def _zones(band: Band, pitch_mm: float) -> list[_Zone]:
    """First and last height for a row's centre between each two folds."""
    clear = band.radius_mm + FOLD_MM
    first, last = band.top_mm + pitch_mm / 2, band.bottom_mm - pitch_mm / 2
    zones = []
    for above, below in pairwise([-math.inf, *band.folds_mm, math.inf]):
        zone = (max(first, above + clear), min(last, below - clear))
        if zone[1] >= zone[0]:
            zones.append(zone)
    return zones


def _group_sizes(rows: int) -> list[int]:
    """Share `rows` over as few groups as allowed, as evenly as possible."""
    groups = -(-rows // MOST_IN_A_GROUP)
    return [rows // groups + (number < rows % groups) for number in range(groups)]


def _height_mm(rows: int, pitch_mm: float, gap_mm: float) -> float:
    """From the first to the last centre, group gaps included."""
    return (rows - 1) * pitch_mm + (len(_group_sizes(rows)) - 1) * gap_mm


def _capacity(zone: _Zone, pitch_mm: float, gap_mm: float) -> int:
    rows = 0
    while _height_mm(rows + 1, pitch_mm, gap_mm) <= zone[1] - zone[0] + 1e-6:
        rows += 1
    return rows


def _filled(count: int, band: Band, room: list[int], pitch_mm: float) -> Rows:
    """Fill the zones from the top; slack goes evenly above and below in inner zones."""
    groups: list[tuple[float, ...]] = []
    zones = _zones(band, pitch_mm)
    for number, (zone, most) in enumerate(zip(zones, room, strict=True)):
        rows = min(count, most)
        if rows == 0:
            continue
        slack = zone[1] - zone[0] - _height_mm(rows, pitch_mm, band.gap_mm)
        inner = 0 < number < len(zones) - 1
        level = zone[0] + (slack / 2 if inner else 0.0)
        for size in _group_sizes(rows):
            groups.append(tuple(round(level + row * pitch_mm, 3) for row in range(size)))
            level += size * pitch_mm + band.gap_mm
        count -= rows
    return Rows(pitch_mm, tuple(groups))
