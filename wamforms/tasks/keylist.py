"""The key list: which name has which code, in an encrypted file of its own.

The file is 8 bytes `WAMKEYS1`, one byte n, 16 bytes of salt, 12 bytes of nonce and the
list as JSON, encrypted with AES-256-GCM under scrypt(passphrase, salt, N = 2^n, r = 8,
p = 1); everything before the JSON is authenticated with it. It has no tie to wamforms:
any program with these two standards can open it.
"""

import json
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from layouts.dyadcode import is_dyad_code, parse_dyad_code
from layouts.errors import UsageError, WamError
from layouts.model import DyadCode
from records.ciphers import (
    COST,
    MOST_COST,
    NONCE_BYTES,
    SALT_BYTES,
    BrokenSealError,
    aes,
    insist_on_length,
    insist_on_library,
    stretched,
    unseal,
)
from records.study_folder import STUDY_FILES
from records.wholefiles import write_whole

MAGIC = b"WAMKEYS1"
_HEAD_BYTES = len(MAGIC) + 1 + SALT_BYTES + NONCE_BYTES


@dataclass(frozen=True, slots=True)
class Entry:
    """One person; `officer` is who looked after them when they were enrolled."""

    code: DyadCode
    name: str
    officer: str


def refuse_study_folder(path: Path, what: str) -> None:
    """Make sure that a file with names does not come to lie in a study.

    Raises
    ------
    UsageError
        If any folder above it is one.
    """
    for folder in path.resolve().parents:
        if any((folder / name).exists() for name in STUDY_FILES):
            raise UsageError(
                f"{what} may not lie in the study {folder}",
                advice="Names stay apart from answers: keep it in another folder, best on"
                " another drive that only those who hand out forms can open.",
            )


def write_keylist(path: Path, entries: Iterable[Entry], passphrase: str) -> None:
    """Write the list whole or not at all, with a new salt.

    Raises
    ------
    UsageError
        If the path lies in a study, or the passphrase is too short.
    WamError
        If cryptography is not installed.
    """
    refuse_study_folder(path, "a key list")
    insist_on_length(passphrase)
    listed = [asdict(one) for one in entries]
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    head = MAGIC + bytes([COST]) + salt + nonce
    text = json.dumps(listed, ensure_ascii=False).encode()
    insist_on_library("key lists", "keylist")
    write_whole(path, head + aes(stretched(passphrase, salt, COST)).encrypt(nonce, text, head))


def read_keylist(path: Path, passphrase: str) -> tuple[Entry, ...]:
    """Open a key list.

    Raises
    ------
    UsageError
        If it lies in a study.
    WamError
        If it cannot be opened, is damaged, or the passphrase is another one.
    """
    refuse_study_folder(path, "a key list")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WamError(
            f"{path} cannot be opened ({error.strerror})", advice="Check the file's name."
        ) from error
    head, sealed = data[:_HEAD_BYTES], data[_HEAD_BYTES:]
    if len(head) < _HEAD_BYTES or not head.startswith(MAGIC) or head[len(MAGIC)] > MOST_COST:
        raise WamError(f"{path} is not a key list", advice="Check the file's name.")
    salt, nonce = head[len(MAGIC) + 1 : -NONCE_BYTES], head[-NONCE_BYTES:]
    insist_on_library("key lists", "keylist")
    key = stretched(passphrase, salt, head[len(MAGIC)])
    try:
        text = unseal(key, nonce + sealed, head)
    except BrokenSealError as error:
        raise WamError(
            f"{path} does not open: the passphrase is another one, or the file is damaged",
            advice="Type the passphrase again; else take the copy from your backup.",
        ) from error
    return tuple(
        Entry(DyadCode(one["code"]), one["name"], one["officer"]) for one in json.loads(text)
    )


def find(entries: Iterable[Entry], wanted: str) -> tuple[Entry, ...]:
    """Find people by a code, or by a part of a name; capitals and accents do not matter."""
    try:
        code = parse_dyad_code(wanted)
    except UsageError:
        part = folded(wanted)
        return tuple(one for one in entries if part and part in folded(one.name))
    # Eight letters may be a code and a name.
    return tuple(one for one in entries if code == one.code or folded(wanted) in folded(one.name))


def folded(name: str) -> str:
    """Write a name as it is compared: without accents, capitals and doubled spaces."""
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(letters.casefold().split())


def joined(entries: Sequence[Entry], added: Iterable[Entry]) -> tuple[Entry, ...]:
    """Add people to a list; a known code gets what is said of it now.

    Raises
    ------
    ValueError
        If an added code is none; that is a bug.
    """
    by_code = {one.code: one for one in entries}
    for one in added:
        if not is_dyad_code(one.code):
            raise ValueError(f"{one.code!r} is not a dyad code")
        by_code[one.code] = one
    return tuple(by_code.values())
