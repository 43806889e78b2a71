"""Enrol people by name: the study gets codes, the key list names, and neither the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from layouts.dyadcode import new_dyad_code, shown
from layouts.errors import FaultyFileError
from layouts.model import DyadCode
from records.study import Study
from wamforms.caseload import NAME, CaseloadLine, checked_lines, rows_of
from wamforms.officer_pages import Slip
from wamforms.tasks.enrolling import EnrolledDyad, as_dyad, defaults_of, enrol_dyads
from wamforms.tasks.keylist import (
    Entry,
    folded,
    joined,
    read_keylist,
    refuse_study_folder,
    write_keylist,
)


@dataclass(frozen=True, slots=True)
class NamedEnrolment:
    """What became of a list of names; it holds codes only."""

    new: int
    changed: int
    unchanged: int
    dyads: tuple[EnrolledDyad, ...]
    people: int


def enrol_by_name(study: Study, people: Path, keys: Path, passphrase: str) -> NamedEnrolment:
    """Enrol a list with the column `name`; who is in the key list keeps their code.

    The study's step ends after the key list is written: a crash leaves nobody enrolled
    without a name, and the same list again completes both.

    Raises
    ------
    WamError
        If the list has faults, or the key list does not open; nothing is changed then.
    """
    refuse_study_folder(people, "a list with names")
    known = read_keylist(keys, passphrase) if keys.exists() else ()
    names, rows = rows_of(people)
    called, lines = _split(people.name, names, rows, study)
    codes = _codes(people.name, called, lines, known)
    entries = [
        Entry(code, name, line.officer)
        for code, (_, name), line in zip(codes, called, lines, strict=True)
    ]
    everybody = joined(known, entries)
    dyads = [as_dyad(line, code) for line, code in zip(lines, codes, strict=True)]
    with study.store.step():
        done = enrol_dyads(study, dyads)
        write_keylist(keys, everybody, passphrase)
    new = sum(1 for one in done if one.is_new)
    changed = sum(1 for one in done if one.is_changed)
    return NamedEnrolment(new, changed, len(done) - new - changed, done, len(everybody))


def slips_of(
    entries: Sequence[Entry], officers: dict[DyadCode, str] | None, envelope: str
) -> tuple[Slip, ...]:
    """Make a cover slip for each person, in the order of officers and codes.

    Parameters
    ----------
    officers : dict or None
        Officers as the study knows them now; people it does not know get no slip.
        None takes those of the day of enrolment.
    """
    now = [
        one if officers is None else replace(one, officer=officers[one.code])
        for one in entries
        if officers is None or one.code in officers
    ]
    now.sort(key=lambda one: (one.officer.casefold(), one.code))
    return tuple(Slip(one.name, shown(one.code), one.officer, envelope) for one in now)


def _split(
    file: str, names: list[str], rows: list[tuple[int, list[str]]], study: Study
) -> tuple[list[tuple[int, str]], tuple[CaseloadLine, ...]]:
    """Take the names out of a list before anything else looks at it."""
    if names.count(NAME) != 1:
        raise FaultyFileError(file, ["one column must be 'name'; it goes into the key list only"])
    column = names.index(NAME)
    filled = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
    called = [
        (number, " ".join(row[column].split()) if column < len(row) else "")
        for number, row in filled
    ]
    faults = [f"line {number}: the name is missing" for number, name in called if not name]
    if faults:
        raise FaultyFileError(file, faults)
    left = names[:column] + names[column + 1 :]
    without = [(number, row[:column] + row[column + 1 :]) for number, row in filled]
    defaults = defaults_of(study)
    if "domain" not in left and defaults.domain:
        left = ["domain", *left]
        without = [(number, [defaults.domain, *row]) for number, row in without]
    faults = [
        f"line {number}: there is a name and nothing else"
        for number, row in without
        if not any(cell.strip() for cell in row)
    ]
    if faults:
        raise FaultyFileError(file, faults)
    return called, checked_lines(file, left, without, defaults)


def _codes(
    file: str,
    called: Sequence[tuple[int, str]],
    lines: Sequence[CaseloadLine],
    known: Sequence[Entry],
) -> list[DyadCode]:
    """Give each line its code: the one of its name, its own, or a new one."""
    by_name = {folded(one.name): one for one in known}
    by_code = {one.code: one for one in known}
    seen: dict[str, int] = {}
    faults = []
    codes = []
    for (number, name), line in zip(called, lines, strict=True):
        entry = by_name.get(folded(name))
        if folded(name) in seen:
            faults.append(
                f"line {number}: this name is on line {seen[folded(name)]} already;"
                " add what tells the two apart, such as a year of birth"
            )
        elif line.code and entry and entry.code != line.code:
            faults.append(f"line {number}: this name has the code {shown(entry.code)}")
        elif line.code is not None and line.code in by_code and entry is None:
            faults.append(f"line {number}: {shown(line.code)} has another name")
        seen.setdefault(folded(name), number)
        codes.append(line.code or (entry.code if entry else new_dyad_code()))
    if faults:
        raise FaultyFileError(file, faults)
    return codes
