"""From stored readings and decisions to filled-in forms."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from layouts.errors import MismatchError, UsageError
from layouts.model import Layout
from output.consent import said
from output.sheets import FormStanding, PageOfSheet, Sheet
from records.entries import Print, Snapshot
from records.places import PlaceRecord, date_of_place, places_of
from wamforms.instrument import Instrument


def sheets_of(
    snapshot: Snapshot,
    instruments: Mapping[str, Instrument],
    places: Sequence[PlaceRecord] | None = None,
) -> tuple[Sheet, ...]:
    """Bring the pages of each filled-in form together, sorted by dyad, role and wave.

    Parameters
    ----------
    snapshot, instruments
        Readings and decisions, and what they are about.
    places : sequence of PlaceRecord, optional
        Those of the snapshot, if somebody has them already.

    Raises
    ------
    UsageError
        If a domain has no instrument.
    MismatchError
        If a form has items or answers that its instrument does not know.
    """
    prints = {one.serial: one for one in snapshot.prints}
    names = {file.sha256: file.name for file in snapshot.files}
    places = places_of(snapshot) if places is None else places
    for form in {one.reading.code.fingerprint for one in places}:
        check_fit(snapshot.layouts[form], instruments)
    forms = groupby(places, key=lambda one: (one.place.dyad, one.place.role, one.place.wave))
    return tuple(_sheet(tuple(some), snapshot, prints, names, instruments) for _, some in forms)


def _sheet(
    places: tuple[PlaceRecord, ...],
    snapshot: Snapshot,
    prints: Mapping[int, Print],
    names: Mapping[str, str],
    instruments: Mapping[str, Instrument],
) -> Sheet:
    code = places[0].reading.code
    layout = snapshot.layouts[code.fingerprint]
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
        is_closed=any(one.is_closed for one in places),
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


def check_fit(layout: Layout, instruments: Mapping[str, Instrument]) -> None:
    """Make sure that the answers on a form mean what the instrument scores.

    Raises
    ------
    UsageError
        If its domain has no instrument.
    MismatchError
        If it has items or answers that its instrument does not know.
    """
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
