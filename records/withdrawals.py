"""Withdrawal: a dyad leaves the study's memory, and a receipt stays that names nobody.

One step removes every row of the dyad and writes down which pictures are to be deleted.
They are deleted after it, so a program that is killed in between leaves a list and no
pictures that nobody knows of.
"""

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from layouts.dyadcode import shown
from layouts.errors import UsageError
from layouts.model import DyadCode
from records import rows
from records.batch_entries import FileCame
from records.database import transaction
from records.entries import NewDyad
from records.keys import derived_key
from records.removal import receipt, receipted, remove_rows
from records.stamps import now
from records.traces import Trace, trace_of

PURPOSE = "wamforms withdrawal 1"
"""Keeps the key of receipts apart from any other use of the study's key."""

WHY = "withdrawal"
"""What the log says of the rows that went."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The receipt of a dyad that is gone.

    Attributes
    ----------
    salt, digest
        HMAC-SHA256 of the salted code, with a key made from the study's: whoever has code
        and key can tell that this is its receipt, and nobody can find the code from it.
    prints, pages, decisions, pictures
        How many there were.
    exports, backups
        Entries of the log about exports and backups made while the dyad was in the study.
    """

    number: int
    salt: str
    digest: str
    prints: int
    pages: int
    decisions: int
    pictures: int
    exports: tuple[int, ...]
    backups: tuple[int, ...]
    by: str
    at: str


def withdrawal_key(key: bytes) -> bytes:
    """Make the key of receipts from the study's key."""
    return derived_key(key, PURPOSE)


class WithdrawalMemory:
    """The part of the study's memory that knows who is gone, without knowing who it was."""

    _db: sqlite3.Connection
    _key: bytes

    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Return all receipts, the oldest first."""
        found = self._db.execute(
            "SELECT number, salt, digest, prints, pages, decisions, pictures, exports, backups,"
            " by, at FROM withdrawals ORDER BY number"
        )
        return tuple(map(_withdrawal, found))

    def withdrawal_of(self, code: DyadCode) -> Withdrawal | None:
        """Find the receipt of a dyad; None if it was not withdrawn."""
        for one in self.withdrawals():
            if hmac.compare_digest(one.digest, self._digest(one.salt, code)):
                return one
        return None

    def not_withdrawn(self, dyad: NewDyad) -> NewDyad:
        """Return a dyad as it is, if it may be in this study.

        Raises
        ------
        UsageError
            If it was withdrawn from it.
        """
        if self.withdrawal_of(dyad.code) is not None:
            raise UsageError(
                f"dyad {shown(dyad.code)} was withdrawn from this study",
                advice="Take its line out; someone who comes back gets a new code.",
            )
        return dyad

    def trace_of(self, code: DyadCode) -> Trace:
        """Find everything that is remembered of a dyad."""
        with transaction(self._db, reading=True):
            return trace_of(self._db, code)

    def withdraw(self, code: DyadCode, *, by: str = "") -> Withdrawal:
        """Remove every row of a dyad in one step, and list its pictures for deletion.

        Parameters
        ----------
        code : DyadCode
            Whose.
        by : str
            Who was asked to do it; never who withdrew.
        """
        with transaction(self._db):
            trace = trace_of(self._db, code)
            remove_rows(self._db, trace.rows, why=WHY, by=by)
            number = self._add_receipt(code, trace, by)
            self._db.executemany(
                "INSERT INTO batch_files VALUES (?, ?, '', NULL, ?, ?, '')",
                ((batch, file, FileCame.WITHDRAWN, pages) for batch, file, pages in trace.batched),
            )
            self._db.executemany(
                "INSERT INTO withdrawn_pages VALUES (?, ?, ?)",
                ((number, file, pages) for file, pages in trace.shared.items()),
            )
            self._db.executemany(
                "INSERT INTO withdrawn_pictures VALUES (?, ?) ON CONFLICT DO NOTHING",
                sorted(trace.pictures),
            )
        return self.withdrawals()[-1]

    def withdrawn_pages(self) -> Mapping[str, int]:
        """Count the pages that left each file which holds pages of others, too."""
        return dict(self._db.execute("SELECT file, sum(pages) FROM withdrawn_pages GROUP BY file"))

    def pictures_to_delete(self) -> frozenset[tuple[str, str]]:
        """List digest and suffix of pictures of withdrawn dyads that may still be there."""
        return frozenset(self._db.execute("SELECT digest, ending FROM withdrawn_pictures"))

    def pictures_deleted(self) -> None:
        """Forget the digests of pictures that were to be deleted; they are gone."""
        with transaction(self._db):
            found = self._db.execute("SELECT rowid FROM withdrawn_pictures").fetchall()
            if found:
                remove_rows(self._db, {"withdrawn_pictures": [n for (n,) in found]}, why=WHY)

    def rewrite(self) -> None:
        """Write the database anew, without the gaps that removed rows left, and empty its log file.

        Removed rows are overwritten with zeros anyway; moved ones may have left a copy.
        """
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def _add_receipt(self, code: DyadCode, trace: Trace, by: str) -> int:
        salt = secrets.token_hex(16)
        added = self._db.execute(
            "INSERT INTO withdrawals (salt, digest, prints, pages, decisions, pictures, exports,"
            " backups, last_page, last_print, by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(salt, self._digest(salt, code)),
                *(trace.prints, trace.pages, trace.decisions, len(trace.pictures)),
                *(receipt(trace.exports), receipt(trace.backups)),
                *(trace.last_page, trace.last_print, by, now()),
            ),
        )
        return added.lastrowid or 0

    def _digest(self, salt: str, code: DyadCode) -> str:
        return hmac.digest(self._key, f"{salt} {code}".encode(), hashlib.sha256).hex()


def _withdrawal(row: rows.Row) -> Withdrawal:
    *counts, exports, backups, by, at = row
    number, salt, digest, prints, pages, decisions, pictures = counts
    return Withdrawal(
        *(number, salt, digest, prints, pages, decisions, pictures),
        tuple(receipted(exports)),
        tuple(receipted(backups)),
        *(by, at),
    )
