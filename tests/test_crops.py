"""Cuttings of handwriting: straight, as fine as the scan, and kept once."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from layouts.geometry import BoxMm
from scan.batch import kept_crops
from scan.crops import AROUND_MM, BORDER_MM, FINEST_PER_MM, cuttings, straight
from scan.picture import MM_PER_INCH, Gray
from scan.results import PageBlank, PageRead, Remark
from tests.paper import printed

BOX = BoxMm(30.0, 92.0, 20.0, 6.0)


def drawn(dpi: float) -> Gray:
    """Draw a wedge, narrow on the right, onto a page, with nothing else near it."""
    picture = printed().blank(dpi)
    around = np.array([[27, 89], [53, 89], [53, 101], [27, 101]]) * dpi / MM_PER_INCH
    cv2.fillPoly(picture, [np.rint(around).astype(np.int32)], (255,))
    corners = np.array([[31, 93], [49, 94], [49, 96], [31, 97]]) * dpi / MM_PER_INCH
    cv2.fillPoly(picture, [np.rint(corners).astype(np.int32)], (40,))
    return picture


def reading(picture: Gray, dpi: float) -> PageRead:
    outcome = printed().read(picture, dpi)
    assert isinstance(outcome, PageRead), outcome
    return replace(outcome, remarks=(Remark("note", BOX),))


def decoded(data: bytes) -> Gray:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return np.asarray(picture, np.uint8)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("dpi", [150.0, 400.0])
def test_a_cutting_is_upright_and_as_fine_as_its_scan(dpi: float, turn: int) -> None:
    picture = np.ascontiguousarray(np.rot90(drawn(dpi), turn // 90))
    (cut,) = (decoded(data) for data in cuttings(picture, reading(picture, dpi)))
    per_mm = dpi / MM_PER_INCH
    height, width = (length + 2 * BORDER_MM for length in (BOX.height_mm, BOX.width_mm))
    assert cut.shape == pytest.approx((height * per_mm, width * per_mm), rel=0.02)
    ink = np.argwhere(cut < 100) / per_mm
    top_mm, left_mm = ink.min(axis=0)
    bottom_mm, right_mm = ink.max(axis=0)
    expected = (1 + BORDER_MM, 1 + BORDER_MM, 5 + BORDER_MM, 19 + BORDER_MM)
    assert (top_mm, left_mm, bottom_mm, right_mm) == pytest.approx(expected, abs=0.4)
    broad, narrow = (ink[np.abs(ink[:, 1] - at) < 0.3] for at in (left_mm + 1, right_mm - 1))
    assert np.ptp(broad[:, 0]) > np.ptp(narrow[:, 0]) + 1


def test_a_cutting_from_elsewhere_shows_what_is_around_it() -> None:
    picture = drawn(150.0)
    read = reading(picture, 150.0)
    (near,) = (decoded(data) for data in cuttings(picture, read))
    (wide,) = (
        decoded(data) for data in cuttings(picture, replace(read, remarks=(Remark("", BOX),)))
    )
    more = 2 * (AROUND_MM - BORDER_MM) * 150.0 / MM_PER_INCH
    assert np.subtract(wide.shape, near.shape) == pytest.approx((more, more), abs=1)


def test_a_cutting_is_never_finer_than_600_dpi() -> None:
    picture = drawn(150.0)
    read = reading(picture, 150.0)
    finer = replace(read.fit, dpi=read.fit.dpi * 8, matrix=tuple(np.array(read.fit.matrix)))
    cut = straight(picture, finer, BOX)
    assert cut.shape[1] == round(BOX.width_mm * FINEST_PER_MM)


def test_a_box_beyond_the_picture_is_white_there() -> None:
    picture = drawn(150.0)
    cut = straight(picture, reading(picture, 150.0).fit, BoxMm(-20.0, 50.0, 10.0, 5.0))
    assert cut.min() == 255


def test_the_same_page_gives_the_same_cuttings_and_other_outcomes_none() -> None:
    picture = drawn(150.0)
    kept: list[tuple[bytes, str]] = []

    def keep(data: bytes, suffix: str) -> str:
        kept.append((data, suffix))
        return f"{len(kept)}"

    read = reading(picture, 150.0)
    assert kept_crops(picture, read, keep) == ("1",)
    assert kept_crops(picture, read, keep) == ("2",)
    assert kept_crops(picture, PageBlank("page"), keep) == ()
    assert kept[0] == kept[1]
    assert kept[0][1] == ".png"
