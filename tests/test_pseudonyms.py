"""Each recipient gets other codes, and only the study's key leads back."""

import json
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.dyadcode import new_dyad_code, shown
from layouts.errors import ExitCode, UsageError, WamError
from output.pseudonyms import LINKS, Pseudonyms
from tests.desk import Desk
from tests.small_study import office

KEY = b"k" * 32
CODES = [new_dyad_code() for _ in range(40)]


def table() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "dyad": [shown(one) for one in CODES for _ in range(2)],
            "officer": ["A", None] * len(CODES),
            "value": range(2 * len(CODES)),
            "serial": [str(number) for number in range(2 * len(CODES))],
        }
    )
    text = "string[python]"
    return frame.astype({"dyad": text, "officer": text, "serial": text, "value": "Int64"})


def test_two_recipients_share_no_pseudonym_and_no_order_of_rows() -> None:
    mine, theirs = (Pseudonyms.of(name, KEY).applied(table()) for name in ("Utrecht", "Gent"))
    assert not set(mine["dyad"]) & set(theirs["dyad"])
    assert not set(mine["officer"].dropna()) & set(theirs["officer"].dropna())
    assert list(mine["value"]) != list(theirs["value"])
    assert sorted(mine["value"]) == sorted(theirs["value"]) == list(range(2 * len(CODES)))
    assert mine["serial"].isna().all()
    assert list(mine.dtypes) == list(table().dtypes)


def test_a_recipient_gets_the_same_pseudonyms_each_time() -> None:
    once, again = (Pseudonyms.of(name, KEY) for name in ("Uni  Utrecht", "uni utrecht "))
    assert [once.dyad(one) for one in CODES] == [again.dyad(one) for one in CODES]
    assert once.dyad(CODES[0]) != Pseudonyms.of("Uni Utrecht", b"x" * 32).dyad(CODES[0])


@given(st.integers(0, len(CODES) - 1))
def test_a_pseudonym_leads_back_with_the_key_only(number: int) -> None:
    names = Pseudonyms.of("Utrecht", KEY)
    made = names.dyad(CODES[number])
    assert names.whose(f" {made.lower()} ", CODES, ["A"]) == shown(CODES[number])
    assert names.whose(names.officer("A"), CODES, ["A", ""]) == "A"
    with pytest.raises(UsageError):
        Pseudonyms.of("Utrecht", b"x" * 32).whose(made, CODES, ["A"])


def test_two_dyads_with_one_pseudonym_stop_the_export() -> None:
    names = Pseudonyms.of("Utrecht", KEY)
    with (
        patch.object(Pseudonyms, "_made", lambda *_: "D-SAME"),
        pytest.raises(WamError, match="are the same"),
    ):
        names.applied(table())


def test_a_recipient_without_a_name_is_none() -> None:
    with pytest.raises(UsageError):
        Pseudonyms.of("  ", KEY)


def unpacked(path: Path) -> bytes:
    return pd.read_parquet(path).to_csv().encode()


def test_an_export_for_a_recipient_holds_no_code_of_the_forms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = office(tmp_path)
    made.scan(made.pdf("stack.pdf", made.page(0)))
    desk = Desk(tmp_path, capsys)
    code = made.runs[0].pages[1].dyad or ""
    out = tmp_path / "tables"
    assert desk("export", made.folder, out, "--recipient", "Utrecht").code == ExitCode.OK
    for path in (path for path in out.rglob("*") if path.is_file()):
        text = path.read_bytes() if path.suffix != ".parquet" else unpacked(path)
        assert code.encode() not in text
        assert b"stack.pdf" not in text
    assert "made for Utrecht" in (out / "codebook.csv").read_text()
    assert json.loads((out / "PROVENANCE.json").read_text())["recipient"] == "Utrecht"
    answers = pd.read_csv(out / "answers_long.csv", encoding="utf-8-sig")
    assert answers[[one for one in LINKS if one in answers]].isna().all(axis=None)
    (pseudonym,) = answers["dyad"].unique()
    back = desk("whose", made.folder, pseudonym, "--recipient", "utrecht", "--json")
    assert back.json["whose"] == code
    assert desk("whose", made.folder, pseudonym, "--recipient", "Gent").code == ExitCode.USAGE
    refused = desk("export", made.folder, out, "--recipient", "Utrecht", "--remarks")
    assert refused.code == ExitCode.USAGE
    gone = desk("forget", made.folder, code, "--yes", "--json").json
    assert [one["recipient"] for one in gone["recall"]] == ["Utrecht"]
