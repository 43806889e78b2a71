"""Whose photocopied form is it? The bubbles that were filled in by hand, and their checks.

The same judge reads them as reads the answers, and nothing is put right: every
row must be sure, the check digits must fit role and wave, the number must be
somebody's, and the form must be theirs. If any of it fails, a person looks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from layouts.model import ExampleKind, Group, Layout, PageLayout, Role, Written
from layouts.papernumber import DYAD_DIGITS, is_paper_number, shown_number
from layouts.sheetcode import COPY_SERIAL, MasterCode, SheetCode
from scan.bubbles import SURE_OUTLINE, cut_bubbles
from scan.identify import Identified
from scan.judge import judge_page
from scan.known import Owner
from scan.light import Light
from scan.measure import ink_of, measure
from scan.picture import Gray
from scan.register import Placement
from scan.results import (
    BubbleReading,
    CodeRoute,
    ItemReading,
    Mark,
    Note,
    Status,
    WrittenReading,
)
from scan.thresholds import Thresholds
from scan.written_date import read_date

LEAST_OUTLINES = 0.85
"""Share of the strip's bubbles that must show their outline or be marked."""

ROLES: Mapping[int, Role] = {1: Role.CLIENT, 2: Role.PROFESSIONAL}
"""What the two bubbles for who filled the form in stand for."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose form a page is, and what was filled in on it by hand.

    Attributes
    ----------
    code
        None if a person must say so.
    route
        How it became known.
    written
        None on a printed form.
    reason
        Why nobody is named; empty otherwise.
    """

    code: SheetCode | None
    route: CodeRoute = CodeRoute.HAND
    written: WrittenReading | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """A page whose form is known, and where it lies in its picture.

    Attributes
    ----------
    light
        How bright paper is all over the picture.
    notes
        What is known about the scan, which the judge wants to hear.
    contrast
        Grey levels from the black of the page's print to its paper.
    """

    picture: Gray
    light: Light
    layout: Layout
    page: PageLayout
    placement: Placement
    notes: tuple[Note, ...]
    contrast: float


def whose_page(
    strip: Strip, found: Identified, owners: Mapping[str, Owner], limits: Thresholds
) -> Whose:
    """Find out whose form a page is: by its printed code, or by what was filled in by hand.

    Parameters
    ----------
    owners
        Everybody enrolled, by the six digits that stand for them.
    """
    written = strip.page.written
    if written is None:
        if isinstance(found.code, MasterCode):
            raise ValueError("a master without room for a paper number was taken for known")
        return Whose(found.code, found.route)
    rows = read_strip(strip, written, limits)
    date = read_date(strip.picture, written.date, strip.placement, strip.contrast)
    reading = WrittenReading(rows or (), date)
    if isinstance(found.code, SheetCode):
        return Whose(found.code, found.route, reading)
    if rows is None:
        return Whose(None, reason="the bubbles of the paper number are not where the form has them")
    named = named_by_rows(rows, written, Copy(found.code, strip.layout, owners))
    return replace(named, written=reading)


def read_strip(
    strip: Strip, written: Written, limits: Thresholds
) -> tuple[ItemReading, ...] | None:
    """Judge every row of the strip; None if its printed bubbles are not where they should be."""
    rows = [row for block in _blocks(written) for row in measured_rows(strip, block)]
    judged = judge_page(rows, strip.notes, limits)
    bubbles = [one for row in judged for one in row.bubbles]
    seen = sum(one.outline > SURE_OUTLINE or one.mark is not Mark.EMPTY for one in bubbles)
    return judged if seen >= LEAST_OUTLINES * len(bubbles) else None


def _blocks(written: Written) -> tuple[tuple[Group, ...], ...]:
    """Divide the rows into blocks whose bubbles stand below each other."""
    left = written.number[0].bubbles[0].centre.x_mm
    sides = (
        tuple(row for row in written.number if (row.bubbles[0].centre.x_mm == left) is is_left)
        for is_left in (True, False)
    )
    return (*sides, (written.role,), (written.wave,))


def measured_rows(strip: Strip, block: tuple[Group, ...]) -> Iterator[ItemReading]:
    """Measure rows that are no items, not judged yet; their bubbles stand below each other."""
    page = replace(strip.page, groups=block)
    patches = cut_bubbles(strip.picture, strip.light, strip.layout, page, strip.placement)
    kinds = [example.kind for example in page.examples]
    filled = len(patches.gray) - len(kinds) + kinds.index(ExampleKind.FILLED)
    measures = measure(ink_of(patches, block[0].bubbles[0].radius_mm, filled)).each()
    for group in block:
        bubbles = tuple(
            BubbleReading(bubble.value, mark=Mark.EMPTY, **next(measures))
            for bubble in group.bubbles
        )
        yield ItemReading(group.item, Status.DOUBT, None, (), bubbles)


@dataclass(frozen=True, slots=True)
class Copy:
    """A photocopied page, before it is known whose it is.

    Attributes
    ----------
    owners
        Everybody enrolled, by the six digits that stand for them.
    """

    master: MasterCode
    layout: Layout
    owners: Mapping[str, Owner]


def named_by_rows(rows: Sequence[ItemReading], written: Written, copy: Copy) -> Whose:
    """Find out from the judged rows of the strip whose form a page is."""
    unsure = [row.item for row in rows if row.status is not Status.READ]
    if unsure:
        return Whose(None, reason=f"not surely filled in: {', '.join(unsure)}")
    value = {row.item: row.value for row in rows}
    digits = "".join(str(value[group.item]) for group in written.number)
    role, wave = value[written.role.item], value[written.wave.item]
    if role is None or wave is None:
        raise ValueError("a row that was read has no value")
    return named(digits, ROLES[role], wave, copy)


def named(digits: str, role: Role, wave: int, copy: Copy) -> Whose:
    """Hold a paper number against its check digits, the enrolment and the form."""
    number = shown_number(digits)
    if not is_paper_number(digits, role, wave):
        return Whose(None, reason=f"number {number} does not fit {role} and wave {wave}")
    owner = copy.owners.get(digits[:DYAD_DIGITS])
    if owner is None:
        return Whose(None, reason=f"number {number} is nobody's in this study")
    if owner.domain != copy.layout.domain or role is not copy.layout.role:
        form = f"{copy.layout.domain}, {copy.layout.role}"
        return Whose(
            None, reason=f"number {number} is of {owner.domain}, {role}, but the form is of {form}"
        )
    master = copy.master
    return Whose(SheetCode(master.fingerprint, owner.dyad, role, wave, master.page, COPY_SERIAL))
