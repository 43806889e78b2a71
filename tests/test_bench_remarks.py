"""The count of remarks that are flagged and of flags without a remark."""

import numpy as np

from bench.remarks import OVER_PRINT, PLACES, Task, make_page, report, run
from wamforms.practice.scribbles import Where


def test_a_page_is_the_same_every_time_and_the_remark_is_all_that_is_added() -> None:
    first, box = make_page("office", 1, 0, Where.MARGIN)
    again, same = make_page("office", 1, 0, Where.MARGIN)
    plain, none = make_page("office", 1, 0, None)
    assert np.array_equal(first, again)
    assert box == same
    assert box is not None
    assert none is None
    assert not np.array_equal(first, plain)


def test_every_remark_is_counted_once_and_so_is_every_page_without_one() -> None:
    tally = run(Task("office", 1, 0, 4))
    assert sum(tally.written.values()) == 4
    assert tally.written[Where.BOX.value] == 2
    assert tally.flagged <= tally.written
    assert (tally.plain, tally.refused) == (4, 0)
    missed = [case for case in tally.cases if case[3] != "no remark"]
    assert len(missed) == sum(tally.written.values()) - sum(tally.flagged.values())
    lines = "\n".join(report({"office": tally}))
    assert "| office | 2 of 2 |" in lines
    assert OVER_PRINT in PLACES
    assert all(place in lines for place in PLACES)
