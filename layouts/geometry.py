"""Places and sizes on paper, in millimetres.

The origin is the top left corner of the paper; x grows to the right and y
grows downwards. Pixels never appear here: a place in a picture is another
type (`scan.register.Placement` is the bridge).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PointMm:
    """A place on the printed sheet."""

    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class BoxMm:
    """An upright rectangle on the printed sheet."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float

    @classmethod
    def around(cls, centre: PointMm, width_mm: float, height_mm: float) -> "BoxMm":
        """Make the box of a given size whose middle is `centre`."""
        return cls(centre.x_mm - width_mm / 2, centre.y_mm - height_mm / 2, width_mm, height_mm)

    @property
    def right_mm(self) -> float:
        """The right edge."""
        return self.left_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        """The bottom edge."""
        return self.top_mm + self.height_mm

    @property
    def centre(self) -> PointMm:
        """The middle."""
        return PointMm(self.left_mm + self.width_mm / 2, self.top_mm + self.height_mm / 2)

    def grown(self, by_mm: float) -> "BoxMm":
        """Return the box with a border of `by_mm` added on every side."""
        return BoxMm(
            self.left_mm - by_mm,
            self.top_mm - by_mm,
            self.width_mm + 2 * by_mm,
            self.height_mm + 2 * by_mm,
        )

    def overlaps(self, other: "BoxMm") -> bool:
        """Tell whether the two boxes share an area (touching edges do not count)."""
        return (
            self.left_mm < other.right_mm
            and other.left_mm < self.right_mm
            and self.top_mm < other.bottom_mm
            and other.top_mm < self.bottom_mm
        )

    def contains(self, other: "BoxMm") -> bool:
        """Tell whether `other` lies wholly inside this box."""
        return (
            self.left_mm <= other.left_mm
            and self.top_mm <= other.top_mm
            and other.right_mm <= self.right_mm
            and other.bottom_mm <= self.bottom_mm
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper and the heights at which people fold it.

    Attributes
    ----------
    name
        What a user types.
    width_mm, height_mm
        Size of the sheet.
    folds_mm
        Heights of the fold lines to keep free of bubbles.
    """

    name: str
    width_mm: float
    height_mm: float
    folds_mm: tuple[float, ...]

    @property
    def box(self) -> BoxMm:
        """The whole sheet."""
        return BoxMm(0.0, 0.0, self.width_mm, self.height_mm)


A4 = Paper("a4", 210.0, 297.0, (99.0, 148.5, 198.0))
"""DL (letter folded in three) folds at 99 and 198 mm, C5 (in half) at 148.5 mm."""

LETTER = Paper("letter", 215.9, 279.4, (93.1, 139.7, 186.3))
"""The same folds for US Letter: thirds for a #10 envelope, half for a 6 x 9."""

BOTH_SAFE = Paper("both-safe", 210.0, 279.4, (139.7, 148.5))
"""What A4 and Letter have in common; only the half folds of both can be kept free."""

PAPERS = {paper.name: paper for paper in (A4, LETTER, BOTH_SAFE)}
"""The papers a study may choose, by the name in `study.toml`."""
