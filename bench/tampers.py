"""What an attacker does to a study, and whether `check` says so: `python -m bench.tampers`.

The six tampers are tried on a plain and on an encrypted study by somebody who can write SQL into
the database (of an encrypted one that takes the passphrase) but does not sign the log; and on
the encrypted one's files by somebody without the passphrase. At last single bytes are flipped.
"""

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.stacks import Bench, Kind
from layouts.errors import WamError
from layouts.model import ItemId
from records import ciphers
from records.connections import connect
from records.key_file import read_key
from records.keys import database_seal
from records.log import Head
from records.study import Study, open_study
from records.study_folder import KEY_FILE, STORE_FILE, needs_passphrase
from scan.adjudicate import Meaning
from wamforms.tasks.scanning import scan_stack
from wamforms.tasks.verifying import check_study

PASSPHRASE = "a passphrase of the bench"
PAGES, DPI = 2, 150
PAGE_BYTES = 4096
ITEMS = ("q01", "q02", "q03", "q04")

Sql = Callable[[sqlite3.Connection], object]


@dataclass(frozen=True, slots=True)
class Made:
    """A study to tamper with.

    Attributes
    ----------
    folder
        As it is now.
    earlier
        A copy of its database from before the last two decisions.
    head
        The newest entry of its log, kept elsewhere.
    """

    folder: Path
    earlier: Path
    head: Head


def made(home: Path, passphrase: str | None) -> Made:
    """Print, scan and settle a small study."""
    bench = Bench(home / "stacks", PAGES, passphrase=passphrase)
    folder = home / ("plain" if passphrase is None else "encrypted")
    stack = bench.stack(Kind.GREY, DPI, PAGES).path
    earlier = home / f"{folder.name}-earlier.sqlite"
    with bench.empty_study(folder) as study:
        scan_stack(study, [stack], workers=0)
        _settle(study, ITEMS[:2])
    shutil.copy(folder / STORE_FILE, earlier)
    with open_study(folder, passphrase=passphrase) as study:
        _settle(study, ITEMS[2:])
        return Made(folder, earlier, study.store.log.head())


def _settle(study: Study, items: Sequence[str]) -> None:
    page = study.store.snapshot().pages[0].id
    for item in items:
        study.store.add_verdict(page, ItemId(item), Meaning.VALUE, 1, by="AB")


def without_triggers(db: sqlite3.Connection) -> None:
    """Take away what stops mistakes; an attacker would."""
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")


def with_triggers(db: sqlite3.Connection, attack: Sql) -> None:
    """Attack, and put the triggers back as they were, so that nothing else is amiss."""
    kept = db.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    without_triggers(db)
    attack(db)
    for (sql,) in kept:
        db.execute(sql)


def _replace(db: sqlite3.Connection) -> None:
    row = list(db.execute("SELECT * FROM verdicts WHERE number = 2").fetchone())
    row[4] = 5
    db.execute(f"INSERT OR REPLACE INTO verdicts VALUES ({', '.join('?' * len(row))})", row)


def _reorder(db: sqlite3.Connection) -> None:
    for old, new in ((1, 99), (2, 1), (99, 2)):
        db.execute("UPDATE verdicts SET number = ? WHERE number = ?", (new, old))


def _insert(db: sqlite3.Connection) -> None:
    row = list(db.execute("SELECT * FROM verdicts WHERE number = 2").fetchone())
    row[0], row[4] = 9, 5
    db.execute(f"INSERT INTO verdicts VALUES ({', '.join('?' * len(row))})", row)


def _cut(db: sqlite3.Connection) -> None:
    (seq,) = db.execute(
        "SELECT seq FROM log JOIN log_rows USING (seq) WHERE object = 'verdicts' AND row = '[2]'"
    ).fetchone()
    db.execute("DELETE FROM verdicts WHERE number > 2")
    for table in ("log_rows", "log"):
        db.execute(f"DELETE FROM {table} WHERE seq > ?", (seq,))


SIX: dict[str, Sql] = {
    "edit": lambda db: db.execute("UPDATE verdicts SET value = 5 WHERE number = 2"),
    "delete": lambda db: db.execute("DELETE FROM verdicts WHERE number = 2"),
    "insert": _insert,
    "reorder": _reorder,
    "REPLACE": _replace,
    "cut the tail": _cut,
}
"""The tampers of the requirements, as SQL."""


def _page(path: Path, number: int, change: Callable[[bytes], bytes]) -> None:
    data = bytearray(path.read_bytes())
    part = slice(number * PAGE_BYTES, (number + 1) * PAGE_BYTES)
    data[part] = change(bytes(data[part]))
    path.write_bytes(bytes(data))


