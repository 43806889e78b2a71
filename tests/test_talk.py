"""Talk sheets: one page for two people, with nothing on it that the client withheld."""

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest

from bench.simulated_study import dyad_codes
from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import ExitCode
from layouts.model import CONSENT, Consent, DyadCode, Fingerprint, Role
from output.consent import Said as ConsentSaid
from output.consent import shown_to
from output.sheets import FormStanding, PageOfSheet, Sheet
from output.talk_precision import Precision, learn
from output.talk_sheet import Apart, Moment, Size, TalkSheet
from output.talk_words import EN, NL, WORDS, closest, furthest, movement, questions, when
from records.log import Action
from records.settings import Settings
from records.stamps import program
from records.study import create_study, open_study
from scan.adjudicate import Answer, Meaning
from scan.filled_on import FilledOn
from scan.results import CodeRoute, Doubt, Status
from tests.desk import ALL, Desk
from tests.small_study import office
from wamforms.definition_files import load_instrument
from wamforms.instrument import FactorId
from wamforms.tasks import talking
from wamforms.tasks.talk_page import talk_pages
from wamforms.tasks.talking import Held, Talked, TalkOrder, make_talk_sheets

PROBATION = load_instrument("probation")
DYAD = parse_dyad_code("K7Q4-2M9Y")
CODE = shown(DYAD)
CODES = dyad_codes(40)
C, P = Role.CLIENT, Role.PROFESSIONAL
SETTINGS = Settings("Talk", "nl", "a4", ("probation",), ("start", "+6 months"))

Levels = Mapping[str, int | None]
"""What somebody means in each factor, keys turned; None leaves all of it open."""

HIGH: Levels = {"trust": 4, "bond": 4, "goals": 5, "reactance": 2}
LOW: Levels = {"trust": 4, "bond": 3, "goals": 2, "reactance": 1}


def allowed(value: Consent, how: str = Status.READ.value) -> ConsentSaid:
    return ConsentSaid(value, how)


def form(
    role: Role,
    levels: Levels,
    *,
    wave: int = 1,
    dyad: DyadCode = DYAD,
    officer: str = "B12",
    day: str | None = None,
    consent: ConsentSaid | None = None,
    **page: Any,  # noqa: ANN401 - whichever fields of a page
) -> Sheet:
    """Fill in a form."""
    answers = []
    for item in PROBATION.items:
        level = levels[item.factor]
        value = None if level is None else PROBATION.scale.keyed(level, item.key)
        status = Status.BLANK if value is None else Status.READ
        meaning = Meaning.BLANK if value is None else Meaning.VALUE
        answers.append(Answer(item.id, value, status, (), 0.4, None, meaning))
    first = PageOfSheet(
        1, "a.pdf#1", 1, FormStanding.FIRST, (), 1.0, 0.1, next(iter(CodeRoute)), tuple(answers)
    )
    return Sheet(
        dyad=dyad,
        domain="probation",
        role=role,
        wave=wave,
        language="nl",
        version="0.1",
        fingerprint=Fingerprint("0" * 10),
        officer=officer,
        pages=(replace(first, **page),),
        pages_printed=1,
        not_printed=(),
        filled_on=FilledOn(day, Status.READ) if day else None,
        consent=consent or allowed(Consent.ALL),
    )


def doubtful(sheet: Sheet) -> Sheet:
    page = sheet.pages[0]
    answer = replace(
        page.answers[0], value=None, status=Status.DOUBT, doubts=(next(iter(Doubt)),), meaning=None
    )
    return replace(sheet, pages=(replace(page, answers=(answer, *page.answers[1:])),))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    create_study(tmp_path / "study", SETTINGS).close()
    return tmp_path / "study"


def talked(
    study: Path,
    monkeypatch: pytest.MonkeyPatch,
    *sheets: Sheet,
    **order: Any,  # noqa: ANN401 - whichever fields of an order
) -> tuple[Talked, str]:
    """Make the sheets of these forms; returns what was made and the text of its pages."""
    monkeypatch.setattr(talking, "sheets_of", lambda *_: sheets)
    pdf = study.parent / "talk.pdf"
    with open_study(study) as opened:
        done = make_talk_sheets(opened, replace(TalkOrder(pdf), **order))
    return done, text_of(pdf) if done.pdf else ""


