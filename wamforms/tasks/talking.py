"""Make talk sheets: which dyads, which waves, and what of them the client lets be seen."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from layouts.dyadcode import shown
from layouts.errors import UsageError
from layouts.model import DyadCode, Role
from output.consent import Audience, shown_to
from output.gathering import sheets_of
from output.scoring import ScoreState
from output.sheets import FormStanding, Sheet
from output.talk import Filled, Precisions, talk_sheet
from output.talk_precision import learn
from output.talk_sheet import Moment, TalkSheet
from output.talk_words import WORDS
from records.log import Action
from records.study import Study
from records.wholefiles import write_whole
from scan.results import Status
from wamforms.instrument import Instrument
from wamforms.tasks.digests import digest_of
from wamforms.tasks.forms import instruments_of, wave_number
from wamforms.tasks.secrecy import seal_of
from wamforms.tasks.talk_page import talk_pages

USUAL_LANGUAGE = "en"
"""Where there are no words in a dyad's language."""


class Held(StrEnum):
    """Why a dyad gets no sheet."""

    NO_CLIENT = "the client's form is not in"
    NO_PROFESSIONAL = "the professional's form is not in"
    WAITS = "an answer waits for a person"


@dataclass(frozen=True, slots=True)
class TalkOrder:
    """Which sheets to make, and where.

    Attributes
    ----------
    dyad, officer, wave
        None for all of them; without a wave, each dyad's last one with both forms.
    language
        None for each dyad's own.
    """

    pdf: Path
    dyad: DyadCode | None = None
    officer: str | None = None
    wave: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class NoSheet:
    """A dyad without a sheet, and why."""

    dyad: str
    officer: str
    wave: str
    why: Held


@dataclass(frozen=True, slots=True)
class Talked:
    """What was made.

    Attributes
    ----------
    sheets
        Codes of the dyads, in the order of the pages.
    held
        Dyads whose sheet cannot be made yet.
    """

    pdf: Path | None
    sheets: tuple[str, ...]
    held: tuple[NoSheet, ...]


Forms = Mapping[tuple[DyadCode, int, Role], Sheet]


@dataclass(frozen=True, slots=True)
class _Office:
    """What every sheet is made from."""

    study: Study
    instruments: Mapping[str, Instrument]
    forms: Forms
    precisions: Precisions

    def label(self, wave: int) -> str:
        labels = self.study.settings.waves
        return labels[wave - 1] if wave <= len(labels) else f"wave {wave}"

    def moment(self, sheet: Sheet) -> Moment:
        return Moment(self.label(sheet.wave), sheet.filled_on.value if sheet.filled_on else None)

    def may_show(self, sheet: Sheet) -> bool:
        """Tell whether the client lets the professional see the scores on a form."""
        seal = seal_of(self.study)
        return shown_to(Audience.OFFICER, sheet.role, sheet.consent, sealed=seal).scores


def make_talk_sheets(study: Study, order: TalkOrder) -> Talked:
    """Make the sheets as one PDF and log that it was done.

    Raises
    ------
    UsageError
        If no dyad fits the order, or the file cannot be written.
    """
    office = _office(study)
    wave = None if order.wave is None else wave_number(study.settings, order.wave)
    wanted = _wanted(office, order, wave)
    if not wanted:
        raise UsageError(
            "no scanned form fits, so there is nothing to talk about",
            advice="Check code, officer and wave; wamforms status shows what is in.",
        )
    made: list[TalkSheet] = []
    held: list[NoSheet] = []
    for dyad, number in wanted:
        found = _sheet(office, dyad, number, order.language)
        made += [found] if isinstance(found, TalkSheet) else []
        held += [found] if isinstance(found, NoSheet) else []
    if made:
        _write(study, order.pdf, made)
    return Talked(order.pdf if made else None, tuple(one.dyad for one in made), tuple(held))


def _office(study: Study) -> _Office:
    instruments = instruments_of(study)
    sheets = sheets_of(study.store.snapshot(), instruments)
    forms = {(one.dyad, one.wave, one.role): one for one in sheets}
    settled = [one for one in sheets if not _waits(one)]
    return _Office(study, instruments, forms, learn(settled, instruments))


def _wanted(office: _Office, order: TalkOrder, wave: int | None) -> list[tuple[DyadCode, int]]:
    """List dyads and waves, by officer and code."""
    waves: dict[DyadCode, list[int]] = {}
    for dyad, number, _ in office.forms:
        if order.dyad in (None, dyad) and wave in (None, number):
            waves.setdefault(dyad, []).append(number)
    chosen = [(dyad, _last(office.forms, dyad, found)) for dyad, found in waves.items()]
    if order.officer is not None:
        name = order.officer.strip().casefold()
        chosen = [one for one in chosen if _officer(office.forms, *one).casefold() == name]
    return sorted(chosen, key=lambda one: (_officer(office.forms, *one).casefold(), shown(one[0])))


