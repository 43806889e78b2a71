"""Results to look at: scores factor by factor, as far as whoever reads them may see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from layouts.dyadcode import shown
from layouts.errors import UsageError
from layouts.model import DyadCode, Role
from output.consent import Audience, Shown, score_as_shown, shown_to
from output.gathering import sheets_of
from output.scoring import FactorScore, ScoreState
from output.sheets import Sheet
from records.entries import Snapshot
from records.study import Study
from wamforms.instrument import FactorId, Instrument
from wamforms.tasks.forms import instruments_of
from wamforms.tasks.secrecy import seal_of


@dataclass(frozen=True, slots=True)
class Group:
    """One wave of one domain of which something is in."""

    domain: str
    wave: int
    label: str
    dyads: int


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One factor of one dyad at one wave.

    Attributes
    ----------
    names
        What it is called on the form of each role.
    scores
        Of the forms that are in; one that is withheld has no value and says so.
    """

    factor: FactorId
    names: Mapping[Role, str]
    scores: Mapping[Role, FactorScore]

    @property
    def difference(self) -> float | None:
        """Professional minus client; None unless both have a score."""
        both = [self.scores[role].score for role in Role if role in self.scores]
        if len(both) < len(Role) or both[0] is None or both[1] is None:
            return None
        return both[1] - both[0] + 0.0  # a negative zero becomes a plain one

    @property
    def is_one_construct(self) -> bool:
        """Whether both people were asked about the same thing."""
        return len(set(self.names.values())) == 1


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of some scores, and how many they are; no value if there are none."""

    value: float | None
    count: int

    @classmethod
    def of(cls, scores: Iterable[float | None]) -> Self:
        """Take the mean of the scores that are there."""
        known = [one for one in scores if one is not None]
        return cls(sum(known) / len(known) if known else None, len(known))


@dataclass(frozen=True, slots=True)
class FactorMeans:
    """One factor over the dyads of a group; the difference is over dyads that have both."""

    names: Mapping[Role, str]
    means: Mapping[Role, Mean]
    difference: Mean

    @property
    def is_one_construct(self) -> bool:
        """Whether both people were asked about the same thing."""
        return len(set(self.names.values())) == 1


@dataclass(frozen=True, slots=True)
class DyadLine:
    """One dyad at one wave."""

    dyad: str
    officer: str
    factors: tuple[FactorLine, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """The results of one wave of one domain.

    Attributes
    ----------
    groups
        All there are to choose from, this one included.
    chosen
        None as long as nothing was read.
    officers
        Everybody named for a dyad of the group; `dyads` may be of one of them only.
    lowest, highest
        Ends of the answer scale.
    withheld
        Forms among `dyads` that the audience may not see.
    """

    groups: tuple[Group, ...]
    chosen: Group | None
    officers: tuple[str, ...]
    factors: tuple[FactorMeans, ...]
    dyads: tuple[DyadLine, ...]
    lowest: int
    highest: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which results, for whom.

    Attributes
    ----------
    domain, wave, officer
        None takes the first domain with results, its last wave, every officer.
    language
        Of the factors' names, if the questionnaire has it; else that of the forms.
    """

    domain: str | None = None
    wave: int | None = None
    officer: str | None = None
    audience: Audience = Audience.ADMINISTRATOR
    language: str = ""


def results_of(study: Study, wanted: Wanted = Wanted()) -> Results:
    """Gather the results of a group.

    Raises
    ------
    UsageError
        If nothing of the domain and wave was read.
    """
    instruments = instruments_of(study)
    with study.store.view() as view:  # of all that was read only what is shown
        groups = _groups(study, view.wave_counts())
        if not groups:
            return Results((), None, (), (), (), 0, 0, 0)
        chosen = _chosen(groups, wanted)
        here = sheets_of(view.wave_of(chosen.domain, chosen.wave), instruments)
    mine = [one for one in here if wanted.officer is None or one.officer == wanted.officer]
    instrument = instruments[chosen.domain]
    dyads = tuple(
        DyadLine(shown(code), officer_of(pair.values()), lines_of(study, pair, instrument, wanted))
        for code, pair in _pairs(mine).items()
    )
    return Results(
        groups=groups,
        chosen=chosen,
        officers=tuple(sorted({one.officer for one in here if one.officer}, key=str.casefold)),
        factors=_means(dyads),
        dyads=dyads,
        lowest=min(instrument.scale.values),
        highest=max(instrument.scale.values),
        withheld=sum(1 for one in mine if not may_see(study, one, wanted.audience).scores),
    )


