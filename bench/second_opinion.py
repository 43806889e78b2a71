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
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

from bench.forms import DPI, code_of, known_forms, printed_forms
from bench.hands import anybody
from bench.reporting import report
from bench.tally import Made, Tally, tally_of
from layouts.errors import WamError
from scan.batch import usual_workers
from scan.read import read_page
from scan.thresholds import Thresholds
from wamforms.practice.answers import draw_answers
from wamforms.practice.effects import OFFICE
from wamforms.practice.ink import Gray
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


def make_page(name: str, seed: int, number: int) -> tuple[Made, Gray]:
    """Fill in, damage and scan one page; the same three give the same page."""
    rng = np.random.default_rng([seed, number])
    form_number = int(rng.integers(len(printed_forms())))
    form, pdf = printed_forms()[form_number]
    answers = next(iter(draw_answers(form.instrument, 1, 1, rng))).values
    written = anybody(form.layout.pages[0], answers, rng)
    per_mm = DPI / MM_PER_INCH
    page = damaged(name, written.page.on(page_at(pdf, 1, DPI), per_mm), rng)
    code = code_of(form_number).for_people()
    made = Made(name, seed, number, code, written.page.truths, written.facets)
    return made, scan(page, per_mm, OFFICE.varied(rng), rng, DPI)


def judged(name: str, seed: int, pages: int) -> Tally:
    """Make and read the pages of one effect."""
    cv2.setNumThreads(1)
    total = Tally()
    for number in range(pages):
        made, picture = make_page(name, seed, number)
        total += tally_of(made, read_page("page", picture, DPI, known_forms(), Thresholds()))
    return total


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
    print(report("second opinion", options.seed, totals))
    for tally in totals.values():
        for miss in tally.misses[: options.show]:
            print(asdict(miss))
    sys.exit(any(tally.misses for tally in totals.values()))


if __name__ == "__main__":
    main()
