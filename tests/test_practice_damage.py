"""Damage beyond the office scanner: wear, phone photos, marks that are hard to read."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.geometry import A4, PointMm
from layouts.model import Bubble, Group, ItemId, PageLayout
from wamforms.practice.crumple import MOST_BEND_MM, bend, crumple
from wamforms.practice.effects import ScanEffects
from wamforms.practice.hard_marks import HardMark, Writer, answer_page_hard
from wamforms.practice.ink import Gray
from wamforms.practice.losses import cut_margin, lose_corner, overlap, punch_corners, staple
from wamforms.practice.overlays import bleed_through, coffee, moire
from wamforms.practice.people import FilledPage, TruthKind
from wamforms.practice.photo import Photo, photograph
from wamforms.practice.scanner import scan, scan_placed
from wamforms.practice.troubles import TROUBLES
from wamforms.practice.wear import Wear

DPI = 100.0
PX_PER_MM = DPI / 25.4
RADIUS_MM = 2.5
DOTS_MM = ((20.0, 20.0), (190.0, 30.0), (100.0, 150.0), (30.0, 270.0), (185.0, 280.0))
WEAR_NAMES = [one.name for one in fields(Wear)]

PAGE = PageLayout(
    number=1,
    fiducials=(),
    ticks=(),
    codes=(),
    examples=(),
    groups=tuple(
        Group(
            ItemId(f"q{row:02d}"),
            tuple(
                Bubble(value, PointMm(110 + 14.5 * value, 30 + 11 * row), RADIUS_MM)
                for value in range(1, 6)
            ),
        )
        for row in range(1, 20)
    ),
)
ANSWERS = {group.item: number % 5 + 1 for number, group in enumerate(PAGE.groups)}


@cache
def dotted() -> Gray:
    """Draw discs of 3 mm radius at known places."""
    page = np.full((round(A4.height_mm * PX_PER_MM), round(A4.width_mm * PX_PER_MM)), 255, np.uint8)
    for x_mm, y_mm in DOTS_MM:
        middle = np.rint((np.array([x_mm, y_mm]) * PX_PER_MM - 0.5) * 16).astype(int).tolist()
        cv2.circle(page, middle, round(3 * PX_PER_MM * 16), 0, -1, cv2.LINE_AA, 4)
    page.setflags(write=False)
    return page


def centroid(picture: Gray, column: float, row: float, reach: int) -> tuple[float, float]:
    """Find the middle of what is dark about a place."""
    near = (
        slice(max(0, int(row) - reach), int(row) + reach + 1),
        slice(max(0, int(column) - reach), int(column) + reach + 1),
    )
    dark = np.clip(120.0 - picture[near], 0, None)
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    weight = dark.sum()
    assert weight > 0
    return float((columns[near] * dark).sum() / weight), float((rows[near] * dark).sum() / weight)


def difference(effects: ScanEffects) -> float:
    """Mean change of a page against the scan that does nothing."""
    plain = scan(dotted(), PX_PER_MM, ScanEffects(), np.random.default_rng(1), DPI)
    treated = scan(dotted(), PX_PER_MM, effects, np.random.default_rng(1), DPI)
    return float(np.abs(plain.astype(int) - treated).mean())


@pytest.mark.parametrize("name", TROUBLES)
def test_the_same_seed_gives_the_same_trouble(name: str) -> None:
    def once() -> Gray:
        rng = np.random.default_rng(8)
        return scan(dotted(), PX_PER_MM, TROUBLES[name](rng), rng, DPI)

    assert np.array_equal(once(), once())


@pytest.mark.parametrize("name", WEAR_NAMES)
def test_wear_grows_from_nothing(name: str) -> None:
    assert difference(ScanEffects(wear=Wear(**{name: 0.0}))) == 0.0
    lid = ScanEffects(backdrop=30, wear=Wear(**{name: 1.0}))
    assert difference(lid) > 0.01


@pytest.mark.parametrize("effect", [crumple, bleed_through, coffee, moire, staple])
def test_an_effect_of_almost_no_severity_leaves_almost_everything(
    effect: Callable[[Gray, float, float, np.random.Generator], object],
) -> None:
    page = dotted().copy()
    effect(page, PX_PER_MM, 0.004, np.random.default_rng(3))
    assert np.abs(page.astype(int) - dotted()).mean() < 0.3


@pytest.mark.parametrize("effect", [cut_margin, lose_corner, punch_corners])
def test_what_is_lost_shows_what_lies_behind_the_sheet(
    effect: Callable[[Gray, float, float, int, np.random.Generator], None],
) -> None:
    white = np.full_like(dotted(), 255)
    effect(white, PX_PER_MM, 1.0, 30, np.random.default_rng(5))
    lost_mm2 = np.count_nonzero(white < 40) / PX_PER_MM**2
    assert 20.0 < lost_mm2 < 297.0 * 15.0


@pytest.mark.parametrize("seed", range(8))
def test_a_second_page_hides_at_most_half_of_the_first(seed: int) -> None:
    page = np.full_like(dotted(), 255)
    page[::4] = 0
    before = page.copy()
    overlap(page, PX_PER_MM, 1.0, np.random.default_rng(seed))
    changed = np.abs(page.astype(int) - before) > 120
    rows, columns = np.nonzero(changed)
    assert rows.size
    assert min(np.ptp(rows) / len(page), np.ptp(columns) / page.shape[1]) < 0.6


def test_wear_beyond_its_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Wear(coffee=1.2)


@given(st.integers(0, 2**32), st.floats(0.0, MOST_BEND_MM))
@settings(max_examples=40)
def test_no_place_of_bent_paper_moves_farther_than_asked(seed: int, most_mm: float) -> None:
    bent = bend(dotted().shape, PX_PER_MM, most_mm, np.random.default_rng(seed))
    places = np.random.default_rng(seed).random((200, 2)) * (A4.width_mm, A4.height_mm)
    assert np.hypot(*bent.of(places).T).max() <= most_mm + 1e-9


@pytest.mark.parametrize("severity", [0.3, 1.0])
def test_crumpled_paper_is_where_its_geometry_says(severity: float) -> None:
    effects = ScanEffects(wear=Wear(crumple=severity), skew_deg=0.7)
    scanned = scan_placed(dotted(), PX_PER_MM, effects, np.random.default_rng(2), DPI)
    for x_mm, y_mm in DOTS_MM:
        column, row = scanned.geometry.to_px(PointMm(x_mm, y_mm))
        found = centroid(scanned.picture, column, row, 17)
        assert np.hypot(found[0] - column, found[1] - row) < 0.5


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("severity", [0.0, 0.5, 1.0])
def test_a_photographed_page_is_where_its_view_says(severity: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    photo = replace(Photo.drawn(rng, severity), megapixels=3.0, desk=200)
    picture, view = photograph(dotted(), PX_PER_MM, photo, rng)
    assert picture.shape == photo.size_px
    for x_mm, y_mm in DOTS_MM:
        column, row = view.to_px(PointMm(x_mm, y_mm))
        assert 0 <= column < view.columns_px
        assert 0 <= row < view.rows_px
        # A disc seen aslant has its middle of mass a little off its middle: half a pixel here.
        found = centroid(picture, column, row, 24)
        assert np.hypot(found[0] - column, found[1] - row) < 1.2


def test_a_photo_holds_the_whole_page_at_every_tilt() -> None:
    corners = np.array([[0, 0], [210, 0], [210, 297], [0, 297]], np.float64)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        photo = replace(Photo.drawn(rng, 1.0), megapixels=1.0, curl_mm=0.0)
        _, view = photograph(dotted(), PX_PER_MM, photo, rng)
        seen = view.to_px_many(corners)
        assert seen.min() > 0
        assert np.all(seen < (view.columns_px, view.rows_px))
        assert np.ptp(seen, axis=0)[1] / view.rows_px < 0.95


def test_a_photo_of_no_severity_is_even_and_straight() -> None:
    photo = Photo(megapixels=2.0)
    white = np.full_like(dotted(), 255)
    picture, view = photograph(white, PX_PER_MM, photo, np.random.default_rng(0))
    left, top = view.to_px(PointMm(5.0, 5.0))
    right, bottom = view.to_px(PointMm(205.0, 292.0))
    inside = picture[round(top) : round(bottom), round(left) : round(right)]
    assert inside.min() >= 250
    assert abs((bottom - top) / (right - left) - 287.0 / 200.0) < 1e-3


def test_a_photo_shows_the_desk_around_the_page() -> None:
    photo = Photo(megapixels=2.0, desk=90)
    picture, _ = photograph(dotted(), PX_PER_MM, photo, np.random.default_rng(0))
    assert 40 < float(picture[:, :15].mean()) < 140


def test_a_scan_may_have_another_size_and_resolution() -> None:
    effects = ScanEffects(glass_mm=(215.9, 279.4), sampled_dpi=150.0)
    picture = scan(dotted(), PX_PER_MM, effects, np.random.default_rng(0), DPI)
    assert picture.shape == (1650, 1275)


def hard_page(hard: HardMark, severity: float, seed: int = 3) -> FilledPage:
    rng = np.random.default_rng(seed)
    return answer_page_hard(PAGE, ANSWERS, Writer.drawn(hard, severity, rng), rng)


@pytest.mark.parametrize("hard", HardMark)
def test_the_same_seed_gives_the_same_hard_marks(hard: HardMark) -> None:
    white = np.full_like(dotted(), 255)
    once, again = (hard_page(hard, 0.7).on(white, PX_PER_MM) for _ in range(2))
    assert np.array_equal(once, again)
    assert once.min() < 250


@pytest.mark.parametrize("hard", HardMark)
def test_every_row_has_its_truth(hard: HardMark) -> None:
    page = hard_page(hard, 1.0)
    assert [truth.item for truth in page.truths] == [group.item for group in PAGE.groups]
    for truth in page.truths:
        assert truth.value == (None if truth.kind is TruthKind.SKIPPED else ANSWERS[truth.item])


def bubble_ink(page: Gray, item: ItemId, value: int) -> float:
    """Mean darkness inside a bubble."""
    (centre,) = (
        bubble.centre
        for group in PAGE.groups
        for bubble in group.bubbles
        if group.item == item and bubble.value == value
    )
    mask = np.zeros_like(page)
    place = (round(centre.x_mm * PX_PER_MM), round(centre.y_mm * PX_PER_MM))
    cv2.circle(mask, place, round(RADIUS_MM * PX_PER_MM), 1, -1)
    return float(255 - page[mask > 0].mean())


@pytest.mark.parametrize("hard", [HardMark.LIGHT_PENCIL, HardMark.PENCIL_LINE])
def test_lighter_marks_leave_less_ink_but_some(hard: HardMark) -> None:
    white = np.full_like(dotted(), 255)
    inks = []
    for severity in (0.0, 0.5, 1.0):
        page = hard_page(hard, severity).on(white, PX_PER_MM)
        inks.append(np.mean([bubble_ink(page, item, value) for item, value in ANSWERS.items()]))
    assert inks[0] > inks[1] > inks[2] > 2.0


def test_a_wandering_mark_reaches_a_bubble_of_the_next_row_only_when_severe() -> None:
    white = np.full_like(dotted(), 255)

    def foreign(severity: float) -> float:
        page = hard_page(HardMark.WANDERING, severity).on(white, PX_PER_MM)
        rows = list(ANSWERS.items())
        return float(np.mean([bubble_ink(page, rows[n + 1][0], rows[n][1]) for n in range(17)]))

    assert foreign(1.0) > 2 * foreign(0.0)


@pytest.mark.parametrize("seed", range(12))
def test_of_a_mark_half_outside_at_least_half_is_inside(seed: int) -> None:
    page = hard_page(HardMark.HALF_OUTSIDE, 1.0, seed)
    shares = []
    for mark, group in zip(page.marks, PAGE.groups, strict=True):
        (centre,) = (one.centre for one in group.bubbles if one.value == ANSWERS[group.item])
        points = np.concatenate([stroke.points_mm for stroke in mark.strokes])
        away = np.hypot(points[:, 0] - centre.x_mm, points[:, 1] - centre.y_mm)
        shares.append(float(np.mean(away < RADIUS_MM)))
    # A mark that is so large that it spills over from the middle stays where it is.
    assert np.quantile(shares, 0.1) >= 0.45
    assert min(shares) < 0.9


def test_a_spilled_fill_reaches_the_next_bubble_only_when_severe() -> None:
    white = np.full_like(dotted(), 255)

    def beside(severity: float) -> float:
        page = hard_page(HardMark.SPILLED, severity).on(white, PX_PER_MM)
        return float(
            np.mean([bubble_ink(page, item, value - 1 or 2) for item, value in ANSWERS.items()])
        )

    assert beside(0.0) < 0.1
    assert beside(1.0) > 2.0


def test_an_erased_row_without_another_mark_was_left_out() -> None:
    kinds = {truth.kind for truth in hard_page(HardMark.ERASED, 0.5).truths}
    assert kinds == {TruthKind.ERASED, TruthKind.SKIPPED}


def test_hard_marks_beyond_their_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="severity"):
        Writer.drawn(HardMark.ERASED, 1.5, np.random.default_rng(0))
