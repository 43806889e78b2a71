"""`README.txt` of an export: what is in it, for whoever opens it first."""

from collections.abc import Iterable, Mapping

from output.consent import Audience
from output.dialects import Dialect
from output.sheets import MISSING_LABELS
from output.streams import FOR_SPSS

FILES = {
    "codebook.csv": "every column explained: label, values, missing codes, formula, counts",
    "codebook.html": "the codebook to read in a browser",
    "codebook.pdf": "the codebook to print",
    "read_wam.R": "loads everything into R and computes all scores again",
    "read_wam.sps": "loads the dyads into SPSS and computes all scores again",
    "read_wam.py": "loads everything into Python and computes all scores again",
    "datapackage.json": "describes the CSV files to programs that know Frictionless Data",
    "dataset_description.json": "describes data/ to programs that know Psych-DS",
    "remarks.html": "pictures of all handwritten remarks; keep it like the forms themselves",
    "PROVENANCE.json": "versions, forms, limits, pages in, answers out, decisions, audits, digests",
}
"""What the files are that are no tables."""

_WHO = {
    Audience.RESEARCH: "This is a whole study, for research.",
    Audience.OFFICER: "This is the caseload of one professional. Of each client's form it holds"
    "\nwhat the client allowed: all answers, factor scores, or nothing.",
    Audience.TEAM: "These are figures of groups. A figure of fewer than five dyads, or of one"
    "\nprofessional's dyads alone, is suppressed.",
}

_CARE = """\
TAKE CARE
- There is no total score. One factor, reactance, runs the other way and is never mixed in.
- Never mix scores of forms with different numbers of answers to choose from: column points
  says how many there were; columns that end in _100 run from 0 to 100 for all of them.
- A difference between the two people is a topic to talk about, not a risk.
- Reverse-keyed answers stand in the tables as they were given; scores have them turned round.
"""

_MISSING = """\
WHAT IS MISSING
Nothing is imputed. In CSV and parquet files a cell without a value is empty, and a column
whose name ends in _missing (in answers_long and factor_scores: missing) says why. In SPSS
files the reason stands in the cell itself, as a user-missing value:
"""


def readme(
    title: str,
    audience: Audience,
    tables: Mapping[str, str],
    files: Iterable[str],
    dialect: Dialect,
    notes: Iterable[str] = (),
) -> bytes:
    """Write it.

    Parameters
    ----------
    title : str
        Of the study.
    audience : Audience
        Who receives the export.
    tables : mapping of str to str
        What one row of each table is.
    files : iterable of str
        Names of everything in the export, this file aside.
    dialect : Dialect
        Of the CSV files.
    notes : iterable of str
        What a reader of every table must know.
    """
    listed = sorted(files)
    parts = [
        title,
        "=" * len(title),
        "",
        _WHO[audience],
        *(f"\nNOTE: {one}." for one in notes),
        "",
        "ONE ROW OF EACH TABLE IS",
        *(f"  {table + '.csv':24}{what[0].lower()}{what[1:]}" for table, what in tables.items()),
        "",
        "OTHER FILES",
        *(f"  {name:26}{what}" for name, what in FILES.items() if name in listed),
        *_formats(listed),
        "",
        _written(dialect),
        "",
        _MISSING + "\n".join(f"  {code.value}  {what}" for code, what in MISSING_LABELS.items()),
        "",
        _CARE,
    ]
    return "\n".join(parts).encode()


def _formats(files: list[str]) -> list[str]:
    lines = []
    if any(name.endswith(".sav") for name in files):
        which = ", ".join(FOR_SPSS)
        lines.append(f"  {'*.sav':26}SPSS: {which}, with labels and missing codes")
    if any(name.endswith(".parquet") for name in files):
        lines.append(f"  {'*.parquet':26}every table for R (arrow), Python and large studies")
    if any(name.startswith("redcap/") for name in files):
        lines.append(f"  {'redcap/':26}of each domain a data dictionary and data to import")
    return lines


def _written(dialect: Dialect) -> str:
    if dialect.decimal == ",":
        return "CSV files have semicolons between cells and decimal commas, for Excel in Dutch."
    return "CSV files are UTF-8 with commas between cells and decimal points."
