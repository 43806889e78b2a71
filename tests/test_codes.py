from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.alphabet import ALPHABET
from layouts.dyadcode import check_character, is_dyad_code, new_dyad_code, parse_dyad_code, shown
from layouts.errors import UsageError
from layouts.model import DyadCode, Fingerprint, Role
from layouts.sheetcode import LENGTH, SheetCode, read_sheet_code

KEY = bytes(range(32))
bodies = st.text(ALPHABET, min_size=7, max_size=7)
dyads = bodies.map(lambda body: DyadCode(body + check_character(body)))
sheets = st.builds(
    SheetCode,
    fingerprint=st.text(ALPHABET, min_size=8, max_size=8).map(Fingerprint),
    dyad=dyads,
    role=st.sampled_from(Role),
    wave=st.integers(1, 16),
    page=st.integers(1, 32),
    serial=st.integers(0, 32**4 - 1),
)


@given(dyads)
def test_every_single_wrong_character_is_caught(code: DyadCode) -> None:
    for place in range(8):
        for letter in set(ALPHABET) - {code[place]}:
            assert not is_dyad_code(code[:place] + letter + code[place + 1 :])


@given(dyads)
def test_every_swap_of_neighbours_is_caught(code: DyadCode) -> None:
    for place, (first, second) in enumerate(pairwise(code)):
        if first != second:
            assert not is_dyad_code(code[:place] + second + first + code[place + 2 :])


@given(dyads)
def test_a_code_comes_back_from_how_people_type_it(code: DyadCode) -> None:
    typed = shown(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert parse_dyad_code(typed) == code


@pytest.mark.parametrize("typed", ["", "K7Q4", "K7Q4-2M9DX", "K7Q4-2M9!", "UUUU-UUUU"])
def test_what_is_no_code_is_named(typed: str) -> None:
    with pytest.raises(UsageError, match="code"):
        parse_dyad_code(typed)


def test_new_codes_are_valid_and_differ() -> None:
    codes = {new_dyad_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(map(is_dyad_code, codes))


@given(sheets)
def test_a_page_code_comes_back(sheet: SheetCode) -> None:
    text = sheet.to_text(KEY)
    assert len(text) == LENGTH
    assert read_sheet_code(text, KEY) == sheet


@given(sheets)
def test_a_page_code_of_another_study_is_refused(sheet: SheetCode) -> None:
    assert read_sheet_code(sheet.to_text(KEY), bytes(32)) is None


@given(sheets, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_makes_another_page(
    sheet: SheetCode, place: int, letter: str
) -> None:
    text = sheet.to_text(KEY)
    damaged = text[:place] + letter + text[place + 1 :]
    assert read_sheet_code(damaged, KEY) in ({sheet} if damaged == text else {None})


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_without_an_error(text: str) -> None:
    assert read_sheet_code(text, KEY) is None
