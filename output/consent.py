"""Who may see what of a form: what its client allowed, for each kind of reader. No files.

Every report, export and page asks here, and nowhere else is anything decided:

- **The officer** sees the client's form as far as its consent row allows: all answers, factor
  scores only, or nothing. Blank, several marks, unreadable, a doubt that waits, a page that
  is missing: nothing.
- **The team** sees factor scores at most, and only where the worker may see them. The row
  speaks of the worker; colleagues never see single answers of a client.
- **Research** sees everything, with the consent as a column. Taking part in research is agreed
  elsewhere; the row says what the worker may see, not whether data may be used.
- **The administrator** holds the paper and settles its doubts, and sees what is on it.

In a sealed study the client's form is for research alone, whatever its row says: the
administrator sees it only with the research key, officers and teams never. The
professional's own form is not the client's to withhold. A difference between the two is as
secret as the more secret one: whoever has one side and the difference has the other.
"""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from layouts.model import CONSENT_VALUES, Consent, Role
from output.scoring import FactorScore, ScoreState
from scan.adjudicate import Answer
from scan.results import Status

NOT_ASKED = "not asked"
"""How it is known on a form without the row."""

PAGE_MISSING = "page missing"
"""How it is known while the page with the row has not been scanned."""

CONSENT_STATUSES: tuple[str, ...] = (*(status.value for status in Status), NOT_ASKED, PAGE_MISSING)
"""Every word that says how a consent is known."""

CONSENT_COLUMNS = {
    "consent": (
        "what the client lets the professional see of the form; it limits what officers and"
        " teams receive, taking part in research is agreed elsewhere",
        tuple(Consent),
    ),
    "consent_status": (
        "how consent is known; blank, doubt and not asked mean nothing",
        CONSENT_STATUSES,
    ),
}
"""The columns of `forms.csv` that say it: what each means, and every word it may hold."""

WITHHELD = "withheld"
"""Status in the tables of an answer that its reader may not see."""


class Audience(StrEnum):
    """Who reads a report, an export or a page."""

    RESEARCH = "research"
    TEAM = "team"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


class Shown(IntEnum):
    """How much of a form may be shown; the smaller one of two goes for both together."""

    NOTHING = 0
    """That it came in and when; no answer, no score, no flag on answers, no picture, no remark."""

    FACTORS = 1
    """Factor scores and what is made of them; no answer, no picture, no remark."""

    ALL = 2

    @property
    def answers(self) -> bool:
        """Whether single answers, their quality flags, pictures and remarks may be shown."""
        return self is Shown.ALL

    @property
    def scores(self) -> bool:
        """Whether factor scores may be shown."""
        return self >= Shown.FACTORS


@dataclass(frozen=True, slots=True)
class Said:
    """What a form says about consent.

    Attributes
    ----------
    value
        What the professional may see.
    how
        How that is known, one of `CONSENT_STATUSES`.
    """

    value: Consent
    how: str


UNASKED = Said(Consent.NOTHING, NOT_ASKED)
"""A form without the row, printed before there was one, or of a professional."""


def said(answer: Answer | None, *, asked: bool) -> Said:
    """Say what the professional may see of a client's form.

    Parameters
    ----------
    answer : Answer or None
        The consent row of the scan that counts (`PlaceRecord.consent`).
    asked : bool
        Whether any page of the form has the row; on forms printed without it, and on those of
        professionals, nobody was asked.
    """
    if not asked:
        return UNASKED
    if answer is None:
        return Said(Consent.NOTHING, PAGE_MISSING)
    if answer.value is None:
        return Said(Consent.NOTHING, answer.status.value)
    return Said(CONSENT_VALUES[answer.value], answer.status.value)


class Seal(IntEnum):
    """How far a study's client sheets are sealed at this moment."""

    NONE = 0
    """It is not a sealed study."""

    OPENED = 1
    """It is, and somebody gave the research key: who has it may see what research may see."""

    CLOSED = 2
    """It is, and nobody did: nothing of a client's answers is known."""


def shown_to(audience: Audience, role: Role, consent: Said, *, sealed: Seal = Seal.NONE) -> Shown:
    """Return how much of one form an audience may see.

    Parameters
    ----------
    audience, role, consent
        Who reads it, whose form it is, and what that form says (`said`, `Sheet.consent`).
    sealed
        Whether the study is sealed, and whether somebody gave its key.
    """
    if role is not Role.CLIENT:
        return Shown.ALL
    if sealed is Seal.CLOSED or (sealed and audience in (Audience.OFFICER, Audience.TEAM)):
        return Shown.NOTHING
    match audience:
        case Audience.RESEARCH | Audience.ADMINISTRATOR:
            return Shown.ALL
        case Audience.OFFICER:
            return _ALLOWED[consent.value]
        case Audience.TEAM:
            return min(Shown.FACTORS, _ALLOWED[consent.value])


_ALLOWED = {
    Consent.ALL: Shown.ALL,
    Consent.FACTORS: Shown.FACTORS,
    Consent.NOTHING: Shown.NOTHING,
}


def score_as_shown(score: FactorScore, shown: Shown) -> FactorScore:
    """Return a factor score as its reader may see it: without value and counts if withheld."""
    if shown.scores:
        return score
    return replace(score, score=None, answered=0, state=ScoreState.WITHHELD)
