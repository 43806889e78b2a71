"""The codebook: what every column of every table means, and what was assumed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace

import pandas as pd

from layouts.model import Role
from output import tables
from output.consent import CONSENT_COLUMNS
from output.quality import Flag
from output.remarks import Where
from output.scoring import ScoreState
from output.sheets import (
    CODE_ROUTES,
    DATE_STATUSES,
    DOUBTS,
    MISSING_LABELS,
    NOTES,
    STATUSES,
    FormStanding,
    Missing,
)
from scan.results import DateDoubt, Status
from wamforms.instrument import FactorId, Instrument, Item, Wording

_ALL_MISSING = "codes " + "; ".join(f"{code.value}={MISSING_LABELS[code]}" for code in Missing)
_EMPTY = "empty cell"
_WAITING = "empty cell: no score, see factor_scores.csv, column state"
_ROLES = "; ".join(Role)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the codebook; its fields are the columns."""

    file: str
    column: str
    domain: str = ""
    label: str = ""
    values: str = ""
    missing: str = ""
    formula: str = ""
    assumed: str = ""
    note: str = ""


CODEBOOK = tuple(field.name for field in fields(Entry))
"""Columns of `codebook.csv`. An empty `domain` means all of them."""


def codebook(
    instruments: Mapping[str, Instrument],
    *,
    language: str,
    waves: Sequence[str],
    remarks: Sequence[tuple[str, str]] = (),
) -> pd.DataFrame:
    """Describe every column, every instrument and every assumption.

    Parameters
    ----------
    instruments : mapping of str to Instrument
        By domain.
    language : str
        Language of the wording; an instrument without it is shown in its first one.
    waves : sequence of str
        Names of the measurement occasions, from wave 1.
    remarks : sequence of (domain, remark)
        What else a reader must know about a domain's data.
    """
    entries = [
        *_about_instruments(instruments, language),
        *(Entry("study", "remark", domain, note=remark) for domain, remark in remarks),
        *_fixed_columns(waves),
        *_about_answers(instruments, language),
        *_about_scores(instruments, language),
        *_wide(instruments, language),
    ]
    cells = [tuple(cell or None for cell in astuple(entry)) for entry in entries]
    return pd.DataFrame(cells, columns=list(CODEBOOK)).astype(tables.TEXT)


def _about_instruments(instruments: Mapping[str, Instrument], language: str) -> Iterator[Entry]:
    for domain, one in instruments.items():
        wording = _wording(one, Role.CLIENT, language)
        about = Entry("instrument", one.id, domain)
        yield replace(about, label="title and version", values=f"{wording.title}, {one.version}")
        yield replace(about, label="licence", note=one.licence)
        if one.placeholder:
            yield replace(about, label="wording", note="PLACEHOLDER WORDING, not the real one")
        for line in one.assumed:
            yield replace(about, label="assumed", assumed="yes", note=line)


