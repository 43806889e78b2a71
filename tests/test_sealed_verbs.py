"""Every verb in a sealed study, as office, researcher and administrator give it."""

from pathlib import Path

import pytest

from layouts.dyadcode import shown
from layouts.errors import ExitCode, UsageError
from layouts.model import DyadCode, Role
from output.statistics.source import read_export
from records.study import create_study, open_study
from scan.results import PageRead
from tests.desk import Desk
from tests.sealed_office import PROFESSIONAL, Twins, twins
from tests.small_study import SETTINGS
from wamforms.definition_files import load_instruments
from wamforms.tasks.analysing import AnalysisOrder, _data
from wamforms.tasks.audit_draw import frame_of
from wamforms.tasks.exporting import ExportOrder, export_study
from wamforms.tasks.leftovers import leftovers
from wamforms.tasks.talking import _office

SEALED = "only the research key opens it"


@pytest.fixture
def both(tmp_path: Path) -> Twins:
    return twins(tmp_path)


@pytest.fixture
def verb(both: Twins, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(both.sealed.folder.parent, capsys)


def dyad_of(both: Twins) -> DyadCode:
    """The dyad whose client wrote remarks."""
    with both.sealed.open() as study:
        code = study.store.page(1).code
    assert code is not None
    return code.dyad


def test_a_study_is_sealed_when_it_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path, capsys)
    key = tmp_path / "my.key"
    desk("researcher-key", key)
    made = desk("init", tmp_path / "s", "--sealed-to", f"{key}.pub", "--json")
    (public,) = made.json["sealed_to"]
    assert public in (tmp_path / "s" / "study.toml").read_text()
    assert "Clients' sheets open only with the secret key of" in made.sentence
    assert desk("init", tmp_path / "t", "--sealed-to", key).code == ExitCode.USAGE
    assert "clients' sheets are sealed" in desk("status", tmp_path / "s").sentence
    assert "seal" in desk("check", tmp_path / "s").sentence
    ssh = desk.write(
        "ssh.pub",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN",
    )
    assert (
        "no key that a study can be sealed to"
        in desk("init", tmp_path / "u", "--sealed-to", ssh).sentence
    )


def test_an_open_study_cannot_be_sealed_later(tmp_path: Path) -> None:
    create_study(tmp_path / "s", SETTINGS).close()
    with open_study(tmp_path / "s") as study:
        assert not study.is_sealed
        assert not study.hides_clients
        assert study.research_key == ()


def test_the_office_is_asked_nothing_about_clients_and_told_that_they_are_sealed(
    both: Twins, verb: Desk
) -> None:
    study = both.sealed.folder
    listed = verb("settle", study, "--list", "--json")
    assert {one["role"] for one in listed.json} == {"professional"}
    assert "3 clients' forms are sealed" in listed.sentence
    assert "1 page has no readable code and may be a client's" in listed.sentence
    code = shown(dyad_of(both))
    for name in (f"{code}/client/1/q07=3", "page/7=K7Q4-2M9Y C1 p1 00A7", "date/1=23-11-26"):
        refused = verb("settle", study, "--by", "AB", "--decide", name)
        assert refused.code == ExitCode.LOCKED
        assert SEALED in refused.sentence
    status = verb("status", study, "--json").json
    assert (status["sealed"], status["is_sealed"]) == (3, True)
    assert status["remarks"] == status["outside"] == 0
    assert all(
        flag["flag"] != "many blanks" or flag["role"] == "professional"
        for flag in status["quality"]
    )


def test_the_researcher_settles_a_clients_row_and_no_picture_is_written(
    both: Twins, verb: Desk
) -> None:
    study, code = both.sealed.folder, shown(dyad_of(both))
    listed = verb("settle", study, "--list", "--json", "--research-key", both.key).json
    items = [one["item"] for one in listed if one.get("role") == "client" and "item" in one]
    assert items
    done = verb(
        *("settle", study, "--research-key", both.key, "--by", "RS"),
        *("--decide", f"{code}/client/1/{items[0]}=2"),
    )
    assert done.code == ExitCode.DOUBTS_WAIT
    with both.with_key() as opened:
        (verdict,) = opened.store.snapshot().verdicts
        assert (verdict.item, verdict.value, verdict.by) == (items[0], 2, "RS")
    with both.sealed.open() as opened:
        assert opened.store.snapshot().verdicts == ()


