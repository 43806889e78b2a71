"""The files of an export that describe its tables."""

import shutil
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path

from output import redcap
from output.codebook import Contents, Entry, as_table
from output.codebook_pages import codebook_html, codebook_pdf
from output.consent import Audience
from output.datapackage import datapackage
from output.dialects import Dialect
from output.psychds import dataset_description
from output.readme import readme
from output.syntax import read_wam_sps
from output.variables import variables_of
from output.writers import csv_bytes

READERS = ("read_wam.R", "read_wam.py")
"""Readers that are the same for every study: they go by `scoring.csv`."""


def describe(
    folder: Path,
    about: Contents,
    entries: Sequence[Entry],
    audience: Audience,
    dialect: Dialect,
    titles: Mapping[str, str],
) -> None:
    """Write everything beside the tables, the README last.

    Parameters
    ----------
    folder : Path
        Holds the tables.
    about, entries
        What the codebook is about, and the codebook.
    audience : Audience
        Who receives it.
    dialect : Dialect
        Of the CSV files.
    titles : mapping of str to str
        What one row of each table is.
    """
    (folder / "codebook.csv").write_bytes(csv_bytes(as_table(entries), dialect))
    (folder / "codebook.html").write_text(codebook_html(about, entries), encoding="utf-8")
    if audience is Audience.RESEARCH:
        (folder / "codebook.pdf").write_bytes(codebook_pdf(about, entries))
        _describe_data(folder, about, entries, dialect, titles)
        _write_readers(folder, about)
    mine = {table: titles[table] for table in about.tables}
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    notes = [said for domain, said in about.remarks if not domain]
    text = readme(about.title, audience, mine, [*names, "PROVENANCE.json"], dialect, notes)
    (folder / "README.txt").write_bytes(text)


def _describe_data(
    folder: Path,
    about: Contents,
    entries: Sequence[Entry],
    dialect: Dialect,
    titles: Mapping[str, str],
) -> None:
    said = f"Working alliance of pairs of a client and a professional: {about.title}."
    tables = {table: variables_of(table, about, entries) for table in about.tables}
    (folder / "datapackage.json").write_bytes(
        datapackage(about.title, said, tables, titles, dialect)
    )
    (folder / "dataset_description.json").write_bytes(
        dataset_description(about.title, said, tables["dyads_wide"])
    )
    waves = dict(enumerate(about.waves, 1))
    for domain, one in about.instruments.items():
        rows = redcap.dictionary(one, waves, about.language)
        redcap.write_dictionary(folder / redcap.FOLDER / f"{domain}_dictionary.csv", rows)


def _write_readers(folder: Path, about: Contents) -> None:
    for name in READERS:
        with as_file(files("output.readers") / name) as reader:
            shutil.copyfile(reader, folder / name)
    (folder / "read_wam.sps").write_text(
        read_wam_sps(about.instruments), encoding="utf-8", newline="\n"
    )
