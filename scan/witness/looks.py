"""What the second witness looks at: each bubble without what all bubbles of the page have."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Reals: TypeAlias = npt.NDArray[np.float32]

SIDE = 30
"""Pixels along a side of a look: four a millimetre, so that a ballpoint's line is two wide."""

LEAST_NOISE = 0.004
"""Noise taken for granted where a page has none, as in a clean rendering."""

PLAIN = 4.0
"""What differs from the usual bubble by so many times the noise is seen well."""

LEAST, MOST = -0.3, 1.0
"""Ink that differs by more from the usual bubble is shown as this."""


def looks_of(share: Reals) -> Reals:
    """Show all answer bubbles of a page, shape (n, 2, SIDE, SIDE), from their ink.

    The first of the two pictures is ink above the page's usual bubble, outline and
    all; the second the same against the page's own noise, so that a light pencil on
    a clean scan is as plain as a dark one on a copy.

    Parameters
    ----------
    share
        Shape (n, 2 * SIDE, 2 * SIDE), as in `scan.measure.Ink`.
    """
    tall = share.reshape(-1, share.shape[2])
    halved = cv2.resize(tall, (SIDE, len(share) * SIDE), interpolation=cv2.INTER_AREA)
    small = np.asarray(halved).reshape(len(share), -1)
    above = small - np.sort(small, axis=0)[(len(share) - 1) // 2]
    size = np.abs(above[:, ::7]).ravel()
    middle = (len(size) - 1) // 2
    noise = max(1.4826 * float(np.partition(size, middle)[middle]), LEAST_NOISE)
    # Both pictures pixel by pixel, in which order the network takes them.
    looks = np.empty((*above.shape, 2), dtype=np.float32)
    np.clip(above, LEAST, MOST, out=looks[:, :, 0])
    np.tanh(above / (PLAIN * noise), out=looks[:, :, 1])
    return looks.reshape(-1, SIDE, SIDE, 2).transpose(0, 3, 1, 2)
