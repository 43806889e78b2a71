"""`keylist`: names and codes, in an encrypted file that no other verb opens."""

import os
from pathlib import Path

import click

from layouts.dyadcode import shown
from layouts.errors import UsageError
from records.wholefiles import write_whole
from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import as_json, counted, give_json, say
from wamforms.officer_pages import cover_slips
from wamforms.tasks.keylist import Entry, find, read_keylist, refuse_study_folder
from wamforms.tasks.named_enrolling import NamedEnrolment, enrol_by_name, slips_of
from wamforms.typeset import missing_characters

PASSPHRASE = "WAMFORMS_KEYLIST_PASSPHRASE"
"""Variable for scripts; people are asked."""

KEYLIST_HELP = """\b
wamforms keylist names.wamkeys --study mystudy --people people.xlsx
wamforms keylist names.wamkeys --find "de Vries"
wamforms keylist names.wamkeys --find K7Q4-2M9Y
wamforms keylist names.wamkeys --study mystudy --slips slips.pdf

Keep names and codes together in an encrypted file outside the study. A list
with the column name, beside those of a caseload, enrols its people: the study
gets their codes, KEYS the names. Who is in it keeps their code. Find a code by
a name or a name by a code, and print cover slips that bear the name so that
no form has to.

The passphrase is asked for, or taken from WAMFORMS_KEYLIST_PASSPHRASE. Nobody
can open the file without it. Needs the extra: pip install 'wamforms[keylist]'.
"""

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(help=KEYLIST_HELP)
@click.argument("keys", type=_FILE)
@click.option(
    "--study", type=click.Path(path_type=Path, file_okay=False), help="Where people take part."
)
@click.option(
    "--people",
    type=click.Path(exists=True, path_type=Path, dir_okay=False),
    help="CSV or Excel list with names, to enrol.",
)
@click.option("--find", "wanted", help="A code, or a part of a name.")
@click.option("--slips", type=_FILE, help="PDF of cover slips to write.")
@click.option(
    "--envelope", default="the client's form", show_default=True, help="What the slips say it is."
)
@as_json
def keylist(
    keys: Path,
    study: Path | None,
    people: Path | None,
    wanted: str | None,
    slips: Path | None,
    envelope: str,
    as_json: bool,
) -> None:
    """Enrol by name, find, or print cover slips."""
    if sum(one is not None for one in (people, wanted, slips)) != 1:
        raise click.UsageError("give one of --people, --find and --slips")
    refuse_study_folder(keys, "a key list")
    if people is not None:
        if study is None:
            raise click.UsageError("--people needs --study, where they are enrolled")
        with open_study(study) as opened:
            found = enrol_by_name(opened, people, keys, _passphrase(is_new=not keys.exists()))
        _tell_enrolled(found, keys, as_json=as_json)
        return
    entries = read_keylist(keys, _passphrase(is_new=False))
    if wanted is not None:
        _tell_found(find(entries, wanted), wanted, as_json=as_json)
    elif slips is not None:
        _slips(entries, study, slips, envelope, as_json=as_json)


def _passphrase(*, is_new: bool) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    asked = "Passphrase for the new key list" if is_new else "Passphrase of the key list"
    return str(click.prompt(asked, hide_input=True, confirmation_prompt=is_new, err=True))


def _tell_enrolled(found: NamedEnrolment, keys: Path, *, as_json: bool) -> None:
    if as_json:
        give_json(found)
    say(
        f"{counted(found.new, 'new dyad')}, {found.changed} changed,"
        f" {found.unchanged} enrolled before; the key list {keys} has {found.people} names"
    )
    again = [one.dyad for one in found.dyads if not one.is_new]
    if again:
        say(
            "  these names or codes were known and stand for the same people:"
            f" {' '.join(again)}\n  If one is somebody else of the same name, add what tells"
            " them apart, such as a year of birth."
        )
    say("  Keep the file and its passphrase apart from the study, and the list it came from, too.")


def _tell_found(found: tuple[Entry, ...], wanted: str, *, as_json: bool) -> None:
    if not found:
        raise UsageError(
            f"nobody on the key list is {wanted!r}", advice="Try a shorter part of the name."
        )
    if as_json:
        give_json(
            [{"dyad": shown(one.code), "name": one.name, "officer": one.officer} for one in found]
        )
        return
    for one in found:
        click.echo(f"{shown(one.code)}   {one.name}   officer {one.officer or '—'}")


def _slips(
    entries: tuple[Entry, ...], study: Path | None, path: Path, envelope: str, *, as_json: bool
) -> None:
    refuse_study_folder(path, "a PDF with names")
    officers = None
    if study is not None:
        with open_study(study) as opened:
            officers = {dyad.code: dyad.officer for dyad in opened.store.dyads()}
    slips = slips_of(entries, officers, envelope)
    if not slips:
        raise UsageError(
            "nobody on the key list takes part in this study", advice="Enrol them with --people."
        )
    write_whole(path, cover_slips(slips))
    if as_json:
        give_json({"slips": len(slips), "pdf": path})
    say(f"{counted(len(slips), 'cover slip')}: {path}")
    odd = [one.code for one in slips if missing_characters(one.name)]
    if odd:
        say(f"  the typeface lacks letters of these names, write them by hand: {' '.join(odd)}")
    say("  Print it, then delete the file: it bears names.")