_LABELS = {
    "dyad": "code of the dyad as printed on the form",
    "domain": "domain of the questionnaire",
    "role": "who filled in the form",
    "item": "item of the questionnaire",
    "value": "answer as printed, reverse-keyed items not turned round",
    "status": "where the answer comes from",
    "doubt": "why a person had to look, also after it was settled",
    "fill": "ink in the answered bubble, or in the darkest one: 0 none, 1 as dark as print",
    "probability": "how sure the reader was that a person would say the same: 0 to 1",
    "source": "scanned file and page in it",
    "page": "page of the form",
    "missing": "why there is no value; empty while it waits for a person",
    "language": "language of the form",
    "version": "version of the questionnaire as printed",
    "fingerprint": "fingerprint of the form as printed",
    "serial": "number of the print; several where pages of several prints were used",
    "officer": "code of the professional at the time of printing",
    "sources": "scanned files and pages in them",
    "pages": "pages scanned",
    "pages_printed": "pages the form has",
    "notes": "what was unusual about the scan",
    "standing": "how several scans of the form stand to each other",
    "scale": "printed size against the nominal one, of the page furthest from 1",
    "residual_mm": "largest distance of a marker or tick from its expected place, in mm",
    "code_route": "how it became known which form each page is of",
    "filled_on": "date on the form, year-month-day; only photocopied forms ask for one",
    "filled_on_status": "where the date comes from; doubt: it waits for a person",
    "filled_on_doubt": "why a person had to look at the date, also after it was settled",
    **{name: label for name, (label, _) in CONSENT_COLUMNS.items()},
    "factor": "factor of the questionnaire",
    "score": "factor score",
    "answered": "items of the factor with a value",
    "items": "items of the factor",
    "state": "why there is a score, or none",
    "flag": "why the sheet deserves a second look",
    "detail": "what was seen",
    "remark": "number of the remark on its page",
    "where": "in the form's box for it, or outside the fields, where it may be a stain, too",
    **{f"{edge}_mm": f"{edge} of the remark on the paper" for edge in ("left", "top")},
    **{f"{size}_mm": f"{size} of the remark" for size in ("width", "height")},
    "picture": "file of the study folder that shows it; pictures are not exported unasked",
}
"""What a column means, in whichever table it stands."""

_COUNTED = {one.value: f"number of items with status {one}" for one in Status}
"""What the columns of `forms.csv` mean that are named after a status."""

_VOCABULARIES = {
    "role": _ROLES,
    "status": "; ".join(STATUSES),
    "doubt": "; ".join(DOUBTS),
    "notes": "; ".join(NOTES),
    "standing": "; ".join(FormStanding),
    "code_route": "; ".join(CODE_ROUTES),
    "filled_on_status": "; ".join(DATE_STATUSES),
    "filled_on_doubt": "; ".join(DateDoubt),
    **{name: "; ".join(words) for name, (_, words) in CONSENT_COLUMNS.items()},
    "state": "; ".join(ScoreState),
    "flag": "; ".join(Flag),
    "where": "; ".join(Where),
    "missing": _ALL_MISSING,
}
"""Every word a column may hold, where that is settled."""

_NOTES = {
    "status": "doubt waits for a person and has no value; settled was decided by a person",
    "standing": "again: scanned again with the same answers; chosen: a person chose between"
    " scans; conflict: scans differ and wait for a person, no answer has a value",
    "flag": "a flag points at a sheet of paper; no answer is left out because of it",
    "dyad": "random, says nothing about anybody",
    "probability": "of the reading, or of the likeliest answer where a person had to look;"
    " empty for pages read by a version that did not keep it",
}

_OWN_ROWS = {
    ("answers_long.csv", "value"),
    ("factor_scores.csv", "score"),
}
"""Columns whose description hangs on the instrument."""


def _fixed_columns(waves: Sequence[str]) -> Iterator[Entry]:
    wave = "; ".join(f"{number}={name}" for number, name in enumerate(waves, 1))
    for file, columns in (
        ("answers_long.csv", tables.ANSWERS_LONG),
        ("forms.csv", tables.FORMS),
        ("factor_scores.csv", tables.FACTOR_SCORES),
        ("quality.csv", tables.QUALITY),
        ("remarks.csv", tables.REMARKS),
        ("dyads_wide.csv", tables.WIDE_KEYS),
    ):
        for column in columns:
            if column == "wave":
                yield Entry(file, column, label="measurement occasion", values=wave)
            elif file == "forms.csv" and column in _COUNTED:
                yield Entry(file, column, label=_COUNTED[column])
            elif (file, column) not in _OWN_ROWS:
                yield Entry(
                    file,
                    column,
                    label=_LABELS[column],
                    values=_VOCABULARIES.get(column, ""),
                    note=_NOTES.get(column, ""),
                )