def _swap(made: Made) -> None:
    path = made.folder / STORE_FILE
    data = path.read_bytes()
    one, two = data[PAGE_BYTES * 3 : PAGE_BYTES * 4], data[PAGE_BYTES * 4 : PAGE_BYTES * 5]
    path.write_bytes(data[: PAGE_BYTES * 3] + two + one + data[PAGE_BYTES * 5 :])


def _put_back_a_page(made: Made) -> None:
    """Put one page back as it was: the last one that differs between then and now."""
    path, before = made.folder / STORE_FILE, made.earlier.read_bytes()
    now = path.read_bytes()
    pages = range(1, min(len(now), len(before)) // PAGE_BYTES)
    differ = [
        number
        for number in pages
        if now[number * PAGE_BYTES :][:PAGE_BYTES] != before[number * PAGE_BYTES :][:PAGE_BYTES]
    ]
    _page(path, differ[-1], lambda _: before[differ[-1] * PAGE_BYTES :][:PAGE_BYTES])


FILES: dict[str, Callable[[Made], object]] = {
    "edit a page": lambda made: _page(
        made.folder / STORE_FILE, 5, lambda page: bytes([page[0] ^ 1]) + page[1:]
    ),
    "empty a page": lambda made: _page(made.folder / STORE_FILE, 5, lambda _: bytes(PAGE_BYTES)),
    "swap two pages": _swap,
    "put an earlier page back": _put_back_a_page,
    "put the earlier file back": lambda made: shutil.copy(made.earlier, made.folder / STORE_FILE),
    "cut the file": lambda made: (made.folder / STORE_FILE).write_bytes(
        (made.folder / STORE_FILE).read_bytes()[: -5 * PAGE_BYTES]
    ),
}
"""What can be done to the database of an encrypted study without its passphrase."""


def tampered_by_sql(made: Made, attack: Sql) -> None:
    """Attack a study's database with SQL."""
    folder = made.folder
    sealed = needs_passphrase(folder)
    seal = database_seal(read_key(folder / KEY_FILE, PASSPHRASE)) if sealed else None
    with closing(connect(folder / STORE_FILE, seal=seal)) as db:
        with_triggers(db, attack)


def said_of(made: Made) -> tuple[str, ...]:
    """List what `check` says against a study, with the head that was kept."""
    try:
        done = check_study(made.folder, [made.head], passphrase=PASSPHRASE)
    except WamError as error:
        return (str(error),)
    return tuple(f"{one.what}: {one.detail}" for one in done.faults)


def copy_of(made: Made, home: Path) -> Made:
    """Give a fresh copy of a study to tamper with."""
    folder = home / "scene"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made.folder, folder)
    return Made(folder, made.earlier, made.head)


def matrix(home: Path, studies: dict[str, Made]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Try every tamper; yield its name, the kind of study, and what was said."""
    for kind, study in studies.items():
        for name, attack in SIX.items():
            scene = copy_of(study, home)
            tampered_by_sql(scene, attack)
            yield f"{name}, with SQL", kind, said_of(scene)
    for name, change in FILES.items():
        scene = copy_of(studies["encrypted"], home)
        change(scene)
        yield f"{name}, without the passphrase", "encrypted", said_of(scene)


def flips(home: Path, study: Made, count: int, chance: random.Random) -> int:
    """Flip one bit of database or pictures so many times; return how often it was noticed."""
    noticed = 0
    for _ in range(count):
        scene = copy_of(study, home)
        files = [scene.folder / STORE_FILE, *(scene.folder / "images").rglob("*.*")]
        path = chance.choice(files)
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(data))
        noticed += bool(said_of(scene))
    return noticed


def main() -> None:
    """Print the matrix and the count of flips; fail if a tamper was not noticed."""
    parser = argparse.ArgumentParser(description="Tamper with a study, and ask check.")
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    ciphers.COST = 4  # the passphrase is not what is attacked
    with tempfile.TemporaryDirectory(prefix="wamforms-tampers-") as folder:
        home = Path(folder)
        studies = {"plain": made(home, None), "encrypted": made(home, PASSPHRASE)}
        print("| tamper | study | what check says first |\n|---|---|---|")
        missed = 0
        for name, kind, said in matrix(home, studies):
            missed += not said
            print(f"| {name} | {kind} | {said[0] if said else 'NOTHING'} |")
        print(f"\n{missed} not noticed")
        for kind, study in studies.items():
            found = flips(home, study, given.flips, random.Random(given.seed))
            print(f"one bit flipped, {kind}: noticed {found} of {given.flips} times")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
