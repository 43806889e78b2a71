"""Measure reading against the floor: `python -m bench.speed`.

The floor is the bare decode of the same pages in the same run: nobody can read
a page without decoding it. What the program adds shows in the ratio.
"""

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from types import ModuleType
from unittest.mock import patch

import cv2
import numpy as np
import pikepdf
import simplejpeg
from PIL import Image

import scan.batch
import scan.inked
import scan.read
from bench.stacks import Bench, Kind, Stack
from records.images import ImageVault
from records.store import Store
from scan.witness.network import Network
from wamforms.tasks.scanning import scan_stack

PAGES = 200
"""A full feeder."""

REPEATS = 5
"""Floor and scan in turn, and the quickest of each: other programs only ever add time."""

STAGES: tuple[tuple[str, ModuleType | type, str], ...] = (
    ("take", scan.batch, "take"),
    ("keep", ImageVault, "keep"),
    ("decode", scan.batch, "decode"),
    ("corners", scan.read, "sight"),
    ("code", scan.read, "identify"),
    ("ticks", scan.read, "place"),
    ("light", scan.inked, "light_on"),
    ("bubbles", scan.inked, "cut_bubbles"),
    ("measure", scan.inked, "ink_of"),
    ("streaks", scan.inked, "streaks_through_bubbles"),
    ("measure", scan.inked, "measure"),
    ("witness", scan.inked, "looks_of"),
    ("witness", Network, "odds"),
    ("judge", scan.read, "look_at"),
    ("judge", scan.read, "judge_items"),
    ("consent", scan.read, "read_consent"),
    ("remarks", scan.read, "find_remarks"),
    ("remarks", scan.batch, "kept_crops"),
    ("store", Store, "add_pages"),
)
"""Stage, and where the name stands that the program calls for it."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast one stack was read; milliseconds are per page.

    Attributes
    ----------
    floor_ms
        Bare decode of the same pages, in this process.
    one_worker_ms
        The whole scan into a study, with its start, by one worker process.
    cpu_ms
        Processor time of that, parent and worker together: on a machine that has
        other work to do it is the steadier figure.
    here_ms
        The same without any worker process, which is what `stages_ms` add up to.
    """

    kind: str
    dpi: int
    pages: int
    page_kb: float
    floor_ms: float
    one_worker_ms: float
    cpu_ms: float
    here_ms: float
    stages_ms: dict[str, float]
    became: dict[str, int]

    @property
    def ratio(self) -> float:
        """How many times the floor the whole scan takes."""
        return self.one_worker_ms / self.floor_ms

    @property
    def pages_a_second(self) -> float:
        """End to end, by one worker."""
        return 1000 / self.one_worker_ms


def measure(bench: Bench, stack: Stack) -> Speed:
    """Measure one stack: floor, whole scan by one worker, and every stage."""
    stack.path.read_bytes()  # the disk is not what is measured
    floors, scans = [], []
    for _ in range(REPEATS):
        floors.append(_floor_s(stack) / stack.pages * 1000)
        scans.append(_scan(bench, stack, workers=1))
    one = min(scans, key=lambda run: run.wall_ms)
    spent: Counter[str] = Counter()
    with _watched(spent):
        here_ms = _scan(bench, stack, workers=0).wall_ms
    stages = {name: spent[name] / stack.pages * 1000 for name in dict.fromkeys(_names())}
    stages["rest"] = here_ms - sum(stages.values())
    return Speed(
        kind=stack.kind,
        dpi=stack.dpi,
        pages=stack.pages,
        page_kb=stack.path.stat().st_size / stack.pages / 1000,
        floor_ms=min(floors),
        one_worker_ms=one.wall_ms,
        cpu_ms=one.cpu_ms,
        here_ms=here_ms,
        stages_ms=stages,
        became=one.became,
    )


def _names() -> Iterator[str]:
    return (name for name, _, _ in STAGES)


