"""Whether R gives the same statistics: psych, lavaan, lme4, mice, vcd and R's own functions.

    python -m bench.validate

Needs R with Debian's packages: apt-get install r-base-core r-cran-psych r-cran-lavaan
r-cran-lme4 r-cran-gparotation r-cran-mice r-cran-vcd. Without them it says so and ends with
exit code 2.
The package irr is not in Debian; psych has the same coefficients.
"""

import csv
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.simulated_study import OFFICERS, Plan, simulate
from output.statistics.agreement import (
    difference_reliability,
    icc_agreement,
    limits_of_agreement,
    profile_correlation,
    squared_distance,
    weighted_kappa,
)
from output.statistics.association import corrected, correlate
from output.statistics.characteristics import Kind
from output.statistics.data import Forms, Matrix, Scheme
from output.statistics.exploring import explore
from output.statistics.groups import compare
from output.statistics.imputation import pooled
from output.statistics.intervals import TAIL
from output.statistics.libraries import library, one_thread
from output.statistics.nested import fit_mixed
from output.statistics.omega import omega_with_interval
from output.statistics.reliability import alpha, feldt_interval, item_rest
from output.statistics.source import scores_of
from output.statistics.structure import confirm
from output.statistics.surface import fit_surface
from output.statistics.wave_outcomes import compare_waves
from output.statistics.waves import standard_error_of_change
from wamforms.definition_files import load_instrument

SAME = 1e-6
"""Where the formula is the same, this is all that may lie between the two."""

SEARCHED = 1e-4
"""Where both search for an optimum with several rotations or stops of their own."""

LOOSE = {
    "EFA unique variances": "two optimisers, each with its own stop",
    "EFA largest oblimin loading of each item": "two rotations, each with its own stop",
}
"""What is compared to `SEARCHED`, and why."""

MISSING = 2
"""Exit code if there is no R to compare with."""

_P = (0.001, 0.012, 0.03, 0.04, 0.2, 0.9)
"""Any p values will do for the corrections; R has the same six."""


_SETS = ((0.21, 0.061), (0.28, 0.058), (0.17, 0.064), (0.25, 0.06), (0.19, 0.059))
"""Estimates and standard errors of five imputed sets; R pools the same."""

_RELIABLE = (0.8, 0.7)
"""Reliabilities of the two sides of a difference; any will do."""


@dataclass(frozen=True, slots=True)
class Case:
    """A study as both programs get it: the client's items, the professional's, and pairs."""

    items: Matrix
    others: Matrix
    factor_of: list[str]
    pairs: pd.DataFrame


def made_case(dyads: int = 276, seed: int = 11) -> Case:
    """Draw a study and one file of pairs with every kind of column."""
    instrument = load_instrument("probation")
    drawn = simulate(instrument, Plan(), dyads, seed)
    empty = Forms(pd.DataFrame(), np.empty((0, 0)), np.empty((0, 0)))
    scheme = Scheme("", {"probation": instrument}, empty)
    sides = [scores_of(scheme, drawn.answers[:, 0, role])[:, 0] for role in (0, 1)]
    rng = np.random.default_rng(seed)
    officer = np.arange(dyads) % OFFICERS
    x = sides[0] + 0.4 * rng.normal(size=OFFICERS)[officer]
    middle = 3.0
    pairs: dict[str, NDArray[np.generic]] = {
        "x": x,
        "y": sides[1],
        "cx": x - middle,
        "cy": sides[1] - middle,
    }
    pairs |= {"item_x": drawn.answers[:, 0, 0, 0], "item_y": drawn.answers[:, 0, 1, 0]}
    pairs |= {"outcome": drawn.outcome, "dropout": (drawn.outcome > 0.8).astype(float)}
    pairs |= {"risk": rng.integers(1, 4, dyads), "living": rng.integers(0, 3, dyads)}
    pairs |= {"officer": officer, "z": drawn.outcome / drawn.outcome.std(ddof=1)}
    factor_of = [str(item.factor) for item in instrument.items]
    later = scores_of(scheme, drawn.answers[:, 1, 0])[:, 0]
    pairs |= {"later": later}
    items, others = (scheme.keyed(drawn.answers[:, 0, role]) for role in (0, 1))
    return Case(items, others, factor_of, pd.DataFrame(pairs))


def ours(case: Case) -> dict[str, Sequence[float]]:
    """Compute everything that R computes, by the same names."""
    parts = (_scale, _structure, _agreement, _profiles, _relations, _waves)
    return {name: values for part in parts for name, values in part(case).items()}


