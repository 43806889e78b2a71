from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pagesizes import A4 as A4_POINTS
from reportlab.lib.units import mm
from reportlab.pdfgen import canvas

from layouts.geometry import A4, PointMm
from layouts.model import Bubble, Group, ItemId, PageLayout, Role, Shape
from wamforms.instrument import FactorId, Instrument, Item, Scale
from wamforms.practice.answers import Population, draw_answers
from wamforms.practice.damage import photocopy
from wamforms.practice.effects import NAMED, Ink1Bit, ScanEffects, drawn
from wamforms.practice.ink import Coverage, Gray, lay, patch_of
from wamforms.practice.marks import MarkKind, draw
from wamforms.practice.noise import add_noise
from wamforms.practice.pens import BALLPOINT_BLUE, PENCIL, PENS, Hand, Pen, any_hand
from wamforms.practice.people import (
    PLAIN,
    TROUBLESOME,
    FilledPage,
    Habits,
    Respondent,
    TruthKind,
    answer_page,
    any_respondent,
    truth_of,
)
from wamforms.practice.render import page_at, render
from wamforms.practice.scanner import scan, scan_placed
from wamforms.practice.stack import write_pdf, write_pdf_g4, write_pngs, write_tiff_g4

DPI = 100.0
PX_PER_MM = DPI / 25.4
RADIUS_MM = 2.5
HAND = Hand(BALLPOINT_BLUE, neatness=0.8)
CENTRE = PointMm(12.0, 12.0)

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
                Bubble(value, PointMm(120 + 14.5 * value, 30 + 12 * row), RADIUS_MM)
                for value in range(1, 6)
            ),
        )
        for row in range(1, 20)
    ),
)


@cache
def blank() -> Gray:
    page = np.full((round(A4.height_mm * PX_PER_MM), round(A4.width_mm * PX_PER_MM)), 255, np.uint8)
    for group in PAGE.groups:
        for bubble in group.bubbles:
            place = (round(bubble.centre.x_mm * PX_PER_MM), round(bubble.centre.y_mm * PX_PER_MM))
            cv2.circle(page, place, round(RADIUS_MM * PX_PER_MM), 0, 1, cv2.LINE_AA)
    page.setflags(write=False)
    return page


def all_answered(rng: np.random.Generator) -> dict[ItemId, int | None]:
    return {group.item: int(rng.integers(1, 6)) for group in PAGE.groups}


def filled(respondent: Respondent, seed: int = 1) -> tuple[FilledPage, dict[ItemId, int | None]]:
    rng = np.random.default_rng(seed)
    answers = all_answered(rng)
    return answer_page(PAGE, answers, respondent, rng), answers


def ink_of(kind: MarkKind, hand: Hand, seed: int) -> Coverage:
    """Return the coverage of a mark about a bubble in the middle of 24 x 24 mm."""
    mark = draw(kind, CENTRE, RADIUS_MM, hand, np.random.default_rng(seed))
    patch = patch_of(mark, 8.0)
    whole = np.zeros((192, 192), np.float32)
    rows, columns = patch.ink.shape
    whole[patch.top_px : patch.top_px + rows, patch.left_px : patch.left_px + columns] = patch.ink
    return whole


def away_mm() -> Coverage:
    """Return each pixel's distance from the bubble's middle."""
    steps = (np.arange(192) + 0.5) / 8.0 - 12.0
    return np.asarray(np.hypot(steps[:, None], steps[None, :]), np.float32)


@pytest.mark.parametrize("kind", sorted(set(MarkKind) - {MarkKind.CIRCLE, MarkKind.STRAY}))
def test_every_mark_leaves_ink_inside_its_bubble(kind: MarkKind) -> None:
    for seed in range(25):
        hand = any_hand(np.random.default_rng(seed))
        ink = ink_of(kind, hand, seed)
        assert ink[away_mm() < RADIUS_MM].max() > 0.05
        assert ink.min() >= 0.0
        assert ink.max() <= 1.0


@pytest.mark.parametrize("kind", MarkKind)
def test_no_mark_reaches_the_neighbouring_bubble(kind: MarkKind) -> None:
    nearest_mm = 11.0 - RADIUS_MM  # a form with seven options
    for seed in range(25):
        hand = any_hand(np.random.default_rng(seed))
        assert ink_of(kind, hand, seed)[away_mm() > nearest_mm].max() < 0.05