def _floor_s(stack: Stack) -> float:
    """Decode all pages to grey and do nothing else; getting at the bytes is not counted."""
    if stack.kind is Kind.GREY:
        return sum(map(_jpeg_s, _streams(stack.path)))
    with Image.open(stack.path) as image:
        return sum(_frame_s(image, number) for number in range(stack.pages))


def _streams(path: Path) -> Iterator[bytes]:
    with pikepdf.open(path) as pdf:
        for page in pdf.pages:
            (image,) = page.get_images().values()
            yield image.read_raw_bytes()


def _jpeg_s(data: bytes) -> float:
    start = perf_counter()
    simplejpeg.decode_jpeg(data, colorspace="GRAY")
    return perf_counter() - start


def _frame_s(image: Image.Image, number: int) -> float:
    start = perf_counter()
    image.seek(number)
    np.asarray(image.convert("L"))
    return perf_counter() - start


@dataclass(frozen=True, slots=True)
class _Run:
    """One scan of a stack, in milliseconds a page."""

    wall_ms: float
    cpu_ms: float
    became: dict[str, int]


def _scan(bench: Bench, stack: Stack, workers: int) -> _Run:
    """Scan a stack into a fresh study."""
    with (
        tempfile.TemporaryDirectory(prefix="wamforms-speed-") as folder,
        bench.empty_study(Path(folder) / "study") as study,
    ):
        wall, cpu = perf_counter(), _cpu_s()
        report = scan_stack(study, [stack.path], workers=workers)
        wall, cpu = perf_counter() - wall, _cpu_s() - cpu
    became = {name: count for name, count in report.counts.items() if count}
    return _Run(wall / stack.pages * 1000, cpu / stack.pages * 1000, became)


def _cpu_s() -> float:
    """Processor time of this process and of the workers that have ended."""
    return sum(os.times()[:4])


@contextmanager
def _watched(spent: Counter[str]) -> Iterator[None]:
    """Put a stopwatch around every stage while the context lasts."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # as in a worker
    with ExitStack() as stack:
        for name, home, function in STAGES:
            timed = _timed(getattr(home, function), name, spent)
            stack.enter_context(patch.object(home, function, timed))
        yield
    cv2.setNumThreads(threads)


def _timed(function: Callable[..., object], name: str, spent: Counter[str]) -> object:
    def timed(*args: object, **named: object) -> object:
        start = perf_counter()
        try:
            return function(*args, **named)
        finally:
            # Counter counts; here it counts seconds.
            spent[name] += perf_counter() - start  # type: ignore[assignment]

    return timed


def table(speeds: list[Speed]) -> str:
    """Lay the figures out as two Markdown tables."""
    lines = [
        "| stack | KB a page | bare decode | whole scan | processor"
        " | times the decode | pages a second |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.kind}, {one.dpi} dpi | {one.page_kb:.0f} | {one.floor_ms:.1f} ms"
        f" | {one.one_worker_ms:.1f} ms | {one.cpu_ms:.1f} ms"
        f" | {one.ratio:.2f} | {one.pages_a_second:.0f} |"
        for one in speeds
    ]
    heads = list(speeds[0].stages_ms)
    lines += [
        "",
        "| ms a page | " + " | ".join(heads) + " | all |",
        "|---" * (len(heads) + 2) + "|",
    ]
    for one in speeds:
        cells = " | ".join(f"{one.stages_ms[head]:.1f}" for head in heads)
        lines.append(f"| {one.kind}, {one.dpi} dpi | {cells} | {one.here_ms:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure all four stacks and print the tables."""
    parser = argparse.ArgumentParser(description="Measure how fast stacks are read.")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--folder", type=Path, help="where stacks are kept between runs")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--dpi", type=int, nargs="+", default=[200, 300])
    given = parser.parse_args()
    bench = Bench(given.folder, given.pages)
    stacks = [bench.stack(kind, dpi, given.pages) for kind in Kind for dpi in given.dpi]
    speeds = [measure(bench, stack) for stack in stacks]
    if given.json:
        print(json.dumps([{**asdict(one), "ratio": one.ratio} for one in speeds], indent=2))
    else:
        print(table(speeds))


if __name__ == "__main__":
    main()
