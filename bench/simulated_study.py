"""A study whose every correlation is known, as a folder of exported tables.

    python -m bench.simulated_study FOLDER --dyads 276 --seed 1

Writes the tables that `wamforms analyse` reads, and `clients.csv` with columns of known
correlation. Answers are cut from normal variables at known places, so loadings, alphas
and correlations of the answers themselves are known exactly and not only of what is
behind them: `Truth` works them out.
"""

import argparse
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from layouts.alphabet import to_text
from layouts.dyadcode import check_character, shown
from layouts.model import DyadCode, Role
from output.statistics.libraries import library
from wamforms.definition_files import load_instrument
from wamforms.instrument import Instrument

Matrix = NDArray[np.float64]
stats = library("scipy.stats")

DYADS = 276
"""As many as the published study had (facts on the instrument, row 10)."""

OFFICERS = 60
"""A professional has four or five clients."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is true behind the answers; every value a correlation.

    Attributes
    ----------
    loading
        Of an item on its factor.
    between_factors
        Of two factors of one person.
    agreement
        Of client and professional on one factor.
    stability
        Of one wave with the next.
    outcome
        Of the column `outcome` with each factor of the client at the first wave.
    """

    loading: float = 0.75
    between_factors: float = 0.5
    agreement: float = 0.4
    stability: float = 0.7
    outcome: float = 0.3
    waves: int = 2
    missing: float = 0.0


class Truth:
    """What the answers of a plan must give, exactly.

    Parameters
    ----------
    instrument : Instrument
    plan : Plan
    """

    def __init__(self, instrument: Instrument, plan: Plan) -> None:
        self._points = len(instrument.scale.values)
        self._plan = plan
        self.sizes = {name: len(instrument.items_of(name)) for name in instrument.factors}

    @cached_property
    def cuts(self) -> Matrix:
        """Where the normal variable behind an answer is cut, in standard deviations."""
        return cuts_of(self._points)

    @cached_property
    def _spread(self) -> float:
        """Variance of an answer."""
        share = np.diff(np.concatenate([[0.0], stats.norm.cdf(self.cuts), [1.0]]))
        steps = np.arange(self._points)
        return float((share * steps**2).sum() - (share * steps).sum() ** 2)

    def after_cutting(self, r: float) -> float:
        """Turn a correlation of two normal variables into that of the answers cut from them.

        An answer is the number of cuts below its variable, so its covariances are sums
        over pairs of cuts of the probability to be above both.
        """
        above = stats.norm.sf(self.cuts)
        both = stats.multivariate_normal([0, 0], [[1, r], [r, 1]])
        joint = np.array([[both.cdf([-one, -two]) for two in self.cuts] for one in self.cuts])
        return float((joint - np.outer(above, above)).sum() / self._spread)

    @property
    def within(self) -> float:
        """Correlation of two items of one factor."""
        return self.after_cutting(self._plan.loading**2)

    @property
    def loading(self) -> float:
        """Standardised loading of an answer."""
        return float(np.sqrt(self.within))

    @property
    def factor_correlation(self) -> float:
        """Correlation of two factors behind the answers."""
        across = self.after_cutting(self._plan.loading**2 * self._plan.between_factors)
        return across / self.within

    def alpha(self, items: int) -> float:
        """Alpha, which is omega here, of a factor."""
        return items * self.within / (1 + (items - 1) * self.within)

    def agreement(self, items: int) -> float:
        """Correlation of the two people's scores."""
        across = self.after_cutting(self._plan.loading**2 * self._plan.agreement)
        return items * across / (1 + (items - 1) * self.within)

    def stability(self, items: int) -> float:
        """Correlation of the scores of two waves that follow each other."""
        across = self.after_cutting(self._plan.loading**2 * self._plan.stability)
        return items * across / (1 + (items - 1) * self.within)

    def outcome(self, items: int) -> float:
        """Correlation of the client's first score with the column `outcome`."""
        kept = float(stats.norm.pdf(self.cuts).sum() / np.sqrt(self._spread))
        item = self._plan.outcome * self._plan.loading * kept
        return float(items * item / np.sqrt(items + items * (items - 1) * self.within))


def cuts_of(points: int) -> Matrix:
    """Place the cuts one standard deviation from end to end of the middle answers."""
    return np.asarray((np.arange(points - 1) - (points - 2) / 2) * (4.0 / points), dtype=float)


@dataclass(frozen=True, slots=True)
class Simulated:
    """Answers of shape (dyads, waves, 2 roles, items), as printed; not a number if left out."""

    answers: Matrix
    outcome: Matrix


def simulate(instrument: Instrument, plan: Plan, dyads: int, seed: int) -> Simulated:
    """Draw a study."""
    rng = np.random.default_rng(seed)
    factors = _factors(len(instrument.factors), plan, dyads, rng)
    places = [instrument.factors.index(item.factor) for item in instrument.items]
    noise = rng.normal(size=(dyads, plan.waves, 2, len(places)))
    behind = plan.loading * factors[..., places] + np.sqrt(1 - plan.loading**2) * noise
    values = np.array(sorted(instrument.scale.values), dtype=float)
    keyed = values[np.searchsorted(cuts_of(len(values)), behind)]
    reverse = np.array([item.key < 0 for item in instrument.items])
    answers = np.where(reverse, values[0] + values[-1] - keyed, keyed)
    answers[rng.random(answers.shape) < plan.missing] = np.nan
    first = factors[:, 0, 0, :]
    count = len(instrument.factors)
    inverse = np.linalg.inv(_between(count, plan.between_factors))
    weights = inverse @ np.full(count, plan.outcome)
    rest = np.sqrt(1 - plan.outcome * weights.sum())
    return Simulated(answers, first @ weights + rest * rng.normal(size=dyads))


