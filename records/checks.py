"""Look through a study's database: SQLite's own checks, and its tables as made."""

import sqlite3
from contextlib import closing

from records.schema import SCHEMA

_OBJECTS = (
    "SELECT type, name, sql FROM main.sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
)


def database_faults(db: sqlite3.Connection) -> tuple[str, ...]:
    """Name everything that is wrong with a database; an empty tuple means sound.

    Parameters
    ----------
    db : sqlite3.Connection
        Of this version.
    """
    found = [one for (one,) in db.execute("PRAGMA integrity_check") if one != "ok"]
    # Every page of an encrypted file is signed, free ones too; a plain database knows no such
    # check and answers nothing.
    found += (one for (one,) in db.execute("PRAGMA cipher_integrity_check"))
    lost = db.execute("PRAGMA foreign_key_check").fetchall()
    found += (f"row {row} of {table} points nowhere" for table, row, *_ in lost)
    return (*found, *_schema_faults(db))


def _schema_faults(db: sqlite3.Connection) -> tuple[str, ...]:
    """Compare tables, triggers and indexes with those of a new study."""
    with closing(sqlite3.connect(":memory:")) as new:
        new.executescript(SCHEMA)
        made = _objects(new)
    there = _objects(db)
    return (
        *(f"the {kind} {name} is missing" for kind, name in sorted(made.keys() - there.keys())),
        *(
            f"the {kind} {name} is no part of a study"
            for kind, name in sorted(there.keys() - made.keys())
        ),
        *(
            f"the {kind} {name} is not as it was made"
            for kind, name in sorted(made.keys() & there.keys())
            if made[kind, name] != there[kind, name]
        ),
    )


def _objects(db: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Read what a database is made of; a table that an upgrade renamed has its name in quotes."""
    return {
        (kind, name): sql.replace(f'TABLE "{name}"', f"TABLE {name}", 1)
        for kind, name, sql in db.execute(_OBJECTS)
    }
