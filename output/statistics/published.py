"""The tables that studies of the WAM published, in their order, and what those studies found."""

from collections.abc import Iterable, Mapping

from output.statistics.stat_table import StatTable

TABLES = (
    "characteristics",
    "scores",
    "reliability",
    "structure_fit",
    "structure_loadings",
    "structure_factors",
    "dyad_factors",
    "correlations_matrix",
    "correlations",
    "difference_outcomes",
    "change",
    "wave_outcomes",
    "domains_means",
    "domains_compared",
    "groups_means",
    "groups_compared",
    "multilevel_variance",
    "multilevel_effects",
)
"""First what was measured and how well, then what it goes with, then who is compared."""

_STURM = "Sturm, Donker, De Vogel and Menger (2021)"

FOUND: Mapping[str, str] = {
    "reliability": "trust, bond and goals sufficient, reactance not satisfactory, in 302"
    f" probationers and 267 probation officers ({_STURM}); values of alpha are not public.",
    "structure_fit": f"four factors fitted best, for both versions ({_STURM}).",
    "correlations_matrix": "client's view weakly positive with age, job and living with partner or"
    " children, weakly negative with risk and earlier detention; professional's view weakly"
    " negative with risk, addiction and age (Menger 2018).",
    "difference_outcomes": "differences within dyads go with stagnation and drop-out"
    " (Menger 2018).",
    "wave_outcomes": "the second wave correlates more strongly with outcomes than the first"
    " (Menger 2018).",
    "multilevel_variance": "201 offenders with 137 probation officers (Sturm et al. 2020): one"
    " professional has several clients.",
}
"""What is publicly known of the published result, by table; nothing more is in it."""


def as_published(tables: Iterable[StatTable]) -> tuple[StatTable, ...]:
    """Keep the published tables, in their order, each with what was found."""
    made = {one.name: one for one in tables}
    kept = [made[name] for name in TABLES if name in made]
    return tuple(
        one.noted(f"Published: {FOUND[one.name]}") if one.name in FOUND else one for one in kept
    )