@pytest.mark.parametrize("pen", PENS, ids=lambda pen: pen.name)
def test_a_fill_covers_the_bubble_and_a_cross_leaves_white(pen: Pen) -> None:
    inside = away_mm() < 0.8 * RADIUS_MM
    for seed in range(15):
        hand = replace(HAND, pen=pen, neatness=(seed % 5) / 4)
        assert np.mean(ink_of(MarkKind.FILL, hand, seed)[inside] > 0.2) > 0.96
        assert np.mean(ink_of(MarkKind.CROSS, hand, seed)[inside] < 0.05) > 0.08


def test_a_circle_rings_the_bubble_and_leaves_its_middle_alone() -> None:
    for seed in range(15):
        ink = ink_of(MarkKind.CIRCLE, HAND, seed)
        assert ink[away_mm() < 0.5 * RADIUS_MM].max() < 0.05
        assert ink[away_mm() > RADIUS_MM].max() > 0.4


def test_a_faint_cross_is_fainter_than_a_cross_with_every_pen() -> None:
    for pen in PENS:
        hand = replace(HAND, pen=pen)
        faint, plain = (
            np.mean([ink_of(kind, hand, seed).sum() for seed in range(5)])
            for kind in (MarkKind.FAINT_CROSS, MarkKind.CROSS)
        )
        assert faint < 0.6 * plain


def test_an_eraser_leaves_a_trace_and_no_more() -> None:
    rng = np.random.default_rng(3)
    mark = draw(MarkKind.CROSS, CENTRE, RADIUS_MM, replace(HAND, pen=PENCIL), rng)
    assert 0.0 < patch_of(mark.rubbed_out(rng), 8.0).ink.max() < 0.2


def test_ink_at_the_edge_of_the_paper_is_cut_off_there() -> None:
    page = np.full((60, 60), 255, np.uint8)
    rng = np.random.default_rng(0)
    corners = [PointMm(x, y) for x in (0.0, 60 / 8) for y in (0.0, 60 / 8)]
    lay([draw(MarkKind.BIG_CROSS, corner, 2.5, HAND, rng) for corner in corners], page, 8.0)
    assert min(page[0, 0], page[0, -1], page[-1, 0], page[-1, -1]) < 200
    off = PointMm(-40.0, 300.0)
    before = page.copy()
    lay([draw(MarkKind.FILL, off, 2.5, HAND, rng)], page, 8.0)
    assert np.array_equal(page, before)


def test_plain_people_are_understood_in_every_row() -> None:
    page, answers = filled(Respondent(MarkKind.CROSS, HAND, PLAIN))
    assert {truth.item: truth.value for truth in page.truths} == answers
    assert {truth.kind for truth in page.truths} == {TruthKind.ANSWERED}
    assert len(page.marks) == len(PAGE.groups)


def test_rows_without_an_answer_stay_empty() -> None:
    person = Respondent(MarkKind.CROSS, HAND, PLAIN)
    page = answer_page(PAGE, {ItemId("q01"): None}, person, np.random.default_rng(0))
    assert {(truth.value, truth.kind) for truth in page.truths} == {(None, TruthKind.SKIPPED)}
    assert page.marks == ()
    assert np.array_equal(page.on(blank(), PX_PER_MM), blank())


def test_an_answer_that_is_not_on_the_form_is_a_bug() -> None:
    person = Respondent(MarkKind.CROSS, HAND, PLAIN)
    with pytest.raises(ValueError, match="no bubble for the value 9"):
        answer_page(PAGE, {ItemId("q01"): 9}, person, np.random.default_rng(0))


def test_a_correction_by_crosses_means_the_crossed_one() -> None:
    page, answers = filled(Respondent(MarkKind.CROSS, HAND, replace(PLAIN, corrects=1.0)))
    assert {truth.kind for truth in page.truths} == {TruthKind.CORRECTED}
    assert {truth.item: truth.value for truth in page.truths} == answers
    assert not any(truth.needs_person for truth in page.truths)
    assert sum(mark.kind is MarkKind.FILL for mark in page.marks) == len(PAGE.groups)


