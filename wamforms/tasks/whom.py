"""Whom forms are printed for: the dyads of a caseload, or those who are enrolled."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from layouts.dyadcode import new_dyad_code, shown
from layouts.errors import UsageError
from layouts.model import DyadCode
from records.entries import NewDyad
from records.study import Study
from wamforms.caseload import CaseloadLine, Defaults, read_caseload
from wamforms.instrument import Instrument


def wanted_dyads(
    study: Study,
    instruments: Mapping[str, Instrument],
    caseload: Path | None,
    codes: Sequence[DyadCode] = (),
) -> list[NewDyad]:
    """List whom to print for, as the caseload has it or as they are enrolled.

    Raises
    ------
    UsageError
        If a code is not enrolled, or nobody is.
    FaultyFileError
        If the caseload has faults.
    """
    enrolled = {dyad.code: dyad for dyad in study.store.dyads()}
    if caseload is not None:
        known = {code: dyad.domain for code, dyad in enrolled.items()}
        defaults = Defaults(instruments, study.settings.language, known)
        return [_as_dyad(line) for line in read_caseload(caseload, defaults)]
    unknown = [code for code in codes if code not in enrolled]
    if unknown:
        raise UsageError(
            f"not enrolled in this study: dyad {', '.join(map(shown, unknown))}",
            advice="Check the code, or print it from a caseload that lists it.",
        )
    chosen = [enrolled[code] for code in codes] or list(enrolled.values())
    if not chosen:
        raise UsageError(
            "nobody is enrolled in this study yet",
            advice="Print from a caseload: wamforms print STUDY --wave WAVE --caseload FILE.csv",
        )
    return [
        NewDyad(dyad.code, dyad.domain, dyad.language, dyad.officer, dyad.notes) for dyad in chosen
    ]


def _as_dyad(line: CaseloadLine) -> NewDyad:
    code = new_dyad_code() if line.code is None else line.code
    return NewDyad(code, line.domain, line.language, line.officer, line.notes)
