"""The shredding list on one page: per pile how many sheets may go and which stay, to be signed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from records.stamps import program
from wamforms.record_page import Part, banner, heading, line, one_page, signatures, table, title
from wamforms.tasks.retaining import Retained

MOST_PILES = 40
"""Rows of piles on the page, which has to stay readable; the JSON has every sheet."""

MOST_NUMBERS = 12
"""Sheets of a pile that are named; of more it is quicker to look at the JSON."""


@dataclass(frozen=True, slots=True)
class Pile:
    """The sheets of one scanned file.

    Attributes
    ----------
    stay
        How-manieth pages of the file have to be kept.
    """

    file: str
    go: int
    stay: tuple[int, ...]

    @property
    def advice(self) -> str:
        """Say which sheets to take out before the rest is destroyed."""
        if not self.stay:
            return "all of it"
        if not self.go:
            return "keep all of it"
        numbers = ", ".join(map(str, self.stay[:MOST_NUMBERS]))
        more = len(self.stay) - MOST_NUMBERS
        return f"take out sheet {numbers}" + (f" and {more} more" if more > 0 else "")


def piles_of(found: Retained) -> tuple[Pile, ...]:
    """Sum up the paper by scanned file, in the order of scanning."""
    piles: dict[str, tuple[list[int], list[int]]] = {}
    for one in found.paper:
        file, _, number = one.source.rpartition("#")
        piles.setdefault(file, ([], []))[not one.may_go].append(int(number))
    return tuple(Pile(file, len(go), tuple(stay)) for file, (go, stay) in piles.items())


def shredding_pdf(found: Retained) -> bytes:
    """Set the page as PDF."""
    about = f"{found.study}, {found.on}"
    return one_page(f"Shredding list, {about}", _parts(found), f"wamforms {program()}")


def _parts(found: Retained) -> Iterator[Part]:
    days = found.rule.paper_days
    kept = "not decided" if days is None else f"{days} days after scanning"
    backed_up = found.backed_up[:10] if found.backed_up else "never"
    about = f"{found.study} · on {found.on} · paper is kept {kept} · last backup {backed_up}"
    yield from title("Shredding list", about)
    count = "1 sheet" if found.may_go == 1 else f"{found.may_go} sheets"
    yield from banner(f"{count} of {len(found.paper)} may be destroyed", is_alarm=False)
    yield line(
        "A sheet may go when its date is past, all its pages were read, no question about it waits,"
        " and a backup holds what was read and decided. Sheets are counted as they lay in the pile,"
        " printed sides only."
    )
    yield heading("Piles")
    yield from table(_rows(found), (0.4, 0.14, 0.14, 0.32))
    reasons = Counter(reason for one in found.paper for reason in one.kept)
    if reasons:
        yield heading("Why sheets are kept")
        yield from table(
            [("reason", "sheets"), *((reason.value, str(n)) for reason, n in reasons.items())],
            (0.8, 0.2),
        )
    yield from signatures("Destroyed by", "Seen by")


def _rows(found: Retained) -> Iterator[Sequence[str]]:
    yield ("scanned file", "may go", "stay", "what to do")
    piles = piles_of(found)
    for one in piles[:MOST_PILES]:
        yield (one.file, str(one.go), str(len(one.stay)), one.advice)
    if len(piles) > MOST_PILES:
        rest = piles[MOST_PILES:]
        go, stay = sum(one.go for one in rest), sum(len(one.stay) for one in rest)
        yield (f"{len(rest)} more, see --json", str(go), str(stay), "")