def _scale(case: Case) -> dict[str, Sequence[float]]:
    mine = [factor == case.factor_of[0] for factor in case.factor_of]
    items = case.items[:, mine]
    count = items.shape[1]
    without = [alpha(np.delete(items, at, axis=1)) for at in range(count)]
    return {
        "alpha": [alpha(items)],
        "alpha interval (Feldt)": feldt_interval(alpha(items), *items.shape),
        "item-rest correlation": [item_rest(items, at) for at in range(count)],
        "alpha if deleted": without,
        "omega total": [omega_with_interval(items)[0]],
        "omega total interval (delta method)": omega_with_interval(items)[1:],
    }


def _structure(case: Case) -> dict[str, Sequence[float]]:
    model = confirm(case.items, case.factor_of)
    found = model.fit
    explored = explore(case.items, case.factor_of)
    return {
        **{"CFA chi2": [found.chi2], "CFA df": [found.df], "CFA p": [found.p]},
        **{"CFA CFI": [found.cfi], "CFA TLI": [found.tli], "CFA RMSEA": [found.rmsea]},
        "CFA RMSEA interval": [found.rmsea_low, found.rmsea_high],
        **{"CFA SRMR": [found.srmr], "CFA AIC": [found.aic], "CFA BIC": [found.bic]},
        "CFA loadings": [one.value for one in model.loadings],
        "CFA loadings, standard errors": [one.error for one in model.loadings],
        "CFA factor correlations": [one.value for one in model.factors],
        "CFA factor correlations, standard errors": [one.error for one in model.factors],
        "EFA unique variances": explored.unique.tolist(),
        "EFA largest oblimin loading of each item": np.abs(explored.loadings).max(axis=1).tolist(),
    }


def _agreement(case: Case) -> dict[str, Sequence[float]]:
    x, y, one, two = (_column(case, name) for name in ("x", "y", "item_x", "item_y"))
    icc = icc_agreement(x, y)
    kappa = weighted_kappa(one, two, range(1, 6))
    normal = float(library("scipy.stats").norm.ppf(TAIL))
    limits = limits_of_agreement(y - x)
    mean = limits.mean
    paired = library("scipy.stats").ttest_rel(y, x)
    return {
        "ICC(A,1)": [icc.value],
        "ICC(A,1) interval": [icc.low, icc.high],
        "weighted kappa": [kappa.value],
        "weighted kappa, standard error": [(kappa.high - kappa.value) / normal],
        "difference, interval": [mean.low, mean.high],
        "limits of agreement": [limits.lower.value, limits.upper.value],
        "limits of agreement, interval of the upper": [limits.upper.low, limits.upper.high],
        "paired t": [float(paired.statistic)],
        "paired t, p": [float(paired.pvalue)],
    }


def _profiles(case: Case) -> dict[str, Sequence[float]]:
    x, y = _column(case, "x"), _column(case, "y")
    r = correlate(x, y, Kind.CONTINUOUS).r
    spreads = float(x.std(ddof=1)), float(y.std(ddof=1))
    return {
        "D squared, mean over items": squared_distance(case.items, case.others).tolist(),
        "profile correlation": profile_correlation(case.items, case.others).tolist(),
        "reliability of the difference": [difference_reliability(_RELIABLE, spreads, r)],
    }


def _waves(case: Case) -> dict[str, Sequence[float]]:
    x, later, outcome = (_column(case, name) for name in ("x", "later", "outcome"))
    waves = compare_waves(x, later, outcome, Kind.CONTINUOUS)
    error = standard_error_of_change(float(x.std(ddof=1)), _RELIABLE[0])
    spearman = correlate(x, _column(case, "risk"), Kind.ORDINAL)
    together = pooled([one for one, _ in _SETS], [two for _, two in _SETS])
    stacked = np.concatenate([x, later])
    when = np.repeat([0.0, 1.0], len(x))
    growth = fit_mixed(stacked, when, [str(at) for at in range(len(x))] * 2)
    return {
        "Williams' t of two dependent correlations": [waves.t],
        "Williams' t, p": [waves.p],
        "reliable change index": ((later - x) / error).tolist(),
        "Spearman interval (Bonett and Wright)": [spearman.low, spearman.high],
        "Rubin's rules: estimate, error, p": [together.value, together.error, together.p],
        "Rubin's rules: interval": [together.low, together.high],
        "growth: level and slope": [growth.intercept, growth.slope],
        "growth: standard error of the slope": [growth.error],
    }


