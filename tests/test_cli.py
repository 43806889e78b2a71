import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from layouts.dyadcode import parse_dyad_code
from layouts.errors import ExitCode
from layouts.geometry import PAPERS
from layouts.model import Role
from records.study import open_study
from tests.desk import ALL, CASELOAD, Answers, Desk, scanned
from wamforms.cli.start import verbs
from wamforms.cli.verbs import VERBS
from wamforms.compose import compose
from wamforms.definition_files import built_in_domains, load_instrument

COMMANDS = {name: verb.load() for name, verb in VERBS.items()}
DOUBTFUL: Answers = {**ALL, "q07": (1, 4), "q11": (2, 5)}
OTHER: Answers = {**ALL, "q07": 5}


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a printed study and stacks for it: clear, doubtful, and with other answers."""
    folder = tmp_path_factory.mktemp("office")
    # A fixture of this scope has no capsys; a real process is what an office has, too.
    (folder / "list.csv").write_text(CASELOAD)
    program = (sys.executable, "-m", "wamforms")
    options = {"cwd": folder, "check": True, "capture_output": True, "text": True}
    subprocess.run([*program, "init", "study", "--domain", "probation"], **options)  # type: ignore[call-overload]
    printing = [*program, "print", "study", "--wave", "start", "--caseload", "list.csv", "--json"]
    done = subprocess.run(printing, **options)  # type: ignore[call-overload]
    (folder / "print.json").write_text(done.stdout)
    run = json.loads(done.stdout)
    run["pdf"] = str(folder / run["pdf"])
    scanned(folder / "study", run, ALL, folder / "clear.pdf")
    scanned(folder / "study", run, DOUBTFUL, folder / "doubtful.pdf")
    scanned(folder / "study", run, OTHER, folder / "other.pdf")
    yield folder


@pytest.fixture
def printed(office: Path, desk: Desk) -> Desk:
    shutil.copytree(office, desk.folder, dirs_exist_ok=True)
    return desk


def only_json(out: str) -> object:
    """Parse stdout, on which nothing else may stand."""
    assert out.startswith(("{", "["))
    assert out.endswith(("}\n", "]\n"))
    return json.loads(out)


# Help.


@pytest.mark.parametrize(
    ("words", "heavy"),
    [("--help", {"numpy", "cv2", "reportlab", "pandas"}), ("status nowhere", {"pandas"})],
)
def test_a_verb_does_not_wait_for_what_only_others_need(words: str, heavy: set[str]) -> None:
    script = "import sys; from wamforms.cli.start import run; run(sys.argv[1:])"
    told = f"{script}; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", told, *words.split()], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert "click" in loaded
    assert not loaded & heavy


@pytest.mark.parametrize("verb", COMMANDS)
def test_the_help_of_every_verb_begins_with_an_example(desk: Desk, verb: str) -> None:
    said = desk(verb, "--help")
    assert said.code == ExitCode.OK
    lines = [line.strip() for line in said.out.splitlines()]
    assert lines[0].startswith(f"Usage: wamforms {verb} ")
    first = next(line for line in lines[1:] if line)
    assert re.match(rf"wamforms {verb}\b", first)
    assert all(line.startswith(f"wamforms {verb}") for line in lines if line.startswith("wamforms"))


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_example_in_a_help_text_can_be_parsed(verb: str) -> None:
    help_text = COMMANDS[verb].help or ""
    examples = re.findall(rf"^wamforms {verb}(.*)$", help_text, re.MULTILINE)
    assert examples
    for example in examples:
        words = re.findall(r'"[^"]*"|\S+', example)
        arguments = [word.strip('"') for word in words]
        arguments = [
            __file__ if word.endswith((".csv", ".xlsx", ".age")) else word for word in arguments
        ]
        COMMANDS[verb].make_context(verb, arguments)


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_option_that_needs_it_explains_itself(verb: str) -> None:
    for option in COMMANDS[verb].params:
        record = option.to_info_dict()
        if record["param_type_name"] == "option" and record["type"]["param_type"] == "String":
            assert record["help"] or record["default"], option.name


def test_the_list_of_verbs_says_in_a_few_words_what_each_does(desk: Desk) -> None:
    said = desk("--help")
    listed = said.out.partition("Commands:")[2]
    for verb in COMMANDS:
        (line,) = re.findall(rf"^  {verb} +(.*)$", listed, re.MULTILINE)
        assert line.endswith("."), line
        assert "wamforms" not in line
        assert "..." not in line


def test_the_nine_verbs_are_there() -> None:
    wanted = ["init", "print", "scan", "status", "settle", "export", "layout", "demo", "doctor"]
    assert set(COMMANDS) >= set(wanted)


@pytest.mark.parametrize("option", ["-h", "--help", "--version"])
def test_help_and_version_go_to_stdout(desk: Desk, option: str) -> None:
    said = desk(option)
    assert said.code == ExitCode.OK
    assert "wamforms" in said.out
    assert said.err == ""


# Forms.


@pytest.mark.parametrize("paper", sorted(PAPERS))
def test_layout_tells_outsiders_where_everything_is(desk: Desk, paper: str) -> None:
    said = desk("layout", "probation", "--role", "professional", "--paper", paper, "--json")
    assert said.code == ExitCode.OK
    assert said.err == ""
    found = only_json(said.out)
    assert isinstance(found, dict)
    form = compose(load_instrument("probation"), Role.PROFESSIONAL, "nl", PAPERS[paper])
    assert found["fingerprint"] == form.fingerprint
    assert found["paper"]["width_mm"] == PAPERS[paper].width_mm
    assert found["paper"]["height_mm"] == PAPERS[paper].height_mm
    for page, told in zip(form.layout.pages, found["pages"], strict=True):
        assert told["number"] == page.number
        assert told["bubbles"] == [
            {
                "item": group.item,
                "value": one.value,
                "x_mm": one.centre.x_mm,
                "y_mm": one.centre.y_mm,
                "radius_mm": one.radius_mm,
            }
            for group in page.groups
            for one in group.bubbles
        ]
        assert {one["marker"]: (one["x_mm"], one["y_mm"]) for one in told["fiducials"]} == {
            one.marker: (one.centre.x_mm, one.centre.y_mm) for one in page.fiducials
        }
        assert len(told["ticks"]) == len(page.ticks)
        assert [(one["x_mm"], one["y_mm"]) for one in told["codes"]] == [
            (box.centre.x_mm, box.centre.y_mm) for box in page.codes
        ]
        assert [one["kind"] for one in told["examples"]] == [one.kind for one in page.examples]


def test_layout_without_json_talks_to_people(desk: Desk) -> None:
    said = desk("layout", "social-care", "--language", "en")
    assert said.code == ExitCode.OK
    assert said.out == ""
    assert "q19" in said.err


def test_layout_takes_questionnaires_of_the_user_s_own(desk: Desk) -> None:
    desk("init", "study", "--own-wording", "-q")
    own = desk("layout", "probation", "--definitions", "study/definitions", "--json")
    assert own.json["fingerprint"] == desk("layout", "probation", "--json").json["fingerprint"]


def test_init_makes_a_study_and_names_the_next_step(desk: Desk) -> None:
    said = desk("init", "study", "--wave", "one", "--wave", "two", "--language", "en")
    assert said.code == ExitCode.OK
    assert said.out == ""
    assert "Next: wamforms print study --wave 'one'" in said.sentence
    with open_study(Path("study")) as study:
        assert study.settings.waves == ("one", "two")
        assert study.settings.language == "en"
        assert study.settings.domains == built_in_domains()


def test_init_with_own_wording_copies_the_questionnaires(desk: Desk) -> None:
    said = desk("init", "study", "--own-wording", "--domain", "probation")
    assert said.code == ExitCode.OK
    assert (desk.folder / "study/definitions/wam.toml").is_file()
    desk.write("list.csv", CASELOAD)
    assert desk("print", "study", "--wave", "1", "--caseload", "list.csv").code == ExitCode.OK


def test_quiet_says_nothing_when_all_is_well(desk: Desk) -> None:
    desk.write("list.csv", CASELOAD)
    for words in (
        ("init", "study", "--domain", "probation", "--quiet"),
        ("print", "study", "--wave", "start", "--caseload", "list.csv", "-q"),
    ):
        said = desk(*words)
        assert (said.code, said.out, said.err) == (ExitCode.OK, "", "")


def test_print_tells_every_page_of_the_pdf(printed: Desk) -> None:
    said = printed("print", "study", "--wave", "+6 months", "--json", "--role", "client")
    assert said.code == ExitCode.OK
    found = only_json(said.out)
    assert isinstance(found, dict)
    assert [page["page"] for page in found["pages"]] == [1, 2, 3, 4]
    sheets = [page for page in found["pages"] if page["kind"] == "form"]
    assert {page["language"] for page in sheets} == {"nl", "en"}
    for page in sheets:
        assert page["role"] == "client"
        assert (page["wave"], page["wave_label"]) == (2, "+6 months")
        assert page["domain"] == "probation"
        assert page["form_page"] == 1
        layout = printed("layout", "probation", "--language", page["language"], "--json").json
        assert page["fingerprint"] == layout["fingerprint"]
    assert "Next: print the PDF at 100 %" in said.err


def test_print_of_one_dyad_takes_its_code_as_typed(printed: Desk) -> None:
    run = json.loads((printed.folder / "print.json").read_text())
    dyad = next(page["dyad"] for page in run["pages"] if page["dyad"])
    said = printed(
        "print", "study", "--wave", "2", "--dyad", dyad.lower().replace("-", " "), "--json"
    )
    assert {page["dyad"] for page in said.json["pages"]} == {None, dyad}


# A stack goes through.


def test_a_clear_stack_goes_from_scan_to_tables(printed: Desk) -> None:
    said = printed("scan", "study", "clear.pdf", "--workers", "0", "--json")
    assert said.code == ExitCode.OK
    report = only_json(said.out)
    assert isinstance(report, dict)
    assert report["answers"] == 4 * 19
    assert report["doubts"] == 0
    assert report["counts"]["read"] == 4
    assert [page["source"] for page in report["pages"]] == [f"clear.pdf#{n}" for n in (1, 2, 3, 4)]
    assert "Next: wamforms export study TABLES" in said.err

    again = printed("scan", "study", "clear.pdf", "--workers", "0")
    assert again.code == ExitCode.OK
    assert "clear.pdf: scanned before, nothing to do" in again.err

    status = printed("status", "study", "--json")
    assert status.code == ExitCode.OK
    waves = only_json(status.out)
    assert isinstance(waves, dict)
    assert [(one["printed"], one["received"]) for one in waves["waves"]] == [(2, 2), (2, 2)]
    assert "Next: wamforms export" in status.err

    export = printed("export", "study", "tables", "--json")
    assert export.code == ExitCode.OK
    done = only_json(export.out)
    assert isinstance(done, dict)
    assert (done["dyads"], done["forms"], done["answers"], done["waiting"]) == (2, 4, 76, 0)
    tables = printed.folder / "tables"
    found = {path.relative_to(tables).as_posix() for path in tables.rglob("*") if path.is_file()}
    assert set(done["files"]) == found
    long = (printed.folder / "tables/answers_long.csv").read_text().splitlines()
    header = long[0].split(",")
    rows = [dict(zip(header, line.split(","), strict=False)) for line in long[1:]]
    assert all(int(row["value"]) == ALL[row["item"]] for row in rows)


def test_status_names_the_verb_that_comes_next(desk: Desk, office: Path) -> None:
    desk("init", "study", "--domain", "probation", "-q")
    assert "Next: wamforms print study --wave" in desk("status", "study").err
    shutil.rmtree("study")
    shutil.copytree(office / "study", "study")
    said = desk("status", "study")
    assert said.code == ExitCode.OK
    assert said.out == ""
    assert "Next: wamforms scan study" in said.err


def test_several_files_and_folders_may_be_scanned_at_once(printed: Desk) -> None:
    (printed.folder / "scans").mkdir()
    (printed.folder / "clear.pdf").rename(printed.folder / "scans/clear.pdf")
    said = printed("scan", "study", "scans", "other.pdf", "--workers", "0", "--json")
    assert said.code == ExitCode.PAGES_REFUSED
    counts = said.json["counts"]
    assert counts["read"] == 4
    assert counts["conflict"] == 4, "the same forms with other answers are never overwritten"


# A person decides.


@pytest.fixture
def doubtful(printed: Desk) -> Desk:
    said = printed("scan", "study", "doubtful.pdf", "--workers", "0")
    assert said.code == ExitCode.DOUBTS_WAIT
    assert "Next: wamforms settle study" in said.err
    return printed


def waiting(desk: Desk) -> list[dict[str, object]]:
    said = desk("settle", "study", "--list", "--json")
    found = only_json(said.out)
    assert isinstance(found, list)
    assert said.code == (ExitCode.DOUBTS_WAIT if found else ExitCode.OK)
    return found


def name_of(question: dict[str, object]) -> str:
    return "/".join(str(question[part]) for part in ("dyad", "role", "wave", "item"))


def test_what_waits_is_listed_for_people_and_programs(doubtful: Desk) -> None:
    found = waiting(doubtful)
    assert len(found) == 8
    for question in found:
        assert question["kind"] == "item"
        assert question["item"] in ("q07", "q11")
        assert question["doubts"]
        assert set(question["fills"]) == {"1", "2", "3", "4", "5"}  # type: ignore[call-overload]
    said = doubtful("settle", "study", "--list")
    assert said.out == ""
    assert "8 questions wait" in said.err
    assert "item 7" in said.err


def test_decisions_are_stored_with_who_decided(doubtful: Desk) -> None:
    first, second, third, *rest = waiting(doubtful)
    said = doubtful(
        *("settle", "study", "--by", "AB", "--json"),
        *("--decide", f"{name_of(first)}=3"),
        *("--decide", f"{name_of(second)}=blank"),
        *("--decide", f"{name_of(third)}=M"),
    )
    assert said.code == ExitCode.DOUBTS_WAIT
    left = only_json(said.out)
    assert left == rest
    with open_study(doubtful.folder / "study") as study:
        verdicts = study.store.snapshot().verdicts
    assert {verdict.by for verdict in verdicts} == {"AB"}
    assert [(verdict.meaning, verdict.value) for verdict in verdicts] == [
        ("value", 3),
        ("blank", None),
        ("several", None),
    ]


def test_when_everything_is_decided_the_tables_come_next(doubtful: Desk) -> None:
    decide = [word for one in waiting(doubtful) for word in ("--decide", f"{name_of(one)}=2")]
    said = doubtful("settle", "study", "--by", "AB", *decide)
    assert said.code == ExitCode.OK
    assert "Next: wamforms export study TABLES" in said.err
    assert doubtful("status", "study").code == ExitCode.OK
    exported = doubtful("export", "study", "tables", "--json").json
    assert exported["waiting"] == 0


def test_questions_are_answered_at_the_keyboard(
    doubtful: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = iter(["AB", "9", "3", "s", "0", "m", "u", "q"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(keys))
    said = doubtful("settle", "study")
    assert said.code == ExitCode.DOUBTS_WAIT
    assert said.out == ""
    assert "That is none of the choices." in said.err
    assert "4 questions wait" in said.err
    assert "1 of 8" in said.err
    assert re.search(r"picture: \S+\.png", said.err)


def test_which_of_two_scans_counts_is_answered_at_the_keyboard(
    printed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed("scan", "study", "clear.pdf", "other.pdf", "--workers", "0")
    questions = waiting(printed)
    assert {question["kind"] for question in questions} == {"scans"}
    assert len(questions) == 4
    keys = iter(["AB", "1", "1", "1", "s"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(keys))
    said = printed("settle", "study")
    assert said.code == ExitCode.DOUBTS_WAIT
    assert "1 question waits" in said.err
    assert "clear.pdf#1" in said.err
    assert "other.pdf#1" in said.err


def test_nothing_to_settle_is_no_question(printed: Desk) -> None:
    said = printed("settle", "study")
    assert said.code == ExitCode.OK
    assert "0 questions wait" in said.err


# Health.


def test_doctor_finds_computer_and_study_well(printed: Desk) -> None:
    printed("scan", "study", "clear.pdf", "--workers", "0")
    said = printed("doctor", "study", "--json")
    assert said.code == ExitCode.OK
    found = only_json(said.out)
    assert isinstance(found, list)
    assert all(one["is_ok"] for one in found)
    detail = {one["what"]: one["detail"] for one in found}
    assert set(built_in_domains()) <= set(detail)
    assert detail["database"] == "sound"
    assert detail["page pictures"] == "4 unchanged"


def test_doctor_without_a_study_checks_the_computer(desk: Desk) -> None:
    said = desk("doctor")
    assert (said.code, said.out) == (ExitCode.OK, "")
    assert "Next: wamforms demo" in said.err


def test_demo_goes_all_the_way(desk: Desk) -> None:
    said = desk("demo", "practice", "--dyads", "1", "--workers", "0", "--json")
    assert said.code == ExitCode.OK
    done = only_json(said.out)
    assert isinstance(done, dict)
    assert done["wrong"] == 0
    assert done["answers"] == done["right"] + done["asked"]
    for name in ("stack", "tables", "truth", "picture"):
        assert Path(done[name]).exists()
    assert all(Path(pdf).is_file() for pdf in done["forms"])
    assert "Next: wamforms settle" in said.err


# The shell.


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_prints_a_script(shell: str) -> None:
    if shell == "bash":
        program = [sys.executable, "-c", "from wamforms.cli import main; main()"]
        done = subprocess.run(
            program,
            env={**os.environ, "_WAMFORMS_COMPLETE": "bash_source"},
            capture_output=True,
            text=True,
            check=True,
        )
        script = done.stdout
    else:
        from click.shell_completion import get_completion_class

        kind = get_completion_class(shell)
        assert kind is not None
        script = kind(verbs, {}, "wamforms", "_WAMFORMS_COMPLETE").source()
    assert "_WAMFORMS_COMPLETE" in script
    assert "wamforms" in script


def test_completion_knows_verbs_options_and_choices() -> None:
    complete = ShellComplete(verbs, {}, "wamforms", "_WAMFORMS_COMPLETE")
    assert {one.value for one in complete.get_completions([], "")} == set(COMMANDS)
    assert {one.value for one in complete.get_completions(["layout"], "--pa")} == {"--paper"}
    papers = complete.get_completions(["layout", "probation", "--paper"], "")
    assert {one.value for one in papers} == set(PAPERS)


def test_codes_in_the_report_are_codes(office: Path) -> None:
    run = json.loads((office / "print.json").read_text())
    for page in run["pages"]:
        if page["dyad"]:
            assert parse_dyad_code(page["dyad"])


def test_init_tells_programs_what_it_made(desk: Desk) -> None:
    words = ("--title", "Trial", "--domain", "probation", "--wave", "start", "--json")
    assert desk("init", "trial", *words).json == {
        "study": "trial",
        "title": "Trial",
        "domains": ["probation"],
        "waves": ["start"],
        "is_encrypted": False,
        "sealed_to": [],
    }