def _factors(count: int, plan: Plan, dyads: int, rng: np.random.Generator) -> Matrix:
    """Draw factor scores of variance 1, shape (dyads, waves, 2, factors)."""
    root = np.linalg.cholesky(_between(count, plan.between_factors))
    people = np.linalg.cholesky(np.array([[1.0, plan.agreement], [plan.agreement, 1.0]]))
    fresh = rng.normal(size=(dyads, plan.waves, 2, count))
    moments: Matrix = np.einsum("pq,dwqf,gf->dwpg", people, fresh, root)
    for wave in range(1, plan.waves):
        kept = np.sqrt(1 - plan.stability**2)
        moments[:, wave] = plan.stability * moments[:, wave - 1] + kept * moments[:, wave]
    return moments


def _between(count: int, r: float) -> Matrix:
    return np.full((count, count), r) + (1 - r) * np.eye(count)


def dyad_codes(dyads: int) -> list[str]:
    """Make codes as the tables write them: the numbers from 1, with their check characters."""
    bodies = [to_text(number, 7) for number in range(1, dyads + 1)]
    return [shown(DyadCode(body + check_character(body))) for body in bodies]


def write_export(
    folder: Path, instrument: Instrument, drawn: Simulated, *, officers: int = OFFICERS
) -> None:
    """Write the tables that `wamforms analyse` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(_forms(instrument, drawn, officers))
    _save(
        folder / "answers_long.csv",
        ("dyad", "domain", "role", "wave", "item", "value", "status"),
        [
            (*form[:4], item.id, "" if np.isnan(value) else int(value), "read")
            for form, answers in rows
            for item, value in zip(instrument.items, answers.tolist(), strict=True)
        ],
    )
    _save(folder / "forms.csv", ("dyad", "domain", "role", "wave", "officer"), [f for f, _ in rows])
    _save(
        folder / "factor_scores.csv",
        ("dyad", "domain", "role", "wave", "factor", "score", "state"),
        [
            (*form[:4], factor, *_score(instrument, factor, answers))
            for form, answers in rows
            for factor in instrument.factors
        ],
    )


def _forms(
    instrument: Instrument, drawn: Simulated, officers: int
) -> Iterator[tuple[tuple[str, str, str, int, str], Matrix]]:
    dyads, waves, _, _ = drawn.answers.shape
    for at, code in enumerate(dyad_codes(dyads)):
        for wave in range(waves):
            for row, role in enumerate(Role):
                form = (code, instrument.domain, role.value, wave + 1, f"P{at % officers + 1:03d}")
                yield form, drawn.answers[at, wave, row]


def _score(instrument: Instrument, factor: str, answers: Matrix) -> tuple[str, str]:
    """Score one factor in plain steps: another way than the one it is to check."""
    keyed = [
        instrument.scale.keyed(int(value), item.key)
        for item, value in zip(instrument.items, answers.tolist(), strict=True)
        if item.factor == factor and not np.isnan(value)
    ]
    items = sum(item.factor == factor for item in instrument.items)
    if not keyed or len(keyed) < instrument.minimum_share * items - 1e-9:
        return "", "too few answered"
    return f"{sum(keyed) / len(keyed):.6f}", "scored"


def write_columns(path: Path, columns: Mapping[str, Sequence[object]], dyads: int) -> None:
    """Write a file of own columns, one row per dyad."""
    rows = zip(dyad_codes(dyads), *columns.values(), strict=True)
    _save(path, ("dyad", *columns), list(rows))


def own_columns(drawn: Simulated, seed: int) -> dict[str, Sequence[object]]:
    """Make columns of every type; only `outcome` has to do with the scores."""
    rng = np.random.default_rng(seed + 1)
    dyads = len(drawn.outcome)
    return {
        "outcome": [round(value, 6) for value in drawn.outcome.tolist()],
        "dropout": ["yes" if value > 0.8 else "no" for value in drawn.outcome.tolist()],
        "age": rng.integers(18, 65, dyads).tolist(),
        "risk": rng.choice(["low", "medium", "high"], dyads).tolist(),
        "living": rng.choice(["alone", "family", "shelter"], dyads).tolist(),
    }


def _save(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def main() -> None:
    """Write a simulated study."""
    parser = argparse.ArgumentParser(description="Write a simulated study.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dyads", type=int, default=DYADS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--domain", default="probation")
    parser.add_argument("--missing", type=float, default=0.01)
    chosen = parser.parse_args()
    instrument = load_instrument(chosen.domain)
    drawn = simulate(instrument, Plan(missing=chosen.missing), chosen.dyads, chosen.seed)
    write_export(chosen.folder, instrument, drawn)
    columns = own_columns(drawn, chosen.seed)
    write_columns(chosen.folder / "clients.csv", columns, chosen.dyads)


if __name__ == "__main__":
    main()
