"""The faults of a definition, in words: what does not go together or cannot be printed."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations

from layouts.model import CONSENT, Role
from wamforms.definition_parts import (
    DomainFile,
    DomainLanguagePart,
    Fault,
    LanguagePart,
    SharedFile,
)
from wamforms.instrument import CONSENT_PHRASES, MASTER_PHRASES, PHRASES, REMARKS

LONGEST_SENTENCE = 160
"""Characters; more than that takes four lines beside the answer boxes."""

LONGEST_NAME = 60
"""Characters of a title, name or label; they stand in one line or in a narrow column."""

POINTS = range(3, 8)
"""Answer options that fit in a row: 3 (easy-read forms) to 7."""

HIGHEST_VALUE = 96
"""Data files keep 97 to 99 for answers that are missing."""

PHRASE_SLOTS: Mapping[str, tuple[str, ...]] = {
    "wave": ("wave",),
    "page": ("page", "pages"),
    "version": ("form", "version"),
    "consent_factors": ("factors",),
}
"""What the program itself fills into the fixed sentences; all of it must be there."""

_ALL_PHRASES = (*PHRASES, REMARKS, *CONSENT_PHRASES, *MASTER_PHRASES)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FILE_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,19}")
_SLOT = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Definition:
    """The shared file and one domain file, each with its name in messages."""

    file: str
    shared: SharedFile
    domain_file: str
    domain: DomainFile

    def sentence(self, language: str, role: Role, item: str) -> tuple[str, str] | None:
        """Find an item's sentence and the file it is in; the domain file goes first."""
        own = self.domain.languages[language].of(role).sentences.get(item)
        if own is not None:
            return self.domain_file, own
        shared = self.shared.languages[language].of(role).sentences.get(item)
        return None if shared is None else (self.file, shared)


def filled(text: str, slots: Mapping[str, str]) -> str:
    """Put the words of a domain into a text; unknown slots stay as they are."""
    return _SLOT.sub(lambda slot: slots.get(slot[1], slot[0]), text)


def domain_name_faults(file: str, domain: str) -> Iterator[Fault]:
    """Check the name of a domain file; the domain is called after it."""
    if not _FILE_NAME.fullmatch(domain):
        yield Fault(file, "file name", "use small letters, digits and hyphens only, a letter first")


def shared_faults(file: str, shared: SharedFile) -> Iterator[Fault]:
    """Check everything in the shared file that needs no domain file."""
    yield from _head_faults(file, shared)
    yield from _scale_faults(file, shared)
    yield from _item_faults(file, shared)
    yield from _factor_faults(file, shared)
    yield from _assumption_faults(file, shared)
    for tag, language in shared.languages.items():
        yield from _language_faults(file, shared, f"languages.{tag}", language)
    for tag in shared.languages:
        if not _LANGUAGE.fullmatch(tag):
            yield Fault(file, f"languages.{tag}", "use a language tag such as nl, en or nl-easy")
    if not shared.languages:
        yield Fault(file, "languages", "has no language; add one such as [languages.nl]")


def _head_faults(file: str, shared: SharedFile) -> Iterator[Fault]:
    if not _FILE_NAME.fullmatch(shared.id):
        yield Fault(file, "id", "use small letters, digits and hyphens only, a letter first")
    if not _VERSION.fullmatch(shared.version):
        yield Fault(file, "version", 'use up to 20 letters, digits, dots and hyphens: "1.0"')
    yield from _text_faults(file, "licence", shared.licence, LONGEST_SENTENCE)
    for name in ("factors", "slots"):
        yield from _name_list_faults(file, name, getattr(shared, name))


def _name_list_faults(file: str, key: str, names: list[str]) -> Iterator[Fault]:
    for name in names:
        if not _NAME.fullmatch(name):
            yield Fault(file, key, f"{name!r}: use small letters, digits and _, a letter first")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(file, key, f"{name!r} is there twice; remove one")


def _scale_faults(file: str, shared: SharedFile) -> Iterator[Fault]:
    values = shared.scale.values
    if len(values) not in POINTS:
        yield Fault(file, "scale.values", f"has {len(values)} points; give 3 to 7")
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield Fault(file, "scale.values", f"{value} is there twice; each value may stand once")
    if any(value < 0 for value in values):
        yield Fault(file, "scale.values", "has a negative value; use 0 or more")
    if any(value > HIGHEST_VALUE for value in values):
        yield Fault(file, "scale.values", f"has a value over {HIGHEST_VALUE}; use less")
    if not 0 < shared.scoring.minimum_share <= 1:
        yield Fault(file, "scoring.minimum_share", "must be above 0 and at most 1, such as 0.8")


