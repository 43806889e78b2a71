"""Train the second witness, and measure what it is worth by itself.

    python -m bench.witness --pages 200            measure on pages it has not seen
    python -m bench.witness --train --pages 4000   train anew, write scan/witness/weights.npz

It learns from simulated pages only (`bench.witness_pages`); real ink is kept for
measuring. Training takes torch, which nothing else here does: `pip install torch` into an
environment of its own, beside wamforms. Reading takes numpy.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from bench.witness_net import trained
from bench.witness_pages import Lesson, lesson_of, lessons_of
from output.bounds import upper_bound
from scan.batch import usual_workers
from scan.witness import network as shipped
from scan.witness.looks import Reals
from scan.witness.network import WEIGHTS

LEVELS = (2.0, 4.0, 6.0, 8.0, 10.0)
"""Log-odds from which on answers are counted here."""

SEED, SEED_TO_MEASURE = 777001, 777002

EPOCHS = 14
"""Rounds over all pages; on simulated pages kept apart nothing was gained after twelve."""


def main() -> None:
    """Train if asked to, then measure."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.witness", description="What the second witness is worth by itself."
    )
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--workers", type=int, default=usual_workers())
    options = parser.parse_args()
    if options.train:
        weights = trained(list(_lessons(options.pages, SEED, options.workers)), options.epochs)
        save(weights, Path(shipped.__file__).with_name(WEIGHTS))
        options.pages = max(1, options.pages // 20)
    print("\n".join(report(_lessons(options.pages, SEED_TO_MEASURE, options.workers))))


def _lessons(pages: int, seed: int, workers: int) -> Iterator[Lesson]:
    with ProcessPoolExecutor(workers) as pool:
        found = pool.map(lesson_of, lessons_of(pages, seed), chunksize=10)
        yield from (lesson for lesson in found if lesson is not None)


def save(weights: Mapping[str, Reals], path: Path) -> None:
    """Write the weights in half precision: log-odds change in the third digit."""
    halves: dict[str, Any] = {name: one.astype(np.float16) for name, one in weights.items()}
    np.savez_compressed(path, **halves)


def report(lessons: Iterator[Lesson]) -> Iterator[str]:
    """Tell how many rows the witness is so sure of, and how many of those it has wrong."""
    network = shipped.network()
    said: Counter[tuple[float, bool]] = Counter()
    rows = 0
    for lesson in lessons:
        odds = network.odds(lesson.looks, len(lesson.meant))
        best = odds.argmax(axis=1)
        rows += len(best)
        for row, meaning in enumerate(best.tolist()):
            for level in LEVELS:
                if odds[row, meaning] >= level:
                    said[level, meaning == lesson.meant[row]] += 1
    yield "| log-odds at least | of all rows | wrong | at most (95 %) |"
    yield "|--:|--:|--:|--:|"
    for level in LEVELS:
        wrong, sure = said[level, False], said[level, True] + said[level, False]
        bound = upper_bound(wrong, sure) if sure else 1.0
        yield f"| {level:g} | {sure / rows:.2%} | {wrong:,} of {sure:,} | {bound:.3%} |"


if __name__ == "__main__":
    main()
