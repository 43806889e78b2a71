"""What became of the kills of `bench.kills`, and its table."""

from dataclasses import dataclass, field

MOST_OPEN_S = 2.0
"""Longer than that nobody waits for a study to open again."""


@dataclass(slots=True)
class Tally:
    """What became of the kills of one victim.

    Attributes
    ----------
    hit
        Kills that came before the job was done.
    left
        Unfinished files that the start sweep removed; no fault.
    untrue
        Rows that were told to be stored and are not there.
    orphans
        Pictures without a row and unfinished files after the sweep and the second run.
    broken
        Faults of database or log, and studies that did not open.
    """

    kills: int = 0
    hit: int = 0
    lost: int = 0
    doubled: int = 0
    untrue: int = 0
    orphans: int = 0
    broken: int = 0
    left: int = 0
    slowest_open_s: float = 0.0
    examples: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing went wrong."""
        faults = self.lost + self.doubled + self.untrue + self.orphans + self.broken
        return not faults and self.slowest_open_s <= MOST_OPEN_S


def table(tallies: dict[str, Tally]) -> str:
    """Lay the tallies out as a Markdown table."""
    lines = [
        "| killed in | kills | before its end | lost | doubled | told but not there | orphans"
        " | faults | swept | slowest opening |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {one.kills} | {one.hit} | {one.lost} | {one.doubled} | {one.untrue}"
        f" | {one.orphans} | {one.broken} | {one.left} | {one.slowest_open_s:.2f} s |"
        for name, one in tallies.items()
    ]
    return "\n".join(lines)
