"""What was printed before: runs, their files, and masters for the photocopier."""

from dataclasses import dataclass
from pathlib import Path

from layouts.errors import UsageError
from records.study import Study
from wamforms.tasks.print_files import numbers_file, side_files
from wamforms.tasks.printing import PRINT_FOLDER


@dataclass(frozen=True, slots=True)
class PastRun:
    """One print run, or one run of masters.

    Attributes
    ----------
    label
        Name of the wave; empty for masters.
    forms, dyads
        0 for masters, of which nothing is counted.
    files
        Names of its files that are still in the study's print folder.
    """

    run: str
    label: str
    printed_at: str
    forms: int
    dyads: int
    files: tuple[str, ...]


def past_runs(study: Study) -> tuple[PastRun, ...]:
    """List every print run, the latest first, and every run of masters after them."""
    labels = dict(enumerate(study.settings.waves, 1))
    runs: dict[str, list[tuple[int, str, str]]] = {}
    for one in study.store.prints():
        runs.setdefault(one.run, []).append((one.wave, one.dyad, one.printed_at))
    told = [
        PastRun(
            run=run,
            label=labels.get(prints[0][0], str(prints[0][0])),
            printed_at=prints[0][2],
            forms=len(prints),
            dyads=len({dyad for _, dyad, _ in prints}),
            files=_files(study, run),
        )
        for run, prints in runs.items()
    ]
    masters = sorted((study.folder / PRINT_FOLDER).glob("masters-*.pdf"))
    return (
        *reversed(told),
        *(PastRun(one.stem, "", "", 0, 0, _files(study, one.stem)) for one in masters[::-1]),
    )


def printed_file(study: Study, name: str) -> bytes:
    """Return a file of a print run.

    Raises
    ------
    UsageError
        If no run has a file of this name, or it is gone.
    """
    known = {file for run in past_runs(study) for file in run.files}
    if name not in known:
        raise UsageError(f"there is no print file {name}", advice="Choose one that the page lists.")
    return (study.folder / PRINT_FOLDER / name).read_bytes()


def _files(study: Study, run: str) -> tuple[str, ...]:
    pdf: Path = study.folder / PRINT_FOLDER / f"{run}.pdf"
    found = (pdf, *side_files(pdf), numbers_file(pdf))
    return tuple(one.name for one in found if one.is_file())
