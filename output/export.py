"""From the study's memory to a folder of tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from layouts.errors import MismatchError, UsageError
from layouts.model import Layout
from output import tables
from output.codebook import codebook
from output.consent import said
from output.pseudonyms import LINKS, Pseudonyms
from output.quality import flags_of
from output.remarks import remarks_of
from output.sheets import FormStanding, PageOfSheet, Sheet, instruments_in_use
from output.writers import save_all
from records.entries import Print, Snapshot
from records.places import PlaceRecord, date_of_place, places_of
from wamforms.instrument import Instrument

_MADE_FOR = (
    "made for {}: dyad and officer are pseudonyms of this recipient alone, not the codes on the"
    " forms; left empty, because they would link exports: {}"
)


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export left behind.

    Attributes
    ----------
    files
        The tables, in the order of writing.
    waiting
        Answers without a value because a person has to look.
    remarks
        Domain and sentence: what a reader of the tables must know.
    """

    files: tuple[Path, ...]
    dyads: int
    forms: int
    answers: int
    waiting: int
    remarks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What an export goes by besides the study's memory.

    Attributes
    ----------
    due
        Days after a dyad's first print at which a wave is due, by its number.
    names
        Codes for one recipient; None for those on the forms.
    """

    due: Mapping[int, int] = field(default_factory=dict)
    names: Pseudonyms | None = None


USUAL = Terms()
"""No wave is due at any time, and codes are those on the forms."""


def export(
    instruments: Mapping[str, Instrument],
    snapshot: Snapshot,
    folder: Path,
    *,
    language: str = "en",
    waves: Sequence[str] = (),
    terms: Terms = USUAL,
) -> Exported:
    """Write every table of a study.

    The same memory gives the same bytes, however often and wherever.

    Parameters
    ----------
    instruments : mapping of str to Instrument
        By domain; every domain with a scanned form is needed.
    snapshot : Snapshot
        The memory at one moment.
    folder : Path
        Where the tables go.
    language : str
        Language of the codebook's wording.
    waves : sequence of str
        Names of the measurement occasions, from wave 1.
    terms : Terms
        What else holds for this export.

    Raises
    ------
    UsageError
        If a domain has no instrument, or the folder cannot be written to.
    MismatchError
        If a form has items or answers that its instrument does not know.
    """
    sheets = sheets_of(snapshot, instruments)
    used = instruments_in_use(sheets, instruments)
    remarks = _remarks(sheets, used)
    long = tables.answers_long(sheets)
    frames = {
        "answers_long.csv": long,
        "forms.csv": tables.forms(sheets),
        "factor_scores.csv": tables.factor_scores(sheets, used),
        "quality.csv": tables.quality(flags_of(snapshot, terms.due)),
        "remarks.csv": tables.remarks(remarks_of(snapshot)),
        "dyads_wide.csv": tables.dyads_wide(sheets, used),
    }
    said = remarks
    if (names := terms.names) is not None:
        frames = {name: names.applied(table) for name, table in frames.items()}
        said = (*remarks, ("", _MADE_FOR.format(names.recipient, ", ".join(LINKS))))
    book = codebook(used, language=language, waves=waves, remarks=said)
    files = save_all({**frames, "codebook.csv": book}, folder)
    return Exported(
        files=files,
        dyads=len({sheet.dyad for sheet in sheets}),
        forms=len(sheets),
        answers=len(long),
        waiting=int((long["status"] == "doubt").sum()),
        remarks=remarks,
    )


def sheets_of(snapshot: Snapshot, instruments: Mapping[str, Instrument]) -> tuple[Sheet, ...]:
    """Bring the pages of each filled-in form together, sorted by dyad, role and wave."""
    prints = {one.serial: one for one in snapshot.prints}
    names = {file.sha256: file.name for file in snapshot.files}
    forms = groupby(
        places_of(snapshot), key=lambda one: (one.place.dyad, one.place.role, one.place.wave)
    )
    return tuple(_sheet(tuple(places), snapshot, prints, names, instruments) for _, places in forms)


def _sheet(
    places: tuple[PlaceRecord, ...],
    snapshot: Snapshot,
    prints: Mapping[int, Print],
    names: Mapping[str, str],
    instruments: Mapping[str, Instrument],
) -> Sheet:
    code = places[0].reading.code
    layout = snapshot.layouts[code.fingerprint]
    for form in {one.reading.code.fingerprint for one in places}:
        _check_fit(snapshot.layouts[form], instruments)
    printed_items = {group.item for page in layout.pages for group in page.groups}
    items = instruments[layout.domain].items
    printed = prints.get(code.serial)
    return Sheet(
        dyad=code.dyad,
        domain=layout.domain,
        role=code.role,
        wave=code.wave,
        language=layout.language,
        version=layout.version,
        fingerprint=code.fingerprint,
        # A memory restored from a backup may give a serial twice; then nobody is named.
        officer=printed.officer if printed is not None and printed.dyad == code.dyad else "",
        pages=tuple(_page(one, names) for one in places),
        pages_printed=len(layout.pages),
        not_printed=tuple(item.id for item in items if item.id not in printed_items),
        filled_on=next(filter(None, (date_of_place(one, snapshot) for one in places)), None),
        consent=said(
            next(filter(None, (one.consent for one in places)), None),
            asked=any(page.consent is not None for page in layout.pages),
        ),
    )


def _page(one: PlaceRecord, names: Mapping[str, str]) -> PageOfSheet:
    return PageOfSheet(
        number=one.place.page,
        source=f"{names[one.counted.file]}#{one.counted.index}",
        serial=one.reading.code.serial,
        standing=_standing(one),
        notes=one.reading.notes,
        scale=one.reading.fit.scale,
        residual_mm=one.reading.fit.residual_mm,
        code_route=one.reading.route,
        answers=one.answers,
    )


def _standing(one: PlaceRecord) -> FormStanding:
    if one.is_open:
        return FormStanding.CONFLICT
    if one.decided is not None:
        return FormStanding.CHOSEN
    return FormStanding.AGAIN if len(one.pages) > 1 else FormStanding.FIRST


def _check_fit(layout: Layout, instruments: Mapping[str, Instrument]) -> None:
    """Make sure that the answers on a form mean what the instrument scores."""
    instrument = instruments.get(layout.domain)
    if instrument is None:
        raise UsageError(
            f"there are scanned forms of {layout.domain}, but no questionnaire of that name",
            advice="Put its definition back into the folder that study.toml names.",
        )
    groups = [group for page in layout.pages for group in page.groups]
    printed = {group.item for group in groups}
    values = {bubble.value for group in groups for bubble in group.bubbles}
    known = {item.id for item in instrument.items}
    if (
        layout.instrument != instrument.id
        or not printed <= known
        or values != set(instrument.scale.values)
    ):
        raise MismatchError(
            f"forms of {layout.instrument} {layout.version} in {layout.domain} do not fit"
            f" the questionnaire {instrument.id} {instrument.version}: items or answers differ",
            advice="Give the changed questionnaire another domain name, and put the old one back.",
        )


def _remarks(
    sheets: Iterable[Sheet], instruments: Mapping[str, Instrument]
) -> tuple[tuple[str, str], ...]:
    """Name forms printed from another version of the questionnaire than scores them."""
    versions = sorted({(sheet.domain, sheet.version) for sheet in sheets})
    return tuple(
        (
            domain,
            f"forms printed from version {version} are scored"
            f" with the keys of version {instruments[domain].version}",
        )
        for domain, version in versions
        if version != instruments[domain].version
    )
