import csv
import errno
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.dyadcode import check_character, new_dyad_code, shown
from layouts.errors import FaultyFileError, UsageError, WamError
from layouts.model import DyadCode, Role
from layouts.sheetcode import read_sheet_code
from records.settings import Settings
from records.settings_text import write_settings
from records.study import Study, create_study, open_study
from records.study_folder import SETTINGS_FILE
from wamforms.definition_files import copy_definitions
from wamforms.draw import FormsPdf
from wamforms.practice.render import render
from wamforms.tasks.forms import FormShelf, instruments_of, paper_of
from wamforms.tasks.print_list import PrintedPage
from wamforms.tasks.printing import PRINT_FOLDER, PrintOrder, PrintRun, print_wave

SETTINGS = Settings("Alliance", "nl", "a4", ("probation", "social-care"), ("start", "+6 months"))
CASELOAD = """dyad;domain;language;officer;notes
;social-care;nl;de Vries;
;probation;en;Ann;left handed
;probation;nl;de Vries;
;social-care;;;no officer yet
"""


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with create_study(tmp_path / "study", SETTINGS) as made:
        yield made


def caseload(tmp_path: Path, text: str = CASELOAD) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def forms(run: PrintRun) -> list[PrintedPage]:
    return [page for page in run.pages if page.kind == "form"]


def untouched(study: Study) -> bool:
    """Tell whether nothing was enrolled, printed or left lying about."""
    folder = study.folder / PRINT_FOLDER
    left = list(folder.iterdir()) if folder.exists() else []
    return not (study.store.dyads() or study.store.prints() or study.store.layouts() or left)


# A wave.


def test_every_dyad_gets_both_forms_and_a_new_code(study: Study, tmp_path: Path) -> None:
    run = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    assert (run.new_dyads, run.forms) == (4, 8)
    assert len(study.store.dyads()) == 4
    printed = {(page.dyad, page.role) for page in forms(run)}
    assert printed == {(shown(d.code), role) for d in study.store.dyads() for role in Role}
    assert {page.wave for page in forms(run)} == {1}
    assert {page.wave_label for page in forms(run)} == {"start"}


def test_a_second_print_of_the_same_wave_is_told(study: Study, tmp_path: Path) -> None:
    first = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    again = print_wave(study, PrintOrder("start", roles=(Role.CLIENT,)))
    later = print_wave(study, PrintOrder("+6 months"))
    assert [run.printed_before for run in (first, again, later)] == [0, 4, 0]


def test_the_pdf_is_what_the_report_says(study: Study, tmp_path: Path) -> None:
    run = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    pictures = list(render(run.pdf, 150))
    assert len(pictures) == len(run.pages)
    for page, picture in zip(run.pages, pictures, strict=True):
        codes = {
            read_sheet_code(found.text, study.key) for found in zxingcpp.read_barcodes(picture)
        }
        if page.kind == "separator":
            assert codes == {None}
            continue
        (code,) = codes
        assert code is not None
        assert (shown(code.dyad), code.role, code.wave) == (page.dyad, page.role, page.wave)
        assert (code.page, code.serial) == (page.form_page, page.serial)
        assert code.fingerprint == page.fingerprint
        assert code.for_people() == page.code
        assert code.fingerprint in study.store.layouts()


def test_forms_lie_sorted_by_officer_behind_a_separator_each(study: Study, tmp_path: Path) -> None:
    run = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    assert [page.officer for page in run.pages if page.kind == "separator"] == [
        "",
        "Ann",
        "de Vries",
    ]
    assert [page.page for page in run.pages] == list(range(1, len(run.pages) + 1))
    for officer, pages in groupby(run.pages, key=lambda page: page.officer):
        first, *rest = pages
        assert first.kind == "separator", officer
        assert {page.kind for page in rest} == {"form"}
    document = pypdfium2.PdfDocument(run.pdf)
    try:
        number = next(p.page for p in run.pages if (p.kind, p.officer) == ("separator", "de Vries"))
        text = document[number - 1].get_textpage().get_text_range()
    finally:
        document.close()
    for said in ("de Vries", "2 dyads", "4 forms", "probation", "social-care"):
        assert said in text


officers = st.lists(st.sampled_from(["", "a", "A", "b", "B", "Å", "ß"]), min_size=1, max_size=6)


