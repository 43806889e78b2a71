"""Everything a study's memory holds of one dyad, found before it is removed."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from layouts.model import DyadCode
from records import rows
from records.log import Action, row_key

_DECISIONS = (
    *("verdicts", "sheet_verdicts", "date_verdicts", "typed_codes", "audit_keys"),
    *("card_marks", "second_answers", "taken_back"),
)
"""Tables in which a row is something that a person said about a page."""

_UNDONE = {"typed_codes": "code", "sheet_verdicts": "choice", "date_verdicts": "date"}
"""Columns of `taken_back` that point to a row of these tables."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a study remembers of a dyad.

    Attributes
    ----------
    rows
        Rowids of all its rows, by table.
    pictures
        Digest and suffix of pictures that no row of anybody else points to.
    shared
        Pages that go, by the digest of a file that holds pages of others, too.
    batched
        Batch, number in it, and length of every file that holds no others' pages.
    exports, backups
        Entries of the log about exports made since its first page was read, and about
        backups made since it was enrolled.
    unowned
        Refused pages with a picture and without an owner: one may be of this dyad.
    last_page, last_print
        The highest numbers given so far to any page and print.
    """

    rows: Mapping[str, tuple[int, ...]]
    pictures: frozenset[tuple[str, str]]
    shared: Mapping[str, int]
    batched: tuple[tuple[int, int, int], ...]
    exports: tuple[int, ...]
    backups: tuple[int, ...]
    unowned: int
    last_page: int
    last_print: int

    @property
    def is_empty(self) -> bool:
        """Whether the study remembers nothing of it."""
        return not any(self.rows.values())

    @property
    def prints(self) -> int:
        """How many forms were printed."""
        return len(self.rows["prints"])

    @property
    def pages(self) -> int:
        """How many readings of pages there are."""
        return len(self.rows["pages"])

    @property
    def decisions(self) -> int:
        """How often a person said something about a page."""
        return sum(len(self.rows[table]) for table in _DECISIONS)


def trace_of(db: sqlite3.Connection, code: DyadCode) -> Trace:
    """Find everything; runs inside a step, so that nothing comes in between."""
    db.execute("CREATE TEMP TABLE leaving (id INTEGER PRIMARY KEY)")
    try:
        _note_pages(db, code)
        whole, shared = _files(db)
        found = _rows(db, code, whole)
        exports, backups = _copies(db, code)
        return Trace(
            rows=found,
            pictures=_pictures(db),
            shared=shared,
            batched=_batched(db, whole),
            exports=exports,
            backups=backups,
            unowned=_unowned(db),
            last_page=_number(db, rows.LAST_PAGE),
            last_print=_number(db, rows.LAST_SERIAL),
        )
    finally:
        db.execute("DROP TABLE temp.leaving")


def _note_pages(db: sqlite3.Connection, code: DyadCode) -> None:
    """Note its pages, what they were before their code was typed, other scans, and blank backs.

    A page that was read with its code by mistake leaves as well, but nothing goes with it: the
    picture is somebody else's.
    """
    db.execute(f"INSERT INTO leaving SELECT id FROM {rows.SCANNED} WHERE dyad = ?", (code,))
    db.execute(
        "INSERT OR IGNORE INTO leaving SELECT typed_codes.page FROM typed_codes"
        " JOIN pages ON pages.typed = typed_codes.number JOIN leaving ON leaving.id = pages.id"
    )
    db.execute(
        "INSERT OR IGNORE INTO leaving SELECT id FROM pages WHERE dyad IS NULL AND image IN"
        " (SELECT image FROM pages JOIN leaving USING (id)) AND id NOT IN (SELECT typed_codes.page"
        f" FROM typed_codes JOIN {rows.SCANNED} AS again ON again.typed = typed_codes.number"
        " WHERE again.dyad <> ?)",
        (code,),
    )
    db.execute(
        "INSERT OR IGNORE INTO leaving SELECT back.id FROM pages AS front"
        " JOIN leaving ON leaving.id = front.id"
        " JOIN pages AS back ON back.file = front.file AND back.number = front.number + 1"
        " WHERE back.outcome = 'blank'"
    )
    db.execute("INSERT OR IGNORE INTO leaving SELECT id FROM pages WHERE dyad = ?", (code,))


def _files(db: sqlite3.Connection) -> tuple[tuple[str, ...], dict[str, int]]:
    """Tell files of which every page goes from those that hold pages of others, too."""
    found = db.execute(
        "SELECT file, sum(leaving.id IS NOT NULL AND typed IS NULL), sum(leaving.id IS NULL)"
        " FROM pages LEFT JOIN leaving USING (id) GROUP BY file"
        " HAVING sum(leaving.id IS NOT NULL) > 0"
    ).fetchall()
    whole = tuple(file for file, _, others in found if not others)
    return whole, {file: going for file, going, others in found if others and going}


def _rows(
    db: sqlite3.Connection, code: DyadCode, whole: Iterable[str]
) -> dict[str, tuple[int, ...]]:
    """List its rows; those that point to others stand before them."""
    page_in = "page IN (SELECT id FROM leaving)"
    found = {
        "audit_keys": _ids(
            db,
            "SELECT rowid FROM audit_keys WHERE field IN"
            f" (SELECT number FROM audit_fields WHERE {page_in})",
        ),
        "second_answers": _ids(
            db,
            "SELECT rowid FROM second_answers WHERE card IN"
            f" (SELECT number FROM second_cards WHERE {page_in})",
        ),
    }
    for table in (
        *("audit_fields", "batch_pages", "crops", "card_marks", "second_cards"),
        *("verdicts", "date_verdicts"),
    ):
        found[table] = _ids(db, f"SELECT rowid FROM {table} WHERE {page_in}")
    found["typed_codes"] = _ids(
        db,
        f"SELECT rowid FROM typed_codes WHERE {page_in} OR number IN"
        " (SELECT typed FROM pages JOIN leaving USING (id))",
    )
    for table in ("sheet_verdicts", "prints", "caseload"):
        found[table] = _ids(db, f"SELECT rowid FROM {table} WHERE dyad = ?", code)
    found["taken_back"] = tuple(
        one
        for table, column in _UNDONE.items()
        for number in found[table]
        for one in _ids(db, f"SELECT rowid FROM taken_back WHERE {column} = ?", number)
    )
    found["pages"] = _ids(db, "SELECT id FROM leaving")
    for table, column in (
        *(("withdrawn_pages", "file"), ("file_ends", "file")),
        *(("files", "sha256"), ("batch_files", "sha256")),
    ):
        query = f"SELECT rowid FROM {table} WHERE {column} = ?"
        found[table] = tuple(one for file in whole for one in _ids(db, query, file))
    found["dyads"] = _ids(db, "SELECT rowid FROM dyads WHERE code = ?", code)
    return found


def _pictures(db: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """List the pictures of leaving pages and cuttings that no other page or cutting shows."""
    both = (
        "SELECT id AS page, image, suffix FROM pages WHERE image IS NOT NULL"
        " UNION ALL SELECT page, image, suffix FROM crops"
    )
    query = (
        f"WITH shown AS ({both}) SELECT image, suffix FROM shown"
        " GROUP BY image, suffix HAVING min(page IN (SELECT id FROM leaving)) = 1"
    )
    return frozenset(db.execute(query))


def _batched(db: sqlite3.Connection, whole: Iterable[str]) -> tuple[tuple[int, int, int], ...]:
    query = "SELECT batch, number, pages FROM batch_files WHERE sha256 = ?"
    return tuple(row for file in whole for row in db.execute(query, (file,)))


def _copies(db: sqlite3.Connection, code: DyadCode) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """List exports since the first of its pages was read, and backups since it came."""
    since = "SELECT seq FROM log_rows JOIN log USING (seq) WHERE object = ? AND row = ?"
    events = "SELECT seq FROM log WHERE digest IS NULL AND action = ? AND seq > ?"
    read = "SELECT min(id) FROM pages JOIN leaving USING (id) WHERE outcome = 'read'"
    pages = _ids(db, since, "pages", row_key([_number(db, read)]))
    enrolled = _ids(db, since, "dyads", row_key([code]))
    return (
        tuple(one for seq in pages for one in _ids(db, events, Action.EXPORTED.value, seq)),
        tuple(one for seq in enrolled for one in _ids(db, events, Action.BACKED_UP.value, seq)),
    )


def _unowned(db: sqlite3.Connection) -> int:
    return _number(
        db,
        "SELECT count(DISTINCT image) FROM pages WHERE outcome = 'refused' AND dyad IS NULL"
        f" AND image NOT IN (SELECT image FROM {rows.SCANNED}"
        " WHERE dyad IS NOT NULL AND image IS NOT NULL)"
        " AND id NOT IN (SELECT id FROM leaving)",
    )


def _ids(db: sqlite3.Connection, query: str, *values: object) -> tuple[int, ...]:
    return tuple(number for (number,) in db.execute(query, values))


def _number(db: sqlite3.Connection, query: str) -> int:
    (found,) = db.execute(query).fetchone()
    return int(found or 0)
