"""The measures of a form: every printed length that is chosen and not computed."""

import math
from dataclasses import dataclass

from layouts.geometry import Paper
from layouts.model import ExampleKind
from wamforms.typeset import ABOVE, BELOW, MM_PER_PT, line_step_mm

MARGIN_MM = 10.0
"""Nothing of ours comes closer to the edge; printers lose up to 8 mm."""

FIDUCIAL_MM = 8.0
"""Side of a corner marker: found on all but a few third copies (facts, fiducials)."""

CODE_MM = 16.0
"""Side of the page code: modules of 0.55 mm, still 0.52 mm after A4 is fitted to Letter.
0.5 mm survived two photocopies at 150 dpi in every trial (facts, section 4.2)."""

RADIUS_MM = 2.5
"""Radius of a bubble: 5 mm across, the size users know from other paper forms."""

OUTLINE_MM = 0.35
"""Line of a bubble; thinner lines break in copies."""

TICK_WIDTH_MM, TICK_HEIGHT_MM = 4.0, 2.0
"""A timing tick is wide enough to be found and too flat to be taken for a marker."""

CONTENT_LEFT_MM = 20.0
"""Left edge of text; the same distance is kept on the right."""

GRID_RIGHT_MM = 23.5
"""Centre of the last bubble from the right edge of the paper."""

PITCH_MM, GRID_WIDTH_MM = 14.5, 66.0
"""Bubbles stand 14.5 mm apart, closer only where more than five must share 66 mm."""

HEADER_MM = 45.5
"""Height of the header: title, instruction and column heads end here."""

LARGEST_PT, SMALLEST_PT = 11.5, 11.0
"""Size of the item text: as large as fits, never under 11 pt (facts, section 4.1)."""

MOST_LINES = 4
"""An item longer than four lines is no questionnaire item."""

ROUNDED_MM = 0.001
"""Places are rounded to this; two rows may come so much closer than they were meant to."""

NUMBER_ROOM_MM = 8.0
"""Room for the item number before its sentence."""

TEXT_GAP_MM = 4.0
"""White between the sentence and the first bubble (facts: at least 3 mm)."""

EXAMPLES = (ExampleKind.CROSSED, ExampleKind.FILLED, ExampleKind.EMPTY)
"""The examples in the order of the instruction's three sentences."""

EXAMPLE_HEIGHTS_MM = (28.2, 34.4, 40.6)
"""Where the three sentences of the instruction stand."""


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures that one form's pages share.

    Attributes
    ----------
    columns_mm
        Centre of every answer column, in printed order.
    lines
        The most lines that one item's sentence takes.
    waves
        How many waves there are to choose from on a photocopy master; 0 on a
        form that is printed for somebody.
    asks_consent
        Whether the last page ends with the consent row.
    """

    paper: Paper
    columns_mm: tuple[float, ...]
    lines: int
    waves: int = 0
    asks_consent: bool = False

    @property
    def text_left_mm(self) -> float:
        """Where the items' sentences begin."""
        return CONTENT_LEFT_MM + NUMBER_ROOM_MM

    @property
    def text_room_mm(self) -> float:
        """How wide a line of an item may be."""
        return self.columns_mm[0] - RADIUS_MM - TEXT_GAP_MM - self.text_left_mm


def row_height_mm(size_pt: float, lines: int) -> float:
    """Height that a row of `lines` lines needs: the letters of two rows keep just apart."""
    letters_mm = (ABOVE + BELOW) * size_pt * MM_PER_PT
    return math.ceil(1000 * ((lines - 1) * line_step_mm(size_pt) + letters_mm + ROUNDED_MM)) / 1000