def _relations(case: Case) -> dict[str, Sequence[float]]:
    x, outcome, dropout = (_column(case, name) for name in ("x", "outcome", "dropout"))
    pearson = correlate(x, outcome, Kind.CONTINUOUS)
    living = _column(case, "living")
    groups = compare([x[living == value] for value in np.unique(living)])
    mixed = fit_mixed(x, _column(case, "z"), [str(one) for one in case.pairs["officer"]])
    cx, cy = _column(case, "cx"), _column(case, "cy")
    flat = fit_surface(cx, cy, outcome, is_binary=False)
    logistic = fit_surface(cx, cy, dropout, is_binary=True)
    adjusted = corrected([{"p": p} for p in _P])
    return {
        **{"Pearson": [pearson.r], "Pearson interval": [pearson.low, pearson.high]},
        "Pearson p": [pearson.p],
        "Spearman": [correlate(x, _column(case, "risk"), Kind.ORDINAL).r],
        "point-biserial": [correlate(x, dropout, Kind.BINARY).r],
        **{"ANOVA F": [groups.f], "ANOVA p": [groups.p]},
        **{"eta2": [groups.eta2], "omega2": [groups.omega2]},
        **{"Welch F": [groups.welch_f], "Welch df": [groups.welch_df]},
        "Welch p": [groups.welch_p],
        "mixed model, fixed effects": [mixed.intercept, mixed.slope],
        "mixed model, standard error of the slope": [mixed.error],
        "mixed model, SD between and within": [mixed.between_sd, mixed.within_sd],
        "response surface, b0 to b5 and a1 to a4": flat.values.tolist(),
        "response surface, standard errors": flat.errors.tolist(),
        "response surface, logistic, b0 to b5": logistic.values[:6].tolist(),
        "Holm": [float(row["p_holm"] or 0) for row in adjusted],
        "Benjamini and Hochberg": [float(row["p_bh"] or 0) for row in adjusted],
    }


def _column(case: Case, name: str) -> Matrix:
    return case.pairs[name].to_numpy(dtype=float)


def theirs(case: Case, rscript: str) -> tuple[dict[str, list[float]], str]:
    """Compute the same in R; returns the values and R's versions.

    Raises
    ------
    RuntimeError
        If R stops, for example because a package is missing.
    """
    script = Path(__file__).with_suffix(".R")
    with TemporaryDirectory() as made:
        folder = Path(made)
        columns = [f"i{at:02d}" for at in range(case.items.shape[1])]
        for name, items in (("items", case.items), ("others", case.others)):
            pd.DataFrame(items, columns=columns).to_csv(folder / f"{name}.csv", index=False)
        case.pairs.to_csv(folder / "pairs.csv", index=False, float_format="%.17g")
        (folder / "factors.txt").write_text("\n".join(case.factor_of) + "\n", encoding="utf-8")
        done = subprocess.run(
            [rscript, str(script), str(folder)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        found: dict[str, list[float]] = {}
        with (folder / "r.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["name"], []).append(float(row["value"]))
    return found, done.stdout


def main() -> int:
    """Compare, print the table, and end with 1 if anything differs."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        print("R is not installed here, so nothing was compared.", __doc__, sep="\n")
        return MISSING
    case = made_case()
    try:
        reference, versions = theirs(case, rscript)
    except RuntimeError as error:
        print(f"R stopped, so nothing was compared:\n{error}", __doc__, sep="\n")
        return MISSING
    with one_thread():
        mine = ours(case)
    print(f"{len(case.items)} dyads; {versions}\n")
    wrong = [name for name in reference if not _compared(name, mine[name], reference[name])]
    print(f"\n{len(reference) - len(wrong)} of {len(reference)} agree")
    return 1 if wrong else 0


def _compared(name: str, mine: Sequence[float], reference: Sequence[float]) -> bool:
    allowed = SEARCHED if name in LOOSE else SAME
    first, second = np.array(mine, dtype=float), np.array(reference)
    apart = float((np.abs(first - second) / np.maximum(1.0, np.abs(second))).max())
    word = "ok" if apart <= allowed else "DIFFERS"
    print(f"{word:8}{apart:9.1e} (allowed {allowed:.0e})  {name}  {second[0]:.6g}")
    return apart <= allowed


if __name__ == "__main__":
    sys.exit(main())
