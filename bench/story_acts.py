"""The acts of the simulated study: what its three users type, in order."""

import csv
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import time_machine

from bench.story_end import close
from bench.story_paper import Paper, batches, twice, upside_down
from bench.story_plot import DAYS, WAVES, make_plot
from bench.story_scene import FAILED, MAYBE, STUDY, SUMS, WORKERS, Counted, Story, settle
from bench.story_terminal import StoryError, Terminal
from records.study import open_study

SEED = 4

PASSPHRASE = "WAMFORMS_KEYLIST_PASSPHRASE"


def tell(folder: Path, *, dyads: int, seed: int = SEED, plain: bool = False) -> Story:
    """Tell the whole story in an empty folder.

    Raises
    ------
    StoryError
        If the program does something else than the story says.
    """
    plot = make_plot(dyads, seed)
    story = Story(plot, Paper(plot, seed, plain, {}, {}), Terminal(folder), Counted())
    secret = patch.dict(os.environ, {PASSPHRASE: "four words for names"})
    # With the same key the same page is the same picture, whenever the story is told.
    key = patch("records.study.token_bytes", bytes)
    with _day(DAYS[0]), secret, key:
        _set_up(story)
    for wave, day in enumerate(DAYS, 1):
        with _day(day):
            _wave(story, wave)
        if wave == 2:
            with _day("2027-07-20"):
                _tampered(story)
    with _day("2027-11-15"):
        close(story)
    return story


@contextmanager
def _day(day: str) -> Iterator[None]:
    with time_machine.travel(datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=UTC)):
        yield


# The acts.


def _set_up(story: Story) -> None:
    say, type_ = story.type.tell, story.type
    say("## Before the first wave")
    say("The **administrator** makes the study and enrols the dyads from a list.")
    waves = [word for wave in WAVES for word in ("--wave", wave)]
    type_("init", STUDY, "--title", "Alliance 2027", *waves, show="said")
    _write_caseload(story, 1)
    type_("enrol", STUDY, _caseload(1), show="said")
    say("Names stay out of the study: they are in an encrypted file of their own.")
    _keylist(story)


def _keylist(story: Story) -> None:
    rows = [("dyad", "domain", "language", "officer", "name")]
    rows += [
        (one.code, one.domain, one.language, one.officers[0], f"Person {at}")
        for at, one in enumerate(story.plot.dyads, 1)
    ]
    _write_csv(story.folder / "people.csv", rows)
    told = story.type
    told("keylist", "names.wamkeys", "--study", STUDY, "--people", "people.csv", "--json")
    found = told("keylist", "names.wamkeys", "--find", "Person 2", "--json")
    if story.plot.dyads[1].code not in found.out:
        raise StoryError("the key list does not find a person by the name")
    told("keylist", "names.wamkeys", "--find", story.plot.dyads[0].code, show="json")


def _wave(story: Story, wave: int) -> None:
    say, type_ = story.type.tell, story.type
    say(f"## Wave {wave}: {WAVES[wave - 1]}")
    if wave > 1:
        changed = _write_caseload(story, wave)
        dyads = "1 dyad has" if changed == 1 else f"{changed} dyads have"
        say(f"{dyads} another professional now; the client's line goes on.")
        type_("enrol", STUDY, _caseload(wave), show="said" if wave == 2 else "")
    run = type_("print", STUDY, "--wave", WAVES[wave - 1], "--json").json
    with open_study(story.folder / STUDY) as study:
        story.paper.take(run, study.store.layouts(), story.folder / "printer")
    say(f"{run['forms']} forms are printed. The **professional** looks who is due:")
    officer = story.plot.dyads[0].officers[wave - 1]
    type_("due", STUDY, "--officer", officer, show="said")
    type_("due", STUDY, "--pdf", f"due-{wave}.pdf", "--ics", f"due-{wave}.ics", "--json")
    _scan(story, wave)
    settle(story)
    leaving = story.plot.leaving[wave - 1]
    say("One client withdraws. Everything of that dyad goes, and a receipt stays:")
    words = ("forget", STUDY, leaving, "--yes", "--by", "AB", "--json")
    done = type_(*words, show="said" if wave == 1 else "").json
    if done["left"]:
        raise StoryError(f"something of {leaving} is left: {done['left']}")
    type_("missing", STUDY, "--json")
    type_("status", STUDY, show="said")
    say("At the end of the day the study is backed up, and the copy is read back.")
    type_("backup", STUDY, f"backup-{wave}.zip", "--json")


