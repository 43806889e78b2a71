"""Each statistic against a published worked example or another way to compute it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from output.statistics import nested
from output.statistics.agreement import (
    difference_reliability,
    icc_agreement,
    icc_agreement_of,
    limits_of_agreement,
    profile_correlation,
    squared_distance,
    weighted_kappa,
)
from output.statistics.association import corrected, correlate, correlate_sets
from output.statistics.characteristics import Kind
from output.statistics.exploring import explore
from output.statistics.groups import compare
from output.statistics.imputation import pooled
from output.statistics.intervals import fisher_interval, mean_interval
from output.statistics.libraries import library
from output.statistics.nested import fit_mixed
from output.statistics.omega import omega_total, omega_with_interval
from output.statistics.quality import is_straight, longest_run
from output.statistics.reliability import alpha, feldt_interval, item_rest
from output.statistics.stat_table import NotEstimableError
from output.statistics.structure import confirm
from output.statistics.surface import TERMS, fit_surface
from output.statistics.wave_outcomes import compare_waves, williams
from output.statistics.waves import standard_error_of_change

Matrix = NDArray[np.float64]
RNG = np.random.default_rng(5)
NAN = float("nan")
stats = library("scipy.stats")


def items_of_one_factor(people: int = 200, loading: float = 0.7, count: int = 5) -> Matrix:
    rng = np.random.default_rng(3)
    common = rng.normal(size=(people, 1))
    own = rng.normal(size=(people, count))
    return np.asarray(loading * common + np.sqrt(1 - loading**2) * own)


# Reliability.


def test_the_interval_of_omega_is_about_that_of_a_bootstrap() -> None:
    items = items_of_one_factor()
    value, low, high = omega_with_interval(items)
    assert value == omega_total(items)
    rng = np.random.default_rng(5)
    drawn = [omega_total(items[rng.integers(0, len(items), len(items))]) for _ in range(80)]
    assert (high - low) / (2 * 1.96) == pytest.approx(np.std(drawn), rel=0.25)
    assert low < np.quantile(drawn, 0.1) < np.quantile(drawn, 0.9) < high


def test_two_correlations_with_one_outcome_are_compared_as_psych_does() -> None:
    # psych 2.2.9: r.test(n = 103, r12 = .50, r13 = .32, r23 = .65)
    t, p = williams(0.32, 0.50, 0.65, 103)
    assert (t, p) == pytest.approx((2.4742365002, 0.0150356400), abs=1e-7)


def test_a_wave_is_stronger_only_against_the_same_outcome_and_dyads() -> None:
    rng = np.random.default_rng(3)
    outcome = rng.normal(size=400)
    early, late = outcome + 3 * rng.normal(size=400), outcome + rng.normal(size=400)
    early[0], late[1], outcome[2] = np.nan, np.nan, np.nan
    found = compare_waves(early, late, outcome, Kind.CONTINUOUS)
    assert found.n == 397
    assert found.late > found.early
    assert 0 < found.low < found.difference < found.high
    turned = compare_waves(late, early, outcome, Kind.CONTINUOUS)
    assert (turned.difference, turned.low) == pytest.approx((-found.difference, -found.high))
    assert turned.t == pytest.approx(-found.t)
    ranked = compare_waves(early, late, np.exp(outcome), Kind.ORDINAL)
    assert ranked.late == correlate(late[3:], outcome[3:], Kind.ORDINAL).r


def test_waves_are_not_compared_where_nothing_can_be_told() -> None:
    four = np.array([1.0, 2.0, 3.0, 5.0])
    with pytest.raises(NotEstimableError, match="fewer than five dyads"):
        compare_waves(four, four, four, Kind.CONTINUOUS)
    six = np.array([1.0, 2.0, 3.0, 5.0, 4.0, 2.0])
    with pytest.raises(NotEstimableError, match="correlation of 1"):
        compare_waves(six, six, six[::-1], Kind.CONTINUOUS)
    with pytest.raises(NotEstimableError, match="no variation"):
        compare_waves(six, np.ones(6), six, Kind.CONTINUOUS)


def test_alpha_is_hoyts_ratio_of_mean_squares() -> None:
    items = items_of_one_factor()
    people, count = items.shape
    rows = count * ((items.mean(axis=1) - items.mean()) ** 2).sum() / (people - 1)
    rest = items - items.mean(axis=1, keepdims=True) - items.mean(axis=0) + items.mean()
    error = (rest**2).sum() / ((people - 1) * (count - 1))
    assert alpha(items) == pytest.approx(1 - error / rows, abs=1e-12)


def test_feldts_interval_is_that_of_pingouins_documented_example() -> None:
    assert feldt_interval(0.732717, 12, 11) == pytest.approx((0.435, 0.909), abs=5e-4)


def test_omega_is_that_of_a_one_factor_model_of_another_library() -> None:
    items = items_of_one_factor()
    frame = pd.DataFrame(items, columns=list("abcde"))
    model = library("semopy").Model("f =~ a + b + c + d + e")
    model.fit(frame, options={"ftol": 1e-14, "maxiter": 500})
    loadings = model.mx_lambda[:, 0] * np.sqrt(model.mx_psi[0, 0])
    common = loadings.sum() ** 2
    assert omega_total(items) == pytest.approx(
        common / (common + np.trace(model.mx_theta)), abs=1e-6
    )


def test_an_item_that_measures_itself_alone_has_no_omega_to_report() -> None:
    two = items_of_one_factor()[:, :2]
    with pytest.raises(NotEstimableError, match="three items"):
        omega_total(two)
    flat = np.column_stack([two, np.ones(len(two))])
    with pytest.raises(NotEstimableError, match="does not vary"):
        omega_total(flat)


def test_an_item_is_correlated_with_the_rest_and_not_with_itself() -> None:
    items = items_of_one_factor(count=3)
    rest = items[:, 0] + items[:, 2]
    assert item_rest(items, 1) == pytest.approx(stats.pearsonr(items[:, 1], rest).statistic)


# Agreement.

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    dtype=float,
)
"""Table 2 of Shrout and Fleiss (1979): six targets, four judges."""


def test_icc_is_the_published_one_of_shrout_and_fleiss() -> None:
    found = icc_agreement_of(SHROUT_FLEISS)
    assert found.value == pytest.approx(0.29, abs=0.005)
    assert (found.low, found.high) == pytest.approx((0.02, 0.76), abs=0.005)


def test_icc_of_two_equal_columns_is_one_and_has_no_interval() -> None:
    found = icc_agreement(np.arange(5.0), np.arange(5.0))
    assert found.value == pytest.approx(1)
    assert np.isnan(found.low)


def test_limits_of_agreement_are_those_of_the_peak_flow_example() -> None:
    large = "494 395 516 434 476 557 413 442 650 433 417 656 267 478 178 423 427"
    mini = "512 430 520 428 500 600 364 380 658 445 432 626 260 477 259 350 451"
    first, second = (np.array(text.split(), dtype=float) for text in (large, mini))
    found = limits_of_agreement(first - second)
    assert found.mean.value == pytest.approx(-2.1, abs=0.05)
    assert (found.mean.low, found.mean.high) == pytest.approx((-22.0, 17.8), abs=0.1)
    # The paper rounds 1.96 up to 2 and its standard deviation is 38.8.
    assert found.upper.value == pytest.approx(-2.1 + 1.96 * 38.8, abs=0.2)
    assert found.upper.high - found.upper.low == pytest.approx(2 * 2.12 * 16.3, rel=0.02)


def test_weighted_kappa_is_that_of_scikit_learn() -> None:
    one = RNG.integers(1, 6, 120)
    two = np.clip(one + RNG.integers(-1, 2, 120), 1, 5)
    found = weighted_kappa(one.astype(float), two.astype(float), (1, 2, 3, 4, 5))
    expected = cohen_kappa_score(one, two, weights="quadratic", labels=[1, 2, 3, 4, 5])
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.low < found.value < found.high


def test_kappa_of_somebody_who_always_answers_the_same_is_not_reported() -> None:
    with pytest.raises(NotEstimableError, match="no variation"):
        weighted_kappa(np.full(20, 3.0), RNG.integers(1, 6, 20).astype(float), (1, 2, 3, 4, 5))


def test_profiles_skip_what_one_of_the_two_left_open() -> None:
    first = np.array([[1, 2, 3, NAN], [1, 2, NAN, NAN], [NAN] * 4])
    second = np.array([[2, 4, 6, 5], [1, 2, 3, 4], [1, 2, 3, 4]])
    assert squared_distance(first, second) == pytest.approx([14 / 3, 0, NAN], nan_ok=True)
    assert profile_correlation(first, second) == pytest.approx([1, NAN, NAN], nan_ok=True)


def test_a_difference_is_less_reliable_than_what_it_is_made_of() -> None:
    found = difference_reliability((0.8, 0.7), (1.0, 1.0), 0.5)
    assert found == pytest.approx(((0.8 + 0.7) / 2 - 0.5) / (1 - 0.5))


# Change.


def test_the_standard_error_of_change_is_that_of_jacobson_and_truax() -> None:
    error = standard_error_of_change(7.5, 0.80)
    assert error == pytest.approx(4.74, abs=0.005)
    assert (47.5 - 32.5) / error == pytest.approx(3.16, abs=0.005)


@pytest.mark.parametrize("reliability", [0.0, -0.2, 1.0])
def test_without_a_reliability_there_is_no_reliable_change(reliability: float) -> None:
    with pytest.raises(NotEstimableError, match="alpha"):
        standard_error_of_change(1.0, reliability)


# Relations.


def test_correlations_are_those_of_scipy_by_type() -> None:
    x, y = RNG.normal(size=(2, 60))
    x[3] = NAN
    seen = np.isfinite(x)
    steps, yes = np.round(y * 2), (y > 0).astype(float)
    assert correlate(x, y, Kind.CONTINUOUS).r == pytest.approx(
        stats.pearsonr(x[seen], y[seen]).statistic
    )
    assert correlate(x, steps, Kind.ORDINAL).p == pytest.approx(
        stats.spearmanr(x[seen], steps[seen]).pvalue
    )
    assert correlate(x, yes, Kind.BINARY).r == pytest.approx(
        stats.pointbiserialr(yes[seen], x[seen]).statistic
    )
    assert correlate(x, y, Kind.CONTINUOUS).n == 59


def test_intervals_of_correlations_are_fishers_and_bonett_and_wrights() -> None:
    x, y = RNG.normal(size=(2, 50))
    expected = stats.pearsonr(x, y).confidence_interval()
    found = correlate(x, y, Kind.CONTINUOUS)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    ranked = correlate(x, y, Kind.ORDINAL)
    reach = 1.959964 * np.sqrt((1 + ranked.r**2 / 2) / 47)
    assert np.arctanh(ranked.high) - np.arctanh(ranked.r) == pytest.approx(reach, abs=1e-6)


def test_a_mean_has_the_interval_of_students_t() -> None:
    values = RNG.normal(size=12)
    expected = stats.ttest_1samp(values, 0).confidence_interval()
    assert mean_interval(values)[1:] == pytest.approx((expected.low, expected.high))


def test_three_pairs_have_no_interval() -> None:
    assert np.isnan(fisher_interval(0.5, 3)).all()


def test_holm_and_benjamini_hochberg_skip_rows_without_a_test() -> None:
    rows = corrected([{"p": 0.01}, {"n": 3}, {"p": 0.04}, {"p": None}, {"p": 0.03}])
    assert [row.get("p_holm") for row in rows] == [
        pytest.approx(0.03), None, pytest.approx(0.06), None, pytest.approx(0.06)
    ]  # fmt: skip
    assert rows[4]["p_bh"] == pytest.approx(0.04)


def test_rubins_rules_add_what_lies_between_the_sets() -> None:
    found = pooled([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    assert (found.value, found.error) == pytest.approx((2.0, np.sqrt(7 / 3)))
    df = 2 / (4 / 7) ** 2
    assert found.high == pytest.approx(2 + stats.t.ppf(0.975, df) * np.sqrt(7 / 3))


def test_sets_that_agree_pool_to_what_each_of_them_says() -> None:
    x, y = RNG.normal(size=(2, 40))
    one, several = (correlate_sets([x] * count, y, Kind.CONTINUOUS) for count in (1, 3))
    assert several.r == pytest.approx(one.r)
    assert (several.low, several.high) == pytest.approx((one.low, one.high))


def test_analysis_of_variance_is_that_of_scipy_and_welchs_for_two_groups_is_the_t_test() -> None:
    groups = [RNG.normal(at, 1 + at, 20 + 5 * at) for at in range(3)]
    found = compare(groups)
    expected = stats.f_oneway(*groups)
    assert (found.f, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.eta2 == pytest.approx(found.f * 2 / (found.f * 2 + found.df_within))
    assert found.omega2 == pytest.approx(2 * (found.f - 1) / (2 * (found.f - 1) + 75))
    two = compare(groups[:2])
    welch = stats.ttest_ind(*groups[:2], equal_var=False)
    assert (two.welch_f, two.welch_p) == pytest.approx((welch.statistic**2, welch.pvalue))


# Models.


def test_a_balanced_mixed_model_has_the_variances_of_the_analysis_of_variance() -> None:
    values = RNG.normal(size=(30, 4)) + 0.8 * RNG.normal(size=(30, 1))
    within = values.var(axis=1, ddof=1).mean()
    between = (4 * values.mean(axis=1).var(ddof=1) - within) / 4
    groups = [str(row) for row in range(30) for _ in range(4)]
    found = fit_mixed(values.ravel(), None, groups)
    assert found.between_sd**2 == pytest.approx(between, abs=1e-6)
    assert found.within_sd**2 == pytest.approx(within, abs=1e-6)
    assert found.intercept == pytest.approx(values.mean())


def test_groups_that_do_not_differ_give_least_squares_and_no_variance() -> None:
    alike = np.tile([1.0, 2.0, 3.0, 4.0], 8)
    predictor = RNG.normal(size=32)
    groups = [str(at // 4) for at in range(32)]
    found = fit_mixed(alike, predictor, groups)
    line = stats.linregress(predictor, alike)
    assert found.between_sd == 0
    assert (found.slope, found.error) == pytest.approx((line.slope, line.stderr))


@pytest.mark.parametrize(
    ("groups", "reason"),
    [(["a", "b"] * 10, "fewer than 5 groups"), ([str(n) for n in range(20)], "a single member")],
)
def test_groups_that_cannot_be_told_apart_from_people_are_named(
    groups: list[str], reason: str
) -> None:
    with pytest.raises(NotEstimableError, match=reason):
        fit_mixed(RNG.normal(size=20), None, groups)


def test_a_mixed_model_that_does_not_converge_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stubborn:
        def __init__(self, *_: object) -> None: ...

        def fit(self, **_: object) -> SimpleNamespace:
            return SimpleNamespace(converged=False, scale=1.0)

    real = library("statsmodels.regression.mixed_linear_model")
    fake = SimpleNamespace(MixedLM=Stubborn, MixedLMParams=real.MixedLMParams)

    def asked(name: str) -> object:
        return fake if name.endswith("mixed_linear_model") else library(name)

    monkeypatch.setattr(nested, "library", asked)
    values = np.repeat(RNG.normal(size=8), 4) + 0.1 * RNG.normal(size=32)
    with pytest.raises(NotEstimableError, match="did not converge"):
        fit_mixed(values, None, [str(at // 4) for at in range(32)])


def test_a_surface_that_is_known_comes_back() -> None:
    x, y = RNG.normal(size=(2, 80))
    true = (0.5, 0.3, -0.2, 0.1, 0.4, -0.3)
    outcome = np.column_stack([np.ones(80), x, y, x**2, x * y, y**2]) @ np.array(true)
    found = fit_surface(x, y, outcome + 1e-9 * RNG.normal(size=80), is_binary=False)
    surface = (0.3 - 0.2, 0.1 + 0.4 - 0.3, 0.3 + 0.2, 0.1 - 0.4 - 0.3)
    assert dict(zip(TERMS, found.values, strict=True)) == pytest.approx(
        dict(zip(TERMS, (*true, *surface), strict=True)), abs=1e-6
    )


def test_a_surface_of_two_people_who_always_agree_is_not_made_up() -> None:
    x = RNG.normal(size=80)
    with pytest.raises(NotEstimableError, match="told apart"):
        fit_surface(x, x, RNG.normal(size=80), is_binary=False)


def test_a_model_of_exact_covariances_gives_its_own_loadings_and_fits_perfectly() -> None:
    true = np.zeros((6, 2))
    true[:3, 0], true[3:, 1] = (0.8, 0.7, 0.6), (0.5, 0.75, 0.85)
    implied = true @ np.array([[1, 0.4], [0.4, 1]]) @ true.T
    np.fill_diagonal(implied, 1.0)
    plain = RNG.normal(size=(150, 6))
    plain -= plain.mean(axis=0)
    white = plain @ np.linalg.inv(np.linalg.cholesky(np.cov(plain, rowvar=False))).T
    items = white @ np.linalg.cholesky(implied).T
    found = confirm(items, ["a", "a", "a", "b", "b", "b"])
    assert [one.value for one in found.loadings] == pytest.approx(true.sum(axis=1), abs=1e-5)
    assert found.factors[0].value == pytest.approx(0.4, abs=1e-5)
    assert (found.fit.chi2, found.fit.rmsea, found.fit.cfi) == pytest.approx((0, 0, 1), abs=1e-6)
    explored = explore(items, ["a", "a", "a", "b", "b", "b"])
    assert np.abs(explored.loadings[true > 0] - true[true > 0]).max() < 0.05
    assert np.abs(explored.loadings[true == 0]).max() < 0.05


def test_models_that_the_data_cannot_carry_are_not_fitted() -> None:
    items = items_of_one_factor(count=6)
    with pytest.raises(NotEstimableError, match="single item"):
        confirm(items, ["a"] * 5 + ["b"])
    with pytest.raises(NotEstimableError, match="fewer people"):
        confirm(items[:6], ["a"] * 6)
    with pytest.raises(NotEstimableError, match="does not vary"):
        confirm(np.column_stack([items, np.ones(200)]), ["a"] * 7)


# Quality.


def test_straight_lines_and_runs_are_found_in_answers_as_printed() -> None:
    items = np.array([[3, 3, 3, 3], [3, 3, NAN, 3], [1, 2, 2, 5], [3, NAN, NAN, NAN], [NAN] * 4])
    assert is_straight(items).tolist() == [True, True, False, False, False]
    assert longest_run(items).tolist() == [4, 2, 2, 1, 0]
