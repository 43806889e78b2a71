"""Rows that were once read wrongly without anybody being asked: never again.

`once_wrong.json` keeps the measures of their whole pages, five or seven numbers a bubble in
the order of `MEASURES`, because every row is judged against its own page; where the rules alone
would still be wrong, also what the second witness says of each row.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from layouts.model import ItemId
from scan.judge import judge_page
from scan.results import BubbleReading, ItemReading, Mark, Status
from scan.thresholds import Thresholds

PAGES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("once_wrong.json").read_text(encoding="utf-8")
)
MEASURES = ("fill", "peak", "solid", "around", "outline", "through", "joined")


def items_of(page: dict[str, Any]) -> list[ItemReading]:
    return [
        ItemReading(
            ItemId(f"q{number}"),
            Status.DOUBT,
            None,
            (),
            tuple(
                BubbleReading(
                    value, **dict(zip(MEASURES[: len(one)], one, strict=True)), mark=Mark.EMPTY
                )
                for value, one in enumerate(row, 1)
            ),
            witness=tuple(witness),
        )
        for number, (row, witness) in enumerate(
            zip(page["bubbles"], page.get("witness", [()] * len(page["bubbles"])), strict=True), 1
        )
    ]


@pytest.mark.parametrize("page", PAGES, ids=[page["name"] for page in PAGES])
def test_what_was_once_read_wrongly_is_asked_about(page: dict[str, Any]) -> None:
    judged = judge_page(items_of(page), (), Thresholds())
    for row, meant in zip(page["rows"], page["meant"], strict=True):
        right = meant is not None and judged[row].value == meant
        assert right or judged[row].status is Status.DOUBT, judged[row]
