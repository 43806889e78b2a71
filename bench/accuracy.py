"""Count how often an answer is wrong without anybody being asked.

`python -m bench.accuracy --set in-spec --positions 1549703 --out FOLDER` fills in
the shipped forms with invented people, scans them in every condition of the set,
reads them, and counts. An answer is wrong if it was accepted, as a value or as blank,
and is not what was meant. With `--ink FILE` the ink is that of real people.

FOLDER keeps a line for every finished task. The same command goes on where it was
stopped or killed; a larger size goes on where a smaller one ended.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.campaign import Campaign, Counted, conditions_of, run
from bench.conditions import SETS, set_of
from bench.forms import printed_forms
from bench.journal import NAME, Journal, usual_marks
from bench.pictures import Crop, contact_sheets, crop_row
from bench.real_ink import KINDS, SET_NAME, real_ink, rows_of
from bench.reporting import as_json, report
from bench.tally import Row, Tally
from layouts.errors import ExitCode, UsageError, WamError
from scan.batch import usual_workers

PAGES, INK_ROWS = 2000, 20_000
"""Sizes if none is given: some minutes of work."""

MOST_PICTURES = 280
"""Wrong answers that are shown; with more than ten sheets something is wrong with all of them."""

PROGRESS_S = 2.0


def main() -> None:
    """Run a campaign from the command line."""
    options = _parser().parse_args()
    if options.list:
        print("\n".join(_listed()))
        return
    try:
        sys.exit(_campaign(options))
    except WamError as problem:
        print(problem, problem.advice, file=sys.stderr)
        sys.exit(problem.exit_code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.accuracy",
        description="Count answers that are wrong without anybody being asked.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--set", choices=list(SETS), help="conditions; in-spec if nothing is said")
    what.add_argument("--ink", type=Path, metavar="FILE", help="real ink instead of invented")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--pages", type=_count, help=f"pages in all (default {PAGES})")
    size.add_argument("--positions", type=_count, help="bubbles read in all")
    size.add_argument("--rows", type=_count, help=f"rows in all (default of --ink: {INK_ROWS})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=_count, default=usual_workers())
    parser.add_argument("--only", nargs="+", metavar="CONDITION", help="some conditions of the set")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the campaign is kept")
    parser.add_argument("--restart", action="store_true", help="set aside what FOLDER has")
    parser.add_argument("--list", action="store_true", help="name all conditions and stop")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _listed() -> Iterator[str]:
    for name in (*SETS, SET_NAME):
        yield f"{name}:"
        yield from (f"  {condition}" for condition in conditions_of(name))


def _campaign(options: argparse.Namespace) -> int:
    if options.ink is not None:
        real_ink(options.ink)  # says so at once if it is absent
    printed_forms()  # before the workers start, so that they share them
    campaign = _ordered(options)
    journal = _journal(options, campaign)
    finished = run(campaign, journal, options.workers, _Progress())
    print(file=sys.stderr)
    totals = campaign.totals(journal)
    text = report(campaign.set_name, campaign.seed, totals)
    print(text)
    if options.out is not None:
        for path in _written(options.out, campaign, totals, text):
            print(path)
    if not finished:
        print("Stopped; the same command goes on from here.", file=sys.stderr)
        return ExitCode.INTERRUPTED
    return int(any(tally.wrong_fields for tally in totals.values()))


def _ordered(options: argparse.Namespace) -> Campaign:
    """Make a campaign of what was asked for.

    Raises
    ------
    UsageError
        If a condition is not in the set.
    """
    only: list[str] = list(options.only or ())
    if options.ink is not None:
        set_name = SET_NAME
    else:
        set_name = options.set or (set_of(only) if only else "in-spec")
    known = conditions_of(set_name)
    unknown = [name for name in only if name not in known]
    if unknown:
        raise UsageError(
            f"{set_name} has no condition {', '.join(unknown)}.",
            advice="python -m bench.accuracy --list names them all.",
        )
    counted, size = Counted.PAGES, PAGES
    if options.ink is not None:
        counted, size = Counted.ROWS, INK_ROWS
    for asked in Counted:
        if getattr(options, asked.value) is not None:
            counted, size = asked, getattr(options, asked.value)
    return Campaign(set_name, tuple(only) or known, options.seed, size, counted, options.ink)


def _journal(options: argparse.Namespace, campaign: Campaign) -> Journal:
    ink = "" if campaign.ink is None else f"ink {real_ink(campaign.ink).digest}"
    marks = usual_marks(ink)
    if options.out is None:
        return Journal(None, marks)
    path = options.out / campaign.set_name.replace(" ", "-") / NAME
    return Journal.afresh(path, marks) if options.restart else Journal(path, marks)


class _Progress:
    """Says on one line how far a campaign is, every few seconds."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self._before: int | None = None

    def __call__(self, total: Tally, planned: int) -> None:
        now = time.monotonic()
        if self._before is None:
            self._before = total.pages
        if now - self._last < PROGRESS_S:
            return
        self._last = now
        rate = max(total.pages - self._before, 1) / (now - self._start)
        print(
            f"\r{total.pages:,} of {planned:,} pages, {total.wrong_fields} wrong,"
            f" {total.asked_readable / max(1, total.readable):.2%} asked,"
            f" {total.pages_refused} refused, {max(0, planned - total.pages) / rate / 60:,.0f}"
            " min left    ",
            end="",
            file=sys.stderr,
            flush=True,
        )


def _written(
    out: Path, campaign: Campaign, totals: Mapping[str, Tally], text: str
) -> Iterator[Path]:
    """Write report and pictures beside the journal and yield what was written."""
    folder = out / campaign.set_name.replace(" ", "-")
    data = as_json(campaign.set_name, campaign.seed, totals)
    for name, content in (("accuracy.md", text), ("accuracy.json", data)):
        (folder / name).write_text(content, encoding="utf-8")
        yield folder / name
    whole = sum(totals.values(), Tally())
    wrong = [_shown(campaign, row, _said(row)) for row in whole.misses[:MOST_PICTURES]]
    yield from contact_sheets(wrong, folder, "wrong")
    yield from contact_sheets(list(_asked_ink(campaign, whole)), folder, "asked")


def _shown(campaign: Campaign, row: Row, caption: str) -> Crop:
    return Crop(crop_row(campaign.page(row.condition, row.number), row.row), caption)


def _said(row: Row) -> str:
    return (
        f"{row.condition}, page {row.number}, row {row.row + 1}:"
        f" {row.how}, meant {row.meant}, read {row.read}"
    )


def _asked_ink(campaign: Campaign, whole: Tally) -> Iterator[Crop]:
    """Show every row of real ink that was asked about in grey, once, by what is in it."""
    if campaign.ink is None:
        return
    ink = real_ink(campaign.ink)
    asked: dict[int, list[Row]] = {}
    for row in whole.asked_rows:
        if row.facets["scan"] == "grey":
            rows, _ = rows_of(ink, row.condition, row.seed, row.number, row.row + 1)
            asked.setdefault(rows[row.row], []).append(row)
    for number in sorted(asked, key=lambda one: (KINDS.index(ink.kinds[one]), -len(asked[one]))):
        why = Counter(row.how for row in asked[number]).most_common(1)[0][0]
        caption = f"ink {number}, {ink.kinds[number]}: asked {len(asked[number])} times, {why}"
        yield _shown(campaign, asked[number][0], caption)


if __name__ == "__main__":
    main()
