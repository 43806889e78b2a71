"""Every route of the desk against what was promised to the client, by a list that misses none."""

from collections.abc import Iterator
from contextlib import closing

import pypdfium2
import pytest
from httpx2 import Response

from layouts.model import CONSENT, Role
from scan.adjudicate import Meaning
from tests.desk_pages import Visitor, at_the_desk
from tests.sealed_office import CLIENT, Twins, twins
from wamforms.desk.app import PARTS
from wamforms.tasks.settling import ItemQuestion, open_questions

PICTURES = {
    "/scan/thumb/{page:int}": "/scan/thumb/1",
    "/settle/row/{page:int}/{item}": "/settle/row/1/q01",
    "/settle/sheet/{page:int}": "/settle/sheet/1",
    "/settle/code/{page:int}": "/settle/code/7",
    "/settle/date/{page:int}": "/settle/date/1",
    "/page/{page}/picture": "/page/1/picture",
    "/page/{page}/row/{item}": "/page/1/row/q01",
}
"""Routes that give a picture of what somebody filled in, for page 1 of a client and page 7, whose
code nobody could read."""

ANSWERS = {
    "/results": "/results?group=probation/1",
    "/results/{dyad}": "/results/{code}",
    "/value/{dyad}/{role}/{wave}/{item}": "/value/{code}/client/1/q01",
    "/score/{dyad}/{role}/{wave}/{factor}": "/score/{code}/client/1/trust",
    "/page/{page}": "/page/1",
    "/settle/deck": "/settle/deck",
    "/settle/since/{number:int}": "/settle/since/0",
    "/export": "/export",
}
"""Routes that show answers, scores, or doubts about them; `/export` hands tables out by POST."""

ABOUT_PAPER = (
    *("/", "/study", "/study/checklist", "/study/calendar", "/study/missing", "/study/retention"),
    "/study/withdrawal",
    *("/study/shredding", "/scan", "/scan/events", "/scan/batch/{number:int}"),
    *("/scan/batch/{number:int}/sheet.pdf", "/settle", "/second", "/find"),
    *("/study/enrol", "/study/list", "/forms", "/forms/file/{name}", WHO := "/who", "/here"),
    *("/forms/show/{domain}/{role}/{language}/{page:int}",),
    *("/forms/picture/{domain}/{role}/{language}/{page:int}",),
)
"""Routes about dyads, codes, blank forms and piles: that a sheet is in, not what it says."""

