"""A table of statistics: its rows, what it shows and what it does not, and rules for small n."""

import math
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

Cell = str | int | float | None
"""One cell; None is an empty one."""

Row = dict[str, Cell]
"""A row by column."""

SHOWN_FROM = 10
"""Under ten people a statistic says little and may point at one of them: only n is given."""

STEADY_FROM = 30
"""From about 30 on the usual intervals hold (central limit); below it every row says so."""

SMALL = f"small n (under {STEADY_FROM})"
WITHHELD = f"n under {SHOWN_FROM}: not given"

_DIGITS = 9
"""Significant digits that are kept: the rest differs from one processor to the next."""


class NotEstimableError(ValueError):
    """A statistic that the data cannot give; the message goes into the table."""


@dataclass(frozen=True, slots=True)
class StatTable:
    """A table with the two sentences that belong under it.

    Attributes
    ----------
    name
        File name without its ending.
    shows, shows_not
        One sentence each.
    is_personal
        True if each row is about one dyad: it becomes a file, and the report
        only says that it exists.
    """

    name: str
    title: str
    shows: str
    shows_not: str
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    is_personal: bool = False

    def noted(self, note: str) -> "StatTable":
        """Add a note under the table."""
        return replace(self, notes=(*self.notes, note))


def tabled(rows: Iterable[Mapping[str, Cell]], columns: Iterable[str]) -> pd.DataFrame:
    """Lay rows out with exactly these columns; whole numbers stay whole.

    Raises
    ------
    ValueError
        If a row has a column that is not listed, for it would be lost.
    """
    listed, wanted = list(rows), list(columns)
    lost = {name for row in listed for name in row} - set(wanted)
    if lost:
        raise ValueError(f"columns {sorted(lost)} are not in the table")
    cells = {name: [_plain(row.get(name)) for row in listed] for name in wanted}
    return pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in cells.items()})


def estimate(n: int, make: Callable[[], Row], *, least: int = SHOWN_FROM) -> Row:
    """Make the statistics of one row under the rules for small n.

    What cannot be computed leaves its reason in the column `note`, and so does
    every warning of a library; nothing fails in silence.

    Parameters
    ----------
    n : int
        People, dyads or forms behind the row.
    make : callable
        Computes the cells; may raise `NotEstimableError`.
    least : int
        Fewer than this and only `n` is given.
    """
    if n < least:
        return {"n": n, "note": WITHHELD if least == SHOWN_FROM else f"n under {least}: not given"}
    cells, notes = _made(make)
    if n < STEADY_FROM:
        notes = [*notes, SMALL]
    own = cells.pop("note", None)
    notes = [str(own), *notes] if own else notes
    return {"n": n, **cells, "note": "; ".join(dict.fromkeys(notes)) or None}


def _made(make: Callable[[], Row]) -> tuple[Row, list[str]]:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        # What a library will change one day is no news about these data.
        for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
            warnings.simplefilter("ignore", category)
        try:
            cells = make()
        except NotEstimableError as reason:
            return {}, [str(reason)]
        except np.linalg.LinAlgError:
            return {}, ["not estimable: a matrix cannot be inverted"]
    said = (str(one.message).strip().splitlines()[0] for one in heard)
    return cells, [f"library warns: {text}" for text in said]


def _plain(value: object) -> Cell:
    """Turn numbers of numpy into plain ones; what is not a number is an empty cell."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, np.integer)):
        return int(value)
    number = float(value)  # type: ignore[arg-type]
    # Adding 0.0 turns a negative zero into a plain one.
    return float(f"{number:.{_DIGITS}g}") + 0.0 if math.isfinite(number) else None
