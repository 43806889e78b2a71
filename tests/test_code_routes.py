"""A page whose symbols are damaged: each route to its code, and that none leads astray."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.alphabet import ALPHABET
from layouts.dyadcode import check_character, is_dyad_code
from layouts.geometry import BoxMm
from layouts.model import DyadCode, Role
from layouts.sheetcode import PageCode, SheetCode
from layouts.symbol import symbol_of
from scan.codesquares import CLEARLY, LIKE, Resemblance, _signs, _symbols, resemblance
from scan.codetext import evidence, folded, printed_as
from scan.corners import find_corners
from scan.identify import placements
from scan.known import KnownForms
from scan.ocr import is_installed, line_reader
from scan.picture import Gray
from scan.read import read_page
from scan.rescue import agreed, rescued
from scan.results import CodeRoute, Fault, Note, PageRead, PageRefused
from scan.thresholds import Thresholds
from tests.paper import DYAD, KEY, PrintedForm, printed
from wamforms.practice.effects import OFFICE
from wamforms.practice.scanner import MM_PER_INCH, scan

needs_ocr = pytest.mark.skipif(
    not is_installed(), reason="the OCR extra is not installed: pip install 'wamforms[ocr]'"
)

PER_MM = 200.0 / MM_PER_INCH
ANSWERS = {f"q{number:02d}": number % 5 + 1 for number in range(1, 20)}


def other_dyad(number: int) -> DyadCode:
    body = "".join(ALPHABET[(number * step + step) % 32] for step in (7, 11, 13, 17, 19, 23, 29))
    return DyadCode(body + check_character(body))


@cache
def print_list() -> tuple[SheetCode, ...]:
    """The tested print among two hundred others, its neighbours in the stack included."""
    code = printed().code
    others = [
        replace(
            code, dyad=other_dyad(number // 2), role=list(Role)[number % 2], serial=100 + number
        )
        for number in range(200)
    ]
    return (code, replace(code, role=Role.PROFESSIONAL, serial=8), *others)


def forms_of(form: PrintedForm) -> KnownForms:
    return replace(form.forms, prints=print_list())


def painted(picture: Gray, box: BoxMm, share: float = 1.0, grey: int = 250) -> Gray:
    """Cover the left part of a box, as a sticker or a tear would."""
    done = picture.copy()
    right = box.left_mm + box.width_mm * share
    rows = slice(round(box.top_mm * PER_MM), round(box.bottom_mm * PER_MM))
    done[rows, round(box.left_mm * PER_MM) : round(right * PER_MM)] = grey
    return done


def without_symbols(form: PrintedForm, share: float = 1.0) -> Gray:
    picture = form.crossed(ANSWERS)
    for box in form.layout.pages[0].codes:
        picture = painted(picture, box, share)
    return picture


def scribbled(picture: Gray, box: BoxMm, seed: int) -> Gray:
    """Scratch over a box with a felt tip."""
    done = picture.copy()
    rng = np.random.default_rng(seed)
    corner = np.array([box.left_mm, box.top_mm])
    places = (corner + rng.random((25, 2)) * [box.width_mm, box.height_mm]) * PER_MM
    cv2.polylines(done, [places.astype(np.int32)], False, 30, round(1.6 * PER_MM))
    return done


def read(form: PrintedForm, picture: Gray, typed: SheetCode | None = None) -> PageRead:
    outcome = read_page("page", picture, 200.0, forms_of(form), Thresholds(), typed)
    assert isinstance(outcome, PageRead), outcome
    assert outcome.code == form.code
    assert {item.item: item.value for item in outcome.items} == ANSWERS
    return outcome


# Symbols that can be read.


def test_an_intact_page_is_known_by_its_first_code() -> None:
    form = printed()
    outcome = read(form, form.crossed(ANSWERS))
    assert outcome.route is CodeRoute.FIRST
    assert Note.SECOND_CODE not in outcome.notes


def test_the_second_code_serves_where_the_first_is_covered() -> None:
    form = printed()
    outcome = read(form, painted(form.crossed(ANSWERS), form.layout.pages[0].codes[0]))
    assert outcome.route is CodeRoute.SECOND
    assert Note.SECOND_CODE in outcome.notes


def test_a_code_found_anywhere_else_is_named_so() -> None:
    form = printed()
    picture = form.crossed(ANSWERS)
    box = form.layout.pages[0].codes[0].grown(2.5)
    top, left = round(box.top_mm * PER_MM), round(box.left_mm * PER_MM)
    side = round(box.width_mm * PER_MM)
    symbol = picture[top : top + side, left : left + side].copy()
    picture = without_symbols(form)
    below = picture.shape[0] - side - 150
    picture[below : below + side, 700 : 700 + side] = symbol
    assert read(form, picture).route is CodeRoute.ELSEWHERE


# What the printed text says.


def test_folding_leaves_the_characters_of_the_alphabet() -> None:
    assert folded("k7q4—2m9d . CI.p l ·OOA7\n") == "K7Q42M9DC1P100A7"
    assert printed_as(printed().code) == folded(printed().code.for_people())


def test_a_perfect_text_names_its_print() -> None:
    code = printed().code
    assert evidence([code.for_people()], print_list()).named() == code


def test_one_wrong_character_is_forgiven_where_no_other_print_is_near() -> None:
    code = printed().code
    text = code.for_people().replace("M", "N")
    assert evidence([text], print_list()).named() == code


def test_a_text_between_two_prints_names_neither() -> None:
    code = printed().code
    reprint = replace(code, serial=code.serial + 1)
    assert evidence([code.for_people()], (code, reprint)).named() is None
    both = [code.for_people()] * 2
    assert evidence(both, (code, reprint)).named() == code


def test_two_legible_copies_that_differ_name_neither() -> None:
    first, second = print_list()[0], print_list()[5]
    found = evidence([first.for_people(), second.for_people()], print_list())
    assert found.named() is None


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["dear madam"], ["§$%&"], ["0" * 5000]])
def test_text_that_is_no_code_names_nothing(texts: list[str]) -> None:
    found = evidence(texts, print_list())
    assert found.named() is None
    assert not found.supports(print_list()[0])


def test_without_a_print_list_nothing_is_named() -> None:
    assert evidence([printed().code.for_people()], ()).named() is None


@cache
def neighbours() -> tuple[SheetCode, ...]:
    """Prints of dyads as alike as the check character allows: two characters apart."""
    code = printed().code
    body = DYAD[:-1]
    near = {
        body[:place] + letter + body[place + 1 :]
        for place in range(len(body))
        for letter in ALPHABET
        if letter != body[place]
    }
    others = enumerate(sorted(near), 8)
    return (
        code,
        *(replace(code, dyad=DyadCode(one + check_character(one)), serial=n) for n, one in others),
    )


slip = st.tuples(
    st.sampled_from(("change", "drop", "add")), st.integers(0, 30), st.sampled_from(ALPHABET)
)


def misread(text: str, slips: list[tuple[str, int, str]]) -> str:
    for kind, where, letter in slips:
        place = where % max(1, len(text))
        after = place if kind == "add" else place + 1
        text = text[:place] + ("" if kind == "drop" else letter) + text[after:]
    return text


@given(st.lists(slip, max_size=2), st.lists(slip, max_size=2), st.integers(1, 2))
def test_a_misread_text_never_names_another_dyad(
    first: list[tuple[str, int, str]], second: list[tuple[str, int, str]], copies: int
) -> None:
    code = printed().code
    texts = [misread(printed_as(code), slips) for slips in (first, second)][:copies]
    named = evidence(texts, neighbours()).named()
    assert named is None or (isinstance(named, SheetCode) and named.dyad == code.dyad)


@given(st.text(alphabet=ALPHABET + "ilo·- ", min_size=10, max_size=24))
def test_a_text_that_is_not_on_the_list_names_nothing(text: str) -> None:
    assert evidence([text], print_list()).named() is None


# What is left of the squares.


def test_squares_are_computed_exactly_as_they_are_printed() -> None:
    codes = print_list()[:20]
    symbols, signs = _symbols(), _signs(codes, KEY)
    for code, sign in zip(codes, signs, strict=True):
        shown = np.array(symbol_of(code.to_text(KEY)), dtype=np.uint8).ravel()[symbols.changing]
        light = 1.0 - 2.0 * shown
        assert any(np.array_equal(light, empty * sign) for empty in symbols.empty)


@pytest.mark.parametrize("share", [0.45, 0.6])
def test_half_a_symbol_resembles_its_own_print_and_no_other(share: float) -> None:
    form = printed()
    picture = scan(without_symbols(form, share), PER_MM, OFFICE, np.random.default_rng(3))
    ((frame, matrix),) = placements(find_corners(picture), forms_of(form))
    found = resemblance(picture, matrix, frame.codes, print_list(), KEY)
    assert found is not None
    assert found.code == form.code
    assert found.is_clear


def test_a_covered_symbol_resembles_nothing_clearly() -> None:
    form = printed()
    picture = scan(without_symbols(form), PER_MM, OFFICE, np.random.default_rng(3))
    ((frame, matrix),) = placements(find_corners(picture), forms_of(form))
    found = resemblance(picture, matrix, frame.codes, print_list(), KEY)
    assert found is not None
    assert not found.is_clear


# The witnesses together.


def squares(code: SheetCode) -> Resemblance:
    return Resemblance(code, LIKE + 0.1, CLEARLY + 0.1)


def test_squares_alone_decide_nothing_but_are_mentioned() -> None:
    code = printed().code
    found = agreed(squares(code), evidence([], print_list()))
    assert found.code is None
    assert code.for_people() in found.remark


def test_squares_and_a_damaged_text_that_is_nearest_to_them_agree() -> None:
    code = printed().code
    text = "7742M9" + printed_as(code)[7:]
    assert evidence([text], print_list()).named() is None
    found = agreed(squares(code), evidence([text], print_list()))
    assert (found.code, found.route) == (code, CodeRoute.MATCHED)


def test_witnesses_that_name_different_sheets_are_not_believed() -> None:
    first, second = print_list()[0], print_list()[5]
    found = agreed(squares(second), evidence([first.for_people()], print_list()))
    assert found.code is None
    assert "different sheets" in found.remark


def test_the_right_page_of_a_form_needs_both_witnesses_where_one_text_is_lost() -> None:
    code = printed().code
    pages = (code, replace(code, page=2))
    text = evidence([code.for_people()], pages)
    assert text.named() is None
    assert agreed(squares(code), text).code == code


def rescue(form: PrintedForm, picture: Gray, says: str) -> PageCode | None:
    forms = forms_of(form)
    placed = placements(find_corners(picture), forms)
    return rescued(picture, placed, forms, lambda _line: says).code


@pytest.mark.parametrize("says", ["", "K7Q4-2M9Y", "hello", "0" * 40])
def test_an_engine_that_reads_nonsense_identifies_nothing(says: str) -> None:
    form = printed()
    assert rescue(form, without_symbols(form), says) is None
    assert rescue(form, without_symbols(form, 0.5), says) in (None, form.code)


def test_an_engine_that_insists_on_another_sheet_is_not_believed_against_the_squares() -> None:
    form = printed()
    other = print_list()[7].for_people()
    picture = without_symbols(form, 0.5)
    ((frame, _),) = placements(find_corners(picture), forms_of(form))
    lines = sum(len(copy) for copy in frame.code_texts)
    assert lines == 3
    assert rescue(form, picture, other) is None


def test_without_the_engine_the_refusal_says_how_to_get_it() -> None:
    form = printed()
    picture = without_symbols(form)
    forms = forms_of(form)
    found = rescued(picture, placements(find_corners(picture), forms), forms, None)
    assert found.code is None
    assert "pip install 'wamforms[ocr]'" in found.remark


# The whole way, with the real engine.


@needs_ocr
def test_covered_symbols_are_replaced_by_the_printed_text() -> None:
    form = printed()
    picture = scan(without_symbols(form), PER_MM, OFFICE, np.random.default_rng(5))
    outcome = read(form, picture)
    assert outcome.route is CodeRoute.TEXT
    assert Note.SECOND_CODE in outcome.notes


@needs_ocr
@pytest.mark.parametrize("turn", [1, 2, 3])
def test_the_text_is_read_whichever_way_the_page_lies(turn: int) -> None:
    form = printed()
    assert read(form, np.ascontiguousarray(np.rot90(without_symbols(form), turn))).route is (
        CodeRoute.TEXT
    )


@needs_ocr
def test_scribbled_symbols_are_known_by_their_squares_and_the_text() -> None:
    form = printed()
    picture = form.crossed(ANSWERS)
    for seed, box in enumerate(form.layout.pages[0].codes):
        picture = scribbled(picture, box, seed)
    assert read(form, picture).route is CodeRoute.MATCHED


@needs_ocr
def test_the_text_of_a_right_to_left_form_stands_where_its_layout_says() -> None:
    form = printed(right_to_left=True)
    forms = replace(form.forms, prints=(form.code, replace(form.code, serial=99, wave=2)))
    outcome = read_page("page", without_symbols(form), 200.0, forms, Thresholds())
    assert isinstance(outcome, PageRead), outcome
    assert outcome.code == form.code


@needs_ocr
def test_a_page_that_is_not_on_the_print_list_stays_unknown() -> None:
    form = printed()
    forms = replace(form.forms, prints=print_list()[1:])
    outcome = read_page("page", without_symbols(form), 200.0, forms, Thresholds())
    assert isinstance(outcome, PageRefused)
    assert outcome.fault is Fault.NO_CODE


@needs_ocr
def test_covered_symbols_and_covered_text_wait_for_a_person() -> None:
    form = printed()
    picture = without_symbols(form)
    for copy in form.layout.pages[0].code_texts:
        for line in copy:
            picture = painted(picture, line.grown(0.5))
    outcome = read_page("page", picture, 200.0, forms_of(form), Thresholds())
    assert isinstance(outcome, PageRefused)
    assert outcome.fault is Fault.NO_CODE


def test_the_engine_reads_offline_or_is_not_there() -> None:
    assert (line_reader() is not None) is is_installed()


# A typed code.


def test_a_typed_code_reads_the_page() -> None:
    form = printed()
    outcome = read(form, without_symbols(form), typed=form.code)
    assert outcome.route is CodeRoute.TYPED


def test_a_typed_code_is_not_believed_against_the_squares() -> None:
    form = printed()
    other = replace(print_list()[6], fingerprint=form.code.fingerprint)
    picture = without_symbols(form, 0.5)
    outcome = read_page("page", picture, 200.0, forms_of(form), Thresholds(), other)
    assert isinstance(outcome, PageRefused)
    assert form.code.for_people() in outcome.detail


def test_every_dyad_of_these_lists_is_a_dyad_code() -> None:
    assert all(is_dyad_code(code.dyad) for code in (*print_list(), *neighbours()))
