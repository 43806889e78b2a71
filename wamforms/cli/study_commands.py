"""`init` and `status`: the study as a whole."""

import sys
from collections import Counter
from pathlib import Path

import click

from layouts.errors import ExitCode
from layouts.geometry import PAPERS
from records.settings import Settings
from records.study import Study, create_study
from wamforms.cli.passphrase_command import tell_sheet
from wamforms.cli.unlocking import asked, open_study, research_key
from wamforms.cli.voice import (
    as_json,
    counted,
    give_json,
    next_step,
    quiet,
    say,
    study_folder,
    table,
    typed,
)
from wamforms.definition_files import built_in_domains, copy_definitions, load_instrument
from wamforms.tasks.passphrases import check_sheet, write_sheet
from wamforms.tasks.secrecy import public_keys
from wamforms.tasks.status import StudyStatus, status_of

USUAL_WAVES = ("start", "+6 months", "+9 months")
"""When the working alliance studies measured (facts on the instrument, row 11)."""

INIT_HELP = """\b
wamforms init mystudy
wamforms init mystudy --domain probation --language nl --wave start --wave end
wamforms init mystudy --own-wording
wamforms init mystudy --encrypt --sheet recovery-sheet.pdf
wamforms init mystudy --sealed-to researcher.key.pub

Make a study in a new folder: its settings (study.toml), its key, its database
and its page pictures. Keep the folder on a local disk and make backups of all of it:
without study.key no printed form can be read.

With --encrypt database, key and pictures open only with a passphrase, which is
asked for or taken from WAMFORMS_PASSPHRASE. A study cannot be encrypted later,
and without passphrase and recovery sheet it is lost: print the sheet, and lock
it away. Needs the extra: pip install 'wamforms[encryption]'.

With --sealed-to what clients answer is readable only with the secret key of the
researcher who made the pair: wamforms researcher-key. Whoever scans sees that a
client's sheet came in, not what it says. A study is sealed when it is made or
never, and without the secret key all clients' answers are lost: seal it to two
keys, kept in two places. Needs the same extra.
"""


