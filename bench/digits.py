"""Measure how often hand-printed digits are misread, and how many are left to a person.

    python -m bench.digits             measure on people who were not in the training
    python -m bench.digits --rounds 20 write each of their digits 20 times
    python -m bench.digits --train     train anew and write scan/digits/weights.npz

What is measured is the recogniser as it is shipped; whose digits they are and
how they are written, `bench.digit_people` says.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from bench.digit_people import Labels, People, learned_and_left_out, no_digit, scanned_box
from output.bounds import upper_bound
from scan.digits import recogniser as shipped
from scan.digits.recogniser import SURE, WEIGHTS, Guess, Recogniser
from scan.digits.shape import shape_of

Reals = npt.NDArray[np.float32]

AXES, TYPICAL, WIDTH, FREEDOM = 64, 800, 6.0, 10.0
"""Axes, typical shapes, width of likeness and freedom of the regression: of 2 by 4 tried,
those that left the fewest digits to a person without a wrong one."""

TIMES, TIMES_APART = 8, 4
"""How often each digit is written: for the training, and for each part of the warmth."""

PARTS = 5
"""People are left out in five parts to find the warmth: two at a time."""

STRANGE = 0.005
"""This share of real digits is less like the typical ones than the rest, and goes to a person."""

SEED = 7


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Digits as the reader sees them: shapes (n, FEATURES), and how many were none."""

    shapes: Reals
    digits: Labels
    refused: int


def written(people: People, times: int, seed: int) -> Written:
    """Write and scan every digit several times."""
    rng = np.random.default_rng(seed)
    shapes, digits, refused = [], [], 0
    for _ in range(times):
        for cells, digit in zip(people.shapes, people.digits, strict=True):
            shape = shape_of(scanned_box(cells, rng))
            if shape is None:
                refused += 1
            else:
                shapes.append(shape)
                digits.append(digit)
    return Written(np.array(shapes), np.array(digits, dtype=np.int64), refused)


def trained(people: People) -> Recogniser:
    """Train, with warmth and least likeness from people who were left out in turn."""
    said, truth, like = [], [], []
    for part in range(PARTS):
        apart = people.person % PARTS == part
        taught = _taught(written(people.of(~apart), TIMES_APART, SEED + part))
        tried = written(people.of(apart), 2, SEED + PARTS + part)
        likeness = taught.likeness(tried.shapes)
        said.append(likeness @ taught.votes + taught.bias)
        truth.append(tried.digits)
        like.append(likeness.max(axis=1))
    return replace(
        _taught(written(people, TIMES, SEED)),
        warmth=_warmth(np.concatenate(said), np.concatenate(truth)),
        least_likeness=float(np.quantile(np.concatenate(like), STRANGE)),
    )


def _taught(learned: Written) -> Recogniser:
    # scikit-learn ships no types, so what it returns is Any.
    axes: Any = PCA(AXES, random_state=SEED).fit(learned.shapes)
    placed = axes.transform(learned.shapes)
    means: Any = MiniBatchKMeans
    typical = [
        means(TYPICAL // 10, random_state=SEED, n_init=1)
        .fit(placed[learned.digits == digit])
        .cluster_centers_
        for digit in range(10)
    ]
    plain = Recogniser(
        middle=axes.mean_.astype(np.float32),
        axes=axes.components_.T.astype(np.float32),
        typical=np.concatenate(typical).astype(np.float32),
        width=WIDTH,
        votes=np.zeros((TYPICAL, 10), dtype=np.float32),
        bias=np.zeros(10, dtype=np.float32),
        warmth=1.0,
        least_likeness=0.0,
    )
    votes: Any = LogisticRegression(C=FREEDOM, max_iter=1000)
    votes.fit(plain.likeness(learned.shapes), learned.digits)
    return replace(
        plain,
        votes=votes.coef_.T.astype(np.float32),
        bias=votes.intercept_.astype(np.float32),
    )


def _warmth(said: Reals, truth: Labels) -> float:
    """Find the divisor under which what happened is least surprising."""

    def surprise(warmth: float) -> float:
        powers = said / warmth
        powers = powers - powers.max(axis=1, keepdims=True)
        chances = powers - np.log(np.exp(powers).sum(axis=1, keepdims=True))
        return -float(chances[np.arange(len(truth)), truth].mean())

    return float(min(np.geomspace(0.3, 4.0, 80), key=surprise))


def save(made: Recogniser, path: Path) -> None:
    """Write the weights in half precision, which no guess of the bench notices."""
    np.savez_compressed(
        path,
        middle=made.middle.astype(np.float16),
        axes=made.axes.astype(np.float16),
        typical=made.typical.astype(np.float16),
        votes=made.votes.astype(np.float16),
        bias=made.bias.astype(np.float16),
        width=np.float32(made.width),
        warmth=np.float32(made.warmth),
        least_likeness=np.float32(made.least_likeness),
    )


def report(rounds: int) -> None:
    """Print what became of the digits of the people who were left out."""
    _, people = learned_and_left_out()
    tried = written(people, rounds, SEED + 100)
    guesses = [shipped.recogniser().guess(shape) for shape in tried.shapes]
    whole = len(guesses) + tried.refused
    print(f"{len(people.digits)} digits of {len(set(people.person))} people, {rounds} times each")
    best = sum(one.digit == digit for one, digit in zip(guesses, tried.digits, strict=True))
    print(f"likeliest digit right: {best / len(guesses):.1%}")
    print("| confidence at least | taken as read | left to a person | wrong | at most (95 %) |")
    print("|---|---|---|---|---|")
    for limit in (0.9, 0.95, 0.99, SURE, 0.999):
        _line(limit, guesses, tried.digits, whole)
    print(f"digits of these people taken as read, six together: {_dates(guesses, whole)}")
    print(f"what is no digit, taken for one: {_taken_for_one(people):.2%}")


def _line(limit: float, guesses: list[Guess], truth: Labels, whole: int) -> None:
    sure = [
        one.digit == digit
        for one, digit in zip(guesses, truth, strict=True)
        if one.digit is not None and one.confidence >= limit
    ]
    wrong = len(sure) - sum(sure)
    share = len(sure) / whole
    name = f"**{limit}**" if limit == SURE else f"{limit}"
    bound = upper_bound(wrong, len(sure))
    print(f"| {name} | {share:.1%} | {1 - share:.1%} | {wrong} of {len(sure)} | {bound:.2%} |")


def _dates(guesses: list[Guess], whole: int) -> str:
    """Say how many dates of six such digits, each drawn by itself, need nobody."""
    return f"{(sum(one.is_sure for one in guesses) / whole) ** 6:.0%}"


def _taken_for_one(people: People) -> float:
    rng = np.random.default_rng(SEED)
    made = [shape_of(scanned_box(no_digit(people.shapes, rng), rng)) for _ in range(2000)]
    guesses = [shipped.recogniser().guess(one) for one in made if one is not None]
    return sum(one.is_sure for one in guesses) / len(made)


def main() -> None:
    """Train if asked to, then measure."""
    parser = argparse.ArgumentParser(description="How often hand-printed digits are misread.")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    if arguments.train:
        save(trained(learned_and_left_out()[0]), Path(shipped.__file__).with_name(WEIGHTS))
    report(arguments.rounds)


if __name__ == "__main__":
    main()
