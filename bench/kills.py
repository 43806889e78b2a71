"""Kill the program at random moments and count what is lost: `python -m bench.kills`.

A child process does one job on a study and is killed with SIGKILL: by the clock,
or by its own hand just before or after a step that touches the disk. Then the
study is opened, swept, and the same job is done again to its end. What is there
must be what an undisturbed job leaves: nothing lost, nothing doubled, nothing left
lying about, every told row there, and the log whole.

SIGKILL says nothing about a power cut: the system keeps what the program wrote.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import copytree, rmtree
from unittest.mock import patch

import cv2

from bench.kill_tally import Tally, table
from bench.victims import PREPARED, VICTIMS, Victim, open_victim, orphans_in, prepared
from records import ciphers, sealed_sqlite
from records.wholefiles import TEMPORARY, sweep

_DISK_STEPS = ("fsync", "replace", "rename", "mkdir", "unlink", "rmdir", "open")
"""Functions of `os` that change what is on the disk, or are about to."""


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """A job that nobody disturbed.

    Attributes
    ----------
    steps
        How many steps it took, as `_counted_steps` counts them.
    """

    outcome: Counter[str]
    seconds: float
    steps: int


def campaign(home: Path, kills: int, seed: int, victims: tuple[Victim, ...]) -> dict[str, Tally]:
    """Kill every victim in turn until all kills are spent, or until Ctrl-C.

    Parameters
    ----------
    home : Path
        Holds the prepared studies.
    kills : int
        For all victims together.
    seed : int
        Of the moments.
    victims : tuple of Victim
        Who is killed.
    """
    chance = random.Random(seed)
    undisturbed = {one.name: _undisturbed(home, one) for one in victims}
    tallies = {one.name: Tally() for one in victims}
    with suppress(KeyboardInterrupt):  # what was done until then counts
        for number in range(kills):
            victim = victims[number % len(victims)]
            _one_kill(home, victim, undisturbed[victim.name], chance, tallies[victim.name])
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {kills}", end="", file=sys.stderr)
    return tallies


@contextmanager
def _scene(home: Path, victim: Victim) -> Iterator[Path]:
    """Give a fresh copy of a victim's prepared folder."""
    folder = home / "scene"
    rmtree(folder, ignore_errors=True)
    copytree(home / PREPARED / victim.name, folder)
    yield folder
    rmtree(folder)


def _undisturbed(home: Path, victim: Victim) -> Undisturbed:
    """Do a job twice: for its time and outcome, and to count its steps."""
    with _scene(home, victim) as folder:
        child, told = _child(victim, folder, None)
        start = time.perf_counter()
        told.read()
        _ended(child)
        seconds = time.perf_counter() - start
        outcome = victim.outcome(folder)
    with _scene(home, victim) as folder, _counted_steps(None) as steps:
        victim.act(folder, lambda _: None)
    return Undisturbed(outcome, seconds, steps[0])


def _one_kill(
    home: Path, victim: Victim, normal: Undisturbed, chance: random.Random, tally: Tally
) -> None:
    by_clock = chance.random() < 0.5
    step = None if by_clock else chance.randint(1, normal.steps)
    with _scene(home, victim) as folder:
        child, told = _child(victim, folder, step)
        if by_clock:
            time.sleep(chance.uniform(0, normal.seconds))
            os.kill(child, signal.SIGKILL)
        *said, _torn = told.read().split("\n")
        tally.hit += _ended(child) == -signal.SIGKILL
        try:
            _go_on(victim, folder, said, normal.outcome, tally)
        except Exception as error:
            tally.broken += 1
            tally.examples.append(f"step {step}: {error!r}")
    tally.kills += 1


