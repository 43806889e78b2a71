"""Printed forms as pictures: the paper that all reading tests write on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2

from layouts.dyadcode import check_character
from layouts.geometry import A4, Paper
from layouts.model import Bubble, DyadCode, ItemId, Layout, Role, Shape
from layouts.sheetcode import SheetCode
from scan.picture import Gray
from scan.read import KnownForms, read_page
from scan.results import PageOutcome, PageRead
from scan.thresholds import Thresholds
from tests.instruments import invented
from wamforms.compose import compose
from wamforms.draw import FormsPdf, PrintedSheet
from wamforms.practice.render import page_at

KEY = bytes(range(32))
DYAD = DyadCode("K7Q42M9" + check_character("K7Q42M9"))


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """A printed form with all that the reader is told about it."""

    layout: Layout
    code: SheetCode
    pdf: bytes

    @property
    def forms(self) -> KnownForms:
        return KnownForms(KEY, {self.code.fingerprint: self.layout})

    def blank(self, dpi: float = 200.0, page: int = 1) -> Gray:
        """Return the empty printed page as a picture that may be drawn on."""
        return page_at(self.pdf, page, dpi).copy()

    def bubble(self, item: str, value: int) -> Bubble:
        """Find one bubble."""
        return next(
            bubble
            for page in self.layout.pages
            for group in page.rows
            if group.item == item
            for bubble in group.bubbles
            if bubble.value == value
        )

    def crossed(self, answers: Mapping[str, int], dpi: float = 200.0, page: int = 1) -> Gray:
        """Put a plain pen cross into a bubble of each named item."""
        picture = self.blank(dpi, page)
        for item, value in answers.items():
            cross(picture, self.bubble(item, value), dpi)
        return picture

    def read(self, picture: Gray, dpi: float | None = 200.0) -> PageOutcome:
        """Read a picture as the product does."""
        return read_page("page", picture, dpi, self.forms, Thresholds())

    def answers(self, picture: Gray, dpi: float | None = 200.0) -> dict[ItemId, int | None]:
        """Read a picture that must be readable; the value of every item."""
        outcome = self.read(picture, dpi)
        assert isinstance(outcome, PageRead), outcome
        return {item.item: item.value for item in outcome.items}


@cache
def printed(
    items: int = 19,
    points: int = 5,
    paper: Paper = A4,
    *,
    shape: Shape = Shape.ROUND,
    right_to_left: bool = False,
    key: bytes = KEY,
    remarks: bool = False,
    consent: bool = False,
) -> PrintedForm:
    """Print an invented form once."""
    instrument = invented(
        *(items, points),
        shape=shape,
        right_to_left=right_to_left,
        remarks=remarks,
        consent=consent,
    )
    form = compose(instrument, Role.CLIENT, "en", paper)
    codes = tuple(
        SheetCode(form.fingerprint, DYAD, Role.CLIENT, 1, page.number, 7)
        for page in form.layout.pages
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.pdf"
        pdf = FormsPdf(path, paper, "test", "en", key)
        pdf.add_sheet(PrintedSheet(form, codes, "start"))
        pdf.save()
        return PrintedForm(form.layout, codes[0], path.read_bytes())


def cross(
    picture: Gray, bubble: Bubble, dpi: float, *, grey: int = 40, width_mm: float = 0.5
) -> None:
    """Draw a cross with a pen."""
    per_mm = dpi / 25.4
    x, y = bubble.centre.x_mm * per_mm, bubble.centre.y_mm * per_mm
    arm = 0.8 * bubble.radius_mm * per_mm
    for down in (arm, -arm):
        start, end = (round(x - arm), round(y - down)), (round(x + arm), round(y + down))
        cv2.line(picture, start, end, grey, max(1, round(width_mm * per_mm)), cv2.LINE_AA)


def fill(picture: Gray, bubble: Bubble, dpi: float, *, grey: int = 40, share: float = 0.95) -> None:
    """Fill a bubble with a pen."""
    per_mm = dpi / 25.4
    at = round(bubble.centre.x_mm * per_mm), round(bubble.centre.y_mm * per_mm)
    cv2.circle(picture, at, round(share * bubble.radius_mm * per_mm), grey, -1, cv2.LINE_AA)
