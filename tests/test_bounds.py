"""Figures of the standards come out of our formulas."""

import pytest

from bench.bounds import sequential_verdict, upper_bound


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
