from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from layouts.dyadcode import check_character, new_dyad_code, shown
from layouts.errors import FaultyFileError, WamError
from layouts.model import DyadCode
from tests.instruments import invented
from wamforms.caseload import (
    COLUMNS,
    CaseloadLine,
    Defaults,
    read_caseload,
    write_caseload,
)

CODE = DyadCode("K7Q42M9" + check_character("K7Q42M9"))
OTHER = DyadCode("ABCDEFG" + check_character("ABCDEFG"))
ONE = Defaults({"probation": invented(domain="probation")}, "en")
TWO = Defaults({name: invented(domain=name) for name in ("probation", "social-care")}, "en")


def read(folder: Path, text: str | bytes, defaults: Defaults = TWO) -> tuple[CaseloadLine, ...]:
    path = folder / "list.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_caseload(path, defaults)


def faults(folder: Path, text: str | bytes, defaults: Defaults = TWO) -> tuple[str, ...]:
    with pytest.raises(FaultyFileError) as caught:
        read(folder, text, defaults)
    assert str(caught.value).startswith("list.csv: ")
    assert caught.value.advice
    return caught.value.faults


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "with BOM"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_caseload_may_come_from_any_spreadsheet(
    tmp_path: Path, separator: str, start: str, end: str
) -> None:
    rows = [
        COLUMNS,
        ("", "social-care", "en", "Ann", "new"),
        (shown(CODE), "probation", "", "", ""),
    ]
    text = start + end.join(separator.join(row) for row in rows) + end
    assert read(tmp_path, text) == (
        CaseloadLine(None, "social-care", "en", "Ann", "new"),
        CaseloadLine(CODE, "probation", "en", "", ""),
    )


def test_columns_may_stand_in_any_order_in_capitals_and_be_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, " Officer ;DOMAIN\nAnn;probation\n") == (
        CaseloadLine(None, "probation", "en", "Ann", ""),
    )


def test_capitals_do_not_matter_in_domains_and_languages(tmp_path: Path) -> None:
    assert read(tmp_path, "domain,language,officer\nProbation,EN,Ann\n") == (
        CaseloadLine(None, "probation", "en", "Ann", ""),
    )


def test_the_only_domain_of_a_study_need_not_be_named(tmp_path: Path) -> None:
    assert read(tmp_path, "officer\nAnn\n", ONE)[0].domain == "probation"


@pytest.mark.parametrize("typed", ["k7q4 2m9{}", " K7Q4-2M9{} ", "k7q42m9{}", "K7Q4 · 2M9{}"])
def test_codes_are_read_as_people_type_them(tmp_path: Path, typed: str) -> None:
    typed = typed.format(CODE[-1].lower())
    assert read(tmp_path, f"dyad,domain\n{typed},probation\n")[0].code == CODE


def test_empty_lines_and_empty_cells_at_the_end_do_no_harm(tmp_path: Path) -> None:
    lines = read(tmp_path, "domain,officer\n\nprobation,Ann,,\n , \n,,,\nprobation,Bo\n")
    assert [line.officer for line in lines] == ["Ann", "Bo"]


def test_cells_in_quotation_marks_may_hold_separators_and_line_breaks(tmp_path: Path) -> None:
    text = 'domain,officer,notes\nprobation,"Vries, de","one\ntwo"\nnowhere,,\n'
    assert faults(tmp_path, text) == (
        "line 4: domain 'nowhere' is not in this study; use one of: probation, social-care",
    )
    text = text.replace("nowhere,,\n", "")
    assert read(tmp_path, text)[0].officer == "Vries, de"


def test_all_faults_are_named_at_once_with_their_lines(tmp_path: Path) -> None:
    text = (
        "dyad,domain,language,colour\n"
        f"{shown(CODE)},probation,en,\n"
        f",prison,en,\n"
        ",probation,fr,\n"
        "K7Q4-2M,probation,en,\n"
        "K7Q4-2M9!,probation,en,\n"
        f"{shown(CODE).lower()},social-care,en,\n"
        ",probation,en,,,surplus\n"
    )
    found = faults(tmp_path, text)
    assert found[0] == f"column 'colour' is unknown; use {', '.join(COLUMNS)}"
    assert found[1].startswith("line 3: domain 'prison' is not in this study")
    assert found[2] == "line 4: probation has no language 'fr'; use one of: en"
    assert found[3].startswith("line 5: code 'K7Q4-2M' has 6 characters, not 8; ")
    assert found[4].startswith("line 6: code 'K7Q4-2M9!' is mistyped")
    assert found[5] == f"line 7: dyad {shown(CODE)} is on line 2 already; remove one"
    assert found[6].startswith("line 8: has 6 cells for 4 columns; put quotation marks")
    assert len(found) == 7


def test_one_line_may_have_several_faults(tmp_path: Path) -> None:
    found = faults(tmp_path, "dyad,domain\nXX,prison\n")
    assert [fault.partition(":")[0] for fault in found] == ["line 2", "line 2"]


