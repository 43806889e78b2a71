"""What encryption costs: `python -m bench.sealed`.

The same stack is scanned into a plain and into an encrypted study, in this process, and each is
opened and exported. Processor time is measured, and the least of several rounds counts: what else
the computer does only adds.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.stacks import Bench, Kind
from records.study import open_study
from wamforms.tasks.exporting import export_study
from wamforms.tasks.scanning import scan_stack

PASSPHRASE = "a passphrase of the bench"
DPI = 200


@dataclass(frozen=True, slots=True)
class Cost:
    """Least processor time in one kind of study."""

    opening_s: float
    page_s: float
    export_s: float


def cost(home: Path, pages: int, rounds: int, passphrase: str | None) -> Cost:
    """Measure one kind of study.

    Parameters
    ----------
    home : Path
        A folder for its studies.
    pages : int
        Length of the stack.
    rounds : int
        How often.
    passphrase : str or None
        Of an encrypted study.
    """
    bench = Bench(home, pages, passphrase=passphrase)
    stack = bench.stack(Kind.GREY, DPI, pages).path
    found: list[tuple[float, float, float]] = []
    for number in range(rounds):
        folder = home / f"{'plain' if passphrase is None else 'sealed'}-{number}"
        bench.empty_study(folder).close()
        times = [time.process_time()]
        with open_study(folder, passphrase=passphrase) as study:
            times.append(time.process_time())
            scan_stack(study, [stack], workers=0)
            times.append(time.process_time())
            export_study(study, home / f"tables-{folder.name}")
            times.append(time.process_time())
        opening_s, scan_s, export_s = (after - before for before, after in pairwise(times))
        found.append((opening_s, scan_s / pages, export_s))
    return Cost(*(min(column) for column in zip(*found, strict=True)))


def main() -> None:
    """Print one line for each kind of study."""
    parser = argparse.ArgumentParser(description="What encryption costs.")
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print("| study | opening | scanning a page | export |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="wamforms-sealed-") as home:
        for name, passphrase in (("plain", None), ("encrypted", PASSPHRASE)):
            one = cost(Path(home), given.pages, given.rounds, passphrase)
            print(
                f"| {name} | {one.opening_s * 1000:.0f} ms | {one.page_s * 1000:.1f} ms"
                f" | {one.export_s * 1000:.0f} ms |"
            )


if __name__ == "__main__":
    main()
