"""A questionnaire: its items, factors, scale and wording, free of paper and pixels.

Mappings count when two are compared and not when they are hashed, so that what was made of a
questionnaire can be kept for the next one that is equal.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NewType

from layouts.model import ItemId, Role, Shape

FactorId = NewType("FactorId", str)
"""Name of a factor in files and tables, such as `trust`."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The answer options.

    Attributes
    ----------
    values
        What each option is worth, in printed order from left to right (from
        right to left in a mirrored form); 3 to 7 different numbers, none negative.
    """

    values: tuple[int, ...]

    @property
    def points(self) -> int:
        """How many options there are."""
        return len(self.values)

    def keyed(self, value: int, key: int) -> int:
        """Turn a reverse-keyed answer round within the scale."""
        return value if key > 0 else min(self.values) + max(self.values) - value

    def rescaled(self, score: float) -> float:
        """Put a score on 0 to 100, whatever the numbers of the answers are."""
        lowest, highest = min(self.values), max(self.values)
        return 100 * (score - lowest) / (highest - lowest)


@dataclass(frozen=True, slots=True)
class Item:
    """One question; `key` is +1, or -1 if agreement lowers the factor."""

    id: ItemId
    factor: FactorId
    key: int


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything printed for one role in one language.

    Attributes
    ----------
    language, name, right_to_left
        Language tag such as `nl`, the language's own name, its direction.
    title, domain, role
        Head of the form.
    factors
        Name of every factor for this role.
    scale
        Label of every option, in printed order.
    items
        Sentence of every item.
    phrases
        Fixed sentences of the form (`PHRASES` names them); `{name}` marks a slot.
    """

    language: str
    name: str
    right_to_left: bool
    title: str
    domain: str
    role: str
    factors: Mapping[FactorId, str] = field(hash=False)
    scale: tuple[str, ...]
    items: Mapping[ItemId, str] = field(hash=False)
    phrases: Mapping[str, str] = field(hash=False)

    def digest(self, not_printed: Collection[str]) -> str:
        """Digest every printed sentence, whatever its place."""
        phrases = (one for one in sorted(self.phrases.items()) if one[0] not in not_printed)
        words = hashlib.sha256()
        for text in (
            self.title,
            self.domain,
            self.role,
            *self.scale,
            *(f"{item}={text}" for item, text in self.items.items()),
            *(f"{name}={text}" for name, text in phrases),
        ):
            words.update(text.encode() + b"\0")
        return words.hexdigest()[:16]


PHRASES = (
    "cross_one",  # put one cross in each row
    "correct",  # wrong? fill that one and cross the right one
    "skip",  # you may skip a row; there are no wrong answers
    "wave",  # "Measurement: {wave}"
    "page",  # "Page {page} of {pages}"
    "version",  # "Form {form}, version {version}"
    "ruler",  # "50 mm when printed at 100 %"
    "placeholder",  # PLACEHOLDER WORDING
    "assumed",  # what is not published and therefore assumed
    "keep_clean",  # do not fold through the markers, keep the corners free
)
"""Names of the fixed sentences that every language needs."""

MASTER_PHRASES = (
    "copy_number",  # for whoever hands out a photocopy: copy and cross the paper number
    "copy_rest",  # cross who fills it in and the wave, write the date
    "copy_who",  # "Who", before C and P
    "copy_wave",  # "Wave", before 1, 2, 3
    "copy_date",  # "Date: day, month, year"
)
"""Names of the sentences of a photocopy master; a language without them has no masters."""

REMARKS = "remarks"
"""Name of the sentence beside the box for remarks; a form without the box needs none."""

CONSENT_PHRASES = (
    "consent",  # "My {professional} may see:"
    "consent_blank",  # what no mark means
    "consent_all",  # all answers
    "consent_factors",  # only the {factors} scores
    "consent_nothing",  # nothing
)
"""Names of the sentences of the consent row; a form without the row needs none. Words of the
domain may stand in them, and `{factors}` is how many factors the instrument has."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire in one domain, in all its languages, for both roles.

    Attributes
    ----------
    minimum_share
        A factor is scored if at least this share of its items is answered.
    licence
        Who may use the wording, as one line.
    placeholder
        True if the wording is ours and not the licensed one.
    assumed
        What is not published about the instrument and was assumed, one line each.
    wordings
        By role and language tag.
    remarks
        Whether forms have a box for remarks where there is room for it.
    consent
        Whether the client's form asks what the professional may see.
    """

    id: str
    version: str
    domain: str
    scale: Scale
    shape: Shape
    items: tuple[Item, ...]
    factors: tuple[FactorId, ...]
    minimum_share: float
    licence: str
    placeholder: bool
    assumed: tuple[str, ...]
    wordings: Mapping[tuple[Role, str], Wording] = field(hash=False)
    remarks: bool = False
    consent: bool = False

    def asks_consent(self, role: Role) -> bool:
        """Whether the form of a role has the consent row."""
        return self.consent and role is Role.CLIENT

    @property
    def languages(self) -> tuple[str, ...]:
        """Tags of the languages, sorted."""
        return tuple(sorted({language for _, language in self.wordings}))

    def items_of(self, factor: FactorId) -> tuple[Item, ...]:
        """List the items of a factor in printed order."""
        return tuple(item for item in self.items if item.factor == factor)
