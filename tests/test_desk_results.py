"""Results: factor tables and profiles, and the way back from any value to the paper."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from layouts.model import Consent, ItemId, Role
from output.consent import CONSENT_STATUSES, Audience
from output.scoring import ScoreState
from records import rows
from records.entries import StoredPage
from records.log import Action
from records.settings import Settings
from records.study import create_study
from scan.adjudicate import Meaning, Standing
from scan.results import CodeRoute, Doubt, Mark, Note, Status
from tests.desk import ALL
from tests.desk_pages import Visitor, at_the_desk
from tests.small_study import Office, office
from wamforms.desk.charts import MARGIN, WIDTH, chart
from wamforms.desk.terms import TERMS
from wamforms.tasks.profiles import profile_of
from wamforms.tasks.results import Mean, Wanted, results_of
from wamforms.tasks.tracing import Asked, trace, trace_score


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The first dyad whole at both waves, of the second dyad the client's first form only."""
    study = office(tmp_path_factory.mktemp("results"))
    answers = [ALL, {**ALL, "q01": 5}, {key: one for key, one in ALL.items() if key != "q03"}]
    pages = [study.page(number, one) for number, one in enumerate(answers)]
    study.scan(study.pdf("first.pdf", *pages))
    study.scan(study.pdf("second.pdf", study.page(4), study.page(5)))
    return study


@pytest.fixture(scope="module")
def visitor(filled: Office) -> Iterator[Visitor]:
    with at_the_desk(filled.folder) as found:
        yield found


def codes(study: Office) -> list[str]:
    return [str(page.dyad) for page in study.runs[0].pages if page.role == "client"]


def test_a_study_without_a_scan_says_that_results_come_later(tmp_path: Path) -> None:
    create_study(
        tmp_path / "study", Settings("Empty", "nl", "a4", ("probation",), ("start",))
    ).close()
    with at_the_desk(tmp_path / "study") as visitor:
        assert "Nothing has been read yet" in visitor.text("/results")


def test_the_last_wave_is_shown_first_and_any_other_on_demand(visitor: Visitor) -> None:
    assert "+6 months, probation" in visitor.text("/results")
    page = visitor.text("/results?group=probation/1")
    assert "start, probation" in page
    assert visitor.get("/results?group=probation/3").status_code == 409
    assert visitor.get("/results?group=%3Cb%3E/1").status_code == 409


