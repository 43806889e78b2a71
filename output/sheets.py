"""A filled-in form as the tables see it: plain values, whatever memory they came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from layouts.model import DyadCode, Fingerprint, ItemId, Role
from output.consent import UNASKED, WITHHELD, Said, Shown, score_as_shown
from output.scoring import FactorScore, ScoreState, score
from scan.adjudicate import Answer, Meaning
from scan.filled_on import FilledOn
from scan.results import CodeRoute, Doubt, Note, Status
from wamforms.instrument import Instrument


class Missing(IntEnum):
    """Codes for what has no value: the one convention of every file.

    They are negative, so that no answer and no score can be taken for one, and stand
    in one range, because SPSS knows three single missing values or a range. In CSV and
    parquet files they have columns of their own, beside empty cells.
    """

    NOT_ANSWERED = -1
    SEVERAL = -2
    UNREADABLE = -3
    NOT_PRINTED = -4
    WITHHELD = -5
    ABSENT = -6
    IN_DOUBT = -7
    TOO_FEW = -8


MISSING_LABELS: Mapping[Missing, str] = {
    Missing.NOT_ANSWERED: "not answered",
    Missing.SEVERAL: "several marks",
    Missing.UNREADABLE: "unreadable",
    Missing.NOT_PRINTED: "not in this edition",
    Missing.WITHHELD: "withheld by consent",
    Missing.ABSENT: "form or page not there",
    Missing.IN_DOUBT: "still in doubt",
    Missing.TOO_FEW: "too few items answered",
}
"""What the codes mean, in codebooks and value labels."""

DATE_STATUSES = (Status.READ, Status.BLANK, Status.DOUBT, Status.SETTLED)
"""Every word the column `filled_on_status` may hold."""

NOT_PRINTED = "not printed"
"""Status in the tables of an item that this edition of the form leaves out."""

STATUSES: tuple[str, ...] = (*(status.value for status in Status), NOT_PRINTED, WITHHELD)
"""Every word the column `status` may hold."""

DOUBTS: tuple[str, ...] = tuple(doubt.value for doubt in Doubt)
"""Every word the column `doubt` may hold; several are joined by `; `."""

NOTES: tuple[str, ...] = tuple(note.value for note in Note)
"""Every phrase the column `notes` may hold; several are joined by `; `."""


CODE_ROUTES: tuple[str, ...] = tuple(route.value for route in CodeRoute)
"""Every phrase the column `code_route` may hold; several pages' are joined by `; `."""


class FormStanding(StrEnum):
    """How the scans of a form stand to each other; the gravest of its pages."""

    FIRST = "first"
    AGAIN = "again"
    CHOSEN = "chosen"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class PageOfSheet:
    """One page of a filled-in form.

    Attributes
    ----------
    source
        File and page in the file, such as `stack.pdf#7`.
    code_route
        How it became known which page it is.
    """

    number: int
    source: str
    serial: int
    standing: FormStanding
    notes: tuple[Note, ...]
    scale: float | None
    residual_mm: float
    code_route: CodeRoute
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One filled-in form: what one person of a dyad answered at one wave.

    Attributes
    ----------
    officer
        The professional's code at the time of printing; empty if unknown.
    pages
        Pages that were scanned, by number.
    pages_printed
        How many pages the form has.
    not_printed
        Items of the instrument that this edition leaves out.
    filled_on
        The date on it; None if the form asks for none.
    consent
        What the professional may see of it; `output.consent` says what follows.
    shown
        How much of it the reader of the tables may see.
    is_closed
        Whether its answers are sealed and not known here, for want of the research key.
    """

    dyad: DyadCode
    domain: str
    role: Role
    wave: int
    language: str
    version: str
    fingerprint: Fingerprint
    officer: str
    pages: tuple[PageOfSheet, ...]
    pages_printed: int
    not_printed: tuple[ItemId, ...]
    filled_on: FilledOn | None = None
    consent: Said = UNASKED
    shown: Shown = Shown.ALL
    is_closed: bool = False

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers of all its pages."""
        return tuple(answer for page in self.pages for answer in page.answers)

    def scores(self, instruments: Mapping[str, Instrument]) -> tuple[FactorScore, ...]:
        """Score it with the instrument of its domain, as its reader may see it."""
        found = score(
            instruments[self.domain], self.answers, not_printed=frozenset(self.not_printed)
        )
        return tuple(score_as_shown(one, self.shown) for one in found)


def missing_code(answer: Answer, shown: Shown = Shown.ALL) -> Missing | None:
    """Return why an answer has no value for a reader; None if it has one."""
    return _MISSING.get(answer.meaning) if shown.answers else Missing.WITHHELD


_MISSING: Mapping[Meaning | None, Missing] = {
    None: Missing.IN_DOUBT,
    Meaning.BLANK: Missing.NOT_ANSWERED,
    Meaning.SEVERAL: Missing.SEVERAL,
    Meaning.UNREADABLE: Missing.UNREADABLE,
}


def missing_score(score: FactorScore) -> Missing | None:
    """Return why a factor has no score; None if it has one."""
    return _NO_SCORE.get(score.state)


_NO_SCORE: Mapping[ScoreState, Missing] = {
    ScoreState.WAITS: Missing.IN_DOUBT,
    ScoreState.PAGE_MISSING: Missing.ABSENT,
    ScoreState.TOO_FEW: Missing.TOO_FEW,
    ScoreState.WITHHELD: Missing.WITHHELD,
}
