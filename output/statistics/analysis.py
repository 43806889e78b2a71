"""The order of the tables, and what is said under them when answers were imputed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from output.statistics.characteristics import Characteristic
from output.statistics.data import StudyData
from output.statistics.dyad_lists import dyad_lists
from output.statistics.dyads import dyad_tables
from output.statistics.groups import group_tables
from output.statistics.imputation import impute
from output.statistics.libraries import check_installed, one_thread
from output.statistics.nested import nested_tables
from output.statistics.outcomes import outcome_tables
from output.statistics.published import as_published
from output.statistics.quality import quality_tables
from output.statistics.reliability import reliability_tables
from output.statistics.stat_table import StatTable
from output.statistics.structure_tables import structure_tables
from output.statistics.surface import surface_table
from output.statistics.wave_outcomes import wave_outcome_table
from output.statistics.waves import wave_tables

OBSERVED = "Observed answers only: nothing was imputed for this table."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compute.

    Attributes
    ----------
    columns
        The user's own columns; none if no file was given.
    imputations
        Number of imputed data sets; 0 for none.
    seed
        For the imputation only.
    published
        True for the tables that studies of the WAM published, and no others.
    """

    columns: tuple[Characteristic, ...] = ()
    imputations: int = 0
    seed: int = 1
    published: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything computed, and what a reader must know about all of it."""

    tables: tuple[StatTable, ...]
    remarks: tuple[str, ...]


def analyse(
    data: StudyData, wanted: Wanted, heard: Callable[[str], None] | None = None
) -> Analysis:
    """Compute every table.

    Parameters
    ----------
    data : StudyData
    wanted : Wanted
    heard : callable, optional
        Hears the name of each part before it is computed.

    Raises
    ------
    UsageError
        If the statistics libraries are not installed.
    """
    check_installed()
    remarks = list(_remarks(data))
    with one_thread():
        sets: tuple[StudyData, ...] = (data,)
        if wanted.imputations:
            filled = impute(data, wanted.imputations, wanted.seed)
            sets, remarks = filled.sets, [*remarks, *filled.remarks]
        made: list[StatTable] = []
        for part, make in _parts(data, sets, wanted.columns):
            if wanted.published and part in UNPUBLISHED:
                continue
            if heard is not None:
                heard(part)
            made += [_said(part, one, wanted.imputations) for one in make()]
    tables = as_published(made) if wanted.published else tuple(made)
    return Analysis(tables, tuple(remarks))


OUTCOMES = "your columns"
"""The part that uses imputed answers when there are any."""

UNPUBLISHED = ("response surface", "single dyads")
"""Parts without a published table: they need not be computed for those."""


def _parts(
    data: StudyData, sets: Sequence[StudyData], columns: Sequence[Characteristic]
) -> Iterator[tuple[str, Callable[[], Sequence[StatTable]]]]:
    yield "quality", lambda: quality_tables(data)
    yield "reliability", lambda: reliability_tables(data)
    yield "structure", lambda: structure_tables(data)
    yield "dyads", lambda: dyad_tables(data)
    yield "waves", lambda: wave_tables(data)
    if columns:
        yield OUTCOMES, lambda: outcome_tables(sets, columns)
        yield "waves and your columns", lambda: (wave_outcome_table(data, columns),)
        yield "response surface", lambda: (surface_table(data, columns),)
    yield "groups", lambda: group_tables(data, columns)
    yield "professionals", lambda: nested_tables(data, columns)
    yield "single dyads", lambda: dyad_lists(data)


def _said(part: str, table: StatTable, imputations: int) -> StatTable:
    """Say under every table whether its answers were imputed, as soon as any were."""
    if not imputations:
        return table
    if part != OUTCOMES or table.name == "characteristics":
        return table.noted(OBSERVED)
    return table.noted(
        f"Multiple imputation: {imputations} sets by predictive mean matching (statsmodels"
        " MICEData), pooled by Rubin's rules on Fisher's z. n counts forms with a score after"
        " imputation."
    )


def _remarks(data: StudyData) -> Iterator[str]:
    if data.waiting:
        yield (
            f"{data.waiting} answers wait for a person and have no value: settle them, or say so"
            " wherever you publish a number"
        )
    if data.sealed:
        forms = "1 client's form is" if data.sealed == 1 else f"{data.sealed} clients' forms are"
        yield (
            f"{forms} sealed and in no number here: only the research key opens what clients"
            " answered"
        )
    for scheme in data.schemes:
        one = scheme.instrument
        if one.placeholder:
            yield f"{scheme.name}: PLACEHOLDER WORDING, not the licensed questionnaire"
        yield from (f"{scheme.name}: assumed: {line}" for line in one.assumed)
        officers = scheme.forms.who["officer"].tolist()
        if not any(officers):
            yield f"{scheme.name}: no form names a professional, so nothing can be nested"
