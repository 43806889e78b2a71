"""The manual and the program say the same."""

import json
import re
import runpy
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bench.speed import STAGES
from layouts.errors import ExitCode
from layouts.geometry import A4
from layouts.model import Role
from scan.results import Doubt, Fault, Note
from wamforms.cli.form_commands import described
from wamforms.compose import compose
from wamforms.definition_files import load_instrument
from wamforms.tasks.audit_results import AuditResult, StratumResult
from wamforms.tasks.backing_up import BackedUp
from wamforms.tasks.demo import Demo
from wamforms.tasks.exporting import Exported
from wamforms.tasks.page_lines import Became, PageLine
from wamforms.tasks.print_list import PrintedPage
from wamforms.tasks.printing import PrintRun
from wamforms.tasks.reconciliation import Pile, Reconciliation
from wamforms.tasks.scanning import ScanReport
from wamforms.tasks.status import SheetFlag, StudyStatus, WaveStatus
from wamforms.tasks.verifying import Finding, StudyCheck
from wamforms.tasks.watching import Handled

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md")))
LARGEST_PICTURE = 250_000


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_reference_has_every_verb_and_option_of_the_program() -> None:
    reference = text_of(DOCS / "command-line.md")
    fresh = runpy.run_path(str(DOCS / "make_reference.py"))["updated"](reference)
    assert fresh == reference, "run: python docs/make_reference.py"


def test_every_exit_code_is_published_with_its_name() -> None:
    rows = re.findall(r"^\| (\d+) \| `([A-Z_]+)` \|", text_of(DOCS / "command-line.md"), re.M)
    assert {name: int(code) for code, name in rows} == {one.name: one.value for one in ExitCode}


@pytest.mark.parametrize("name", [*Fault, *Doubt, *Note])
def test_every_reason_is_explained(name: str) -> None:
    assert f"| `{name}` |" in text_of(DOCS / "errors.md")


@pytest.mark.parametrize("name", list(Became))
def test_everything_that_can_become_of_a_page_is_explained(name: str) -> None:
    assert f"| `{name}` |" in text_of(DOCS / "command-line.md")


def test_no_reason_is_explained_that_does_not_exist() -> None:
    tables = re.findall(
        r"^\| (?:reason|doubt|note) \|.*\n\|[-|]+\n((?:\|.*\n)+)", text_of(DOCS / "errors.md"), re.M
    )
    explained = re.findall(r"^\| `([^`]+)` \|", "".join(tables), re.M)
    assert sorted(explained) == sorted([*Fault, *Doubt, *Note])


def test_the_test_command_of_the_readme_is_the_one_that_is_checked() -> None:
    (command,) = re.findall(r"^python3 .*pytest$", text_of(ROOT / "README.md"), re.M)
    assert command in [line.strip() for line in text_of(ROOT / ".ci" / "run").splitlines()]


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"^```sh\n(.+)\n```", text_of(ROOT / "README.md"), re.M)
    assert commands[0].endswith("wamforms demo")
    assert commands[1].endswith("pytest")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        file, _, anchor = target.partition("#")
        if file.startswith(("http:", "https:", "mailto:")):
            continue
        there = page.parent / file if file else page
        if file == "LICENSE" and not there.exists():
            continue  # the tests are run beside the wheel, which has it inside
        assert there.exists(), target
        assert not anchor or anchor in set(_anchors(there)), target


def _anchors(page: Path) -> Iterator[str]:
    for heading in re.findall(r"^#+ (.+)$", text_of(page), re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_pictures_are_small_enough_for_a_readme() -> None:
    for picture in (DOCS / "pictures").iterdir():
        assert picture.stat().st_size < LARGEST_PICTURE


def documented(verb: str) -> Any:  # noqa: ANN401 - JSON has no narrower type
    _, _, section = text_of(DOCS / "command-line.md").partition(f"\n### {verb}\n")
    found = re.search(r"```json\n(.+?)```", section, re.S)
    assert found, f"no JSON for {verb}"
    return json.loads(found.group(1))


def names(kind: type) -> set[str]:
    return {one.name for one in fields(kind)}


def test_the_json_of_layout_is_as_documented() -> None:
    form = compose(load_instrument("probation", None), Role.CLIENT, "nl", A4)
    real: Any = {"fingerprint": form.fingerprint, **described(form.layout)}
    shown = documented("layout")
    assert set(shown) == set(real)
    assert set(shown["paper"]) == set(real["paper"])
    page, real_page = shown["pages"][0], real["pages"][0]
    assert set(page) == set(real_page)
    for part in ("bubbles", "fiducials", "ticks", "codes", "examples"):
        assert set(page[part][0]) == set(real_page[part][0])


def test_the_json_of_other_verbs_is_as_documented() -> None:
    printed, scanned, status = documented("print"), documented("scan"), documented("status")
    assert set(printed) == names(PrintRun)
    assert set(printed["pages"][0]) == names(PrintedPage)
    assert set(scanned) == {*names(ScanReport), "reconciliation", "stacks_sealed"}
    assert set(documented("reconcile")) == {*names(Reconciliation), "adds_up"}
    assert set(documented("reconcile")["piles"]) == set(Pile)
    assert set(documented("watch")) == names(Handled)
    assert set(documented("audit")) == {*names(AuditResult), "is_met"}
    assert set(documented("audit")["strata"][0]) == names(StratumResult)
    assert set(scanned["pages"][0]) == names(PageLine)
    assert set(scanned["counts"]) == set(Became)
    assert set(status) == names(StudyStatus)
    assert set(status["waves"][0]) == names(WaveStatus)
    assert set(status["quality"][0]) == names(SheetFlag)
    assert set(documented("export")) == names(Exported)
    assert set(documented("doctor")[0]) == names(Finding)
    assert set(documented("demo")) == names(Demo)
    assert set(documented("check")) == names(StudyCheck)
    assert set(documented("check")["findings"][0]) == names(Finding)
    assert set(documented("backup")) == names(BackedUp)
    assert set(documented("restore")) == names(BackedUp)


def test_every_stage_that_the_speed_bench_watches_exists() -> None:
    missing = [name for _, home, name in STAGES if not hasattr(home, name)]
    assert not missing