def _scan(story: Story, wave: int) -> None:
    """Scan all batches of a wave; the first comes in by the watched folder."""
    say, type_ = story.type.tell, story.type
    say(
        "What comes back lies in piles, one per domain; a few sheets are upside down, in the wrong"
        " pile, or late from the wave before. The **administrator** scans the piles as they lie."
    )
    for number, (domain, keys) in enumerate(batches(story.plot, wave)):
        path = story.folder / f"wave-{wave}-{domain}.pdf"
        if keys:
            story.counted.pages += story.paper.batch(keys, path, turned=upside_down(story.plot))
            _read(story, path, by_inbox=number == 0)
    again = twice(story.plot, wave)
    if again:
        story.counted.pages += story.paper.batch(again, story.folder / f"again-{wave}.pdf")
        found = type_("scan", STUDY, f"again-{wave}.pdf", *WORKERS, "--json", codes=MAYBE).json
        if {page["became"] for page in found["pages"]} - {"again"}:
            raise StoryError(f"a sheet scanned twice is no second scan: {found['counts']}")
    say("Every batch is added up; nothing may be left over.")
    for batch in type_("reconcile", STUDY, "--list", "--json").json:
        named = str(batch["batch"])
        words = ("reconcile", STUDY, "--batch", named, "--pdf", f"batch-{named}.pdf", "--json")
        sums = type_(*words, codes=SUMS).json
        if not sums["adds_up"] or sums["faults"]:
            raise StoryError(f"batch {named} does not add up: {sums['faults']}")
    type_("reconcile", STUDY, codes=SUMS, show="said" if wave == 1 else "")


def _read(story: Story, path: Path, *, by_inbox: bool) -> None:
    before = time.perf_counter()
    if by_inbox:
        inbox = story.folder / "inbox"
        inbox.mkdir(exist_ok=True)
        path.rename(inbox / path.name)
        words = ("watch", STUDY, "inbox", "--once", "--steady", "0.1", *WORKERS, "--json")
        story.type(*words, codes=MAYBE)
    else:
        story.type("scan", STUDY, path.name, *WORKERS, "--json", codes=MAYBE)
    _add_time(story, "scan", before)


def _tampered(story: Story) -> None:
    say, type_ = story.type.tell, story.type
    say("## A file is tampered with")
    say("Somebody changes a page picture in the study's folder. The monthly check names it:")
    images = sorted(path for path in (story.folder / STUDY / "images").rglob("*") if path.is_file())
    victim = images[len(images) // 2]
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 0xFF
    victim.write_bytes(bytes(data))
    found = type_("check", STUDY, "--json", codes=(FAILED,)).json
    wrong = [one for one in found["findings"] if not one["is_ok"]]
    if len(wrong) != 1 or victim.stem[:8] not in wrong[0]["detail"]:
        raise StoryError(f"the check does not name {victim.name}: {wrong}")
    type_("check", STUDY, show="said", codes=(FAILED,))
    say("The last backup is sound. The damaged study is put aside, and work goes on with the copy.")
    (story.folder / STUDY).rename(story.folder / "damaged")
    type_("restore", "backup-2.zip", STUDY, "--key", "damaged/study.key", show="said")
    type_("check", STUDY, "--json")


# Small things.


def _caseload(wave: int) -> str:
    return "caseload.csv" if wave == 1 else f"changes-{wave}.csv"


def _write_caseload(story: Story, wave: int) -> int:
    """Write the caseload of a wave and count the dyads whose professional has changed."""
    rows = [("dyad", "domain", "language", "officer", "notes")]
    changed = 0
    for one in story.plot.dyads:
        officer = one.officers[wave - 1]
        is_new = wave > 1 and officer != one.officers[wave - 2]
        if wave > 1 and (not is_new or one.code in story.plot.leaving[: wave - 1]):
            continue
        changed += is_new
        rows.append((one.code, one.domain, one.language, officer, ""))
    _write_csv(story.folder / _caseload(wave), rows)
    return changed


def _write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def _add_time(story: Story, what: str, before: float) -> None:
    taken = time.perf_counter() - before
    story.counted.seconds[what] = story.counted.seconds.get(what, 0.0) + taken