def _item_faults(file: str, shared: SharedFile) -> Iterator[Fault]:
    for name, item in shared.items.items():
        key = f"items.{name}"
        if not _NAME.fullmatch(name):
            yield Fault(file, key, "use small letters, digits and _, a letter first, such as q07")
        if name == CONSENT:
            yield Fault(file, key, "is the name of the consent row; give the item another one")
        if shared.factors and item.factor not in shared.factors:
            text = f"{item.factor!r} is not a factor{_nearest(item.factor, shared.factors)}"
            yield Fault(file, f"{key}.factor", text)
        if item.key not in (1, -1):
            yield Fault(file, f"{key}.key", "must be 1, or -1 if agreeing lowers the factor")


def _factor_faults(file: str, shared: SharedFile) -> Iterator[Fault]:
    used = {item.factor for item in shared.items.values()}
    for factor in shared.factors:
        if shared.items and factor not in used:
            yield Fault(file, "factors", f"{factor!r} has no items; give it some or remove it")
    for key in ("items", "factors"):
        if not getattr(shared, key):
            yield Fault(file, key, "is empty; add at least one")


def _assumption_faults(file: str, shared: SharedFile) -> Iterator[Fault]:
    for text in shared.assumed:
        yield from _text_faults(file, "assumed", text, LONGEST_SENTENCE)
    marked = [f"items.{name}" for name, item in shared.items.items() if item.assumed]
    marked += ["scale"] * shared.scale.assumed + ["scoring"] * shared.scoring.assumed
    if marked and not shared.assumed:
        text = f"is empty, but {marked[0]} is marked assumed; say here what was assumed"
        yield Fault(file, "assumed", text)


def _language_faults(
    file: str, shared: SharedFile, key: str, language: LanguagePart
) -> Iterator[Fault]:
    yield from _text_faults(file, f"{key}.name", language.name, LONGEST_NAME)
    points = len(shared.scale.values)
    if points and len(language.scale) != points:
        text = f"has {len(language.scale)} labels; give one for each of the {points} points"
        yield Fault(file, f"{key}.scale", text)
    for label in language.scale:
        yield from _text_faults(file, f"{key}.scale", label, LONGEST_NAME)
    yield from _key_faults(file, f"{key}.phrases", language.phrases, _phrases(shared, language))
    yield from _phrase_faults(file, f"{key}.phrases", language.phrases, shared.slots)
    for role in Role:
        part, here = language.of(role), f"{key}.{role}"
        for name in ("title", "role"):
            text = getattr(part, name)
            yield from _text_faults(file, f"{here}.{name}", text, LONGEST_NAME, shared.slots)
        yield from _key_faults(file, f"{here}.factors", part.factors, shared.factors)
        for factor, text in part.factors.items():
            yield from _text_faults(file, f"{here}.factors.{factor}", text, LONGEST_NAME)
        yield from _sentence_faults(file, f"{here}.sentences", part.sentences, shared)


def _phrases(shared: SharedFile, language: LanguagePart) -> tuple[str, ...]:
    """Name the fixed sentences that a language needs; those of masters come all or not at all."""
    given = language.phrases
    return (
        *PHRASES,
        *((REMARKS,) if shared.remarks or REMARKS in given else ()),
        *(CONSENT_PHRASES if shared.consent or set(CONSENT_PHRASES) & set(given) else ()),
        *(MASTER_PHRASES if any(name in given for name in MASTER_PHRASES) else ()),
    )


def _phrase_faults(
    file: str, key: str, phrases: Mapping[str, str], words: Collection[str]
) -> Iterator[Fault]:
    for name, text in phrases.items():
        slots = PHRASE_SLOTS.get(name, ())
        known = (*slots, *words) if name in CONSENT_PHRASES else slots
        yield from _text_faults(file, f"{key}.{name}", text, LONGEST_SENTENCE, known)
        for slot in slots:
            if f"{{{slot}}}" not in text:
                yield Fault(file, f"{key}.{name}", f"must contain {{{slot}}}")