def _last(forms: Forms, dyad: DyadCode, waves: Iterable[int]) -> int:
    """Choose the last wave with both forms; the last of all if none has them."""
    listed = sorted(set(waves))
    both = [one for one in listed if all((dyad, one, role) in forms for role in Role)]
    return (both or listed)[-1]


def _officer(forms: Forms, dyad: DyadCode, wave: int) -> str:
    found = [forms[dyad, wave, role].officer for role in Role if (dyad, wave, role) in forms]
    return next(filter(None, reversed(found)), "")


def _sheet(office: _Office, dyad: DyadCode, wave: int, language: str | None) -> TalkSheet | NoSheet:
    own, other = (office.forms.get((dyad, wave, r)) for r in (Role.PROFESSIONAL, Role.CLIENT))
    why = _held(office, own, other)
    if own is None or other is None or why is not None:
        officer = _officer(office.forms, dyad, wave)
        return NoSheet(shown(dyad), officer, office.label(wave), why or Held.NO_CLIENT)
    instrument = office.instruments[own.domain]
    now = {Role.PROFESSIONAL: Filled(own, office.moment(own))}
    if office.may_show(other):
        now = {Role.CLIENT: Filled(other, office.moment(other)), **now}
    return talk_sheet(
        now,
        _before(office, dyad, wave, tuple(now)),
        instrument,
        office.precisions,
        code=shown(dyad),
        language=_language(language or other.language, instrument),
    )


def _held(office: _Office, own: Sheet | None, other: Sheet | None) -> Held | None:
    """Say why there can be no sheet yet; of a withheld form only whether it is in is asked."""
    if own is None or _is_partly_in(own):
        return Held.NO_PROFESSIONAL
    if other is None or _is_partly_in(other):
        return Held.NO_CLIENT
    consent_waits = other.consent.how == Status.DOUBT.value
    if _waits(own) or consent_waits or (office.may_show(other) and _waits(other)):
        return Held.WAITS
    return None


def _is_partly_in(sheet: Sheet) -> bool:
    return len(sheet.pages) < sheet.pages_printed


def _waits(sheet: Sheet) -> bool:
    """Tell whether a person still has to look at an answer or choose between two scans."""
    if any(page.standing is FormStanding.CONFLICT for page in sheet.pages):
        return True
    return any(one.status is Status.DOUBT for one in sheet.answers)


def _before(
    office: _Office, dyad: DyadCode, wave: int, roles: Sequence[Role]
) -> dict[Role, Filled]:
    """Find the last earlier wave with a form that may be shown, and its forms."""
    for earlier in range(wave - 1, 0, -1):
        found = {}
        for role in roles:
            sheet = office.forms.get((dyad, earlier, role))
            if sheet is not None and office.may_show(sheet) and _is_whole(sheet, office):
                found[role] = Filled(sheet, office.moment(sheet))
        if found:
            return found
    return {}


def _is_whole(sheet: Sheet, office: _Office) -> bool:
    scores = sheet.scores(office.instruments)
    return not _waits(sheet) and any(one.state is ScoreState.SCORED for one in scores)


def _language(wanted: str, instrument: Instrument) -> str:
    """Choose a language that both the sheet and the questionnaire have."""
    known = [one for one in (wanted, USUAL_LANGUAGE) if one in WORDS]
    return next((one for one in known if one in instrument.languages), instrument.languages[0])


def _write(study: Study, pdf: Path, sheets: Sequence[TalkSheet]) -> None:
    words = [WORDS.get(one.language, WORDS[USUAL_LANGUAGE]) for one in sheets]
    study.plain_file(pdf, "with --pdf FILE.pdf")
    try:
        write_whole(pdf, talk_pages(list(zip(sheets, words, strict=True))))
    except OSError as error:
        raise UsageError(
            f"{pdf} cannot be written ({error.strerror})", advice="Choose another name with --pdf."
        ) from error
    # The file's own name may hold a code, and a withdrawal must find none in the log.
    said = {"folder": "talk sheets", "recipient": "", "files": {"talk.pdf": digest_of(pdf)}}
    study.store.log.note(Action.EXPORTED, "talk sheets", json.dumps(said, sort_keys=True))
