"""`researcher-key` and `unseal`: the receiving side of an encrypted export."""

from pathlib import Path

import click

from records.ciphers import insist_on_length
from wamforms.cli.unlocking import KEY_PASSPHRASE, asked, secrets_of
from wamforms.cli.voice import as_json, give_json, next_step, quiet, say, typed
from wamforms.tasks.sealing import make_key, unseal

_FILE = click.Path(path_type=Path, dir_okay=False)

RESEARCHER_KEY_HELP = """\b
wamforms researcher-key my.key
wamforms researcher-key my.key --lock

Make a pair of keys for encrypted exports. The secret key, my.key, stays with you:
whoever has it opens every export made for it, and without it nobody does. Give
the public key, my.key.pub, to the office, which writes exports for it with
wamforms export --to. With --lock the secret key takes a passphrase.

Both are keys of the age format; age-keygen makes the same.
"""


@click.command("researcher-key", help=RESEARCHER_KEY_HELP)
@click.argument("file", metavar="FILE", type=_FILE)
@click.option("--lock", is_flag=True, help="Lock the secret key with a passphrase.")
@as_json
@quiet
def researcher_key(file: Path, lock: bool, as_json: bool, quiet: bool) -> None:
    """Make a pair of keys."""
    passphrase = None
    if lock:
        passphrase = asked(f"New passphrase of {file}", variable=KEY_PASSPHRASE, is_new=True)
        insist_on_length(passphrase)
    done = make_key(file, passphrase)
    if as_json:
        give_json(done)
    if quiet:
        return
    say(f"Secret key, to keep: {done.secret}")
    say(f"Public key, to give away: {done.public}")
    say(f"  {done.key}")
    say("  Read the last line to each other when you hand it over, so that nobody swaps it.")
    next_step(f"the office gives: wamforms export STUDY FILE --to {typed(done.public)}")


UNSEAL_HELP = """\b
wamforms unseal tables.zip.age --key my.key
wamforms unseal tables.zip.age --key my.key --out tables.zip

Open an encrypted export with the secret key it was made for. The standard tool
does the same: age --decrypt --identity my.key --output tables.zip tables.zip.age
Exit code 8 if the key is another one or the file was changed.
"""


@click.command("unseal", help=UNSEAL_HELP)
@click.argument("file", metavar="FILE", type=_FILE)
@click.option("--key", required=True, type=_FILE, help="Your secret key.")
@click.option("--out", type=_FILE, help="File to write; FILE without .age if not given.")
@as_json
@quiet
def unseal_(file: Path, key: Path, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Open an encrypted export."""
    target = unseal(file, secrets_of(key), out)
    if as_json:
        give_json({"file": target})
    if not quiet:
        say(f"Opened: {target}")
        say("  It is not encrypted any more: keep it where nobody else reads.")
        next_step("unpack it, and read README.txt first; it says what is in each file")
