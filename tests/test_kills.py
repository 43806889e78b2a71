"""A killed program loses nothing and doubles nothing, and the bench that says so can see."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.kill_tally import Tally
from bench.kills import _go_on
from bench.victims import Victim, rows_of
from records.entries import NewDyad
from records.settings import Settings
from records.study import create_study, open_study
from records.wholefiles import temporary_name
from tests.instruments import invented
from tests.readings import dyad, layout_of

ROOT = Path(__file__).parent.parent

JOBS = ("scan", "settle", "export", "upgrade", "encrypted backup", "sealed forget")
"""One of every kind; the bench has all of them in plain, encrypted and sealed studies."""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_ten_times_six_jobs_end_as_if_nobody_had_disturbed_it() -> None:
    arguments = [sys.executable, "-m", "bench.kills", "--kills", "10", "--seed", "3", "--json"]
    arguments += ["--victims", *JOBS]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tallies = json.loads(done.stdout)
    assert set(tallies) == set(JOBS)
    assert sum(one["kills"] for one in tallies.values()) == 10
    assert sum(one["hit"] for one in tallies.values()) >= 5, "too few came before the end"


def enrolled(folder: Path, *numbers: int) -> None:
    with open_study(folder / "study") as study:
        study.store.add_form(layout_of(invented(2)))
        study.store.enrol([NewDyad(dyad(one), "invented", "en") for one in numbers])


def left_by(folder: Path, wanted: Counter[str], said: list[str]) -> Tally:
    tally = Tally()
    careless = Victim("careless", lambda *_: None, lambda folder, _: enrolled(folder, 3), rows_of)
    _go_on(careless, folder, said, wanted, tally)
    return tally


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    settings = Settings("Killed", "nl", "a4", ("probation",), ("start",))
    create_study(tmp_path / "study", settings).close()
    enrolled(tmp_path, 1, 2)
    return tmp_path


def test_the_bench_finds_nothing_where_nothing_is_wrong(folder: Path) -> None:
    enrolled(folder, 3)
    assert left_by(folder, rows_of(folder), []).is_clean


def test_the_bench_sees_what_is_lost_doubled_and_told_in_vain(folder: Path) -> None:
    enrolled(folder, 4)
    wanted = rows_of(folder)
    wanted["a dyad that is not there"] += 2
    tally = left_by(folder, wanted, ["1 q01"])
    assert (tally.lost, tally.doubled, tally.untrue) == (2, 2, 1)
    assert not tally.is_clean


def test_the_bench_sees_orphans_and_a_broken_log(folder: Path) -> None:
    enrolled(folder, 3)
    wanted = rows_of(folder)
    with open_study(folder / "study") as study:
        study.images.keep(b"nobody knows this picture", ".jpg")
        study.store._db.execute("DROP TRIGGER dyads_never_updated")
    (folder / temporary_name()).write_text("swept at the start, so no orphan")
    tally = left_by(folder, wanted, [])
    assert (tally.orphans, tally.broken, tally.left) == (1, 1, 1)
