"""Scan: files dropped on the desk, read in the background, gone on with after a kill."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from layouts.errors import UsageError
from layouts.model import ItemId
from records.card_entries import CardMark
from records.ciphers import BrokenSealError
from records.sealed_pieces import PIECE_BYTES, SealingWriter, unsealed
from tests.desk_pages import Visitor, at_the_desk
from tests.small_study import Office, letter, office
from wamforms.desk.scan_page import stacks_of
from wamforms.tasks.incoming import FOLDER, Incoming, incoming_of, kept_name, scan_incoming, take_in
from wamforms.tasks.onlookers import Nobody
from wamforms.tasks.page_lines import PageLine
from wamforms.tasks.rescans import rescan_list
from wamforms.tasks.watching import watching

LONGEST_S = 600.0

KEY = b"k" * 32


@pytest.fixture
def made(tmp_path: Path) -> Office:
    return office(tmp_path)


def finished(visitor: Visitor) -> list[dict[str, Any]]:
    """Start what was taken in, wait for it, and return what happened."""
    visitor.ask("/scan/start", {})
    return rested(visitor)


def rested(visitor: Visitor) -> list[dict[str, Any]]:
    """Wait for a scan that began by itself."""
    stacks = stacks_of(visitor.desk)
    until = time.monotonic() + LONGEST_S
    while stacks.is_running and time.monotonic() < until:
        time.sleep(0.05)
    assert not stacks.is_running
    return stacks.events


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read without worker processes, which take longer to start than these stacks to read."""
    monkeypatch.setattr("wamforms.desk.stacks.usual_workers", lambda: 0)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.pdf",
        "..\\..\\boot.pdf",
        "C:\\scans\\a.pdf",
        "/abs.pdf",
        "CON.pdf",
        "nul.tif",
        "a\u202egpj.pdf",
        "x\x00y.pdf",
        ".pdf.pdf",
        "-rf.pdf",
        "%2e%2e%2f.pdf",
        "x" * 300 + ".pdf",
        "<script>.pdf",
        "stapel maandag (2).PDF",
    ],
)
def test_the_name_of_a_file_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    kept = kept_name(name)
    assert (tmp_path / kept).resolve().parent == tmp_path.resolve()
    assert kept.isprintable()
    assert not kept.startswith((".", "-"))
    assert len(kept) < 80
    assert not set(kept) & set('/\\:*?"<>|% ')


@pytest.mark.parametrize("name", ["", "x", "evil.exe", "stack.pdf.exe", "..", ".pdf"])
def test_what_cannot_be_scanned_is_not_taken(made: Office, name: str) -> None:
    with at_the_desk(made.folder) as visitor:
        answer = visitor.send(f"/scan/files?name={name}", b"MZ")
        assert answer.status_code == 409
        assert "no PDF" in answer.json()["error"]
    assert Incoming(made.folder / FOLDER).waiting == ()


def test_a_dropped_stack_is_read_told_page_by_page_and_added_up(made: Office) -> None:
    stack = made.pdf("a.pdf", made.page(0), made.page(1)).read_bytes()
    with at_the_desk(made.folder) as visitor:
        assert visitor.send("/scan/files?name=monday.pdf", stack).status_code == 200
        events = finished(visitor)
        assert [one["kind"] for one in events] == ["begin", "page", "page", "batch", "rest"]
        pages = [one for one in events if one["kind"] == "page"]
        assert [one["became"] for one in pages] == ["read", "read"]
        assert str(pages[0]["source"]).startswith("monday-")
        thumb = visitor.get(f"/scan/thumb/{pages[0]['page']}")
        assert thumb.headers["content-type"] == "image/jpeg"
        assert len(thumb.content) < 8_000
        batch = visitor.text(f"/scan/batch/{events[3]['batch']}")
        assert "exactly one pile" in batch
        sheet = visitor.get(f"/scan/batch/{events[3]['batch']}/sheet.pdf")
        assert sheet.content.startswith(b"%PDF")
        assert "Batch 1" in visitor.text("/scan")
    assert Incoming(made.folder / FOLDER).waiting == (), (
        "the pages are in the study, so the file goes"
    )