def _sentence_faults(
    file: str, key: str, sentences: Mapping[str, str], shared: SharedFile
) -> Iterator[Fault]:
    for item, text in sentences.items():
        here = f"{key}.{item}"
        if shared.items and item not in shared.items:
            yield Fault(file, here, f"there is no such item{_nearest(item, shared.items)}")
        yield from _text_faults(file, here, text, LONGEST_SENTENCE, shared.slots)


def domain_faults(whole: Definition) -> Iterator[Fault]:
    """Check a domain file, and what it makes of the shared one."""
    file, shared = whole.domain_file, whole.shared
    for tag in shared.languages:
        if tag not in whole.domain.languages:
            text = f"is missing; {whole.file} has this language, so add it here"
            yield Fault(file, f"languages.{tag}", text)
    for tag, language in whole.domain.languages.items():
        key = f"languages.{tag}"
        yield from _domain_language_faults(file, shared, key, language)
        if tag in shared.languages:
            for role in Role:
                yield from _form_faults(whole, tag, role)
        elif shared.languages:
            yield Fault(file, key, f"{whole.file} does not have this language; add it there")


def _domain_language_faults(
    file: str, shared: SharedFile, key: str, language: DomainLanguagePart
) -> Iterator[Fault]:
    yield from _text_faults(file, f"{key}.domain", language.domain, LONGEST_NAME)
    yield from _key_faults(file, f"{key}.slots", language.slots, shared.slots)
    for slot, text in language.slots.items():
        yield from _text_faults(file, f"{key}.slots.{slot}", text, LONGEST_NAME)
    for name in language.phrases:
        if name not in _ALL_PHRASES:
            text = f"is not a known key{_nearest(name, _ALL_PHRASES)}"
            yield Fault(file, f"{key}.phrases.{name}", text)
    yield from _phrase_faults(file, f"{key}.phrases", language.phrases, shared.slots)
    for role in Role:
        here = f"{key}.{role}.sentences"
        yield from _sentence_faults(file, here, language.of(role).sentences, shared)


def _form_faults(whole: Definition, language: str, role: Role) -> Iterator[Fault]:
    """Check the sentences of one form as they will be printed."""
    key = f"languages.{language}.{role}.sentences"
    slots = whole.domain.languages[language].slots
    printed: dict[str, str] = {}
    for item in whole.shared.items:
        found = whole.sentence(language, role, item)
        if found is None:
            text = "has no sentence; write it here or in every domain file"
            yield Fault(whole.file, f"{key}.{item}", text)
            continue
        file, template = found
        printed[item] = filled(template, slots)
        if len(template) <= LONGEST_SENTENCE < len(printed[item]):
            text = f"is {len(printed[item])} characters long with the words of {whole.domain_file}"
            yield Fault(file, f"{key}.{item}", f"{text}; {LONGEST_SENTENCE} is the most")
    for first, second in combinations(printed, 2):
        if printed[first] and printed[first] == printed[second]:
            yield Fault(whole.domain_file, f"{key}.{second}", f"is the same sentence as {first}")


def _key_faults(
    file: str, key: str, given: Collection[str], wanted: Collection[str]
) -> Iterator[Fault]:
    for name in wanted:
        if name not in given:
            yield Fault(file, f"{key}.{name}", "is missing; add it")
    for name in given:
        if wanted and name not in wanted:
            yield Fault(file, f"{key}.{name}", f"is not a known key{_nearest(name, wanted)}")


def _text_faults(
    file: str, key: str, text: str, longest: int, slots: Collection[str] = ()
) -> Iterator[Fault]:
    """Check that a text can be printed in one piece and that its slots exist."""
    if not text:
        yield Fault(file, key, "is empty; write it")
    if len(text) > longest:
        yield Fault(file, key, f"is {len(text)} characters long; {longest} is the most")
    # Joiners and direction marks (category Cf) belong to some scripts and may stay.
    if any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in text):
        yield Fault(file, key, "must be one line without tabs")
    for slot in _SLOT.findall(text):
        if slot not in slots:
            yield Fault(file, key, f"there is no slot {{{slot}}} here{_nearest(slot, slots)}")
    if set("{}") & set(_SLOT.sub("", text)):
        yield Fault(file, key, "has a single { or }; braces are only for slots such as {name}")


def _nearest(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, list(known), 1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; use one of: {', '.join(known)}" if known else ""
