"""Questionnaires from definition files: the built-in ones, or a folder of the user's own.

A definitions folder holds one file for the instrument, such as `name.toml`, and
beside it a folder of the same name with one file for each domain. A user's own
folder replaces the built-in one as a whole: wordings from two sources are never
mixed within a study.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from layouts.errors import FaultyFileError, UsageError, WamError
from layouts.model import ItemId, Role
from wamforms.definition_checks import (
    Definition,
    domain_faults,
    domain_name_faults,
    filled,
    shared_faults,
)
from wamforms.definition_parts import AnyFile, DomainFile, Fault, Raw, SharedFile, parsed
from wamforms.instrument import CONSENT_PHRASES, FactorId, Instrument, Item, Scale, Wording

_ENDING = ".toml"
_PLACE = re.compile(r" \((?:at )?(line \d+, column \d+|end of document)\)$")
_FOLDER_ADVICE = "Copy the built-in definitions to a new folder and edit the copies."


@dataclass(frozen=True, slots=True)
class _Source:
    """A definitions folder: its name in messages, its shared file, its domain files."""

    name: str
    shared: Traversable
    domains: dict[str, Traversable]

    def label(self, domain: str) -> str:
        """Name a domain's file as seen from the folder."""
        return f"{self.shared.name.removesuffix(_ENDING)}/{domain}{_ENDING}"


def built_in_domains() -> tuple[str, ...]:
    """List the domains that come with the program, sorted."""
    return tuple(_source(None).domains)


def load_instrument(domain: str, folder: Path | None = None) -> Instrument:
    """Load the questionnaire of one domain.

    Parameters
    ----------
    domain
        Name of a domain file without its ending, such as `probation`.
    folder
        The user's own definitions; None for the built-in ones.

    Raises
    ------
    UsageError
        If there is no such folder or domain.
    FaultyFileError
        If the definition has faults; all of them are listed.
    """
    source = _source(folder)
    if domain not in source.domains:
        near = get_close_matches(domain.strip().lower().replace(" ", "-"), source.domains, 1)
        raise UsageError(
            f"there is no domain {domain!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
            advice=f"The domains are: {', '.join(source.domains)}.",
        )
    return _load(source, (domain,))[domain]


def load_instruments(folder: Path | None = None) -> dict[str, Instrument]:
    """Load the questionnaires of all domains of a folder, by domain.

    Raises
    ------
    UsageError
        If there is no such folder.
    FaultyFileError
        If any definition has faults; all of them are listed.
    """
    source = _source(folder)
    return _load(source, source.domains)


def copy_definitions(to: Path) -> tuple[Path, ...]:
    """Write copies of the built-in definitions for the user to edit.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    WamError
        If the folder already holds definitions (nothing is ever overwritten),
        or cannot be written.
    """
    source = _source(None)
    copies = {to / source.shared.name: source.shared}
    copies |= {to / source.label(name): file for name, file in source.domains.items()}
    try:
        taken = sorted({*to.glob(f"*{_ENDING}"), *(path for path in copies if path.exists())})
        if taken:
            raise WamError(
                f"{to}: already holds definitions, such as {taken[0].relative_to(to)}",
                advice="Nothing was written. Choose a new folder.",
            )
        for path, file in copies.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as copy:
                copy.write(file.read_bytes())
    except OSError as error:
        raise WamError(
            f"{to}: cannot write the definitions: {error.strerror}",
            advice="Choose a folder in which you may write.",
        ) from error
    return tuple(copies)


def _source(folder: Path | None) -> _Source:
    """Look up what is in a definitions folder, without reading the files."""
    home: Traversable = files("layouts") / "definitions" if folder is None else folder
    name = "the built-in definitions" if folder is None else str(folder)
    if not home.is_dir():
        raise UsageError(f"{name}: there is no such folder", advice=_FOLDER_ADVICE)
    shared = _toml_files(home)
    if len(shared) != 1:
        found = ", ".join(file.name for file in shared) or "none"
        raise UsageError(
            f"{name}: needs exactly one file that ends in {_ENDING}, found {found}",
            advice=f"Keep the file of one instrument there. {_FOLDER_ADVICE}",
        )
    stem = shared[0].name.removesuffix(_ENDING)
    beside = home / stem
    domains = {
        file.name.removesuffix(_ENDING): file
        for file in (_toml_files(beside) if beside.is_dir() else [])
    }
    if not domains:
        raise UsageError(
            f"{name}: there are no domain files in its folder {stem}",
            advice=f"Put one file for each domain there. {_FOLDER_ADVICE}",
        )
    return _Source(name, shared[0], domains)


