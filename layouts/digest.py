"""The fingerprint of a layout: a page proves which form it came from."""

import hashlib

from layouts.alphabet import to_text
from layouts.files import to_json
from layouts.model import Fingerprint, Layout

_BITS = 40


def fingerprint(layout: Layout) -> Fingerprint:
    """Digest everything that decides where marks are and what they mean.

    Returns
    -------
    Fingerprint
        Eight characters of the 32-letter alphabet (40 bits of SHA-256). Two
        layouts that differ in any position, value, wording or version differ
        here.
    """
    whole = hashlib.sha256(to_json(layout).encode()).digest()
    return Fingerprint(to_text(int.from_bytes(whole[: _BITS // 8], "big"), _BITS // 5))
