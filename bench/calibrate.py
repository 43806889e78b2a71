"""Count how often the judge's guesses are what a person would say, by how clear they were.

`python -m bench.calibrate --pages 8800` makes pages whose truth is known, lets the
rules judge them, and counts for every kind of evidence and every margin how many guesses
were right. A second, smaller sample of other pages then shows what the probabilities
are worth. `--write` puts both into `scan/calibration.py`, which the reader uses.
"""

import argparse
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bench.forms import printed_forms
from bench.guesses import DOUBTFUL, Judged, Task, run, tasks_of
from bench.real_ink import CONDITIONS as INK
from output.bounds import upper_bound
from scan.batch import usual_workers
from scan.calibration import STEPS, Steps
from scan.certainty import Case, probability
from scan.marks import FAR

TARGET = Path(__file__).parent.parent / "scan" / "calibration.py"
EDGES = (-2.0, -1.4, -1.0, -0.7, -0.4, -0.2, 0.0, 0.1, 0.2, 0.4, 0.7, 1.0, 1.4, 2.0)
"""Margins where a new step may begin; 0.7 is a factor of two."""

TOGETHER: Mapping[Case, tuple[float, ...]] = {Case.AGREED: (0.0,), Case.AGREED_BLANK: (0.0,)}
"""What only both witnesses together accept is rare, so it is counted in two lots: what is
short of `witness_sure` and what is not."""

BANDS = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9995, 0.9999)
"""Probabilities are held against what happened from each of these to the next."""

DIGITS = 6
"""Of a probability; no sample tells more."""

CHECKED, CHECKED_APART = 0.5, 0.25
"""Size of the second sample against the first, which if some kinds are counted apart is
that of pages with much to doubt; the second is always the whole mix."""


@dataclass(frozen=True, slots=True)
class Band:
    """What became of the best guesses with a probability from `least` on.

    Attributes
    ----------
    expected
        How many wrong ones the probabilities had foretold.
    """

    least: float
    rows: int
    wrong: int
    expected: float

    @property
    def between(self) -> tuple[float, float]:
        """Bounds of the true rate of wrong ones."""
        return interval(self.wrong, self.rows)


Bins = list[tuple[float, int, int]]
"""Where a bin of margins begins, guesses in it, right ones among them."""


def main() -> None:
    """Calibrate from the command line."""
    options = _parser().parse_args()
    printed_forms()  # before the workers start, so that they share them
    with ProcessPoolExecutor(options.workers) as pool:
        shares = DOUBTFUL if options.cases else None
        first = _judged(pool, tasks_of(options.pages, options.seed, shares))
        bins = count(first)
        cases = [Case(name) for name in options.cases or Case]
        steps = {**STEPS, **{case.value: steps_of(bins[case]) for case in cases}}
        checked = CHECKED_APART if options.cases else CHECKED
        again = tasks_of(round(options.pages * checked), options.seed + 1)
        bands = bands_of(_judged(pool, again), steps)
        print("\n".join(_report(steps, bands)))
        if options.ink:
            tasks = (Task(name, options.seed, 0, options.ink_pages) for name in INK)
            judged = _judged(pool, (replace(task, ink=options.ink) for task in tasks))
            print("\nReal ink:\n" + "\n".join(_table(bands_of(judged, steps))))
    if options.write:
        about = f"seed {options.seed}, {options.pages} pages, {len(first):,} rows"
        if options.cases:
            about += f",\nfor {'; '.join(options.cases)} (the other kinds: an earlier run)"
        TARGET.write_text(module_text(steps, bands, about), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.calibrate",
        description="Count how often the judge's guesses are what a person would say.",
    )
    parser.add_argument("--pages", type=int, default=8800, help="pages of the first sample")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--cases",
        nargs="+",
        choices=[case.value for case in Case],
        help="renew these kinds of evidence only, counted on pages with much to doubt",
    )
    parser.add_argument("--workers", type=int, default=usual_workers())
    parser.add_argument("--ink", type=Path, metavar="FILE", help="hold it against real ink too")
    parser.add_argument("--ink-pages", type=int, default=117, help="pages for each way to scan it")
    parser.add_argument("--write", action="store_true", help=f"renew {TARGET.name}")
    return parser


