#!/usr/bin/env python3
"""Put the tables of finished campaigns into `docs/accuracy.md`.

    python docs/make_accuracy.py FOLDER

FOLDER is what `python -m bench.accuracy --out FOLDER` wrote. Each set of conditions
that it has replaces what stands between that set's two marks in the page; everything
else is left as people wrote it.
"""

import re
import sys
from pathlib import Path

PAGE = Path(__file__).parent / "accuracy.md"

WHOLE = {"in-spec", "peers"}
"""Sets whose figures are also taken apart by style, pen and scan in the page."""

_SECTIONS = re.MULTILINE | re.DOTALL


def filled_in(page: str, name: str, report: str) -> str:
    """Return the page with a campaign's report between the marks of its set.

    Raises
    ------
    ValueError
        If the page has no place for that set.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    head, found, rest = page.partition(begin)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{PAGE.name} has no place for {name}")
    # Its title is the page's own heading, and the legend stands in the page once.
    body = re.sub(r"\A# .*\n+|^Wrong are answers .*\n+", "", report, flags=re.MULTILINE)
    if name not in WHOLE:
        body = re.sub(r"^## By (style|pen|scan),.*?(?=^## |\Z)", "", body, flags=_SECTIONS)
    body = re.sub(r"^## ", "### ", body, flags=re.MULTILINE)
    return f"{head}{begin}\n{body.strip()}\n{end}{tail}"


def main() -> None:
    """Fill in every set that a folder has."""
    if len(sys.argv) != 2:
        sys.exit("Name the folder that bench.accuracy wrote: docs/make_accuracy.py FOLDER")
    reports = sorted(Path(sys.argv[1]).glob("*/accuracy.md"))
    if not reports:
        sys.exit(f"{sys.argv[1]} holds no report of bench.accuracy")
    page = PAGE.read_text(encoding="utf-8")
    for report in reports:
        page = filled_in(page, report.parent.name, report.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
