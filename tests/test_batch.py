"""Stacks are read in order by workers that may die without taking the stack along."""

import os
import time
from concurrent.futures import Future, wait
from pathlib import Path

import numpy as np
import pytest

from scan import batch
from scan.batch import Desk, StackReader
from scan.results import Fault, PageBlank, PageRead, PageRefused
from scan.sources import PageRef
from scan.thresholds import Thresholds
from tests.pages import pdf_of
from tests.paper import printed


class Kept:
    """Keeps nothing; a class of its own because workers must be able to load it."""

    def __call__(self, data: bytes, suffix: str) -> str:
        return f"{len(data)}{suffix}"


class Trap(Kept):
    """Kills or stops the worker that keeps the second page."""

    def __init__(self, folder: Path, *, stop: bool = False) -> None:
        self._folder = folder
        self._stop = stop

    def __call__(self, data: bytes, suffix: str) -> str:
        if data.count(b"\x00") and len(data) == int((self._folder / "size").read_text()):
            if self._stop:
                (self._folder / "sprung").touch()
                time.sleep(600)
            os._exit(134)  # as PDFium does on a content bomb
        return super().__call__(data, suffix)


@pytest.fixture
def stack(tmp_path: Path) -> list[PageRef]:
    form = printed()
    blank = np.full((2339, 1654), 255, dtype=np.uint8)
    pages = [form.crossed({"q01": 1}), blank, form.crossed({"q01": 3})]
    path = tmp_path / "stack.pdf"
    pdf_of(pages, path, 200)
    return [PageRef(path, number, f"stack.pdf#{number + 1}") for number in range(3)]


def desk(keep: Kept) -> Desk:
    return Desk(printed().forms, Thresholds(), keep)


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_pages_come_back_in_the_order_of_the_stack(stack: list[PageRef], workers: int) -> None:
    with StackReader(desk(Kept()), workers) as reader:
        pages = list(reader.read(stack))
    assert [page.ref for page in pages] == stack
    assert [type(page.outcome) for page in pages] == [PageRead, PageBlank, PageRead]


def _set_trap(tmp_path: Path, ref: PageRef) -> None:
    from scan.sources import take

    (tmp_path / "size").write_text(str(len(take(ref).data)))


def test_a_page_that_kills_its_worker_is_refused_and_the_rest_is_read(
    stack: list[PageRef], tmp_path: Path
) -> None:
    _set_trap(tmp_path, stack[1])
    with StackReader(desk(Trap(tmp_path)), 1) as reader:
        pages = list(reader.read(stack))
    killed = pages[1].outcome
    assert isinstance(killed, PageRefused)
    assert killed.fault is Fault.UNREADABLE
    assert "scan the sheet again" in killed.detail
    assert [type(page.outcome) for page in pages] == [PageRead, PageRefused, PageRead]


def test_a_page_that_takes_for_ever_is_refused_and_the_rest_is_read(
    stack: list[PageRef], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sprung = tmp_path / "sprung"
    result = Future.result

    def passing(future: "Future[object]", timeout: float | None = None) -> object:
        """Let the longest time pass as soon as a page stands still, and no sooner."""
        assert timeout == batch.MOST_SECONDS
        while not wait([future], 0.05).done:
            if sprung.exists():
                sprung.unlink()
                raise TimeoutError
        return result(future)

    monkeypatch.setattr(Future, "result", passing)
    _set_trap(tmp_path, stack[1])
    with StackReader(desk(Trap(tmp_path, stop=True)), 1) as reader:
        pages = list(reader.read(stack))
    assert [type(page.outcome) for page in pages] == [PageRead, PageRefused, PageRead]


def test_a_missing_file_is_a_refused_page(tmp_path: Path) -> None:
    ref = PageRef(tmp_path / "gone.pdf", 0, "gone.pdf#1")
    with StackReader(desk(Kept()), 0) as reader:
        (page,) = reader.read([ref])
    assert isinstance(page.outcome, PageRefused)
    assert page.image == ""
