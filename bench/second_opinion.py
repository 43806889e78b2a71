"""Let somebody else's damage judge the reader: single effects of the library augraphy.

`python -m bench.second_opinion --pages 20` fills in pages as `bench.accuracy`
does, hands each to one effect of a library that knows nothing of these forms,
scans the result carefully, reads it, and counts in the same table. The library
is the optional extra `bench`.
"""

import argparse
import importlib
import random
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

from bench.accuracy import DPI, Miss, Tally, known_forms, printed_forms, report
from layouts.errors import WamError
from scan.batch import usual_workers
from scan.read import read_page
from scan.results import ItemReading, Mark, PageRead, Status
from scan.thresholds import Thresholds
from wamforms.practice.answers import draw_answers
from wamforms.practice.effects import OFFICE
from wamforms.practice.grading import Grade, grade
from wamforms.practice.ink import Gray
from wamforms.practice.people import FilledPage, Respondent, Truth, answer_page, any_respondent
from wamforms.practice.render import page_at
from wamforms.practice.scanner import MM_PER_INCH, scan

KEPT_LAYERS = 4
"""Sheets of a slow effect that are kept; each is also used mirrored and turned."""

QUICK: Mapping[str, tuple[str, Mapping[str, object]]] = MappingProxyType(
    {
        "ink bleed": ("InkBleed", {}),
        "ink mottling": ("InkMottling", {}),
        "letterpress": ("Letterpress", {}),
        "low ink, random lines": ("LowInkRandomLines", {"count_range": (20, 60)}),
        "low ink, periodic lines": ("LowInkPeriodicLines", {}),
        "faded line parts": ("LinesDegradation", {}),
        "back shines through": ("BleedThrough", {"offsets": (60, 60)}),
        "noise texture": ("NoiseTexturize", {}),
        "uneven paper": ("BrightnessTexturize", {}),
        "subtle noise": ("SubtleNoise", {"subtle_range": 25}),
        "light gradient": ("LightingGradient", {"max_brightness": 255, "min_brightness": 60}),
        "cast shadow": ("ShadowCast", {"shadow_opacity_range": (0.2, 0.6)}),
        "folding": ("Folding", {"gradient_width": (0.05, 0.1), "gradient_height": (0.002, 0.01)}),
        "dirty rollers": ("DirtyRollers", {}),
        "dirty drum": ("DirtyDrum", {"line_concentration": 0.02}),
        "noisy lines": ("NoisyLines", {}),
        "dirty screen": ("DirtyScreen", {}),
        "stains": ("Stains", {}),
        "moire": ("Moire", {}),
        "fax": ("Faxify", {}),
        "dithering": ("Dithering", {}),
        "binding and fasteners": ("BindingsAndFasteners", {}),
        "marker pen over words": ("Markup", {}),
        "JPEG": ("Jpeg", {}),
    }
)
"""Effects by plain name: the library's name and what differs from its defaults.

Folds and gradients are milder than the defaults, which bend lines of text out
of reading or leave half of the page black.
"""

SLOW: Mapping[str, tuple[str, Mapping[str, object]]] = MappingProxyType(
    {"bad photocopy": ("BadPhotoCopy", {})}
)
"""Effects of several seconds that only darken: made on white paper and multiplied."""

EFFECTS = (*QUICK, *SLOW)


def library() -> Any:  # noqa: ANN401 - the library has no types
    """Import augraphy, or say how to get it."""
    try:
        return importlib.import_module("augraphy")
    except ImportError as error:
        raise WamError(
            "The second opinion needs the library augraphy.",
            advice='Install it with: pip install "wamforms[bench]"',
        ) from error


def damaged(name: str, page: Gray, rng: np.random.Generator) -> Gray:
    """Let one effect work on a page, shape (rows, columns); return another page."""
    if name in QUICK:
        return _effect(*QUICK[name], page, int(rng.integers(2**31)))
    layer = _layer(name, page.shape, int(rng.integers(KEPT_LAYERS)))
    layer = layer[:: int(rng.choice((-1, 1))), :: int(rng.choice((-1, 1)))]
    return np.asarray(cv2.multiply(page, np.ascontiguousarray(layer), scale=1 / 255), np.uint8)


@cache
def _compiled_seed() -> Callable[[int], None]:
    """Seed the generators of compiled code, which are others than Python's and numpy's.

    Each thread has its own, so compiled code is kept to one.
    """
    numba = importlib.import_module("numba")
    numba.set_num_threads(1)

    def seed(number: int) -> None:
        np.random.seed(number)
        random.seed(number)

    compiled: Callable[[int], None] = numba.njit(seed)
    return compiled


