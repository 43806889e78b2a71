"""Export a study's tables."""

from pathlib import Path

from layouts.errors import UsageError
from output.export import Exported, export
from records.study import Study
from wamforms.tasks.forms import instruments_of

USUAL_LANGUAGE = "en"
"""Language of the codebook; where a questionnaire lacks it, its first one stands in."""


def export_study(study: Study, folder: Path, *, language: str = USUAL_LANGUAGE) -> Exported:
    """Write every table of the study into a folder, all of them or none.

    Raises
    ------
    UsageError
        If nothing has been read yet, or no questionnaire has the language.
    """
    snapshot = study.store.snapshot()
    if not any(page.scan() for page in snapshot.pages):
        raise UsageError(
            "no form has been read yet, so there is nothing to export",
            advice="Scan first: wamforms scan STUDY FILES",
        )
    instruments = instruments_of(study)
    known = sorted({tag for one in instruments.values() for tag in one.languages})
    if language not in (*known, USUAL_LANGUAGE):
        raise UsageError(
            f"no questionnaire of this study has the language {language!r}",
            advice=f"Choose one of: {', '.join(known)}.",
        )
    return export(instruments, snapshot, folder, language=language, waves=study.settings.waves)
