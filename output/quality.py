"""Sheets that deserve a second look. Flags point at paper; they never remove an answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations, groupby
from math import comb

from layouts.model import DyadCode, ItemId, Role
from records.entries import Snapshot
from records.places import PlaceRecord, places_of
from scan.adjudicate import Answer, Meaning, agree

LEAST_ANSWERS = 8
"""Fewer equal answers in a row are nothing strange."""

MANY_BLANKS = 0.2
"""Share of blank rows above which a sheet is flagged: with a fifth missing, the usual rules
for missing answers begin to leave factors without a score."""

USUAL_DAYS: Mapping[str, int] = {"start": 0, "+6 months": 183, "+9 months": 274}
"""When a wave is due by its usual name, in days after the first form of a dyad was printed."""

TOLERANCE_DAYS = 30
"""A wave may come this much earlier or later: with more than 45 days the windows of the usual
last two waves would overlap, and paper takes up to two weeks to the scanner."""

SWAP_CHANCE = 0.001
"""How seldom chance alone may look like swapped roles: less than one pair in a study of 276.
Of 1,000 invented dyads none was flagged wrongly, and 24 whose sheets were interchanged were
found: answers alone seldom show it, and the absence of the flag proves nothing."""


class Flag(StrEnum):
    """Why a sheet deserves a second look."""

    STRAIGHT = "straight-lined"
    BLANKS = "many blanks"
    WINDOW = "out of window"
    SWAPPED = "roles perhaps swapped"
    COPIED = "code scanned with different answers"


@dataclass(frozen=True, slots=True)
class Flagged:
    """One flag of one sheet, with what was seen."""

    dyad: DyadCode
    domain: str
    role: Role
    wave: int
    flag: Flag
    detail: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    """All pages of one form that were scanned."""

    dyad: DyadCode
    role: Role
    wave: int
    domain: str
    places: tuple[PlaceRecord, ...]

    @property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(answer for place in self.places for answer in place.answers)

    @property
    def values(self) -> dict[ItemId, int]:
        return {one.item: one.value for one in self.answers if one.value is not None}

    def flagged(self, flag: Flag, detail: str) -> Flagged:
        return Flagged(self.dyad, self.domain, self.role, self.wave, flag, detail)


def wave_days(labels: Sequence[str], chosen: Mapping[str, int]) -> dict[int, int]:
    """Return when each wave is due, in days; a wave of which nobody said so is left out.

    Parameters
    ----------
    labels : sequence of str
        Names of the waves, from wave 1.
    chosen : mapping of str to int
        Days by name, from the study's settings; they go before the usual ones.
    """
    known = {**USUAL_DAYS, **chosen}
    return {number: known[label] for number, label in enumerate(labels, 1) if label in known}


def flags_of(
    snapshot: Snapshot, due: Mapping[int, int], places: Sequence[PlaceRecord] | None = None
) -> tuple[Flagged, ...]:
    """List the flags of all sheets, sorted by dyad, role and wave.

    Parameters
    ----------
    snapshot : Snapshot
        The memory at one moment.
    due : mapping of int to int
        Days after a dyad's first print at which a wave is due, from `wave_days`.
    places : sequence of PlaceRecord, optional
        Those of the snapshot, if somebody has them already.
    """
    places = places_of(snapshot) if places is None else places
    forms = groupby(places, key=lambda one: (one.place.dyad, one.place.role, one.place.wave))
    sheets = [_sheet(*whose, tuple(some), snapshot) for whose, some in forms]
    names = {file.sha256: file.name for file in snapshot.files}
    first = {one.dyad: one.printed_at for one in reversed(snapshot.prints)}
    flags = [
        flag
        for sheet in sheets
        for flag in (
            *_straight(sheet),
            *_blanks(sheet),
            *_window(sheet, first.get(sheet.dyad), due.get(sheet.wave)),
            *_copied(sheet, names),
        )
    ]
    flags += _swapped(sheets)
    return tuple(sorted(flags, key=lambda one: (one.dyad, one.role, one.wave, one.flag)))


def _sheet(
    dyad: DyadCode, role: Role, wave: int, places: tuple[PlaceRecord, ...], snapshot: Snapshot
) -> _Sheet:
    layout = snapshot.layouts[places[0].reading.code.fingerprint]
    return _Sheet(dyad, role, wave, layout.domain, places)


def _straight(sheet: _Sheet) -> Iterator[Flagged]:
    values = list(sheet.values.values())
    if len(values) >= LEAST_ANSWERS and len(set(values)) == 1:
        yield sheet.flagged(Flag.STRAIGHT, f"all {len(values)} answers are {values[0]}")


def _blanks(sheet: _Sheet) -> Iterator[Flagged]:
    answers = sheet.answers
    blank = sum(1 for one in answers if one.meaning is Meaning.BLANK)
    if blank > MANY_BLANKS * len(answers):
        yield sheet.flagged(Flag.BLANKS, f"{blank} of {len(answers)} rows are blank")


def _window(sheet: _Sheet, printed_at: str | None, due: int | None) -> Iterator[Flagged]:
    """Compare two dates the study knows; when the form was filled in, it does not."""
    if printed_at is None or due is None:
        return
    came = min(_day(place.counted.at) for place in sheet.places)
    days = (came - _day(printed_at)).days
    early, late = max(0, due - TOLERANCE_DAYS), due + TOLERANCE_DAYS
    if not early <= days <= late:
        yield sheet.flagged(
            Flag.WINDOW,
            f"scanned {days} days after the first form was printed, expected {early} to {late}",
        )


def _day(at: str) -> date:
    return datetime.fromisoformat(at).date()


def _copied(sheet: _Sheet, names: Mapping[str, str]) -> Iterator[Flagged]:
    """Find prints that came back twice with other answers: a photocopy, or a later change."""
    for place in sheet.places:
        scans = [(page, scan) for page in place.pages if (scan := page.scan()) is not None]
        for (one, first), (two, second) in combinations(scans, 2):
            serial = first.page.code.serial
            if serial == second.page.code.serial and not agree(first.page, second.page):
                where = f"{names[one.file]}#{one.index} and {names[two.file]}#{two.index}"
                yield sheet.flagged(Flag.COPIED, f"print {serial} came in as {where}")
                break


def _swapped(sheets: Sequence[_Sheet]) -> Iterator[Flagged]:
    """Find waves at which each person answers like the other one did before.

    With one wave there is no evidence, and nothing is said. With two it cannot be
    known at which of them the sheets were interchanged, so all four are flagged.
    """
    waves: dict[DyadCode, dict[int, dict[Role, _Sheet]]] = {}
    for sheet in sheets:
        waves.setdefault(sheet.dyad, {}).setdefault(sheet.wave, {})[sheet.role] = sheet
    for of_dyad in waves.values():
        whole = sorted(wave for wave, pair in of_dyad.items() if len(pair) == len(Role))
        for one, two in combinations(whole, 2):
            crosswise, items = _crosswise(of_dyad[one], of_dyad[two])
            if _chance(crosswise, items) < SWAP_CHANCE:
                detail = (
                    f"in {crosswise} of {items} items each person of wave {two} answers like"
                    f" the other one of wave {one}; one of the two waves may be interchanged"
                )
                for pair in (of_dyad[one], of_dyad[two]):
                    yield from (sheet.flagged(Flag.SWAPPED, detail) for sheet in pair.values())


def _crosswise(before: Mapping[Role, _Sheet], after: Mapping[Role, _Sheet]) -> tuple[int, int]:
    """Count the items that fit better crosswise, and those that fit better either way."""
    client, professional = Role.CLIENT, Role.PROFESSIONAL
    four = [pair[role].values for pair in (before, after) for role in (client, professional)]
    crosswise = items = 0
    for item in four[0]:
        if all(item in values for values in four):
            c1, p1, c2, p2 = (values[item] for values in four)
            straight, crossed = abs(c1 - c2) + abs(p1 - p2), abs(c1 - p2) + abs(p1 - c2)
            items += straight != crossed
            crosswise += straight > crossed
    return crosswise, items


def _chance(successes: int, trials: int) -> float:
    """Probability of at least so many successes if both ways were equally likely."""
    return sum(comb(trials, k) for k in range(successes, trials + 1)) / float(2**trials)
