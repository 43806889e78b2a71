"""Exports and talk sheets as one file to hand out, which stays nowhere else."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from layouts.dyadcode import parse_dyad_code
from layouts.errors import UsageError
from output.consent import Audience
from records.study import Study
from wamforms.tasks.exporting import ExportOrder, export_study
from wamforms.tasks.talking import TalkOrder, make_talk_sheets


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A file for somebody."""

    name: str
    data: bytes


def export_zip(study: Study, profile: str, officer: str, recipient: str) -> HandedOut:
    """Export for somebody as one zip file.

    Parameters
    ----------
    profile : str
        Who receives it: research, team or officer.
    officer : str
        Whose caseload; only the profile of an officer is about one.

    Raises
    ------
    UsageError
        As `export_study` does, or if nobody is named who receives it.
    """
    if profile not in set(Audience) - {Audience.ADMINISTRATOR}:
        raise UsageError("nobody is named who receives the tables", advice="Choose who does.")
    audience = Audience(profile)
    order = ExportOrder(
        profile=audience,
        officer=officer if audience is Audience.OFFICER else "",
        recipient=recipient,
        zipped=True,
    )
    name = f"tables-{profile}-{date.today().isoformat()}.zip"
    with TemporaryDirectory(prefix="wamforms-export-") as folder:
        made = export_study(study, Path(folder) / name, order)
        return HandedOut(name, made.place.read_bytes())


def talk_pdf(study: Study, code: str) -> HandedOut:
    """Make the talk sheet of one dyad.

    Raises
    ------
    UsageError
        If nobody has the code, or the sheet cannot be made yet.
    """
    dyad = parse_dyad_code(code)
    with TemporaryDirectory(prefix="wamforms-talk-") as folder:
        made = make_talk_sheets(study, TalkOrder(Path(folder) / "talk.pdf", dyad))
        if made.pdf is None:
            (held,) = made.held
            raise UsageError(
                f"there is no talk sheet of {held.dyad} for {held.wave} yet: {held.why}",
                advice="Both forms have to be in, and every doubt on them decided.",
            )
        return HandedOut(f"talk-{made.sheets[0]}.pdf", made.pdf.read_bytes())
