"""The tables of `study.sqlite`. Rows are added and never changed."""

from layouts.dyadcode import LENGTH
from layouts.model import Role
from layouts.sheetcode import MAX_PAGES, MAX_SERIAL, MAX_WAVES
from records.audit_entries import Rule, Stratum, Turn
from records.batch_entries import FileCame
from records.desk_tables import DESK_TABLES, one_of
from scan.adjudicate import Meaning, Standing
from scan.results import Fault

VERSION = 5
"""Counts up with every change of these tables; kept in `user_version`. `records.upgrade`
brings older studies to it. 2: codes that people typed. 3: crops of handwriting, the log,
batches, audits, dates on forms, withdrawals. 4: what people put aside, second readers, how long a
decision took. 5: decisions that were taken back, a page may be typed again; what only the
research key opens."""

APPLICATION_ID = 0x57414D46
"""`WAMF`, so that `file` and this program know whose database it is."""


_PLACE = f"""
    dyad TEXT CHECK (length(dyad) = {LENGTH}),
    role TEXT {one_of("role", Role)},
    wave INTEGER CHECK (wave BETWEEN 1 AND {MAX_WAVES}),
    page INTEGER CHECK (page BETWEEN 1 AND {MAX_PAGES})"""

_TABLES = {
    "forms": """
    fingerprint TEXT PRIMARY KEY CHECK (length(fingerprint) = 8),
    layout TEXT NOT NULL,
    at TEXT NOT NULL""",
    "dyads": f"""
    code TEXT PRIMARY KEY CHECK (length(code) = {LENGTH}),
    domain TEXT NOT NULL CHECK (domain <> ''),
    enrolled_at TEXT NOT NULL""",
    # Officers change between waves; a new row, and each print knows the row of its day.
    "caseload": """
    number INTEGER PRIMARY KEY,
    dyad TEXT NOT NULL REFERENCES dyads (code),
    language TEXT NOT NULL CHECK (language <> ''),
    officer TEXT NOT NULL,
    notes TEXT NOT NULL,
    at TEXT NOT NULL""",
    "prints": f"""
    serial INTEGER PRIMARY KEY CHECK (serial BETWEEN 1 AND {MAX_SERIAL}),
    dyad TEXT NOT NULL REFERENCES dyads (code),
    role TEXT NOT NULL {one_of("role", Role)},
    wave INTEGER NOT NULL CHECK (wave BETWEEN 1 AND {MAX_WAVES}),
    fingerprint TEXT NOT NULL REFERENCES forms (fingerprint),
    caseload INTEGER NOT NULL REFERENCES caseload (number),
    run TEXT NOT NULL,
    printed_at TEXT NOT NULL""",
    "files": """
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    name TEXT NOT NULL,
    at TEXT NOT NULL""",
    "file_ends": """
    file TEXT PRIMARY KEY REFERENCES files (sha256),
    pages INTEGER NOT NULL CHECK (pages >= 0),
    at TEXT NOT NULL""",
    "pages": f"""
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL REFERENCES files (sha256),
    number INTEGER NOT NULL CHECK (number >= 1),
    image TEXT CHECK (length(image) = 64),
    suffix TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('read', 'refused', 'blank')),
    fault TEXT {one_of("fault", Fault)},
    detail TEXT,
    serial INTEGER,{_PLACE},
    standing TEXT NOT NULL {one_of("standing", Standing)},
    reading TEXT NOT NULL,
    program TEXT NOT NULL,
    at TEXT NOT NULL,
    typed INTEGER UNIQUE REFERENCES typed_codes (number),
    sealed BLOB CHECK (sealed IS NULL OR (outcome = 'read' AND role = 'client')),
    CHECK ((image IS NULL) = (suffix IS NULL)),
    CHECK ((fault IS NOT NULL) = (outcome = 'refused')),
    CHECK (outcome <> 'read' OR serial IS NOT NULL)""",
    # A page whose code nobody could read: the code that a person typed, NULL if nobody can
    # tell. The page read with it is one more row of `pages`, which points here. A second one
    # follows only when the first was taken back.
    "typed_codes": """
    number INTEGER PRIMARY KEY,
    page INTEGER NOT NULL REFERENCES pages (id),
    code TEXT CHECK (code <> ''),
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL""",
    # Cuttings of handwriting, each a picture of its own: `region` is that of the form, or
    # empty where there is none. `number` counts the cuttings of one reading of a page.
    "crops": """
    page INTEGER NOT NULL REFERENCES pages (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    region TEXT NOT NULL,
    image TEXT NOT NULL CHECK (length(image) = 64),
    suffix TEXT NOT NULL CHECK (suffix <> ''),
    PRIMARY KEY (page, number)""",
    "verdicts": f"""
    number INTEGER PRIMARY KEY,
    page INTEGER NOT NULL REFERENCES pages (id),
    item TEXT,
    meaning TEXT {one_of("meaning", Meaning)},
    value INTEGER,
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL,
    took_ms INTEGER CHECK (took_ms >= 0),
    sealed BLOB,
    CHECK ((item IS NULL) = (sealed IS NOT NULL)),
    CHECK ((meaning IS NULL) = (sealed IS NOT NULL)),
    CHECK (coalesce(value IS NOT NULL, 0) = coalesce(meaning = 'value', 0))""",
    # Public keys to which a study was sealed when it was made; `study.toml` has to name the same.
    "research_keys": """
    public TEXT PRIMARY KEY CHECK (public <> ''),
    at TEXT NOT NULL""",
    **DESK_TABLES,
    "sheet_verdicts": f"""
    number INTEGER PRIMARY KEY,{_PLACE},
    chosen INTEGER NOT NULL REFERENCES pages (id),
    seen INTEGER NOT NULL REFERENCES pages (id),
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL,
    CHECK (seen >= chosen)""",
    # The date on a photocopied form, NULL if there is none or nobody can tell.
    "date_verdicts": """
    number INTEGER PRIMARY KEY,
    page INTEGER NOT NULL REFERENCES pages (id),
    value TEXT CHECK (length(value) = 10),
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL""",
    # A batch is one run of the scanner. What went in is written down before a page of it is
    # read, so that what came out can be held against it.
    "batches": """
    number INTEGER PRIMARY KEY,
    program TEXT NOT NULL,
    at TEXT NOT NULL""",
    "batch_files": f"""
    batch INTEGER NOT NULL REFERENCES batches (number),
    number INTEGER NOT NULL CHECK (number >= 1),
    name TEXT NOT NULL,
    sha256 TEXT CHECK (length(sha256) = 64),
    came TEXT NOT NULL {one_of("came", FileCame)},
    pages INTEGER NOT NULL CHECK (pages >= 0),
    reason TEXT NOT NULL,
    PRIMARY KEY (batch, number)""",
    "batch_pages": """
    page INTEGER PRIMARY KEY REFERENCES pages (id),
    batch INTEGER NOT NULL REFERENCES batches (number)""",
    "batch_ends": """
    batch INTEGER PRIMARY KEY REFERENCES batches (number),
    last_page INTEGER NOT NULL,
    last_print INTEGER NOT NULL,
    at TEXT NOT NULL""",
    # An audit never changes an answer: fields hold what the study said when they were drawn,
    # keys what people read from the paper.
    "audits": f"""
    number INTEGER PRIMARY KEY,
    seed TEXT NOT NULL CHECK (seed <> ''),
    seed_from TEXT NOT NULL CHECK (seed_from <> ''),
    rule TEXT NOT NULL {one_of("rule", Rule)},
    readers INTEGER NOT NULL CHECK (readers IN (1, 2)),
    read_by TEXT NOT NULL,
    forms INTEGER NOT NULL CHECK (forms >= 1),
    frame TEXT NOT NULL CHECK (length(frame) = 64),
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL,
    program TEXT NOT NULL""",
    "audit_strata": f"""
    audit INTEGER NOT NULL REFERENCES audits (number),
    stratum TEXT NOT NULL {one_of("stratum", Stratum)},
    bound REAL NOT NULL CHECK (bound > 0 AND bound < 1),
    allowed INTEGER NOT NULL CHECK (allowed >= 0),
    frame INTEGER NOT NULL CHECK (frame >= 0),
    size INTEGER NOT NULL CHECK (size BETWEEN 0 AND frame),
    PRIMARY KEY (audit, stratum)""",
    "audit_fields": f"""
    number INTEGER PRIMARY KEY,
    audit INTEGER NOT NULL REFERENCES audits (number),
    position INTEGER NOT NULL CHECK (position >= 1),
    stratum TEXT NOT NULL {one_of("stratum", Stratum)},
    page INTEGER NOT NULL REFERENCES pages (id),
    item TEXT NOT NULL,
    meaning TEXT NOT NULL {one_of("meaning", Meaning)},
    value INTEGER,
    UNIQUE (audit, position),
    UNIQUE (audit, page, item),
    CHECK ((value IS NOT NULL) = (meaning = 'value'))""",
    "audit_keys": f"""
    number INTEGER PRIMARY KEY,
    field INTEGER NOT NULL REFERENCES audit_fields (number),
    turn TEXT NOT NULL {one_of("turn", Turn)},
    meaning TEXT NOT NULL {one_of("meaning", Meaning)},
    value INTEGER,
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL,
    CHECK ((value IS NOT NULL) = (meaning = 'value'))""",
    # The receipt of a dyad that is gone: nobody's code, only what recognises it with the key.
    # `last_page` and `last_print` keep their numbers from being given twice; `exports` and
    # `backups` are entries of the log, made while the dyad was there.
    "withdrawals": """
    number INTEGER PRIMARY KEY,
    salt TEXT NOT NULL CHECK (length(salt) = 32),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    prints INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    decisions INTEGER NOT NULL,
    pictures INTEGER NOT NULL,
    exports TEXT NOT NULL,
    backups TEXT NOT NULL,
    last_page INTEGER NOT NULL,
    last_print INTEGER NOT NULL,
    by TEXT NOT NULL,
    at TEXT NOT NULL""",
    # How many pages left a file that holds pages of others, too.
    "withdrawn_pages": """
    withdrawal INTEGER NOT NULL REFERENCES withdrawals (number),
    file TEXT NOT NULL REFERENCES files (sha256),
    pages INTEGER NOT NULL CHECK (pages >= 1),
    PRIMARY KEY (withdrawal, file)""",
    # Pictures to be deleted; a row goes when its picture has gone.
    "withdrawn_pictures": """
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    ending TEXT NOT NULL,
    PRIMARY KEY (digest, ending)""",
}