def test_a_page_without_a_code_is_read_with_the_key_and_is_sealed_then(
    both: Twins, verb: Desk
) -> None:
    study = both.sealed.folder
    listed = verb("settle", study, "--list", "--json", "--research-key", both.key).json
    (waiting,) = [one for one in listed if one["kind"] == "code"]
    forms = [one for run in both.sealed.runs for one in run.pages if one.kind == "form"]
    with both.sealed.open() as opened:
        prints = {one.serial: one for one in opened.store.prints()}
    serial = forms[4].serial
    assert serial is not None
    one = prints[serial]
    code = f"{shown(one.dyad)} C2 p1 {serial:04X}"
    done = verb(
        *("settle", study, "--research-key", both.key, "--by", "RS"),
        *("--decide", f"page/{waiting['page']}={code}"),
    )
    assert "Error" not in done.err, done.err
    with both.sealed.open() as opened:
        page = opened.store.snapshot().pages[-1]
        assert page.is_closed
        assert page.typed is not None


def test_due_missing_reconcile_and_retention_work_from_the_fact_that_a_sheet_came_in(
    both: Twins, verb: Desk
) -> None:
    sealed, plain = both.sealed.folder, both.open.folder
    for arguments in (("due", "--json"), ("missing", "--json")):
        name, *rest = arguments
        assert verb(name, sealed, *rest).json == verb(name, plain, *rest).json
    pdf = both.sealed.folder.parent / "batch.pdf"
    sums = verb("reconcile", sealed, "--pdf", pdf, "--json").json
    assert sums["adds_up"]
    assert sums["sealed"] == 5
    assert "5 pages of clients' sheets are sealed" in verb("reconcile", sealed).sentence
    kept = verb("retention", sealed, "--json").json["paper"]
    why = "only the research key tells whether a question about it waits"
    assert all((why in one["kept"]) == (one["role"] == "client") for one in kept if one["role"])
    opened = verb("retention", sealed, "--json", "--research-key", both.key).json["paper"]
    assert not any(why in one["kept"] for one in opened)


def test_check_backup_and_restore_prove_a_sealed_study_without_its_key(
    both: Twins, verb: Desk
) -> None:
    study, folder = both.sealed.folder, both.sealed.folder.parent
    assert verb("check", study).code == ExitCode.OK
    assert verb("backup", study, folder / "copy", "--with-key").code == ExitCode.OK
    assert verb("restore", folder / "copy", folder / "again").code == ExitCode.OK
    with both.with_key() as one:
        before = one.store.snapshot()
    with open_study(folder / "again", research_key=(both.pair.secret,)) as other:
        assert other.store.snapshot() == before
        page = other.store.page(1)
        assert other.images.open(str(page.image), str(page.suffix))
    # One bit of an envelope is noticed by everybody.
    with both.sealed.open() as opened:
        path = opened.images.path(str(page.image), str(page.suffix))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert verb("check", study).code == ExitCode.CHECKS_FAILED


def test_a_withdrawn_client_leaves_no_envelope_behind(both: Twins, verb: Desk) -> None:
    gone = dyad_of(both)
    with both.sealed.open() as study:
        digests = {digest for digest, _ in study.store.trace_of(gone).pictures}
        assert leftovers(study, gone, digests)
    done = verb("forget", both.sealed.folder, shown(gone), "--yes")
    assert done.code == ExitCode.OK, done.err
    with both.with_key() as study:
        assert leftovers(study, gone, digests) == ()
        assert all(
            page.place is None or page.place.dyad != gone for page in study.store.snapshot().pages
        )
        assert study.store.check() == ()


def test_nothing_of_a_client_is_drawn_for_an_audit_or_a_second_reading(both: Twins) -> None:
    with both.with_key() as study:
        frame = frame_of(study.store.snapshot())
        roles = {
            study.store.page(field.page).outcome.code.role  # type: ignore[union-attr]
            for _, field in frame.fields
        }
    assert roles == {Role.PROFESSIONAL}


def test_a_talk_sheet_never_shows_what_a_client_answered(both: Twins) -> None:
    """The client of this dyad lets the worker see factor scores; the seal goes before it."""
    for key in ((), (both.pair.secret,)):
        with open_study(both.sealed.folder, research_key=key) as study:
            office = _office(study)
            clients = [one for one in office.forms.values() if one.role is Role.CLIENT]
            assert clients
            assert not any(map(office.may_show, clients))
    with both.open.open() as study:
        office = _office(study)
        assert any(office.may_show(one) for one in office.forms.values() if one.role is Role.CLIENT)