def _toml_files(folder: Traversable) -> list[Traversable]:
    """List the TOML files of a folder, sorted, without hidden ones (macOS leaves some)."""
    found = (
        file
        for file in folder.iterdir()
        if file.name.endswith(_ENDING) and not file.name.startswith(".") and file.is_file()
    )
    return sorted(found, key=lambda file: file.name)


def _load(source: _Source, names: Iterable[str]) -> dict[str, Instrument]:
    """Read, check and build; raise all faults of all the files together."""
    shared_label = source.shared.name
    shared, found = _read(SharedFile, source.shared, shared_label)
    follow: list[Fault] = []
    if shared is not None:
        follow += shared_faults(shared_label, shared)
    whole: dict[str, Definition] = {}
    for name in names:
        label = source.label(name)
        domain, own = _read(DomainFile, source.domains[name], label)
        found += [*own, *domain_name_faults(label, name)]
        if shared is not None and domain is not None:
            whole[name] = Definition(shared_label, shared, label, domain)
            follow += domain_faults(whole[name])
    found += [fault for fault in follow if not any(one.covers(fault) for one in found)]
    if found:
        raise FaultyFileError(source.name, list(dict.fromkeys(map(str, found))))
    return {name: _instrument(name, one) for name, one in whole.items()}


def _read(kind: type[AnyFile], file: Traversable, label: str) -> tuple[AnyFile | None, list[Fault]]:
    """Read one file; None if it is not TOML at all."""
    raw = _toml(file, label)
    return (None, [raw]) if isinstance(raw, Fault) else parsed(kind, label, raw)


def _toml(file: Traversable, label: str) -> Raw | Fault:
    try:
        # Some editors begin the file with a byte order mark, which TOML does not know.
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        return Fault(label, "file", f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return Fault(label, "file", "is not UTF-8 text; save it again with that encoding")
    except RecursionError:
        return Fault(label, "file", "has too many brackets inside each other")
    except ValueError as error:
        return _syntax_fault(label, str(error))


def _syntax_fault(label: str, message: str) -> Fault:
    """Put what the TOML reader says in our order: place, what is wrong, what to do."""
    place = _PLACE.search(message)
    text = _PLACE.sub("", message)
    again = text.startswith(("Cannot declare", "Cannot overwrite", "Duplicate"))
    advice = "each name may stand once" if again else "check quotes, brackets and = signs there"
    return Fault(label, place[1] if place else "file", f"{text}; {advice}")


def _instrument(name: str, whole: Definition) -> Instrument:
    shared = whole.shared
    return Instrument(
        id=shared.id,
        version=shared.version,
        domain=name,
        scale=Scale(tuple(shared.scale.values)),
        shape=shared.shape,
        items=tuple(
            Item(ItemId(item), FactorId(part.factor), part.key)
            for item, part in shared.items.items()
        ),
        factors=tuple(map(FactorId, shared.factors)),
        minimum_share=shared.scoring.minimum_share,
        licence=shared.licence,
        placeholder=shared.placeholder,
        assumed=tuple(shared.assumed),
        wordings={
            (role, language): _wording(whole, role, language)
            for role in Role
            for language in shared.languages
        },
        remarks=shared.remarks,
        consent=shared.consent,
    )


def _wording(whole: Definition, role: Role, language: str) -> Wording:
    shared, domain = whole.shared.languages[language], whole.domain.languages[language]
    part = shared.of(role)
    found = {item: whole.sentence(language, role, item) for item in whole.shared.items}
    return Wording(
        language=language,
        name=shared.name,
        right_to_left=shared.right_to_left,
        title=filled(part.title, domain.slots),
        domain=domain.domain,
        role=filled(part.role, domain.slots),
        factors={FactorId(factor): part.factors[factor] for factor in whole.shared.factors},
        scale=tuple(shared.scale),
        items={
            ItemId(item): filled(sentence[1], domain.slots)
            for item, sentence in found.items()
            if sentence is not None
        },
        phrases=_phrases(whole, {**shared.phrases, **domain.phrases}, domain.slots),
    )


def _phrases(
    whole: Definition, phrases: Mapping[str, str], slots: Mapping[str, str]
) -> dict[str, str]:
    """Fill the consent row's sentences; the program fills the others when it prints."""
    known = {**slots, "factors": str(len(whole.shared.factors))}
    return {
        name: filled(text, known) if name in CONSENT_PHRASES else text
        for name, text in phrases.items()
    }
