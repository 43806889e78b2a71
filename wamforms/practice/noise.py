"""Random grey on whole pages, fast: random bytes looked up in a table of the normal curve."""

from functools import lru_cache
from statistics import NormalDist

import cv2
import numpy as np

from wamforms.practice.ink import Gray

_MIDDLE = 128


def add_noise(page: Gray, sigma: float, rng: np.random.Generator, *, grain_px: int = 1) -> None:
    """Add normal noise in place.

    Parameters
    ----------
    sigma
        Standard deviation in grey levels.
    grain_px
        Size of its grain; above 1 it is drawn coarser and interpolated.
    """
    rows, columns = (-(-length // grain_px) for length in page.shape)
    # Eight bytes at a time: twice as fast as `Generator.bytes`.
    raw = rng.integers(0, 2**64, -(-rows * columns // 8), np.uint64).view(np.uint8)
    raw = raw[: rows * columns].reshape(rows, columns)
    noise = cv2.LUT(raw, _normal(round(sigma, 2)))
    if grain_px > 1:
        noise = cv2.resize(noise, page.shape[::-1], interpolation=cv2.INTER_LINEAR)
    cv2.addWeighted(page, 1.0, noise, 1.0, -float(_MIDDLE), dst=page)


@lru_cache(maxsize=64)
def _normal(sigma: float) -> Gray:
    """List the 256 quantiles of the normal distribution about the middle grey."""
    curve = NormalDist(_MIDDLE, sigma) if sigma else None
    levels = [curve.inv_cdf((at + 0.5) / 256) if curve else _MIDDLE for at in range(256)]
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)
