"""REDCap: a data dictionary to upload, and data that fit it; one project per domain.

One record is a dyad at one wave, so that a classic project takes it without events to set
up first. Why an answer is missing stands in a text field, for REDCap knows codes of
missing data only where a project has been given them.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from layouts.model import Role
from output.pairs import DIFFERENCE, PREFIXES
from output.sheets import MISSING_LABELS, Missing
from output.wordings import factor_name, options, sentence
from wamforms.instrument import Instrument

FOLDER = "redcap"

DICTIONARY = (
    *("Variable / Field Name", "Form Name", "Field Type", "Section Header", "Field Label"),
    *("Choices, Calculations, OR Slider Labels", "Field Note"),
    *("Text Validation Type OR Show Slider Number", "Text Validation Min", "Text Validation Max"),
    *("Identifier?", "Branching Logic (Show field only if...)", "Required Field?"),
    *("Custom Alignment", "Question Number (surveys only)", "Matrix Group Name"),
    *("Matrix Ranking?", "Field Annotation"),
)
"""The 18 columns of a data dictionary, as REDCap heads them."""

_FORMS = {"c_": "wam_client", "p_": "wam_professional"}
_SCORES = "wam_scores"

_UNVERIFIED, _COMPLETE, _INCOMPLETE = "1", "2", "0"
"""How REDCap marks the state of a form."""

_Row = dict[str, str]


def dictionary(one: Instrument, waves: Mapping[int, str], language: str) -> list[_Row]:
    """Describe every field of a domain's project."""
    return [_whole(row) for row in _fields(one, waves, language)]


def _whole(row: Mapping[str, str]) -> _Row:
    known = dict.fromkeys(DICTIONARY, "")
    if unknown := set(row) - set(known):
        raise ValueError(f"a data dictionary has no column {unknown}")
    return known | dict(row)


def _field(name: str, form: str, kind: str, label: str, **more: str) -> _Row:
    """Fill in the columns of a field; `more` by the short names below."""
    short = {
        "choices": DICTIONARY[5],
        "validation": DICTIONARY[7],
        "least": DICTIONARY[8],
        "most": DICTIONARY[9],
        "matrix": DICTIONARY[15],
        "section": DICTIONARY[3],
        "annotation": DICTIONARY[17],
    }
    row = dict(zip(DICTIONARY[:3], (name, form, kind), strict=True)) | {DICTIONARY[4]: label}
    return row | {short[key]: value for key, value in more.items()}


def _fields(one: Instrument, waves: Mapping[int, str], language: str) -> Iterator[_Row]:
    client = _FORMS["c_"]
    yield _field("record_id", client, "text", "Dyad and wave")
    yield _field("dyad", client, "text", "Code of the dyad")
    listed = _choices(waves)
    yield _field("wave", client, "radio", "Measurement occasion", choices=listed)
    for role, prefix in PREFIXES.items():
        form = _FORMS[prefix]
        for number, item in enumerate(one.items):
            yield _field(
                prefix + item.id,
                form,
                "radio",
                sentence(one, role, item, language),
                choices=_choices(options(one, role, language)),
                matrix=f"{prefix}items",
                section="" if number else f"Answers of the {role}",
            )
        yield _field(f"{prefix}missing", form, "notes", "Why answers are missing")
    for name, label, lowest, highest in _scored(one, language):
        yield _field(name, _SCORES, "text", label, validation="number", least=lowest, most=highest)


def _scored(one: Instrument, language: str) -> Iterator[tuple[str, str, str, str]]:
    lowest, highest = min(one.scale.values), max(one.scale.values)
    for factor in one.factors:
        for role, prefix in PREFIXES.items():
            label = f"{factor_name(one, role, factor, language)}, {role}"
            yield prefix + factor, label, str(lowest), str(highest)
        span = highest - lowest
        label = f"{factor_name(one, Role.CLIENT, factor, language)}, professional minus client"
        yield DIFFERENCE + factor, label, str(-span), str(span)


def _choices(labels: Mapping[int, str]) -> str:
    """List choices as REDCap wants them; a bar or a comma in a label would end it."""
    return " | ".join(f"{value}, {label.replace('|', '/')}" for value, label in labels.items())


def write_dictionary(path: Path, rows: list[_Row]) -> None:
    """Write a data dictionary; REDCap wants commas and UTF-8."""
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, DICTIONARY, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class RedcapStream:
    """The data of every domain's project, written some dyads at a time."""

    def __init__(self, folder: Path, instruments: Mapping[str, Instrument]) -> None:
        folder.mkdir(exist_ok=True)
        self._instruments = instruments
        self._columns = {domain: _columns(one) for domain, one in instruments.items()}
        self._files = {
            domain: (folder / f"{domain}_data.csv").open("x", encoding="utf-8", newline="")
            for domain in instruments
        }
        self._writers = {
            domain: csv.writer(file, lineterminator="\n") for domain, file in self._files.items()
        }
        for domain, writer in self._writers.items():
            writer.writerow(self._columns[domain])

    def add(self, rows: pd.DataFrame) -> None:
        """Write more rows of `dyads_wide`."""
        for domain, one in self._instruments.items():
            mine = rows[rows["domain"] == domain]
            for row in mine.to_dict("records"):
                cells = _record({str(name): cell for name, cell in row.items()}, one)
                self._writers[domain].writerow([cells[name] for name in self._columns[domain]])

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files.values():
            file.close()


def _columns(one: Instrument) -> list[str]:
    names = ["record_id", "dyad", "wave"]
    for prefix, form in _FORMS.items():
        names += [prefix + item.id for item in one.items]
        names += [f"{prefix}missing", f"{form}_complete"]
    return [*names, *(name for name, *_ in _scored(one, one.languages[0])), f"{_SCORES}_complete"]


def _record(row: Mapping[str, object], one: Instrument) -> dict[str, str]:
    cells = {name: "" if pd.isna(cell) else str(cell) for name, cell in row.items()}  # type: ignore[call-overload]
    cells["record_id"] = f"{cells['dyad']}-w{cells['wave']}"
    for prefix, form in _FORMS.items():
        reasons = {
            item.id: Missing(int(code))
            for item in one.items
            if (code := cells[f"{prefix}{item.id}_missing"])
        }
        cells[f"{prefix}missing"] = "; ".join(
            f"{item} {MISSING_LABELS[code]}" for item, code in reasons.items()
        )
        cells[f"{form}_complete"] = _state(set(reasons.values()), len(reasons) == len(one.items))
    cells[f"{_SCORES}_complete"] = _COMPLETE
    return cells


def _state(reasons: set[Missing], is_all: bool) -> str:
    if is_all and reasons == {Missing.ABSENT}:
        return _INCOMPLETE
    return _UNVERIFIED if reasons & {Missing.IN_DOUBT, Missing.ABSENT} else _COMPLETE