SENT = (
    *("/forms/print", "/forms/masters", "/scan/files", "/scan/start", "/scan/on", "/scan/watch"),
    *("/settle/deal", "/settle/release", "/settle/decide", "/settle/aside", "/settle/check"),
    *("/settle/keys", "/second/begin", "/second/cards", "/second/answer", "/second/differences"),
    *(
        "/second/decide",
        "/study/withdrawal",
        "/study/enrol",
        "/study/change",
        "/study/list",
        WHO,
        "/language",
        "/lock",
    ),
    *("/export", "/talk/{dyad}"),
)
"""What is sent to the desk; what comes back of a sheet is tried below."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    return twins(tmp_path_factory.mktemp("promises"))


@pytest.fixture(scope="module")
def office(both: Twins) -> Iterator[Visitor]:
    with at_the_desk(both.sealed.folder) as visitor:
        visitor.ask("/settle/deal", {"window": "w", "cards": ["row/1/q01", "code/7", "date/1"]})
        yield visitor


@pytest.fixture(scope="module")
def researcher(both: Twins) -> Iterator[Visitor]:
    with at_the_desk(both.sealed.folder, research_key=(both.pair.secret,)) as visitor:
        visitor.ask("/settle/deal", {"window": "w", "cards": ["row/1/q01", "code/7", "date/1"]})
        yield visitor


def code_of(both: Twins) -> str:
    forms = [page for run in both.sealed.runs for page in run.pages if page.kind == "form"]
    return str(forms[CLIENT].dyad)


def test_every_route_of_the_desk_is_in_one_of_the_lists() -> None:
    shown = {way.path for part in PARTS for way in part.ways if way.method == "GET"}
    sent = {way.path for part in PARTS for way in part.ways if way.method != "GET"}
    assert shown == {*PICTURES, *ANSWERS, *ABOUT_PAPER}, "say what a new route shows of a client"
    assert sent == set(SENT)


@pytest.mark.parametrize("address", PICTURES.values())
def test_no_route_gives_the_picture_of_a_sealed_sheet(
    office: Visitor, researcher: Visitor, address: str
) -> None:
    found = office.get(address)
    if address.startswith("/scan/thumb"):
        assert found.headers["content-type"] == "image/svg+xml", "an envelope in its place"
    else:
        assert found.status_code == 409
        assert "image" not in found.headers["content-type"]
        assert "sealed" in found.text
    if not address.startswith("/settle/date"):  # printed forms ask for none
        seen = researcher.get(address)
        assert seen.status_code == 200, seen.text
        assert seen.headers["content-type"] in ("image/png", "image/jpeg")


@pytest.mark.parametrize("address", ANSWERS.values())
def test_no_route_shows_what_a_client_answered(
    both: Twins, office: Visitor, researcher: Visitor, address: str
) -> None:
    address = address.replace("{code}", code_of(both))
    found, opened = office.get(address), researcher.get(address)
    assert opened.status_code == 200, opened.text
    if address.startswith(("/value", "/score", "/page")):
        assert found.status_code == 409
        assert "sealed" in found.text
        return
    for trace in (f"/score/{code_of(both)}/client", f"/value/{code_of(both)}/client/1/q"):
        assert trace not in found.text
    if address.startswith("/results"):
        assert f"/score/{code_of(both)}/client" in opened.text
        assert ">sealed<" in found.text
    if address == "/settle/deck":
        assert {card["kind"] for card in found.json()["waiting"]} == {"row"}
        assert not {1, 7} & {card["page"] for card in found.json()["waiting"]}
        assert {1, 7} <= {card["page"] for card in opened.json()["waiting"]}


def test_what_is_sent_about_a_sealed_sheet_changes_and_tells_nothing(
    both: Twins, office: Visitor
) -> None:
    row = {"kind": "row", "page": 1, "item": "q01", "answer": "3", "after": 0}
    for data in (
        row,
        {**row, "item": CONSENT},
        {**row, "kind": "scans", "shown": [8, 9], "answer": "9"},
        {**row, "kind": "code", "page": 7, "answer": "K7Q4-2M9Y C1 p1 00A7"},
    ):
        assert office.ask("/settle/decide", data).status_code == 409
    aside = {"page": 1, "item": "q01", "mark": "note", "text": "looks like a 3"}
    assert office.ask("/settle/aside", aside).status_code == 409
    assert office.ask("/settle/check", {"kind": "code", "page": 7, "typed": "x"}).status_code == 409
    with both.sealed.open() as study:
        assert study.store.snapshot().verdicts == ()


def test_a_client_is_settled_at_a_desk_that_was_started_with_the_key(
    both: Twins, researcher: Visitor
) -> None:
    cards = researcher.get("/settle/deck").json()["waiting"]
    card = next(one for one in cards if one["kind"] == "row" and one["page"] == 1)
    data = {"kind": "row", "page": 1, "item": card["item"], "answer": "4", "after": 0}
    assert researcher.ask("/settle/decide", data).status_code == 200
    with both.with_key() as study:
        (verdict,) = study.store.snapshot().verdicts
    assert (verdict.page, verdict.value) == (1, 4)


def test_every_page_of_a_desk_without_the_key_says_that_clients_sheets_are_sealed(
    office: Visitor, researcher: Visitor
) -> None:
    for address in ("/", "/settle", "/results", "/export", "/scan", "/study", "/scan/batch/1"):
        assert "sheets of this study are sealed" in office.text(address)
        assert "sheets of this study are sealed" not in researcher.text(address)


def test_in_an_open_study_the_row_of_consent_decides_what_others_see_along(both: Twins) -> None:
    """The client of page 1 lets the worker see factor scores, the other one nothing."""
    with both.open.open() as study:
        clients = [
            page.code.dyad
            for page in study.store.snapshot().pages
            if page.code is not None and page.code.role is Role.CLIENT
        ]
    with at_the_desk(both.open.folder) as visitor:
        for audience in ("officer", "team"):
            page = visitor.text(f"/results?group=probation/1&for={audience}")
            assert f"/score/{code_of(both)}/client" in page
            mine = visitor.text(f"/results/{code_of(both)}?for={audience}")
            assert f"/value/{code_of(both)}/client/1/q" not in mine
            assert page.count("/client/1/trust") == 1
    assert len(set(clients)) == 2


def test_a_talk_sheet_of_the_desk_shows_no_sealed_client_whoever_makes_it(
    both: Twins, office: Visitor, researcher: Visitor
) -> None:
    with both.open.open() as study:
        for one in open_questions(study):
            if isinstance(one, ItemQuestion):
                page, row, value = one.page.id, one.item, one.suggestion
                study.store.add_verdict(page, row, Meaning.VALUE, value, by="AB")
    with at_the_desk(both.open.folder) as plain:
        made = [text_of(one.post(f"/talk/{code_of(both)}")) for one in (office, researcher, plain)]
    assert made[0] == made[1]
    assert len(made[2]) > len(made[0]), "the client lets the worker see the scores, if unsealed"


def text_of(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    with closing(pypdfium2.PdfDocument(answer.content)) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
