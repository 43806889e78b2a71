"""Tables of what people do at the desk besides answering; `records.schema` has them all."""

from enum import StrEnum

from records.card_entries import CardMark
from scan.adjudicate import Meaning


def one_of(column: str, words: type[StrEnum]) -> str:
    """Write the check that a column holds one of the words."""
    return f"CHECK ({column} IN ({', '.join(repr(word.value) for word in words)}))"


DESK_TABLES = {
    # What people say of a question without answering it; `item` is empty for a whole page.
    "card_marks": f"""
    number INTEGER PRIMARY KEY,
    page INTEGER NOT NULL REFERENCES pages (id),
    item TEXT NOT NULL,
    mark TEXT NOT NULL {one_of("mark", CardMark)},
    text TEXT NOT NULL,
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL""",
    # A decision taken back: it holds no more, and what was decided before it holds again. A row
    # that was decided about needs none of these: its next verdict may be that it is open.
    "taken_back": """
    number INTEGER PRIMARY KEY,
    code INTEGER UNIQUE REFERENCES typed_codes (number),
    choice INTEGER UNIQUE REFERENCES sheet_verdicts (number),
    date INTEGER UNIQUE REFERENCES date_verdicts (number),
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL,
    CHECK ((code IS NOT NULL) + (choice IS NOT NULL) + (date IS NOT NULL) = 1)""",
    # A second reader answers again, without seeing what the first one said. `meaning` and
    # `value` of a card are the first answer, or what was drawn on a card that is known.
    "second_rounds": """
    number INTEGER PRIMARY KEY,
    share REAL NOT NULL CHECK (share > 0 AND share <= 1),
    seed TEXT NOT NULL CHECK (seed <> ''),
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL,
    program TEXT NOT NULL""",
    "second_cards": f"""
    number INTEGER PRIMARY KEY,
    round INTEGER NOT NULL REFERENCES second_rounds (number),
    position INTEGER NOT NULL CHECK (position >= 1),
    page INTEGER NOT NULL REFERENCES pages (id),
    item TEXT NOT NULL,
    verdict INTEGER REFERENCES verdicts (number),
    meaning TEXT NOT NULL {one_of("meaning", Meaning)},
    value INTEGER,
    UNIQUE (round, position),
    CHECK ((value IS NOT NULL) = (meaning = 'value'))""",
    "second_answers": f"""
    number INTEGER PRIMARY KEY,
    card INTEGER NOT NULL REFERENCES second_cards (number),
    meaning TEXT NOT NULL {one_of("meaning", Meaning)},
    value INTEGER,
    took_ms INTEGER CHECK (took_ms >= 0),
    by TEXT NOT NULL CHECK (by <> ''),
    at TEXT NOT NULL,
    CHECK ((value IS NOT NULL) = (meaning = 'value'))""",
}