def test_the_same_file_dropped_twice_counts_once(made: Office) -> None:
    stack = made.pdf("a.pdf", made.page(0)).read_bytes()
    with at_the_desk(made.folder) as visitor:
        for name in ("monday.pdf", "tuesday.pdf"):
            visitor.send(f"/scan/files?name={name}", stack)
            events = finished(visitor)
        (last,) = [one for one in events if one["kind"] == "batch"][1:]
        assert len(last["known"]) == 1
    with made.open() as study:
        assert len(study.store.snapshot().pages) == 1


def test_a_broken_file_is_named_with_its_reason_and_the_rest_goes_on(made: Office) -> None:
    with at_the_desk(made.folder) as visitor:
        visitor.send("/scan/files?name=broken.pdf", b"%PDF-1.4 and no more")
        events = finished(visitor)
        (batch,) = [one for one in events if one["kind"] == "batch"]
        (lost,) = batch["unreadable"]
        assert lost["name"].startswith("broken-")
        assert lost["reason"]
    assert Incoming(made.folder / FOLDER).waiting == ()


def test_a_stack_that_a_stopped_desk_left_is_gone_on_with_by_itself(made: Office) -> None:
    folder = made.folder / FOLDER
    folder.mkdir()
    stack = made.pdf("a.pdf", made.page(0), made.page(1), made.page(2))
    stack.rename(folder / "left-1a2b.pdf")

    class StoppedError(Exception):
        pass

    class Stopper(Nobody):
        def page_done(self, line: PageLine) -> None:
            raise StoppedError(line.source)

    with made.open() as study, pytest.raises(StoppedError):
        scan_incoming(study, Incoming(folder), workers=0, onlooker=Stopper())
    with at_the_desk(made.folder) as visitor:
        rested(visitor)
    with made.open() as study:
        assert [page.index for page in study.store.snapshot().pages] == [1, 2, 3]
        assert study.store.check() == ()
    assert Incoming(made.folder / FOLDER).waiting == ()


