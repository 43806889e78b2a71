"""Figures of the standards come out of our formulas."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from output.bounds import (
    RISK,
    fields_needed,
    sequential_limits,
    sequential_verdict,
    upper_bound,
)


@pytest.mark.parametrize(
    ("fields", "wrong", "per_10k"),
    [(300, 0, 99.4), (600, 1, 78.8), (1000, 2, 62.8), (10_000, 3, 7.75), (100_000, 0, 0.30)],
)
def test_the_bounds_are_those_of_clopper_and_pearson(
    fields: int, wrong: int, per_10k: float
) -> None:
    assert upper_bound(wrong, fields) * 1e4 == pytest.approx(per_10k, rel=0.01)


def test_nothing_read_proves_nothing() -> None:
    assert upper_bound(0, 0) == 1.0


@pytest.mark.parametrize(
    ("wrong", "fields", "verdict"),
    [
        (0, 1_549_704, "accepted"),
        (0, 1_549_702, "goes on"),
        (1, 26_996, "rejected"),
        (1, 26_998, "goes on"),
        (1, 1_549_704 + 1_576_702, "accepted"),
    ],
)
def test_the_sequential_test_is_that_of_the_voting_standard(
    wrong: int, fields: int, verdict: str
) -> None:
    assert sequential_verdict(wrong, fields).startswith(verdict)


@pytest.mark.parametrize(
    ("bound", "wrong", "fields"),
    [(0.01, 0, 299), (0.01, 2, 628), (0.001, 0, 2995), (0.001, 1, 4742), (0.0001, 0, 29956)],
)
def test_the_sample_is_the_smallest_that_proves_the_bound(
    bound: float, wrong: int, fields: int
) -> None:
    assert fields_needed(bound, wrong) == fields


@settings(max_examples=50)
@given(st.integers(1, 120), st.data())
def test_the_bound_leaves_exactly_the_risk(fields: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, fields - 1))
    rate = Fraction(upper_bound(wrong, fields))
    at_most = sum(comb(fields, k) * rate**k * (1 - rate) ** (fields - k) for k in range(wrong + 1))
    assert float(at_most) == pytest.approx(RISK, rel=1e-6)


def test_many_wrong_answers_do_not_vanish_in_rounding() -> None:
    assert upper_bound(1500, 3000) == pytest.approx(0.515, abs=0.001)


def test_if_everything_is_wrong_nothing_is_ruled_out() -> None:
    assert upper_bound(5, 5) == 1.0


@pytest.mark.parametrize(
    ("aim", "limit", "clean", "more"),
    [(1e-6, 2e-5, 154_969, 157_670), (1e-5, 1e-4, 32_715, 25_584), (4.6e-5, 3.5e-4, 9_684, 6_675)],
)
def test_the_sequential_test_serves_other_rates_too(
    aim: float, limit: float, clean: int, more: int
) -> None:
    _, first = sequential_limits(0, aim, limit)
    _, second = sequential_limits(1, aim, limit)
    assert first == pytest.approx(clean, abs=1)
    assert second - first == pytest.approx(more, abs=1)
