"""What a talk sheet says about one dyad: no verdict, no numbers, nothing the client withheld.

A talk sheet is for client and professional together. It shows two profiles, where the
two are closest and where furthest apart, and what moved since the earlier wave, always
with how sure that is. What a factor of two names compares is two different constructs;
it takes no part in closest and furthest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from layouts.model import Role
from output.scoring import FactorScore
from output.sheets import Sheet
from output.talk_precision import Precision
from wamforms.instrument import FactorId, Instrument

NEAR_STEPS = 0.5
"""Means less than half an answer step apart are called alike: rounded, they are one answer."""

FAR_STEPS = 1.0
"""More than one whole answer step apart: the two would cross different boxes."""

WEAK_ALPHA = 0.7
"""Under this a scale is commonly called too unreliable even for groups (Nunnally 1978)."""

PUBLISHED_WEAK = frozenset({("wam", "reactance")})
"""Factors whose reliability their authors call unsatisfactory (Sturm et al. 2021)."""


class Size(IntEnum):
    """How far two means are apart."""

    ALIKE = 0
    SOME = 1
    FAR = 2


@dataclass(frozen=True, slots=True)
class Apart:
    """How far two scores are apart, and whether that is more than measurement error.

    Attributes
    ----------
    steps
        Second minus first, in steps of the answer scale.
    is_sure
        True if it is beyond 1.96 standard errors; False if it is not, or if the study has
        too few forms to tell.
    """

    steps: float
    is_sure: bool

    @property
    def size(self) -> Size:
        """Say it in three words."""
        if abs(self.steps) < NEAR_STEPS:
            return Size.ALIKE
        return Size.FAR if abs(self.steps) > FAR_STEPS else Size.SOME


@dataclass(frozen=True, slots=True)
class Mark:
    """One person's place on one factor, and since when it moved how far.

    Attributes
    ----------
    place, before
        From 0, the lowest mean, to 1, the highest; `before` is None without an earlier one.
    """

    place: float
    before: float | None = None
    moved: Apart | None = None


@dataclass(frozen=True, slots=True)
class TalkRow:
    """One factor.

    Attributes
    ----------
    names
        What the factor is called on the form of each role.
    marks
        Of the roles that are shown and have a score.
    is_weak
        Whether the factor is measured with little precision.
    between
        Professional minus client; None if one is missing or they are two constructs.
    """

    factor: FactorId
    names: Mapping[Role, str]
    marks: Mapping[Role, Mark]
    is_weak: bool
    between: Apart | None

    @property
    def is_one_construct(self) -> bool:
        """Whether both people were asked about the same thing."""
        return len(set(self.names.values())) == 1


@dataclass(frozen=True, slots=True)
class Moment:
    """When a form was filled in: the wave's name, and the day `2026-11-23` if it is known."""

    label: str
    day: str | None


@dataclass(frozen=True, slots=True)
class TalkSheet:
    """One page for client and professional.

    Attributes
    ----------
    steps
        Between the ends of the answer scale: one less than its answers.
    sides
        Whose answers are on it: both, or the professional alone.
    before
        The earlier wave; None without one that may be shown.
    other_professional
        Whether somebody else filled in the professional's form then.
    is_precision_known
        Whether the study has enough forms to tell movement from chance.
    """

    dyad: str
    officer: str
    language: str
    steps: int
    now: Moment
    before: Moment | None
    sides: tuple[Role, ...]
    rows: tuple[TalkRow, ...]
    other_professional: bool
    is_precision_known: bool
    placeholder: bool

    @property
    def closest(self) -> TalkRow | None:
        """The factor on which the two are closest; None if fewer than two can be compared."""
        return self._compared[0] if len(self._compared) > 1 else None

    @property
    def furthest(self) -> TalkRow | None:
        """The factor on which the two are furthest apart; None if fewer than two can be."""
        return self._compared[-1] if len(self._compared) > 1 else None

    @property
    def _compared(self) -> list[TalkRow]:
        rows = [row for row in self.rows if row.between is not None]
        return sorted(rows, key=lambda row: abs(row.between.steps) if row.between else 0.0)


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
