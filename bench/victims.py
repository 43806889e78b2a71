"""The jobs that `bench.kills` kills: each can be done again on what is left of itself."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copy

from bench.stacks import Bench, Kind
from layouts.model import DyadCode
from output.package import PROVENANCE_FILE
from records.age_files import read_secrets
from records.backups import make_backup
from records.log import logged_tables
from records.manifest import opened_backup
from records.schema import LOG_TABLES
from records.study import Study, open_study
from scan.adjudicate import Meaning
from scan.results import PageRead
from wamforms.tasks.exporting import TABLES_ONLY, export_study
from wamforms.tasks.forgetting import forget
from wamforms.tasks.inbox import LOCK
from wamforms.tasks.page_lines import PageLine
from wamforms.tasks.printing import PrintOrder, print_wave
from wamforms.tasks.scanning import scan_stack
from wamforms.tasks.sealing import make_key
from wamforms.tasks.watching import watching

PREPARED = "prepared"
PAGES = 4
DPI = 150
"""Small stacks: what is killed is the storing, not the reading."""

DECISIONS = 24
"""Each has a step of its own."""

STAMPS = frozenset({"at", "printed_at", "enrolled_at"})
"""Columns that say when; a second run has another time."""

WHO = "who.txt"
"""Holds the code of the dyad that withdraws; after it the study does not know it."""

PASSPHRASE = "a passphrase of the bench"

SEALED = "encrypted "
"""Begins the name of a victim whose study is encrypted."""

TO_KEY, KEY = "sealed ", "research.key"
"""Begins the name of a victim whose client sheets are sealed; the file with its secret key."""

RUNS = "batch"
"""Tables of this name hold a row for every run of the scanner, so two runs have two."""

Tell = Callable[[str], None]
"""Hears the name of a row once it is stored."""


@dataclass(frozen=True, slots=True)
class Victim:
    """A job that is killed.

    Attributes
    ----------
    prepare
        Makes what the job needs in a folder, once; the study is in `study`.
    act
        Does the job, or what is left of it.
    outcome
        Lists what must be there after it, each piece as often as it is there.
    """

    name: str
    prepare: Callable[[Bench, Path], None]
    act: Callable[[Path, Tell], None]
    outcome: Callable[[Path], Counter[str]]

    def told(self, folder: Path) -> frozenset[str]:
        """List the names of all rows that may have been told."""
        with open_victim(folder) as study:
            snapshot = study.store.snapshot()
        pages = {page.outcome.source for page in snapshot.pages}
        return frozenset(pages | {f"{one.page} {one.item}" for one in snapshot.verdicts})


def open_victim(folder: Path) -> Study:
    """Open the study of a victim; a plain one does not look at the passphrase."""
    secrets = read_secrets(folder / KEY, None) if (folder / KEY).exists() else ()
    return open_study(folder / "study", passphrase=PASSPHRASE, research_key=secrets)


def prepared(home: Path, victims: tuple[Victim, ...]) -> None:
    """Make the folder of every victim."""
    for one in victims:
        passphrase = PASSPHRASE if one.name.startswith(SEALED) else None
        folder = home / PREPARED / one.name
        folder.mkdir(parents=True)
        public: tuple[str, ...] = ()
        if one.name.startswith(TO_KEY):
            public = (make_key(folder / KEY, None).key,)
        one.prepare(Bench(home / "stacks", PAGES, passphrase=passphrase, public=public), folder)


def rows_of(folder: Path) -> Counter[str]:
    """List all rows of a study but those of the log, without the time."""
    found: Counter[str] = Counter()
    with open_victim(folder) as study:
        db = study.store._db
        for table in logged_tables(db):
            if table.startswith(RUNS):
                continue
            cursor = db.execute(f'SELECT * FROM "{table}"')
            names = [name for name, *_ in cursor.description]
            for row in cursor:
                kept = [
                    _opened(study, table, value) if name == "sealed" else value
                    for name, value in zip(names, row, strict=True)
                    if name not in STAMPS
                ]
                found[f"{table} {kept}"] += 1
        found.update(f"picture {digest}{suffix}" for digest, suffix in study.store.pictures())
    return found


def _opened(study: Study, table: str, sealed: bytes | None) -> bytes | None:
    """Open an envelope: each is closed anew, and only what is in it can be the same."""
    envelope = study.images.envelope
    if sealed is None or envelope is None:
        return sealed
    return envelope.open(sealed, b"reading" if table == "pages" else b"verdict")


def orphans_in(folder: Path) -> frozenset[Path]:
    """List pictures that no row points to."""
    with open_victim(folder) as opened:
        ours = {opened.images.path(*one) for one in opened.store.pictures()}
        return frozenset(path for path in opened.images.root.rglob("*.*")) - ours


def _printed(bench: Bench, folder: Path) -> None:
    bench.empty_study(folder / "study").close()
    copy(bench.stack(Kind.GREY, DPI, PAGES).path, folder / "stack.pdf")


def _read(bench: Bench, folder: Path) -> None:
    _printed(bench, folder)
    _scan(folder, lambda _: None)


@dataclass(frozen=True, slots=True)
class _Told:
    """Progress of a scan that tells which page was stored."""

    tell: Tell

    def page_done(self, line: PageLine) -> None:
        """Tell it."""
        self.tell(line.source)


def _scan(folder: Path, tell: Tell) -> None:
    with open_victim(folder) as study:
        scan_stack(study, [folder / "stack.pdf"], workers=0, progress=_Told(tell))


def _settle(folder: Path, tell: Tell) -> None:
    with open_victim(folder) as study:
        snapshot = study.store.snapshot()
        done = {(one.page, one.item) for one in snapshot.verdicts}
        items = [
            (page.id, one.item, one.bubbles[0].value)
            for page in snapshot.pages
            if isinstance(page.outcome, PageRead)
            for one in page.outcome.items
        ]
        for page, item, value in items[:DECISIONS]:
            if (page, item) not in done:
                study.store.add_verdict(page, item, Meaning.VALUE, value, by="AB")
                tell(f"{page} {item}")


def _export(folder: Path, _: Tell) -> None:
    with open_victim(folder) as study:
        # The other formats are made from the same rows, take seconds, and go the same way.
        export_study(study, folder / "tables", TABLES_ONLY)


def _exported(folder: Path) -> Counter[str]:
    """List rows and tables; where they came from has the time in it."""
    files = [path for path in (folder / "tables").rglob("*") if path.is_file()]
    digests = (
        f"{one.name} {hashlib.sha256(one.read_bytes()).hexdigest()}"
        for one in files
        if one.name != PROVENANCE_FILE
    )
    has_head = (folder / "tables" / PROVENANCE_FILE).exists()
    return rows_of(folder) + Counter(digests) + Counter(["provenance"] * has_head)


def _before_the_log(bench: Bench, folder: Path) -> None:
    """Take a scanned study back to the format that had no log."""
    _read(bench, folder)
    with open_victim(folder) as study:
        db = study.store._db
        for table in reversed(LOG_TABLES):
            db.execute(f"DROP TABLE {table}")
        db.execute("PRAGMA user_version = 2")


def _upgrade(folder: Path, _: Tell) -> None:
    open_victim(folder).close()


def _upgraded(folder: Path) -> Counter[str]:
    copies = [path.name for path in (folder / "study").glob("*.format-*")]
    return rows_of(folder) + Counter(copies)


def _back_up(folder: Path, _: Tell) -> None:
    target = folder / "safe.zip"
    if not target.exists():
        with open_victim(folder) as study:
            make_backup(study, target, with_key=True)


def _backed_up(folder: Path) -> Counter[str]:
    with opened_backup(folder / "safe.zip") as backup:
        backup.verify()
        names = [one.path for one in backup.manifest.files]
    return rows_of(folder) + Counter(names)


def _to_withdraw(bench: Bench, folder: Path) -> None:
    _read(bench, folder)
    with open_victim(folder) as study:
        (folder / WHO).write_text(study.store.dyads()[0].code)


def _forget(folder: Path, _: Tell) -> None:
    with open_victim(folder) as study:
        forget(study, DyadCode((folder / WHO).read_text()))


def _forgotten(folder: Path) -> Counter[str]:
    """List all rows, of receipts only that they are there: each has a salt of its own."""
    rows = rows_of(folder)
    receipts = [row for row in rows if row.startswith("withdrawals ")]
    return Counter({row: n for row, n in rows.items() if row not in receipts}) + Counter(
        receipt=len(receipts)
    )


def _print(folder: Path, _: Tell) -> None:
    pdf = folder / "again.pdf"
    if not pdf.exists():
        with open_victim(folder) as study:
            print_wave(study, PrintOrder("1", out=pdf))


def _files_printed(folder: Path) -> Counter[str]:
    """List rows and files; the PDF is the same whenever the serials are."""
    digests = (
        f"{one.name} {hashlib.sha256(one.read_bytes()).hexdigest()}"
        for one in folder.glob("again.*")
    )
    return rows_of(folder) + Counter(digests)


def _to_watch(bench: Bench, folder: Path) -> None:
    _printed(bench, folder)
    (folder / "inbox").mkdir()
    (folder / "stack.pdf").rename(folder / "inbox" / "stack.pdf")


def _watch(folder: Path, _: Tell) -> None:
    with (
        open_victim(folder) as study,
        watching(study, folder / "inbox", steady_s=0, workers=0) as watcher,
    ):
        for _look in range(2):  # a file is complete if it is the same at the second look
            list(watcher.look())


def _watched(folder: Path) -> Counter[str]:
    """List rows, and what was moved where; the name of the month is no matter."""
    inbox = folder / "inbox"
    moved = (path for path in inbox.rglob("*") if path.is_file() and path.name != LOCK)
    return rows_of(folder) + Counter(
        f"{path.relative_to(inbox).parts[0]} {path.name}" for path in moved
    )


PLAIN = (
    Victim("print", _printed, _print, _files_printed),
    Victim("scan", _printed, _scan, rows_of),
    Victim("settle", _read, _settle, rows_of),
    Victim("export", _read, _export, _exported),
    Victim("upgrade", _before_the_log, _upgrade, _upgraded),
    Victim("backup", _read, _back_up, _backed_up),
    Victim("forget", _to_withdraw, _forget, _forgotten),
    Victim("watch", _to_watch, _watch, _watched),
)

_KNOWS_NOTHING_OF_SHEETS = ("print", "upgrade")
"""An upgrade of these victims starts where no study could be sealed yet."""

VICTIMS = (
    *PLAIN,
    *(replace(one, name=SEALED + one.name) for one in PLAIN),
    *(
        replace(one, name=TO_KEY + one.name)
        for one in PLAIN
        if one.name not in _KNOWS_NOTHING_OF_SHEETS
    ),
)
"""Who is killed; a new job is one more line of `PLAIN`."""
