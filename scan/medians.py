"""Medians of what is known, where the rest is NaN."""

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


def median_of_known(values: Reals, axis: int) -> Reals:
    """Take the median along an axis of what is not NaN; NaN where nothing is known.

    `numpy.nanmedian` tells the same and takes ten times as long on arrays as small as the
    bubbles or the ticks of a page, where it was three in a hundred of a page's time.
    """
    ordered = np.sort(values, axis=axis)  # NaN comes last
    known = np.isfinite(values).sum(axis=axis, keepdims=True)
    below = np.take_along_axis(ordered, np.maximum(known - 1, 0) // 2, axis)
    above = np.take_along_axis(ordered, np.minimum(known // 2, values.shape[axis] - 1), axis)
    return np.asarray(np.squeeze((below + above) / 2, axis=axis))
