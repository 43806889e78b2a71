"""Lay out what a campaign counted: Markdown for people, JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from bench.conditions import ALL_PEER_MARKS, PEER_MARKS
from bench.peers import ANSWERS, PEERS
from bench.real_ink import KINDS
from bench.tally import OTHER_SHEET, Tally
from output.bounds import sequential_limits, upper_bound
from wamforms.practice.grading import Grade, Wrong

PER = 10_000

HEAD = (
    "| condition | pages | positions | fields | answer for blank | blank for answer"
    " | other answer | guessed | wrong at most, per 10,000 fields | asked | asked of readable"
    " | refused | pages without a question | about readable rows |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)

LEGEND = (
    "Wrong are answers that were accepted and not meant. Guessed: accepted where the paper has"
    " no single meaning (two marks and no more). Readable: rows with one meaning for a careful"
    " person, so without two marks and without a spot where a pen had rested. Pages without a"
    " question are shares of all pages, refused ones included. At most: exact"
    " one-sided 95 % bound (Clopper-Pearson); it holds for a size that was fixed before the run,"
    " the sequential test may be looked at any time."
)


def table(totals: Mapping[str, Tally]) -> Iterator[str]:
    """Lay the conditions out as a Markdown table with their sum."""
    yield HEAD
    for condition, tally in totals.items():
        yield _row(condition, tally)
    yield _row("**all**", sum(totals.values(), Tally()))


def _row(name: str, tally: Tally) -> str:
    wrong = " | ".join(str(tally.wrong[how]) for how in Wrong)
    bound = upper_bound(tally.wrong_fields, tally.fields) * PER
    return (
        f"| {name} | {tally.pages:,} | {tally.positions:,} | {tally.fields:,} | {wrong}"
        f" | {bound:.3g} | {_share(tally.asked, tally.fields)}"
        f" | {_share(tally.asked_readable, tally.readable)} | {tally.pages_refused}"
        f" | {_share(tally.untouched, tally.pages)}"
        f" | {_share(tally.untouched_readable, tally.pages)} |"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "-"


def verdict(tally: Tally) -> Iterator[str]:
    """Say what the sum proves."""
    wrong, positions = tally.wrong_positions, tally.positions
    bound = upper_bound(wrong, positions)
    yield (
        f"Positions: {positions:,} read, {wrong} wrong, at most {bound:.2g} of all (95 %). "
        f"VVSG 1.0 sequential test: {_sequential(wrong, positions)}."
    )
    most = upper_bound(tally.pages_refused, tally.pages)
    yield (
        f"Refused: {tally.pages_refused:,} of {tally.pages:,} pages"
        f" ({_share(tally.pages_refused, tally.pages)}, at most {most:.2%})"
        f"{_listed(tally.refused)}."
    )
    yield f"Asked: {tally.asked:,} of {tally.fields:,} fields{_listed(tally.asked_for)}."
    if tally.wrong[OTHER_SHEET]:
        yield f"**{tally.wrong[OTHER_SHEET]} answers went to another sheet.**"


def _sequential(wrong: int, positions: int) -> str:
    """Say what VVSG 1.0 makes of it, which counts positions."""
    reject_until, accept_from = sequential_limits(wrong)
    if positions >= accept_from:
        return "accepted"
    if positions <= reject_until:
        return f"rejected: {wrong:,} wrong within {positions:,} positions"
    left = ceil(accept_from - positions)
    return f"goes on: {left:,} more positions without an error would accept"


def _listed(counts: Counter[str], most: int = 12) -> str:
    """Go on after a sentence's figure with what it is made of."""
    parts = "; ".join(f"{what} {count:,}" for what, count in counts.most_common(most))
    return f": {parts}" if parts else ""


