"""Rows of `study.sqlite` to plain values and back."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from layouts.errors import MismatchError
from layouts.model import DyadCode, Fingerprint, ItemId, Role
from records.entries import (
    Crop,
    Dyad,
    NewCrop,
    NewPage,
    NewPrint,
    Print,
    StoredFile,
    StoredPage,
    TypedCode,
)
from scan.adjudicate import Meaning, Place, SheetVerdict, Standing, Verdict
from scan.results import PageBlank, PageOutcome, PageRefused

Row = tuple[Any, ...]
"""What SQLite hands out: the tables are STRICT, so the types are those of the schema."""

DYADS = (
    "SELECT code, domain, language, officer, notes, enrolled_at FROM dyads JOIN caseload"
    " ON caseload.number = (SELECT max(number) FROM caseload WHERE dyad = code)"
)
PRINTS = (
    "SELECT serial, prints.dyad, role, wave, fingerprint, run, officer, language, printed_at"
    " FROM prints JOIN caseload ON caseload.number = prints.caseload"
)
FILES = (
    "SELECT sha256, name, files.at, pages FROM files LEFT JOIN file_ends ON file_ends.file = sha256"
)
_UNDONE_CODES = "SELECT code FROM taken_back WHERE code IS NOT NULL"
UNDONE_PAGES = f"SELECT id FROM pages WHERE typed IN ({_UNDONE_CODES})"

SCANNED = f"(SELECT * FROM pages WHERE typed IS NULL OR typed NOT IN ({_UNDONE_CODES}))"
"""Pages that count: one that was read with a code that was taken back is as if it never was, and
nothing that was said about it counts either."""

_OPENED = "CASE WHEN sealed IS NULL THEN reading ELSE coalesce(opened_reading(sealed), reading) END"


def _pages(reading: str) -> str:
    columns = "id, file, number, image, suffix", "standing, program, at, typed, sealed IS NOT NULL"
    return f"SELECT {columns[0]}, {reading} AS reading, {columns[1]} FROM {SCANNED} AS scanned"


PAGES = _pages(_OPENED)

_TOUCHED = "SELECT page, item FROM verdicts UNION SELECT page, item FROM audit_fields"
_PAGES_TOUCHED = "SELECT page FROM verdicts UNION SELECT page FROM audit_fields"
_SCANNED_AGAIN = (
    "SELECT dyad, role, wave, page FROM pages WHERE outcome = 'read'"
    " GROUP BY dyad, role, wave, page HAVING count(*) > 1"
)
_ASKED_ROWS = (  # json_each has a column `id`, too
    "SELECT '[' || coalesce(group_concat(value), '') || ']' FROM json_each(reading, '$.items')"
    " WHERE json_extract(reading, fullkey || '.status') = 'doubt'"
    f" OR scanned.id IN ({_PAGES_TOUCHED})"
    f" AND (scanned.id, json_extract(reading, fullkey || '.item')) IN ({_TOUCHED})"
)
_UNTOUCHABLE = f"WHEN outcome <> 'read' OR sealed IS NOT NULL THEN {_OPENED}"
"""An envelope is opened as a whole, for its scans are held against each other."""

_BARE = "ELSE json_set(reading, '$.items', json('[]')) END"

BARE_PAGES = _pages(f"CASE {_UNTOUCHABLE} {_BARE}")
"""Pages of `Arrivals`. SQLite leaves rows out far faster than they could be read."""

OUTLINED_PAGES = _pages(
    f"CASE {_UNTOUCHABLE} WHEN (dyad, role, wave, page) IN ({_SCANNED_AGAIN}) THEN reading"
    f" WHEN id IN ({_PAGES_TOUCHED}) OR reading GLOB '*\"doubt\"*'"
    f" THEN json_set(reading, '$.items', json(({_ASKED_ROWS}))) {_BARE}"
)
"""Pages of `Outline`."""

TOLD = (
    "(SELECT * FROM (SELECT number, page, by, at,"
    " coalesce(item, opened_verdict(sealed, 'item')) AS item,"
    " coalesce(meaning, opened_verdict(sealed, 'meaning')) AS meaning,"
    " coalesce(value, opened_verdict(sealed, 'value')) AS value,"
    " coalesce(took_ms, opened_verdict(sealed, 'took_ms')) AS took_ms"
    f" FROM verdicts WHERE page NOT IN ({UNDONE_PAGES})) WHERE item IS NOT NULL)"
)
"""Verdicts that are known here; sealed ones are if somebody gave the research key."""

VERDICTS = f"SELECT number, page, item, meaning, value, by, at FROM {TOLD} AS told"
SHEET_VERDICTS = (
    "SELECT number, dyad, role, wave, page, chosen, seen, by, at FROM (SELECT * FROM sheet_verdicts"
    " WHERE number NOT IN (SELECT choice FROM taken_back WHERE choice IS NOT NULL))"
)
DATE_VERDICTS = (
    "SELECT number, page, value, by, at FROM (SELECT * FROM date_verdicts"
    " WHERE number NOT IN (SELECT date FROM taken_back WHERE date IS NOT NULL)"
    f" AND page NOT IN ({UNDONE_PAGES}))"
)
TYPED_CODES = (
    "SELECT number, page, code, by, at"
    f" FROM (SELECT * FROM typed_codes WHERE number NOT IN ({_UNDONE_CODES}))"
)
_CUT_ANEW = (
    "SELECT pages.id AS page, one.key + 1 AS number, json_extract(one.value, '$[0]') AS region,"
    " json_extract(one.value, '$[1]') AS image, json_extract(one.value, '$[2]') AS suffix"
    " FROM pages, json_each(opened_crops(sealed)) AS one WHERE sealed IS NOT NULL"
)
"""Cuttings of a sealed page are in no table and no folder; who may see them cuts them anew."""

CROPS = (
    "SELECT region, image, suffix, page, number FROM (SELECT * FROM (SELECT * FROM crops"
    f" UNION ALL {_CUT_ANEW}) WHERE page NOT IN ({UNDONE_PAGES})) AS shown"
)
AT_PLACE = "dyad = ? AND role = ? AND wave = ? AND page = ?"
LAST = "ORDER BY number DESC LIMIT 1"

LAST_SERIAL = (
    "SELECT max((SELECT coalesce(max(serial), 0) FROM prints),"
    " (SELECT coalesce(max(last_print), 0) FROM withdrawals))"
)
"""Paper of a dyad that was withdrawn may still lie about: no number is given twice."""

LAST_PAGE = (
    "SELECT max((SELECT coalesce(max(id), 0) FROM pages),"
    " (SELECT coalesce(max(last_page), 0) FROM withdrawals))"
)

ADD_PRINT = (
    f"INSERT INTO prints (serial, dyad, role, wave, fingerprint, caseload, run, printed_at) VALUES"
    f" (({LAST_SERIAL}) + 1, ?1, ?2, ?3, ?4,"
    " (SELECT max(number) FROM caseload WHERE dyad = ?1), ?5, ?6)"
)
ADD_PAGE = (
    "INSERT INTO pages (id, file, number, image, suffix, outcome, fault, detail, serial,"
    " dyad, role, wave, page, standing, reading, program, at, typed, sealed)"
    f" VALUES (({LAST_PAGE}) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ADD_TYPED_CODE = "INSERT INTO typed_codes (page, code, by, at) VALUES (?, ?, ?, ?)"

ADD_CROP = "INSERT INTO crops (page, number, region, image, suffix) VALUES (?, ?, ?, ?, ?)"


def dyad(row: Row) -> Dyad:
    """Read a row of `DYADS`."""
    code, domain, language, officer, notes, enrolled_at = row
    return Dyad(DyadCode(code), domain, language, officer, notes, enrolled_at)


def printed(row: Row) -> Print:
    """Read a row of `PRINTS`."""
    serial, code, role, wave, form, *rest = row
    return Print(serial, DyadCode(code), Role(role), wave, Fingerprint(form), *rest)


def print_values(new: NewPrint, run: str, at: str) -> Row:
    """List the values of `ADD_PRINT`."""
    return (new.dyad, new.role.value, new.wave, new.fingerprint, run, at)


def file(row: Row) -> StoredFile:
    """Read a row of `FILES`."""
    return StoredFile(*row)


def page(row: Row) -> StoredPage:
    """Read a row of `PAGES`.

    Raises
    ------
    MismatchError
        If another version of the program stored a reading this one cannot read.
    """
    number, source, index, image, suffix, reading, standing, program, at, typed, sealed = row
    try:
        outcome = _readings().validate_json(reading)
    except ValidationError as error:
        raise MismatchError(
            f"page {number}, read by wamforms {program}, cannot be read by this version",
            advice=f"Open the study with wamforms {program} or newer.",
        ) from error
    return StoredPage(
        *(number, source, index, image, suffix, outcome),
        *(Standing(standing), program, at, typed, bool(sealed)),
    )


def page_values(new: NewPage, standing: Standing, program: str, at: str) -> Row:
    """List the values of `ADD_PAGE`, but for the code that was typed.

    Raises
    ------
    ValueError
        If the outcome would not come back as it is, such as one with a NaN.
    """
    outcome = new.outcome
    text = reading_text(new)
    refused = outcome if isinstance(outcome, PageRefused) else None
    code = None if isinstance(outcome, PageBlank) else outcome.code
    where = (None,) * 4 if code is None else place_values(Place.of(code))
    return (
        *(new.file, new.index, new.image, new.suffix, outcome.kind),
        refused.fault.value if refused else None,
        refused.detail if refused else None,
        None if code is None else code.serial,
        *where,
        *(standing.value, text, program, at),
    )


def reading_text(new: NewPage) -> str:
    """Write down what was read.

    Raises
    ------
    ValueError
        If it would not come back as it is, such as one with a NaN.
    """
    text = _readings().dump_json(new.outcome).decode()
    if _readings().validate_json(text) != new.outcome:
        raise ValueError(f"page {new.index} of {new.file} cannot be stored unchanged")
    return text


def place_values(place: Place) -> Row:
    """List the values of `AT_PLACE`."""
    return (place.dyad, place.role.value, place.wave, place.page)


def typed_code(row: Row) -> TypedCode:
    """Read a row of `TYPED_CODES`."""
    return TypedCode(*row)


def crop(row: Row) -> Crop:
    """Read a row of `CROPS`."""
    return Crop(*row)


def crop_values(page: int, crops: Iterable[NewCrop]) -> Iterator[Row]:
    """List the values of `ADD_CROP` for the cuttings of one page."""
    for number, new in enumerate(crops, 1):
        yield (page, number, new.region, new.image, new.suffix)


def verdict(row: Row) -> Verdict:
    """Read a row of `VERDICTS`."""
    number, of_page, item, meaning, *rest = row
    return Verdict(number, of_page, ItemId(item), Meaning(meaning), *rest)


def sheet_verdict(row: Row) -> SheetVerdict:
    """Read a row of `SHEET_VERDICTS`."""
    number, code, role, wave, of_page, *rest = row
    return SheetVerdict(number, Place(DyadCode(code), Role(role), wave, of_page), *rest)


@cache
def _readings() -> TypeAdapter[PageOutcome]:
    return TypeAdapter(Annotated[PageOutcome, Field(discriminator="kind")])
