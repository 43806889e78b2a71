"""Export a study's tables."""

import json
from dataclasses import replace
from pathlib import Path

from layouts.errors import UsageError
from output.export import Exported, Terms, export
from output.pseudonyms import Pseudonyms
from output.quality import wave_days
from output.remarks import remarks_of, remarks_page
from records.log import Action, Head
from records.stamps import now, program
from records.study import Study
from records.wholefiles import write_whole
from wamforms.tasks.digests import digest_of
from wamforms.tasks.forms import instruments_of

REMARKS_FILE = "remarks.html"
"""Every handwritten remark as a picture. Written only when asked for: tables may travel,
and a handwriting can identify its writer."""

PROVENANCE_FILE = "provenance.json"
"""Stands beside the tables, which are the same bytes whenever they are written."""

USUAL_LANGUAGE = "en"
"""Language of the codebook; where a questionnaire lacks it, its first one stands in."""


def export_study(
    study: Study,
    folder: Path,
    *,
    language: str = USUAL_LANGUAGE,
    pictures: bool = False,
    recipient: str = "",
) -> Exported:
    """Write every table of the study into a folder, all of them or none, and log it.

    With `pictures` one page shows every handwritten remark; with a `recipient` dyads and
    officers have pseudonyms that no other recipient gets. A file beside them
    holds the head of the log: whoever has it notices if the study loses what was in it.

    Raises
    ------
    UsageError
        If nothing has been read yet, no questionnaire has the language, or pictures of
        handwriting should go with pseudonyms.
    """
    study.plain_file(folder, "such as TABLES")
    names = Pseudonyms.of(recipient, study.key) if recipient else None
    if pictures and names is not None:
        raise UsageError(
            "handwriting is no pseudonym: its pictures cannot go to a recipient",
            advice="Leave out --remarks or --recipient.",
        )
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
    due = wave_days(study.settings.waves, study.settings.wave_days)
    done = export(
        instruments,
        snapshot,
        folder,
        language=language,
        waves=study.settings.waves,
        terms=Terms(due, names),
    )
    if pictures:
        shown = folder / REMARKS_FILE
        page = remarks_page(remarks_of(snapshot), study.settings.title, study.images.open)
        write_whole(shown, "".join(page).encode())
        done = replace(done, files=(*done.files, shown))
    digests = {file.name: digest_of(file) for file in done.files}
    for_whom = "" if names is None else names.recipient
    said = {"folder": folder.resolve().name, "recipient": for_whom, "files": digests}
    head = study.store.log.note(Action.EXPORTED, "tables", json.dumps(said, sort_keys=True))
    beside = folder / PROVENANCE_FILE
    write_whole(beside, _provenance(study, digests, head, for_whom))
    return replace(done, files=(*done.files, beside))


def whose(study: Study, pseudonym: str, recipient: str) -> str:
    """Find whose a recipient's pseudonym is, and log that somebody asked.

    Raises
    ------
    UsageError
        If it is nobody's of this study.
    """
    names = Pseudonyms.of(recipient, study.key)
    officers = {one.officer for one in study.store.prints()}  # the only ones in a table
    found = names.whose(pseudonym, (one.code for one in study.store.dyads()), officers)
    study.store.log.note(Action.VIEWED, "whose a pseudonym is", names.recipient)
    return found


def _provenance(study: Study, digests: dict[str, str], head: Head, recipient: str) -> bytes:
    said = {
        "study": study.settings.title,
        "exported_at": now(),
        "program": f"wamforms {program()}",
        "recipient": recipient or None,
        "log_head": head.text,
        "sha256": digests,
    }
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()
