"""How a caseload line enters the study's memory."""

import sqlite3

from layouts.dyadcode import shown
from layouts.errors import UsageError
from records import rows
from records.entries import NewDyad


def enrol(db: sqlite3.Connection, new: NewDyad, at: str) -> None:
    """Add a dyad, or what has changed about a known one; runs inside a transaction.

    Raises
    ------
    UsageError
        If a known dyad comes with another domain.
    """
    known = db.execute(f"{rows.DYADS} WHERE code = ?", (new.code,)).fetchone()
    if known is None:
        db.execute("INSERT INTO dyads VALUES (?, ?, ?)", (new.code, new.domain, at))
    else:
        old = rows.dyad(known)
        if old.domain != new.domain:
            raise UsageError(
                f"dyad {shown(new.code)} is enrolled in {old.domain}, not in {new.domain}",
                advice="Correct the caseload line, or leave its code empty to get a new one.",
            )
        if (old.language, old.officer, old.notes) == (new.language, new.officer, new.notes):
            return
    db.execute(
        "INSERT INTO caseload (dyad, language, officer, notes, at) VALUES (?, ?, ?, ?, ?)",
        (new.code, new.language, new.officer, new.notes, at),
    )