_INDEXES = (
    "CREATE INDEX caseload_of_dyad ON caseload (dyad)",
    "CREATE INDEX prints_of_dyad ON prints (dyad, role, wave)",
    "CREATE UNIQUE INDEX pages_scanned_once ON pages (file, number) WHERE typed IS NULL",
    "CREATE INDEX pages_of_place ON pages (dyad, role, wave, page)",
    "CREATE INDEX pages_of_image ON pages (image)",
    "CREATE INDEX verdicts_of_page ON verdicts (page)",
    "CREATE INDEX typed_codes_of_page ON typed_codes (page)",
    "CREATE INDEX card_marks_of_page ON card_marks (page)",
    "CREATE INDEX second_cards_of_page ON second_cards (page)",
    "CREATE INDEX second_answers_of_card ON second_answers (card)",
    "CREATE INDEX date_verdicts_of_page ON date_verdicts (page)",
    "CREATE INDEX batch_pages_of_batch ON batch_pages (batch)",
    "CREATE INDEX audit_keys_of_field ON audit_keys (field)",
    "CREATE INDEX sheet_verdicts_of_place ON sheet_verdicts (dyad, role, wave, page)",
)


def table_sql(table: str, name: str = "") -> str:
    """Write the statement that makes a table, under another name if one is given."""
    return f"CREATE TABLE {name or table} ({(_TABLES | _LOG)[table]}\n) STRICT"