@lru_cache(maxsize=KEPT_LAYERS)
def _layer(name: str, shape: tuple[int, ...], number: int) -> Gray:
    return _effect(*SLOW[name], np.full(shape, 255, np.uint8), number)


def _effect(name: str, settings: Mapping[str, object], page: Gray, seed: int) -> Gray:
    """Run an effect; the library draws from the global generators, so these are set."""
    for sow in (random.seed, np.random.seed, cv2.setRNGSeed, _compiled_seed()):
        sow(seed)
    colour = cv2.cvtColor(page, cv2.COLOR_GRAY2BGR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = np.asarray(getattr(library(), name)(**settings)(colour), np.uint8)
    if done.ndim == 3:
        done = np.asarray(cv2.cvtColor(done[:, :, :3], cv2.COLOR_BGR2GRAY), np.uint8)
    return np.ascontiguousarray(done)


def make_page(name: str, seed: int, number: int) -> tuple[FilledPage, Respondent, Gray]:
    """Fill in, damage and scan one page; the same three give the same page."""
    rng = np.random.default_rng([seed, number])
    form, pdf = printed_forms()[int(rng.integers(len(printed_forms())))]
    person = any_respondent(rng)
    answers = next(iter(draw_answers(form.instrument, 1, 1, rng))).values
    filled = answer_page(form.layout.pages[0], answers, person, rng)
    per_mm = DPI / MM_PER_INCH
    page = damaged(name, filled.on(page_at(pdf, 1, DPI), per_mm), rng)
    return filled, person, scan(page, per_mm, OFFICE.varied(rng), rng, DPI)


def judged(name: str, seed: int, pages: int) -> Tally:
    """Make and read the pages of one effect."""
    cv2.setNumThreads(1)
    grades: Counter[str] = Counter()
    asked_for: Counter[str] = Counter()
    refused: list[str] = []
    misses: list[Miss] = []
    for number in range(pages):
        filled, person, picture = make_page(name, seed, number)
        outcome = read_page("page", picture, DPI, known_forms(), Thresholds())
        if not isinstance(outcome, PageRead):
            refused.append(getattr(outcome, "fault", outcome.kind))
            continue
        for truth, item in zip(filled.truths, outcome.items, strict=True):
            graded = grade(truth, item.status, item.value)
            grades[graded] += 1
            if item.status is Status.DOUBT:
                asked_for[f"{truth.kind}: {'+'.join(item.doubts)}"] += 1
            if graded is Grade.WRONG:
                misses.append(_miss(name, (seed, number), truth, person, item))
    return Tally(pages, tuple(refused), grades, asked_for, tuple(misses))


def _miss(
    name: str, made: tuple[int, int], truth: Truth, person: Respondent, item: ItemReading
) -> Miss:
    marks = list(Mark)
    return Miss(
        condition=name,
        seed=made[0],
        number=made[1],
        item=item.item,
        kind=truth.kind,
        style=person.style.value,
        pen=person.hand.pen.name,
        meant=truth.value,
        read=item.value,
        status=item.status,
        bubbles=tuple(
            (b.fill, b.peak, b.solid, b.around, b.outline, float(marks.index(b.mark)))
            for b in item.bubbles
        ),
    )


def main() -> None:
    """Ask for the second opinion from the command line."""
    parser = argparse.ArgumentParser(description="Judge the reader by somebody else's damage.")
    parser.add_argument("--pages", type=int, default=20, help="pages for each effect")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=usual_workers())
    parser.add_argument("--only", nargs="*", choices=EFFECTS, help="effects")
    parser.add_argument("--show", type=int, default=10, help="wrong answers to list")
    options = parser.parse_args()
    try:
        library()
    except WamError as problem:
        sys.exit(f"{problem} {problem.advice}")
    names = options.only or EFFECTS
    # One effect stays with one worker: the library compiles some at their first use.
    with ProcessPoolExecutor(options.workers) as pool:
        futures = {
            name: pool.submit(
                judged, name, options.seed + 1000 * EFFECTS.index(name), options.pages
            )
            for name in names
        }
        totals = {name: future.result() for name, future in futures.items()}
    print("\n".join(report(totals)))
    for name, tally in totals.items():
        print(
            f"{name}: asked {dict(tally.asked_for.most_common(3))},",
            f"refused {dict(Counter(map(str, tally.refused)))}",
        )
        for miss in tally.misses[: options.show]:
            print(asdict(miss))
    sys.exit(any(tally.misses for tally in totals.values()))


if __name__ == "__main__":
    main()
