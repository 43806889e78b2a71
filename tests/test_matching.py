"""A printed shape is found again to a part of a pixel."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scan.matching import FEW_PLACES, _at_few, _at_many, best_matches
from scan.picture import Gray, sample, slopes, to_px


def ring(side: int, x: float, y: float) -> Gray:
    """Draw a ring whose middle is off the middle of the picture by (x, y) pixels."""
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    distance = np.abs(np.hypot(columns - x, rows - y) - 8.0)
    return np.asarray(255 * np.clip(distance / 2, 0, 1), dtype=np.uint8)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0)), min_size=1, max_size=6))
def test_every_patch_finds_its_own_offset(offsets: list[tuple[float, float]]) -> None:
    patches = np.stack([ring(34, x, y) for x, y in offsets])
    scores, moved = best_matches(patches, ring(24, 0.0, 0.0))
    assert np.abs(moved - np.array(offsets)).max() < 0.12
    # A ring half a pixel aside shares its edge with two pixels each way: 0.89 is its best.
    assert scores.min() > 0.88


def test_a_flat_patch_scores_nothing() -> None:
    patches = np.full((2, 34, 34), 255, dtype=np.uint8)
    scores, moved = best_matches(patches, ring(24, 0.0, 0.0))
    assert scores.max() < 0.1
    assert np.isfinite(moved).all()


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([1.0, 12.0, 120.0]), st.integers(0, 8))
def test_a_few_places_are_scored_as_opencv_scores_them(
    seed: int, contrast: float, room: int
) -> None:
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.normal(size=(5 * 38, 24 + room)), (0, 0), 1.5)
    patches = np.clip(225 + contrast * noise, 0, 255).astype(np.uint8).reshape(5, 38, -1)
    shape = ring(24, 0.0, 0.0)
    assert 15 * (room + 1) <= FEW_PLACES
    assert np.allclose(_at_few(patches, shape), _at_many(patches, shape), atol=1e-3)


@given(
    st.floats(-0.2, 0.2),
    st.floats(-1e-5, 1e-5),
    st.floats(20.0, 190.0),
    st.floats(20.0, 270.0),
)
def test_slopes_are_the_derivative_of_the_mapping(
    turn: float, tilt: float, x: float, y: float
) -> None:
    matrix = np.array([[8.0, -turn, 30.0], [turn, 8.0, 20.0], [tilt, -tilt, 1.0]])
    place = np.array([[x, y]])
    step = 1e-4
    aside = np.array([[step, 0.0]])
    right = (to_px(matrix, place + aside) - to_px(matrix, place - aside)) / (2 * step)
    assert np.allclose(slopes(matrix, place)[0, :, 0], right[0], atol=1e-4)


def test_a_patch_shows_what_lies_at_its_place_on_paper() -> None:
    page = np.full((400, 400), 255, dtype=np.uint8)
    cv2.circle(page, (200, 120), 5, 0, -1)
    matrix = np.array([[4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 1.0]])
    patch = sample(page, matrix, np.array([[50.0, 30.0]]), (5.0, 2.5), 8.0)[0]
    assert patch.shape == (40, 80)
    assert patch[19, 39] == 0
    assert patch[0, 0] == 255
