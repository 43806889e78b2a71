"""Photocopied forms filled in by hand: a study with masters, numbers, pens and written dates."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from bench.digit_people import Cells, learned_and_left_out
from layouts.dyadcode import parse_dyad_code
from layouts.model import Group, ItemId, PageLayout, Role
from records.study import Study
from wamforms.practice.handwriting import Script, write_digit
from wamforms.practice.ink import Gray
from wamforms.practice.people import Respondent, answer_page
from wamforms.practice.render import render
from wamforms.tasks.masters import MasterRun

DPI = 200.0


@dataclass(frozen=True, slots=True)
class Number:
    """One line of the list of paper numbers."""

    digits: str
    dyad: str
    role: Role
    wave: int


def numbers(run: MasterRun) -> list[Number]:
    """Read the list that goes along with the masters."""
    with run.numbers.open(encoding="utf-8", newline="") as stream:
        return [
            Number(
                line["paper_number"].replace(" ", ""),
                parse_dyad_code(line["dyad"]),
                Role(line["role"]),
                int(line["wave"]),
            )
            for line in csv.DictReader(stream)
        ]


def real_digit(digit: int, turn: int) -> Cells:
    """Take a digit of somebody whom the recogniser has never seen."""
    _, people = learned_and_left_out()
    mine = people.shapes[people.digits == digit]
    return np.asarray(mine[turn % len(mine)])


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody fills in a copy.

    Attributes
    ----------
    marks
        Values marked in a row of the strip, by its name; as the number says if not named.
    date
        Day, month and year, such as `231126`; a space leaves a box empty.
    """

    pen: Respondent
    date: str = ""
    marks: Mapping[str, Sequence[int]] = field(default_factory=dict)


def filled(
    page: PageLayout, sheet: Gray, number: Number, answers: Mapping[ItemId, int], hand: Hand
) -> Gray:
    """Fill in a copy: answers, paper number, who, wave and date."""
    assert page.written is not None
    rng = np.random.default_rng(5)
    sheet = answer_page(page, answers, hand.pen, rng).on(sheet, DPI / 25.4)
    for group in page.written.groups:
        for value in hand.marks.get(group.item, [_value(group, number)]):
            strip = replace(page, groups=(group,))
            sheet = answer_page(strip, {group.item: value}, hand.pen, rng).on(sheet, DPI / 25.4)
    for place, digit in enumerate(hand.date):
        if digit != " ":
            box = page.written.date[place].centre
            cells = real_digit(int(digit), 7 * place)
            write_digit(sheet, (box.x_mm, box.y_mm), cells, Script(), DPI / 25.4)
    return sheet


def _value(group: Group, number: Number) -> int:
    if group.item == "role":
        return 1 if number.role is Role.CLIENT else 2
    if group.item == "wave":
        return number.wave
    return int(number.digits[int(group.item.removeprefix("number ")) - 1])


def masters(study: Study, run: MasterRun) -> dict[tuple[str, Role], tuple[PageLayout, Gray]]:
    """Take every master off the printer, by domain and role."""
    layouts = [one for one in study.store.layouts().values() if one.pages[0].written]
    pages = list(render(Path(run.pdf), DPI))
    return {
        (layout.domain, layout.role): (layout.pages[0], pages[number])
        for number, layout in enumerate(layouts)
    }