def test_a_page_of_results_reads_only_the_wave_that_it_shows(
    filled: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse, parsed = rows.page, Counter[str]()

    def counted(row: rows.Row) -> StoredPage:
        parsed["pages"] += 1
        return parse(row)

    monkeypatch.setattr(rows, "page", counted)
    with filled.open() as study:
        found = results_of(study, Wanted(wave=2))
    assert parsed["pages"] == 2
    assert [(one.wave, one.dyads) for one in found.groups] == [(1, 2), (2, 1)]


def test_means_are_over_dyads_and_differences_over_pairs(filled: Office) -> None:
    with filled.open() as study:
        found = results_of(study, Wanted(wave=1))
    trust = found.factors[0]
    lines = [one.factors[0] for one in found.dyads]
    clients = [one.scores[Role.CLIENT].score for one in lines if Role.CLIENT in one.scores]
    assert trust.means[Role.CLIENT] == Mean.of(clients)
    assert trust.means[Role.CLIENT].count == 2
    assert trust.means[Role.PROFESSIONAL].count == 1
    assert trust.difference.count == 1
    (pair,) = [one for one in lines if one.difference is not None]
    assert pair.difference is not None
    assert trust.difference.value == pytest.approx(pair.difference)


def test_only_one_officers_dyads_are_shown_when_asked(visitor: Visitor, filled: Office) -> None:
    first, second = codes(filled)
    page = visitor.text("/results?group=probation/1&officer=A")
    assert first in page
    assert second not in page


def test_a_profile_shows_every_wave_and_answer_with_a_way_to_its_picture(
    visitor: Visitor, filled: Office
) -> None:
    code = codes(filled)[0]
    page = visitor.text(f"/results/{code}")
    assert page.index('id="wave-2"') < page.index('id="wave-1"'), "the latest first"
    links = re.findall(r'href="(/value/[^"]+)"', page)
    assert len(links) >= 4 * 19
    for link in (links[0], links[-1]):
        assert visitor.get(link).status_code == 200


def test_a_code_that_is_none_or_nobodys_is_said_in_a_sentence(visitor: Visitor) -> None:
    assert visitor.get("/results/XXXX").status_code == 409
    assert visitor.get("/find?code=XXXX").headers["location"] == "/results/XXXX"


def test_what_a_client_withholds_from_the_professional_is_not_on_the_page(
    visitor: Visitor, filled: Office
) -> None:
    code = codes(filled)[0]
    alone = visitor.text(f"/results/{code}")
    along = visitor.text(f"/results/{code}?for=officer")
    assert f"/value/{code}/client/1/q01" in alone
    assert f"/value/{code}/client/" not in along
    assert f"/value/{code}/professional/1/q01" in along, "the professional's own is not withheld"
    assert "withheld by consent" in along
    with filled.open() as study:
        (chosen,) = [
            one
            for one in results_of(study, Wanted(wave=1, audience=Audience.TEAM)).dyads
            if one.dyad == code
        ]
    for line in chosen.factors:
        assert line.scores[Role.CLIENT].score is None
        assert line.difference is None, "it would tell the client's side"


def test_somebody_without_a_form_has_no_score_and_no_page(filled: Office) -> None:
    with filled.open() as study:
        assert profile_of(study, codes(filled)[1], "nl", Audience.ADMINISTRATOR) is not None
        found = results_of(study, Wanted(wave=1))
    (second,) = [one for one in found.dyads if one.dyad == codes(filled)[1]]
    assert Role.PROFESSIONAL not in second.factors[0].scores


def test_a_value_leads_to_row_page_measures_and_decisions(visitor: Visitor, filled: Office) -> None:
    code = codes(filled)[0]
    page = visitor.text(f"/value/{code}/client/1/q01")
    assert "Nobody had to decide" in page
    assert "first.pdf#1" in page
    (row,) = re.findall(r'src="(/page/\d+/row/q01)"', page)
    picture = visitor.get(row)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "no-store"
    assert picture.content.startswith(b"\x89PNG")
    (whole,) = set(re.findall(r'href="(/page/\d+)"', page))
    assert f"/value/{code}/client/1/q19" in visitor.text(whole)
    assert visitor.get(f"{whole}/picture").content.startswith(b"\x89PNG")


def test_each_picture_that_is_looked_at_is_logged_with_who_did(
    visitor: Visitor, filled: Office
) -> None:
    def views() -> list[tuple[str, str]]:
        with filled.open() as study:
            return [(one.object, one.actor) for one in study.store.log.events(Action.VIEWED)]

    code = codes(filled)[0]
    (row,) = re.findall(r'src="(/page/\d+/row/q05)"', visitor.text(f"/value/{code}/client/1/q05"))
    before = views()
    visitor.get(row)
    visitor.get(row.partition("/row")[0] + "/picture")
    number = row.split("/")[2]
    assert views()[len(before) :] == [(f"page {number}", "AB")] * 2


def test_nobody_sees_a_picture_without_saying_who(filled: Office) -> None:
    code = codes(filled)[0]
    with at_the_desk(filled.folder, by="") as visitor:
        for path in (
            f"/value/{code}/client/1/q01",
            "/page/1",
            "/page/1/picture",
            "/page/1/row/q01",
        ):
            answer = visitor.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/who?next=")


@pytest.mark.parametrize(
    "path",
    [
        "/page/999/picture", "/page/x/picture", "/page/1/row/q99", "/page/0",
        "/value/{code}/client/1/q99", "/value/{code}/nobody/1/q01", "/value/{code}/client/9/q01",
        "/score/{code}/client/1/none",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_and_not_a_crash(
    visitor: Visitor, filled: Office, path: str
) -> None:
    answer = visitor.get(path.replace("{code}", codes(filled)[0]))
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text


def test_what_the_client_allows_leads_to_its_row_too(visitor: Visitor, filled: Office) -> None:
    code = codes(filled)[0]
    assert f"/value/{code}/client/1/consent" in visitor.text(f"/results/{code}")
    page = visitor.text(f"/value/{code}/client/1/consent")
    assert "What the professional may see" in page
    assert "factor scores" not in page


def test_a_score_stands_beside_the_rows_it_comes_from(visitor: Visitor, filled: Office) -> None:
    code = codes(filled)[0]
    page = visitor.text(f"/score/{code}/client/1/trust")
    with filled.open() as study:
        found = trace_score(study, Asked(code, "client", "1"), "trust", "en")
    assert page.count('src="/page/') == len(found.answers) == found.score.items
    assert found.score.score is not None
    assert f"{found.score.score:.2f}" in page


def test_decisions_and_every_scan_of_the_page_are_told(tmp_path: Path) -> None:
    study = office(tmp_path)
    study.scan(study.pdf("one.pdf", study.page(0)))
    study.scan(study.pdf("two.pdf", study.page(0, {**ALL, "q02": 5}, seed=1)))
    code = codes(study)[0]
    with study.open() as opened:
        opened_trace = trace(opened, Asked(code, "client", "1"), "q02", "en")
        assert opened_trace.is_open
        assert opened_trace.answer.doubts == (Doubt.SCANS_DIFFER,)
        assert [one.source for one in opened_trace.scans] == ["one.pdf#1", "two.pdf#1"]
    with at_the_desk(study.folder) as visitor:
        assert visitor.text(f"/value/{code}/client/1/q02").count("nobody has chosen yet") == 2


def test_a_verdict_is_told_with_who_and_when_and_the_latest_first(tmp_path: Path) -> None:
    study = office(tmp_path)
    study.scan(study.pdf("one.pdf", study.page(0)))
    code = codes(study)[0]
    with study.open() as opened:
        page = opened.store.snapshot().pages[0]
        for value in (2, 4):
            opened.store.add_verdict(page.id, ItemId("q02"), Meaning.VALUE, value, by=f"P{value}")
        found = trace(opened, Asked(code, "client", "1"), "q02", "nl")
        assert [(one.by, one.value) for one in found.decisions] == [("P4", 4), ("P2", 2)]
        assert found.answer.value == 4
        assert found.counted.reading.value == ALL["q02"], "what the machine read stays"
    with at_the_desk(study.folder) as visitor:
        page_text = visitor.text(f"/value/{code}/client/1/q02")
    assert "P4 decided this." in page_text


def test_marks_stand_where_the_scores_are() -> None:
    drawn = chart(1, 5, {Role.CLIENT: 1.0, Role.PROFESSIONAL: 3.0}, {Role.CLIENT: 5.0})
    assert drawn.client is not None
    assert drawn.professional is not None
    assert (drawn.client.x, drawn.client.before) == (MARGIN, WIDTH - MARGIN)
    assert (drawn.professional.x, drawn.professional.before) == (WIDTH / 2, None)
    assert chart(1, 5, {Role.CLIENT: None}).client is None


def test_every_stored_word_that_a_page_may_show_is_in_the_catalogues() -> None:
    kinds = (Role, ScoreState, Status, Mark, Doubt, Meaning, Standing, CodeRoute, Note, Consent)
    stored = {one.value for kind in kinds for one in kind} | set(CONSENT_STATUSES)
    assert stored <= TERMS
