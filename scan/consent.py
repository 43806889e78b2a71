"""The row that asks what the professional may see, read like any other row of its page.

It stands apart from the items and has other columns, so it is cut out by itself.
The items are judged without it; it is judged beside them, with what they tell
about this person's pen. A wrong "all answers" would break a promise, so that
bubbles which do not show, or a streak through them, are for a person.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from layouts.model import CONSENT_VALUES, Consent, ExampleKind, Group
from scan.bubbles import SURE_OUTLINE, cut_bubbles
from scan.judge import judge_beside
from scan.measure import ink_of, measure
from scan.picture import MM_PER_INCH, to_px
from scan.results import BubbleReading, Doubt, ItemReading, Mark, Status
from scan.streaks import streaks_through_bubbles
from scan.thresholds import Thresholds
from scan.written import Strip


def read_consent(
    strip: Strip, items: Sequence[ItemReading], limits: Thresholds
) -> ItemReading | None:
    """Read the consent row; None if the page has none.

    Parameters
    ----------
    strip
        The page, freed from streaks.
    items
        Its items as they were measured.
    """
    row = strip.page.consent
    if row is None:
        return None
    judged = judge_beside(_measured(strip, row), items, strip.notes, limits)
    gives = judged.value is not None and CONSENT_VALUES[judged.value] is not Consent.NOTHING
    if _shows(judged) and not (gives and _is_streaked(strip, row)):
        return judged
    return replace(judged, status=Status.DOUBT, value=None, doubts=(Doubt.OUTLINE,))


def _measured(strip: Strip, row: Group) -> ItemReading:
    page = replace(strip.page, groups=(row,))
    kinds = [example.kind for example in page.examples]
    filled = kinds.index(ExampleKind.FILLED) - len(kinds)
    patches = cut_bubbles(strip.picture, strip.layout, page, strip.placement)
    measured = measure(ink_of(patches, row.bubbles[0].radius_mm, filled)).each()
    bubbles = tuple(
        BubbleReading(bubble.value, mark=Mark.EMPTY, **next(measured)) for bubble in row.bubbles
    )
    return ItemReading(row.item, Status.DOUBT, None, (), bubbles)


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
