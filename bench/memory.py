"""Measure memory: `python -m bench.memory`. Linux only, where `/proc` knows the peaks.

Each figure comes from a fresh process, because a process never forgets its peak.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from bench.stacks import Bench, Kind, new_study
from wamforms.tasks.page_lines import PageLine
from wamforms.tasks.printing import PrintOrder, print_wave
from wamforms.tasks.scanning import scan_stack

SHORT, LONG = 50, 400
"""Pages of two stacks; what grows with the stack shows between them."""

FORMS = 500
"""A large print run."""

DPI = 200


def peak_mb(process: int | str = "self") -> float:
    """Return the most memory a running process ever held, in MB; 0 if it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) * 1024 / 1e6 if found else 0.0


class _Watch:
    """Looks at the workers after every page: their peaks only rise."""

    def __init__(self) -> None:
        self.worker_mb = 0.0

    def page_done(self, line: PageLine) -> None:
        """Look at every worker that is alive."""
        del line
        peaks = [peak_mb(one.pid or 0) for one in multiprocessing.active_children()]
        self.worker_mb = max(self.worker_mb, *peaks, 0.0)


def scan_memory(folder: Path | None, pages: int) -> dict[str, float]:
    """Scan a stack with one worker; peaks of parent and worker in MB."""
    bench, watch = Bench(folder, LONG), _Watch()
    stack = bench.stack(Kind.GREY, DPI, pages)
    with (
        tempfile.TemporaryDirectory(prefix="wamforms-memory-") as home,
        bench.empty_study(Path(home) / "study") as study,
    ):
        scan_stack(study, [stack.path], workers=1, progress=watch)
    return {"pages": pages, "parent_mb": peak_mb(), "worker_mb": watch.worker_mb}


def print_memory(forms: int) -> dict[str, float]:
    """Print a wave of new dyads; peak in MB and forms a second."""
    with tempfile.TemporaryDirectory(prefix="wamforms-memory-") as home:
        study, caseload = new_study(Path(home) / "study", (forms + 1) // 2)
        with study:
            start = perf_counter()
            run = print_wave(study, PrintOrder("1", caseload))
            spent = perf_counter() - start
            size_mb = run.pdf.stat().st_size / 1e6
    return {"forms": run.forms, "mb": peak_mb(), "a_second": run.forms / spent, "pdf_mb": size_mb}


def in_a_fresh_process(arguments: list[str]) -> dict[str, float]:
    """Run one measurement of this module by itself and return its figures."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.memory", *arguments],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def table(scans: list[dict[str, float]], printed: dict[str, float]) -> str:
    """Lay the figures out as Markdown."""
    lines = ["| scanned | parent, peak | worker, peak |", "|---|---|---|"]
    lines += [
        f"| {one['pages']:.0f} pages | {one['parent_mb']:.0f} MB | {one['worker_mb']:.0f} MB |"
        for one in scans
    ]
    lines += ["", "| printed | peak | forms a second | size of the PDF |", "|---|---|---|---|"]
    lines.append(
        f"| {printed['forms']:.0f} forms | {printed['mb']:.0f} MB"
        f" | {printed['a_second']:.0f} | {printed['pdf_mb']:.1f} MB |"
    )
    return "\n".join(lines)


def main() -> None:
    """Measure scanning and printing, each in a process of its own."""
    parser = argparse.ArgumentParser(description="Measure how much memory is needed.")
    parser.add_argument("--folder", type=Path, help="where stacks are kept between runs")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--scan", type=int, metavar="PAGES", help="measure only this scan, here")
    parser.add_argument("--print", type=int, metavar="FORMS", dest="forms")
    given = parser.parse_args()
    only: Callable[[], dict[str, float]] | None = None
    if given.scan:
        only = lambda: scan_memory(given.folder, given.scan)  # noqa: E731
    elif given.forms:
        only = lambda: print_memory(given.forms)  # noqa: E731
    if only is not None:
        print(json.dumps(only()))
        return
    folder = ["--folder", str(given.folder)] if given.folder else []
    bench = Bench(given.folder, LONG)
    for pages in (SHORT, LONG):  # made here, so that making them is not measured
        bench.stack(Kind.GREY, DPI, pages)
    scans = [in_a_fresh_process(["--scan", str(pages), *folder]) for pages in (SHORT, LONG)]
    printed = in_a_fresh_process(["--print", str(FORMS)])
    print(json.dumps([*scans, printed], indent=2) if given.json else table(scans, printed))


if __name__ == "__main__":
    main()
