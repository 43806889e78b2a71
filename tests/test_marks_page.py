"""The page on what counts as a mark shows what the reader really does."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from scan.results import Status

MAKER = Path(__file__).parent.parent / "docs" / "make_marks.py"
PAGE = MAKER.with_name("what-counts-as-a-mark.md")

EXPECTED = {
    "Marks": {Status.READ},
    "Corrections": {Status.READ, Status.CORRECTED, Status.DOUBT},
    "Nothing": {Status.BLANK},
    "Doubts": {Status.DOUBT},
    "Lighter and lighter": {Status.READ, Status.DOUBT, Status.BLANK},
    "Beside another, lighter and lighter": {Status.READ, Status.DOUBT},
}


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_marks", MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_marks"] = module
    spec.loader.exec_module(module)
    return module


def test_every_example_is_read_as_its_heading_says_and_as_the_page_says(
    maker: ModuleType,
) -> None:
    printed = maker.printed_form()
    page = PAGE.read_text(encoding="utf-8")
    for heading, examples in (maker.GROUPS | maker.FADING).items():
        for example in examples:
            reading, _ = maker.read_example(example, printed)
            assert reading.status in EXPECTED[heading], example.name
            shown = f"| {maker.result(reading)} | {maker.chance(reading)} |"
            assert shown in _line(page, example.name), example.name


def test_the_setting_cuts_a_fading_mark_into_answer_question_and_blank(maker: ModuleType) -> None:
    printed = maker.printed_form()
    examples = maker.FADING["Lighter and lighter"]
    statuses = [maker.read_example(example, printed)[0].status for example in examples]
    order = [Status.READ, Status.DOUBT, Status.BLANK]
    assert statuses == sorted(statuses, key=order.index)
    assert set(statuses) == set(order)


def _line(page: str, name: str) -> str:
    return next(line for line in page.splitlines() if f"| {name} |" in line)
