"""Look for traps and gaps in a PDF page before a renderer is let loose on it."""

from dataclasses import dataclass, field

import pikepdf

from scan.sources.limits import MAX_PAGE_PX
from scan.sources.model import PageUnreadable
from scan.sources.pdf_image import check_complete
from scan.sources.pdf_streams import TOO_MUCH, UNFOLDING, content_of, filters_of, page_content

MAX_DEPTH = 5
"""Forms within forms; office software nests two or three deep."""

MAX_DRAWINGS = 100_000
"""Pictures and forms drawn on one page, counting those that nested forms repeat."""

MAX_OBJECTS = 1_000
"""Pictures and forms a page may know; copiers cut a page into some tens of strips."""


def check_drawable(page: pikepdf.Page) -> None:
    """Refuse a page that would keep a renderer busy, fill the memory or be drawn in part.

    Raises
    ------
    PageUnreadable
        If streams unfold too far, forms draw each other too often, pictures are too
        large, or a picture ends early: PDFium would leave its rest blank in silence.
    """
    _Survey().drawings(page_content(page), page.resources, MAX_DEPTH)


@dataclass(slots=True)
class _Survey:
    """What was seen of a page so far; None stands for a form that is being looked at."""

    counts: dict[tuple[int, int], int | None] = field(default_factory=dict)

    def drawings(self, content: bytes, resources: pikepdf.Object, depth: int) -> int:
        """Count the drawing calls at most, nested ones included."""
        objects = resources.get("/XObject")
        things = [] if objects is None else [objects[name] for name in list(objects.keys())]
        worst = max((self._inside(thing, resources, depth) for thing in things), default=0)
        count = content.count(b"Do") * (1 + worst)
        if count > MAX_DRAWINGS:
            raise PageUnreadable(TOO_MUCH, too_large=True)
        return count

    def _inside(self, thing: pikepdf.Object, resources: pikepdf.Object, depth: int) -> int:
        key = thing.objgen
        if key not in self.counts:
            self.counts[key] = None
            if len(self.counts) > MAX_OBJECTS or depth == 0:
                raise PageUnreadable(TOO_MUCH, too_large=True)
            self.counts[key] = self._look(thing, resources, depth)
        count = self.counts[key]
        if count is None:  # it draws itself
            raise PageUnreadable(TOO_MUCH, too_large=True)
        return count

    def _look(self, thing: pikepdf.Object, resources: pikepdf.Object, depth: int) -> int:
        if thing.get("/Subtype") == pikepdf.Name.Form:
            inner = thing.get("/Resources", resources)
            return self.drawings(content_of(thing), inner, depth - 1)
        unfolding = sum(name in UNFOLDING for name in filters_of(thing))
        pixels = int(thing.get("/Width", 0)) * int(thing.get("/Height", 0))
        if unfolding > 1 or pixels > MAX_PAGE_PX:
            raise PageUnreadable(TOO_MUCH, too_large=True)
        check_complete(thing)
        return 0
