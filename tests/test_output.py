import csv
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from subprocess import run
from types import MappingProxyType

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.errors import MismatchError, UsageError
from layouts.model import ItemId, Role
from output.export import Written, export
from output.scoring import FactorScore, ScoreState, score
from output.sheets import CODE_ROUTES, DOUBTS, MISSING_LABELS, NOTES, STATUSES, Missing
from output.tables import ANSWERS_LONG, FACTOR_SCORES, FORMS
from output.terms import Terms
from output.writers import csv_bytes, save_all
from records.entries import NewDyad, NewPage, NewPrint
from records.settings import Settings
from records.store import Store
from records.study import create_study
from records.views import View
from records.wholefiles import TEMPORARY
from scan.adjudicate import Answer, Meaning, Place, settle
from scan.results import Doubt, PageOutcome
from tests.instruments import invented
from tests.readings import DOUBTFUL, code, dyad, layout_of, read
from wamforms.instrument import Instrument, Scale

WARMTH, ORDER = invented().factors
NAMES = tuple(f"q{number:02d}" for number in range(1, 20))


def settled(values: Mapping[str, int | None]) -> tuple[Answer, ...]:
    return settle(read(code(), values), ())


def scored(
    values: Mapping[str, int | None], instrument: Instrument | None = None
) -> dict[str, FactorScore]:
    return {one.factor: one for one in score(instrument or invented(), settled(values))}


# Scores.


@given(
    st.lists(st.integers(0, 9), min_size=3, max_size=7, unique=True),
    st.sampled_from([1, -1]),
)
def test_turning_an_answer_round_twice_gives_it_back(values: list[int], key: int) -> None:
    scale = Scale(tuple(values))
    for value in values:
        turned = scale.keyed(value, key)
        assert min(values) <= turned <= max(values)
        assert scale.keyed(turned, key) == value


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5, None]), min_size=19, max_size=19))
def test_a_score_lies_on_the_scale_and_follows_the_missing_rule(values: list[int | None]) -> None:
    for one in scored(dict(zip(NAMES, values, strict=True))).values():
        if 5 * one.answered >= 4 * one.items:
            assert one.state is ScoreState.SCORED
            assert one.score is not None
            assert 1 <= one.score <= 5
        else:
            assert (one.state, one.score) == (ScoreState.TOO_FEW, None)


def test_a_score_is_the_mean_of_the_keyed_answers() -> None:
    values: dict[str, int | None] = dict.fromkeys(NAMES[:7], 4)
    instrument = invented(7)
    assert [one.key for one in instrument.items] == [1, 1, 1, 1, 1, 1, -1]
    assert scored(values, instrument)[WARMTH].score == pytest.approx((4 + 4 + 4 + 2) / 4)
    assert scored(values, instrument)[ORDER].score == 4


@pytest.mark.parametrize(
    ("share", "answered", "state"),
    [
        *((0.8, 8, ScoreState.SCORED), (0.8, 7, ScoreState.TOO_FEW)),
        *((0.7, 7, ScoreState.SCORED), (0.7, 6, ScoreState.TOO_FEW)),
        *((0.0, 1, ScoreState.SCORED), (0.0, 0, ScoreState.TOO_FEW)),
        *((1.0, 10, ScoreState.SCORED), (1.0, 9, ScoreState.TOO_FEW)),
    ],
)
def test_the_missing_rule_holds_at_its_edge(share: float, answered: int, state: ScoreState) -> None:
    instrument = replace(invented(20), minimum_share=share)
    values: dict[str, int | None] = {
        str(one.id): 3 if place < answered else None
        for place, one in enumerate(instrument.items_of(WARMTH))
    } | {str(one.id): 3 for one in instrument.items_of(ORDER)}
    assert scored(values, instrument)[WARMTH].state is state


def test_a_factor_with_an_open_question_has_no_score_and_the_others_do() -> None:
    found = scored(dict.fromkeys(NAMES, 3) | {"q01": DOUBTFUL})
    assert (found[WARMTH].score, found[WARMTH].state) == (None, ScoreState.WAITS)
    assert (found[WARMTH].answered, found[WARMTH].items) == (9, 10)
    assert found[ORDER].state is ScoreState.SCORED


def test_a_factor_on_a_page_that_was_not_scanned_has_no_score() -> None:
    found = scored(dict.fromkeys(NAMES[:-1], 3))
    assert found[WARMTH].state is ScoreState.PAGE_MISSING
    assert found[ORDER].state is ScoreState.SCORED