def _judged(pool: Executor, tasks: Iterable[Task]) -> list[Judged]:
    rows: list[Judged] = []
    for part in pool.map(run, tasks):
        rows += part
        print(f"\r{len(rows)} rows", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return rows


def count(rows: Iterable[Judged]) -> dict[Case, Bins]:
    """Sort all guesses into bins of margin."""
    edges = {case: TOGETHER.get(case, EDGES) for case in Case}
    bins = {case: [(begin, 0, 0) for begin in (-FAR, *edges[case])] for case in Case}
    for row in rows:
        for guess, is_right in zip(row.guesses, row.right, strict=True):
            place = bisect_right(edges[guess.case], guess.margin)
            begin, guesses, right = bins[guess.case][place]
            bins[guess.case][place] = (begin, guesses + 1, right + is_right)
    return bins


def steps_of(bins: Bins) -> Steps:
    """Turn counts into probabilities that never fall as the margin grows.

    Every probability is (right + 1/2) / (guesses + 1): without an error it is as far
    from 1 as the sample is small, so that 0.9995 needs a thousand guesses and none wrong.
    Neighbours out of order are pooled, as in isotonic regression.
    """
    pools: Bins = []
    for one in bins:
        pools.append(one)
        while len(pools) > 1 and _chance(pools[-2]) >= _chance(pools[-1]):
            (begin, guesses, right), (_, more, more_right) = pools[-2:]
            pools[-2:] = [(begin, guesses + more, right + more_right)]
    return tuple((pool[0], round(_chance(pool), DIGITS)) for pool in pools)


def _chance(pool: tuple[float, int, int]) -> float:
    _, guesses, right = pool
    return (right + 0.5) / (guesses + 1)


def bands_of(rows: Iterable[Judged], steps: Mapping[str, Steps]) -> list[Band]:
    """Hold the best guess of every row against what the paper says, by its probability."""
    found: dict[float, list[tuple[float, bool]]] = {least: [] for least in BANDS}
    for row in rows:
        chances = [probability(guess, steps) for guess in row.guesses]
        chance = max(chances)
        least = BANDS[bisect_right(BANDS, chance) - 1]
        found[least].append((chance, row.right[chances.index(chance)]))
    return [
        Band(
            least=least,
            rows=len(inside),
            wrong=sum(not is_right for _, is_right in inside),
            expected=round(sum(1 - chance for chance, _ in inside), 1),
        )
        for least, inside in found.items()
        if inside
    ]


def _report(steps: Mapping[str, Steps], bands: Iterable[Band]) -> Iterator[str]:
    for case, listed in steps.items():
        shown = ", ".join(f"{chance:g} from {margin:g}" for margin, chance in listed)
        yield f"{case}: {shown}"
    yield "\nOther pages of the same kinds:"
    yield from _table(bands)


def _table(bands: Iterable[Band]) -> Iterator[str]:
    yield "| probability from | rows | wrong | foretold | wrong in truth, between |"
    yield "|--:|--:|--:|--:|--:|"
    for band in bands:
        least, most = band.between
        yield (
            f"| {band.least:g} | {band.rows:,} | {band.wrong:,} | {band.expected:,} |"
            f" {least:.3%} and {most:.3%} |"
        )


def interval(wrong: int, rows: int) -> tuple[float, float]:
    """Bound a rate from both sides, each side exact with 95 % confidence."""
    return (1 - upper_bound(rows - wrong, rows) if wrong else 0.0), upper_bound(wrong, rows)


def module_text(steps: Mapping[str, Steps], bands: Iterable[Band], about: str) -> str:
    """Lay out `scan/calibration.py`."""
    lines = [_HEAD.format(about=about)]
    for case, listed in steps.items():
        lines.append(f'        "{case}": (')
        lines += [f"            ({margin!r}, {chance!r})," for margin, chance in listed]
        lines.append("        ),")
    lines.append(_MIDDLE)
    lines += [
        f"    ({band.least!r}, {band.rows!r}, {band.wrong!r}, {band.expected!r},"
        f" {band.between[0]:.3g}, {band.between[1]:.3g}),"
        for band in bands
    ]
    return "\n".join([*lines, _TAIL])


_HEAD = '''\
"""What became of the judge's guesses on pages whose truth is known: written by a program.

`python -m bench.calibrate --write`, {about}.
"""

from collections.abc import Mapping
from types import MappingProxyType

Steps = tuple[tuple[float, float], ...]
"""From which margin on a guess has which probability, rising."""

STEPS: Mapping[str, Steps] = MappingProxyType(
    {{'''

_MIDDLE = """\
    }
)

RELIABILITY: tuple[tuple[float, int, int, float, float, float], ...] = ("""

_TAIL = '''\
)
"""Other pages of the same kinds: a probability from which on rows are counted here, rows,
how many of them were guessed wrong, how many the probabilities had foretold, and between
which rates the true one lies, each bound exact with 95 % confidence."""
'''


if __name__ == "__main__":
    main()
