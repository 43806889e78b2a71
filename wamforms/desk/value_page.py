"""One answer and the paper behind it: pictures, measures, decisions, scans."""

from starlette.responses import Response

from layouts.model import ItemId
from wamforms.desk.visits import Part, Visit, look
from wamforms.tasks.pictures import note_view, page_picture, strip
from wamforms.tasks.seen_pages import page_seen, page_to_see
from wamforms.tasks.tracing import Asked, trace, trace_score


def value(visit: Visit) -> Response:
    """Show everything known about an answer."""
    _ = visit.by  # its pictures are logged with who saw them
    found = trace(visit.study, _asked(visit), visit.path["item"], visit.words.language)
    return visit.show("value.html", found=found)


def score(visit: Visit) -> Response:
    """Show a factor score with the rows it was computed from."""
    _ = visit.by
    found = trace_score(visit.study, _asked(visit), visit.path["factor"], visit.words.language)
    return visit.show("score.html", found=found)


def page(visit: Visit) -> Response:
    """Show a whole page, with what was read drawn on it."""
    _ = visit.by
    return visit.show("page.html", found=page_seen(visit.study, _number(visit)))


def page_png(visit: Visit) -> Response:
    """Give the picture of a page, and log that it was seen."""
    found = page_to_see(visit.study, _number(visit))
    note_view(visit.study, found, by=visit.by)
    return Response(page_picture(visit.study, found), media_type="image/png")


def row_png(visit: Visit) -> Response:
    """Give the picture of a row, and log that it was seen."""
    item = visit.path["item"]
    found = page_to_see(visit.study, _number(visit), item)
    note_view(visit.study, found, by=visit.by)
    return Response(strip(visit.study, found, ItemId(item)), media_type="image/png")


def _asked(visit: Visit) -> Asked:
    return Asked(visit.path["dyad"], visit.path["role"], visit.path["wave"])


def _number(visit: Visit) -> int:
    """Return the number of the page; what is none is the number of no page."""
    text = visit.path["page"]
    return int(text) if text.isdecimal() and len(text) < 19 else 0


PART = Part(
    "results",
    (
        look("/value/{dyad}/{role}/{wave}/{item}", value),
        look("/score/{dyad}/{role}/{wave}/{factor}", score),
        look("/page/{page}", page),
        look("/page/{page}/picture", page_png),
        look("/page/{page}/row/{item}", row_png),
    ),
)