def test_statistics_count_clients_only_with_the_key_and_say_so(both: Twins) -> None:
    out = both.sealed.folder.parent
    closed = _data(AnalysisOrder(both.sealed.folder, out / "a"))
    key = (both.pair.secret,)
    opened = _data(AnalysisOrder(both.sealed.folder, out / "b", research_key=key))
    forms = [sum(len(one.forms) for one in data.schemes) for data in (closed, opened)]
    assert forms[1] == forms[0] + 3
    assert (closed.sealed, opened.sealed) == (3, 0), "the report says how many"
    inside = both.sealed.folder / "statistics"
    with pytest.raises(UsageError, match="is sealed, and statistics in it would not be"):
        _data(AnalysisOrder(both.sealed.folder, inside, research_key=key))


def test_an_export_made_without_the_key_says_itself_that_forms_are_sealed(both: Twins) -> None:
    tables = both.sealed.folder.parent / "tables"
    with both.sealed.open() as study:
        export_study(study, tables, ExportOrder(plain=True))
    assert _data(AnalysisOrder(tables, tables.parent / "out")).sealed == 3
    (tables / "PROVENANCE.json").write_text("[]")
    with pytest.raises(UsageError, match="cannot be read"):
        read_export(tables, load_instruments())
    (tables / "PROVENANCE.json").unlink()
    assert read_export(tables, load_instruments()).sealed == 3
    (tables / "codebook.csv").unlink()
    assert read_export(tables, load_instruments()).sealed == 0


def test_officers_and_teams_get_no_clients_form_even_of_who_has_the_key(
    both: Twins, verb: Desk
) -> None:
    out = both.sealed.folder.parent / "t"
    for key in ((), ("--research-key", both.key)):
        done = verb(
            *("export", both.sealed.folder, out, "--profile", "officer", "--officer", "A"),
            *(*key, "--json"),
        )
        assert done.json["sealed"] > 0
        assert b",client," not in (out / "forms.csv").read_bytes()


def test_a_stack_that_was_read_is_left_as_an_envelope(both: Twins, verb: Desk) -> None:
    stack = both.stack
    plain = stack.read_bytes()
    said = verb("scan", both.sealed.folder, stack, "--workers", "0", "--seal-stacks", "--json")
    (envelope,) = said.json["stacks_sealed"]
    assert Path(envelope).parent == stack.parent
    assert not stack.exists()
    back = stack.with_name("back.pdf")
    assert verb("unseal", envelope, "--key", both.key, "--out", back).code == ExitCode.OK
    assert back.read_bytes() == plain
    assert "destroy them" in verb("scan", both.sealed.folder, back, "--workers", "0").sentence
    refused = verb("scan", both.open.folder, back, "--workers", "0", "--seal-stacks")
    assert "cannot be sealed" in refused.sentence
    assert back.exists()


def test_what_a_watched_folder_took_lies_there_as_an_envelope(both: Twins, verb: Desk) -> None:
    inbox = both.sealed.folder.parent / "inbox"
    inbox.mkdir()
    page = both.sealed.page(PROFESSIONAL, seed=3)
    both.sealed.pdf("more.pdf", page).rename(inbox / "more.pdf")
    (inbox / "broken.pdf").write_bytes(b"%PDF-1.4 no more of it")
    arguments = ("--once", "--steady", "0.1", "--workers", "0", "--json")
    verb("watch", both.sealed.folder, inbox, *arguments)
    left = sorted(path.name for path in inbox.rglob("*.*") if path.is_file())
    assert any(name.startswith("more-") and name.endswith(".pdf.age") for name in left)
    assert "more.pdf" not in left


def test_what_is_scanned_reports_no_doubt_of_a_client(both: Twins, verb: Desk) -> None:
    pages = [both.sealed.page(0, {"q01": 2}, seed=9)]
    said = verb(
        "scan", both.sealed.folder, both.sealed.pdf("a.pdf", *pages), "--workers", "0", "--json"
    )
    (line,) = said.json["pages"]
    assert (line["is_sealed"], line["doubts"], line["notes"]) == (True, 0, [])
    assert said.json["sealed"] == 1
    with both.sealed.open() as study:
        outcome = study.store.snapshot().pages[-1].outcome
    assert isinstance(outcome, PageRead)
    assert outcome.items == ()
