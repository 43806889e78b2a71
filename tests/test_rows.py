from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.check import FOLD_MM
from layouts.geometry import PAPERS
from wamforms.measures import MOST_LINES, RADIUS_MM, SMALLEST_PT, Measures, row_height_mm
from wamforms.paging import band_of
from wamforms.rows import (
    MOST_IN_A_GROUP,
    WIDEST_PITCH_MM,
    Band,
    Rows,
    capacity,
    place_rows,
)

papers = st.sampled_from(sorted(PAPERS))
pitches = st.floats(5.5, 18.0).map(lambda pitch: round(pitch, 2))
bands = st.builds(
    lambda top, height, folds: Band(top, top + height, tuple(sorted(folds)), RADIUS_MM),
    st.floats(10.0, 60.0),
    st.floats(60.0, 230.0),
    st.lists(st.floats(70.0, 240.0), max_size=3, unique=True),
)


def band_on(paper: str, waves: int = 0) -> Band:
    return band_of(Measures(PAPERS[paper], (), 2, waves))


def clear_of_folds(rows: Rows, band: Band) -> bool:
    return all(
        abs(centre - fold) >= RADIUS_MM + FOLD_MM - 0.002
        for centre in rows.centres_mm
        for fold in band.folds_mm
    )


@settings(max_examples=150)
@given(st.integers(1, 40), bands, pitches)
def test_rows_keep_their_distance_their_groups_and_the_folds(
    count: int, band: Band, least_mm: float
) -> None:
    rows = place_rows(count, band, least_mm)
    assert (rows is None) == (capacity(band, least_mm) < count)
    if rows is None:
        return
    centres = rows.centres_mm
    assert len(centres) == count
    assert rows.pitch_mm >= least_mm - 0.001
    assert rows.pitch_mm <= max(WIDEST_PITCH_MM, least_mm) + 0.001
    steps = [below - above for above, below in pairwise(centres)]
    assert all(step >= rows.pitch_mm - 0.002 for step in steps)
    assert all(1 <= len(group) <= MOST_IN_A_GROUP for group in rows.groups)
    assert centres[0] >= band.top_mm + rows.pitch_mm / 2 - 0.002
    assert centres[-1] <= band.bottom_mm - rows.pitch_mm / 2 + 0.002
    assert clear_of_folds(rows, band)


@settings(max_examples=50)
@given(bands, pitches)
def test_a_full_band_holds_what_was_counted_and_not_one_row_more(
    band: Band, pitch_mm: float
) -> None:
    most = capacity(band, pitch_mm)
    if most:
        assert place_rows(most, band, pitch_mm) is not None
    assert place_rows(most + 1, band, pitch_mm) is None


@settings(max_examples=50)
@given(bands, pitches, st.floats(0.0, 5.0))
def test_narrower_rows_never_hold_less(band: Band, pitch_mm: float, less_mm: float) -> None:
    assert capacity(band, max(5.0, pitch_mm - less_mm)) >= capacity(band, pitch_mm)


@settings(max_examples=50)
@given(st.integers(2, 40), bands, pitches)
def test_groups_of_a_zone_differ_by_one_row_at_most(
    count: int, band: Band, least_mm: float
) -> None:
    rows = place_rows(count, Band(band.top_mm, band.bottom_mm, (), RADIUS_MM), least_mm)
    if rows is not None:
        sizes = [len(group) for group in rows.groups]
        assert max(sizes) - min(sizes) <= 1
        assert len(sizes) == -(-count // MOST_IN_A_GROUP)


@pytest.mark.parametrize("paper", sorted(PAPERS))
@pytest.mark.parametrize("lines", range(2, MOST_LINES + 1))
def test_every_paper_holds_rows_of_every_height(paper: str, lines: int) -> None:
    assert capacity(band_on(paper), row_height_mm(SMALLEST_PT, lines)) >= 8


@pytest.mark.parametrize("paper", sorted(PAPERS))
def test_nineteen_items_of_two_lines_fit_one_side_of_every_paper(paper: str) -> None:
    rows = place_rows(19, band_on(paper), row_height_mm(SMALLEST_PT, 2))
    assert rows is not None


def test_few_rows_are_not_scattered_over_the_page() -> None:
    rows = place_rows(3, band_on("a4"), 8.0)
    assert rows is not None
    assert rows.pitch_mm == pytest.approx(WIDEST_PITCH_MM)
    assert rows.groups == (rows.centres_mm,)


def test_a_band_lower_than_a_row_holds_none() -> None:
    band = Band(50.0, 55.0, (), RADIUS_MM)
    assert capacity(band, 8.0) == 0
    assert place_rows(1, band, 8.0) is None