@pytest.mark.parametrize("style", [MarkKind.FILL, MarkKind.SLOPPY_FILL, MarkKind.CIRCLE])
def test_a_correction_by_somebody_who_fills_needs_a_person(style: MarkKind) -> None:
    page, _ = filled(Respondent(style, HAND, replace(PLAIN, corrects=1.0)))
    assert all(truth.needs_person and truth.value is None for truth in page.truths)


def test_two_marks_have_no_value() -> None:
    page, _ = filled(Respondent(MarkKind.TICK, HAND, replace(PLAIN, doubles=1.0)))
    assert {(truth.value, truth.kind) for truth in page.truths} == {(None, TruthKind.SEVERAL)}
    assert len(page.marks) == 2 * len(PAGE.groups)


def test_only_pencils_are_rubbed_out() -> None:
    habits = replace(PLAIN, erases=1.0)
    pencil, answers = filled(Respondent(MarkKind.CROSS, replace(HAND, pen=PENCIL), habits))
    assert {truth.kind for truth in pencil.truths} == {TruthKind.ERASED}
    assert {truth.item: truth.value for truth in pencil.truths} == answers
    pen, _ = filled(Respondent(MarkKind.CROSS, HAND, habits))
    assert {truth.kind for truth in pen.truths} == {TruthKind.ANSWERED}


def test_a_resting_pen_is_no_answer() -> None:
    page, _ = filled(Respondent(MarkKind.CROSS, HAND, replace(PLAIN, skips=1.0, touches=1.0)))
    assert {(truth.value, truth.kind) for truth in page.truths} == {(None, TruthKind.TOUCHED)}


def test_faint_marks_keep_their_value() -> None:
    for style, habits in (
        (MarkKind.CROSS, replace(PLAIN, fades=1.0)),
        (MarkKind.FAINT_CROSS, PLAIN),
    ):
        page, answers = filled(Respondent(style, HAND, habits))
        assert {truth.kind for truth in page.truths} == {TruthKind.FAINT}
        assert {truth.item: truth.value for truth in page.truths} == answers


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from([Habits(), TROUBLESOME]))
def test_the_ink_in_a_row_agrees_with_its_truth(seed: int, habits: Habits) -> None:
    rng = np.random.default_rng(seed)
    person = any_respondent(rng, habits)
    answers = all_answered(rng)
    page = answer_page(PAGE, answers, person, rng)
    truths = truth_of([page])
    assert list(truths) == [group.item for group in PAGE.groups]
    for group in PAGE.groups:
        truth = truths[group.item]
        assert truth.value in (None, answers[group.item])
        assert (truth.value is None) == (
            truth.kind in (TruthKind.SKIPPED, TruthKind.TOUCHED, TruthKind.SEVERAL)
        )
        if truth.value is not None:
            assert truth.value in marked_values(page, group)


def marked_values(page: FilledPage, group: Group) -> set[int]:
    found = set()
    for mark in page.marks:
        middle = np.concatenate([stroke.points_mm for stroke in mark.strokes]).mean(axis=0)
        for bubble in group.bubbles:
            near = np.hypot(middle[0] - bubble.centre.x_mm, middle[1] - bubble.centre.y_mm)
            if near < bubble.radius_mm and mark.strength == 1.0:
                found.add(bubble.value)
    return found


def test_stray_ink_stays_clear_of_the_bubbles() -> None:
    person = Respondent(MarkKind.CROSS, HAND, replace(PLAIN, skips=1.0, strays=1.0))
    page, _ = filled(person)
    assert len(page.marks) == len(PAGE.groups)
    centres = np.array([[b.centre.x_mm, b.centre.y_mm] for g in PAGE.groups for b in g.bubbles])
    for mark in page.marks:
        for stroke in mark.strokes:
            steps = stroke.points_mm[:, None] - centres[None]
            assert np.hypot(*np.moveaxis(steps, -1, 0)).min() > RADIUS_MM


