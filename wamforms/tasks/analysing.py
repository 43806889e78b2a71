"""Compute the statistics of a study or of an export, and write tables and report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from layouts.errors import UsageError
from output.statistics.analysis import Analysis, Wanted, analyse
from output.statistics.characteristics import Characteristic, read_characteristics
from output.statistics.data import StudyData
from output.statistics.figures import Figure, figures_of
from output.statistics.libraries import check_installed
from output.statistics.report import FIGURES, as_html, as_markdown
from output.statistics.source import days_of, is_export, read_export
from output.writers import save_all
from records.study import open_study
from records.study_folder import SETTINGS_FILE
from records.wholefiles import TEMPORARY, write_whole
from wamforms.definition_files import load_instruments
from wamforms.instrument import Instrument
from wamforms.tasks.exporting import TABLES_ONLY, export_study
from wamforms.tasks.forms import instruments_of

REPORT = "report"
"""Name of the report without its ending."""


@dataclass(frozen=True, slots=True)
class AnalysisOrder:
    """What to analyse, and with what.

    Attributes
    ----------
    source
        A study, or a folder that `wamforms export` wrote.
    out
        Where tables and report go.
    own_columns
        The user's own CSV file; None for none.
    types
        What a column of it is, where it was said.
    definitions
        Questionnaires of an export; None for the built-in ones. A study has its own.
    imputations
        Number of imputed data sets; 0 for none.
    published
        Whether to make only the tables that studies of the WAM published.
    passphrase
        Of an encrypted study.
    research_key
        Secret keys of a sealed study; without them its clients' forms are left out.
    """

    source: Path
    out: Path
    own_columns: Path | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    definitions: Path | None = None
    imputations: int = 0
    seed: int = 1
    published: bool = False
    passphrase: str | None = field(default=None, repr=False)
    research_key: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Analysed:
    """What an analysis left behind.

    Attributes
    ----------
    remarks
        What a reader of every table must know.
    """

    folder: Path
    report: Path
    files: tuple[Path, ...]
    dyads: int
    forms: int
    remarks: tuple[str, ...]


def analyse_study(order: AnalysisOrder, heard: Callable[[str], None] | None = None) -> Analysed:
    """Compute every statistic and write one CSV file a table, and the report.

    Parameters
    ----------
    order : AnalysisOrder
    heard : callable, optional
        Hears the name of each part before it is computed.

    Raises
    ------
    UsageError
        If a library is missing, or the source is neither a study nor an export.
    MismatchError
        If answers or scores do not fit the questionnaire.
    FaultyFileError
        If the user's own file has faults.
    """
    check_installed()
    data = _data(order)
    columns: tuple[Characteristic, ...] = ()
    if order.own_columns is not None:
        columns = read_characteristics(order.own_columns, order.types)
    elif order.types:
        raise UsageError("--type needs a file to be about", advice="Name it with --with FILE.csv.")
    elif order.published:
        raise UsageError(
            "the published tables set scores against your own columns, and no file has them",
            advice="Name it with --with FILE.csv: age, job, risk, drop-out and the like.",
        )
    wanted = Wanted(columns, order.imputations, order.seed, published=order.published)
    return _written(analyse(data, wanted, heard), data, order)


def _data(order: AnalysisOrder) -> StudyData:
    if not (order.source / SETTINGS_FILE).is_file():
        if not is_export(order.source):
            raise UsageError(
                f"{order.source} is neither a study nor a folder of exported tables",
                advice="Name a study, or an export for research; one for a team holds no answers.",
            )
        return read_export(order.source, load_instruments(order.definitions))
    if order.definitions is not None:
        raise UsageError("a study has its own questionnaires", advice="Leave --definitions away.")
    return _of_study(order)


def _of_study(order: AnalysisOrder) -> StudyData:
    """Analyse what an export would hold, so that both ways give the same numbers."""
    with open_study(
        order.source, passphrase=order.passphrase, research_key=order.research_key
    ) as study:
        study.plain_file(order.out, "with --out FOLDER").mkdir(parents=True, exist_ok=True)
        instruments: Mapping[str, Instrument] = instruments_of(study)
        # Beside the result and swept like every unfinished file: it holds what people answered.
        with TemporaryDirectory(prefix=TEMPORARY, dir=order.out) as folder:
            sealed = export_study(study, Path(folder), TABLES_ONLY).sealed
            data = read_export(Path(folder), instruments)
        days = days_of(data.waves, study.settings.wave_days)
        return replace(data, days=days, sealed=sealed)


def _written(found: Analysis, data: StudyData, order: AnalysisOrder) -> Analysed:
    files = save_all({f"{one.name}.csv": one.frame for one in found.tables}, order.out)
    figures = _drawn(found, data, order.out)
    title = f"Statistics of {order.source.resolve().name}"
    page = order.out / f"{REPORT}.html"
    write_whole(page, as_html(found, title, figures).encode())
    write_whole(page.with_suffix(".md"), as_markdown(found, title, figures).encode())
    return Analysed(
        folder=order.out,
        report=page,
        files=files,
        dyads=sum(one.forms.who["dyad"].nunique() for one in data.schemes),
        forms=sum(len(one.forms) for one in data.schemes),
        remarks=found.remarks,
    )


def _drawn(found: Analysis, data: StudyData, out: Path) -> tuple[Figure, ...]:
    """Draw the pictures and write each as SVG and PDF; those of an earlier analysis go."""
    folder = out / FIGURES
    folder.mkdir(exist_ok=True)
    figures = figures_of(found.tables, data)
    files = {f"{one.name}.svg": one.drawn.svg for one in figures}
    files |= {f"{one.name}.pdf": one.drawn.pdf for one in figures}
    for old in (*folder.glob("*.svg"), *folder.glob("*.pdf")):
        if old.name not in files:
            old.unlink()
    for name, picture in files.items():
        write_whole(folder / name, picture)
    return figures
