"""Whoever changes a study in one of the known ways is found out, encrypted or not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.tampers import (
    FILES,
    PASSPHRASE,
    SIX,
    Made,
    copy_of,
    made,
    said_of,
    tampered_by_sql,
)
from records import ciphers

SAID = {
    "edit": "row 2 of verdicts was changed",
    "delete": "row 2 of verdicts is gone",
    "insert": "row 9 of verdicts is not in the log",
    "reorder": "row 1 of verdicts was changed",
    "REPLACE": "row 2 of verdicts was changed",
    "cut the tail": "the log ends at entry",
}
KINDS = {"plain": None, "encrypted": PASSPHRASE}


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Made]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ciphers, "COST", 4)
        home = tmp_path_factory.mktemp("tampers")
        yield {kind: made(home, passphrase) for kind, passphrase in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SIX)
def test_the_six_tampers_are_named(
    studies: dict[str, Made], tmp_path: Path, name: str, kind: str
) -> None:
    scene = copy_of(studies[kind], tmp_path)
    tampered_by_sql(scene, SIX[name])
    said = said_of(scene)
    assert any(SAID[name] in one for one in said), said


@pytest.mark.parametrize("name", FILES)
def test_without_the_passphrase_nothing_is_changed_unseen(
    studies: dict[str, Made], tmp_path: Path, name: str
) -> None:
    scene = copy_of(studies["encrypted"], tmp_path)
    FILES[name](scene)
    assert said_of(scene) != ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_study_that_nobody_touched_is_sound(
    studies: dict[str, Made], tmp_path: Path, kind: str
) -> None:
    assert said_of(copy_of(studies[kind], tmp_path)) == ()


@pytest.mark.parametrize("place", range(0, 4096, 409))
def test_every_byte_of_a_page_of_an_encrypted_database_is_signed(
    studies: dict[str, Made], tmp_path: Path, place: int
) -> None:
    scene = copy_of(studies["encrypted"], tmp_path)
    path = scene.folder / "study.sqlite"
    data = bytearray(path.read_bytes())
    data[-4096 + place] ^= 1
    path.write_bytes(bytes(data))
    assert said_of(scene) != ()


def test_a_picture_with_an_impossible_name_is_told_in_a_sentence(
    studies: dict[str, Made], tmp_path: Path
) -> None:
    scene = copy_of(studies["plain"], tmp_path)
    tampered_by_sql(scene, lambda db: db.execute("UPDATE pages SET suffix = '.jpg{read'"))
    said = said_of(scene)
    assert any("which cannot name a picture" in one for one in said), said
