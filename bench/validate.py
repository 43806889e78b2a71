"""Whether R gives the same statistics: psych, lavaan, lme4, vcd and R's own functions.

    python -m bench.validate

Needs R with Debian's packages: apt-get install r-base-core r-cran-psych r-cran-lavaan
r-cran-lme4 r-cran-gparotation r-cran-vcd. Without them it says so and ends with exit code 2.
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
from output.statistics.agreement import icc_agreement, limits_of_agreement, weighted_kappa
from output.statistics.association import corrected, correlate
from output.statistics.characteristics import Kind
from output.statistics.data import Forms, Matrix, Scheme
from output.statistics.exploring import explore
from output.statistics.groups import compare
from output.statistics.intervals import TAIL
from output.statistics.libraries import library, one_thread
from output.statistics.nested import fit_mixed
from output.statistics.reliability import alpha, feldt_interval, item_rest, omega_total
from output.statistics.source import scores_of
from output.statistics.structure import confirm
from output.statistics.surface import fit_surface
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


@dataclass(frozen=True, slots=True)
class Case:
    """A study as both programs get it."""

    items: Matrix
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
    return Case(scheme.keyed(drawn.answers[:, 0, 0]), factor_of, pd.DataFrame(pairs))


def ours(case: Case) -> dict[str, Sequence[float]]:
    """Compute everything that R computes, by the same names."""
    return {**_scale(case), **_structure(case), **_agreement(case), **_relations(case)}


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
        "omega total": [omega_total(items)],
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
    mean = limits_of_agreement(y - x).mean
    paired = library("scipy.stats").ttest_rel(y, x)
    return {
        "ICC(A,1)": [icc.value],
        "ICC(A,1) interval": [icc.low, icc.high],
        "weighted kappa": [kappa.value],
        "weighted kappa, standard error": [(kappa.high - kappa.value) / normal],
        "difference, interval": [mean.low, mean.high],
        "paired t": [float(paired.statistic)],
        "paired t, p": [float(paired.pvalue)],
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
    with TemporaryDirectory() as name:
        folder = Path(name)
        columns = [f"i{at:02d}" for at in range(case.items.shape[1])]
        pd.DataFrame(case.items, columns=columns).to_csv(folder / "items.csv", index=False)
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