def _go_on(
    victim: Victim, folder: Path, said: list[str], wanted: Counter[str], tally: Tally
) -> None:
    """Open what was left, do the job again, and compare."""
    start = time.process_time()  # what others do on the computer meanwhile is not counted
    open_victim(folder).close()
    tally.slowest_open_s = max(tally.slowest_open_s, time.process_time() - start)
    tally.left += sweep(folder, older_than_s=0)
    there = victim.told(folder)
    tally.untrue += sum(line not in there for line in said)
    victim.act(folder, lambda _: None)
    found = victim.outcome(folder)
    tally.lost += (wanted - found).total()
    tally.doubled += (found - wanted).total()
    if found != wanted:
        tally.examples += [f"{one:.120}" for one in ((wanted - found) | (found - wanted))][:2]
    tally.orphans += len(orphans_in(folder)) + len([*folder.rglob(TEMPORARY + "*")])
    with open_victim(folder) as study:
        faults = study.store.check()
    tally.broken += len(faults)
    tally.examples += faults[:2]


def _child(victim: Victim, folder: Path, step: int | None) -> tuple[int, "_Pipe"]:
    """Start the job in a copy of this process; it dies at a step if one is named."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, _Pipe(reading)
    status = 1
    try:
        os.close(reading)

        def tell(line: str) -> None:
            os.write(writing, f"{line}\n".encode())

        with _counted_steps(step):
            victim.act(folder, tell)
        status = 0
    finally:
        os._exit(status)


@dataclass(frozen=True, slots=True)
class _Pipe:
    end: int

    def read(self) -> str:
        """Read all that the child tells until it is gone."""
        with os.fdopen(self.end) as stream:
            return stream.read()


def _ended(child: int) -> int:
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGKILL):
        raise ChildProcessError(f"the job failed by itself with {code}")
    return code


@contextmanager
def _counted_steps(deadly: int | None) -> Iterator[list[int]]:
    """Count the steps that touch the disk, and die at one of them."""
    count = [0]

    def step(*_: object) -> None:
        count[0] += 1
        if count[0] == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    with (
        patch.object(sqlite3, "connect", _watched(sqlite3.connect, step)),
        patch.object(sealed_sqlite, "connect", _watched(sealed_sqlite.connect, step)),
        patch.dict(vars(os), {name: _around(getattr(os, name), step) for name in _DISK_STEPS}),
    ):
        yield count


def _watched(
    connect: Callable[..., sqlite3.Connection], step: Callable[..., None]
) -> Callable[..., sqlite3.Connection]:
    """Make connections take a step at every statement."""

    def watched(*args: object, **named: object) -> sqlite3.Connection:
        connection = connect(*args, **named)
        connection.set_trace_callback(step)
        return connection

    return watched


def _around(function: Callable[..., object], step: Callable[[], None]) -> Callable[..., object]:
    """Make a function take a step before and after."""

    def stepped(*args: object, **named: object) -> object:
        step()
        result = function(*args, **named)
        step()
        return result

    return stepped


def main() -> None:
    """Run a campaign, print its table, and fail if anything went wrong."""
    names = [one.name for one in VICTIMS]
    parser = argparse.ArgumentParser(description="Kill the program and count what is lost.")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--victims", nargs="+", choices=names, default=names)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    cv2.setNumThreads(1)  # a forked child has no other threads
    ciphers.COST = 4  # what is killed is the storing, not the stretching of the passphrase
    chosen = tuple(one for one in VICTIMS if one.name in given.victims)
    with tempfile.TemporaryDirectory(prefix="wamforms-kills-") as folder:
        prepared(Path(folder), chosen)
        tallies = campaign(Path(folder), given.kills, given.seed, chosen)
    if given.json:
        print(json.dumps({name: asdict(one) for name, one in tallies.items()}, indent=2))
    else:
        print(table(tallies))
    for name, one in tallies.items():
        for example in one.examples[:5]:
            print(f"{name}: {example}", file=sys.stderr)
    sys.exit(not all(one.is_clean for one in tallies.values()))


if __name__ == "__main__":
    main()
