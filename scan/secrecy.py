"""What of a client's sheet says what the client answered, and what only that it came in."""

from dataclasses import replace

from layouts.model import Role
from scan.results import Note, PageOutcome, PageRead

_OF_CONTENT = frozenset({Note.REMARK, Note.OUTSIDE})
"""Notes about what somebody wrote."""


def is_clients(outcome: PageOutcome) -> bool:
    """Tell whether a page was read as a client's."""
    return isinstance(outcome, PageRead) and outcome.code.role is Role.CLIENT


def may_be_clients(outcome: PageOutcome) -> bool:
    """Tell whether the picture of a page may show what a client answered.

    Only of a page that was read as a professional's it is known that it does not: one
    that was refused may be anybody's, and a blank back lets the front shine through.
    """
    return not (isinstance(outcome, PageRead) and outcome.code.role is Role.PROFESSIONAL)


def without_content(page: PageRead) -> PageRead:
    """Return a reading as the office may know it: which sheet, how it lay, and its consent."""
    return replace(
        page,
        items=(),
        remarks=(),
        notes=tuple(note for note in page.notes if note not in _OF_CONTENT),
        is_closed=True,
    )
