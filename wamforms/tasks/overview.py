"""The study at a glance by wave and domain, and what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from layouts.model import DyadCode
from records.entries import Outline
from records.places import places_of
from records.study import Study
from scan.results import PageRefused
from wamforms.tasks.codes import CodeQuestion
from wamforms.tasks.settling import Question, ScansQuestion, questions_of
from wamforms.tasks.status import Sheet, whole_sheets


class NextStep(StrEnum):
    """What usually comes next, the most pressing first."""

    PRINT = "print"
    SCAN = "scan"
    SCAN_ON = "scan on"
    SETTLE = "settle"
    COLLECT = "collect"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class DomainWave:
    """How far one wave of one domain is.

    Attributes
    ----------
    expected
        Forms printed, each counted once however often it was printed.
    received
        Of those, forms of which every page was read.
    waiting
        Received forms with at least one open question.
    """

    wave: int
    label: str
    domain: str
    dyads: int
    expected: int
    received: int
    waiting: int

    @property
    def missing(self) -> int:
        """Forms that are not in."""
        return self.expected - self.received

    @property
    def share(self) -> float:
        """How much is in: 0 to 1."""
        return self.received / self.expected if self.expected else 0.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Questions that wait for a person, by kind."""

    codes: int
    scans: int
    items: int
    dates: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.codes + self.scans + self.items + self.dates


@dataclass(frozen=True, slots=True)
class Overview:
    """A study at a glance.

    Attributes
    ----------
    waves
        By wave, and within it by domain.
    rescan
        Pages that could not be read, whose code nobody typed, and that did not come again.
    """

    dyads: int
    waves: tuple[DomainWave, ...]
    waiting: Waiting
    rescan: int
    step: NextStep

    @property
    def missing(self) -> int:
        """Forms that are not in."""
        return sum(wave.missing for wave in self.waves)


def overview(study: Study) -> Overview:
    """Look at a study as a whole."""
    snapshot = study.store.outline()
    places = places_of(snapshot)
    questions = questions_of(snapshot, places)
    waves = _waves(study, snapshot, questions, whole_sheets(snapshot, places))
    waiting = _waiting(questions)
    return Overview(
        dyads=len(snapshot.dyads),
        waves=waves,
        waiting=waiting,
        rescan=_rescan(snapshot, questions),
        step=_step(snapshot, waves, waiting, is_stopped=_is_stopped(study)),
    )


def _is_stopped(study: Study) -> bool:
    """Tell whether the last scan did not come to its end."""
    numbers = study.store.batches()
    return bool(numbers) and study.store.batch(numbers[-1]).end is None


def _step(
    snapshot: Outline, waves: Iterable[DomainWave], waiting: Waiting, *, is_stopped: bool
) -> NextStep:
    if not snapshot.prints:
        return NextStep.PRINT
    if is_stopped:
        return NextStep.SCAN_ON
    if not snapshot.pages:
        return NextStep.SCAN
    if waiting.total:
        return NextStep.SETTLE
    return NextStep.COLLECT if any(wave.missing for wave in waves) else NextStep.EXPORT


def _waiting(questions: Iterable[Question]) -> Waiting:
    names = [type(one).__name__ for one in questions]
    return Waiting(
        codes=names.count("CodeQuestion"),
        scans=names.count("ScansQuestion"),
        items=names.count("ItemQuestion"),
        dates=names.count("DateQuestion"),
    )


def _waves(
    study: Study, snapshot: Outline, questions: Iterable[Question], whole: set[Sheet]
) -> tuple[DomainWave, ...]:
    domains = {dyad.code: dyad.domain for dyad in snapshot.dyads}
    printed = {(one.dyad, one.role, one.wave) for one in snapshot.prints}
    waiting = {
        (one.place.dyad, one.place.role, one.place.wave)
        for one in questions
        if not isinstance(one, CodeQuestion)
    }
    groups: dict[tuple[int, str], set[Sheet]] = {}
    for sheet in printed:
        groups.setdefault((sheet[2], domains[sheet[0]]), set()).add(sheet)
    labels = dict(enumerate(study.settings.waves, 1))
    return tuple(
        DomainWave(
            wave=wave,
            label=labels.get(wave, str(wave)),
            domain=domain,
            dyads=len({_dyad(sheet) for sheet in sheets}),
            expected=len(sheets),
            received=len(sheets & whole),
            waiting=len(sheets & whole & waiting),
        )
        for (wave, domain), sheets in sorted(groups.items())
    )


def _dyad(sheet: Sheet) -> DyadCode:
    return sheet[0]


def _rescan(snapshot: Outline, questions: Iterable[Question]) -> int:
    """Count what is to be scanned again: refused pages of our own that did not come again."""
    asked = {one.page.id for one in questions if not isinstance(one, ScansQuestion)}
    typed = {one.page for one in snapshot.typed_codes}
    read = {page.place for page in snapshot.pages if page.scan() is not None}
    return sum(
        1
        for page in snapshot.pages
        if isinstance(page.outcome, PageRefused)
        and page.id not in asked | typed
        and page.place is not None
        and page.place not in read
    )
