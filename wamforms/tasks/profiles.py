"""The profile of one dyad: its scores wave by wave, and every answer behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layouts.dyadcode import parse_dyad_code, shown
from layouts.model import ItemId, Role
from output.consent import Audience, Said, Shown
from output.gathering import sheets_of
from output.sheets import Sheet
from records.study import Study
from scan.adjudicate import Answer
from scan.filled_on import FilledOn
from scan.results import Status
from wamforms.instrument import FactorId, Instrument
from wamforms.tasks.forms import instruments_of
from wamforms.tasks.results import (
    FactorLine,
    Wanted,
    lines_of,
    may_see,
    memory_of,
    names_of,
    officer_of,
    wave_label,
)


@dataclass(frozen=True, slots=True)
class FormSeen:
    """One form of a dyad, as it may be seen.

    Attributes
    ----------
    filled_on
        None if the form asks for no date.
    consent
        Of a client's form only.
    shown
        How much of it the audience may see.
    waiting
        Answers without a value because a person has to look.
    """

    role: Role
    language: str
    sources: tuple[str, ...]
    pages: int
    pages_printed: int
    filled_on: FilledOn | None
    consent: Said | None
    shown: Shown
    waiting: int


@dataclass(frozen=True, slots=True)
class WaveSeen:
    """One wave of a dyad.

    Attributes
    ----------
    forms
        Those of which something was read.
    before
        Factors of the wave before it, in the same order; empty at the first.
    """

    wave: int
    label: str
    forms: Mapping[Role, FormSeen]
    factors: tuple[FactorLine, ...]
    before: tuple[FactorLine, ...]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item with every answer to it.

    Attributes
    ----------
    answers
        By wave and role; one that may not be seen is left out.
    """

    item: ItemId
    number: int
    factor: FactorId
    is_reversed: bool
    sentences: Mapping[Role, str]
    answers: Mapping[tuple[int, Role], Answer]


@dataclass(frozen=True, slots=True)
class Profile:
    """One dyad.

    Attributes
    ----------
    waves
        The latest first.
    factor_names
        By factor and role, in the language of the page or that of the forms.
    placeholder
        Whether the sentences are not the licensed ones.
    """

    dyad: str
    domain: str
    officer: str
    waves: tuple[WaveSeen, ...]
    items: tuple[ItemLine, ...]
    factor_names: Mapping[FactorId, Mapping[Role, str]]
    scale: tuple[str, ...]
    lowest: int
    highest: int
    placeholder: bool

    @property
    def withheld(self) -> tuple[FormSeen, ...]:
        """Forms of which the audience may not see everything."""
        forms = [form for wave in self.waves for form in wave.forms.values()]
        return tuple(form for form in forms if not form.shown.answers)


def profile_of(study: Study, code: str, language: str, audience: Audience) -> Profile | None:
    """Gather everything of one dyad that an audience may see; None if nothing was read.

    Parameters
    ----------
    code : str
        As a person types it.
    language : str
        Of the sentences, if the questionnaire has it; else that of the forms.

    Raises
    ------
    UsageError
        If it is no code, or nobody's.
    """
    dyad = parse_dyad_code(code)
    instruments = instruments_of(study)
    sheets = sheets_of(memory_of(study, dyad), instruments)
    if not sheets:
        return None
    instrument = instruments[sheets[0].domain]
    known = language if language in instrument.languages else sheets[0].language
    return Profile(
        dyad=shown(dyad),
        domain=instrument.domain,
        officer=officer_of(sheets),
        waves=_waves(study, sheets, instrument, audience),
        items=_items((study, audience), sheets, instrument, known),
        factor_names={one: names_of(instrument, one, known) for one in instrument.factors},
        scale=instrument.wordings[Role.CLIENT, known].scale,
        lowest=min(instrument.scale.values),
        highest=max(instrument.scale.values),
        placeholder=instrument.placeholder,
    )


def _waves(
    study: Study, sheets: Sequence[Sheet], instrument: Instrument, audience: Audience
) -> tuple[WaveSeen, ...]:
    seen: list[WaveSeen] = []
    for wave in sorted({one.wave for one in sheets}):
        pair = {one.role: one for one in sheets if one.wave == wave}
        seen.append(
            WaveSeen(
                wave=wave,
                label=wave_label(study, wave),
                forms={role: _form(study, sheet, audience) for role, sheet in pair.items()},
                factors=lines_of(study, pair, instrument, Wanted(audience=audience)),
                before=seen[-1].factors if seen else (),
            )
        )
    return tuple(reversed(seen))


def _form(study: Study, sheet: Sheet, audience: Audience) -> FormSeen:
    return FormSeen(
        role=sheet.role,
        language=sheet.language,
        sources=tuple(page.source for page in sheet.pages),
        pages=len(sheet.pages),
        pages_printed=sheet.pages_printed,
        filled_on=sheet.filled_on,
        consent=sheet.consent if sheet.role is Role.CLIENT else None,
        shown=may_see(study, sheet, audience),
        waiting=sum(1 for one in sheet.answers if one.status is Status.DOUBT),
    )


def _items(
    reader: tuple[Study, Audience],
    sheets: Sequence[Sheet],
    instrument: Instrument,
    language: str,
) -> tuple[ItemLine, ...]:
    answers: dict[ItemId, dict[tuple[int, Role], Answer]] = {}
    for sheet in sheets:
        if may_see(reader[0], sheet, reader[1]).answers:
            for one in sheet.answers:
                answers.setdefault(one.item, {})[sheet.wave, sheet.role] = one
    return tuple(
        ItemLine(
            item=item.id,
            number=number,
            factor=item.factor,
            is_reversed=item.key < 0,
            sentences={role: instrument.wordings[role, language].items[item.id] for role in Role},
            answers=answers.get(item.id, {}),
        )
        for number, item in enumerate(instrument.items, 1)
    )