def audience_named(name: str) -> Audience:
    """Return who looks along; any other name is whoever holds the paper."""
    return Audience(name) if name in set(Audience) else Audience.ADMINISTRATOR


def may_see(study: Study, sheet: Sheet, audience: Audience) -> Shown:
    """Say how much of a form an audience may see."""
    if sheet.is_closed:
        return Shown.NOTHING
    return shown_to(audience, sheet.role, sheet.consent, sealed=seal_of(study))


def lines_of(
    study: Study, pair: Mapping[Role, Sheet], instrument: Instrument, wanted: Wanted
) -> tuple[FactorLine, ...]:
    """Score the forms of one dyad at one wave, factor by factor, as they may be seen."""
    scores: defaultdict[FactorId, dict[Role, FactorScore]] = defaultdict(dict)
    for role, sheet in pair.items():
        for one in sheet.scores({sheet.domain: instrument}):
            scores[one.factor][role] = score_as_shown(one, may_see(study, sheet, wanted.audience))
    own = next(iter(pair.values())).language
    language = wanted.language if wanted.language in instrument.languages else own
    return tuple(
        FactorLine(factor, names_of(instrument, factor, language), scores[factor])
        for factor in instrument.factors
    )


def names_of(instrument: Instrument, factor: FactorId, language: str) -> dict[Role, str]:
    """Name a factor for each role, in a language if the questionnaire has it."""
    known = language if language in instrument.languages else instrument.languages[0]
    return {role: instrument.wordings[role, known].factors[factor] for role in Role}


def wave_label(study: Study, wave: int) -> str:
    """Name a wave; one that `study.toml` no longer names keeps its number."""
    labels = study.settings.waves
    return labels[wave - 1] if wave <= len(labels) else f"wave {wave}"


def officer_of(sheets: Iterable[Sheet]) -> str:
    """Name the officer on the latest print of some forms."""
    named = [one.officer for one in sorted(sheets, key=lambda one: one.wave) if one.officer]
    return named[-1] if named else ""


def memory_of(study: Study, code: DyadCode) -> Snapshot:
    """Return what the study remembers of one dyad.

    Raises
    ------
    UsageError
        If nobody has this code.
    """
    with study.store.view() as view:
        (found,) = view.portions([code])
    if not found.dyads:
        raise UsageError(
            f"dyad {shown(code)} is not in this study", advice="Check the code on the form."
        )
    return found


def _groups(study: Study, dyads: Mapping[tuple[str, int], int]) -> tuple[Group, ...]:
    order = list(study.settings.domains)
    return tuple(
        Group(domain, wave, wave_label(study, wave), dyads[domain, wave])
        for domain, wave in sorted(dyads, key=lambda one: (order.index(one[0]), one[1]))
    )


def _chosen(groups: Sequence[Group], wanted: Wanted) -> Group:
    domain = groups[0].domain if wanted.domain is None else wanted.domain
    found = [one for one in groups if one.domain == domain and wanted.wave in (None, one.wave)]
    if not found:
        raise UsageError(
            f"nothing was read of {domain}, wave {wanted.wave}",
            advice="Choose a wave and a domain that the page lists.",
        )
    return found[-1]


def _pairs(sheets: Iterable[Sheet]) -> dict[DyadCode, dict[Role, Sheet]]:
    pairs: defaultdict[DyadCode, dict[Role, Sheet]] = defaultdict(dict)
    for one in sheets:
        pairs[one.dyad][one.role] = one
    return dict(sorted(pairs.items(), key=lambda one: _order(*one)))


def _order(code: DyadCode, pair: Mapping[Role, Sheet]) -> tuple[str, str]:
    return officer_of(pair.values()).casefold(), code


def _means(dyads: Sequence[DyadLine]) -> tuple[FactorMeans, ...]:
    """Take the means over dyads; the factors of all of them are the same, in the same order."""
    columns = zip(*(one.factors for one in dyads), strict=True)
    return tuple(
        FactorMeans(
            names=lines[0].names,
            means={role: Mean.of(_score(line, role) for line in lines) for role in Role},
            difference=Mean.of(line.difference for line in lines),
        )
        for lines in columns
    )


def _score(line: FactorLine, role: Role) -> float | None:
    found = line.scores.get(role)
    return found.score if found is not None and found.state is ScoreState.SCORED else None
