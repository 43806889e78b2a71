"""From the study's memory to a folder of tables, some dyads at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from layouts.model import DyadCode, Layout, Role
from output import pairs, tables
from output.codebook import Contents, Entry, as_table, general_entries
from output.codebook_pairs import pair_entries
from output.consent import Audience, Shown, shown_to
from output.describing import describe
from output.gathering import check_fit, sheets_of
from output.pseudonyms import LINKS
from output.quality import flags_of
from output.remarks import remarks_of
from output.scoring_key import scoring_key
from output.sheets import Sheet
from output.streams import Streams
from output.tally import Tally
from output.team import TeamFigures
from output.terms import TABLES, TITLES, USUAL, Terms
from output.variables import variables_of
from output.writers import csv_bytes
from records.entries import Snapshot
from records.places import places_of
from records.views import View
from scan.adjudicate import Place
from wamforms.instrument import Instrument

_MADE_FOR = (
    "made for {}: dyad and officer are pseudonyms of this recipient alone, not the codes on the"
    " forms; left empty, because they would link exports: {}"
)

_SHORT_TEXT = 16
"""Bytes of a code, a pseudonym or a role, with room to spare."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an export wrote.

    Attributes
    ----------
    files
        Everything that was written, in the order of writing.
    waiting
        Answers without a value because a person has to look.
    remarks
        Domain and sentence: what a reader of the tables must know.
    sealed
        Clients' forms that are in and were left out, because they are sealed.
    contents, entries
        What was described, and how; for files that describe it once more.
    """

    files: tuple[Path, ...]
    dyads: int
    forms: int
    answers: int
    waiting: int
    remarks: tuple[tuple[str, str], ...]
    sealed: int
    contents: Contents
    entries: tuple[Entry, ...]
    tally: Tally
    rows: Mapping[str, int]


def export(
    instruments: Mapping[str, Instrument], view: View, folder: Path, terms: Terms = USUAL
) -> Written:
    """Write every table of a study that its reader may have.

    The same memory gives the same bytes, however often and wherever. Memory for it
    does not grow with the study: a portion of dyads is read, written and forgotten.

    Parameters
    ----------
    instruments : mapping of str to Instrument
        By domain; every domain with a scanned form is needed.
    view : View
        The memory at one moment.
    folder : Path
        Where the tables go; it exists, and has none of them.
    terms : Terms
        What else holds for this export.

    Raises
    ------
    UsageError
        If a domain has no instrument.
    MismatchError
        If a form has items or answers that its instrument does not know.
    """
    read = [view.layouts[form] for form in sorted(view.forms_read())]
    for layout in read:
        check_fit(layout, instruments)
    used = {domain: instruments[domain] for domain in sorted({one.domain for one in read})}
    remarks = _remarks(read, used)
    about = Contents(
        terms.title, used, terms.language, _wave_names(view, terms), TABLES[terms.audience], remarks
    )
    tally, rows = _stream(view, folder, about, terms)
    if tally.sealed:
        remarks = (*remarks, ("", sealed_words(tally.sealed, terms)))
    said = remarks
    if terms.names is not None:
        said = (*remarks, ("", _MADE_FOR.format(terms.names.recipient, ", ".join(LINKS))))
    whole = replace(about, remarks=said, counted=tally.counted)
    entries = entries_of(whole)
    if terms.describe:
        describe(folder, whole, entries, terms.audience, terms.dialect, TITLES)
    else:
        (folder / "codebook.csv").write_bytes(csv_bytes(as_table(entries), terms.dialect))
    return Written(
        files=tuple(sorted(folder.iterdir())),
        dyads=tally.dyads,
        forms=tally.forms,
        answers=tally.answers,
        waiting=tally.waiting,
        remarks=remarks,
        sealed=tally.sealed,
        contents=whole,
        entries=entries,
        tally=tally,
        rows=rows,
    )


def _stream(
    view: View, folder: Path, about: Contents, terms: Terms
) -> tuple[Tally, Mapping[str, int]]:
    """Write the tables; return what was counted, and the rows of each."""
    used = about.instruments
    tally, team = Tally(), TeamFigures(used)
    with Streams(folder, terms.formats, terms.dialect, used) as streams:
        entries = entries_of(about)
        for table in about.tables:
            variables = variables_of(table, about, entries)
            streams.open(table, variables, TITLES[table], _widths(view, used))
        for portion in view.portions(_dyads(view, terms)):
            _write(portion, about, terms, streams, (tally, team))
            if terms.progress is not None:
                terms.progress(tally.dyads)
        for table, rows in {"scoring": scoring_key(used), **team.tables(terms.language)}.items():
            if table in about.tables:
                streams.add(table, rows)
    return tally, streams.rows


def entries_of(about: Contents) -> tuple[Entry, ...]:
    """Make the codebook."""
    return (*general_entries(about), *pair_entries(about))


def _write(
    portion: Snapshot,
    about: Contents,
    terms: Terms,
    streams: Streams,
    counting: tuple[Tally, TeamFigures],
) -> None:
    """Write the rows of some dyads into every table."""
    tally, team = counting
    every = sheets_of(portion, about.instruments, places_of(portion))
    sealed = {(one.dyad, one.role, one.wave) for one in every if is_left_out(one, terms)}
    tally.sealed += len(sealed)
    places = [one for one in places_of(portion) if _whose(one.place) not in sealed]
    sheets = tuple(
        replace(
            sheet,
            shown=shown_to(terms.audience, sheet.role, sheet.consent, sealed=terms.sealed),
        )
        for sheet in every
        if _whose(sheet) not in sealed
    )
    some = pairs.pairs_of(sheets, about.instruments)
    tally.add(sheets)
    if terms.audience is Audience.TEAM:
        team.add(sheets, some)
        return
    tally.count(some)
    frames = _frames(sheets, some, about)
    if "quality" in about.tables:
        frames["quality"] = tables.quality(flags_of(portion, terms.due, places))
    if "remarks" in about.tables:
        frames["remarks"] = tables.remarks(remarks_of(portion, places))
    for table, rows in frames.items():
        streams.add(table, rows if terms.names is None else terms.names.applied(rows))


def is_left_out(sheet: Sheet, terms: Terms) -> bool:
    """Tell whether a form is in no table because it is sealed for their reader."""
    shown = shown_to(terms.audience, sheet.role, sheet.consent, sealed=terms.sealed)
    return bool(terms.sealed) and (sheet.is_closed or shown is Shown.NOTHING)


def sealed_words(forms: int, terms: Terms) -> str:
    """Say how many forms are sealed, what stands in their place, and who may have them."""
    what = (
        "1 client's form is sealed: it"
        if forms == 1
        else f"{forms} clients' forms are sealed: they"
    )
    why = (
        "only the research key opens what clients answered"
        if terms.audience is Audience.RESEARCH
        else "what clients of this study answered is for research alone"
    )
    return f"{what} came in, and nothing more of them is in these tables; {why}"


def _whose(one: Place | Sheet) -> tuple[DyadCode, Role, int]:
    return (one.dyad, one.role, one.wave)


def _frames(
    sheets: Sequence[Sheet], some: Sequence[pairs.Pair], about: Contents
) -> dict[str, pd.DataFrame]:
    """Make the tables of answers and scores that are in the export."""
    used = about.instruments
    waves = range(1, len(about.waves) + 1)
    frames = {
        "answers_long": tables.answers_long(sheets, used),
        "forms": tables.forms(sheets, used),
        "factor_scores": tables.factor_scores(sheets, used),
        "dyads_wide": pairs.dyads_wide(some, pairs.measures(used)),
        "panel_wide": pairs.panel_wide(some, pairs.panel_measures(used, waves), used),
    }
    if "dyads_pairwise" in about.tables:
        frames["dyads_pairwise"] = pairs.dyads_pairwise(some, pairs.pairwise_measures(used))
    return frames


def _dyads(view: View, terms: Terms) -> Sequence[DyadCode]:
    """List whose answers are exported, in the order of the codes that the reader sees."""
    dyads: Sequence[DyadCode] = view.dyads_read()
    if terms.officer is not None:
        officers = view.officers()
        dyads = [code for code in dyads if officers.get(code) == terms.officer]
    return dyads if terms.names is None else terms.names.in_order(dyads, view.named_officers())


def _wave_names(view: View, terms: Terms) -> tuple[str, ...]:
    """Name every wave of the study, and every later one of which a form was read."""
    more = range(len(terms.waves) + 1, view.last_wave() + 1)
    return (*terms.waves, *(f"wave {number}" for number in more))


def _widths(view: View, used: Mapping[str, Instrument]) -> Mapping[str, int]:
    officers = max((len(one.encode()) for one in view.named_officers()), default=0)
    return {
        **{"dyad": _SHORT_TEXT, "role": max(len(role.value) for role in Role)},
        "domain": max((len(domain) for domain in used), default=1),
        "officer": max(_SHORT_TEXT, officers),
    }


def _remarks(
    read: Sequence[Layout], instruments: Mapping[str, Instrument]
) -> tuple[tuple[str, str], ...]:
    """Name forms printed from another version of the questionnaire than scores them."""
    versions = sorted({(layout.domain, layout.version) for layout in read})
    return tuple(
        (
            domain,
            f"forms printed from version {version} are scored"
            f" with the keys of version {instruments[domain].version}",
        )
        for domain, version in versions
        if version != instruments[domain].version
    )
