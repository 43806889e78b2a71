"""What became of the judge's guesses on pages whose truth is known: written by a program.

`python -m bench.calibrate --write`, seed 1, 4000 pages, 75,981 rows,
for one mark, for both witnesses; blank, for both witnesses (the other kinds: an earlier run).
"""

from collections.abc import Mapping
from types import MappingProxyType

Steps = tuple[tuple[float, float], ...]
"""From which margin on a guess has which probability, rising."""

STEPS: Mapping[str, Steps] = MappingProxyType(
    {
        "one mark": (
            (-3.0, 0.234897),
            (-2.0, 0.240476),
            (-1.4, 0.546324),
            (-1.0, 0.685776),
            (-0.7, 0.816265),
            (-0.4, 0.95269),
            (-0.2, 0.996469),
            (0.0, 0.997288),
            (0.1, 0.999416),
            (0.2, 0.999949),
            (0.4, 0.999989),
            (0.7, 0.999991),
        ),
        "one mark, black and white": (
            (-3.0, 0.855567),
            (-0.4, 0.970588),
            (-0.2, 0.988636),
            (0.0, 0.98913),
            (0.1, 0.995763),
            (0.2, 0.99952),
            (0.4, 0.999898),
            (0.7, 0.999918),
        ),
        "blank": (
            (-3.0, 0.372777),
            (-1.0, 0.498596),
            (-0.7, 0.694226),
            (-0.4, 0.920655),
            (-0.2, 0.966819),
            (0.0, 0.994465),
            (0.1, 0.994863),
            (0.2, 0.995238),
            (0.4, 0.999675),
            (1.4, 0.999854),
        ),
        "blank, black and white": (
            (-3.0, 0.116324),
            (-2.0, 0.342105),
            (-1.0, 0.647727),
            (-0.4, 0.78),
            (-0.2, 0.98855),
            (0.4, 0.992886),
        ),
        "correction": (
            (-3.0, 0.537293),
            (-0.7, 0.59),
            (-0.4, 0.82381),
            (-0.2, 0.897163),
            (0.0, 0.978873),
            (0.1, 0.996403),
            (0.2, 0.999508),
            (0.4, 0.999873),
        ),
        "ring": (
            (-3.0, 0.137755),
            (-1.4, 0.227273),
            (-1.0, 0.763158),
            (-0.7, 0.948276),
            (-0.4, 0.984375),
            (-0.2, 0.997041),
            (0.2, 0.997674),
            (0.4, 0.99956),
            (1.0, 0.999953),
        ),
        "several marks": (
            (-3.0, 0.000752),
            (0.1, 0.006215),
            (0.2, 0.013278),
            (0.7, 0.048872),
        ),
        "one mark, for both witnesses": (
            (-3.0, 0.934476),
            (0.0, 0.999917),
        ),
        "blank, for both witnesses": (
            (-3.0, 0.994605),
            (0.0, 0.999598),
        ),
    }
)

RELIABILITY: tuple[tuple[float, int, int, float, float, float], ...] = (
    (0.0, 533, 508, 503.8, 0.935, 0.967),
    (0.5, 291, 85, 93.9, 0.248, 0.339),
    (0.9, 172, 9, 8.7, 0.0276, 0.0895),
    (0.99, 301, 4, 1.7, 0.00455, 0.0302),
    (0.999, 3, 0, 0.0, 0, 0.632),
    (0.9995, 2755, 0, 0.7, 0, 0.00109),
    (0.9999, 14470, 0, 0.3, 0, 0.000207),
)
"""Other pages of the same kinds: a probability from which on rows are counted here, rows,
how many of them were guessed wrong, how many the probabilities had foretold, and between
which rates the true one lies, each bound exact with 95 % confidence."""
