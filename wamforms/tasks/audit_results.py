"""What a finished audit proves, each kind of answers by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context

from layouts.dyadcode import shown
from layouts.errors import UsageError
from output.bounds import sequential_limits, upper_bound
from records.audit_entries import Audit, AuditField, Rule, StratumPlan, Turn
from records.entries import Snapshot
from records.study import Study
from wamforms.tasks.audit_draw import AIM_SHARE
from wamforms.tasks.audit_keys import KeyBook
from wamforms.tasks.auditing import progress_of, word

_NEVER_BETTER = Context(prec=3, rounding=ROUND_CEILING)
"""Three figures, rounded up: a bound must not look better than it is."""


@dataclass(frozen=True, slots=True)
class StratumResult:
    """What was found among one kind of answers.

    Attributes
    ----------
    upper
        With 95 % confidence the rate of wrong answers is below this; the rate itself
        where every answer was checked.
    verdict
        In so many words.
    """

    stratum: str
    frame: int
    checked: int
    wrong: int
    wanted: float
    upper: float
    is_met: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """An answer that is not what stands on the paper."""

    dyad: str
    role: str
    wave: int
    item: str
    stratum: str
    had: str
    paper: str

    @property
    def decision(self) -> str:
        """What to tell `settle` to put it right."""
        return f"{self.dyad}/{self.role}/{self.wave}/{self.item}={self.paper}"


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What a finished audit proves.

    Attributes
    ----------
    is_sealed
        The study seals what clients answer, so none of it was in the sample.
    """

    study: str
    is_sealed: bool
    audit: int
    drawn_at: str
    rule: str
    readers: int
    read_by: str
    forms: int
    frame: str
    seed: str
    seed_from: str
    people: tuple[str, ...]
    earlier: int
    strata: tuple[StratumResult, ...]
    wrong: tuple[WrongAnswer, ...]
    log_head: str

    @property
    def is_met(self) -> bool:
        """Whether every wanted bound was reached."""
        return all(one.is_met for one in self.strata)


def result_of(study: Study, audit: Audit) -> AuditResult:
    """Say what an audit proves.

    Raises
    ------
    UsageError
        If it is not finished: the bounds hold only for the number decided before.
    """
    if not progress_of(audit).is_complete and audit.plan.rule is Rule.FIXED:
        raise UsageError(
            f"audit {audit.number} is not finished, and says nothing before",
            advice="Go on with: wamforms audit STUDY key --by AB, then: ... look --by CD",
        )
    head = study.store.log.head().text
    return AuditResult(
        study=study.settings.title,
        is_sealed=study.is_sealed,
        audit=audit.number,
        drawn_at=audit.at,
        rule=audit.plan.rule,
        readers=audit.plan.readers,
        read_by=audit.plan.read_by,
        forms=audit.plan.forms,
        frame=audit.plan.frame,
        seed=audit.plan.seed,
        seed_from=audit.plan.seed_from,
        people=tuple(sorted({key.by for key in audit.keys})),
        earlier=sum(1 for number in study.store.audits() if number < audit.number),
        strata=strata_of(audit),
        wrong=tuple(_wrong_answers(study.store.snapshot(), audit, KeyBook(audit))),
        log_head=head,
    )


def strata_of(audit: Audit) -> tuple[StratumResult, ...]:
    """Say of each kind of answers what an audit proves; nothing else of the study is needed."""
    book = KeyBook(audit)
    return tuple(_stratum(one, audit, book) for one in audit.plan.strata)


def _stratum(plan: StratumPlan, audit: Audit, book: KeyBook) -> StratumResult:
    fields = [field for field in audit.fields if field.stratum is plan.stratum]
    if audit.plan.rule is Rule.SEQUENTIAL:
        return _sequential(plan, fields, book)
    wrong, checked = sum(book.is_wrong(field) for field in fields), len(fields)
    if checked == 0 < plan.size:
        return _result(plan, 0, 0, 1.0, "all of them were withdrawn", is_met=False)
    if checked == 0:
        return _result(plan, 0, 0, 0.0, "there are no such answers", is_met=True)
    if plan.is_census:
        rate = wrong / checked
        words = f"{wrong} wrong in all {checked:,} answers: the rate is {percent(rate)}"
        return _result(plan, checked, wrong, rate, words, is_met=rate <= plan.bound)
    upper = upper_bound(wrong, checked)
    words = f"{wrong} wrong in {checked:,} answers: below {percent(upper)} with 95 % confidence"
    return _result(plan, checked, wrong, upper, words, is_met=upper <= plan.bound)


def _sequential(plan: StratumPlan, fields: list[AuditField], book: KeyBook) -> StratumResult:
    """Walk through the fields in the order of drawing, until the test says something."""
    wrong = checked = 0
    for field in fields:
        if not book.is_decided(field):
            break
        checked += 1
        wrong += book.is_wrong(field)
        reject_until, accept_from = sequential_limits(wrong, AIM_SHARE * plan.bound, plan.bound)
        if checked >= accept_from:
            words = f"accepted: {wrong} wrong in {checked:,}; {percent(plan.bound)} is ruled out"
            return _result(plan, checked, wrong, plan.bound, words, is_met=True)
        if checked <= reject_until:
            words = f"rejected: {wrong} wrong within {checked:,}"
            return _result(plan, checked, wrong, 1.0, words, is_met=False)
    if checked == plan.frame:
        rate = wrong / checked if checked else 0.0
        words = f"{wrong} wrong in all {checked:,} answers: the rate is {percent(rate)}"
        return _result(plan, checked, wrong, rate, words, is_met=rate <= plan.bound)
    words = f"undecided: {wrong} wrong in {checked:,} so far"
    return _result(plan, checked, wrong, 1.0, words, is_met=False)


def _result(
    plan: StratumPlan, checked: int, wrong: int, upper: float, verdict: str, *, is_met: bool
) -> StratumResult:
    return StratumResult(
        plan.stratum, plan.frame, checked, wrong, plan.bound, upper, is_met, verdict
    )


def _wrong_answers(snapshot: Snapshot, audit: Audit, book: KeyBook) -> Iterator[WrongAnswer]:
    codes = {page.id: page.code for page in snapshot.pages}
    for field in audit.fields:
        code = codes[field.page]
        look = book.key(field, Turn.LOOK)
        if code is not None and look is not None and book.is_wrong(field):
            yield WrongAnswer(
                dyad=shown(code.dyad),
                role=code.role,
                wave=code.wave,
                item=field.item,
                stratum=field.stratum,
                had=word(field.answer),
                paper=word(look.reading),
            )


def percent(share: float) -> str:
    """Write a share with three figures, never rounded down."""
    return f"{rounded_up(share * 100)} %"


def rounded_up(number: float) -> str:
    """Write a number with three figures, never rounded down."""
    exact = round(number, 12)
    return f"{_NEVER_BETTER.create_decimal(repr(exact)).normalize():f}" if exact else "0"