def text_of(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [
            document[number].get_textpage().get_text_range() for number in range(len(document))
        ]
    return re.sub(r"\s+", " ", "\n".join(pages))


def made(monkeypatch: pytest.MonkeyPatch, study: Path, *sheets: Sheet) -> TalkSheet:
    """Make one sheet and return what it says before it is set."""
    kept: list[TalkSheet] = []

    def pages(pairs: list[tuple[TalkSheet, object]]) -> bytes:
        kept.extend(one for one, _ in pairs)
        return b"%PDF"

    monkeypatch.setattr(talking, "sheets_of", lambda *_: sheets)
    monkeypatch.setattr(talking, "talk_pages", pages)
    with open_study(study) as opened:
        make_talk_sheets(opened, TalkOrder(study.parent / "talk.pdf"))
    return kept[0]


# What the two see.


def test_the_sheet_names_the_closest_first_and_the_furthest_second(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = made(monkeypatch, study, form(C, HIGH), form(P, LOW))
    assert one.closest is not None
    assert one.furthest is not None
    assert (one.closest.factor, one.furthest.factor) == ("trust", "goals")
    assert closest(one, EN) == "Vertrouwen: your answers are much alike."
    assert "the client sees clearly more of it than the professional" in furthest(one, EN)
    near, far, help_ = questions(one, NL)
    assert "Vertrouwen" in near
    assert "Richting/Kaders" in far
    assert help_ == NL.ask_help


def test_the_fourth_factor_is_never_held_against_its_counterpart(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = {name: 3 for name in HIGH}
    one = made(monkeypatch, study, form(C, same), form(P, {**same, "reactance": 5}))
    fourth = one.rows[-1]
    assert not fourth.is_one_construct
    assert fourth.between is None
    assert fourth.is_weak
    assert one.furthest is not None
    assert one.furthest.factor != "reactance"


def test_the_page_has_both_sides_the_cautions_and_room_to_write(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, text = talked(
        study, monkeypatch, form(C, HIGH, day="2026-09-14"), form(P, LOW, day="2026-09-16")
    )
    assert done.sheets == (CODE,)
    for said in (
        *(NL.title, CODE, NL.both, "start · 16 september 2026", NL.two_constructs, NL.weak),
        *(NL.closest_head, NL.furthest_head, NL.no_fault, NL.talk_head, NL.agree, NL.again),
        *("C: Stroefheid", "P: Energie- en regieverlies", NL.placeholder, "Vertrouwelijk."),
    ):
        assert said in text
    assert NL.since.format(when="") not in text


def test_there_is_no_number_on_the_sheet_but_dates_and_questions(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, text = talked(study, monkeypatch, form(C, HIGH), form(P, LOW))
    rest = text.replace(CODE, "").replace(f"wamforms {program()}", "")
    assert sorted(re.findall(r"\d+", rest)) == ["1", "2", "3"]


def test_every_language_says_everything_and_asks_as_much() -> None:
    for words in WORDS.values():
        assert len(words.months) == 12
        assert set(words.closest) == set(words.furthest) == set(Size)
        assert set(words.moved) == {(size, more) for size in Size for more in (True, False)}
        assert all("{factor}" in one for one in (*words.closest.values(), words.ask_furthest))


# What the client withheld.


@pytest.mark.parametrize(
    "consent",
    [
        allowed(Consent.NOTHING),
        allowed(Consent.NOTHING, Status.BLANK.value),
        ConsentSaid(Consent.NOTHING, "not asked"),
    ],
)
def test_without_consent_the_sheet_has_the_professionals_side_alone(
    study: Path, monkeypatch: pytest.MonkeyPatch, consent: ConsentSaid
) -> None:
    done, text = talked(study, monkeypatch, form(C, HIGH, consent=consent), form(P, LOW))
    assert done.sheets == (CODE,)
    assert NL.withheld in text
    assert NL.one in text
    for word in ("Stroefheid", NL.closest_head, NL.furthest_head, NL.two_constructs):
        assert word not in text
    _, other = talked(study, monkeypatch, form(C, LOW, consent=consent), form(P, LOW))
    assert other == text


def test_a_withheld_form_gives_the_same_sheet_whatever_is_on_it(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = allowed(Consent.NOTHING)
    one = form(C, HIGH, consent=nothing)
    pages = []
    for client in (one, form(C, LOW, consent=nothing), doubtful(one)):
        done, _ = talked(study, monkeypatch, client, form(P, LOW))
        assert done.held == ()
        pages.append((study.parent / "talk.pdf").read_bytes())
    assert pages[0] == pages[1] == pages[2]


def test_factor_scores_are_enough_for_both_sides(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = form(C, HIGH, consent=allowed(Consent.FACTORS))
    one = made(monkeypatch, study, client, form(P, LOW))
    assert one.sides == (C, P)


def test_an_earlier_form_is_shown_only_if_it_was_allowed_itself(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = form(C, LOW, consent=allowed(Consent.NOTHING), day="2026-03-12")
    forms = (before, form(P, LOW), form(C, HIGH, wave=2), form(P, LOW, wave=2))
    one = made(monkeypatch, study, *forms)
    trust = one.rows[0]
    assert trust.marks[C].before is None
    assert trust.marks[P].before is not None
    allowed_before = replace(before, consent=allowed(Consent.FACTORS))
    again = made(monkeypatch, study, allowed_before, *forms[1:])
    assert again.rows[0].marks[C].before is not None
    assert again.before == Moment("start", "2026-03-12")


def test_the_sheet_asks_the_one_place_that_decides(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def decides(audience: object, role: Role, *rest: object, **more: object) -> object:
        asked.append(str(audience))
        return shown_to(audience, role, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(talking, "shown_to", decides)
    made(monkeypatch, study, form(C, HIGH), form(P, LOW))
    assert set(asked) == {"officer"}


# What moved.


def test_a_change_is_worded_with_how_sure_it_is() -> None:
    assert movement(Apart(0.3, True), EN) == "about the same"
    assert movement(Apart(0.6, False), EN) == "a bit more; could be chance"
    assert movement(Apart(-1.2, True), NL) == "duidelijk minder; meer dan toeval"
    assert movement(None, NL) == "niet bekend"
    sizes = [Apart(steps, False).size for steps in (0.0, 0.49, 0.5, 1.0, 1.01, 4.0)]
    assert sizes == [Size.ALIKE, Size.ALIKE, Size.SOME, Size.SOME, Size.FAR, Size.FAR]
    assert all(one <= two for one, two in pairwise(sizes))


def test_moments_are_named_as_people_do() -> None:
    dated = Moment("start", "2026-03-02")
    assert when(dated, EN) == "March 2026"
    assert when(dated, NL, with_day=True) == "2 maart 2026"
    assert when(Moment("start", None), NL) == "meting ‘start’"


def test_with_few_forms_every_change_could_be_chance_and_the_sheet_says_why(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = (form(C, LOW), form(P, LOW), form(C, HIGH, wave=2), form(P, LOW, wave=2))
    done, text = talked(study, monkeypatch, *forms)
    assert done.sheets == (CODE,)
    assert NL.no_precision in text
    assert "duidelijk meer; kan toeval zijn" in text
    assert NL.not_chance not in text


def test_with_many_forms_a_large_change_is_more_than_chance(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    many = []
    for number in range(40):
        code = parse_dyad_code(CODES[number])
        level = int(rng.integers(2, 5))
        sheet = form(C, dict.fromkeys(HIGH, level), dyad=code)
        page = sheet.pages[0]
        noisy = tuple(
            replace(one, value=int(np.clip((one.value or 3) + rng.integers(-1, 2), 1, 5)))
            for one in page.answers
        )
        many.append(replace(sheet, pages=(replace(page, answers=noisy),)))
    known = learn(many, {"probation": PROBATION})
    trust = known["probation", C, 1, FactorId("trust")]
    assert 0.6 < trust.alpha < 0.95
    forms = (form(C, LOW), form(P, LOW), form(C, {**LOW, "goals": 5}, wave=2), form(P, LOW, wave=2))
    _, text = talked(study, monkeypatch, *many, *forms, dyad=DYAD)
    assert "duidelijk meer; meer dan toeval" in text
    assert NL.precision in text


def test_precision_is_that_of_jacobson_and_truax_and_needs_thirty_forms() -> None:
    one = Precision(alpha=0.84, spread=0.5)
    assert one.error == pytest.approx(0.2)
    edge = 1.96 * 0.5 * np.sqrt(2) * np.sqrt(1 - 0.84)
    assert one.is_beyond_change(edge + 1e-9)
    assert not one.is_beyond_change(-edge + 1e-9)
    few = [form(C, HIGH, dyad=parse_dyad_code(code)) for code in CODES[:29]]
    assert learn(few, {"probation": PROBATION}) == {}


def test_another_professionals_earlier_answers_are_not_compared(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = (
        *(form(C, LOW, officer="A1"), form(P, HIGH, officer="A1")),
        *(form(C, HIGH, wave=2), form(P, LOW, wave=2)),
    )
    _, text = talked(study, monkeypatch, *forms)
    assert NL.other_professional in text
    assert "P: " not in text.partition("Sinds")[2].partition(NL.talk_head)[0]


# Who gets one.


def test_sheets_come_officer_by_officer_and_whoever_waits_is_named(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [parse_dyad_code(code) for code in CODES[:5]]
    forms = [
        *(form(C, HIGH, dyad=codes[0], officer="B"), form(P, LOW, dyad=codes[0], officer="B")),
        *(form(C, HIGH, dyad=codes[1], officer="A"), form(P, LOW, dyad=codes[1], officer="A")),
        form(P, LOW, dyad=codes[2]),
        form(C, HIGH, dyad=codes[3]),
        *(doubtful(form(C, HIGH, dyad=codes[4])), form(P, LOW, dyad=codes[4])),
    ]
    done, text = talked(study, monkeypatch, *forms)
    assert done.sheets == (shown(codes[1]), shown(codes[0]))
    assert {one.dyad: one.why for one in done.held} == {
        shown(codes[2]): Held.NO_CLIENT,
        shown(codes[3]): Held.NO_PROFESSIONAL,
        shown(codes[4]): Held.WAITS,
    }
    assert text.count(NL.title) == 2
    one, _ = talked(study, monkeypatch, *forms, officer="a")
    assert one.sheets == (shown(codes[1]),)


def test_a_page_that_is_missing_or_disputed_makes_no_sheet(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = form(P, LOW)
    for client, why in (
        (replace(form(C, HIGH), pages_printed=2), Held.NO_CLIENT),
        (form(C, HIGH, standing=FormStanding.CONFLICT), Held.WAITS),
        (form(C, HIGH, consent=allowed(Consent.NOTHING, Status.DOUBT.value)), Held.WAITS),
    ):
        done, _ = talked(study, monkeypatch, client, whole)
        assert (done.pdf, [one.why for one in done.held]) == (None, [why])


def test_the_same_forms_give_the_same_bytes_and_the_log_knows_no_code(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    for _ in range(2):
        talked(study, monkeypatch, form(C, HIGH), form(P, LOW))
        pages.append((study.parent / "talk.pdf").read_bytes())
    assert pages[0] == pages[1]
    with open_study(study) as opened:
        events = list(opened.store.log.events(Action.EXPORTED))
    assert len(events) == 2
    assert not any(CODE in one.detail or DYAD in one.detail for one in events)


def test_talk_says_what_to_do_when_nothing_fits_and_gives_json(
    study: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(tmp_path, capsys)
    none = desk("talk", study, CODE)
    assert none.code == ExitCode.USAGE
    assert "no scanned form fits" in none.sentence
    forms = (form(C, HIGH), form(P, LOW), form(P, LOW, dyad=parse_dyad_code(CODES[0])))
    monkeypatch.setattr(talking, "sheets_of", lambda *_: forms)
    done = desk("talk", study, "--pdf", tmp_path / "x.pdf", "--language", "en", "--json")
    assert done.code == ExitCode.CHECKS_FAILED
    assert done.json["sheets"] == [CODE]
    assert done.json["held"][0]["why"] == "the client's form is not in"
    assert EN.both in text_of(tmp_path / "x.pdf")


def test_a_name_too_long_for_its_place_still_leaves_one_page(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = made(monkeypatch, study, form(C, {**HIGH, "bond": None}), form(P, LOW))
    long = {C: "A factor with a remarkably long name", P: "Another quite remarkably long name"}
    rows = tuple(replace(row, names=long) for row in one.rows)
    pdf = talk_pages([(replace(one, rows=rows), EN)])
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        said = document[0].get_textpage().get_text_range()
    assert "C: too few answers" in said


# From paper.


@pytest.mark.parametrize(("mark", "is_both"), [(2, True), (3, False)])
def test_the_mark_on_the_clients_paper_decides_what_is_on_the_sheet(
    tmp_path: Path, mark: int, is_both: bool
) -> None:
    desk = office(tmp_path)
    desk.scan(desk.pdf("in.pdf", desk.page(0, {**ALL, CONSENT: mark}), desk.page(1)))
    with desk.open() as study:
        done = make_talk_sheets(study, TalkOrder(tmp_path / "talk.pdf"))
    assert len(done.sheets) == 1, done
    text = text_of(tmp_path / "talk.pdf")
    assert (NL.both in text or EN.both in text) == is_both
    assert (NL.withheld in text or EN.withheld in text) != is_both