def facet_table(tally: Tally, facet: str, names: tuple[str, ...] = ()) -> Iterator[str]:
    """Count rows by one facet; by default readable rows, by every name there is."""
    grades = tally.by(facet)
    yield f"| {facet} | fields | right | asked | wrong | share asked |\n|---|--:|--:|--:|--:|--:|"
    for name in names or tuple(grades):
        counts = grades.get(name, Counter())
        cells = " | ".join(f"{counts[grade]:,}" for grade in Grade)
        asked = _share(counts[Grade.ASKED], counts.total())
        yield f"| {name} | {counts.total():,} | {cells} | {asked} |"


def peers_table(totals: Mapping[str, Tally]) -> Iterator[str]:
    """Put our figures on the peers' marks beside the peers' own."""
    yield "| program | answers | right | asked | silently wrong | what it lost |"
    yield "|---|--:|--:|--:|--:|---|"
    if ALL_PEER_MARKS in totals:
        ours = totals[ALL_PEER_MARKS]
        right = ours.fields - ours.asked - ours.wrong_fields
        yield (
            f"| wamforms | {ours.fields:,} | {right:,} ({_share(right, ours.fields)})"
            f" | {ours.asked:,} | {ours.wrong_fields:,} | {_lost(ours)} |"
        )
    for peer in PEERS:
        yield (
            f"| {peer.name} | {ANSWERS} | {peer.right} ({_share(peer.right, ANSWERS)})"
            f" | none is ever asked | {ANSWERS - peer.right} | {peer.lost} |"
        )


def _lost(tally: Tally) -> str:
    wrong = {
        name: counts[Grade.WRONG]
        for name, counts in tally.by("style").items()
        if name in PEER_MARKS and counts[Grade.WRONG]
    }
    return ", ".join(f"{name} {count}" for name, count in wrong.items()) or "nothing silently"


def ink_tables(totals: Mapping[str, Tally]) -> Iterator[str]:
    """Take the rows of real ink apart by what is in them."""
    for colour in ("grey", "black and white"):
        part = sum((one for name, one in totals.items() if name.startswith(colour)), Tally())
        if part.fields:
            several = part.fields - part.readable
            yield f"\n{colour}: {part.fields:,} rows, of which {several:,} with several marks\n"
            yield from facet_table(part, "row", KINDS[:-1])


def report(set_name: str, seed: int, totals: Mapping[str, Tally]) -> str:
    """Write the whole report as Markdown."""
    whole = sum(totals.values(), Tally())
    lines = [
        f"# {set_name}\n",
        f"Seed {seed}; {whole.seconds / 3600:.2f} hours of one core, pages included.\n",
        *table(totals),
        "",
        LEGEND,
        "",
        *(f"- {line}" for line in verdict(whole)),
    ]
    if set_name == "peers":
        lines += ["\n## Beside other programs\n", *peers_table(totals)]
    if whole.by("row"):
        lines += ["\n## By what is in the row\n", *ink_tables(totals)]
    for facet in ("style", "pen", "scan"):
        if whole.by(facet):
            lines += [f"\n## By {facet}, readable rows\n", *facet_table(whole, facet)]
    return "\n".join(lines) + "\n"


def as_json(set_name: str, seed: int, totals: Mapping[str, Tally]) -> str:
    """Write the same, and every wrong answer, for programs."""
    whole = sum(totals.values(), Tally())
    data = {
        "set": set_name,
        "seed": seed,
        "hours": round(whole.seconds / 3600, 3),
        "all": _figures(whole),
        "conditions": {name: _figures(tally) for name, tally in totals.items()},
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _figures(tally: Tally) -> dict[str, Any]:
    figures = tally.plain()
    figures.pop("asked_rows", None)
    return {
        **figures,
        "wrong_fields": tally.wrong_fields,
        "wrong_fields_at_most": upper_bound(tally.wrong_fields, tally.fields),
        "wrong_positions": tally.wrong_positions,
        "wrong_positions_at_most": upper_bound(tally.wrong_positions, tally.positions),
        "pages_refused": tally.pages_refused,
        "vvsg_1_0": _sequential(tally.wrong_positions, tally.positions),
    }
