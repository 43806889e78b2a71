"""The desk says everything in every language it has."""

import re
import runpy
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

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