def test_the_same_seed_gives_the_same_bytes() -> None:
    def once() -> bytes:
        rng = np.random.default_rng(11)
        page = answer_page(PAGE, all_answered(rng), any_respondent(rng, TROUBLESOME), rng)
        effects = drawn(rng, 0.9)
        return scan(page.on(blank(), PX_PER_MM), PX_PER_MM, effects, rng, DPI).tobytes()

    assert once() == once()


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_named_treatment_gives_a_page_of_its_size_and_leaves_the_sheet_alone(
    name: str,
) -> None:
    rng = np.random.default_rng(2)
    sheet = blank().copy()
    picture = scan(sheet, PX_PER_MM, NAMED[name].varied(rng), rng, DPI)
    wanted = sheet.shape if NAMED[name].turn_deg % 180 == 0 else sheet.shape[::-1]
    assert picture.shape == wanted
    assert picture.dtype == np.uint8
    assert np.array_equal(sheet, blank())
    assert picture.min() < 160 < picture.max()


def test_a_clean_scan_is_the_sheet_itself() -> None:
    picture = scan(blank(), PX_PER_MM, ScanEffects(), np.random.default_rng(0), DPI)
    assert np.array_equal(picture, blank())


@settings(max_examples=60)
@given(
    effects=st.builds(
        ScanEffects,
        skew_deg=st.floats(-4, 4),
        shift_mm=st.tuples(st.floats(-4, 4), st.floats(-4, 4)),
        scale=st.floats(0.93, 1.05),
        feed=st.floats(0.98, 1.02),
        wave_mm=st.floats(0, 1.5),
        turn_deg=st.sampled_from([0, 90, 180, 270]),
        copies=st.integers(0, 2),
    ),
    dpi=st.sampled_from([100.0, 150.0]),
    spot=st.tuples(st.floats(30, 180), st.floats(30, 260)),
)
def test_a_spot_on_the_paper_is_seen_where_the_geometry_says(
    effects: ScanEffects, dpi: float, spot: tuple[float, float]
) -> None:
    place = PointMm(*spot)
    page = np.full((round(297 * PX_PER_MM), round(210 * PX_PER_MM)), 255, np.uint8)
    centre = tuple(round((at * PX_PER_MM - 0.5) * 16) for at in spot)
    cv2.circle(page, centre, 5 * 16, 0, -1, cv2.LINE_AA, 4)
    scanned = scan_placed(page, PX_PER_MM, effects, np.random.default_rng(4), dpi)
    dark = 255.0 - scanned.picture
    dark[dark < 100] = 0  # dust and toner scatter
    column, row = scanned.geometry.to_px(place)
    near = (slice(int(row) - 12, int(row) + 13), slice(int(column) - 12, int(column) + 13))
    rows, columns = np.mgrid[near]
    weight = dark[near].sum()
    assert weight > 0
    # An uneven feed moves the paper strip by strip: up to a tenth of a millimetre at 100 dpi.
    assert abs((columns * dark[near]).sum() / weight - column) < 0.45
    assert abs((rows * dark[near]).sum() / weight - row) < 0.45


def test_a_page_drawn_finer_than_the_scan_lands_in_the_same_place() -> None:
    fine = np.full((2970, 2100), 255, np.uint8)
    cv2.circle(fine, (700, 1200), 20, 0, -1)
    scanned = scan_placed(fine, 10.0, ScanEffects(), np.random.default_rng(0), DPI)
    dark = 255.0 - scanned.picture
    rows, columns = np.mgrid[: dark.shape[0], : dark.shape[1]]
    column, row = scanned.geometry.to_px(PointMm(70.05, 120.05))
    assert abs((columns * dark).sum() / dark.sum() - column) < 0.2
    assert abs((rows * dark).sum() / dark.sum() - row) < 0.2


def test_what_lies_behind_the_sheet_shows_at_its_edge() -> None:
    lid = replace(ScanEffects(), backdrop=28, shift_mm=(5.0, 0.0))
    picture = scan(blank(), PX_PER_MM, lid, np.random.default_rng(0), DPI)
    assert picture[:, :10].max() == 28
    assert picture[100, 60] == 255


@pytest.mark.parametrize("way", [Ink1Bit.THRESHOLD, Ink1Bit.ADAPTIVE, Ink1Bit.DIFFUSED])
def test_black_and_white_scans_hold_only_black_and_white(way: Ink1Bit) -> None:
    effects = replace(NAMED["office"], one_bit=way)
    picture = scan(blank(), PX_PER_MM, effects, np.random.default_rng(0), DPI)
    assert set(np.unique(picture)) == {0, 255}


