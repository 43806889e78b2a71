"""The log of an open study, for all who have something to write into it."""

import sqlite3
from collections.abc import Iterator

from records import log
from records.database import transaction
from records.log import Action, Entry, Head


class Logbook:
    """Rows log themselves; here stands what happened without a row."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def head(self) -> Head:
        """Return the newest entry's number and hash."""
        return log.head(self._db)

    def note(self, action: Action, about: str, detail: str = "", *, by: str = "") -> Head:
        """Add an event, such as an export that was written or a picture that was seen.

        Parameters
        ----------
        action : Action
            What was done.
        about : str
            To what. Neither this nor `detail` may hold what somebody answered or
            a dyad's code: entries are never removed.
        detail : str
            Anything short.
        by : str
            Who did it, if it is known.
        """
        with transaction(self._db):
            log.note(self._db, action, about, detail, by=by)
            return self.head()

    def note_change(self, action: Action, about: str, state: str) -> None:
        """Add an event if the state of something is another than at the last one."""
        if self.last_state(action, about) != state:
            self.note(action, about, state)

    def last_state(self, action: Action, about: str) -> str | None:
        """Return the detail of the latest event of a kind; None if there is none."""
        found = [entry.detail for entry in self.events(action) if entry.object == about]
        return found[-1] if found else None

    def events(self, action: Action) -> Iterator[Entry]:
        """Yield the events of a kind, the oldest first."""
        query = f"{log.ENTRIES} WHERE digest IS NULL AND action = ? ORDER BY seq"
        return (Entry(*row) for row in self._db.execute(query, (action.value,)))