def only_added(table: str) -> tuple[str, ...]:
    """Write the triggers that refuse to change or remove a row.

    INSERT OR REPLACE deletes without asking unless `recursive_triggers` is on;
    `records.database` turns it on.
    """
    return tuple(
        f"CREATE TRIGGER {table}_never_{word.lower()}d BEFORE {word} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only added'); END"
        for word in ("UPDATE", "DELETE")
    )


_LOG = {
    # Row entries have a digest, events none; `records.log` says what is signed.
    "log": """
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    actor TEXT NOT NULL,
    program TEXT NOT NULL,
    digest TEXT CHECK (length(digest) = 64),
    hash TEXT NOT NULL CHECK (length(hash) = 64)""",
    # Which row an entry is about, by the values of its primary key, and the salt of its
    # digest. This goes when the row is withdrawn, and the entry says nothing any more.
    "log_rows": """
    seq INTEGER PRIMARY KEY REFERENCES log (seq),
    row TEXT NOT NULL,
    salt BLOB NOT NULL""",
}

TABLES = tuple(_TABLES)
"""Names of the tables. Each has a primary key, and each row of them gets an entry in the log.
One that points to pictures has the columns `image` and `suffix`; backups and checks go by them."""

LOG_TABLES = tuple(_LOG)
"""Names of the tables of the log itself."""

EXTRAS = (*(trigger for table in TABLES for trigger in only_added(table)), *_INDEXES)
"""Triggers and indexes; they go when their table goes."""

LOG = (
    *map(table_sql, LOG_TABLES),
    *(trigger for table in LOG_TABLES for trigger in only_added(table)),
    "CREATE INDEX log_events ON log (action, object, seq) WHERE digest IS NULL",
)
"""Everything of the log; no version has changed it since it came."""

SCHEMA = "".join(f"{statement};\n" for statement in (*map(table_sql, TABLES), *EXTRAS, *LOG))
"""Everything a new study starts with."""