@click.command(help=INIT_HELP)
@study_folder
@click.option("--title", default="Working alliance study", show_default=True)
@click.option(
    "--domain", "domains", multiple=True, help="May be repeated; all of them if not given."
)
@click.option("--language", default="nl", show_default=True, help="Usual language of the forms.")
@click.option("--paper", type=click.Choice(sorted(PAPERS)), default="a4", show_default=True)
@click.option("--wave", "waves", multiple=True, default=USUAL_WAVES, show_default=True)
@click.option(
    "--own-wording", is_flag=True, help="Copy the questionnaires, to paste licensed wording into."
)
@click.option("--encrypt", is_flag=True, help="Open it with a passphrase only.")
@click.option(
    "--sheet",
    type=click.Path(path_type=Path, dir_okay=False),
    help="PDF of the recovery sheet of an encrypted study.",
)
@click.option(
    "--sealed-to",
    "key_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with a public key: only its secret key opens clients' sheets. May be repeated.",
)
@as_json
@quiet
def init(
    study: Path,
    title: str,
    domains: tuple[str, ...],
    language: str,
    paper: str,
    waves: tuple[str, ...],
    own_wording: bool,
    encrypt: bool,
    sheet: Path | None,
    key_files: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Make a study."""
    known = built_in_domains()
    unknown = [domain for domain in domains if domain not in known]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(known)}")
    languages = load_instrument((domains or known)[0]).languages
    if language not in languages and not own_wording:
        raise click.BadParameter(
            f"{language!r} is none of {', '.join(languages)}; for another one use --own-wording"
        )
    settings = Settings(
        title=title,
        language=language,
        paper=paper,
        domains=domains or known,
        waves=waves,
        definitions=Path("definitions") if own_wording else None,
        sealed_to=public_keys(key_files),
    )
    passphrase = _new_passphrase(study, sheet, encrypt=encrypt)
    with create_study(study, settings, passphrase=passphrase) as made:
        if encrypt:
            _recovery_sheet(made, sheet)
    if own_wording:
        copy_definitions(study / "definitions")
    if as_json:
        give_json(
            {
                "study": study,
                "title": title,
                "domains": settings.domains,
                "waves": waves,
                "is_encrypted": encrypt,
                "sealed_to": settings.sealed_to,
            }
        )
    if quiet:
        return
    _tell_made(study, settings, encrypt=encrypt)


def _tell_made(study: Path, settings: Settings, *, encrypt: bool) -> None:
    say(f"Made the study {study}; its settings are in {study / 'study.toml'}")
    for public in settings.sealed_to:
        say(f"Clients' sheets open only with the secret key of {public}")
    if settings.definitions is not None:
        say(f"Paste the licensed wording into {study / 'definitions'}")
    out = " --out FORMS.pdf" if encrypt else ""
    wave = repr(settings.waves[0])
    next_step(f"wamforms print {typed(study)} --wave {wave} --caseload CASELOAD.csv{out}")


def _new_passphrase(study: Path, sheet: Path | None, *, encrypt: bool) -> str | None:
    if sheet is not None and not encrypt:
        raise click.UsageError("--sheet is for an encrypted study; add --encrypt")
    if sheet is not None:
        check_sheet(study, sheet)
    return asked(f"New passphrase of {study}", is_new=True) if encrypt else None


def _recovery_sheet(study: Study, sheet: Path | None) -> None:
    """Write the recovery sheet of a new study; offer it if nobody asked for it."""
    usual = study.folder.with_name(f"{study.folder.name}-recovery-sheet.pdf")
    if sheet is None and sys.stdin.isatty():
        wanted = click.confirm(f"Write a recovery sheet to {usual}?", default=True, err=True)
        sheet = usual if wanted else None
    if sheet is None:
        command = f"wamforms passphrase {typed(study.folder)} --sheet {typed(usual)}"
        say(f"A lost passphrase is a lost study. To print a recovery sheet: {command}")
        return
    write_sheet(study, sheet)
    tell_sheet(sheet)


STATUS_HELP = """\b
wamforms status mystudy
wamforms status mystudy --json
wamforms status mystudy --research-key my.key

Show what is printed, in, waiting and missing, wave by wave. In a sealed study
it takes the research key to tell what waits on clients' sheets.
"""


@click.command(help=STATUS_HELP)
@study_folder
@research_key
@as_json
def status(study: Path, research_key: Path | None, as_json: bool) -> int:
    """Show how far the study is."""
    with open_study(study, research_key) as opened:
        found = status_of(opened)
    if as_json:
        give_json(found)
    else:
        _tell_status(found, study)
    waits = found.doubts or found.conflicts or found.codes
    if waits:
        next_step(f"wamforms settle {typed(study)}")
    elif any(one.received for one in found.waves):
        next_step(f"wamforms export {typed(study)} TABLES")
    elif found.waves:
        next_step(f"wamforms scan {typed(study)} STACK.pdf")
    else:
        next_step(f"wamforms print {typed(study)} --wave WAVE --caseload CASELOAD.csv")
    return ExitCode.DOUBTS_WAIT if waits else ExitCode.OK


def _tell_status(found: StudyStatus, study: Path) -> None:
    """Tell how far each wave is, and what waits."""
    how = "encrypted" if found.is_encrypted else "not encrypted"
    how += ", and clients' sheets are sealed" if found.is_sealed else ""
    say(f"{found.title}: {counted(found.dyads, 'dyad')}; the study is {how}")
    heads = ("wave", "role", "printed", "in", "waiting", "missing")
    rows = [
        (
            one.label,
            one.role,
            *map(str, (one.printed, one.received, one.waiting)),
            " ".join(one.missing[:6]) + (" ..." if len(one.missing) > 6 else ""),
        )
        for one in found.waves
    ]
    table([heads, *rows])
    say(
        f"{found.doubts} answers and {found.conflicts} conflicts wait,"
        f" {found.refused} pages were refused"
        + (f", {found.codes} of them wait for their code" if found.codes else "")
    )
    for line in found.told:
        say(line)
    if found.remarks or found.outside:
        say(
            f"{counted(found.remarks, 'page')} with a remark in its box,"
            f" {counted(found.outside, 'page')} with ink outside the fields;"
            f" to see them: wamforms export {typed(study)} TABLES --remarks"
        )
    _tell_quality(found)


def _tell_quality(found: StudyStatus) -> None:
    """Count the flags by kind; which sheets they are is in the JSON and in quality.csv."""
    for flag, count in Counter(one.flag for one in found.quality).items():
        say(f"  worth a look: {counted(count, 'sheet')} {flag}")
