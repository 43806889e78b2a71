"""Pages of scans: list them, take their original bytes, decode them to grey.

`pages_of` lists, `take` fetches one page's picture as the scanner wrote it and
`decode` turns it into grey levels. A page that cannot be trusted raises
`PageUnreadable`; a file that gives no pages is listed as `UnreadableFile`.

Turning is left to the markers: a PDF's /Rotate, the orientation tag of JPEG and
TIFF and their mirrored kinds are all ignored, so the picture is read as it is
stored. A truly mirrored picture then shows no markers and is refused.

PDFium is not thread-safe and a hostile file can make any decoder slow, so run
`take` and `decode` in worker processes that have a time and memory limit.
"""

from scan.sources.decoding import decode
from scan.sources.listing import pages_of
from scan.sources.model import PageImage, PageRef, PageUnreadable, TakenPage, UnreadableFile
from scan.sources.taking import close_sources, take

__all__ = [
    "PageImage",
    "PageRef",
    "PageUnreadable",
    "TakenPage",
    "UnreadableFile",
    "close_sources",
    "decode",
    "pages_of",
    "take",
]
