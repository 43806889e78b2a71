"""Export a study's tables."""

from pathlib import Path

from layouts.errors import UsageError
from output.export import Exported, export
from records.study import Study
from wamforms.tasks.forms import instruments_of


def export_study(study: Study, folder: Path, *, language: str = "en") -> Exported:
    """Write every table of the study into a folder, all of them or none.

    Raises
    ------
    UsageError
        If nothing has been read yet.
    """
    snapshot = study.store.snapshot()
    if not any(page.scan() for page in snapshot.pages):
        raise UsageError(
            "no form has been read yet, so there is nothing to export",
            advice="Scan first: wamforms scan STUDY FILES",
        )
    return export(
        instruments_of(study), snapshot, folder, language=language, waves=study.settings.waves
    )
