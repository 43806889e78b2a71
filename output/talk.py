"""Make a talk sheet from the forms of a dyad: nothing the client withheld is in it.

What a factor of two names compares is two different constructs; how far the two are apart
is not said of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from layouts.model import Role
from output.scoring import FactorScore
from output.sheets import Sheet
from output.talk_precision import Precision
from output.talk_sheet import Apart, Mark, Moment, TalkRow, TalkSheet
from wamforms.instrument import FactorId, Instrument

WEAK_ALPHA = 0.7
"""Under this a scale is commonly called too unreliable even for groups (Nunnally 1978)."""

PUBLISHED_WEAK = frozenset({("wam", "reactance")})
"""Factors whose reliability their authors call unsatisfactory (Sturm et al. 2021)."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that may be shown, at its moment."""

    sheet: Sheet
    moment: Moment


Precisions = Mapping[tuple[str, Role, int, FactorId], Precision]
"""By domain, role, wave and factor; only where enough forms are in."""


def talk_sheet(
    now: Mapping[Role, Filled],
    before: Mapping[Role, Filled],
    instrument: Instrument,
    precisions: Precisions,
    *,
    code: str,
    language: str,
) -> TalkSheet:
    """Say what is to be said.

    Parameters
    ----------
    now, before
        The forms that may be shown, of this wave and of an earlier one; what the client
        does not let the professional see must not be in them. The professional's form of
        this wave must be.
    instrument : Instrument
        Of the dyad's domain.
    precisions
        What the study knows about measurement error.
    code : str
        The dyad's code as it is shown.
    language : str
        One that the instrument has; factors are called by their names in it.
    """
    own = now[Role.PROFESSIONAL].sheet
    then = before.get(Role.PROFESSIONAL)
    other = then is not None and bool(then.sheet.officer) and then.sheet.officer != own.officer
    if other:
        # Two people's answers differ for other reasons than time.
        before = {role: one for role, one in before.items() if role is Role.CLIENT}
    rows = tuple(
        _row(factor, _pairs(now, before, factor, instrument), instrument, precisions, language)
        for factor in instrument.factors
    )
    moments = [one.moment for one in before.values()]
    return TalkSheet(
        dyad=code,
        officer=own.officer,
        language=language,
        steps=instrument.scale.points - 1,
        now=now[Role.PROFESSIONAL].moment,
        before=moments[0] if moments else None,
        sides=tuple(role for role in Role if role in now),
        rows=rows,
        other_professional=other,
        is_precision_known=any(_known(one.sheet, precisions) for one in before.values()),
        placeholder=instrument.placeholder,
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """A person's form now and earlier, with the score of one factor on each."""

    sheet: Sheet
    score: FactorScore
    earlier: Sheet | None
    earlier_score: FactorScore | None


def _pairs(
    now: Mapping[Role, Filled],
    before: Mapping[Role, Filled],
    factor: FactorId,
    instrument: Instrument,
) -> dict[Role, _Pair]:
    def score_of(sheet: Sheet) -> FactorScore:
        scores = sheet.scores({sheet.domain: instrument})
        return next(one for one in scores if one.factor == factor)

    made = {}
    for role, one in now.items():
        earlier = before[role].sheet if role in before else None
        old = None if earlier is None else score_of(earlier)
        made[role] = _Pair(one.sheet, score_of(one.sheet), earlier, old)
    return made


def _row(
    factor: FactorId,
    pairs: Mapping[Role, _Pair],
    instrument: Instrument,
    precisions: Precisions,
    language: str,
) -> TalkRow:
    names = {role: instrument.wordings[role, language].factors[factor] for role in Role}
    marks = {
        role: _mark(pair, pair.score.score, instrument, precisions)
        for role, pair in pairs.items()
        if pair.score.score is not None
    }
    return TalkRow(
        factor=factor,
        names=names,
        marks=marks,
        is_weak=(instrument.id, factor) in PUBLISHED_WEAK
        or any(_is_weak(pair.sheet, factor, precisions) for pair in pairs.values()),
        between=_between(pairs, instrument, precisions) if len(set(names.values())) == 1 else None,
    )


def _mark(pair: _Pair, score: float, instrument: Instrument, precisions: Precisions) -> Mark:
    lowest, highest = min(instrument.scale.values), max(instrument.scale.values)

    def place(value: float) -> float:
        return (value - lowest) / (highest - lowest)

    if pair.earlier is None or pair.earlier_score is None or pair.earlier_score.score is None:
        return Mark(place(score))
    old = pair.earlier_score.score
    known = precisions.get(_key(pair.earlier, pair.score.factor))
    sure = known is not None and known.is_beyond_change(score - old)
    return Mark(place(score), place(old), Apart((score - old) / _step(instrument), sure))


def _step(instrument: Instrument) -> float:
    """Give the distance of two neighbouring answers."""
    values = instrument.scale.values
    return (max(values) - min(values)) / (len(values) - 1)


def _between(
    pairs: Mapping[Role, _Pair], instrument: Instrument, precisions: Precisions
) -> Apart | None:
    found = [pairs[role] for role in Role if role in pairs]
    scores = [one.score.score for one in found]
    if len(found) < len(Role) or scores[0] is None or scores[1] is None:
        return None
    gap = scores[1] - scores[0]
    known = [precisions.get(_key(one.sheet, one.score.factor)) for one in found]
    sure = known[0] is not None and known[1] is not None and known[0].is_beyond(gap, known[1])
    return Apart(gap / _step(instrument), sure)


def _key(sheet: Sheet, factor: FactorId) -> tuple[str, Role, int, FactorId]:
    return (sheet.domain, sheet.role, sheet.wave, factor)


def _is_weak(sheet: Sheet, factor: FactorId, precisions: Precisions) -> bool:
    known = precisions.get(_key(sheet, factor))
    return known is not None and known.alpha < WEAK_ALPHA


def _known(sheet: Sheet, precisions: Precisions) -> bool:
    return any(key[:3] == (sheet.domain, sheet.role, sheet.wave) for key in precisions)
