"""Light, shadows and stains are taken off before ink is measured; ink is not."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scan.light import evened, light_on
from scan.picture import Gray, sample
from scan.results import PageRead
from tests.paper import printed
from wamforms.practice.effects import ScanEffects
from wamforms.practice.photo import Photo
from wamforms.practice.scanner import MM_PER_INCH, scan

DPI = 200.0
PER_MM = DPI / MM_PER_INCH
MATRIX = np.diag([PER_MM, PER_MM, 1.0])
PLACES = np.array([[x, y] for y in (40.0, 60.0, 80.0) for x in (30.0, 50.0, 70.0)])
HALF_MM = 4.0
ANSWERS = {f"q{number:02d}": number % 5 + 1 for number in range(1, 20)}


def page_with_rings() -> Gray:
    """Draw bubbles with a cross in every second one on plain paper, 100 by 120 mm."""
    page = np.full((round(120 * PER_MM), round(100 * PER_MM)), 240, dtype=np.uint8)
    for number, (x, y) in enumerate(np.rint(PLACES * PER_MM).astype(int).tolist()):
        cv2.circle(page, (x, y), round(2.5 * PER_MM), 20, 3, cv2.LINE_AA)
        if number % 2:
            cv2.line(page, (x - 14, y - 14), (x + 14, y + 14), 60, 4, cv2.LINE_AA)
    return page


def patches_of(page: Gray) -> Gray:
    cut = sample(page, MATRIX, PLACES, (HALF_MM, HALF_MM), 8.0)
    return evened(cut, light_on(page, DPI), MATRIX, PLACES, HALF_MM)


def lit(page: Gray, light: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Gray:
    return np.asarray(np.rint(page * light), dtype=np.uint8)


def ramp(across: float, down: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Light that falls by so much over the page, from 1 in its brightest corner."""
    rows, columns = np.mgrid[0.0:1.0:945j, 0.0:1.0:787j]
    light = across * columns + down * rows
    return np.asarray(1.0 - (light - light.min()), dtype=np.float64)


def test_even_light_changes_nothing() -> None:
    page = page_with_rings()
    cut = sample(page, MATRIX, PLACES, (HALF_MM, HALF_MM), 8.0)
    assert np.array_equal(patches_of(page), cut)


@settings(max_examples=30)
@given(st.floats(-0.35, 0.35), st.floats(-0.35, 0.35))
def test_slanting_light_is_taken_off(across: float, down: float) -> None:
    page = page_with_rings()
    found, even = (patches_of(one).astype(float) for one in (lit(page, ramp(across, down)), page))
    scale = np.median(found) / np.median(even)
    assert np.percentile(np.abs(found / scale - even), 99) < 6.0


@pytest.mark.parametrize("soft_mm", [1.5, 5.0, 20.0])
def test_the_edge_of_a_shadow_through_bubbles_is_taken_off(soft_mm: float) -> None:
    page = page_with_rings()
    away = (np.arange(page.shape[1]) / PER_MM - 50.0)[None, :] / soft_mm
    light = 1.0 - 0.5 / (1.0 + np.exp(-4.0 * away)) * np.ones((len(page), 1))
    found, even = patches_of(lit(page, light)).astype(float), patches_of(page).astype(float)
    paper = np.median(found)
    blank = even[::2, 26:38, 26:38]
    assert np.abs(found[::2, 26:38, 26:38] / paper - blank / 240.0).max() < 0.1


@pytest.mark.parametrize("side_mm", [6.0, 14.0, 25.0, 60.0])
def test_a_black_blot_of_any_size_stays_ink(side_mm: float) -> None:
    page = page_with_rings()
    middle = PLACES[4]
    low, high = (
        np.rint((middle + side * side_mm / 2) * PER_MM).astype(int).tolist() for side in (-1, 1)
    )
    page[low[1] : high[1], low[0] : high[0]] = 30
    inside = patches_of(page)[4][26:38, 26:38]
    assert inside.max() < 120


@pytest.mark.parametrize("seed", range(4))
def test_a_photo_in_poor_light_is_read_without_a_doubt(seed: int) -> None:
    form = printed()
    photo = Photo(
        megapixels=8.0, tilt_deg=12.0, light=0.7, shadow=0.5, blur_px=0.8, noise=3.0, paper=225
    )
    picture = scan(
        form.crossed(ANSWERS), PER_MM, ScanEffects(photo=photo), np.random.default_rng(seed), DPI
    )
    outcome = form.read(picture, None)
    assert isinstance(outcome, PageRead)
    assert {item.item: item.value for item in outcome.items} == ANSWERS


def test_shade_of_a_scanner_hardly_changes_what_empty_bubbles_measure() -> None:
    form = printed()
    fills = []
    for shade in (0.0, 45.0):
        effects = ScanEffects(noise=1.0, paper=245, shade=shade)
        outcome = form.read(scan(form.blank(), PER_MM, effects, np.random.default_rng(5)))
        assert isinstance(outcome, PageRead)
        fills.append(np.array([one.fill for item in outcome.items for one in item.bubbles]))
    assert np.abs(fills[0] - fills[1]).max() < 0.008
