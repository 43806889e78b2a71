"""Enrol dyads before anything is printed, from a list or one by one."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from layouts.alphabet import to_text
from layouts.dyadcode import LENGTH, check_character, new_dyad_code, shown
from layouts.errors import UsageError
from layouts.model import DyadCode
from records.entries import Dyad, NewDyad
from records.keys import derived_key
from records.study import Study
from records.wholefiles import write_whole
from wamforms.caseload import CaseloadLine, Defaults, read_caseload, write_caseload
from wamforms.tasks.forms import instruments_of

PURPOSE = "wamforms enrolment 1"
"""Keeps the key that codes are drawn with apart from any other use of the study's key."""


@dataclass(frozen=True, slots=True)
class EnrolledDyad:
    """What became of one line; `was_officer` is None for a new dyad."""

    dyad: str
    domain: str
    language: str
    officer: str
    is_new: bool
    is_changed: bool
    was_officer: str | None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What became of a list.

    Attributes
    ----------
    caseload
        The list with every code, to go on with; None if one dyad was enrolled alone.
    """

    new: int
    changed: int
    unchanged: int
    dyads: tuple[EnrolledDyad, ...]
    caseload: Path | None


@dataclass(frozen=True, slots=True)
class OneDyad:
    """What is said of one dyad; None leaves it as it is, or as is usual."""

    code: DyadCode | None = None
    domain: str | None = None
    language: str | None = None
    officer: str | None = None
    notes: str | None = None


def defaults_of(study: Study) -> Defaults:
    """Return what a caseload of a study may say."""
    known = {dyad.code: dyad.domain for dyad in study.store.dyads()}
    return Defaults(instruments_of(study), study.settings.language, known)


def enrol_caseload(study: Study, path: Path, out: Path | None = None) -> Enrolment:
    """Enrol a list, and write it once more with every code.

    Codes are drawn from the study's key and the list, so the same list again enrols
    nobody twice; a list in which anything differs gives its lines without a code new ones.

    Parameters
    ----------
    out : Path or None
        Where the list with codes goes; None is beside the list.

    Raises
    ------
    WamError
        If the list has faults, or another file is in the way; nobody is enrolled then.
    """
    lines = _with_codes(study.key, read_caseload(path, defaults_of(study)))
    out = study.plain_file(out or path.with_name(f"{path.stem}.codes.csv"), "with --out FILE.csv")
    text = write_caseload(lines).encode()
    if out.resolve() == path.resolve() or (out.exists() and out.read_bytes() != text):
        raise UsageError(f"{out} exists already", advice="Choose another name with --out.")
    with study.store.step():
        done = enrol_dyads(study, [as_dyad(line, DyadCode(line.code or "")) for line in lines])
        write_whole(out, text)
    return _summed(done, out)


def enrol_one(study: Study, one: OneDyad) -> Enrolment:
    """Enrol one dyad with a new code, or say what has changed about a known one.

    Raises
    ------
    UsageError
        If the code is not enrolled, or domain or language are not in the study.
    """
    defaults = defaults_of(study)
    known = {dyad.code: dyad for dyad in study.store.dyads()}
    if one.code is not None and one.code not in known:
        raise UsageError(
            f"dyad {shown(one.code)} is not enrolled in this study",
            advice="Check the code, or leave it out to enrol somebody new.",
        )
    new = _joined(one, known.get(one.code) if one.code else None, defaults)
    _check(new, defaults)
    return _summed(enrol_dyads(study, [new]), None)


def enrol_dyads(study: Study, dyads: Sequence[NewDyad]) -> tuple[EnrolledDyad, ...]:
    """Enrol dyads that have been checked, and say what is new about each."""
    before = {dyad.code: dyad for dyad in study.store.dyads()}
    study.store.enrol(dyads)
    return tuple(_told(dyad, before.get(dyad.code)) for dyad in dyads)


def as_dyad(line: CaseloadLine, code: DyadCode) -> NewDyad:
    """Give a caseload line its code."""
    return NewDyad(code, line.domain, line.language, line.officer, line.notes)


def _with_codes(key: bytes, lines: Sequence[CaseloadLine]) -> tuple[CaseloadLine, ...]:
    """Draw the codes that are missing: nobody without the study's key can tell them."""
    content = hashlib.sha256(write_caseload(lines).encode()).digest()
    drawn = derived_key(key, PURPOSE)
    return tuple(
        CaseloadLine(
            line.code or _drawn(drawn, content, number),
            line.domain,
            line.language,
            line.officer,
            line.notes,
        )
        for number, line in enumerate(lines)
    )


def _drawn(key: bytes, content: bytes, number: int) -> DyadCode:
    digest = hmac.digest(key, content + number.to_bytes(4, "big"), hashlib.sha256)
    bits = 5 * (LENGTH - 1)
    body = to_text(int.from_bytes(digest, "big") % (1 << bits), LENGTH - 1)
    return DyadCode(body + check_character(body))


def _joined(one: OneDyad, known: Dyad | None, defaults: Defaults) -> NewDyad:
    usual = known or NewDyad(new_dyad_code(), defaults.domain, defaults.language)
    return NewDyad(
        usual.code,
        usual.domain if one.domain is None else one.domain,
        usual.language if one.language is None else one.language,
        usual.officer if one.officer is None else one.officer.strip(),
        usual.notes if one.notes is None else one.notes.strip(),
    )


def _check(new: NewDyad, defaults: Defaults) -> None:
    instruments: Mapping[str, object] = defaults.instruments
    if new.domain not in instruments:
        raise UsageError(
            f"domain {new.domain!r} is not in this study" if new.domain else "no domain is named",
            advice=f"Name one of these with --domain: {', '.join(instruments)}.",
        )
    languages = defaults.instruments[new.domain].languages
    if new.language not in languages:
        raise UsageError(
            f"{new.domain} has no language {new.language!r}",
            advice=f"Name one of these with --language: {', '.join(languages)}.",
        )


def _told(new: NewDyad, old: Dyad | None) -> EnrolledDyad:
    same = old is not None and (old.language, old.officer, old.notes) == (
        new.language,
        new.officer,
        new.notes,
    )
    return EnrolledDyad(
        dyad=shown(new.code),
        domain=new.domain,
        language=new.language,
        officer=new.officer,
        is_new=old is None,
        is_changed=old is not None and not same,
        was_officer=None if old is None else old.officer,
    )


def _summed(done: Iterable[EnrolledDyad], caseload: Path | None) -> Enrolment:
    dyads = tuple(done)
    new = sum(1 for one in dyads if one.is_new)
    changed = sum(1 for one in dyads if one.is_changed)
    return Enrolment(new, changed, len(dyads) - new - changed, dyads, caseload)
