"""How scores are made, as a table: with it anybody can compute them again."""

from collections.abc import Mapping

import pandas as pd

from output.tables import REAL, TEXT, WHOLE, Kind, frame
from wamforms.instrument import Instrument

SCORING: dict[str, Kind] = {
    **{"domain": TEXT, "factor": TEXT, "item": TEXT, "key": WHOLE},
    **{"lowest": WHOLE, "highest": WHOLE, "points": WHOLE, "minimum_share": REAL},
}
"""Columns of `scoring.csv`: one row per domain and item."""


def scoring_key(instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """One row per domain and item: its factor, its key, and the rule of the factor."""
    return frame(
        SCORING,
        [
            (
                *(domain, item.factor, item.id, item.key),
                *(min(one.scale.values), max(one.scale.values)),
                *(one.scale.points, one.minimum_share),
            )
            for domain, one in instruments.items()
            for item in one.items
        ],
    )
