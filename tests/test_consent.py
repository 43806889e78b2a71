from itertools import product

import pytest

from layouts.model import CONSENT, CONSENT_VALUES, Consent, Role
from output.consent import (
    CONSENT_STATUSES,
    NOT_ASKED,
    PAGE_MISSING,
    UNASKED,
    Audience,
    Said,
    Seal,
    Shown,
    said,
    score_as_shown,
    shown_to,
)
from output.scoring import FactorScore, ScoreState
from output.sheets import Missing, missing_code
from scan.adjudicate import Answer, Meaning
from scan.results import Status
from wamforms.instrument import FactorId

NOTHING, FACTORS, ALL = Shown.NOTHING, Shown.FACTORS, Shown.ALL
READ = Status.READ.value


def row(value: int | None, status: Status, meaning: Meaning | None = None) -> Answer:
    return Answer(CONSENT, value, status, (), 0.5, None, meaning)


@pytest.mark.parametrize(
    ("audience", "by_consent"),
    [
        (Audience.RESEARCH, (ALL, ALL, ALL)),
        (Audience.TEAM, (FACTORS, FACTORS, NOTHING)),
        (Audience.OFFICER, (ALL, FACTORS, NOTHING)),
        (Audience.ADMINISTRATOR, (ALL, ALL, ALL)),
    ],
)
def test_each_reader_sees_what_the_client_allowed(
    audience: Audience, by_consent: tuple[Shown, ...]
) -> None:
    seen = tuple(shown_to(audience, Role.CLIENT, Said(one, READ)) for one in Consent)
    assert seen == by_consent


def test_nobody_sees_more_when_the_client_allows_less() -> None:
    for audience, sealed in product(Audience, Seal):
        seen = [shown_to(audience, Role.CLIENT, Said(c, READ), sealed=sealed) for c in Consent]
        assert seen == sorted(seen, reverse=True), audience


@pytest.mark.parametrize("audience", [Audience.TEAM, Audience.OFFICER, Audience.ADMINISTRATOR])
@pytest.mark.parametrize("consent", Consent)
def test_a_sealed_study_shows_clients_forms_to_research_alone(
    audience: Audience, consent: Consent
) -> None:
    said_so = Said(consent, READ)
    assert shown_to(audience, Role.CLIENT, said_so, sealed=Seal.CLOSED) is NOTHING
    assert shown_to(Audience.RESEARCH, Role.CLIENT, said_so, sealed=Seal.CLOSED) is NOTHING
    assert shown_to(Audience.RESEARCH, Role.CLIENT, said_so, sealed=Seal.OPENED) is ALL


def test_with_the_research_key_only_officers_and_teams_still_see_nothing() -> None:
    everything = Said(Consent.ALL, READ)
    seen = [shown_to(one, Role.CLIENT, everything, sealed=Seal.OPENED) for one in Audience]
    assert seen == [ALL, NOTHING, NOTHING, ALL]


@pytest.mark.parametrize("audience", Audience)
def test_the_professionals_own_form_is_not_the_clients_to_withhold(audience: Audience) -> None:
    assert shown_to(audience, Role.PROFESSIONAL, UNASKED) is ALL
    assert shown_to(audience, Role.PROFESSIONAL, UNASKED, sealed=Seal.CLOSED) is ALL


@pytest.mark.parametrize(
    ("answer", "asked", "how"),
    [
        (row(None, Status.BLANK, Meaning.BLANK), True, "blank"),
        (row(None, Status.DOUBT), True, "doubt"),
        (row(None, Status.SETTLED, Meaning.SEVERAL), True, "settled"),
        (row(None, Status.SETTLED, Meaning.UNREADABLE), True, "settled"),
        (None, True, PAGE_MISSING),
        (None, False, NOT_ASKED),
    ],
)
def test_what_is_not_surely_said_means_nothing(
    answer: Answer | None, asked: bool, how: str
) -> None:
    assert said(answer, asked=asked) == Said(Consent.NOTHING, how)
    assert how in CONSENT_STATUSES


def test_a_marked_bubble_means_what_stands_beside_it() -> None:
    for value, consent in CONSENT_VALUES.items():
        answer = row(value, Status.CORRECTED, Meaning.VALUE)
        assert said(answer, asked=True) == Said(consent, "corrected")


def test_a_withheld_score_says_neither_its_value_nor_how_much_was_answered() -> None:
    score = FactorScore(FactorId("trust"), 3.4, 5, 5, ScoreState.SCORED)
    assert score_as_shown(score, ALL) == score_as_shown(score, FACTORS) == score
    hidden = score_as_shown(score, NOTHING)
    assert (hidden.score, hidden.answered, hidden.state) == (None, 0, ScoreState.WITHHELD)


def test_a_withheld_answer_has_the_missing_code_for_it_and_hides_why_else_it_is_missing() -> None:
    for answer in (row(3, Status.READ, Meaning.VALUE), row(None, Status.BLANK, Meaning.BLANK)):
        assert missing_code(answer, FACTORS) is missing_code(answer, NOTHING) is Missing.WITHHELD
    assert missing_code(row(3, Status.READ, Meaning.VALUE), ALL) is None