def test_creases_are_dark_lines_at_their_heights() -> None:
    effects = ScanEffects(folds_mm=(148.5,), fold_depth=80.0)
    white = np.full_like(blank(), 255)
    picture = scan(white, PX_PER_MM, effects, np.random.default_rng(1), DPI)
    darkest = float(picture.mean(axis=1).argmin()) / PX_PER_MM
    assert abs(darkest - 148.5) < 3.0
    assert picture.min(axis=0).max() < 250  # from edge to edge


def test_noise_has_the_asked_size_and_middle() -> None:
    page = np.full((400, 400), 128, np.uint8)
    add_noise(page, 6.0, np.random.default_rng(0))
    assert abs(float(page.std()) - 6.0) < 0.3
    assert abs(float(page.mean()) - 128.0) < 0.1


def test_more_toner_makes_a_darker_copy() -> None:
    def mean(toner: float) -> float:
        page = blank().copy()
        photocopy(page, PX_PER_MM, toner, np.random.default_rng(0))
        return float(page.mean())

    assert mean(0.6) < mean(0.5) < mean(0.4)


def test_effects_that_no_feeder_has_are_refused() -> None:
    with pytest.raises(ValueError, match="turned by 45"):
        ScanEffects(turn_deg=45)
    with pytest.raises(ValueError, match="severity"):
        drawn(np.random.default_rng(0), 1.5)


@given(st.integers(0, 2**32), st.floats(0, 1))
def test_drawn_effects_stay_within_what_reaches_a_scanner(seed: int, severity: float) -> None:
    effects = drawn(np.random.default_rng(seed), severity)
    assert abs(effects.skew_deg) <= 3.0
    assert 0.92 <= effects.scale <= 1.02
    assert effects.paper - effects.black > 90
    assert effects.copies <= 2


def test_severity_makes_worse_scans_on_average() -> None:
    def trouble(severity: float) -> float:
        drawn_all = [drawn(np.random.default_rng(seed), severity) for seed in range(60)]
        return float(np.mean([one.noise + one.shade + abs(one.skew_deg) for one in drawn_all]))

    assert trouble(0.0) < trouble(0.5) < trouble(1.0)


def pages(count: int) -> Iterator[Gray]:
    for number in range(count):
        page = blank().copy()
        page[40 : 40 + 10 * (number + 1), 40:60] = 0
        yield page