def _about_answers(instruments: Mapping[str, Instrument], language: str) -> Iterator[Entry]:
    for domain, one in instruments.items():
        yield Entry(
            *("answers_long.csv", "value", domain),
            label=_LABELS["value"],
            values=_scale(one, Role.CLIENT, language),
            missing="empty cell: see columns status and missing",
            assumed=_assumed(one),
        )


def _about_scores(instruments: Mapping[str, Instrument], language: str) -> Iterator[Entry]:
    for domain, one in instruments.items():
        names = "; ".join(
            f"{factor}={_factor_name(one, Role.CLIENT, factor, language)}" for factor in one.factors
        )
        yield Entry(
            *("factor_scores.csv", "score", domain),
            label=_LABELS["score"],
            values=f"{min(one.scale.values)} to {max(one.scale.values)} (factors: {names})",
            missing="empty cell: see column state",
            formula=_rule(one),
            assumed=_assumed(one),
            note="no total: factors are never added up",
        )


def _rule(one: Instrument) -> str:
    turned = f"{min(one.scale.values)} + {max(one.scale.values)} - value"
    return (
        f"mean of the answered items, reverse-keyed ones as {turned};"
        f" at least {one.minimum_share:.0%} of the items answered and none in doubt"
    )


def _wide(instruments: Mapping[str, Instrument], language: str) -> Iterator[Entry]:
    for role, prefix in tables.PREFIXES.items():
        for domain, one in instruments.items():
            for item in one.items:
                yield _wide_item(domain, one, item, role, language)
            for factor in one.factors:
                members = ", ".join(_signed(prefix, item) for item in one.items_of(factor))
                yield Entry(
                    *("dyads_wide.csv", prefix + factor, domain),
                    label=f"{role}: {_factor_name(one, role, factor, language)}",
                    missing=_WAITING,
                    formula=f"{_rule(one)}; items {members}",
                    assumed=_assumed(one),
                )
    for domain, one in instruments.items():
        for factor in one.factors:
            yield Entry(
                *("dyads_wide.csv", tables.DIFFERENCE + factor, domain),
                label=f"difference: {_factor_name(one, Role.CLIENT, factor, language)}",
                missing="empty cell: one of the two scores is missing",
                formula=f"p_{factor} - c_{factor}",
                assumed=_assumed(one),
                note=_comparison(one, factor, language),
            )


def _wide_item(domain: str, one: Instrument, item: Item, role: Role, language: str) -> Entry:
    return Entry(
        *("dyads_wide.csv", tables.PREFIXES[role] + item.id, domain),
        label=f"{role}: {_wording(one, role, language).items[item.id]}",
        values=_scale(one, role, language),
        missing=_EMPTY,
        formula=f"key {item.key:+d} on {item.factor}",
        assumed=_assumed(one),
        note="placeholder wording" if one.placeholder else "",
    )


def _signed(prefix: str, item: Item) -> str:
    return f"{prefix}{item.id}" + (" (reversed)" if item.key < 0 else "")


def _assumed(one: Instrument) -> str:
    return "yes" if one.assumed else ""


def _comparison(one: Instrument, factor: FactorId, language: str) -> str:
    client = _factor_name(one, Role.CLIENT, factor, language)
    professional = _factor_name(one, Role.PROFESSIONAL, factor, language)
    if client == professional:
        return ""
    return f"compares two different constructs: {client} (client) and {professional} (professional)"


def _factor_name(one: Instrument, role: Role, factor: FactorId, language: str) -> str:
    return _wording(one, role, language).factors[factor]


def _scale(one: Instrument, role: Role, language: str) -> str:
    labels = zip(one.scale.values, _wording(one, role, language).scale, strict=True)
    return "; ".join(f"{value}={label}" for value, label in sorted(labels))


def _wording(one: Instrument, role: Role, language: str) -> Wording:
    chosen = language if (role, language) in one.wordings else one.languages[0]
    return one.wordings[role, chosen]
