"""Read PDF streams within limits: a few hundred bytes can unfold to gigabytes."""

import zlib

import pikepdf

from scan.sources.limits import check_bytes
from scan.sources.model import PageUnreadable

UNFOLDING = frozenset({"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"})
"""Filters whose output can be a thousand times their input."""

MAX_CONTENT_BYTES = 64 * 1024**2
"""Drawing instructions of one page; a dense vector page has a few."""

MAX_CODED_BYTES = 64 * 1024
"""Encoded length up to which even the best compression stays below the limit above."""

TOO_MUCH = "The page holds more than can be drawn safely; print it to a new PDF or scan it again."


def filters_of(stream: pikepdf.Object) -> list[str]:
    """Return the names of a stream's filters, in the order of decoding."""
    named = stream.get("/Filter")
    if named is None:
        return []
    if isinstance(named, pikepdf.Name):
        return [str(named)]
    return [str(one) for one in named]


def content_of(stream: pikepdf.Object) -> bytes:
    """Decode a stream of drawing instructions.

    Raises
    ------
    PageUnreadable
        If it unfolds to more than `MAX_CONTENT_BYTES`.
    """
    filters = filters_of(stream)
    raw = stream.read_raw_bytes()
    check_bytes(len(raw))
    if not filters:
        return raw
    if sum(name in UNFOLDING for name in filters) > 1:
        raise PageUnreadable(TOO_MUCH, too_large=True)
    if len(raw) <= MAX_CODED_BYTES:
        return stream.read_bytes()
    if filters != ["/FlateDecode"]:
        raise PageUnreadable(TOO_MUCH, too_large=True)
    content = zlib.decompressobj().decompress(raw, MAX_CONTENT_BYTES + 1)
    if len(content) > MAX_CONTENT_BYTES:
        raise PageUnreadable(TOO_MUCH, too_large=True)
    return content


def page_content(page: pikepdf.Page) -> bytes:
    """Decode all drawing instructions of a page."""
    contents = page.obj.get("/Contents")
    if contents is None:
        return b""
    if isinstance(contents, pikepdf.Array):
        return b"\n".join(content_of(part) for part in contents)
    return content_of(contents)
