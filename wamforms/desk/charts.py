"""Where marks stand in the small drawings of profiles; the templates only draw them."""

from collections.abc import Mapping
from dataclasses import dataclass

from layouts.model import Role

WIDTH = 240
"""Of a drawing, in its own units; the style sheet says how large one is."""

MARGIN = 14
"""Left and right of the scale: a mark at its end is seen whole."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a person's mark stands, and where it stood a wave earlier."""

    x: float
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """One factor on its scale: a lane for each person, the scale between them."""

    left: float
    right: float
    ticks: tuple[float, ...]
    client: Spot | None
    professional: Spot | None


def chart(
    lowest: int,
    highest: int,
    scores: Mapping[Role, float | None],
    before: Mapping[Role, float | None] | None = None,
) -> Chart:
    """Place marks on a scale.

    Parameters
    ----------
    scores, before
        By role; of roles without a score nothing is drawn.
    """

    def x(value: float) -> float:
        share = (value - lowest) / (highest - lowest)
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    def spot(role: Role) -> Spot | None:
        now, then = scores.get(role), (before or {}).get(role)
        return None if now is None else Spot(x(now), None if then is None else x(then))

    ticks = tuple(x(value) for value in range(lowest, highest + 1))
    return Chart(x(lowest), x(highest), ticks, spot(Role.CLIENT), spot(Role.PROFESSIONAL))