def test_an_item_left_out_of_the_edition_counts_as_not_answered() -> None:
    answers = settled(dict.fromkeys(NAMES[:-1], 3))
    found = score(invented(), answers, not_printed=frozenset({ItemId("q19")}))
    assert (found[0].state, found[0].answered, found[0].items) == (ScoreState.SCORED, 9, 10)


# Files.

text = st.text(max_size=12)


def parsed(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


@given(st.lists(text, max_size=5))
def test_no_cell_can_run_in_a_spreadsheet_or_break_its_row(cells: list[str]) -> None:
    table = parsed(csv_bytes(pd.DataFrame({"a": pd.Series(cells, dtype="string"), "b": 1})))
    assert [len(row) for row in table] == [2] * (len(cells) + 1)
    for (shown, _), cell in zip(table[1:], cells, strict=True):
        assert not shown.lstrip().startswith(("=", "+", "-", "@"))
        assert not set(shown) & set("\r\n\t\0\u202e")
        assert len(shown) in (len(cell), len(cell) + 1)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\t="])
def test_a_text_that_looks_like_a_formula_is_disarmed(start: str) -> None:
    frame = pd.DataFrame({"a": [start + "cmd|' /C calc'!A0"], "n": pd.array([-1], dtype="Int64")})
    ((shown, number),) = parsed(csv_bytes(frame))[1:]
    assert shown[0] in "' "
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    assert number == "-1", "numbers stay numbers"


def test_numbers_are_written_without_noise_and_gaps_are_empty() -> None:
    frame = pd.DataFrame(
        {
            "whole": pd.array([3, None], dtype="Int64"),
            "real": pd.array([0.1, None], dtype="Float64"),
            "plain": [1e-5, float("nan")],
            "text": pd.array(['say "no", or é', None], dtype="string"),
        }
    )
    assert csv_bytes(frame).decode() == (
        'whole,real,plain,text\n3,0.1,1e-05,"say ""no"", or é"\n,,,\n'
    )


def test_an_export_that_fails_leaves_the_old_tables_and_nothing_else(tmp_path: Path) -> None:
    save_all({"a.csv": pd.DataFrame({"x": [1]})}, tmp_path)
    with pytest.raises(AttributeError):
        save_all({"a.csv": pd.DataFrame({"x": [2]}), "b.csv": None}, tmp_path)  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "x\n1\n"


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(UsageError, match="cannot write the tables"):
        save_all({}, tmp_path / "taken")


KILLED = """
import os, signal, sys
from pathlib import Path
import pandas as pd
from output import writers

calls = 0
def dying(frame, path, *, save=writers.save_csv):
    global calls
    calls += 1
    save(frame, path)
    if calls == 2:
        os.kill(os.getpid(), signal.SIGKILL)

writers.save_csv = dying
writers.save_all({f"{n}.csv": pd.DataFrame({"x": [2]}) for n in "abc"}, Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_export_leaves_the_old_tables_and_the_next_one_sweeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {f"{name}.csv": pd.DataFrame({"x": [1]}) for name in "abc"}
    save_all(old, tmp_path)
    done = run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=Path(__file__).parent.parent)
    assert done.returncode == -9
    assert {path.read_text() for path in tmp_path.glob("*.csv")} == {"x\n1\n"}
    assert len(list(tmp_path.glob(TEMPORARY + "*"))) == 1
    monkeypatch.setattr("records.wholefiles.time.time", lambda: 4e9)
    save_all(old, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "c.csv"]


def test_to_import_output_alone_loads_no_pandas() -> None:
    done = run(
        [sys.executable, "-c", "import output, sys; sys.exit('pandas' in sys.modules)"],
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0


# The whole way.

INSTRUMENT = invented()
INSTRUMENTS = {"invented": INSTRUMENT}
FILE = "f" * 64


def wave(store: Store, *outcomes: PageOutcome) -> None:
    store.begin_file(FILE, "=stack.pdf")
    start = len(store.numbers_read(FILE)) + 1
    store.add_pages(
        [
            NewPage(FILE, number, f"{number:064x}", ".jpg", outcome)
            for number, outcome in enumerate(outcomes, start)
        ]
    )


@pytest.fixture
def view(tmp_path: Path) -> Iterator[View]:
    """Two dyads: one complete, with a settled item and a blank; one with a conflict."""
    settings = Settings("T", "en", "a4", ("invented",), ("intake",))
    with create_study(tmp_path / "study", settings) as study:
        store = study.store
        forms = {role: store.add_form(layout_of(INSTRUMENT, role)) for role in Role}
        store.enrol([NewDyad(dyad(n), "invented", "en", "O1") for n in (1, 2)])
        store.add_prints(
            [NewPrint(dyad(n), role, 1, forms[role]) for n in (1, 2) for role in Role], run="r"
        )
        threes: dict[str, int | None] = dict.fromkeys(NAMES, 3)
        client, other = Role.CLIENT, Role.PROFESSIONAL
        wave(
            store,
            read(
                code(1, form=forms[client]),
                threes | {"q01": DOUBTFUL, "q02": None, "q03": DOUBTFUL, "q05": DOUBTFUL},
            ),
            read(code(2, role=other, form=forms[other]), threes | {"q01": 5, "q04": DOUBTFUL}),
            read(code(3, whose=dyad(2), form=forms[client]), threes),
            read(code(9, whose=dyad(2), form=forms[client]), threes),
        )
        store.add_verdict(1, ItemId("q01"), Meaning.VALUE, 4, by="AB")
        store.add_verdict(1, ItemId("q03"), Meaning.SEVERAL, None, by="AB")
        store.add_verdict(1, ItemId("q05"), Meaning.UNREADABLE, None, by="AB")
        with store.view() as view:
            yield view


def heads(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[0].split(",")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


WAVES = Terms(waves=("intake",))


def written(
    instruments: Mapping[str, Instrument], source: View | Store, folder: Path, terms: Terms = WAVES
) -> Written:
    folder.mkdir()
    if isinstance(source, View):
        return export(instruments, source, folder, terms)
    with source.view() as lent:
        return export(instruments, lent, folder, terms)


@pytest.fixture
def exported(view: View, tmp_path: Path) -> Written:
    return written(INSTRUMENTS, view, tmp_path / "tables")


def table(exported: Written, name: str) -> list[dict[str, str]]:
    return rows(next(path for path in exported.files if path.name == name))


def test_the_export_counts_what_it_wrote(exported: Written) -> None:
    assert (exported.dyads, exported.forms, exported.answers) == (2, 3, 57)
    assert exported.waiting == 1 + 19
    assert exported.remarks == ()


def test_the_columns_are_the_promised_ones(exported: Written) -> None:
    for name, columns in (
        ("answers_long.csv", ANSWERS_LONG),
        ("forms.csv", FORMS),
        ("factor_scores.csv", FACTOR_SCORES),
    ):
        assert list(table(exported, name)[0]) == list(columns)


def test_the_long_table_says_where_every_answer_comes_from(exported: Written) -> None:
    mine = {
        row["item"]: row
        for row in table(exported, "answers_long.csv")
        if row["dyad"].startswith("K7Q0-001") and row["role"] == "client"
    }
    shown = {
        name: [mine[name][column] for column in ("value", "status", "doubt", "missing")]
        for name in ("q01", "q02", "q03", "q05", "q06")
    }
    assert shown == {
        "q01": ["4", "settled", "several marks", ""],
        "q02": ["", "blank", "", "-1"],
        "q03": ["", "settled", "several marks", "-2"],
        "q05": ["", "settled", "several marks", "-3"],
        "q06": ["3", "read", "", ""],
    }
    assert mine["q06"]["fill"] == "0.6123"
    assert mine["q06"]["source"] == "'=stack.pdf#1"
    assert mine["q06"]["page"] == "1"


def test_closed_vocabularies_are_kept(exported: Written) -> None:
    long = table(exported, "answers_long.csv")
    assert {row["status"] for row in long} <= set(STATUSES)
    assert {row["doubt"] for row in long} <= {"", *DOUBTS}
    assert {row["missing"] for row in long} <= {"", *(str(code.value) for code in Missing)}
    assert {row["notes"] for row in table(exported, "forms.csv")} <= {"", *NOTES}
    assert {row["code_route"] for row in table(exported, "forms.csv")} <= set(CODE_ROUTES)


def test_a_conflict_is_named_and_has_no_answers_and_no_scores(exported: Written) -> None:
    form = table(exported, "forms.csv")[2]
    assert (form["standing"], form["doubt"], form["read"]) == ("conflict", "19", "0")
    assert (form["officer"], form["serial"], form["sources"]) == ("O1", "3", "'=stack.pdf#3")
    assert (form["scale"], form["residual_mm"]) == ("0.9877", "0.0612")
    long = [row for row in table(exported, "answers_long.csv") if row["dyad"] == form["dyad"]]
    assert {(row["value"], row["doubt"], row["missing"]) for row in long} == {
        ("", Doubt.SCANS_DIFFER.value, "-7")
    }
    scores = [row for row in table(exported, "factor_scores.csv") if row["dyad"] == form["dyad"]]
    assert {(row["score"], row["state"]) for row in scores} == {("", "waits for a person")}


def test_the_wide_table_pairs_the_two_people(exported: Written) -> None:
    first, second = table(exported, "dyads_wide.csv")
    assert list(first)[:6] == ["dyad", "domain", "wave", "officer", "points", "c_q01"]
    assert list(first)[-4:] == [
        *("c_warmth_missing", "c_order_missing", "p_warmth_missing", "p_order_missing"),
    ]
    assert (first["c_q01"], first["p_q01"], first["c_q02"]) == ("4", "5", "")
    # Eight of ten warmth items of the client are answered, one of them with 4.
    assert first["c_warmth"] == "3.125"
    assert first["p_warmth"] == "3.2"
    assert first["d_warmth"] == "0.075"
    assert (first["p_order"], first["d_order"]) == ("", ""), "the professional's q04 waits"
    assert (first["p_order_missing"], first["c_q02_missing"]) == ("-7", "-1")
    assert (first["c_warmth_100"], first["d_warmth_100"]) == ("53.125", "1.875")
    assert (first["points"], first["c_warmth_n"], first["c_warmth_missing"]) == ("5", "8", "")
    assert {second["p_q01_missing"], second["p_order_missing"]} == {"-6"}, "it never came back"
    assert second["c_q01"] == second["p_q01"] == ""


def test_the_same_memory_gives_the_same_bytes(
    exported: Written, view: View, tmp_path: Path
) -> None:
    again = written(INSTRUMENTS, view, tmp_path / "again")
    for first, second in zip(exported.files, again.files, strict=True):
        assert first.read_bytes() == second.read_bytes()
        assert b"\r" not in first.read_bytes()


def test_every_column_of_every_table_is_in_the_codebook(exported: Written) -> None:
    described = {(row["file"], row["column"]) for row in table(exported, "codebook.csv")}
    for path in exported.files:
        if path.name != "codebook.csv":
            assert {(path.name, column) for column in heads(path)} <= described


def test_a_column_that_two_tables_share_is_explained_for_each(exported: Written) -> None:
    book = table(exported, "codebook.csv")
    doubt = {row["file"]: row for row in book if row["column"] == "doubt"}
    assert doubt["answers_long.csv"]["label"] == (
        "why a person had to look, also after it was settled"
    )
    assert doubt["answers_long.csv"]["values"] == "; ".join(DOUBTS)
    assert doubt["forms.csv"]["label"] == "number of items with status doubt"
    assert doubt["forms.csv"]["values"] == ""


def test_the_codebook_says_what_is_assumed_and_what_is_compared(view: View, tmp_path: Path) -> None:
    professional = (Role.PROFESSIONAL, "en")
    wording = replace(
        INSTRUMENT.wordings[professional], factors={WARMTH: "Warmth", ORDER: "Loss of order"}
    )
    wordings = MappingProxyType({**INSTRUMENT.wordings, professional: wording})
    instrument = replace(
        INSTRUMENT, wordings=wordings, assumed=("keys are assumed", "points are assumed")
    )
    done = written({"invented": instrument}, view, tmp_path / "t")
    book = table(done, "codebook.csv")
    by_column = {(row["file"], row["column"]): row for row in book}
    notes = {row["note"] for row in book}
    assert {"keys are assumed", "points are assumed", INSTRUMENT.licence} <= notes
    assert any("PLACEHOLDER WORDING" in note for note in notes)
    assert "two different constructs" in by_column["dyads_wide.csv", "d_order"]["note"]
    assert by_column["dyads_wide.csv", "d_warmth"]["note"] == ""
    assert "80%" in by_column["factor_scores.csv", "score"]["formula"]
    assert by_column["forms.csv", "wave"]["values"] == "1=intake"
    assert all(
        f"{code.value}={MISSING_LABELS[code]}" in by_column["answers_long.csv", "missing"]["values"]
        for code in Missing
    )


def test_a_form_of_another_version_is_scored_with_a_remark(view: View, tmp_path: Path) -> None:
    newer = replace(INSTRUMENT, version="2")
    done = written({"invented": newer}, view, tmp_path / "t")
    ((domain, remark),) = done.remarks
    assert domain == "invented"
    assert "version 1" in remark
    assert remark in {row["note"] for row in table(done, "codebook.csv")}


@pytest.mark.parametrize("changed", [replace(INSTRUMENT, id="other"), invented(5), invented(19, 7)])
def test_a_form_that_does_not_fit_the_questionnaire_is_never_scored(
    view: View, tmp_path: Path, changed: Instrument
) -> None:
    with pytest.raises(MismatchError, match="do not fit"):
        written({"invented": changed}, view, tmp_path / "t")
    assert not list((tmp_path / "t").iterdir())


def test_a_domain_without_its_questionnaire_is_named(view: View, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no questionnaire of that name"):
        written({}, view, tmp_path / "t")


def test_an_item_left_out_of_the_edition_is_in_the_long_table(tmp_path: Path) -> None:
    with create_study(tmp_path / "s", Settings("T", "en", "a4", ("invented",), ("a",))) as study:
        form = study.store.add_form(layout_of(INSTRUMENT, leave_out=2))
        wave(study.store, read(code(form=form), dict.fromkeys(NAMES[:17], 3)))
        done = written(INSTRUMENTS, study.store, tmp_path / "t")
    last = table(done, "answers_long.csv")[-1]
    assert (last["item"], last["status"], last["missing"]) == ("q19", "not printed", "-4")
    assert {row["state"] for row in table(done, "factor_scores.csv")} == {"scored"}


def test_a_study_without_pages_exports_empty_tables(tmp_path: Path) -> None:
    with create_study(tmp_path / "s", Settings("T", "en", "a4", ("invented",), ("a",))) as study:
        done = written(INSTRUMENTS, study.store, tmp_path / "t")
    assert (done.dyads, done.forms, done.answers, done.waiting) == (0, 0, 0, 0)
    lengths = {path.stem: len(path.read_text().splitlines()) for path in done.files}
    assert {table for table, lines in lengths.items() if lines > 1} == {"codebook"}
    assert len(lengths) == 10


def test_the_standing_of_a_form_tells_what_people_did(tmp_path: Path) -> None:
    threes: dict[str, int | None] = dict.fromkeys(NAMES, 3)
    with create_study(tmp_path / "s", Settings("T", "en", "a4", ("invented",), ("a",))) as study:
        form = study.store.add_form(layout_of(INSTRUMENT))
        again, chosen = code(1, form=form), code(2, whose=dyad(2), form=form)
        wave(
            study.store,
            read(again, threes),
            read(again, threes | {"q01": DOUBTFUL}),
            read(chosen, threes),
            read(replace(chosen, serial=3), threes | {"q01": 5}),
        )
        study.store.add_sheet_verdict(Place.of(chosen), 4, seen=4, by="AB")
        done = written(INSTRUMENTS, study.store, tmp_path / "t")
    assert [(row["standing"], row["serial"]) for row in table(done, "forms.csv")] == [
        ("again", "1"),
        ("chosen", "3"),
    ]
    assert [row["c_q01"] for row in table(done, "dyads_wide.csv")] == ["3", "5"]


def test_domains_with_different_questionnaires_share_the_tables(
    tmp_path: Path,
) -> None:
    small = replace(invented(6, 7), domain="small", id="small")
    with create_study(tmp_path / "s", Settings("T", "en", "a4", ("invented",), ("a",))) as study:
        forms = [study.store.add_form(layout_of(one)) for one in (INSTRUMENT, small)]
        wave(
            study.store,
            read(code(1, form=forms[0]), dict.fromkeys(NAMES, 3)),
            read(code(2, whose=dyad(2), form=forms[1]), dict.fromkeys(NAMES[:6], 3)),
        )
        both = INSTRUMENTS | {"small": small}
        done = written(both, study.store, tmp_path / "t")
    wide = table(done, "dyads_wide.csv")
    assert [(row["c_q06"], row["c_q07"], row["c_order"]) for row in wide] == [
        ("3", "3", "3.0"),
        ("3", "", "3.0"),
    ]