def test_a_file_that_did_not_come_whole_is_not_there(made: Office) -> None:
    with at_the_desk(made.folder) as visitor, pytest.MonkeyPatch.context() as patch:
        patch.setattr("wamforms.tasks.incoming.MAX_FILE_BYTES", 100)
        answer = visitor.send("/scan/files?name=large.pdf", b"%PDF" + b"x" * 200)
        assert answer.status_code == 409
        assert "larger" in answer.json()["error"]
    assert list((made.folder / FOLDER).iterdir()) == []


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at a watched folder all the time."""
    monkeypatch.setattr("wamforms.desk.stacks.STEADY_S", 0.02)
    monkeypatch.setattr("wamforms.desk.stacks.LOOK_S", 0.02)


def told(visitor: Visitor, kind: str, times: int = 1) -> list[dict[str, Any]]:
    """Wait until something of a kind has been told so many times."""
    stacks = stacks_of(visitor.desk)
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        found = [one for one in stacks.events if one["kind"] == kind]
        if len(found) >= times:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{kind} was not told {times} times: {stacks.events}")


@pytest.mark.usefixtures("quick")
def test_what_comes_into_a_watched_folder_is_read_added_up_and_moved_away(
    made: Office, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with at_the_desk(made.folder) as visitor:
        assert visitor.post("/scan/watch", {"folder": str(inbox)}).status_code == 303
        assert "inbox" in visitor.text("/scan")
        made.pdf("x.pdf", made.page(0), made.page(1)).rename(inbox / "monday.pdf")
        (file,) = told(visitor, "file")
        assert (file["name"], file["fate"]) == ("monday.pdf", "done")
        made.pdf("x.pdf", letter()).rename(inbox / "strange.pdf")
        strange = told(visitor, "file", 2)[1]
        assert strange["fate"] == "problem"
        assert "refused" in strange["reason"]
        kinds = [one["kind"] for one in stacks_of(visitor.desk).events]
        assert kinds == ["begin", "page", "page", "batch", "file", "begin", "page", "batch", "file"]
        number = told(visitor, "batch", 2)[0]["batch"]
        assert "exactly one pile" in visitor.text(f"/scan/batch/{number}")
        assert visitor.post("/scan/watch", {"folder": ""}).status_code == 303
        assert stacks_of(visitor.desk).watched is None
    assert [path.name for path in (inbox / "done").rglob("*.pdf")] == ["monday.pdf"]
    problem = sorted(path.name for path in (inbox / "problem").rglob("strange*"))
    assert problem == ["strange.pdf", "strange.pdf.reason.txt"]


@pytest.mark.usefixtures("quick")
def test_a_folder_that_somebody_else_watches_is_refused_and_can_be_had_afterwards(
    made: Office, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with at_the_desk(made.folder) as visitor:
        with made.open() as study, watching(study, inbox, steady_s=1, workers=0):
            answer = visitor.post("/scan/watch", {"folder": str(inbox)})
            assert answer.status_code == 409
            assert "another wamforms" in answer.text
            assert stacks_of(visitor.desk).watched is None
        for _ in range(2):  # let go and taken again at once
            assert visitor.post("/scan/watch", {"folder": str(inbox)}).status_code == 303
            assert stacks_of(visitor.desk).watched == inbox


@pytest.mark.parametrize("where", ["study", "relative", "missing"])
def test_a_folder_that_cannot_be_watched_is_refused(
    made: Office, tmp_path: Path, where: str
) -> None:
    folder = {"study": str(made.folder), "relative": "inbox", "missing": str(tmp_path / "no")}
    with at_the_desk(made.folder) as visitor:
        answer = visitor.post("/scan/watch", {"folder": folder[where]})
        assert answer.status_code == 409
        assert stacks_of(visitor.desk).watched is None


def test_pages_to_scan_again_are_listed_until_a_later_scan_is_in(made: Office) -> None:
    made.scan(made.pdf("a.pdf", made.page(0)))
    with made.open() as study:
        study.store.add_mark(1, ItemId("q01"), CardMark.RESCAN, by="AB")
        (one,) = rescan_list(study)
        assert (one.page, one.by) == (1, "AB")
        study.store.add_mark(1, ItemId("q01"), CardMark.NO_RESCAN, by="AB")
        assert rescan_list(study) == ()
        study.store.add_mark(1, ItemId(""), CardMark.RESCAN, by="AB")
        assert len(rescan_list(study)) == 1
    made.scan(made.pdf("b.pdf", made.page(0, seed=7)))
    with made.open() as study:
        assert rescan_list(study) == ()


def test_a_name_without_an_ending_is_no_scan() -> None:
    with pytest.raises(UsageError):
        kept_name("stack")


def test_a_stack_dropped_on_an_encrypted_study_is_sealed_until_it_is_read(
    made: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wamforms.tasks.incoming.MEMORY", tmp_path / "no such disk")
    monkeypatch.setattr("wamforms.tasks.incoming.gettempdir", lambda: str(tmp_path))
    stack = made.pdf("a.pdf", made.page(0), made.page(1)).read_bytes()
    with made.open() as study:
        incoming = incoming_of(replace(study, is_encrypted=True))
        assert incoming.folder == made.folder / FOLDER
        asyncio.run(take_in(incoming, "names of clients.pdf", pieces_of(stack)))
        (kept,) = incoming.waiting
        assert b"%PDF" not in kept.read_bytes()
        assert "names" not in kept.name
        seen: list[PageLine] = []

        class Killed(Nobody):
            def page_done(self, line: PageLine) -> None:
                seen.append(line)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            scan_incoming(study, incoming, workers=0, onlooker=Killed())
        assert len(incoming.waiting) == 1
        scan_incoming(study, incoming, workers=0, onlooker=Nobody())
        assert seen[0].source.startswith("names-of-clients-")
        assert len(study.store.snapshot().pages) == 2
    assert not incoming.waiting
    assert not list(tmp_path.glob("wamforms-*")), "what was open while it was read is gone"


async def pieces_of(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 50_000):
        yield data[start : start + 50_000]


@pytest.mark.parametrize("what", ["bit", "cut", "key", "swapped"])
def test_a_sealed_stack_that_was_changed_is_not_read(tmp_path: Path, what: str) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    for one in (path, other):
        with one.open("wb") as file:
            writer = SealingWriter(file, KEY)
            writer.write(bytes(3 * PIECE_BYTES))
            writer.finish()
    assert b"".join(unsealed(path, KEY)) == bytes(3 * PIECE_BYTES)
    data = bytearray(path.read_bytes())
    record = (len(data) - 16) // 3
    if what == "bit":
        data[-1] ^= 1
    elif what == "cut":
        del data[-record:]
    elif what == "swapped":
        data[-record:] = other.read_bytes()[-record:]
    path.write_bytes(data)
    with pytest.raises(BrokenSealError):
        list(unsealed(path, bytes(32) if what == "key" else KEY))