def test_a_missing_domain_is_a_fault_where_the_study_has_several(tmp_path: Path) -> None:
    assert faults(tmp_path, "officer\nAnn\nBo\n") == (
        "column 'domain' is missing; this study has several: probation, social-care",
    )
    (fault,) = faults(tmp_path, "domain,officer\n,Ann\n")
    assert fault.startswith("line 2: domain ''")


def test_a_column_of_names_is_refused_in_words(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "name,domain\nAnn de Vries,probation\n")
    assert "names never enter a study" in fault


def test_a_column_that_is_there_twice_is_a_fault(tmp_path: Path) -> None:
    assert "column 'officer' is there twice; remove one" in faults(
        tmp_path, "domain,officer,Officer\nprobation,Ann,Bo\n"
    )


def test_a_dyad_of_another_domain_is_named_with_its_line(tmp_path: Path) -> None:
    defaults = Defaults(TWO.instruments, "en", {CODE: "probation", OTHER: "probation"})
    text = f"dyad,domain\n{CODE},social-care\n{OTHER},probation\n"
    (fault,) = faults(tmp_path, text, defaults)
    assert fault.startswith(f"line 2: dyad {shown(CODE)} is enrolled in probation, not in social")


@pytest.mark.parametrize("text", ["", "\n\n", "who;age\nAnn;40\n", "Ann,probation\n"])
def test_a_file_without_names_of_columns_says_which_there_are(tmp_path: Path, text: str) -> None:
    (fault,) = faults(tmp_path, text)
    assert fault == f"the first line must name the columns: {', '.join(COLUMNS)}"


@pytest.mark.parametrize("text", ["domain\n", "domain,officer\n,\n\n"])
def test_a_caseload_of_nobody_is_a_fault(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text) == ("lists nobody; add a line for each dyad",)


@pytest.mark.parametrize(
    "content",
    [
        "domain,officer\nprobation,Zoë\n".encode("latin-1"),
        "domain\nprobation\n".encode("utf-16-le"),
    ],
    ids=["latin-1", "utf-16 without its mark"],
)
def test_another_encoding_says_how_to_save_the_file(tmp_path: Path, content: bytes) -> None:
    (fault,) = faults(tmp_path, content)
    assert "not UTF-8" in fault
    assert "CSV UTF-8" in fault


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_the_unicode_text_of_excel_is_read(tmp_path: Path, encoding: str) -> None:
    content = "\ufeffdomain\tofficer\r\nprobation\tZoë\r\n".encode(encoding)
    assert read(tmp_path, content) == (CaseloadLine(None, "probation", "en", "Zoë", ""),)


def workbook(folder: Path, *sheets: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    path = folder / "list.xlsx"
    book.save(path)
    return path


def test_an_excel_workbook_is_read_like_csv(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Officer", "Domain", "Notes"],
        [12, "Probation", date(2027, 1, 5)],
        [],
        ["Bo", "probation", 1.5],
    ]
    assert read_caseload(workbook(tmp_path, rows, []), TWO) == (
        CaseloadLine(None, "probation", "en", "12", "2027-01-05"),
        CaseloadLine(None, "probation", "en", "Bo", "1.5"),
    )


def test_faults_in_a_workbook_are_named_by_their_row(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["domain"], [], ["prison"]])
    with pytest.raises(FaultyFileError, match=r"line 3: domain 'prison' is not in this study"):
        read_caseload(path, TWO)


def test_a_workbook_with_several_sheets_or_formulas_is_refused_not_guessed_at(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path, [["domain"], ["probation"]], [["domain"], ["probation"]])
    with pytest.raises(FaultyFileError, match="2 sheets"):
        read_caseload(path, TWO)
    path = workbook(tmp_path, [["domain", "officer"], ["probation", "=A1"]])
    with pytest.raises(FaultyFileError, match="B2 holds a formula"):
        read_caseload(path, TWO)


@pytest.mark.parametrize("name", ["list.xlsx", "list.xls"])
def test_what_only_looks_like_a_workbook_is_refused_in_words(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(FaultyFileError, match="save it as"):
        read_caseload(path, TWO)


def test_a_cell_without_end_is_a_fault_with_its_line(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, 'domain,notes\nprobation,"' + "x" * 140_000 + "\n")
    assert fault.startswith("line 2: ")


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(WamError, match="cannot be opened") as caught:
        read_caseload(tmp_path / name, TWO)
    assert caught.value.advice == "Check the file's name."


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
lines = st.builds(
    CaseloadLine,
    code=st.builds(new_dyad_code),
    domain=st.sampled_from(["probation", "social-care"]),
    language=st.just("en"),
    officer=words,
    notes=words,
)


@given(st.lists(lines, min_size=1, max_size=8, unique_by=lambda line: line.code))
def test_a_caseload_comes_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, many: list[CaseloadLine]
) -> None:
    assert read(tmp_path_factory.getbasetemp(), write_caseload(many)) == tuple(many)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    try:
        read(tmp_path_factory.getbasetemp(), b"domain,officer\n" + content)
    except FaultyFileError as error:
        assert error.faults
