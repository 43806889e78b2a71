"""The row that asks what the professional may see: printed, read, settled, counted nowhere."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from layouts.geometry import A4, BOTH_SAFE, LETTER, Paper
from layouts.model import CONSENT, CONSENT_VALUES, Consent, Layout, PageLayout, Role
from scan.markup import marked_page
from scan.results import ItemReading, PageRead, PageRefused, Status
from tests.desk import ALL, Desk
from tests.instruments import PHRASES, invented, reworded
from tests.mini_definition import SHARED, written
from tests.paper import PrintedForm, cross, fill, printed
from tests.small_study import Office, office
from wamforms.compose import compose, compose_master
from wamforms.definition_files import load_instrument, load_instruments
from wamforms.instrument import CONSENT_PHRASES, Instrument

ANSWERS = {f"q{number:02d}": number % 5 + 1 for number in range(1, 20)}
SHIPPED = list(load_instruments().values())


def form(*, right_to_left: bool = False) -> PrintedForm:
    return printed(19, remarks=True, consent=True, right_to_left=right_to_left)


def read(sheet: PrintedForm, marks: dict[str, int]) -> PageRead:
    outcome = sheet.read(sheet.crossed(marks))
    assert isinstance(outcome, PageRead), outcome
    return outcome


def said(outcome: PageRead) -> ItemReading:
    assert outcome.consent is not None
    return outcome.consent


def only_page(layout: Layout) -> PageLayout:
    (page,) = layout.pages
    return page


# On paper.


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda one: one.domain)
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("paper", [A4, LETTER, BOTH_SAFE], ids=lambda one: one.name)
def test_clients_of_every_domain_are_asked_on_the_one_side_of_their_form(
    instrument: Instrument, language: str, paper: Paper
) -> None:
    page = only_page(compose(instrument, Role.CLIENT, language, paper).layout)
    assert page.consent is not None
    assert page.consent.item == CONSENT
    assert tuple(one.value for one in page.consent.bubbles) == tuple(CONSENT_VALUES)
    assert len(page.groups) == len(instrument.items), "the row is none of the items"
    theirs = only_page(compose(instrument, Role.PROFESSIONAL, language, paper).layout)
    assert theirs.consent is None


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda one: one.domain)
def test_a_photocopy_master_asks_too_and_stays_one_side(instrument: Instrument) -> None:
    page = only_page(compose_master(instrument, Role.CLIENT, "nl", A4, 3).layout)
    assert page.consent is not None
    assert page.written is not None
    assert page.consent.bubbles[0].centre.y_mm < page.written.box.top_mm


def test_the_row_stands_under_everything_else_that_is_filled_in() -> None:
    page = only_page(form().layout)
    assert page.consent is not None
    level = page.consent.bubbles[0].centre.y_mm
    assert level > max(one.box.bottom_mm for one in page.regions)
    assert level > max(group.bubbles[0].centre.y_mm for group in page.groups)


def test_only_the_last_page_asks() -> None:
    made = compose(invented(40, consent=True), Role.CLIENT, "en", A4)
    assert [page.consent is not None for page in made.layout.pages] == [False, True]


def test_how_many_factors_there_are_comes_from_the_definition(tmp_path: Path) -> None:
    phrases = {
        "consent": "My {worker} sees:",
        "consent_blank": "no mark: nothing",
        "consent_all": "all",
        "consent_factors": "the {factors} scores",
        "consent_nothing": "nothing",
    }
    lines = "".join(f'{name} = "{text}"\n' for name, text in phrases.items())
    text = SHARED.replace('ruler = "50 mm"', f'ruler = "50 mm"\n{lines}', 1)
    text = text.replace('shape = "', 'consent = true\nshape = "', 1)
    wording = load_instrument("lab", written(tmp_path, text)).wordings[Role.CLIENT, "en"]
    assert wording.phrases["consent"] == "My tester sees:"
    assert wording.phrases["consent_factors"] == "the 2 scores"


def test_a_definition_without_the_row_prints_the_form_as_before() -> None:
    without = replace(SHIPPED[0], consent=False)
    assert only_page(compose(without, Role.CLIENT, "nl", A4).layout).consent is None
    # Its sentences are then no part of the form, even where a language still has them.
    bare = reworded(invented(), phrases={k: v for k, v in PHRASES.items() if "consent" not in k})
    layouts = [compose(made, Role.CLIENT, "en", A4).layout for made in (invented(), bare)]
    assert layouts[0] == layouts[1]


@pytest.mark.parametrize("name", CONSENT_PHRASES)
def test_a_sentence_too_long_for_the_row_is_named(name: str) -> None:
    made = reworded(invented(consent=True), phrases={**PHRASES, name: "much too long a text " * 6})
    with pytest.raises(Exception, match=f"phrases.{name}: does not fit"):
        compose(made, Role.CLIENT, "en", A4)


# Read.


@pytest.mark.parametrize("right_to_left", [False, True])
@pytest.mark.parametrize("value", CONSENT_VALUES)
def test_a_cross_in_the_row_is_read_and_changes_no_item(value: int, right_to_left: bool) -> None:
    sheet = form(right_to_left=right_to_left)
    with_it, without = read(sheet, {**ANSWERS, CONSENT: value}), read(sheet, ANSWERS)
    assert (said(with_it).status, said(with_it).value) == (Status.READ, value)
    assert with_it.items == without.items
    assert with_it.remarks == without.remarks == ()
    assert said(without).status is Status.BLANK


def test_a_correction_in_the_row_is_understood() -> None:
    sheet = form()
    picture = sheet.crossed({**ANSWERS, CONSENT: 3})
    fill(picture, sheet.bubble(CONSENT, 1), 200.0)
    outcome = sheet.read(picture)
    assert isinstance(outcome, PageRead)
    assert (said(outcome).status, said(outcome).value) == (Status.CORRECTED, 3)


def test_two_crosses_in_the_row_are_for_a_person() -> None:
    sheet = form()
    picture = sheet.crossed({**ANSWERS, CONSENT: 1})
    cross(picture, sheet.bubble(CONSENT, 3), 200.0)
    outcome = sheet.read(picture)
    assert isinstance(outcome, PageRead)
    assert (said(outcome).status, said(outcome).value) == (Status.DOUBT, None)
    assert {item.status for item in outcome.items} == {Status.READ}


@pytest.mark.parametrize("value", CONSENT_VALUES)
def test_a_streak_through_the_row_gives_nothing_away(value: int) -> None:
    sheet = form()
    picture = sheet.crossed(ANSWERS)
    column = round(sheet.bubble(CONSENT, value).centre.x_mm * 200 / 25.4)
    cv2.line(picture, (column, 0), (column, picture.shape[0] - 1), 60, 2)
    outcome = sheet.read(picture)
    if value == 3:  # There it runs through a column of answers, too.
        assert isinstance(outcome, PageRefused)
        return
    assert isinstance(outcome, PageRead)
    assert (said(outcome).status, said(outcome).value) == (Status.DOUBT, None)


def test_a_row_that_is_torn_off_is_for_a_person() -> None:
    sheet = form()
    picture = sheet.crossed({**ANSWERS, CONSENT: 1})
    row = sheet.bubble(CONSENT, 1).centre.y_mm
    top, bottom = round((row - 4) * 200 / 25.4), round((row + 4) * 200 / 25.4)
    picture[top:bottom, 400:1500] = 255
    outcome = sheet.read(picture)
    assert isinstance(outcome, PageRead)
    assert (said(outcome).status, said(outcome).value) == (Status.DOUBT, None)


# In a study.


def scan(mine: Office, *marks: dict[str, int]) -> None:
    pages = [mine.page(number, {**ALL, **more}) for number, more in enumerate(marks)]
    mine.scan(mine.pdf("stack.pdf", *pages))


def test_the_consent_of_a_client_stands_in_the_table_of_forms_and_nowhere_among_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mine, desk = office(tmp_path), Desk(tmp_path, capsys)
    scan(mine, {CONSENT: 2}, {})
    assert desk("export", "study", "tables").code == 0
    forms = (tmp_path / "tables" / "forms.csv").read_text().splitlines()
    names = forms[0].split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in forms[1:]]
    client, professional = sorted(rows, key=lambda row: row["role"])
    assert (client["consent"], client["consent_status"]) == (Consent.FACTORS, "read")
    assert (professional["consent"], professional["consent_status"]) == ("", "")
    assert client["read"] == "19", "the row is no item"
    for name in ("answers_long.csv", "dyads_wide.csv", "factor_scores.csv", "quality.csv"):
        assert CONSENT not in (tmp_path / "tables" / name).read_text()


def test_a_doubtful_consent_waits_in_settle_and_can_be_changed_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mine, desk = office(tmp_path), Desk(tmp_path, capsys)
    sheet = mine.page(0, {**ALL, CONSENT: 1})
    first = next(page for run in mine.runs for page in run.pages if page.kind == "form")
    row = only_page(mine.layouts[first.fingerprint or ""]).consent
    assert row is not None
    cross(sheet, row.bubbles[2], 200.0)
    mine.scan(mine.pdf("stack.pdf", sheet))
    (waiting,) = desk("settle", "study", "--list", "--json").json
    assert (waiting["kind"], waiting["item"]) == ("item", CONSENT)
    name = f"{waiting['dyad']}/client/1/consent"
    for answer in ("several", "3"):
        done = desk("settle", "study", "--by", "AB", "--decide", f"{name}={answer}", "--json")
        assert (done.code, done.json) == (0, []), "a person may change it, and nothing waits"
    refused = desk("settle", "study", "--by", "AB", "--decide", f"{name}=5")
    assert "choose one of 1, 2, 3" in refused.sentence


def test_two_scans_that_differ_in_consent_are_a_conflict(tmp_path: Path) -> None:
    mine = office(tmp_path)
    first, second = ({**ALL, CONSENT: value} for value in (1, 3))
    mine.scan(mine.pdf("one.pdf", mine.page(0, first)))
    report = mine.scan(mine.pdf("two.pdf", mine.page(0, second, seed=1)))
    assert [line.became for line in report.pages] == ["conflict"]


def test_the_label_of_the_row_on_a_marked_page_stands_beside_its_words() -> None:
    sheet = form()
    picture = sheet.crossed({**ANSWERS, CONSENT: 1})
    outcome = sheet.read(picture)
    assert isinstance(outcome, PageRead)
    page = only_page(sheet.layout)
    marked = cv2.imdecode(np.frombuffer(marked_page(picture, outcome, page), np.uint8), 1)
    assert page.consent is not None
    assert marked is not None
    first, *_, last = page.consent.bubbles
    per_mm = outcome.fit.dpi / 25.4
    top, bottom = (round((first.centre.y_mm + mm) * per_mm) for mm in (-2.0, 2.0))
    coloured = np.ptp(marked[top:bottom].astype(np.int16), axis=2).max(axis=0) > 60
    inked_mm = np.flatnonzero(coloured) / per_mm
    assert inked_mm.min() < first.centre.x_mm - 1.5 * first.radius_mm
    assert inked_mm.max() < last.centre.x_mm