@settings(max_examples=8)
@given(officers)
def test_every_officer_has_exactly_one_separator(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("officers")
    path = caseload(folder, "officer,domain\n" + "".join(f"{name},probation\n" for name in names))
    with create_study(folder / "study", SETTINGS) as study:
        run = print_wave(study, PrintOrder("start", path, roles=(Role.CLIENT,)))
    separators = [page.officer for page in run.pages if page.kind == "separator"]
    assert sorted(separators) == sorted(set(names))
    under = [page.officer for page in run.pages]
    assert [officer for officer, _ in groupby(under)] == separators
    assert len(forms(run)) == len(names)


def test_a_dyad_is_printed_client_first(study: Study, tmp_path: Path) -> None:
    run = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    roles = [page.role for page in forms(run)]
    assert roles == [Role.CLIENT, Role.PROFESSIONAL] * 4


@pytest.mark.parametrize("role", Role)
def test_one_role_alone_may_be_printed(study: Study, tmp_path: Path, role: Role) -> None:
    run = print_wave(study, PrintOrder("start", caseload(tmp_path), roles=(role,)))
    assert {page.role for page in forms(run)} == {role}
    assert run.forms == 4


# The lists.


def test_the_print_list_has_a_line_for_every_form_with_its_notes(
    study: Study, tmp_path: Path
) -> None:
    run = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    listed = rows(run.print_list)
    assert len(listed) == 8
    for line, page in zip(listed, forms(run), strict=True):
        assert line["dyad"] == page.dyad
        assert int(line["page"]) == page.page
        assert int(line["serial"]) == page.serial
        assert line["code"] == page.code
    assert sorted({line["notes"] for line in listed}) == ["", "left handed", "no officer yet"]


def test_notes_are_never_printed(study: Study, tmp_path: Path) -> None:
    run = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    document = pypdfium2.PdfDocument(run.pdf)
    try:
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    assert "left handed" not in text


def test_the_caseload_with_codes_prints_the_same_dyads_again(study: Study, tmp_path: Path) -> None:
    first = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    assert {row["dyad"] for row in rows(first.caseload)} == {page.dyad for page in forms(first)}
    second = print_wave(study, PrintOrder("+6 months", first.caseload))
    assert second.new_dyads == 0
    assert {page.dyad for page in forms(second)} == {page.dyad for page in forms(first)}
    assert rows(second.caseload) == rows(first.caseload)


# Later waves.


def test_without_a_caseload_everybody_enrolled_is_printed(study: Study, tmp_path: Path) -> None:
    first = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    second = print_wave(study, PrintOrder("2"))
    assert (second.new_dyads, second.forms) == (0, 8)
    assert {page.wave for page in forms(second)} == {2}
    assert {page.dyad for page in forms(second)} == {page.dyad for page in forms(first)}
    assert second.pdf != first.pdf


def test_serials_never_repeat(study: Study, tmp_path: Path) -> None:
    path = caseload(tmp_path)
    runs = [print_wave(study, PrintOrder(wave, path)) for wave in ("start", "start")]
    runs += [print_wave(study, PrintOrder(wave)) for wave in ("1", "+6 months")]
    serials = [page.serial for run in runs for page in forms(run)]
    assert len(set(serials)) == len(serials) == sum(run.forms for run in runs)
    assert len({run.pdf for run in runs}) == len({run.run for run in runs}) == 4


def test_single_dyads_may_be_printed_again(study: Study, tmp_path: Path) -> None:
    first = print_wave(study, PrintOrder("start", caseload(tmp_path)))
    code = study.store.dyads()[1].code
    again = print_wave(study, PrintOrder("start", dyads=(code, code), roles=(Role.CLIENT,)))
    (page,) = forms(again)
    assert page.dyad == shown(code)
    assert page.serial not in {page.serial for page in forms(first)}


def test_a_caseload_may_move_a_dyad_to_another_officer(study: Study, tmp_path: Path) -> None:
    code = new_dyad_code()
    for wave, officer in (("start", "Ann"), ("+6 months", "Bo")):
        path = caseload(tmp_path, f"dyad,domain,officer\n{code},probation,{officer}\n")
        run = print_wave(study, PrintOrder(wave, path))
        assert {page.officer for page in run.pages} == {officer}
    assert len(study.store.dyads()) == 1


# Output files.


def test_an_existing_output_is_never_overwritten(study: Study, tmp_path: Path) -> None:
    path = caseload(tmp_path)
    for name in ("forms.pdf", "forms.print-list.csv", "forms.caseload.csv"):
        taken = tmp_path / name
        taken.write_text("mine")
        with pytest.raises(UsageError, match="exists already") as caught:
            print_wave(study, PrintOrder("start", path, out=tmp_path / "forms.pdf"))
        assert name in str(caught.value)
        assert taken.read_text() == "mine"
        taken.unlink()
    assert untouched(study)


def test_the_output_may_be_chosen(study: Study, tmp_path: Path) -> None:
    run = print_wave(study, PrintOrder("start", caseload(tmp_path), out=tmp_path / "forms.pdf"))
    assert run.pdf == tmp_path / "forms.pdf"
    assert run.print_list == tmp_path / "forms.print-list.csv"
    assert run.caseload == tmp_path / "forms.caseload.csv"
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"study", "list.csv", run.pdf.name, run.print_list.name, run.caseload.name}


