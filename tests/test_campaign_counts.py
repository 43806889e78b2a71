"""What a page counts for: every kind of wrong answer, questions, refusals; and how it is shown."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.codes import Came, covered
from bench.codes import report as codes_report
from bench.conditions import ALL_PEER_MARKS, DPIS, IN_SPEC, SETS, Condition, office
from bench.forms import code_of, known_forms, printed_forms
from bench.hands import coloured, mixed, much_skipped
from bench.pages import make_page
from bench.pictures import Crop, contact_sheets, crop_row
from bench.real_ink import (
    BLANK,
    BLANK_UNSURE,
    CONDITIONS,
    ONE,
    ONE_UNSURE,
    SET_NAME,
    SEVERAL,
    RealInk,
    make_ink_page,
    rows_of,
)
from bench.reporting import as_json, report
from bench.tally import EMPTY_SIDE, OTHER_SHEET, Made, Tally, crash, tally_of
from docs.make_accuracy import PAGE, filled_in
from layouts.errors import WamError
from layouts.model import ItemId
from scan.read import read_page
from scan.results import Fault, PageBlank, PageRead, PageRefused
from scan.thresholds import Thresholds
from tests.readings import DOUBTFUL, code, read
from wamforms.practice.grading import Wrong
from wamforms.practice.ink import Gray
from wamforms.practice.marks import MarkKind
from wamforms.practice.people import Truth, TruthKind

ROWS: list[tuple[TruthKind, int | None, int | None, str]] = [
    (TruthKind.ANSWERED, 2, 2, ""),
    (TruthKind.ANSWERED, 2, 3, Wrong.OTHER_ANSWER),
    (TruthKind.ANSWERED, 2, None, Wrong.BLANK_FOR_ANSWER),
    (TruthKind.SKIPPED, None, None, ""),
    (TruthKind.SKIPPED, None, 4, Wrong.ANSWER_FOR_BLANK),
    (TruthKind.TOUCHED, None, None, ""),
    (TruthKind.SEVERAL, None, None, Wrong.GUESSED),
    (TruthKind.SEVERAL, None, 1, Wrong.GUESSED),
    (TruthKind.SEVERAL, None, DOUBTFUL, ""),
    (TruthKind.ANSWERED, 5, DOUBTFUL, ""),
]
"""What a row was, what was meant, what was read, how that is wrong."""


def made(uncounted: frozenset[int] = frozenset()) -> Made:
    truths = [
        Truth(ItemId(f"q{number}"), meant, kind) for number, (kind, meant, _, _) in enumerate(ROWS)
    ]
    facets = [{"style": "cross"} for _ in ROWS]
    return Made("some condition", 1, 0, code().for_people(), truths, facets, uncounted)


def page() -> PageRead:
    return read(code(), {f"q{number}": value for number, (_, _, value, _) in enumerate(ROWS)})


def test_every_way_to_be_wrong_is_counted_apart() -> None:
    tally = tally_of(made(), page())
    assert tally.wrong == Counter(how for _, _, _, how in ROWS if how)
    assert tally.wrong_fields == 5
    assert tally.wrong_positions == 6  # one answer read for another: two bubbles
    assert [row.how for row in tally.misses] == [how for _, _, _, how in ROWS if how]
    assert all(row.bubbles for row in tally.misses)


def test_rows_without_one_meaning_are_counted_apart() -> None:
    tally = tally_of(made(), page())
    assert (tally.fields, tally.readable, tally.positions) == (10, 6, 50)
    assert (tally.asked, tally.asked_readable) == (2, 1)
    assert (tally.untouched, tally.untouched_readable) == (0, 0)
    settled = tally_of(made(frozenset({9})), page())
    assert (settled.untouched, settled.untouched_readable) == (0, 1)
    assert tally.by("style") == {"cross": Counter(right=2, asked=1, wrong=3)}


def test_rows_that_only_fill_the_page_do_not_count() -> None:
    tally = tally_of(made(frozenset({1, 2, 4, 6, 7, 8, 9})), page())
    assert (tally.fields, tally.positions, tally.untouched) == (3, 15, 1)
    assert not tally.wrong


def test_answers_that_go_to_another_sheet_are_all_wrong() -> None:
    tally = tally_of(made(), replace(page(), code=code(serial=2)))
    assert tally.wrong == {OTHER_SHEET: len(ROWS)}
    assert "answers went to another sheet" in report("in-spec", 1, {"one": tally})


def test_pages_that_were_not_read_are_counted_by_reason() -> None:
    tally = (
        tally_of(made(), PageRefused("page", Fault.STREAKS))
        + tally_of(made(), PageBlank("page"))
        + crash(ValueError("of no use"))
    )
    assert tally.pages == tally.pages_refused == 3
    assert set(tally.refused) == {
        "streaks across the page",
        EMPTY_SIDE,
        "the reader crashed: ValueError: of no use",
    }
    assert tally.fields == 0


def test_tallies_survive_being_written_down() -> None:
    tally = tally_of(made(), page(), keep_asked=True)
    assert len(tally.asked_rows) == 2
    assert Tally.from_plain(json.loads(json.dumps(tally.plain()))) == tally


def test_the_report_gives_bounds_and_the_verdict_in_positions() -> None:
    clean = Tally(pages=16_400, untouched=16_400, positions=1_558_000, fields=311_600)
    text = report("in-spec", 7, {"print, 150 dpi": clean})
    assert "Seed 7" in text
    assert "VVSG 1.0 sequential test: accepted" in text
    assert "| print, 150 dpi | 16,400 | 1,558,000 | 311,600 | 0 | 0 | 0 | 0 | 0.0961 |" in text
    one_wrong = replace(clean, wrong=Counter({Wrong.BLANK_FOR_ANSWER.value: 1}))
    data = json.loads(as_json("in-spec", 7, {"print, 150 dpi": one_wrong}))["all"]
    assert data["wrong_positions"] == 1
    assert data["vvsg_1_0"].startswith("goes on")
    assert data["wrong_fields_at_most"] == pytest.approx(4.744 / 311_600, rel=0.001)


def test_peers_stand_beside_our_figures() -> None:
    ours = Tally(
        pages=1, fields=19, asked=2, facets=Counter({"style|dot|wrong": 1}), wrong=Counter(x=1)
    )
    text = report("peers", 1, {ALL_PEER_MARKS: ours})
    assert "| wamforms | 19 | 16 (84.21%) | 2 | 1 | dot 1 |" in text
    assert "| OMRChecker | 570 | 424 (74.39%) |" in text


def ink_file(path: Path) -> Path:
    """Write ink of two sheets: every kind of row on the first, one row on the second."""
    ink = np.zeros((6, 6, 80, 80), np.uint8)
    marked = np.zeros((6, 6), np.uint8)
    marked[:, 5] = 255
    for row, box in ((0, 1), (1, 2), (4, 0), (4, 3), (5, 4)):
        ink[row, box, 28:52, 28:52] = 230
        marked[row, box] = 1
    for row in (1, 3):
        ink[row, 4, 38:44, 38:44] = 40
    np.savez(path, ink=ink, marked=marked, sheet=np.array(["a"] * 5 + ["b"]))
    return path


def test_rows_of_ink_are_named_by_their_ink_alone(tmp_path: Path) -> None:
    kinds = RealInk(ink_file(tmp_path / "ink.npz")).kinds
    assert kinds == (ONE, ONE_UNSURE, BLANK, BLANK_UNSURE, SEVERAL, ONE)


def test_every_lap_has_every_row_once_and_in_another_order(tmp_path: Path) -> None:
    ink = RealInk(ink_file(tmp_path / "ink.npz"))
    laps = []
    for lap in range(4):
        rows, counted = rows_of(ink, "grey, 150 dpi", 1, lap * len(ink.pages), 19)
        assert sorted(rows[:counted]) == [0, 1, 2, 3, 4]
        assert len(rows) == 19
        laps.append(tuple(rows))
    assert len(set(laps)) > 1


def test_real_ink_is_read_from_our_forms_and_graded(tmp_path: Path) -> None:
    ink = RealInk(ink_file(tmp_path / "ink.npz"))
    page = make_ink_page(ink, "grey, 300 dpi", 1, 0)
    outcome = read_page("page", page.picture, page.dpi, known_forms(), Thresholds())
    tally = tally_of(page.made, outcome, keep_asked=True)
    assert tally.fields == 5
    assert tally.wrong_fields == 0
    assert tally.by("row")[ONE]["right"] == 1
    assert len(np.unique(make_ink_page(ink, "black and white, 150 dpi", 1, 0).picture)) == 2
    assert set(CONDITIONS) >= {"grey, 150 dpi", "black and white, 300 dpi"}


def test_a_file_that_is_no_ink_is_said(tmp_path: Path) -> None:
    path = tmp_path / "ink.npz"
    path.write_bytes(b"no ink")
    with pytest.raises(WamError, match="does not hold ink"):
        RealInk(path)


@pytest.mark.parametrize("number", range(3))
def test_a_picture_of_a_row_shows_its_mark_however_the_page_was_scanned(number: int) -> None:
    name = "any way up, skewed, scaled"
    page = make_page(name, IN_SPEC[name], 5, number)
    row, truth = next(
        (row, truth)
        for row, truth in enumerate(page.made.truths)
        if truth.kind is TruthKind.ANSWERED
    )
    cut = crop_row(page, row)
    bubbles = page.layout.groups[row].bubbles
    thirds = np.array_split(np.arange(cut.shape[1]), len(bubbles))
    darkness = [float(255 - cut[:, columns].mean()) for columns in thirds]
    meant = [bubble.value for bubble in bubbles].index(truth.value or 0)
    assert int(np.argmax(darkness)) == meant


def test_contact_sheets_replace_older_ones(tmp_path: Path) -> None:
    crop = Crop(np.full((60, 500), 200, np.uint8), "a row")
    assert len(contact_sheets([crop] * 30, tmp_path, "asked")) == 2
    (path,) = contact_sheets([crop] * 3, tmp_path, "asked")
    assert list(tmp_path.iterdir()) == [path]
    with Image.open(path) as sheet:
        assert sheet.size[0] > 1000
        assert sheet.getextrema() == (0, 255)


def test_every_row_may_have_another_kind_of_mark() -> None:
    fill = mixed((MarkKind.CROSS, MarkKind.DOT, None))
    page = make_page("mixed", Condition(office, fill, (150.0,)), 1, 0)
    styles = {facets["style"] for facets in page.made.facets}
    assert styles == {"cross", "dot", "blank"}
    for truth, facets in zip(page.made.truths, page.made.facets, strict=True):
        assert (truth.value is None) == (facets["style"] == "blank")


def test_a_third_of_the_rows_can_be_skipped() -> None:
    condition = Condition(office, much_skipped, (150.0,))
    kinds = [
        truth.kind
        for number in range(3)
        for truth in make_page("skipped", condition, 1, number).made.truths
    ]
    assert 0.15 < kinds.count(TruthKind.SKIPPED) / len(kinds) < 0.55


def darkest(lamp: str) -> Gray:
    """Take the grey levels of ink by one lamp, over a few pages."""
    condition = Condition(office, coloured([lamp]), (150.0,))
    pages = [make_page("coloured", condition, 3, number) for number in range(8)]
    red = [page for page in pages if page.made.facets[0]["pen"] == "red ballpoint"]
    return np.concatenate([crop_row(page, row).ravel() for page in red for row in range(5)])


def test_red_ink_is_pale_under_red_light_and_dark_under_green() -> None:
    assert np.mean(darkest("green light") < 140) > 1.05 * np.mean(darkest("red light") < 140)


@pytest.mark.parametrize("dpi", DPIS)
def test_a_cover_hides_the_symbols_and_leaves_the_printed_text(dpi: float) -> None:
    layout = printed_forms()[0][0].layout
    per_mm = dpi / 25.4
    size = round(layout.paper.height_mm * per_mm), round(layout.paper.width_mm * per_mm)
    page = np.zeros(size, np.uint8)
    for box in layout.pages[0].codes:
        covered(1.0)(page, box, per_mm, np.random.default_rng(0))
        middle = round((box.top_mm + 8) * per_mm), round((box.left_mm + 8) * per_mm)
        assert page[middle] == 246
    for lines in layout.pages[0].code_texts:
        for box in lines:
            top, bottom = round(box.top_mm * per_mm), round(box.bottom_mm * per_mm)
            left, right = round(box.left_mm * per_mm), round(box.right_mm * per_mm)
            assert not page[top:bottom, left:right].any()


def test_the_report_on_codes_has_exact_bounds() -> None:
    came = [Came(number, "label", 150.0, "printed text") for number in range(59)]
    came.append(Came(59, "label", 300.0, "waits for a person"))
    text = "\n".join(codes_report(came))
    assert "| 150 dpi | 59 | 59 | 0 | 0 | printed text 59 |" in text
    assert "Identified 98.3%, at least 92.3% (95 %); wrong at most 4.87%." in text


def test_the_print_list_is_long_and_the_same_every_time() -> None:
    prints = known_forms().prints
    assert len(prints) == len(set(prints)) >= 1000
    assert prints[3] == code_of(3)


def test_reports_go_between_their_marks_and_nothing_else_changes() -> None:
    page = "# Accuracy\n<!-- begin peers -->\nold\n<!-- end peers -->\nwords of people\n"
    text = report("peers", 1, {ALL_PEER_MARKS: Tally(pages=3, fields=57)})
    filled = filled_in(page, "peers", text)
    assert "old" not in filled
    assert "| another mark in every row | 3 |" in filled
    assert filled.endswith("<!-- end peers -->\nwords of people\n")
    assert filled_in(filled, "peers", text) == filled
    with pytest.raises(ValueError, match="no place for phone"):
        filled_in(page, "phone", text)


def test_the_page_on_accuracy_has_a_place_for_every_set() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in (*SETS, SET_NAME.replace(" ", "-")):
        assert f"<!-- begin {name} -->" in page
        assert f"<!-- end {name} -->" in page
