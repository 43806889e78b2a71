"""The row that asks what the professional may see, read like any other row of its page.

It stands apart from the items and has other columns, so it is cut out by itself.
The items are judged without it; it is judged beside them, with what they tell
about this person's pen. A wrong "all answers" would break a promise, so that
bubbles which do not show, or a streak through them, are for a person.
"""

from dataclasses import replace

import numpy as np

from layouts.model import CONSENT_VALUES, Consent, Group
from scan.bubbles import SURE_OUTLINE
from scan.judge import Looked, judge_beside
from scan.picture import MM_PER_INCH, to_px
from scan.results import Doubt, ItemReading, Mark, Status
from scan.streaks import streaks_through_bubbles
from scan.written import Strip, measured_rows


def read_consent(strip: Strip, looked: Looked) -> ItemReading | None:
    """Read the consent row; None if the page has none.

    Parameters
    ----------
    strip
        The page, freed from streaks.
    looked
        Its items, looked at together.
    """
    row = strip.page.consent
    if row is None:
        return None
    (measured,) = measured_rows(strip, (row,))
    judged = judge_beside(measured, looked)
    gives = judged.value is not None and CONSENT_VALUES[judged.value] is not Consent.NOTHING
    if _shows(judged) and not (gives and _is_streaked(strip, row)):
        return judged
    return replace(judged, status=Status.DOUBT, value=None, doubts=(Doubt.OUTLINE,))


def _shows(judged: ItemReading) -> bool:
    """Tell whether every bubble is there: by its outline, or marked over it."""
    return all(one.outline > SURE_OUTLINE or one.mark is not Mark.EMPTY for one in judged.bubbles)


def _is_streaked(strip: Strip, row: Group) -> bool:
    """Tell whether a line runs down the page through a column of the row's bubbles.

    One row is too little of a page to know a streak by; so the columns are looked at
    from the first item to the row.
    """
    levels = [group.bubbles[0].centre.y_mm for group in strip.page.rows]
    columns = [one.centre.x_mm for one in row.bubbles]
    places = np.array([[column, level] for level in levels for column in columns])
    centres = to_px(strip.placement.matrix, strip.placement.bent(places))
    per_mm = sum(strip.placement.dpi()) / 2 / MM_PER_INCH
    radius_px = row.bubbles[0].radius_mm * per_mm
    return bool(streaks_through_bubbles(strip.picture, centres, radius_px, strip.contrast))