def test_a_pdf_has_every_page_in_its_size(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    assert write_pdf(pages(3), path, DPI, quality=90) == 3
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
        boxes = [[float(side) for side in page.mediabox] for page in pdf.pages]
    assert boxes == [pytest.approx([0, 0, 595.4, 841.7], abs=0.6)] * 3
    for drawn_page, page in zip(render(path, DPI), pages(3), strict=True):
        assert drawn_page.shape == page.shape
        assert np.abs(drawn_page.astype(int) - page).mean() < 2


def test_a_page_is_rendered_without_stretching_it_to_whole_pixels(tmp_path: Path) -> None:
    """At 100 dpi A4 is 826.8 pixels wide; fitting it to 827 would move marks by 0.05 mm."""
    path = tmp_path / "form.pdf"
    form = canvas.Canvas(str(path), pagesize=A4_POINTS)
    form.circle(202 * mm, 9 * mm, 4 * mm, stroke=0, fill=1)
    form.save()
    (page,) = render(path, DPI)
    dark = 255.0 - page
    rows, columns = np.mgrid[: page.shape[0], : page.shape[1]]
    assert page.shape == (1170, 827)
    assert (columns * dark).sum() / dark.sum() == pytest.approx(202 * PX_PER_MM - 0.5, abs=0.05)
    assert (rows * dark).sum() / dark.sum() == pytest.approx(288 * PX_PER_MM - 0.5, abs=0.05)


def test_a_black_and_white_pdf_comes_back_exactly(tmp_path: Path) -> None:
    path = tmp_path / "fax.pdf"
    sheets = [np.where(page > 128, 255, 0).astype(np.uint8) for page in pages(2)]
    assert write_pdf_g4(sheets, path, DPI) == 2
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
        for page, sheet in zip(pdf.pages, sheets, strict=True):
            (stream,) = page.get_images().values()
            assert isinstance(stream, pikepdf.Stream)
            image = pikepdf.PdfImage(stream).as_pil_image().convert("L")
            assert np.array_equal(np.asarray(image), sheet)


def test_a_tiff_holds_every_frame(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    assert write_tiff_g4(pages(3), path, DPI) == 3
    with Image.open(path) as image:
        assert image.n_frames == 3  # type: ignore[attr-defined]
        for number, page in enumerate(pages(3)):
            image.seek(number)
            assert image.info["compression"] == "group4"
            assert image.info["dpi"] == pytest.approx((DPI, DPI))
            assert np.array_equal(np.asarray(image.convert("L")) > 0, page >= 128)


def test_pngs_are_numbered_and_lossless(tmp_path: Path) -> None:
    assert write_pngs(pages(2), tmp_path / "pngs", DPI) == 2
    for path, page in zip(sorted((tmp_path / "pngs").iterdir()), pages(2), strict=True):
        with Image.open(path) as image:
            assert np.array_equal(np.asarray(image), page)
    assert write_pngs([], tmp_path / "none", DPI) == 0


def test_pages_are_written_one_at_a_time(tmp_path: Path) -> None:
    sizes: list[int] = []
    path = tmp_path / "scan.pdf"

    def watched() -> Iterator[Gray]:
        for page in pages(12):
            sizes.append(path.stat().st_size)
            yield page

    write_pdf(watched(), path, DPI)
    assert 0 < sizes[4] < sizes[8] < path.stat().st_size


def test_a_blank_form_is_rendered_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    write_pdf(pages(2), path, DPI)
    data = path.read_bytes()
    first = page_at(data, 2, DPI)
    assert first is page_at(data, 2, DPI)
    assert not first.flags.writeable
    (_, second) = render(data, DPI)
    assert np.array_equal(first, second)


def instrument() -> Instrument:
    factors = (FactorId("trust"), FactorId("bond"))
    return Instrument(
        id="practice",
        version="1",
        domain="test",
        scale=Scale((1, 2, 3, 4, 5)),
        shape=Shape.ROUND,
        items=tuple(
            Item(ItemId(f"q{row:02d}"), factors[row % 2], -1 if row % 4 == 3 else 1)
            for row in range(1, 13)
        ),
        factors=factors,
        minimum_share=0.5,
        licence="",
        placeholder=True,
        assumed=(),
        wordings={},
    )


def test_every_dyad_answers_in_both_roles_at_every_wave() -> None:
    forms = list(draw_answers(instrument(), 4, 3, np.random.default_rng(0)))
    assert [(form.dyad, form.wave, form.role) for form in forms] == [
        (dyad, wave, role) for dyad in range(1, 5) for wave in range(1, 4) for role in Role
    ]
    used = {value for form in forms for value in form.values.values()} - {None}
    assert used <= {1, 2, 3, 4, 5}
    again = list(draw_answers(instrument(), 4, 3, np.random.default_rng(0)))
    assert forms == again


def test_answers_of_a_dyad_hang_together_as_asked() -> None:
    people = Population(agreement=0.5, stability=0.7, missing=0.0)
    forms = list(draw_answers(instrument(), 600, 2, np.random.default_rng(1), people))
    table = np.array([sum_of_trust(form.values) for form in forms]).reshape(600, 2, 2)
    between_people = np.corrcoef(table[:, 0, 0], table[:, 0, 1])[0, 1]
    between_waves = np.corrcoef(table[:, 0, 0], table[:, 1, 0])[0, 1]
    assert 0.25 < between_people < 0.55
    assert between_people < between_waves < 0.8


def sum_of_trust(values: object) -> float:
    assert isinstance(values, dict)
    scale = instrument().scale
    return float(
        sum(
            scale.keyed(values[item.id], item.key)
            for item in instrument().items_of(FactorId("trust"))
        )
    )


def test_the_asked_share_of_rows_is_left_out() -> None:
    people = Population(missing=0.2)
    forms = list(draw_answers(instrument(), 100, 1, np.random.default_rng(2), people))
    missing = [value is None for form in forms for value in form.values.values()]
    assert 0.17 < np.mean(missing) < 0.23
