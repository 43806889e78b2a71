"""Medians of what is known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from scan.medians import Reals, median_of_known

NUMBERS = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6, width=32))


@given(
    arrays(np.float64, array_shapes(min_dims=2, max_dims=3, min_side=1), elements=NUMBERS),
    st.integers(0, 1),
)
def test_the_median_of_what_is_known_is_that_of_numpy(values: Reals, axis: int) -> None:
    found = median_of_known(values, axis)
    known = np.isfinite(values).any(axis=axis)
    hollow = np.where(np.expand_dims(known, axis), values, 0.0)
    assert np.array_equal(found[known], np.nanmedian(hollow, axis=axis)[known])
    assert np.isnan(found[~known]).all()
