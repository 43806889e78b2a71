"""What an export goes by besides the study's memory, and what each reader receives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from output.consent import Audience, Seal
from output.dialects import STANDARD, Dialect
from output.pseudonyms import Pseudonyms
from output.streams import Format

TABLES: Mapping[Audience, tuple[str, ...]] = {
    Audience.RESEARCH: (
        *("answers_long", "forms", "factor_scores", "quality", "remarks", "scoring"),
        *("dyads_wide", "dyads_pairwise", "panel_wide"),
    ),
    Audience.OFFICER: (
        *("answers_long", "forms", "factor_scores", "scoring"),
        *("dyads_wide", "panel_wide"),
    ),
    Audience.TEAM: ("team_returns", "team_factors", "team_differences"),
}
"""What each reader receives. Flags and remarks are about answers and paper that an officer
may not be allowed to see, and his own caseload is no sample to model."""

TITLES = {
    "answers_long": "One answer of one person at one wave",
    "forms": "One filled-in form",
    "factor_scores": "One factor of one form",
    "quality": "One flag of one form",
    "remarks": "One handwritten remark",
    "scoring": "One item and how it is scored",
    "dyads_wide": "One dyad at one wave",
    "dyads_pairwise": "One person of a dyad at one wave, as actor",
    "panel_wide": "One dyad with all its waves",
    "team_returns": "One domain, role and wave",
    "team_factors": "One factor in one domain, role and wave",
    "team_differences": "One factor in one domain and wave, professional against client",
}
"""What one row of each table is."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an export goes by besides the study's memory.

    Attributes
    ----------
    title
        Of the study.
    language
        Of the codebook's wording.
    waves
        Names of the measurement occasions, from wave 1.
    due
        Days after a dyad's first print at which a wave is due, by its number.
    names
        Codes for one recipient; None for those on the forms.
    officer
        Only dyads of this professional; None for all.
    sealed
        Whether the study is sealed, and whether somebody gave its key.
    describe
        Whether codebook pages, package descriptions and readers are written, too.
    progress
        Hears after each portion how many dyads are done.
    """

    title: str = "Study"
    language: str = "en"
    waves: Sequence[str] = ()
    due: Mapping[int, int] = field(default_factory=dict)
    names: Pseudonyms | None = None
    audience: Audience = Audience.RESEARCH
    officer: str | None = None
    sealed: Seal = Seal.NONE
    dialect: Dialect = STANDARD
    formats: tuple[Format, ...] = (Format.CSV,)
    describe: bool = False
    progress: Callable[[int], None] | None = None


USUAL = Terms()
"""Everything as CSV, for research; no wave is due, and codes are those on the forms."""
