"""Paper numbers: every error that their check digits promise to find."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.dyadcode import new_dyad_code
from layouts.errors import UsageError
from layouts.model import DyadCode, Fingerprint, Role
from layouts.papernumber import (
    MOST_DYADS,
    dyad_numbers,
    is_paper_number,
    paper_number,
    shown_number,
)
from layouts.sheetcode import (
    LENGTH,
    MAX_WAVES,
    MasterCode,
    is_page_code,
    read_page_code,
    read_sheet_code,
)

KEY = bytes(range(32))
SHEETS = tuple(product(Role, range(1, MAX_WAVES + 1)))

six = st.text("0123456789", min_size=6, max_size=6)
sheets = st.sampled_from(SHEETS)


@given(six, sheets)
def test_every_wrong_digit_is_found(dyad: str, sheet: tuple[Role, int]) -> None:
    number = paper_number(dyad, *sheet)
    assert is_paper_number(number, *sheet)
    for place, digit in product(range(8), "0123456789"):
        wrong = number[:place] + digit + number[place + 1 :]
        assert is_paper_number(wrong, *sheet) == (wrong == number)


@given(six, sheets)
def test_every_swap_of_two_digits_is_found(dyad: str, sheet: tuple[Role, int]) -> None:
    number = paper_number(dyad, *sheet)
    for one, other in combinations(range(8), 2):
        digits = list(number)
        digits[one], digits[other] = digits[other], digits[one]
        wrong = "".join(digits)
        assert is_paper_number(wrong, *sheet) == (wrong == number)


@given(six, sheets)
def test_a_number_is_for_one_role_and_wave_only(dyad: str, sheet: tuple[Role, int]) -> None:
    number = paper_number(dyad, *sheet)
    assert [other for other in SHEETS if is_paper_number(number, *other)] == [sheet]


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "1234567a", "²²²²²²²²"])
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    assert not any(is_paper_number(text, *sheet) for sheet in SHEETS)


def test_numbers_differ_and_never_change_when_others_enrol() -> None:
    dyads = [new_dyad_code() for _ in range(3000)]
    every = dyad_numbers(dyads, KEY)
    assert len(every) == 3000
    assert list(every.values()) == dyads
    assert list(dyad_numbers(dyads[:1000], KEY).items()) == list(every.items())[:1000]
    assert dyad_numbers(dyads, bytes(32)).keys() != every.keys()


def test_a_study_too_large_for_numbers_says_so() -> None:
    with pytest.raises(UsageError, match="paper numbers reach"):
        dyad_numbers([DyadCode("x")] * (MOST_DYADS + 1), KEY)


def test_people_see_two_groups_of_four() -> None:
    assert shown_number("48271935") == "4827 1935"


def test_a_masters_code_is_signed_and_nobodys() -> None:
    code = MasterCode(Fingerprint("8X2K9Q4T"), 2)
    text = code.to_text(KEY)
    assert len(text) == LENGTH
    assert is_page_code(text)
    assert read_page_code(text, KEY) == code
    assert read_sheet_code(text, KEY) is None
    assert read_page_code(text, bytes(32)) is None
    assert read_page_code("1" + text[1:], KEY) is None
    assert code.for_people() == "COPY · p2 · 8X2K9Q4T"
