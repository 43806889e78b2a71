"""The desk says everything in every language it has."""

import re
import runpy
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.desk_pages import at_the_desk
from tests.small_study import office
from wamforms.desk.sentences import CONTEXT
from wamforms.desk.words import ENGLISH, chosen, languages, words

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted((ROOT / "wamforms" / "desk" / "words").glob("*.po"))
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")

pytestmark = pytest.mark.skipif(not CATALOGUES, reason="the source is not here")


@pytest.mark.parametrize("path", CATALOGUES, ids=[path.stem for path in CATALOGUES])
def test_a_catalogue_holds_the_messages_of_today(path: Path) -> None:
    fresh = runpy.run_path(str(ROOT / "docs" / "make_words.py"))["updated"](path)
    assert path.read_bytes() == fresh, "run: python docs/make_words.py"


@pytest.mark.parametrize("path", CATALOGUES, ids=[path.stem for path in CATALOGUES])
def test_every_message_is_translated_with_its_places(path: Path) -> None:
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=path.stem)
    assert len(catalogue) > 20
    for one in catalogue:
        if not one.id:
            continue
        ids = (one.id,) if isinstance(one.id, str) else one.id
        said = (one.string,) if isinstance(one.string, str) else tuple(one.string or ("",))
        assert all(said), f"{one.id!r} has no translation in {path.name}"
        assert set(PLACES.findall(said[-1])) == set(PLACES.findall(ids[-1])), one.id


def test_numbers_and_days_are_written_as_the_language_has_them() -> None:
    assert words("nl").number(1234) == "1.234"
    assert words("en").number(1234) == "1,234"
    assert words("nl").share(0.5) == "50%"
    assert words("nl").day("2026-11-23") == "23 nov 2026"


def test_a_language_without_a_catalogue_is_english_in_its_own_direction() -> None:
    assert words("ar").direction == "rtl"
    assert words("ar")("Waves") == "Waves"


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [
        ("nl", "en", "nl"),
        ("", "nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("", "fr,en-GB;q=0.5,nl;q=0.2", "en"),
        ("", "", ENGLISH),
        ("xx", "fr", ENGLISH),
    ],
)
def test_the_person_chooses_the_language_and_else_the_browser(
    wanted: str, accepted: str, language: str
) -> None:
    assert chosen(wanted, accepted) == language
    assert language in languages()


SENTENCES = (
    ("there is no page 12", "er is geen pagina 12"),
    ("no corner markers", "geen hoektekens"),
    (
        "no corner markers: no page of ours, or its corners are missing",
        "geen hoektekens: geen pagina van ons, of de hoeken ontbreken",
    ),
    (
        "a.pdf#4: refused, wrong scale: printed or scanned at 61.0%",
        "a.pdf#4: geweigerd, verkeerde schaal: afgedrukt of gescand op 61.0%",
    ),
    (
        "list.csv: 2 faults\n  - line 3: lists nobody; add a line for each dyad\n  - line 7: x",
        "list.csv: 2 fouten\n  - regel 3: noemt niemand; voeg voor elk koppel een regel toe"
        "\n  - regel 7: x",
    ),
    (
        "AB has decided page/1 meanwhile: blank",
        "AB heeft intussen over page/1 beslist: leeg",
    ),
    ("something that nobody of ours says", "something that nobody of ours says"),
    ("", ""),
)


@pytest.mark.parametrize(("english", "dutch"), SENTENCES)
def test_what_is_said_below_the_desk_is_said_in_the_language_of_the_page(
    english: str, dutch: str
) -> None:
    assert words("nl").sentence(english) == dutch
    assert words("en").sentence(english) == english


def test_every_template_is_found_again_in_the_sentence_made_from_it() -> None:
    with (CATALOGUES[0]).open("rb") as stream:
        templates = [one for one in read_po(stream, locale="nl") if one.context == CONTEXT]
    assert len(templates) > 300
    for one in templates:
        values = {place: f"<{place}>" for place in PLACES.findall(str(one.id))}
        made, said = str(one.id), str(one.string)
        for place, value in values.items():
            made, said = made.replace(place, value), said.replace(place, value)
        assert words("nl").sentence(made) == said


def test_an_error_reaches_the_page_in_dutch(tmp_path: Path) -> None:
    made = office(tmp_path)
    with at_the_desk(made.folder) as visitor:
        visitor.session.language = "nl"
        page = visitor.get("/page/999").text
        assert "er is geen beeld van een gelezen pagina 999" in page.lower()
        told = visitor.send("/scan/files?name=a.exe", b"MZ").json()
        assert told["error"] == "'a.exe' is geen PDF-, TIFF-, PNG- of JPEG-bestand"
        assert "sleep het opnieuw" in told["advice"]
        caseload = b"dyad,domain,language,officer,notes\n,nowhere,nl,B,\n"
        faults = visitor.send("/study/list?name=list.csv", caseload).json()["error"]
        assert "regel 2: domein 'nowhere' hoort niet bij dit onderzoek" in faults