def test_a_missing_folder_for_the_output_is_named(study: Study, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        print_wave(study, PrintOrder("start", caseload(tmp_path), out=tmp_path / "no" / "x.pdf"))
    assert untouched(study)


# What goes wrong leaves nothing behind.


def refused(study: Study, order: PrintOrder, match: str) -> WamError:
    with pytest.raises(WamError, match=match) as caught:
        print_wave(study, order)
    assert untouched(study)
    assert caught.value.advice
    return caught.value


def test_an_unknown_wave_names_the_known_ones(study: Study, tmp_path: Path) -> None:
    for wave in ("end", "0", "3", ""):
        error = refused(study, PrintOrder(wave, caseload(tmp_path)), "no wave")
        assert "start, +6 months" in error.advice


def test_a_faulty_caseload_enrols_nobody(study: Study, tmp_path: Path) -> None:
    path = caseload(tmp_path, CASELOAD + ";prison;;;\n;probation;fr;;\n")
    error = refused(study, PrintOrder("start", path), "2 faults")
    assert "line 6: " in str(error)
    assert "line 7: " in str(error)


def test_a_full_disk_enrols_nobody_and_leaves_no_file(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: FormsPdf) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    order = PrintOrder("start", caseload(tmp_path))
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(FormsPdf, "save", full)
        print_wave(study, order)
    assert untouched(study)
    print_wave(study, order)
    assert len(study.store.dyads()) == 4


def test_unknown_dyads_are_all_named(study: Study) -> None:
    codes = (new_dyad_code(), new_dyad_code())
    error = refused(study, PrintOrder("start", dyads=codes), "not enrolled")
    assert all(shown(code) in str(error) for code in codes)


def test_a_study_of_nobody_asks_for_a_caseload(study: Study) -> None:
    error = refused(study, PrintOrder("start"), "nobody is enrolled")
    assert "--caseload" in error.advice


def reopened(study: Study, changed: Settings) -> Study:
    study.close()
    write_settings(study.folder / SETTINGS_FILE, changed)
    return open_study(study.folder)


def test_a_wave_whose_name_is_too_long_is_named_before_anything_is_stored(
    study: Study, tmp_path: Path
) -> None:
    long = "six months after the first talk, at the office, by post, or at home " * 3
    with reopened(study, replace(SETTINGS, waves=(long,))) as changed:
        error = refused(changed, PrintOrder("1", caseload(tmp_path)), "shorten it")
    assert isinstance(error, FaultyFileError)
    assert error.file == SETTINGS_FILE
    assert all(fault.startswith("waves.1: ") for fault in error.faults)
    assert any("probation form (client, en)" in fault for fault in error.faults)
    assert len(error.faults) == len(set(error.faults))


def test_a_form_that_does_not_fit_is_named_before_anything_is_stored(
    study: Study, tmp_path: Path
) -> None:
    copy_definitions(study.folder / "definitions")
    shared = study.folder / "definitions" / "wam.toml"
    text = shared.read_text(encoding="utf-8")
    words = "Zet in elke rij één kruisje."
    assert words in text
    shared.write_text(text.replace(words, words * 5), encoding="utf-8")
    with reopened(study, replace(SETTINGS, definitions=Path("definitions"))) as changed:
        try:
            error = refused(changed, PrintOrder("start", caseload(tmp_path)), "kruisje")
        finally:
            changed.close()
    assert error.advice


def test_a_domain_that_was_taken_out_of_the_study_is_named(study: Study, tmp_path: Path) -> None:
    print_wave(study, PrintOrder("start", caseload(tmp_path)))
    with (
        reopened(study, replace(SETTINGS, domains=("probation",))) as changed,
        pytest.raises(
            UsageError, match=r"dyads in social-care, but study\.toml no longer"
        ) as error,
    ):
        print_wave(changed, PrintOrder("2"))
    assert "domains" in error.value.advice


def test_a_domain_without_a_questionnaire_is_named(study: Study, tmp_path: Path) -> None:
    with reopened(study, replace(SETTINGS, domains=("probation", "prison"))) as changed:
        refused(changed, PrintOrder("start", caseload(tmp_path)), "prison")


def test_a_dyad_in_another_domain_enrols_nobody_of_its_caseload(
    study: Study, tmp_path: Path
) -> None:
    code = DyadCode("K7Q42M9" + check_character("K7Q42M9"))
    print_wave(study, PrintOrder("start", caseload(tmp_path, f"dyad,domain\n{code},probation\n")))
    path = caseload(tmp_path, f"dyad,domain\n,probation\n{code},social-care\n")
    with pytest.raises(FaultyFileError, match=r"line 3: .*enrolled in probation"):
        print_wave(study, PrintOrder("2", path))
    assert len(study.store.dyads()) == 1
    assert {one.wave for one in study.store.prints()} == {1}


# The shelf.


def test_a_form_is_composed_once(study: Study) -> None:
    shelf = FormShelf(instruments_of(study), paper_of(study.settings))
    first = shelf.form("probation", Role.CLIENT, "nl")
    assert shelf.form("probation", Role.CLIENT, "nl") is first
    assert shelf.form("probation", Role.PROFESSIONAL, "nl") is not first


def test_the_study_s_paper_is_used(tmp_path: Path) -> None:
    with create_study(tmp_path / "study", replace(SETTINGS, paper="letter")) as study:
        run = print_wave(study, PrintOrder("start", caseload(tmp_path)))
        sizes: set[Any] = {layout.paper.name for layout in study.store.layouts().values()}
    assert sizes == {"letter"}
    document = pypdfium2.PdfDocument(run.pdf)
    try:
        assert [round(side) for side in document[1].get_size()] == [612, 792]
    finally:
        document.close()
